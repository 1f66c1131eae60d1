//! The engine as a page sees it: what happens goes in, what leaves is looked at.

#![expect(clippy::wildcard_enum_match_arm, reason = "each test looks for the effects it is about")]

use super::{Effect, Engine, Settings};
use crate::capture::What;
use crate::capture::url::Mark;
use crate::consent::Asked;
use crate::delivery::Answer;
use crate::platform::Platform;
use crate::platform::memory::{Memory, START_MS, blob_json};
use serde_json::{Value, json};

const HOME: &str = "https://shop.example/";

/// A page with an engine, its effects carried out the way the client does it.
struct Page {
    engine: Engine<Memory>,
    log: Vec<Effect>,
}

impl Page {
    fn new(asked: Asked) -> Self {
        Self::on(Memory::default(), asked)
    }

    fn on(platform: Memory, asked: Asked) -> Self {
        Self::start(platform, asked, true)
    }

    fn start(platform: Memory, asked: Asked, shown: bool) -> Self {
        let settings = Settings {
            project_key: "demo".into(),
            endpoint: "https://collector.example".into(),
            anonymous_id: Some("550e8400-e29b-41d4-a716-446655440000".into()),
            asked,
            privacy_control: false,
        };
        let mut page = Self { engine: Engine::new(platform, settings), log: Vec::new() };
        page.act(|engine| engine.start(shown));
        page
    }

    /// A page that has its blob, with one experiment on every page.
    fn live() -> Self {
        let mut page = Self::new(Asked::Nothing);
        page.bootstrap(&hero());
        page.wait(0.0);
        page
    }

    /// The same browser on the next page.
    fn next(self, url: &str) -> Self {
        let platform = self.engine.platform;
        platform.go(url);
        Self::on(platform, Asked::Nothing)
    }

    fn act(&mut self, act: impl FnOnce(&mut Engine<Memory>)) {
        act(&mut self.engine);
        loop {
            let effects = self.engine.take_effects();
            if effects.is_empty() {
                return;
            }
            let applies = effects.iter().any(|effect| matches!(effect, Effect::Apply(_)));
            self.log.extend(effects);
            if applies {
                self.engine.applied();
            }
        }
    }

    fn bootstrap(&mut self, experiments: &Value) {
        let json = blob_json(&experiments.to_string());
        self.act(|engine| engine.bootstrapped(200, Some(json)));
    }

    fn wait(&mut self, ms: f64) {
        self.engine.platform.advance(ms);
        self.act(Engine::tick);
    }

