//! Arms as vectors write them: conversions, or sums in major units, which become whole units.

use serde::Deserialize;
use ttoolab_stats::moments::{Conversions, Moments, Revenue, RevenueSums, Sample};

use super::decimal::Decimal;

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Metric {
    Conversion,
    Mean,
}

#[derive(Clone, Copy, Deserialize)]
pub(crate) struct ArmInput {
    n: u64,
    conversions: Option<u64>,
    converters: Option<u64>,
    sum: Option<Decimal>,
    sum_squares: Option<Decimal>,
}

/// Arms of one metric. Amounts are in units of `1 / scale`.
pub(crate) enum Arms {
    Conversions(Vec<Conversions>),
    Revenue { arms: Vec<Revenue>, scale: f64 },
}

impl Arms {
    pub(crate) fn read(metric: Metric, arms: &[ArmInput]) -> Result<Self, String> {
        match metric {
            Metric::Conversion => {
                let arms = arms.iter().map(|arm| {
                    let converters = arm.conversions.ok_or("conversions are missing")?;
                    Conversions::new(arm.n, converters).map_err(|error| error.to_string())
                });
                Ok(Self::Conversions(arms.collect::<Result<_, String>>()?))
            }
            Metric::Mean => {
                let sums: Vec<_> = arms.iter().filter_map(|arm| arm.sum).collect();
                let squares: Vec<_> = arms.iter().filter_map(|arm| arm.sum_squares).collect();
                let unit = Decimal::unit(&sums, &squares);
                let arms = arms.iter().map(|arm| revenue(arm, unit));
                Ok(Self::Revenue {
                    arms: arms.collect::<Result<_, String>>()?,
                    scale: scale_of(unit),
                })
            }
        }
    }

    /// The moments of the first two, and the scale of their means.
    pub(crate) fn moments(&self) -> Result<([Moments; 2], f64), String> {
        let moments = match self {
            Self::Conversions(arms) => arms.iter().map(Sample::moments).collect::<Vec<_>>(),
            Self::Revenue { arms, .. } => arms.iter().map(Sample::moments).collect(),
        };
        match moments[..] {
            [control, treatment] => Ok(([control, treatment], self.scale())),
            _ => Err("not two arms".to_owned()),
        }
    }

    pub(crate) fn scale(&self) -> f64 {
        match self {
            Self::Conversions(_) => 1.0,
            Self::Revenue { scale, .. } => *scale,
        }
    }
}

/// Units of this many decimals in one of the file's.
pub(crate) fn scale_of(decimals: u32) -> f64 {
    10_u32.pow(decimals).into()
}

fn revenue(arm: &ArmInput, unit: u32) -> Result<Revenue, String> {
    let sums = RevenueSums {
        visitors: arm.n,
        payers: arm.converters.unwrap_or_default(),
        sum: arm.sum.ok_or("sum is missing")?.whole(unit)?,
        sum_squares: arm.sum_squares.ok_or("sum_squares is missing")?.whole(2 * unit)?,
    };
    Revenue::new(&sums).map_err(|error| error.to_string())
}
