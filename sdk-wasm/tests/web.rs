//! What only a real browser can answer: whether the vectors hold with its `RegExp`, whether
//! that agrees with the collector's engine, and whether the compiled SDK sees, changes and sends in
//! a real document.

#![cfg(target_arch = "wasm32")]

#[path = "web/engines.rs"]
mod engines;

use js_sys::{Array, JSON, Promise, RegExp};
use ttoolab_sdk::{consent, flush, get_variant, start, track};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/tests/page.js")]
extern "C" {
    /// Stands in for the network; gives back the list that sent bodies are added to.
    #[wasm_bindgen(js_name = fakeCollector)]
    fn fake_collector() -> Array;
    #[wasm_bindgen(js_name = openPage)]
    fn open_page();
    fn act(name: &str);
    fn look(name: &str) -> String;
    fn pause(ms: u32) -> Promise;
}

/// The names and goals of everything sent so far, such as `$click:checkout,card`.
fn sent(bodies: &Array) -> Vec<String> {
    let text = |value: &JsValue, name: &str| {
        js_sys::Reflect::get(value, &name.into()).unwrap().as_string().unwrap()
    };
    let list = |value: &JsValue, name: &str| {
        let list = js_sys::Reflect::get(value, &name.into()).unwrap();
        if list.is_undefined() { Array::new() } else { Array::from(&list) }
    };
    let mut names = Vec::new();
    for body in bodies.iter() {
        for event in list(&JSON::parse(&body.as_string().unwrap()).unwrap(), "events").iter() {
            let claims = list(&event, "conversions");
            let goals: Vec<_> = claims.iter().map(|claim| text(&claim, "goalKey")).collect();
            let goals = goals.join(",");
            names.push([&*text(&event, "eventName"), ":", &*goals].concat());
        }
    }
    names
}

async fn settle() {
    JsFuture::from(pause(150)).await.unwrap();
}

#[wasm_bindgen_test]
fn the_vectors_hold_in_this_browser() {
    let regex = |pattern: &str, url: &str| RegExp::new(pattern, "").test(url);
    for report in ttoolab_spec::run_all(&regex) {
        console_log!("{}: wasm {}/{}", report.family, report.passed, report.total());
        assert!(report.failures.is_empty(), "{}", report.failures.join("\n"));
    }
}

/// One test, because one page load is what the SDK lives for.
#[wasm_bindgen_test]
async fn a_page_from_start_to_withdrawal() {
    let bodies = fake_collector();
    open_page();
    let config = r#"{"projectKey":"demo","endpoint":"https://collector.example/"}"#;
    start(&JSON::parse(config).unwrap());
    assert_eq!(get_variant(&"hero".into()), None, "nothing before the blob");
    settle().await;

    assert_eq!(look("text"), "Buy now", "changes are applied");
    assert_eq!(look("classes"), "big bold");
    assert_eq!(look("display"), "none");
    assert_eq!(get_variant(&"hero".into()).as_deref(), Some("b"));
    assert_eq!(sent(&bodies), ["$exposure:"]);

    bodies.set_length(0);
    act("click a child whose page stops the click");
    act("submit a form whose page prevents it");
    act("push the thank-you page");
    settle().await;
    assert_eq!(sent(&bodies), ["$click:checkout,card", "$submit:signup", "$url:thanks"]);

    bodies.set_length(0);
    act("replace the URL with the same");
    act("click elsewhere");
    act("click a disabled control");
    settle().await;
    assert_eq!(sent(&bodies), [""; 0]);

    act("push the thank-you page");
    settle().await;
    act("click in a shadow root");
    settle().await;
    assert_eq!(sent(&bodies), ["$url:thanks", "$click:shadow"]);

    act("add an element");
    settle().await;
    assert_eq!(look("late"), "Buy now", "what comes later is changed when it comes");

    bodies.set_length(0);
    let payload = JSON::parse(r#"{"revenue":249}"#).unwrap();
    track(&"purchase".into(), &payload, js_sys::Date::now(), "https://shop.example/".to_owned());
    JsFuture::from(flush()).await.unwrap();
    assert_eq!(sent(&bodies), ["purchase:order"]);
    assert_ne!(look("stored"), "0");

    consent(&"denied".into());
    assert_eq!(look("stored"), "0", "a withdrawal leaves nothing");
}
