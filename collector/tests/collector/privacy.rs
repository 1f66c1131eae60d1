//! What must not be kept is not there: asked of the bytes on disk.

use crate::running::{Running, import_file};
use crate::seal::seal;
use crate::visitor::{Visitor, exposures, goal, now};
use serde_json::{Value, json};
use std::path::Path;

/// Whether any file of the data folder holds the bytes.
fn on_disk(folder: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder.join("data")).unwrap().any(|file| {
        let content = std::fs::read(file.unwrap().path()).unwrap();
        content.windows(bytes.len()).any(|window| window == bytes)
    })
}

/// An id as text and as the sixteen bytes that are stored.
fn id_bytes(id: &str) -> Vec<u8> {
    let hex: String = id.chars().filter(char::is_ascii_hexdigit).collect();
    (0..16).map(|n| u8::from_str_radix(&hex[2 * n..2 * n + 2], 16).unwrap()).collect()
}

#[test]
fn addresses_cards_queries_and_order_ids_are_not_stored() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let mut event = visitor.event(
        "sent to canary@mail.example",
        &json!({
            "canary@mail.example": ["4111 1111 1111 1111", {"deep": "x canary@mail.example"}],
            "number": 4111111111111111_u64, "order_id": "ORDER-CANARY", "kept": "blue shoes",
        }),
    );
    event["docId"] = json!("canary@mail.example");
    event["url"] =
        json!("https://shop.example/u/canary%40mail.example?token=CANARY&utm_source=x#f");
    event["referrer"] = json!("https://mail.example/?q=CANARY");
    event["assignments"][0]["note"] = json!("canary@mail.example");
    event["conversions"] = json!([{"experimentKey": "hero", "goalKey": "order",
        "note": "canary@mail.example"}]);
    visitor.send(&collector, &[visitor.exposure(), event]);
    let folder = collector.folder.path();
    for canary in ["canary@", "canary%40", "4111 1111", "4111111111111111", "CANARY"] {
        assert!(!on_disk(folder, canary.as_bytes()), "{canary} was stored");
    }
    let log = collector.log();
    assert!(log.contains("the log was replayed"), "nothing was logged: {log}");
    for secret in ["canary", "CANARY", "blue shoes", "127.0.0.1", &visitor.id, &visitor.exposure_id]
    {
        assert!(!log.contains(secret), "{secret} was logged: {log}");
    }
    // The search finds what is there.
    for kept in ["blue shoes", "utm_source=x", "[email]", "[card]"] {
        assert!(on_disk(folder, kept.as_bytes()), "{kept} is missing");
    }
}

#[test]
fn an_erased_visitor_is_gone_and_cannot_come_back() {
    let mut collector = Running::start();
    let (erased, other) = (Visitor::arrive(&collector), Visitor::arrive(&collector));
    let order = erased.event("purchase", &json!({"revenue": 7, "note": "UNMISTAKABLE"}));
    erased.send(&collector, &[erased.exposure(), order.clone()]);
    other.send(&collector, &[other.exposure(), other.event("purchase", &json!({"revenue": 1}))]);
    let id = id_bytes(&erased.id);
    assert!(on_disk(collector.folder.path(), &id), "the search finds what is there");

    let answer = collector.erase(&erased.id);
    assert_eq!(answer.json(), json!({"erasedEvents": 2, "anonymisedEvents": 0}));
    for restarted in [false, true] {
        let results = collector.api("hero/results");
        let count = exposures(&results, "control") + exposures(&results, "b");
        assert_eq!(count, 1, "restarted: {restarted}");
        assert_eq!(goal(&results, "aov", &other.variant)["revenue"][0]["gross"], "1.00");
        for trace in [id.as_slice(), erased.id.as_bytes(), b"UNMISTAKABLE"] {
            assert!(!on_disk(collector.folder.path(), trace), "restarted: {restarted}");
        }
        let late = erased.try_send(&collector, std::slice::from_ref(&order));
        assert_eq!(late.json()["rejected"][0]["code"], "erased");
        let page = "https://shop.example/";
        let path = format!("/sdk/bootstrap?projectKey=demo&anonymousId={}&url={page}", erased.id);
        assert_eq!(collector.get(&path).json()["experiments"], json!([]));
        if !restarted {
            collector.kill_and_restart();
        }
    }
    assert_eq!(collector.erase(&erased.id).json()["erasedEvents"], 0, "once is enough");
    assert_eq!(collector.erase("nobody").status, 422);
}

