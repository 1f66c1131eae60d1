//! What several hypotheses do to p-values.
//!
//! Each function takes p-values in any order and gives the adjusted ones in the same; what is no
//! number from 0 to 1 counts as the nearer end, NaN as 1.

/// Holm's step-down: the chance that *any* of the true nulls is refused stays at the level,
/// however the hypotheses depend on each other, and at any time where each p is always valid.
///
/// Sorted ascending, `adj_(j)` is the largest of `(m − i + 1)·p_(i)` for i ≤ j, at most 1
/// (Holm 1979).
///
/// ```
/// use ttoolab_stats::correction::holm;
/// assert_eq!(holm(&[0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
/// ```
#[must_use]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut adjusted = tidied(p_values);
    let (order, count) = (ascending(&adjusted), p_values.len());
    let mut largest = 0.0_f64;
    for (rank, &index) in order.iter().enumerate() {
        largest = largest.max((count - rank) as f64 * adjusted[index]).min(1.0);
        adjusted[index] = largest;
    }
    adjusted
}

/// Bonferroni: `m·p`, at most 1. Never smaller than [`holm`]; for comparison with other tools.
#[must_use]
pub fn bonferroni(p_values: &[f64]) -> Vec<f64> {
    let count = p_values.len() as f64;
    tidied(p_values).iter().map(|p| (count * p).min(1.0)).collect()
}

/// Benjamini and Hochberg (1995): the expected share of false ones among the refused stays at the
/// level. For dashboards over many goals, not for a winner.
///
/// Sorted ascending, `adj_(j)` is the smallest of `m·p_(i)/i` for i ≥ j, at most 1.
#[must_use]
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let mut adjusted = tidied(p_values);
    let (order, count) = (ascending(&adjusted), p_values.len() as f64);
    let mut smallest = 1.0_f64;
    for (rank, &index) in order.iter().enumerate().rev() {
        smallest = smallest.min(count * adjusted[index] / (rank + 1) as f64);
        adjusted[index] = smallest;
    }
    adjusted
}

fn tidied(p_values: &[f64]) -> Vec<f64> {
    p_values.iter().map(|p| if p.is_nan() { 1.0 } else { p.clamp(0.0, 1.0) }).collect()
}

/// The indices, by p.
fn ascending(p_values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    order
}
