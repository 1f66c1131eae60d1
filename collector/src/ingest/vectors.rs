//! The counting rules as vectors: events in, results out, through the real judge and fold.
//!
//! `spec/counting.json` holds sentences of the contract, each with an experiment, the events that
//! came in, and those of the results that the sentence speaks of, written by hand.

use crate::admin::catalog::Catalog;
use crate::admin::experiment::{ExperimentConfig, History};
use crate::admin::keys::Keys;
use crate::admin::project::ProjectConfig;
use crate::assign::token::{Arm, Claims, Holder, mint, verify};
use crate::commands::{Scope, judged_otherwise};
use crate::ingest::fold::Fold;
use crate::ingest::judge::{Context, Identity, judge};
use crate::results::daily::daily;
use crate::results::query::Parameters;
use crate::results::totals::totals;
use crate::store::verdict::Sender;
use crate::store::{Documents, EventRow, SCHEMA, StoredExperiment};
use rusqlite::Connection;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use ttoolab_core::check::{IdRule, check_event};
use ttoolab_core::id::{AnonymousId, ExperimentKey, VariantKey};
use ttoolab_core::reason::Flag;
use ttoolab_spec::counting::{self, Sent};

#[test]
fn the_counting_rules_hold() {
    let cases = counting::worlds().unwrap();
    let failures: Vec<_> = cases.iter().filter_map(failure).collect();
    println!("counting: {}/{}", cases.len() - failures.len(), cases.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn failure(case: &counting::World) -> Option<String> {
    let differs = counting::difference(&case.expect, run(case));
    differs.map(|difference| format!("{}: {difference}", case.name))
}

/// Runs the events in the given order, then in reverse: what is counted must not depend on it.
fn run(case: &counting::World) -> Value {
    let world = World::new(case);
    let judged: Vec<_> = case.sent.iter().map(|sent| world.judge(sent)).collect();
    let rows: Vec<_> = judged.iter().filter_map(|judged| judged.as_ref().ok()).collect();
    let project = world.catalog.project("demo").unwrap();
    for row in &rows {
        let otherwise = judged_otherwise(row, project, &world.keys, &mut Scope::default());
        assert_eq!(otherwise, [""; 0], "the stored row is judged otherwise");
    }
    let forward = world.results(case, rows.iter().copied());
    let backward = world.results(case, rows.iter().rev().copied());
    assert_eq!(forward, backward, "the order of arrival matters");
    let rejected: Vec<_> = judged.iter().filter_map(|judged| judged.as_ref().err()).collect();
    json!({ "results": forward[0], "daily": forward[1], "rejected": rejected })
}

struct World {
    catalog: Catalog,
    keys: Keys,
}

impl World {
    fn new(case: &counting::World) -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        let documents = Documents(&connection);
        let project: ProjectConfig = read(&case.project);
        let project_id = documents.put_project("demo", &project, 0).unwrap();
        let config: ExperimentConfig = read(&case.experiment);
        let history: History = read(&case.history);
        let stored = StoredExperiment { config, history };
        documents.put_experiment(project_id, "hero", &stored).unwrap();
        let (keys, _) = Keys::load(&documents, Some("key")).unwrap();
        Self { catalog: Catalog::load(&documents, &keys).unwrap(), keys }
    }

    /// The row of an event, or the code it is refused with.
    fn judge(&self, sent: &Sent) -> Result<EventRow, String> {
        let project = self.catalog.project("demo").unwrap();
        let token = sent.token.as_ref().map(|arm| self.token(sent.visitor, arm));
        let raw: Box<RawValue> = serde_json::from_str(&sent.event.to_string()).unwrap();
        let checked = check_event(&raw, IdRule::Required).map_err(|r| r.code.to_string())?;
        let identity = Identity { event_id: checked.event_id.unwrap(), idempotent: true };
        let context = Context {
            project,
            visitor: sent.visitor,
            sender: if sent.server { Sender::Server } else { Sender::Browser },
            token: token.as_ref(),
            flag: sent.webdriver.then_some(Flag::Webdriver),
            sdk: "",
            erased: false,
            visitor_hash: [0; 16],
            received_ms: sent.received_ms,
        };
        judge(&checked, identity, &context, None).map_err(|rejection| rejection.code.to_string())
    }

    fn token(&self, visitor: AnonymousId, (variant, epoch): &(String, u32)) -> Claims {
        let project = self.catalog.project("demo").unwrap();
        let arm = Arm {
            experiment: ExperimentKey::parse("hero").unwrap(),
            variant: VariantKey::parse(variant).unwrap(),
            epoch: *epoch,
        };
        let holder = Holder { project: project.key(), visitor };
        let token = mint(&self.keys.signing_key, &holder, "", 0, vec![arm]);
        verify(&self.keys.token_keys, &holder, &token).unwrap()
    }

    /// Totals and daily statistics of rows, each counted twice as after a re-send.
    fn results<'r>(
        &self,
        case: &counting::World,
        rows: impl Iterator<Item = &'r EventRow>,
    ) -> [Value; 2] {
        let project = self.catalog.project("demo").unwrap();
        let experiment = project.experiment("hero").unwrap();
        let mut fold = Fold::default();
        fold.configure(&self.catalog);
        for row in rows {
            fold.apply(&row.counts);
            fold.apply(&row.counts);
        }
        let query = if case.query.is_null() { json!({}) } else { case.query.clone() };
        let selection = read::<Parameters>(&query).check(experiment).unwrap();
        let counted = fold.experiment(project.id, experiment.key());
        [
            json!(totals(experiment, counted, &selection, 0)),
            json!(daily(experiment, &project.config.time_zone, counted, &selection)),
        ]
    }
}

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}
