//! Kinds of vectors that ask one function.

use serde::Deserialize;
use serde_json::{Value, json};
use ttoolab_stats::Level;
use ttoolab_stats::always_valid::mixture;
use ttoolab_stats::correction::{benjamini_hochberg, bonferroni, holm};
use ttoolab_stats::plan::{self, Plan};
use ttoolab_stats::special::{gamma, normal, student};

#[derive(Deserialize)]
pub(crate) struct Mixture {
    z: f64,
    r: f64,
    alpha: f64,
}

pub(crate) fn mixture_core(input: &Mixture) -> Result<Value, String> {
    let level = Level::new(input.alpha).map_err(|error| error.to_string())?;
    let got = mixture(input.z, input.r, level).map_err(|error| error.to_string())?;
    Ok(json!({"log_e": got.log_e, "p_value": got.p_value, "critical_z": got.critical_z}))
}

#[derive(Deserialize)]
pub(crate) struct PValues {
    p_values: Vec<f64>,
}

pub(crate) fn p_adjust(PValues { p_values }: &PValues) -> Result<Value, String> {
    Ok(json!({
        "holm": holm(p_values),
        "bonferroni": bonferroni(p_values),
        "benjamini_hochberg": benjamini_hochberg(p_values),
    }))
}

#[derive(Deserialize)]
pub(crate) struct Planned {
    baseline: f64,
    relative_mde: f64,
    alpha: f64,
    power: f64,
}

pub(crate) fn sample_size(input: &Planned) -> Result<Value, String> {
    let Planned { baseline, relative_mde: relative_effect, alpha, power } = *input;
    let level = Level::new(alpha).map_err(|error| error.to_string())?;
    let plan = Plan { baseline, relative_effect, level, power };
    let size = plan::sample_size(&plan).map_err(|error| error.to_string())?;
    Ok(json!({"n_per_arm_real": size.exact, "n_per_arm": size.visitors}))
}

#[derive(Deserialize)]
#[serde(tag = "fn", rename_all = "snake_case")]
pub(crate) enum Special {
    #[serde(rename = "t_sf2")]
    TwoSidedT {
        t: f64,
        df: f64,
    },
    TPpf {
        q: f64,
        df: f64,
    },
    NormalSf {
        z: f64,
    },
    NormalPpf {
        q: f64,
    },
    #[serde(rename = "chi2_sf")]
    ChiSquareSf {
        x: f64,
        df: f64,
    },
}

pub(crate) fn special_fn(input: &Special) -> Result<Value, String> {
    let value = match *input {
        Special::TwoSidedT { t, df } => student::two_sided_tail(t, df),
        Special::TPpf { q, df } if q < 0.5 => -student::upper_quantile(q, df),
        Special::TPpf { q, df } => student::upper_quantile(1.0 - q, df),
        Special::NormalSf { z } => normal::upper_tail(z),
        Special::NormalPpf { q } => -normal::upper_quantile(q),
        Special::ChiSquareSf { x, df } => gamma::chi_square_tail(x, whole(df)?),
    };
    Ok(json!({ "value": value }))
}

/// A whole number, however it is written: `3` or `3.0`.
pub(crate) fn whole(number: f64) -> Result<u32, String> {
    let whole = number as u32;
    if f64::from(whole) == number { Ok(whole) } else { Err(format!("{number} is not whole")) }
}