    fn track(&mut self, name: &str) {
        let at_ms = self.engine.platform.now_ms();
        let url = self.engine.platform.url();
        let payload = Some(r#"{"revenue":249}"#.to_owned());
        self.act(|engine| engine.track(Some(name.to_owned()), payload, at_ms, url));
    }

    fn click(&mut self, selectors: &[&str], same_action: bool) {
        let path = selectors.iter().map(|&selector| selector.to_owned()).collect();
        self.act(|engine| engine.seen(What::Click { path, trusted: true, same_action }));
    }

    fn go(&mut self, url: &str) {
        self.engine.platform.go(url);
        self.act(|engine| engine.navigated(Mark::Entry));
        self.wait(0.0);
    }

    /// The batches sent since the last look, as (request, body).
    fn batches(&mut self) -> Vec<(u32, Value)> {
        let log = std::mem::take(&mut self.log);
        log.into_iter()
            .filter_map(|effect| match effect {
                Effect::Post { request, body, .. } => {
                    Some((request, serde_json::from_str(&body).unwrap()))
                }
                _ => None,
            })
            .collect()
    }

    /// The events that leave within `ms`, acknowledged.
    fn sent_within(&mut self, ms: f64) -> Vec<Value> {
        self.wait(ms);
        let mut events = Vec::new();
        for (request, body) in self.batches() {
            let sent = body["events"].as_array().unwrap().clone();
            let accepted =
                sent.iter().map(|event| event["eventId"].as_str().unwrap().to_owned()).collect();
            self.act(|engine| {
                engine.answered(request, Answer { status: 200, accepted, ..Answer::default() });
            });
            events.extend(sent);
        }
        events
    }

    fn names_within(&mut self, ms: f64) -> Vec<String> {
        self.sent_within(ms)
            .iter()
            .map(|event| event["eventName"].as_str().unwrap().to_owned())
            .collect()
    }

    fn drops(&self) -> Vec<String> {
        let drops = self.log.iter().filter_map(|effect| match effect {
            Effect::Tell { topic: "drop", detail } => Some(detail.clone()),
            _ => None,
        });
        drops.collect()
    }
}

fn hero() -> Value {
    json!([experiment("hero", "/", "running", 1)])
}

fn experiment(key: &str, contains: &str, status: &str, epoch: u32) -> Value {
    json!({
        "experimentKey": key, "experimentId": key, "status": status, "epoch": epoch,
        "urlRules": [{ "match": "contains", "pattern": contains }],
        "variant": { "key": "b", "changes": [
            { "selector": "#late", "operation": "hide", "orderIndex": 1 },
            { "selector": "#cta", "operation": "set_text", "value": key, "orderIndex": 0 },
        ] },
        "goals": [
            { "goalKey": "order", "type": "custom_event", "eventName": "purchase" },
            { "goalKey": "aov", "type": "revenue", "eventName": "purchase" },
            { "goalKey": "thanks", "type": "page_view", "url": [{ "match": "contains", "pattern": "/thanks" }] },
            { "goalKey": "checkout", "type": "click", "selector": "#checkout" },
            { "goalKey": "broken", "type": "click", "selector": "!" },
            { "goalKey": "card", "type": "click", "selector": ".card" },
            { "goalKey": "signup", "type": "form_submit", "selector": "#signup" },
        ],
    })
}

fn goals(event: &Value) -> Vec<&str> {
    event["conversions"]
        .as_array()
        .map(|claims| claims.iter().map(|claim| claim["goalKey"].as_str().unwrap()).collect())
        .unwrap_or_default()
}

#[test]
fn changes_come_before_the_exposure_and_the_exposure_before_ready() {
    let page = Page::live();
    let kinds: Vec<&str> = page
        .log
        .iter()
        .map(|effect| match effect {
            Effect::Listen => "listen",
            Effect::Bootstrap(_) => "bootstrap",
            Effect::Apply(_) => "apply",
            Effect::Tell { topic, .. } => topic,
            Effect::Ready => "ready",
            _ => "other",
        })
        .collect();
    assert_eq!(kinds[..5], ["listen", "bootstrap", "apply", "exposure", "ready"]);
    let Effect::Apply(changes) = &page.log[2] else { panic!() };
    let selectors: Vec<&str> = changes.iter().map(|change| &*change.selector).collect();
    assert_eq!(selectors, ["#cta", "#late"], "in orderIndex order");
}

#[test]
fn an_exposure_leaves_within_100_ms_and_only_once() {
    let mut page = Page::live();
    let events = page.sent_within(50.0);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["eventName"], "$exposure");
    assert_eq!(events[0]["seq"], 1);
    assert_eq!(events[0]["clockOffsetMs"], 0);
    assert_eq!(events[0]["url"], HOME);
    let expected = json!([{ "experimentKey": "hero", "variantKey": "b", "epoch": 1 }]);
    assert_eq!(events[0]["assignments"], expected);
    page.go("https://shop.example/cart");
    let mut next = page.next(HOME);
    next.bootstrap(&hero());
    assert_eq!(next.names_within(10_000.0), [""; 0]);
}

