//! Sums about the mean, in integers.

use super::BadTotals;

/// `Σ(x − x̄)(y − ȳ)` of `n` pairs of integers, from `Σx`, `Σy` and `Σxy`; with x for y, the sum of
/// squares about the mean. 0 for no pairs.
///
/// Nothing cancels in floating point: both are moved by the whole part of their mean first, and
/// what the remainders take away is subtracted as an integer and a fraction below 1. The products
/// stay below `Σx²`, where `n·Σx²` would leave 128 bits for amounts a visitor can have.
///
/// # Errors
/// [`BadTotals::TooLarge`] when a product leaves 128 bits all the same.
pub(super) fn sum_about_mean(
    n: u64,
    sum_x: i128,
    sum_y: i128,
    sum_xy: i128,
) -> Result<f64, BadTotals> {
    if n == 0 {
        return Ok(0.0);
    }
    let count = i128::from(n);
    let (whole_x, rest_x) = (sum_x.div_euclid(count), sum_x.rem_euclid(count));
    let (whole_y, rest_y) = (sum_y.div_euclid(count), sum_y.rem_euclid(count));
    // Σ(x − qx)(y − qy) = Σxy − qx·Σy − qy·(Σx − n·qx)
    let moved = whole_x
        .checked_mul(sum_y)
        .and_then(|product| sum_xy.checked_sub(product))
        .and_then(|left| left.checked_sub(whole_y.checked_mul(rest_x)?));
    // The remainders are below n, so their product fits into 128 bits without a sign.
    let product = rest_x.unsigned_abs() * rest_y.unsigned_abs();
    let (whole, rest) = (product / u128::from(n), product % u128::from(n));
    let whole = i128::try_from(whole).map_err(|_| BadTotals::TooLarge)?;
    let exact = moved.and_then(|moved| moved.checked_sub(whole)).ok_or(BadTotals::TooLarge)?;
    Ok(exact as f64 - rest as f64 / n as f64)
}

/// `Σ(x − x̄)²` from `Σx` and `Σx²`.
///
/// # Errors
/// [`BadTotals`] when the sum of squares is too small for the sum, or does not fit.
pub(super) fn squares_about_mean(n: u64, sum: i128, sum_squares: i128) -> Result<f64, BadTotals> {
    let squares = sum_about_mean(n, sum, sum, sum_squares)?;
    let possible = squares >= 0.0 && (n > 0 || (sum == 0 && sum_squares == 0));
    if possible { Ok(squares) } else { Err(BadTotals::Contradiction) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_doubles_lose_is_kept() {
        // A million values of 1,000,000 give or take 1.
        let squares = squares_about_mean(1_000_000, 1_000_000_000_000, 1_000_000_000_000_999_999);
        assert_eq!(squares, Ok(999_999.0));
    }

    #[test]
    fn the_largest_amounts_fit() {
        let (visitors, amount) = (1_000, 10_i128.pow(17));
        let squares = amount * amount * i128::from(visitors);
        let sum = amount * i128::from(visitors);
        assert_eq!(squares_about_mean(visitors, sum, squares), Ok(0.0));
    }

    #[test]
    fn contradictions_are_refused() {
        assert_eq!(squares_about_mean(2, 10, 49), Err(BadTotals::Contradiction));
        assert_eq!(squares_about_mean(0, 1, 1), Err(BadTotals::Contradiction));
        assert_eq!(squares_about_mean(3, i128::MAX, i128::MIN), Err(BadTotals::TooLarge));
    }

    proptest! {
        #[test]
        fn it_is_the_sum_about_the_mean(pairs in prop::collection::vec((-999_i128..999, -99_i128..99), 1..40)) {
            let n = pairs.len() as i128;
            let sum_x: i128 = pairs.iter().map(|(x, _)| x).sum();
            let sum_y: i128 = pairs.iter().map(|(_, y)| y).sum();
            let sum_xy: i128 = pairs.iter().map(|(x, y)| x * y).sum();
            let exact = (n * sum_xy - sum_x * sum_y) as f64 / n as f64;
            let got = sum_about_mean(n as u64, sum_x, sum_y, sum_xy).unwrap();
            prop_assert!((got - exact).abs() <= 1e-12 * exact.abs().max(1.0), "{got} {exact}");
        }
    }
}
