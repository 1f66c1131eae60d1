//! What a visitor's answer, or the page's, does to what waits and to what is stored.

use super::super::{Effect, Engine};
use super::{Page, hero};
use crate::consent::Asked;
use crate::platform::Platform;
use crate::platform::memory::START_MS;

#[test]
fn without_consent_there_is_no_request_and_no_storage() {
    let mut page = Page::new(Asked::Required);
    page.track("purchase");
    page.click(&["#checkout"], false);
    page.wait(60_000.0);
    page.act(Engine::leave);
    assert_eq!(page.log, [Effect::Ignore], "also of what was seen before we came");
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
fn clear_leaves_nothing_stored() {
    let mut page = Page::live();
    page.track("purchase");
    page.act(Engine::clear);
    assert_eq!(page.engine.platform.keys("ttoolab:"), [""; 0]);
    assert_eq!(page.names_within(6_000.0), [""; 0]);
}
