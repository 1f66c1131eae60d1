//! Amounts of money: integers in a currency's minor unit, never floating point.
//!
//! ```
//! use ttoolab_core::money::{Currency, from_decimal, from_number, to_decimal};
//! let usd = Currency::parse("usd").unwrap();
//! let cents = from_number(249.0, usd).unwrap() + from_decimal("0.95", usd).unwrap();
//! assert_eq!(cents, 24_995);
//! assert_eq!(to_decimal(cents.into(), usd), "249.95");
//! ```

use iso_currency::Currency as Iso4217;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The largest amount of one event, in minor units: ten trillion of a two-decimal currency, and
/// far from the edge of the i64 it is stored in.
///
/// ```
/// use ttoolab_core::money::{BadRevenue, Currency, MAX_MINOR_UNITS, from_decimal};
/// let usd = Currency::parse("USD").unwrap();
/// assert_eq!(from_decimal("10000000000000.00", usd), Ok(MAX_MINOR_UNITS));
/// assert_eq!(from_decimal("10000000000000.01", usd), Err(BadRevenue));
/// ```
pub const MAX_MINOR_UNITS: i64 = 1_000_000_000_000_000;

/// A currency of ISO 4217 that has a minor unit; metals and test codes are none.
///
/// ```
/// use ttoolab_core::money::Currency;
/// let currency: Currency = serde_json::from_str(r#""eur""#).unwrap();
/// assert_eq!(currency.to_string(), "EUR");
/// assert_eq!(serde_json::to_string(&currency).unwrap(), r#""EUR""#);
/// assert!(Currency::parse("XAU").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(Iso4217);

/// A code that is no currency of ISO 4217.
///
/// ```
/// use ttoolab_core::money::{BadCurrency, Currency};
/// assert_eq!(Currency::parse("ABC"), Err(BadCurrency));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a currency is a code of ISO 4217 such as USD")]
pub struct BadCurrency;

/// A revenue that is no amount: negative, not finite, not a plain decimal, or over the bound.
///
/// ```
/// use ttoolab_core::money::{BadRevenue, Currency, from_decimal, from_number};
/// let usd = Currency::parse("USD").unwrap();
/// assert_eq!(from_number(-1.0, usd), Err(BadRevenue));
/// assert_eq!(from_decimal("$5", usd), Err(BadRevenue));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("revenue is a number from 0 or a plain decimal string such as \"1322.22\"")]
pub struct BadRevenue;

impl Currency {
    /// Reads a code in either case.
    ///
    /// # Errors
    /// [`BadCurrency`] when ISO 4217 has no such currency, or gives it no minor unit.
    ///
    /// ```
    /// use ttoolab_core::money::Currency;
    /// assert_eq!(Currency::parse("usd").unwrap().code(), "USD");
    /// assert!(Currency::parse("US$").is_err());
    /// ```
    pub fn parse(code: &str) -> Result<Self, BadCurrency> {
        let iso = Iso4217::from_code(&code.to_ascii_uppercase()).ok_or(BadCurrency)?;
        if iso.exponent().is_some() { Ok(Self(iso)) } else { Err(BadCurrency) }
    }

    /// The three letters, upper case.
    ///
    /// ```
    /// # use ttoolab_core::money::Currency;
    /// assert_eq!(Currency::parse("jpy").unwrap().code(), "JPY");
    /// ```
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimals the minor unit has.
    ///
    /// ```
    /// # use ttoolab_core::money::Currency;
    /// let decimals = |code| Currency::parse(code).unwrap().exponent();
    /// assert_eq!(["USD", "JPY", "KWD", "CLF"].map(decimals), [2, 0, 3, 4]);
    /// ```
    #[must_use]
    pub fn exponent(self) -> u16 {
        self.0.exponent().unwrap_or_default()
    }
}

impl TryFrom<String> for Currency {
    type Error = BadCurrency;

