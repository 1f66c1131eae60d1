//! Which actions meet goals, and what is told of those that cannot.

use super::{Page, goals};

#[test]
fn clicks_and_submissions_leave_only_when_a_goal_waited_for_them() {
    let mut page = Page::live();
    page.sent_within(50.0);
    page.click(&["#elsewhere"], false);
    assert_eq!(page.names_within(6_000.0), [""; 0]);
    page.click(&["#checkout", ".card"], false);
    page.submit("#signup");
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
