//! Which changes of an experiment are told, and in which order.

use super::kind::Kind;
use super::message::{Lifecycle, News};
use super::outbox::{Source, enqueue};
use crate::admin::experiment::{ExperimentConfig, History, Status};
use rusqlite::Transaction;

/// Tells of a change within its transaction.
pub(crate) fn tell(
    transaction: &Transaction<'_>,
    source: &Source<'_>,
    old: Option<&ExperimentConfig>,
    (new, history): (&ExperimentConfig, &History),
) -> rusqlite::Result<()> {
    let epoch = history.epochs.last().map(|epoch| epoch.number);
    for kind in kinds(old, new) {
        let news = News::Lifecycle(kind, Lifecycle::of(new, epoch));
        enqueue(transaction, source, &news)?;
    }
    Ok(())
}

/// What a change comes to, in the order it is told.
fn kinds(old: Option<&ExperimentConfig>, new: &ExperimentConfig) -> Vec<Kind> {
    let was = old.map_or(Status::Draft, |old| old.status);
    let created = old.is_none().then_some(Kind::Created);
    // A break that ends brings nothing new to pages, unless something was edited in it.
    let edited =
        old.is_none_or(|old| ExperimentConfig { status: new.status, ..old.clone() } != *new);
    let goes_live = was == Status::Draft || edited;
    let published = (new.status == Status::Running && goes_live).then_some(Kind::Published);
    let moved = match (was, new.status) {
        (Status::Draft | Status::Paused | Status::Completed, Status::Running) => {
            Some(Kind::Started)
        }
        // A draft again: pages do not get it any more, and it may come back.
        (Status::Running, Status::Paused | Status::Draft) => Some(Kind::Paused),
        (Status::Draft | Status::Completed, Status::Paused) => Some(Kind::Paused),
        (Status::Draft | Status::Running | Status::Paused, Status::Completed) => {
            Some(Kind::Finished)
        }
        (Status::Draft, Status::Draft)
        | (Status::Running, Status::Running)
        | (Status::Paused, Status::Paused | Status::Draft)
        | (Status::Completed, Status::Completed | Status::Draft) => None,
    };
    [created, published, moved].into_iter().flatten().collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::json;

    pub(crate) fn experiment(key: &str, status: &str, allocation: f64) -> ExperimentConfig {
        serde_json::from_value(json!({
            "experimentKey": key, "name": key, "status": status, "allocation": allocation,
            "urlRules": [{ "match": "contains", "pattern": "/" }],
            "variants": [{ "variantKey": "control", "weight": 1, "isControl": true },
                         { "variantKey": "b", "weight": 1 }],
        }))
        .unwrap()
    }

    #[track_caller]
    fn check(old: Option<(&str, f64)>, new: (&str, f64), expected: &[Kind]) {
        let old = old.map(|(status, allocation)| experiment("hero", status, allocation));
        let new = experiment("hero", new.0, new.1);
        assert_eq!(kinds(old.as_ref(), &new), expected);
    }

    #[test]
    fn what_a_change_comes_to() {
        use Kind::{Created, Finished, Paused, Published, Started};
        check(None, ("draft", 1.0), &[Created]);
        check(None, ("running", 1.0), &[Created, Published, Started]);
        check(None, ("paused", 1.0), &[Created, Paused]);
        check(Some(("draft", 1.0)), ("draft", 2.0), &[]);
        check(Some(("draft", 1.0)), ("running", 1.0), &[Published, Started]);
        check(Some(("running", 1.0)), ("running", 1.0), &[]);
        check(Some(("running", 1.0)), ("running", 2.0), &[Published]);
        check(Some(("running", 1.0)), ("paused", 1.0), &[Paused]);
        check(Some(("running", 1.0)), ("draft", 1.0), &[Paused]);
        check(Some(("paused", 1.0)), ("running", 1.0), &[Started]);
        check(Some(("paused", 1.0)), ("running", 2.0), &[Published, Started]);
        check(Some(("paused", 1.0)), ("paused", 2.0), &[]);
        check(Some(("running", 1.0)), ("completed", 1.0), &[Finished]);
        check(Some(("completed", 1.0)), ("running", 1.0), &[Started]);
    }
}
