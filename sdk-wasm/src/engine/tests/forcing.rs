//! `?ttoolab_force=`: a variant is shown, and nothing at all is sent for its experiment.

use super::super::Effect;
use super::{HOME, Page, experiment, hero};
use crate::consent::Asked;
use crate::platform::Platform;
use crate::platform::memory::Memory;
use serde_json::{Value, json};

const FORCED: &str = "https://shop.example/?ttoolab_force=hero:b";

fn looking(url: &str) -> Page {
    let platform = Memory::default();
    platform.go(url);
    Page::on(platform, Asked::Nothing)
}

fn both() -> Value {
    json!([experiment("hero", "/", "running", 1), experiment("price", "/", "running", 1)])
}

fn shown(page: &Page) -> Vec<usize> {
    let applied = page.log.iter().filter_map(|effect| match effect {
        Effect::Apply(changes) => Some(changes.len()),
        _ => None,
    });
    applied.collect()
}

fn assigned(event: &Value) -> Vec<&str> {
    let assignments = event["assignments"].as_array().unwrap().iter();
    assignments.map(|assignment| assignment["experimentKey"].as_str().unwrap()).collect()
}

#[test]
fn a_forced_variant_is_shown_and_sends_nothing() {
    let mut page = looking(FORCED);
    page.bootstrap(&hero());
    page.wait(0.0);
    assert_eq!(shown(&page), [2]);
    assert_eq!(page.engine.variant("hero"), Some("b"));
    assert!(page.engine.assignments_json().contains(r#""forced":true"#));
    page.track("purchase");
    page.click(&["#checkout"], false);
    page.go("https://shop.example/thanks");
    assert_eq!(page.names_within(10_000.0), [""; 0]);
}

#[test]
fn other_experiments_go_on() {
    let mut page = looking(FORCED);
    page.bootstrap(&both());
    page.wait(0.0);
    page.track("purchase");
    let events = page.sent_within(10_000.0);
    assert_eq!(events.len(), 2);
    for event in &events {
        assert_eq!(assigned(event), ["price"]);
    }
    let claims = events[1]["conversions"].as_array().unwrap();
    assert!(claims.iter().all(|claim| claim["experimentKey"] == "price"), "{claims:?}");
}

#[test]
fn a_router_that_drops_the_parameter_makes_nothing_count() {
    let mut page = looking(FORCED);
    page.bootstrap(&hero());
    page.go("https://shop.example/cart");
    page.track("purchase");
    assert_eq!(page.names_within(10_000.0), [""; 0]);
    assert_eq!(page.engine.variant("hero"), Some("b"));
}

#[test]
fn it_is_shown_where_its_url_asks_although_the_rules_say_another_page_and_not_elsewhere() {
    let mut page = looking(FORCED);
    page.bootstrap(&json!([experiment("hero", "/product", "running", 1)]));
    page.go("https://shop.example/cart");
    page.go("https://shop.example/product");
    assert_eq!(shown(&page), [2, 0, 2]);
    assert_eq!(page.names_within(10_000.0), [""; 0]);
}

#[test]
fn the_next_page_knows_nothing_of_it() {
    let mut page = looking(FORCED);
    page.bootstrap(&hero());
    let mut next = page.next(HOME);
    assert_eq!(next.engine.variant("hero"), None);
    let mut own = hero();
    own[0]["variant"]["key"] = "a".into();
    next.bootstrap(&own);
    let events = next.sent_within(50.0);
    assert_eq!(events[0]["assignments"][0]["variantKey"], "a");
}

#[test]
fn the_copy_of_an_earlier_page_is_not_shown_in_its_place() {
    let mut page = Page::live();
    assert_eq!(page.names_within(50.0), ["$exposure"]);
    let mut looked = page.next("https://shop.example/?ttoolab_force=hero:a");
    looked.track("purchase");
    assert_eq!(shown(&looked), [0_usize; 0]);
    assert_eq!(looked.engine.variant("hero"), None);
    let mut other = hero();
    other[0]["variant"]["key"] = "a".into();
    looked.bootstrap(&other);
    assert_eq!(looked.engine.variant("hero"), Some("a"));
    assert_eq!(looked.names_within(10_000.0), [""; 0]);
    // And the visitor's own arm is what it was.
    let mut back = looked.next(HOME);
    back.bootstrap(&hero());
    back.track("purchase");
    let events = back.sent_within(50.0);
    assert_eq!(events[0]["assignments"][0]["variantKey"], "b");
    assert!(events[0]["assignments"][0]["exposureId"].is_string());
}

#[test]
fn a_variant_that_does_not_exist_is_said_and_nothing_is_sent() {
    let mut page = looking("https://shop.example/?ttoolab_force=hero:z");
    page.bootstrap(&hero());
    page.track("purchase");
    assert_eq!(page.engine.variant("hero"), None);
    assert!(page.log.contains(&Effect::Say("ttoolab_force names no variant.")));
    assert_eq!(page.names_within(10_000.0), [""; 0]);
    assert!(page.engine.platform.url().contains("ttoolab_force"));
}
