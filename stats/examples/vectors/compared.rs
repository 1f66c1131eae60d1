//! Kinds of vectors that compare two arms.

use serde::Deserialize;
use serde_json::{Value, json};
use ttoolab_stats::always_valid::{self, AlwaysValid};
use ttoolab_stats::bayes::{Direction, NO_IDEA, Prior as Believed, belief};
use ttoolab_stats::fixed::{Interval, compare, pooled_z};
use ttoolab_stats::moments::{Cap, Ratio, RatioSums, Revenue, RevenueSums, Sample, suggested_cap};
use ttoolab_stats::{Level, Undefined};

use super::arms::{ArmInput, Arms, Metric, scale_of};
use super::decimal::Decimal;

#[derive(Deserialize)]
pub(crate) struct Pair {
    metric: Metric,
    control: ArmInput,
    treatment: ArmInput,
    alpha: f64,
    #[serde(default)]
    tau_rel: f64,
}

impl Pair {
    fn arms(&self) -> Result<(Arms, Level), String> {
        let arms = Arms::read(self.metric, &[self.control, self.treatment])?;
        Ok((arms, level(self.alpha)?))
    }
}

pub(crate) fn two_sample_fixed(pair: &Pair) -> Result<Value, String> {
    let (arms, level) = pair.arms()?;
    let ([control, treatment], scale) = arms.moments()?;
    let all = compare(control, treatment, level);
    let defined = control.visitors > 0 && treatment.visitors > 0;
    let mut got = json!({
        "status": status(&all.absolute),
        "mean_control": all.control_mean / scale,
        "mean_treatment": all.treatment_mean / scale,
        "diff_abs": defined.then_some(all.difference / scale),
        "lift_rel": all.lift,
    });
    if let Ok(test) = all.absolute {
        got["se_abs"] = json!(test.standard_error / scale);
        got["df_welch"] = json!(test.freedom);
        got["t_abs"] = json!(test.t);
        got["p_t_abs"] = json!(test.p_value);
        got["ci_t_abs"] = ends(test.interval, scale);
    }
    match all.relative {
        Ok(test) => {
            got["se_rel"] = json!(test.standard_error);
            got["p_t_rel"] = json!(test.p_value);
            got["ci_t_rel"] = ends(test.interval, 1.0);
        }
        Err(undefined) => got["relative_status"] = undefined.as_str().into(),
    }
    if let Arms::Conversions(arms) = &arms
        && let Ok((z, p_value)) = pooled_z(arms[0], arms[1])
    {
        got["z_pooled"] = json!(z);
        got["p_z_pooled"] = json!(p_value);
    }
    Ok(got)
}