#[test]
fn a_tracked_event_names_the_exposure_it_followed() {
    let mut page = Page::live();
    page.track("purchase");
    let events = page.sent_within(50.0);
    assert_eq!(events[1]["seq"], 2);
    assert_eq!(events[1]["docId"], events[0]["docId"]);
    assert_eq!(events[1]["assignments"][0]["exposureId"], events[0]["eventId"]);
    assert_eq!(events[1]["payload"]["revenue"], 249);
    assert_eq!(goals(&events[1]), ["order", "aov"]);
    let mut next = page.next("https://shop.example/cart");
    next.bootstrap(&hero());
    next.track("purchase");
    let later = next.sent_within(50.0);
    assert_eq!(later[0]["assignments"][0]["exposureId"], events[0]["eventId"]);
    assert_ne!(later[0]["docId"], events[0]["docId"]);
    assert_eq!(later[0]["seq"], 1);
}

#[test]
fn a_call_from_before_the_exposure_does_not_claim_to_have_followed_it() {
    let mut page = Page::new(Asked::Nothing);
    page.engine.platform.advance(5.0);
    page.track("purchase");
    page.engine.platform.advance(100.0);
    page.bootstrap(&hero());
    let events = page.sent_within(50.0);
    assert_eq!(events[1]["eventName"], "purchase");
    assert_eq!(events[1]["createdAt"], page.engine.platform.iso_time(START_MS + 5.0));
    assert_eq!(events[1]["assignments"][0].get("exposureId"), None);
    assert_eq!(goals(&events[1]), ["order", "aov"]);
}

#[test]
fn a_cached_blob_is_in_force_at_once() {
    let mut page = Page::live();
    page.sent_within(50.0);
    let mut next = page.next("https://shop.example/thanks");
    assert!(next.log.contains(&Effect::Ready));
    let asked = next.log.iter().any(|effect| match effect {
        Effect::Bootstrap(question) => question.ends_with("&token=token"),
        _ => false,
    });
    assert!(asked, "with the token of the cached blob");
    next.wait(0.0);
    assert_eq!(next.names_within(50.0), ["$url"]);
}

