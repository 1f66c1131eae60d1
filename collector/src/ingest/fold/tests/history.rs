//! Random events of a small world: few enough people, times and orders that they meet.

use crate::admin::catalog::Catalog;
use crate::admin::experiment::{ExperimentConfig, History};
use crate::admin::keys::Keys;
use crate::admin::project::ProjectConfig;
use crate::store::verdict::{ContextVerdict, Entry, Exposure, GoalVerdict, Lane, Sender, Verdict};
use crate::store::{Amount, Countable, Documents, EventContext, StoredExperiment};
use proptest::option;
use proptest::prelude::*;
use rusqlite::Connection;
use serde_json::json;
use std::sync::{Arc, LazyLock};
use ttoolab_core::id::{AnonymousId, EventId, ExperimentKey, GoalKey, VariantKey};
use ttoolab_core::money::Currency;
use ttoolab_core::reason::Flag;

pub(super) const PROJECT: i64 = 1;
pub(super) const EXPERIMENT: &str = "hero";
pub(super) const VARIANTS: [&str; 2] = ["control", "b"];
pub(super) const GOALS: [&str; 3] = ["order", "aov", "edited"];
/// When the goal `edited` was last edited.
pub(super) const EDITED_AT: i64 = 5;
/// One step of time; a few of them make a day.
pub(super) const STEP_MS: i64 = 10 * 60 * 60 * 1000;

/// An event before it is a row.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) visitor: u8,
    /// In steps of time.
    pub(super) at: i64,
    pub(super) lane: Lane,
    pub(super) flagged: bool,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Exposure {
        variant: usize,
        epoch: u32,
    },
    /// `after`: the place of the event that is named as the exposure.
    Purchase {
        after: Option<usize>,
        order: Option<u8>,
        units: Option<(i64, &'static str)>,
    },
    Refund {
        order: u8,
        server: bool,
        units: Option<i64>,
        currency: Option<&'static str>,
    },
}

pub(super) fn event() -> impl Strategy<Value = Event> {
    let lane = prop_oneof![4 => Just(Lane::Verified), 1 => Just(Lane::Unverified)];
    let currency = || prop_oneof![3 => Just("USD"), 1 => Just("JPY")];
    let exposure = (prop_oneof![5 => Just(0_usize), 1 => Just(1)], 1..3_u32)
        .prop_map(|(variant, epoch)| Kind::Exposure { variant, epoch });
    let purchase =
        (option::of(0..24_usize), option::of(0..2_u8), option::of((1..50_i64, currency())))
            .prop_map(|(after, order, units)| Kind::Purchase { after, order, units });
    let refund = (0..2_u8, any::<bool>(), option::of(1..40_i64), option::of(currency())).prop_map(
        |(order, server, units, currency)| Kind::Refund { order, server, units, currency },
    );
    let kind = prop_oneof![2 => exposure, 4 => purchase, 1 => refund];
    (0..3_u8, 0..10_i64, lane, prop::bool::weighted(0.05), kind)
        .prop_map(|(visitor, at, lane, flagged, kind)| Event { visitor, at, lane, flagged, kind })
}

pub(super) fn id(at: usize) -> EventId {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&at.to_be_bytes());
    EventId::from_bytes(bytes)
}

impl Event {
    pub(super) fn at_ms(&self) -> i64 {
        self.at * STEP_MS
    }