#[derive(Deserialize)]
pub(crate) struct Bayes {
    metric: Metric,
    control: ArmInput,
    treatment: ArmInput,
    difference_type: Scale,
    prior: Prior,
    inverse: bool,
    alpha: f64,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Scale {
    Relative,
    Absolute,
}

#[derive(Clone, Copy, Deserialize)]
struct Prior {
    proper: bool,
    mean: f64,
    variance: f64,
    scale: Scale,
}

pub(crate) fn bayes_gaussian(input: &Bayes) -> Result<Value, String> {
    let arms = Arms::read(input.metric, &[input.control, input.treatment])?;
    let level = level(input.alpha)?;
    let ([control, treatment], scale) = arms.moments()?;
    let all = compare(control, treatment, level);
    let Prior { proper, mean, variance, scale: of_prior } = input.prior;
    let prior = if proper { Believed::Normal { mean, variance } } else { Believed::Flat };
    let prior = match (input.difference_type, of_prior) {
        (Scale::Relative, Scale::Relative) => prior,
        (Scale::Relative, Scale::Absolute) => prior.scaled(scale / control.mean),
        (Scale::Absolute, Scale::Relative) => prior.scaled(control.mean),
        (Scale::Absolute, Scale::Absolute) => prior.scaled(scale),
    };
    let (estimate, scale) = match input.difference_type {
        Scale::Relative => (all.relative, 1.0),
        Scale::Absolute => (all.absolute, scale),
    };
    let direction = if input.inverse { Direction::Decrease } else { Direction::Increase };
    Ok(match belief(estimate, prior, direction, level) {
        Ok(belief) => json!({
            "status": "ok",
            "posterior_mean": belief.mean / scale,
            "posterior_sd": belief.deviation / scale,
            "chance_to_win": belief.chance_to_win,
            "ci": ends(belief.interval, scale),
            "risk_control": belief.loss_of_control / scale,
            "risk_treatment": belief.loss_of_treatment / scale,
        }),
        Err(undefined) => json!({"status": undefined.as_str(), "chance_to_win": NO_IDEA}),
    })
}

pub(crate) fn always_valid(pair: &Pair) -> Result<Value, String> {
    let (arms, level) = pair.arms()?;
    let shown: AlwaysValid = match &arms {
        Arms::Conversions(arms) => always_valid::test(arms[0], arms[1], pair.tau_rel, level),
        Arms::Revenue { arms, .. } => always_valid::test(arms[0], arms[1], pair.tau_rel, level),
    };
    let scale = arms.scale();
    let mut got = json!({
        "status": status(&shown.evidence),
        "diff_abs": shown.difference / scale,
        "var_unpooled": shown.variance_unpooled / scale / scale,
        "var_pooled": shown.variance_pooled / scale / scale,
        "v": shown.variance / scale / scale,
        "tau": shown.tau / scale,
        "log_e": shown.log_e(),
        "p_value": shown.p_value(),
    });
    if let Ok(evidence) = shown.evidence {
        got["r"] = json!(evidence.r);
        got["z"] = json!(evidence.z);
        let Interval { low, high } = evidence.interval;
        got["half_width"] = json!((high - low) / 2.0 / scale);
        got["cs_abs"] = ends(evidence.interval, scale);
    }
    Ok(got)
}

#[derive(Deserialize)]
pub(crate) struct Ratios {
    control: RatioInput,
    treatment: RatioInput,
    alpha: f64,
}

#[derive(Deserialize)]
struct RatioInput {
    n: u64,
    sum_num: Decimal,
    sum_squares_num: Decimal,
    sum_den: Decimal,
    sum_squares_den: Decimal,
    sum_products: Decimal,
}

pub(crate) fn ratio_fixed(input: &Ratios) -> Result<Value, String> {
    let both = [&input.control, &input.treatment];
    let amount = Decimal::unit(&both.map(|arm| arm.sum_num), &both.map(|arm| arm.sum_squares_num));
    let count = Decimal::unit(&both.map(|arm| arm.sum_den), &both.map(|arm| arm.sum_squares_den));
    let ratio = |arm: &RatioInput| {
        let sums = RatioSums {
            visitors: arm.n,
            amount: arm.sum_num.whole(amount)?,
            amount_squares: arm.sum_squares_num.whole(2 * amount)?,
            count: arm.sum_den.whole(count)?,
            count_squares: arm.sum_squares_den.whole(2 * count)?,
            products: arm.sum_products.whole(amount + count)?,
        };
        Ratio::new(&sums).map(|ratio| ratio.moments()).map_err(|error| error.to_string())
    };
    let (control, treatment) = (ratio(both[0])?, ratio(both[1])?);
    let scale = scale_of(amount) / scale_of(count);
    let all = compare(control, treatment, level(input.alpha)?);
    let mut got = json!({
        "status": status(&all.absolute),
        "ratio_control": control.mean / scale,
        "ratio_treatment": treatment.mean / scale,
        "var_control": control.variance / scale / scale,
        "var_treatment": treatment.variance / scale / scale,
        "diff_abs": all.difference / scale,
        "lift_rel": all.lift,
    });
    if let Ok(test) = all.absolute {
        got["df_welch"] = json!(test.freedom);
        got["se_abs"] = json!(test.standard_error / scale);
        got["p_t_abs"] = json!(test.p_value);
        got["ci_t_abs"] = ends(test.interval, scale);
    }
    if let Ok(test) = all.relative {
        got["se_rel"] = json!(test.standard_error);
        got["p_t_rel"] = json!(test.p_value);
        got["ci_t_rel"] = ends(test.interval, 1.0);
    }
    Ok(got)
}

#[derive(Deserialize)]
pub(crate) struct Winsorize {
    #[serde(flatten)]
    method: Method,
}

#[derive(Deserialize)]
#[serde(tag = "method", rename_all = "lowercase")]
enum Method {
    Absolute { cap: f64, control: Values, treatment: Values },
    Percentile { percentile: f64, control: Values, treatment: Values },
}

#[derive(Deserialize)]
struct Values {
    n: u64,
    nonzero_values: Vec<f64>,
}

/// Values and caps are in millionths: a percentile lies between two values.
pub(crate) fn winsorize(input: &Winsorize) -> Result<Value, String> {
    let scale = scale_of(6);
    let whole = |value: f64| (value * scale).round() as i128;
    let totals = |arm: &Values| arm.nonzero_values.iter().map(|&v| whole(v)).collect::<Vec<_>>();
    let (cap, arms) = match &input.method {
        Method::Absolute { cap, control, treatment } => (whole(*cap), [control, treatment]),
        Method::Percentile { percentile, control, treatment } => {
            let all = [totals(control), totals(treatment)].concat();
            let cap = suggested_cap(&all, *percentile).ok_or("nobody paid")?;
            (cap.round() as i128, [control, treatment])
        }
    };
    let mut got = json!({"cap": cap as f64 / scale});
    let mut revenues = Vec::new();
    for (name, arm) in ["control", "treatment"].into_iter().zip(arms) {
        let mut sums = RevenueSums { visitors: arm.n, ..RevenueSums::default() };
        let totals = totals(arm);
        for &total in &totals {
            sums.moved(0, Cap::at(cap).applied(total)).map_err(|error| error.to_string())?;
        }
        let revenue = Revenue::new(&sums).map_err(|error| error.to_string())?;
        got[name] = json!({
            "n": sums.visitors,
            "sum": sums.sum as f64 / scale,
            "sum_squares": sums.sum_squares as f64 / scale / scale,
            "mean": revenue.moments().mean / scale,
            "variance": revenue.moments().variance / scale / scale,
            "capped_count": totals.iter().filter(|&&total| total > cap).count(),
        });
        revenues.push(revenue);
    }
    let level = Level::FIVE_PERCENT;
    let all = compare(revenues[0].moments(), revenues[1].moments(), level);
    got["diff_abs"] = json!(all.difference / scale);
    got["p_t_abs"] = json!(all.absolute.map_or(1.0, |test| test.p_value));
    let shown = always_valid::test(revenues[0], revenues[1], 0.1, level);
    got["always_valid_p"] = json!(shown.p_value());
    Ok(got)
}

fn level(alpha: f64) -> Result<Level, String> {
    Level::new(alpha).map_err(|error| error.to_string())
}

fn status<T>(result: &Result<T, Undefined>) -> &'static str {
    result.as_ref().map_or_else(|undefined| undefined.as_str(), |_| "ok")
}

fn ends(interval: Interval, scale: f64) -> Value {
    json!([interval.low / scale, interval.high / scale])
}
