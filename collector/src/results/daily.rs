//! `…/daily`: the same sums by day. Days add up to the totals exactly.

use super::money::MoneyResult;
use super::query::Selection;
use crate::admin::experiment::{Experiment, VariantConfig};
use crate::ingest::fold::cells::Cell;
use crate::ingest::fold::{ExperimentFold, Symbol};
use serde::Serialize;
use std::collections::BTreeMap;
use ttoolab_core::clock::Day;
use ttoolab_core::goal::{GoalConfig, GoalType};
use ttoolab_core::id::{GoalKey, VariantKey};
use utoipa::ToSchema;

/// The answer. Days, goals and variants with nothing are left out.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Daily {
    pub(crate) time_zone: String,
    pub(crate) epoch: u32,
    pub(crate) days: Vec<DayResult>,
}

/// One day in the project's time zone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayResult {
    pub(crate) day: String,
    pub(crate) goals: Vec<GoalDay>,
}

/// One goal on one day.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GoalDay {
    #[schema(value_type = String)]
    pub(crate) goal_key: GoalKey,
    pub(crate) variants: Vec<VariantDay>,
}

/// One variant under one goal on one day.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VariantDay {
    #[schema(value_type = String)]
    pub(crate) variant_key: VariantKey,
    pub(crate) exposures: i64,
    pub(crate) conversions: i64,
    pub(crate) total_conversions: i64,
    /// On revenue goals alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revenue: Option<Vec<MoneyResult>>,
}

/// Sums the selected cells by day, oldest first.
pub(crate) fn daily(
    experiment: &Experiment,
    time_zone: &str,
    fold: Option<&ExperimentFold>,
    selection: &Selection,
) -> Daily {
    let mut days: BTreeMap<Day, BTreeMap<(Symbol, Symbol), Cell>> = BTreeMap::new();
    for (key, cell) in selection.cells(fold) {
        let Some(goal) = key.goal else { continue };
        days.entry(key.day).or_default().entry((goal, key.variant)).or_default().add(cell, 1);
    }
    let days = days.into_iter().map(|(day, cells)| DayResult {
        day: day.to_string(),
        goals: goals(experiment, fold, selection, &cells),
    });
    Daily {
        time_zone: time_zone.to_owned(),
        epoch: selection.epoch,
        days: days.filter(|day| selection.takes_day(&day.day) && !day.goals.is_empty()).collect(),
    }
}

fn goals(
    experiment: &Experiment,
    fold: Option<&ExperimentFold>,
    selection: &Selection,
    cells: &BTreeMap<(Symbol, Symbol), Cell>,
) -> Vec<GoalDay> {
    let symbol = |name: &str| fold.and_then(|fold| fold.names().get(name));
    let variants = experiment.variants_of(selection.epoch);
    let goals = experiment.config.goals.iter().map(|goal| {
        let variants = variants.iter().filter_map(|variant| {
            let key = (symbol(goal.goal_key.as_str())?, symbol(variant.variant_key.as_str())?);
            cells.get(&key).map(|cell| variant_day(goal, variant, cell))
        });
        GoalDay { goal_key: goal.goal_key.clone(), variants: variants.collect() }
    });
    goals.filter(|goal| !goal.variants.is_empty()).collect()
}

fn variant_day(goal: &GoalConfig, variant: &VariantConfig, cell: &Cell) -> VariantDay {
    let money =
        || cell.revenue.iter().map(|(currency, sums)| MoneyResult::of(*currency, sums)).collect();
    VariantDay {
        variant_key: variant.variant_key.clone(),
        exposures: cell.exposures,
        conversions: cell.conversions,
        total_conversions: cell.total_conversions,
        revenue: (goal.kind == GoalType::Revenue).then(money),
    }
}
