//! How a page begins: the blob, the changes, the first moment.

use super::super::{Effect, Engine};
use super::{Page, hero};
use crate::consent::Asked;
use crate::platform::memory::{Memory, blob_json};

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
fn prerendering_prepares_and_exposes_nobody() {
    let mut page = Page::start(Memory::default(), Asked::Nothing, false);
    page.bootstrap(&hero());
    assert_eq!(page.names_within(1_000.0), [""; 0]);
    page.act(Engine::show);
    assert_eq!(page.names_within(50.0), ["$exposure"]);
}