    fn try_from(code: String) -> Result<Self, BadCurrency> {
        Self::parse(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Minor units of a JSON number: its shortest decimal text, rounded half away from zero.
///
/// The text, not the binary value, is rounded: `1.005` is what the merchant wrote, and becomes
/// 101 cents although the nearest double lies below.
///
/// # Errors
/// [`BadRevenue`] when it is negative, not finite, or over [`MAX_MINOR_UNITS`].
///
/// ```
/// use ttoolab_core::money::{Currency, from_number};
/// let usd = Currency::parse("USD").unwrap();
/// assert_eq!(from_number(99.90, usd), Ok(9990));
/// assert_eq!(from_number(0.1 + 0.2, usd), Ok(30));
/// assert!(from_number(f64::NAN, usd).is_err());
/// ```
pub fn from_number(amount: f64, currency: Currency) -> Result<i64, BadRevenue> {
    from_decimal(&decimal_text(amount)?, currency)
}

/// The shortest plain decimal text of a JSON number.
///
/// # Errors
/// [`BadRevenue`] when it is negative or not finite.
///
/// ```
/// use ttoolab_core::money::decimal_text;
/// assert_eq!(decimal_text(99.90).unwrap(), "99.9");
/// assert_eq!(decimal_text(1e21).unwrap(), "1000000000000000000000");
/// ```
pub fn decimal_text(number: f64) -> Result<String, BadRevenue> {
    if !number.is_finite() || number < 0.0 {
        return Err(BadRevenue);
    }
    // `Display` of a float is the shortest text that reads back the same, never an exponent;
    // `abs` takes the sign off a negative zero.
    Ok(number.abs().to_string())
}

/// Minor units of a plain decimal string: digits, and optionally a point and more digits.
///
/// # Errors
/// [`BadRevenue`] for any other form (signs, spaces, exponents, thousands separators) and for an
/// amount over [`MAX_MINOR_UNITS`].
///
/// ```
/// use ttoolab_core::money::{Currency, from_decimal};
/// let kwd = Currency::parse("KWD").unwrap();
/// assert_eq!(from_decimal("1.2345", kwd), Ok(1235));
/// assert!(from_decimal("1.322,22", kwd).is_err());
/// ```
pub fn from_decimal(text: &str, currency: Currency) -> Result<i64, BadRevenue> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
        Some(_) => return Err(BadRevenue),
        None => (text, ""),
    };
    if !is_digits(whole) {
        return Err(BadRevenue);
    }
    let kept = usize::from(currency.exponent());
    let mut fraction = fraction.bytes().chain(std::iter::repeat(b'0'));
    let mut units = 0_i64;
    for digit in whole.bytes().chain(fraction.by_ref().take(kept)) {
        units = units * 10 + i64::from(digit - b'0');
        if units > MAX_MINOR_UNITS {
            return Err(BadRevenue);
        }
    }
    if fraction.next().is_some_and(|digit| digit >= b'5') {
        units += 1;
    }
    if units > MAX_MINOR_UNITS { Err(BadRevenue) } else { Ok(units) }
}

/// An amount of minor units as decimal text in major units: 9990 USD is `99.90`.
///
/// ```
/// use ttoolab_core::money::{Currency, to_decimal};
/// assert_eq!(to_decimal(9990, Currency::parse("USD").unwrap()), "99.90");
/// assert_eq!(to_decimal(0, Currency::parse("USD").unwrap()), "0.00");
/// assert_eq!(to_decimal(-5, Currency::parse("USD").unwrap()), "-0.05");
/// assert_eq!(to_decimal(500, Currency::parse("JPY").unwrap()), "500");
/// ```
#[must_use]
pub fn to_decimal(units: i128, currency: Currency) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let kept = usize::from(currency.exponent());
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = kept + 1);
    let (whole, fraction) = digits.split_at(digits.len() - kept);
    let point = if kept == 0 { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

/// Tells whether `text` is one or more ASCII digits.
fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
