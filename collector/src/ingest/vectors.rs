//! The counting rules as vectors: events in, results out, through the real judge and fold.
//!
//! `spec/counting.json` holds sentences of the contract, each with an experiment, the events that
//! came in, and those of the results that the sentence speaks of, written by hand.

use crate::admin::catalog::Catalog;
use crate::admin::experiment::{ExperimentConfig, History};
use crate::admin::keys::Keys;
use crate::admin::project::ProjectConfig;
use crate::assign::token::{Arm, Claims, Holder, mint, verify};
use crate::commands::judged_otherwise;
use crate::ingest::fold::Fold;
use crate::ingest::judge::{Context, Identity, judge};
use crate::results::daily::daily;
use crate::results::query::Parameters;
use crate::results::totals::totals;
use crate::store::verdict::{Flag, Sender};
use crate::store::{Documents, EventRow, SCHEMA, StoredExperiment};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use ttoolab_core::check::{IdRule, check_event};
use ttoolab_core::clock::parse_time;
use ttoolab_core::id::{AnonymousId, EventId, ExperimentKey, VariantKey};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    input: Input,
    expect: Value,
}

/// One small world. Ids of visitors and events are written as short numbers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Input {
    /// Changes to the experiment `hero` with the variants `control` and `b`.
    #[serde(default)]
    experiment: Value,
    /// Changes to the project.
    #[serde(default)]
    project: Value,
    /// What the collector remembers of the experiment; by default one epoch, begun in 2026.
    #[serde(default)]
    history: Option<History>,
    /// Query parameters of the question, such as `lane`.
    #[serde(default)]
    query: Value,
    sent: Vec<Sent>,
}

/// One event as it came in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sent {
    visitor: u8,
    /// The arm in the visitor's token, with its epoch; no token when left out.
    #[serde(default)]
    token: Option<(String, u32)>,
    /// Sent with a secret key.
    #[serde(default)]
    server: bool,
    #[serde(default)]
    webdriver: bool,
    received_at: String,
    /// The event on the wire; `eventId` and `exposureId` are numbers.
    event: Value,
}

#[test]
fn the_counting_rules_hold() {
    let file: File = serde_json::from_str(include_str!("../../../spec/counting.json")).unwrap();
    let failures: Vec<_> = file.cases.iter().filter_map(failure).collect();
    println!("counting: {}/{}", file.cases.len() - failures.len(), file.cases.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(!file.cases.is_empty());
}

fn failure(case: &Case) -> Option<String> {
    let got = run(&case.input);
    let differs = missing(&case.expect, &got, "");
    differs.map(|difference| format!("{}: {difference}", case.name))
}

/// Runs the events in the given order, then in reverse: what is counted must not depend on it.
fn run(input: &Input) -> Value {
    let world = World::new(input);
    let judged: Vec<_> = input.sent.iter().map(|sent| world.judge(sent)).collect();
    let rows: Vec<_> = judged.iter().filter_map(|judged| judged.as_ref().ok()).collect();
    let project = world.catalog.project("demo").unwrap();
    for row in &rows {
        let otherwise = judged_otherwise(row, project, &world.keys).unwrap_or_default();
        assert_eq!(otherwise, [""; 0], "the stored row is judged otherwise");
    }
    let forward = world.results(input, rows.iter().copied());
    let backward = world.results(input, rows.iter().rev().copied());
    assert_eq!(forward, backward, "the order of arrival matters");
    let rejected: Vec<_> = judged.iter().filter_map(|judged| judged.as_ref().err()).collect();
    json!({ "results": forward[0], "daily": forward[1], "rejected": rejected })
}

struct World {
    catalog: Catalog,
    keys: Keys,
}

impl World {
    fn new(input: &Input) -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        let documents = Documents(&connection);
        let project = json!({"projectKey": "demo", "currency": "USD", "timeZone": "UTC"});
        let project: ProjectConfig = read(changed(project, &input.project));
        let project_id = documents.put_project("demo", &project, 0).unwrap();
        let config: ExperimentConfig = read(changed(experiment(), &input.experiment));
        let history = input.history.clone().unwrap_or_else(|| {
            read(json!({"goalsSince": {}, "epochs": [{"number": 1, "startedMs": 1_767_225_600_000_i64,
                "variants": config.variants}]}))
        });
        let stored = StoredExperiment { config, history };
        documents.put_experiment(project_id, "hero", &stored).unwrap();
        let (keys, _) = Keys::load(&documents, Some("key")).unwrap();
        Self { catalog: Catalog::load(&documents, &keys).unwrap(), keys }
    }

    /// The row of an event, or the code it is refused with.
    fn judge(&self, sent: &Sent) -> Result<EventRow, String> {
        let project = self.catalog.project("demo").unwrap();
        let visitor = AnonymousId::from_bytes([sent.visitor; 16]);
        let token = sent.token.as_ref().map(|arm| self.token(visitor, arm));
        let event = with_ids(sent.event.clone());
        let raw: Box<RawValue> = serde_json::from_str(&event.to_string()).unwrap();
        let checked = check_event(&raw, IdRule::Required).map_err(|r| r.code.to_string())?;
        let identity = Identity { event_id: checked.event_id.unwrap(), idempotent: true };
        let context = Context {
            project,
            visitor,
            sender: if sent.server { Sender::Server } else { Sender::Browser },
            token: token.as_ref(),
            flag: sent.webdriver.then_some(Flag::Webdriver),
            sdk: "",
            erased: false,
            visitor_hash: [0; 16],
            received_ms: parse_time(&sent.received_at).unwrap(),
        };
        judge(&checked, identity, &context).map_err(|rejection| rejection.code.to_string())
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
    fn results<'r>(&self, input: &Input, rows: impl Iterator<Item = &'r EventRow>) -> [Value; 2] {
        let project = self.catalog.project("demo").unwrap();
        let experiment = project.experiment("hero").unwrap();
        let mut fold = Fold::default();
        fold.configure(&self.catalog);
        for row in rows {
            fold.apply(row);
            fold.apply(row);
        }
        let query: Parameters =
            read(if input.query.is_null() { json!({}) } else { input.query.clone() });
        let selection = query.check(experiment).unwrap();
        let counted = fold.experiment(project.id, experiment.key());
        [
            by_key(json!(totals(experiment, counted, &selection, 0))),
            by_key(json!(daily(experiment, &project.config.time_zone, counted, &selection))),
        ]
    }
}

