//! Nothing that comes in makes `core` panic, and what it lets through keeps its promises.
//!
//! A bounded run of what `fuzz/` does without end; `bodies` says what must hold.

#![expect(clippy::expect_used, reason = "clippy takes the helpers of a test for something else")]

#[path = "robustness/bodies.rs"]
mod bodies;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

/// Enough for every field to have been wrong in company of every other.
const CASES: u32 = 4_000;

fn config() -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig { cases: asked.cases.max(CASES), failure_persistence: None, ..asked }
}

/// Any JSON, deeper than allowed at times.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        (1000_usize..1100).prop_map(|length| "x".repeat(length).into()),
    ];
    leaf.prop_recursive(9, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec(("[a-z]{1,8}|k{60,70}", inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// A field that is absent or as pages write it, and seldom as none should.
fn field(good: &[Value], bad: &[Value]) -> BoxedStrategy<Option<Value>> {
    prop_oneof![
        20 => select(good.to_vec()).prop_map(Some),
        8 => Just(None),
        1 => select(bad.to_vec()).prop_map(Some),
        1 => any_json().prop_map(Some),
    ]
    .boxed()
}

fn any_event() -> impl Strategy<Value = Value> {
    let id = "0193b5f0-0000-7000-8000-000000000000";
    let names = ["$exposure", "$url", "$click", "purchase", "K\u{e4}se"].map(Value::from);
    let assignments = json!([
        { "experimentKey": "hero", "variantKey": "b", "epoch": 1, "exposureId": id },
    ]);
    let payload = prop::collection::vec(("[a-z]{1,8}", any_json()), 0..4)
        .prop_map(|entries| Some(Value::Object(entries.into_iter().collect())));
    let fields = [
        ("eventId", field(&[id.into(), id.to_uppercase().into()], &["7".into()])),
        ("eventName", field(&names, &["$unknown".into(), "".into()])),
        ("docId", field(&["f3".into(), "d".repeat(64).into()], &["d".repeat(65).into()])),
        ("seq", field(&[1.into(), u32::MAX.into()], &[(-1).into(), 1.5.into()])),
        (
            "createdAt",
            field(&["2026-11-23T10:00:00.000Z".into()], &["-009999-01-01T00:00Z".into()]),
        ),
        ("clockOffsetMs", field(&[(-120).into(), 0.5.into()], &[1e300.into()])),
        ("url", field(&["https://shop.example/".into()], &["u".repeat(8193).into()])),
        ("referrer", field(&["".into(), "/\u{fffd}".into()], &[1.into()])),
        ("payload", prop_oneof![2 => payload, 1 => field(&[json!({})], &[json!([])])].boxed()),
        ("assignments", field(&[assignments], &[json!([[]]), json!([{}])])),
        (
            "conversions",
            field(
                &[json!([{ "experimentKey": "hero", "goalKey": "order" }])],
                &[json!([{ "experimentKey": "Hero", "goalKey": "order" }])],
            ),
        ),
    ];
    let fields = fields.map(|(name, value)| {
        value.prop_map(move |value| value.map(|value| (name.to_owned(), value)))
    });
    fields.to_vec().prop_map(|fields| fields.into_iter().flatten().collect::<Map<_, _>>().into())
}

/// A batch, and then a few bytes of it changed: escapes, numbers and brackets in odd places.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let pieces = ["\\ud83d", "\\u0000", "\"", "{", "]", "1e400", "-", "\\", "\u{e9}", "\0", ","];
    let change = (any::<prop::sample::Index>(), select(pieces.to_vec()));
    let changes = prop_oneof![1 => Just(vec![]), 1 => prop::collection::vec(change, 1..3)];
    let batch =
        (prop::collection::vec(any_event(), 0..4), changes).prop_map(|(events, changes)| {
            let batch = json!({ "projectKey": "demo", "anonymousId": "a", "events": events });
            let mut body = batch.to_string().into_bytes();
            for (at, piece) in changes {
                let at = at.index(body.len());
                body.splice(at..=at, piece.bytes());
            }
            body
        });
    prop_oneof![8 => batch, 1 => prop::collection::vec(any::<u8>(), 0..200)]
}

/// Text of the characters that mean something in a URL or a pattern.
fn url_like() -> impl Strategy<Value = String> {
    let text = "(https?://)?[a-c@:./*?#%]{0,40}|[/*a]{0,60}|\\PC{0,30}";
    prop_oneof![8 => text, 1 => (240_usize..270).prop_map(|n| "a*".repeat(n / 2))]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_body_is_accepted_within_bounds_or_refused(body in any_body()) {
        bodies::batch(&body);
    }

    #[test]
    fn any_url_rule_matches_or_does_not(pattern in url_like(), url in url_like(), times in 1_usize..90) {
        bodies::url_rule(&pattern, &url);
        bodies::url_rule(&pattern, &url.repeat(times));
        bodies::url_rule(&url, &url);
    }

    #[test]
    fn any_amount_is_read_and_written_alike(
        text in "[0-9]{0,20}(\\.[0-9]{0,8})?|[-+0-9.,eE ]{0,12}|\\PC{0,8}",
        number in prop_oneof![any::<f64>(), 0.0..1e9_f64, (0_i64..1 << 53).prop_map(|n| n as f64 / 1e3)],
        units in prop_oneof![any::<i64>(), -10..1_000_000_000_000_000_i64, 999_999_999_999_990..1_000_000_000_000_010_i64],
    ) {
        bodies::money(&text, number, units);
    }
}

/// The properties above would hold of bodies of which none is accepted as well.
#[test]
fn bodies_made_by_chance_hold_events_that_are_accepted() {
    let mut runner = TestRunner::deterministic();
    let mut accepted = 0;
    for _ in 0..500 {
        let body = any_body().new_tree(&mut runner).expect("a body").current();
        accepted += bodies::batch(&body);
    }
    println!("{accepted} events of 500 bodies are accepted");
    assert!((50..1_000).contains(&accepted), "{accepted} events of 500 bodies are accepted");
}
