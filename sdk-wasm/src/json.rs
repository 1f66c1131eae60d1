//! Writing JSON by hand: an event is text from the moment it happens, so that a re-send is the
//! same bytes. A serialiser for these few shapes would be larger than the rest of the outbox.

/// Appends `text` as a JSON string.
pub(crate) fn string(out: &mut String, text: &str) {
    out.push('"');
    let mut plain_from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        // An escaped byte is ASCII, so both slices end between characters.
        out.push_str(&text[plain_from..at]);
        plain_from = at + 1;
        if byte < b' ' {
            out.push_str("\\u00");
            hex(out, byte);
        } else {
            out.push('\\');
            out.push(char::from(byte));
        }
    }
    out.push_str(&text[plain_from..]);
    out.push('"');
}

/// Appends `,"name":` and then `text` as a JSON string.
pub(crate) fn member(out: &mut String, name: &str, text: &str) {
    key(out, name);
    string(out, text);
}

/// Appends `,"name":`.
pub(crate) fn key(out: &mut String, name: &str) {
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":");
}

/// Appends a whole number.
pub(crate) fn whole(out: &mut String, number: i64) {
    if number < 0 {
        out.push('-');
    }
    let mut rest = number.unsigned_abs();
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend(digits[at..].iter().map(|&digit| char::from(digit)));
}

/// Appends two lower-case hexadecimal digits.
pub(crate) fn hex(out: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.push(char::from(DIGITS[usize::from(byte >> 4)]));
    out.push(char::from(DIGITS[usize::from(byte & 15)]));
}

#[cfg(test)]
mod tests {
    use super::{string, whole};

    #[track_caller]
    fn assert_round_trip(text: &str) {
        let mut out = String::new();
        string(&mut out, text);
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
    }

    #[test]
    fn strings_read_back_as_they_were() {
        assert_round_trip("");
        assert_round_trip("plain");
        assert_round_trip("\"quoted\" and \\ back");
        assert_round_trip("line\nbreak\ttab\u{1}\u{1f}");
        assert_round_trip("Grüße 🎉 \u{2028}");
    }

    #[test]
    fn whole_numbers() {
        for number in [0, 7, -120, 1_764_000_000_000, i64::MAX, i64::MIN] {
            let mut out = String::new();
            whole(&mut out, number);
            assert_eq!(out, number.to_string());
        }
    }
}
