//! What must not be stored, wherever a page puts it: e-mail addresses and payment card numbers.

use regex::{Captures, Regex};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(crate) const EMAIL: &str = "[email]";
pub(crate) const CARD: &str = "[card]";

/// The fewest digits of a card number; the most are 19.
const MIN_CARD_DIGITS: usize = 13;

/// An address with an `@`, also percent-encoded, or 13 to 19 digits in groups of any kind. `None`
/// only if the pattern were broken, which a test would show.
static PERSONAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        # An id is neither, however many digits it has.
        [0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}
        | (?<email> [0-9A-Za-z._%+\-]{1,64} (?:@|%40) [0-9A-Za-z.\-]{1,255}\.[A-Za-z]{2,24} )
        | (?<card> [2-6](?:[\ \-]?[0-9]){12,18} )",
    )
    .ok()
});

/// A text without what must not be stored.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    if !is_suspect(text) {
        return Cow::Borrowed(text);
    }
    let Some(personal) = &*PERSONAL else { return Cow::Borrowed(text) };
    personal.replace_all(text, |found: &Captures<'_>| {
        if found.name("email").is_some() {
            EMAIL.to_owned()
        } else if is_card(&found[0]) {
            CARD.to_owned()
        } else {
            found[0].to_owned()
        }
    })
}

/// JSON with every string and property name scrubbed, and every whole number that is a card's.
/// Everything else stays to the letter.
pub(super) fn json(raw: &RawValue) -> Cow<'_, str> {
    // Escapes can hide anything; so what has one is looked at closely.
    if !is_suspect(raw.get()) && !raw.get().contains('\\') {
        return Cow::Borrowed(raw.get());
    }
    Cow::Owned(value(raw))
}

fn value(raw: &RawValue) -> String {
    #[derive(Deserialize)]
    struct Properties<'a>(#[serde(borrow)] BTreeMap<Cow<'a, str>, &'a RawValue>);
    let json = raw.get();
    let written = match json.as_bytes().first() {
        Some(b'{') => serde_json::from_str(json).map(|Properties(properties)| {
            let parts = properties.iter().map(|(name, raw)| {
                let name = serde_json::Value::from(text(name));
                format!("{name}:{}", value(raw))
            });
            format!("{{{}}}", parts.collect::<Vec<_>>().join(","))
        }),
        Some(b'[') => serde_json::from_str(json).map(|items: Vec<&RawValue>| {
            format!("[{}]", items.iter().map(|raw| value(raw)).collect::<Vec<_>>().join(","))
        }),
        Some(b'"') => serde_json::from_str(json)
            .map(|string: Cow<'_, str>| serde_json::Value::from(text(&string)).to_string()),
        _ if json.len() >= MIN_CARD_DIGITS && is_card(json) => Ok(format!("\"{CARD}\"")),
        _ => Ok(json.to_owned()),
    };
    // A string that is no Unicode (a lone surrogate) names nobody, and cannot be looked into.
    written.unwrap_or_else(|_| "null".to_owned())
}

/// Whether a text may hold what must not be stored: nearly all hold neither.
fn is_suspect(text: &str) -> bool {
    let mut digits = 0;
    for byte in text.bytes() {
        match byte {
            b'@' | b'%' => return true,
            b'0'..=b'9' => digits += 1,
            b' ' | b'-' => {}
            _ => digits = 0,
        }
        if digits >= MIN_CARD_DIGITS {
            return true;
        }
    }
    false
}

/// Whether digits are a card's by their check digit (Luhn, ISO/IEC 7812-1).
fn is_card(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|digit| digit.to_digit(10)).collect();
    let only_digits = text.chars().all(|digit| digit.is_ascii_digit() || " -".contains(digit));
    let sum: u32 = digits.iter().rev().enumerate().fold(0, |sum, (place, digit)| {
        let weighed = if place % 2 == 1 { digit * 2 } else { *digit };
        sum + weighed / 10 + weighed % 10
    });
    only_digits && (MIN_CARD_DIGITS..=19).contains(&digits.len()) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_cards_are_replaced_and_nothing_else() {
        for (from, to) in [
            ("write to ann.o+x@mail.example.com now", "write to [email] now"),
            ("https://shop.example/u/ann%40mail.example/x", "https://shop.example/u/[email]/x"),
            ("4111 1111 1111 1111", "[card]"),
            ("card 5500-0055-5555-5559!", "card [card]!"),
            ("4111111111111112", "4111111111111112"),
            ("1700000000000", "1700000000000"),
            ("41111111-1111-1111-8111-111111111111", "41111111-1111-1111-8111-111111111111"),
            ("ORD-12345 @ 9", "ORD-12345 @ 9"),
            ("50 % off", "50 % off"),
        ] {
            assert_eq!(text(from), to);
        }
    }

    #[test]
    fn json_is_scrubbed_in_names_and_values_at_any_depth() {
        let scrubbed = |json: &str| {
            let raw: &RawValue = serde_json::from_str(json).unwrap();
            super::json(raw).into_owned()
        };
        let dirty = r#"{"a@b.example":[{"x":"\u0061@b.example"},4111111111111111,1e400,"ok"]}"#;
        assert_eq!(scrubbed(dirty), r#"{"[email]":[{"x":"[email]"},"[card]",1e400,"ok"]}"#);
        let clean = r#"{"revenue": 249.00, "items": [ 1, 2 ]}"#;
        assert_eq!(scrubbed(clean), clean);
    }
}