    /// What is stored of the event at that place.
    pub(super) fn row(&self, place: usize) -> Countable {
        let entry = |exposure, after| Entry {
            experiment_key: ExperimentKey::parse(EXPERIMENT).unwrap(),
            lane: self.lane,
            exposure,
            after,
            reason: None,
        };
        let met = |key: &&str| GoalVerdict { goal_key: GoalKey::parse(key).unwrap(), reason: None };
        let mut sender = Sender::Browser;
        let (entries, goals, order, amount) = match &self.kind {
            Kind::Exposure { variant, epoch } => {
                let variant = VariantKey::parse(VARIANTS[*variant]).unwrap();
                let exposure = Exposure { variant, epoch: *epoch };
                (vec![entry(Some(exposure), None)], &[] as &[&str], None, None)
            }
            Kind::Purchase { after, order, units } => {
                let goals: &[&str] = if units.is_some() {
                    &["order", "aov", "edited"]
                } else {
                    &["order", "edited"]
                };
                let amount = units.map(|(minor_units, code)| Amount::Money {
                    minor_units,
                    currency: Currency::parse(code).unwrap(),
                });
                (vec![entry(None, after.map(id))], goals, *order, amount)
            }
            Kind::Refund { order, server, units, currency } => {
                if *server {
                    sender = Sender::Server;
                }
                let currency = currency.and_then(|code| Currency::parse(code).ok());
                let amount = match (*units, currency) {
                    (Some(minor_units), Some(currency)) => {
                        Some(Amount::Money { minor_units, currency })
                    }
                    (None, Some(currency)) => Some(Amount::AllThatIsLeft { currency }),
                    // Whole major units: as many minor ones as the order's currency has.
                    (Some(units), None) => Some(Amount::InOrdersCurrency(units.to_string())),
                    (None, None) => None,
                };
                (Vec::new(), &[] as &[&str], Some(*order), amount)
            }
        };
        Countable {
            event_id: id(place),
            visitor: AnonymousId::from_bytes([self.visitor; 16]),
            project_id: PROJECT,
            is_refund: matches!(self.kind, Kind::Refund { .. }),
            at_ms: self.at_ms(),
            order_hash: order.map(|order| [order; 16]),
            amount,
            context: Arc::new(EventContext {
                received_ms: 0,
                sdk: String::new(),
                doc_id: None,
                referrer: String::new(),
                assignments: None,
                verdict: ContextVerdict {
                    sender,
                    lane: self.lane,
                    flag: self.flagged.then_some(Flag::Webdriver),
                    entries,
                },
            }),
            verdict: Arc::new(Verdict {
                goals: vec![goals.iter().map(met).collect()],
                ..Verdict::default()
            }),
        }
    }
}

/// The configuration of the small world, loaded as the program loads its own.
pub(super) fn catalog() -> Arc<Catalog> {
    static CATALOG: LazyLock<Arc<Catalog>> = LazyLock::new(|| Arc::new(load()));
    Arc::clone(&CATALOG)
}

fn load() -> Catalog {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(crate::store::SCHEMA).unwrap();
    let documents = Documents(&connection);
    let project: ProjectConfig =
        serde_json::from_value(json!({"projectKey": "demo", "timeZone": "UTC"})).unwrap();
    let project_id = documents.put_project("demo", &project, 0).unwrap();
    assert_eq!(project_id, PROJECT);
    let config: ExperimentConfig = serde_json::from_value(json!({
        "experimentKey": EXPERIMENT, "status": "running",
        "urlRules": [{"match": "contains", "pattern": "/"}],
        "variants": [
            {"variantKey": "control", "weight": 1, "isControl": true},
            {"variantKey": "b", "weight": 1},
        ],
        "goals": [
            {"goalKey": "order", "type": "custom_event", "eventName": "purchase"},
            {"goalKey": "aov", "type": "revenue", "eventName": "purchase"},
            {"goalKey": "edited", "type": "custom_event", "eventName": "purchase"},
        ],
    }))
    .unwrap();
    let edited = GoalKey::parse("edited").unwrap();
    let goals_since = [(edited, EDITED_AT * STEP_MS)].into();
    let history = History { goals_since, ..History::default() };
    let stored = StoredExperiment { config, history };
    documents.put_experiment(project_id, EXPERIMENT, &stored).unwrap();
    let (keys, _) = Keys::load(&documents, Some("key")).unwrap();
    Catalog::load(&documents, &keys).unwrap()
}
