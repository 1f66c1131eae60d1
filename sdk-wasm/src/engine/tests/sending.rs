//! When batches leave, and what they hold.

use super::super::{Effect, Engine};
use super::{HOME, Page, hero};
use crate::delivery::Answer;
use crate::platform::Platform;
use crate::platform::memory::START_MS;

#[test]
fn ordinary_events_wait_for_company() {
    let mut page = Page::live();
    page.sent_within(50.0);
    page.track("scrolled");
    assert_eq!(page.names_within(4_900.0), [""; 0]);
    assert_eq!(page.names_within(100.0), ["scrolled"]);
}

#[test]
fn a_browser_that_is_driven_says_so() {
    let mut page = Page::live();
    page.wait(50.0);
    assert_eq!(page.batches().remove(0).1.get("webdriver"), None);
    page.engine.platform.drive();
    page.track("scrolled");
    page.act(Engine::leave);
    assert_eq!(page.batches().remove(0).1["webdriver"], true);
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