#[test]
fn erasing_keeps_the_totals_of_frozen_experiments() {
    let mut collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let order = visitor.event("purchase", &json!({"revenue": 7, "order_id": "A"}));
    let mut refund = visitor.event("$refund", &json!({"revenue": 2, "order_id": "A"}));
    refund["createdAt"] = json!(now());
    visitor.send(&collector, &[visitor.exposure(), order, refund]);
    let counted = |collector: &Running| {
        let results = collector.api("hero/results");
        let aov = goal(&results, "aov", &visitor.variant);
        (exposures(&results, &visitor.variant), aov["conversions"].clone(), aov["revenue"].clone())
    };
    let before = counted(&collector);
    assert_eq!(before.2[0]["net"], "5.00");

    freeze(&mut collector);
    assert_eq!(counted(&collector), before);
    let answer = collector.erase(&visitor.id).json();
    assert_eq!(answer, json!({"erasedEvents": 3, "anonymisedEvents": 3}));
    for restarted in [false, true] {
        assert_eq!(counted(&collector), before, "restarted: {restarted}");
        assert!(!on_disk(collector.folder.path(), &id_bytes(&visitor.id)));
        assert!(!on_disk(collector.folder.path(), &id_bytes(&visitor.exposure_id)));
        if !restarted {
            collector.restart_with(&completed());
        }
    }
}

fn completed() -> Value {
    let mut import = import_file();
    import["projects"][0]["experiments"][0]["status"] = json!("completed");
    import
}

/// Completes `hero`, long enough ago to be frozen: no clock of a test can wait a week.
fn freeze(collector: &mut Running) {
    collector.restart_with(&completed());
    collector.terminate();
    let database = collector.folder.path().join("data/ttoolab.db");
    let connection = rusqlite::Connection::open(database).unwrap();
    let changed = connection.execute(
        "UPDATE experiments SET history = json_set(history, '$.completedMs',
             json_extract(history, '$.completedMs') - 8 * 24 * 60 * 60 * 1000)
         WHERE key = 'hero' AND json_extract(history, '$.completedMs') IS NOT NULL",
        [],
    );
    assert_eq!(changed.unwrap(), 1);
    // Its events were received before it ended.
    connection
        .execute_batch(
            "UPDATE events SET at_ms = at_ms - 9 * 24 * 60 * 60 * 1000;
             UPDATE contexts SET received_ms = received_ms - 9 * 24 * 60 * 60 * 1000;",
        )
        .unwrap();
    seal(&connection, "experiments", "project_id, key, config, history");
    let columns = "id, received_ms, sdk, doc_id, referrer, assignments, verdict";
    seal(&connection, "contexts", columns);
    let columns = "id, event_id, visitor, project_id, context_id, name, at_ms, created_ms, \
         clock_offset_ms, seq, url, payload, conversions, order_hash, minor_units, currency, \
         decimal_amount, verdict";
    seal(&connection, "events", columns);
    drop(connection);
    collector.restart_with(&completed());
}

#[test]
fn names_beyond_500_are_one_name_but_goals_see_them_all() {
    let mut collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    visitor.send(&collector, &[visitor.exposure(), visitor.event("purchase", &json!({}))]);
    let name = |n| format!("made-up-{n}");
    let send = |collector: &Running, numbers: std::ops::Range<u32>| {
        let events: Vec<_> = numbers.map(|n| visitor.event(&name(n), &json!({}))).collect();
        visitor.send(collector, &events);
    };
    for batch in 0..6 {
        send(&collector, 100 * batch..100 * (batch + 1));
    }
    visitor.send(&collector, &[visitor.event("purchase", &json!({}))]);
    let stored = |collector: &Running, wanted: &str| {
        let database = collector.folder.path().join("data/ttoolab.db");
        let connection = rusqlite::Connection::open(database).unwrap();
        let sql = format!("SELECT count(*), count(DISTINCT name) FROM events WHERE name {wanted}");
        connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    };
    assert_eq!(stored(&collector, "= '__other__'"), (100, 1));
    assert_eq!(stored(&collector, "LIKE 'made-up-%'"), (500, 500));
    assert_eq!(stored(&collector, "= 'purchase'"), (2, 1));

    // The names of the log are known again, and no more of them than before.
    collector.kill_and_restart();
    send(&collector, 0..2);
    send(&collector, 498..502);
    assert_eq!(stored(&collector, "= '__other__'"), (102, 1));
    assert_eq!(stored(&collector, "LIKE 'made-up-%'"), (504, 500));
}
