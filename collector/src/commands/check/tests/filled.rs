//! A small database, the same to the byte every time.

use crate::admin::catalog::Catalog;
use crate::admin::import::import;
use crate::admin::keys::Keys;
use crate::assign::token::{Arm, Claims, Holder, mint, verify};
use crate::ingest::judge::{Context, Identity, judge};
use crate::ingest::tally::Tally;
use crate::store::verdict::Sender;
use crate::store::{Appender, DataFolder, Documents, EventRow};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::path::Path;
use ttoolab_core::check::{IdRule, check_event};
use ttoolab_core::clock::format_time;
use ttoolab_core::id::{AnonymousId, EventId, ExperimentKey, ProjectKey, VariantKey};

/// 2026-01-02.
const NOW_MS: i64 = 1_767_312_000_000;
const VISITORS: u8 = 60;

/// A project with one experiment, and visitors who see it and buy.
pub(super) fn fill(folder: &Path) {
    let file = folder.join("import.json");
    std::fs::write(&file, project().to_string()).unwrap();
    let opened = DataFolder::open(folder).unwrap();
    let mut connection = opened.connect().unwrap();
    import(&mut connection, &file, &"0s".parse().unwrap(), NOW_MS).unwrap();
    // The same bytes every time, so that a flip can be repeated.
    for secret in ["token-key-1", "order-ids"] {
        Documents(&connection).put_secret(secret, &[7; 32]).unwrap();
    }
    let (keys, _) = Keys::load(&Documents(&connection), Some("key")).unwrap();
    let catalog = Catalog::load(&Documents(&connection), &keys).unwrap();
    let transaction = connection.transaction().unwrap();
    let mut tally = Tally::default();
    let mut appender = Appender::new(&transaction).unwrap();
    for visitor in 0..VISITORS {
        for row in events(visitor, &catalog, &keys) {
            let appended = appender.append(&row).unwrap();
            tally.of(row.counts.project_id, row.counts.context.received_ms).add(&row, appended);
        }
    }
    drop(appender);
    tally.store(&transaction).unwrap();
    transaction.commit().unwrap();
}

fn events(visitor: u8, catalog: &Catalog, keys: &Keys) -> Vec<EventRow> {
    let project = catalog.project("demo").unwrap();
    let anonymous = AnonymousId::from_bytes([visitor; 16]);
    let id = |number: u8| {
        EventId::from_bytes([visitor, number, 7, 7, 7, 7, 0x70, 7, 0x80, 0, 0, 0, 0, 0, 0, 0])
    };
    let variant = if visitor.is_multiple_of(2) { "control" } else { "b" };
    let claims = token(project.key(), anonymous, variant, keys);
    let event = |number: u8, name: &str, payload: Value| {
        json!({
            "eventId": id(number).to_string(), "eventName": name, "payload": payload,
            "createdAt": format_time(NOW_MS + i64::from(visitor) * 1000),
            "url": "https://shop.example/checkout/thank-you",
            "assignments": [{
                "experimentKey": "hero", "variantKey": variant, "epoch": 1,
                "exposureId": (number > 0).then(|| id(0).to_string()),
            }],
        })
    };
    let sent = [
        event(0, "$exposure", json!({})),
        event(1, "$url", json!({})),
        event(2, "purchase", json!({"revenue": 12.5 + f64::from(visitor), "order_id": visitor})),
    ];
    let judged = sent.iter().map(|event| {
        let raw: Box<RawValue> = serde_json::from_str(&event.to_string()).unwrap();
        let event = check_event(&raw, IdRule::Required).unwrap();
        let identity = Identity { event_id: event.event_id.unwrap(), idempotent: true };
        let context = Context {
            project,
            visitor: anonymous,
            sender: Sender::Browser,
            token: Some(&claims),
            flag: None,
            erased: false,
            visitor_hash: project.order_key.visitor(&anonymous),
            sdk: "test/1",
            received_ms: NOW_MS + 60_000,
        };
        judge(&event, identity, &context, None).unwrap()
    });
    judged.collect()
}

fn token(project: &ProjectKey, visitor: AnonymousId, variant: &str, keys: &Keys) -> Claims {
    let arm = Arm {
        experiment: ExperimentKey::parse("hero").unwrap(),
        variant: VariantKey::parse(variant).unwrap(),
        epoch: 1,
    };
    let holder = Holder { project, visitor };
    let signed = mint(&keys.signing_key, &holder, "", 0, vec![arm]);
    verify(&keys.token_keys, &holder, &signed).unwrap()
}

fn project() -> Value {
    json!({ "projects": [{ "projectKey": "demo", "experiments": [{
        "experimentKey": "hero", "status": "running",
        "urlRules": [{ "match": "contains", "pattern": "/" }],
        "variants": [
            { "variantKey": "control", "weight": 1, "isControl": true },
            { "variantKey": "b", "weight": 1 },
        ],
        "goals": [
            { "goalKey": "order", "type": "custom_event", "eventName": "purchase" },
            { "goalKey": "aov", "type": "revenue", "eventName": "purchase" },
            { "goalKey": "thanks", "type": "page_view",
              "url": [{ "match": "contains", "pattern": "/thank-you" }] },
        ],
    }] }] })
}
