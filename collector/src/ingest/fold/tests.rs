//! The fold against an obviously right model, over random sets of events in random order.

mod history;
mod model;

use super::Fold;
use super::cells::Revenue;
use history::{EXPERIMENT, GOALS, PROJECT, VARIANTS, catalog, event};
use model::{Numbers, Sums};
use proptest::collection::vec;
use proptest::prelude::*;
use ttoolab_core::id::ExperimentKey;

/// As many as make every interplay of two or three events likely many times over.
const CASES: u32 = 10_000;

fn config() -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig { cases: asked.cases.max(CASES), failure_persistence: None, ..asked }
}

proptest! {
    #![proptest_config(config())]

    /// Every order, every repetition gives what the model says of the set; so taking out and
    /// putting in equals counting from scratch, and days add up because totals are sums of days.
    #[test]
    fn numbers_are_a_function_of_the_set(
        (events, sent) in vec(event(), 0..24).prop_flat_map(|events| {
            let repeats = vec(0..events.len().max(1), 0..8);
            (Just(events), repeats)
        }).prop_flat_map(|(events, repeats)| {
            let mut sent: Vec<usize> = (0..events.len()).collect();
            sent.extend(repeats.into_iter().filter(|at| *at < events.len()));
            (Just(events), Just(sent).prop_shuffle())
        })
    ) {
        let rows: Vec<_> = events.iter().enumerate().map(|(at, event)| event.row(at)).collect();
        let mut fold = Fold::default();
        fold.configure(&catalog());
        for at in sent {
            fold.apply(&rows[at]);
        }
        prop_assert_eq!(numbers(&fold), model::numbers(&events));
    }
}

/// The fold's cells by name.
fn numbers(fold: &Fold) -> Numbers {
    let key = ExperimentKey::parse(EXPERIMENT).unwrap();
    let counted = fold.experiment(PROJECT, &key).unwrap();
    let name_of = |names: &[&'static str], symbol| {
        *names.iter().find(|name| counted.names().get(name) == Some(symbol)).unwrap()
    };
    let cells = counted.cells().iter().map(|(key, cell)| {
        let named = (
            key.epoch,
            key.population.lane,
            key.population.flagged,
            name_of(&VARIANTS, key.variant),
            key.goal.map(|goal| name_of(&GOALS, goal)),
            key.day.to_string(),
        );
        let money = cell.revenue.iter().map(|(currency, sums)| {
            let Revenue { orders, refunded_orders, gross, refunds } = *sums;
            (currency.code(), (orders, refunded_orders, gross, refunds))
        });
        let sums = Sums {
            exposures: cell.exposures,
            conversions: cell.conversions,
            total_conversions: cell.total_conversions,
            money: money.collect(),
        };
        (named, sums)
    });
    cells.collect()
}
