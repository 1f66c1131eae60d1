//! `…/results`: totals per variant and goal.

use super::money::MoneyPerHead;
use super::query::Selection;
use crate::admin::experiment::{Experiment, VariantConfig};
use crate::ingest::fold::cells::Cell;
use crate::ingest::fold::{ExperimentFold, Symbol};
use serde::Serialize;
use std::collections::HashMap;
use ttoolab_core::clock::format_time;
use ttoolab_core::goal::{GoalConfig, GoalType};
use ttoolab_core::id::{ExperimentKey, GoalKey, VariantKey};
use utoipa::ToSchema;

/// The answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Results {
    #[schema(value_type = String)]
    pub(crate) experiment_key: ExperimentKey,
    pub(crate) status: &'static str,
    pub(crate) epoch: u32,
    pub(crate) as_of: String,
    #[schema(value_type = Option<String>)]
    pub(crate) primary_goal: Option<GoalKey>,
    pub(crate) variants: Vec<VariantResult>,
    pub(crate) goals: Vec<GoalResult>,
}

/// The visitors of a variant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VariantResult {
    #[schema(value_type = String)]
    pub(crate) variant_key: VariantKey,
    pub(crate) is_control: bool,
    pub(crate) exposures: i64,
    /// Of them, those that `cargo xtask demo` made up; left out where there are none.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) simulated: i64,
}

/// One goal.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GoalResult {
    #[schema(value_type = String)]
    pub(crate) goal_key: GoalKey,
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub(crate) kind: GoalType,
    pub(crate) is_primary: bool,
    pub(crate) variants: Vec<GoalVariantResult>,
}

/// One variant under one goal.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GoalVariantResult {
    #[schema(value_type = String)]
    pub(crate) variant_key: VariantKey,
    pub(crate) exposures: i64,
    pub(crate) conversions: i64,
    pub(crate) total_conversions: i64,
    /// `conversions / exposures`; `null` without exposures.
    pub(crate) conversion_rate: Option<f64>,
    /// On revenue goals alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revenue: Option<Vec<MoneyPerHead>>,
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// Sums the selected cells. Control comes first, then the variants as they are configured.
pub(crate) fn totals(
    experiment: &Experiment,
    fold: Option<&ExperimentFold>,
    selection: &Selection,
    now_ms: i64,
) -> Results {
    let mut sums = Sums::new();
    for (key, cell) in selection.cells(fold) {
        sums.entry((key.variant, key.goal)).or_default().add(cell, 1);
    }
    let symbol = |name: &str| fold.and_then(|fold| fold.names().get(name));
    let cell = |variant: &VariantConfig, goal: Option<&GoalKey>| {
        let variant = symbol(variant.variant_key.as_str())?;
        let goal = match goal {
            None => None,
            Some(goal) => Some(symbol(goal.as_str())?),
        };
        sums.get(&(variant, goal))
    };
    let mut variants: Vec<_> = experiment.variants_of(selection.epoch).iter().collect();
    variants.sort_by_key(|variant| !variant.is_control);
    let empty = Cell::default();
    let goals = experiment.config.goals.iter().map(|goal| GoalResult {
        goal_key: goal.goal_key.clone(),
        kind: goal.kind,
        is_primary: goal.is_primary,
        variants: variants
            .iter()
            .map(|variant| {
                let cell = cell(variant, Some(&goal.goal_key)).unwrap_or(&empty);
                goal_variant(goal, variant, cell)
            })
            .collect(),
    });
    Results {
        experiment_key: experiment.key().clone(),
        status: experiment.config.status.as_str(),
        epoch: selection.epoch,
        as_of: format_time(now_ms),
        primary_goal: primary(experiment).map(|goal| goal.goal_key.clone()),
        goals: goals.collect(),
        variants: variants
            .iter()
            .map(|variant| {
                let cell = cell(variant, None).unwrap_or(&empty);
                VariantResult {
                    variant_key: variant.variant_key.clone(),
                    is_control: variant.is_control,
                    exposures: cell.exposures,
                    simulated: cell.simulated,
                }
            })
            .collect(),
    }
}

/// The goal that decides.
pub(crate) fn primary(experiment: &Experiment) -> Option<&GoalConfig> {
    experiment.config.goals.iter().find(|goal| goal.is_primary)
}

/// By variant and goal; no goal is the experiment itself.
type Sums = HashMap<(Symbol, Option<Symbol>), Cell>;

#[expect(clippy::cast_precision_loss, reason = "a rate is shown, never counted with")]
fn goal_variant(goal: &GoalConfig, variant: &VariantConfig, cell: &Cell) -> GoalVariantResult {
    let exposures = cell.exposures;
    let money = || {
        let sums = cell.revenue.iter();
        sums.map(|(currency, sums)| MoneyPerHead::of(*currency, sums, exposures)).collect()
    };
    GoalVariantResult {
        variant_key: variant.variant_key.clone(),
        exposures,
        conversions: cell.conversions,
        total_conversions: cell.total_conversions,
        conversion_rate: (exposures > 0).then(|| cell.conversions as f64 / exposures as f64),
        revenue: (goal.kind == GoalType::Revenue).then(money),
    }
}
