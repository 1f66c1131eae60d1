//! Kinds of vectors about the division of visitors and the decision.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use ttoolab_stats::bayes::Direction;
use ttoolab_stats::decide::{
    Arm, Block, Decision, Outcome, Policy, RatioGuard, Seen, Settings, Winner, decide,
};
use ttoolab_stats::moments::Sample;
use ttoolab_stats::srm::{self, Share};

use super::arms::{ArmInput, Arms, Metric};
use super::functions::whole;

#[derive(Deserialize)]
pub(crate) struct Division {
    counts: Vec<u64>,
    weights: Vec<f64>,
    #[serde(default)]
    kappa: f64,
}

impl Division {
    fn shares(&self) -> Vec<Share> {
        let pairs = self.counts.iter().zip(&self.weights);
        pairs.map(|(&visitors, &weight)| Share { visitors, weight }).collect()
    }
}

pub(crate) fn srm_chi2(input: &Division) -> Result<Value, String> {
    Ok(match srm::chi_square(&input.shares()) {
        Ok(test) => json!({
            "status": "ok",
            "chi2": test.statistic,
            "df": test.freedom,
            "p_value": test.p_value,
        }),
        Err(undefined) => json!({"status": undefined.as_str()}),
    })
}

pub(crate) fn srm_sequential(input: &Division) -> Result<Value, String> {
    let test = srm::sequential(&input.shares(), input.kappa);
    let test = test.map_err(|undefined| undefined.to_string())?;
    Ok(json!({"log_bayes_factor": test.log_bayes_factor, "p_value": test.p_value}))
}

#[derive(Deserialize)]
pub(crate) struct Decided {
    metric: Metric,
    policy: PolicyInput,
    runtime_days: f64,
    variants: Vec<Variant>,
}

#[derive(Deserialize)]
struct PolicyInput {
    alpha: f64,
    tau_rel: f64,
    srm_alpha: f64,
    srm_kappa: f64,
    min_runtime_days: f64,
    min_visitors_per_variant: u64,
    min_pair_conversions: u64,
    direction: DirectionInput,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum DirectionInput {
    Increase,
    Decrease,
}

// Not one struct with `ArmInput` flattened into it: that would buffer the numbers, and lose digits.
#[derive(Deserialize)]
struct Variant {
    key: String,
    weight: f64,
}

pub(crate) fn decision(input: &DecisionInput<'_>) -> Result<Value, String> {
    let Decided { metric, policy, runtime_days, variants } = parse(input.0)?;
    let arms: ArmInputs = parse(input.0)?;
    let policy = Policy::new(Settings {
        alpha: policy.alpha,
        tau_rel: policy.tau_rel,
        srm_alpha: policy.srm_alpha,
        srm_kappa: policy.srm_kappa,
        min_runtime_days: whole(policy.min_runtime_days)?,
        min_visitors_per_variant: policy.min_visitors_per_variant,
        min_pair_conversions: policy.min_pair_conversions,
        direction: match policy.direction {
            DirectionInput::Increase => Direction::Increase,
            DirectionInput::Decrease => Direction::Decrease,
        },
    });
    let policy = policy.map_err(|error| error.to_string())?;
    let runtime = Duration::try_from_secs_f64(runtime_days * 86_400.0);
    let runtime = runtime.map_err(|error| error.to_string())?;
    let decision = match Arms::read(metric, &arms.variants)? {
        Arms::Conversions(arms) => decided(&policy, runtime, &variants, arms)?,
        Arms::Revenue { arms, .. } => decided(&policy, runtime, &variants, arms)?,
    };
    let winner = decision.winner().map(|winner| match winner {
        Winner::Control => &variants[0].key,
        Winner::Treatment(index) => &variants[index + 1].key,
    });
    let p_values: Vec<f64> = decision.treatments.iter().map(|shown| shown.p_value).collect();
    let adjusted = decision.treatments.iter().map(|shown| shown.adjusted_p_value);
    Ok(json!({
        "outcome": match decision.outcome {
            Outcome::Winner(_) => "winner",
            Outcome::NoWinner => "no_winner",
            Outcome::Blocked(_) => "blocked",
        },
        "winner": winner,
        "blocked_by": decision.blocked_by().iter().map(|b: &Block| b.as_str()).collect::<Vec<_>>(),
        "srm_p_value": decision.srm.map_or(1.0, |srm| srm.p_value),
        "p_values_raw": p_values,
        "p_values_holm": adjusted.collect::<Vec<_>>(),
    }))
}

fn decided<S: Sample>(
    policy: &Policy,
    runtime: Duration,
    variants: &[Variant],
    samples: Vec<S>,
) -> Result<Decision, String> {
    let arms = variants.iter().zip(samples);
    let arms: Vec<_> = arms.map(|(v, sample)| Arm { weight: v.weight, sample }).collect();
    let (&control, treatments) = arms.split_first().ok_or("there is no variant")?;
    Ok(decide(policy, &Seen { runtime, guard: RatioGuard::Watching, control, treatments }))
}

#[derive(Deserialize)]
struct ArmInputs {
    variants: Vec<ArmInput>,
}

/// The text itself, which is read twice: once for what a variant is, once for its totals.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct DecisionInput<'a>(#[serde(borrow)] &'a serde_json::value::RawValue);

fn parse<'a, T: Deserialize<'a>>(raw: &'a serde_json::value::RawValue) -> Result<T, String> {
    serde_json::from_str(raw.get()).map_err(|error| format!("the input is wrong: {error}"))
}
