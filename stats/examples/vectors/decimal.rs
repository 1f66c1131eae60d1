//! Numbers of JSON as they are written: a sum of 1000006000009999999 has no double.

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::value::RawValue;

/// More decimals than this are noise of whoever wrote the file, and are rounded away.
const MOST_DECIMALS: u32 = 6;

/// `digits · 10^−decimals`
#[derive(Clone, Copy)]
pub(crate) struct Decimal {
    digits: i128,
    decimals: u32,
}

impl Decimal {
    /// Reads a number of JSON.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let fraction = fraction.trim_end_matches('0');
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        let decimals = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        match u32::try_from(decimals) {
            Ok(decimals) => Some(Self { digits, decimals }),
            Err(_) => {
                let tens = 10_i128.checked_pow(decimals.unsigned_abs())?;
                Some(Self { digits: digits.checked_mul(tens)?, decimals: 0 })
            }
        }
    }

    /// How many decimals a unit needs in which all of these are whole: sums, and sums of squares,
    /// which have two for each.
    pub(crate) fn unit(sums: &[Self], squares: &[Self]) -> u32 {
        let of_sums = sums.iter().map(|sum| sum.decimals);
        let of_squares = squares.iter().map(|square| square.decimals.div_ceil(2));
        of_sums.chain(of_squares).max().unwrap_or_default().min(MOST_DECIMALS)
    }

    /// The number times `10^decimals`, rounded half away from zero.
    pub(crate) fn whole(self, decimals: u32) -> Result<i128, String> {
        let whole = if let Some(more) = decimals.checked_sub(self.decimals) {
            10_i128.checked_pow(more).and_then(|tens| self.digits.checked_mul(tens))
        } else {
            let tens = 10_i128.checked_pow(self.decimals - decimals);
            tens.map(|tens| (self.digits + self.digits.signum() * (tens / 2)) / tens)
        };
        whole.ok_or_else(|| "a sum does not fit into 128 bits".to_owned())
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        Self::parse(raw.get()).ok_or_else(|| D::Error::custom("not a number that fits"))
    }
}
