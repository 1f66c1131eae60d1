//! Numbers as people read them.

/// A whole number with commas between thousands.
pub(super) fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "−" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share as a percentage with two decimals; a dash where there is none.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(dash, |share| format!("{:.2} %", share * 100.0))
}

/// Decimal text with commas between thousands of its whole part.
pub(super) fn money(text: &str) -> String {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), count);
    match fraction {
        Some(fraction) => format!("{whole}.{fraction}"),
        None => whole,
    }
}

/// A mean with as many decimals as the currency has.
pub(super) fn mean(value: Option<f64>, decimals: u16) -> String {
    value.map_or_else(dash, |value| money(&format!("{value:.0$}", usize::from(decimals))))
}

fn dash() -> String {
    "–".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000), "1,000");
        assert_eq!(count(-1_234_567), "−1,234,567");
        assert_eq!(money("24153.00"), "24,153.00");
        assert_eq!(mean(Some(1234.5), 2), "1,234.50");
        assert_eq!(percent(Some(0.0899)), "8.99 %");
        assert_eq!(percent(None), "–");
    }
}
