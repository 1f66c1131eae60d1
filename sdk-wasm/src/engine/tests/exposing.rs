//! Who is exposed to what, where and when, and what follows an exposure.

use super::super::Effect;
use super::{HOME, Page, experiment, goals, hero};
use crate::consent::Asked;
use crate::platform::Platform;
use crate::platform::memory::START_MS;
use serde_json::json;

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
