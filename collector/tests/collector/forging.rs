//! A page that claims another arm than the one it was given.

use crate::running::Running;
use crate::visitor::{Visitor, exposures, goal};
use serde_json::{Value, json};

/// How many conversions are forged: a short form of the 100,000 that `cargo xtask soak` sends.
const FORGED: usize = 4_000;
/// As many as a batch may hold.
const BATCH: usize = 200;

/// Sends purchases that claim `arm`, after an exposure that claims it as well.
fn forge(collector: &Running, visitor: &Visitor, arm: &str) {
    let claim = |mut event: Value| {
        event["assignments"][0]["variantKey"] = json!(arm);
        event["conversions"] = json!([{ "experimentKey": "hero", "goalKey": "order" }]);
        event
    };
    let count = std::env::var("TTOOLAB_SOAK").map_or(FORGED, |_| 100_000);
    visitor.send(collector, &[claim(visitor.exposure())]);
    for _ in 0..count / BATCH {
        let buy = || claim(visitor.event("purchase", &json!({ "revenue": 1 })));
        visitor.send(collector, &(0..BATCH).map(|_| buy()).collect::<Vec<_>>());
    }
}

/// What the arm shows: exposures, and conversions with every repeat.
fn shown(collector: &Running, lane: &str, arm: &str) -> (i64, i64) {
    // So many events look like a bot's; they are shown here, for they must not move even then.
    let results = collector.api(&format!("hero/results?lane={lane}&flagged=include"));
    let order = goal(&results, "order", arm);
    (exposures(&results, arm), order["totalConversions"].as_i64().unwrap())
}

#[test]
fn a_valid_token_moves_no_other_arm() {
    let collector = Running::start();
    let forger = Visitor::arrive(&collector);
    let other = if forger.variant == "b" { "control" } else { "b" };
    forge(&collector, &forger, other);
    assert_eq!(shown(&collector, "verified", other), (0, 0));
    assert_eq!(shown(&collector, "all", other), (0, 0));
    // They are not lost: they count for the arm that the token names.
    assert_eq!(shown(&collector, "verified", &forger.variant).0, 1);

    // The twin: where no token is checked, the same claims move the arm.
    let mut unsigned = Visitor::arrive(&collector);
    unsigned.token = None;
    forge(&collector, &unsigned, other);
    let (exposed, converted) = shown(&collector, "unverified", other);
    assert_eq!(exposed, 1);
    assert!(converted > 0);
    assert_eq!(shown(&collector, "verified", other), (0, 0), "in a lane of their own");
}