fn experiment() -> Value {
    json!({
        "experimentKey": "hero", "status": "running",
        "urlRules": [{"match": "contains", "pattern": "/"}],
        "variants": [
            {"variantKey": "control", "weight": 1, "isControl": true},
            {"variantKey": "b", "weight": 1},
        ],
        "goals": [
            {"goalKey": "order", "type": "custom_event", "eventName": "purchase", "isPrimary": true},
            {"goalKey": "aov", "type": "revenue", "eventName": "purchase"},
            {"goalKey": "thanks", "type": "page_view",
             "url": [{"match": "contains", "pattern": "/thanks"}]},
            {"goalKey": "pay", "type": "click", "selector": "#pay"},
        ],
    })
}

fn changed(mut base: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().into_iter().flatten() {
        base[name] = value.clone();
    }
    base
}

fn read<T: for<'de> Deserialize<'de>>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// Numbers in place of ids become ids.
fn with_ids(mut event: Value) -> Value {
    let id = |number: &Value| {
        let number = u8::try_from(number.as_u64().unwrap()).unwrap();
        json!(EventId::from_bytes([number; 16]).to_string())
    };
    event["eventId"] = id(&event["eventId"]);
    for assignment in event["assignments"].as_array_mut().into_iter().flatten() {
        if let Some(number) = assignment.get("exposureId") {
            assignment["exposureId"] = id(number);
        }
    }
    event
}

/// Lists of things that have a key become objects, so that an expectation can name one of them.
fn by_key(value: Value) -> Value {
    match value {
        Value::Array(list) => {
            let key = |item: &Value| {
                let names = ["variantKey", "goalKey", "day", "currency"];
                names.iter().find_map(|name| item.get(name)?.as_str().map(str::to_owned))
            };
            let keys: Option<Vec<_>> = list.iter().map(key).collect();
            match keys.filter(|keys| !keys.is_empty()) {
                Some(keys) => keys.into_iter().zip(list.into_iter().map(by_key)).collect(),
                None => Value::Array(list.into_iter().map(by_key).collect()),
            }
        }
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, by_key(value))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// What of `wanted` is not in `got`; `null` asks for absence, or for null.
fn missing(wanted: &Value, got: &Value, path: &str) -> Option<String> {
    match wanted {
        Value::Object(fields) => fields.iter().find_map(|(name, wanted)| {
            missing(wanted, got.get(name).unwrap_or(&Value::Null), &format!("{path}.{name}"))
        }),
        Value::Number(number) if got.as_f64() == number.as_f64() => None,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            (wanted != got).then(|| format!("{path} is {got}, not {wanted}"))
        }
    }
}
