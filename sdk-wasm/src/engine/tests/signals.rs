//! The topic `signal`, which the debug overlay shows.

use super::super::{Effect, Input};
use super::{HOME, Page, hero};
use crate::consent::Asked;
use crate::judge::Reasons;
use crate::platform::memory::Memory;
use serde_json::{Value, json};

/// What was told on `signal` since the last look.
fn told(page: &mut Page) -> Vec<Value> {
    let log = std::mem::take(&mut page.log);
    let signals = log.into_iter().filter_map(|effect| match effect {
        Effect::Tell { topic: "signal", detail } => Some(serde_json::from_str(&detail).unwrap()),
        _ => None,
    });
    signals.collect()
}

fn watched(mut page: Page) -> Page {
    page.act(|engine| engine.handle(Input::Watched(Reasons::Asked)));
    page.log.clear();
    page
}

fn reasons(signal: &Value) -> Vec<(&str, &str)> {
    let goals = signal["goals"].as_array().unwrap().iter();
    goals.map(|g| (g["goalKey"].as_str().unwrap(), g["reason"].as_str().unwrap())).collect()
}

#[test]
fn nothing_is_put_together_while_nobody_listens() {
    let mut page = Page::live();
    page.track("purchase");
    page.click(&["#checkout"], false);
    assert_eq!(told(&mut page), [Value::Null; 0]);
    let mut page = watched(page);
    page.act(|engine| engine.handle(Input::Watched(Reasons::Unasked)));
    page.track("purchase");
    assert_eq!(told(&mut page), [Value::Null; 0]);
}

#[test]
fn every_goal_that_waits_for_such_a_thing_says_what_it_made_of_it() {
    let mut page = watched(Page::live());
    page.click(&["#checkout", ".card"], false);
    page.click(&[".card"], true);
    page.click(&["body"], false);
    let signals = told(&mut page);
    let broken = ("broken", "badSelector");
    let both = [("checkout", "counted"), broken, ("card", "counted")];
    assert_eq!(reasons(&signals[0]), both);
    assert_eq!((&signals[0]["sent"], &signals[0]["url"]), (&json!(true), &json!(HOME)));
    assert!(signals[0]["eventId"].is_string());
    assert_eq!(reasons(&signals[1]), [broken, ("card", "repeat")]);
    assert_eq!(reasons(&signals[2]), [broken]);
    assert_eq!(signals[2]["sent"], false);
    page.track("unknown");
    assert_eq!(told(&mut page)[0]["goals"], json!([]));
}

#[test]
fn what_is_only_looked_at_is_judged_and_marked() {
    let platform = Memory::default();
    platform.go("https://shop.example/?ttoolab_force=hero:b");
    let mut page = watched(Page::on(platform, Asked::Nothing));
    page.bootstrap(&hero());
    page.click(&["#checkout"], false);
    let signals = told(&mut page);
    let click = signals.last().unwrap();
    assert_eq!(reasons(click), [("checkout", "counted"), ("broken", "badSelector")]);
    assert_eq!((&click["sent"], &click["goals"][0]["forced"]), (&json!(false), &json!(true)));
}