#[test]
fn a_route_change_activates_what_waited_for_its_page() {
    let mut page = Page::new(Asked::Nothing);
    page.bootstrap(&json!([experiment("product", "/product", "running", 3)]));
    assert_eq!(page.engine.variant("product"), None);
    assert_eq!(page.names_within(50.0), [""; 0]);
    page.track("purchase");
    assert_eq!(page.drops(), [r#"{"reason":"noAssignment","eventName":"purchase"}"#]);
    page.go("https://shop.example/product/1");
    assert_eq!(page.engine.variant("product"), Some("b"));
    assert_eq!(page.names_within(50.0), ["$exposure"]);
    page.go("https://shop.example/thanks");
    let events = page.sent_within(50.0);
    assert_eq!(events[0]["eventName"], "$url", "goals count on every page");
    assert_eq!(goals(&events[0]), ["thanks"]);
    assert_eq!(events[0]["assignments"][0]["epoch"], 3);
}

#[test]
fn changes_are_in_force_where_the_experiment_runs() {
    let mut page = Page::new(Asked::Nothing);
    page.bootstrap(&json!([experiment("product", "/product", "running", 1)]));
    let count = |page: &mut Page| {
        let log = std::mem::take(&mut page.log);
        let applies = log.iter().filter_map(|effect| match effect {
            Effect::Apply(changes) => Some(changes.len()),
            _ => None,
        });
        applies.collect::<Vec<_>>()
    };
    page.go("https://shop.example/product/1");
    page.go("https://shop.example/product/2");
    page.go(HOME);
    assert_eq!(count(&mut page), [2, 0]);
}

#[test]
fn a_paused_experiment_exposes_nobody_and_still_converts() {
    let mut page = Page::new(Asked::Nothing);
    page.bootstrap(&json!([experiment("hero", "/", "paused", 1)]));
    page.track("purchase");
    assert_eq!(page.names_within(50.0), [""; 0]);

    let mut exposed = Page::live();
    exposed.sent_within(50.0);
    let mut next = exposed.next(HOME);
    next.bootstrap(&json!([experiment("hero", "/", "paused", 1)]));
    next.track("purchase");
    let events = next.sent_within(50.0);
    assert_eq!(goals(&events[0]), ["order", "aov"]);
}

#[test]
fn another_epoch_is_another_exposure() {
    let mut page = Page::live();
    page.sent_within(50.0);
    let mut next = page.next(HOME);
    next.bootstrap(&json!([experiment("hero", "/", "running", 2)]));
    let events = next.sent_within(50.0);
    assert_eq!(events[0]["eventName"], "$exposure");
    assert_eq!(events[0]["assignments"][0]["epoch"], 2);
}

#[test]
fn clicks_and_submissions_leave_only_when_a_goal_waited_for_them() {
    let mut page = Page::live();
    page.sent_within(50.0);
    page.click(&["#elsewhere"], false);
    assert_eq!(page.names_within(6_000.0), [""; 0]);
    page.click(&["#checkout", ".card"], false);
    page.act(|engine| engine.seen(What::Submit { path: vec!["#signup".into()] }));
    let events = page.sent_within(50.0);
    assert_eq!(events[0]["eventName"], "$click");
    assert_eq!(goals(&events[0]), ["checkout", "card"]);
    assert_eq!(events[1]["eventName"], "$submit");
}

#[test]
fn one_user_action_is_one_conversion_per_goal() {
    let mut page = Page::live();
    page.sent_within(50.0);
    page.click(&[".card"], false);
    page.click(&["#checkout", ".card"], true);
    page.click(&["#checkout", ".card"], true);
    page.click(&[".card"], false);
    let events = page.sent_within(50.0);
    let met: Vec<_> = events.iter().map(goals).collect();
    assert_eq!(met, [vec!["card"], vec!["checkout"], vec!["card"]]);
}

#[test]
fn a_broken_selector_is_told_once_and_stops_nothing() {
    let mut page = Page::live();
    page.click(&["#checkout"], false);
    page.click(&["#checkout"], false);
    assert_eq!(page.drops(), [r#"{"reason":"badSelector","goalKey":"broken"}"#]);
    assert_eq!(page.names_within(50.0), ["$exposure", "$click", "$click"]);
}

#[test]
fn bad_names_are_told() {
    let mut page = Page::live();
    page.track("");
    page.track("$exposure");
    assert_eq!(
        page.drops(),
        [
            r#"{"reason":"badEventName","eventName":""}"#,
            r#"{"reason":"reservedEventName","eventName":"$exposure"}"#
        ]
    );
}

#[test]
fn ordinary_events_wait_for_company() {
    let mut page = Page::live();
    page.sent_within(50.0);
    page.track("scrolled");
    assert_eq!(page.names_within(4_900.0), [""; 0]);
    assert_eq!(page.names_within(100.0), ["scrolled"]);
}

#[test]
fn leaving_sends_everything_pending() {
    let mut page = Page::live();
    page.sent_within(50.0);
    page.track("scrolled");
    page.act(Engine::leave);
    assert_eq!(page.names_within(0.0), ["scrolled"]);
}

#[test]
fn without_consent_there_is_no_request_and_no_storage() {
    let mut page = Page::new(Asked::Required);
    page.track("purchase");
    page.click(&["#checkout"], false);
    page.wait(60_000.0);
    page.act(Engine::leave);
    assert_eq!(page.log, []);
    assert_eq!(page.engine.platform.keys(""), [""; 0]);

    page.act(|engine| engine.set_consent(true));
    page.bootstrap(&hero());
    let events = page.sent_within(50.0);
    assert_eq!(events[1]["eventName"], "purchase");
    assert_eq!(
        events[1]["createdAt"],
        page.engine.platform.iso_time(START_MS),
        "its original time"
    );
    assert_eq!(events[1]["assignments"][0].get("exposureId"), None, "it precedes the exposure");
}

#[test]
fn a_denial_wipes_what_waited_and_a_withdrawal_what_was_stored() {
    let mut page = Page::new(Asked::Required);
    page.track("purchase");
    page.act(|engine| engine.set_consent(false));
    page.act(|engine| engine.set_consent(true));
    page.bootstrap(&hero());
    assert_eq!(page.names_within(50.0), ["$exposure"]);

    page.track("purchase");
    page.act(|engine| engine.set_consent(false));
    page.wait(60_000.0);
    assert_eq!(page.names_within(0.0), [""; 0]);
    assert_eq!(page.engine.platform.keys(""), [""; 0]);
}

#[test]
fn a_failed_bootstrap_is_asked_again_and_applies_nothing() {
    let mut page = Page::new(Asked::Nothing);
    page.act(|engine| engine.bootstrapped(0, None));
    assert!(page.log.contains(&Effect::Ready));
    assert_eq!(page.engine.blob_json(), None);
    page.log.clear();
    page.wait(1_001.0);
    assert!(matches!(page.log[..], [Effect::Bootstrap(_)]));
    page.bootstrap(&hero());
    assert_eq!(page.names_within(50.0), ["$exposure"]);
}

#[test]
fn the_blob_of_another_visitor_is_not_believed() {
    let mut page = Page::new(Asked::Nothing);
    let json = blob_json(&hero().to_string()).replace("550e8400", "00000000");
    page.act(|engine| engine.bootstrapped(200, Some(json)));
    assert_eq!(page.engine.blob_json(), None);
}

#[test]
fn rows_of_an_earlier_page_wait_for_the_token_and_are_sent_unchanged() {
    let mut page = Page::live();
    page.wait(50.0);
    let (_, body) = page.batches().remove(0);
    page.engine.platform.remove("ttoolab:demo:blob");
    let mut next = page.next(HOME);
    next.wait(1_000.0);
    assert_eq!(next.batches(), [], "no token yet");
    next.bootstrap(&hero());
    next.wait(50.0);
    let (_, again) = next.batches().remove(0);
    assert_eq!(again["events"], body["events"]);
    assert_eq!(again["visitorToken"], "token");
}

#[test]
fn the_envelope() {
    let mut page = Page::live();
    page.wait(50.0);
    let (_, body) = page.batches().remove(0);
    assert_eq!(body["projectKey"], "demo");
    assert_eq!(body["anonymousId"], "550e8400-e29b-41d4-a716-446655440000");
    assert_eq!(body["sdk"], concat!("ttoolab-wasm/", env!("CARGO_PKG_VERSION")));
    assert_eq!(body["sentAt"], page.engine.platform.iso_time(START_MS + 50.0));
    assert_eq!(body.get("dropped"), None);
}

#[test]
fn prerendering_prepares_and_exposes_nobody() {
    let mut page = Page::start(Memory::default(), Asked::Nothing, false);
    page.bootstrap(&hero());
    assert_eq!(page.names_within(1_000.0), [""; 0]);
    page.act(Engine::show);
    assert_eq!(page.names_within(50.0), ["$exposure"]);
}

#[test]
fn flush_ends_when_nothing_is_under_way() {
    let mut page = Page::live();
    page.sent_within(50.0);
    page.track("scrolled");
    page.act(Engine::flush);
    assert!(!page.log.contains(&Effect::Flushed));
    let (request, _) = page.batches().remove(0);
    page.act(|engine| engine.answered(request, Answer::default()));
    assert!(page.log.contains(&Effect::Flushed), "also when it failed");
}

#[test]
fn clear_leaves_nothing_stored() {
    let mut page = Page::live();
    page.track("purchase");
    page.act(Engine::clear);
    assert_eq!(page.engine.platform.keys("ttoolab:"), [""; 0]);
    assert_eq!(page.names_within(6_000.0), [""; 0]);
}
