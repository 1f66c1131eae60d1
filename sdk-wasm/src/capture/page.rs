//! What the watched page tells: raw facts become inputs of the engine.

use super::What;
use super::url::Mark;
use crate::client::Inbox;
use crate::engine::Input;
use crate::platform::browser::{self, Callback, Elements};
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/capture/watch.js")]
extern "C" {
    fn attach(seen: &Function);
    fn forget();
}

// wasm-bindgen copies the files that are named here, and not what those import.
#[wasm_bindgen(module = "/src/capture/click.js")]
extern "C" {
    #[wasm_bindgen(js_name = watchClicks)]
    fn watch_clicks(seen: &Function, signal: &JsValue);
}
#[wasm_bindgen(module = "/src/capture/form.js")]
extern "C" {
    #[wasm_bindgen(js_name = watchForms)]
    fn watch_forms(seen: &Function, signal: &JsValue);
}
#[wasm_bindgen(module = "/src/capture/patch.js")]
extern "C" {
    fn patch(object: &JsValue, name: &str, signal: &JsValue, look: &JsValue);
}
#[wasm_bindgen(module = "/src/capture/url.js")]
extern "C" {
    #[wasm_bindgen(js_name = watchUrl)]
    fn watch_url(seen: &Function, signal: &JsValue, loaded: bool);
}

/// The page, watched until this is dropped.
pub(crate) struct Watch(#[expect(dead_code, reason = "held for its drop")] Callback);

impl Watch {
    /// Takes over what was kept since the loader began, and all that comes.
    pub(crate) fn new(inbox: &Inbox) -> Self {
        let inbox = inbox.clone();
        let seen = Callback::new(Box::new(move |fact| {
            if let Some(input) = read(fact.unchecked_ref()) {
                inbox.put(input);
            }
        }));
        attach(seen.function());
        Self(seen)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        forget();
    }
}

/// Forgets what was kept: nobody has agreed to it.
pub(crate) fn ignore() {
    forget();
}

/// Reads a fact of `watch.js`.
fn read(fact: &Array) -> Option<Input<Elements>> {
    let url = fact.get(1).as_string()?;
    let at_ms = fact.get(2).as_f64()?;
    let path = || Elements(fact.get(3).unchecked_into());
    let seen = |what| Input::Seen { what, at_ms, url: url.clone() };
    Some(match fact.get(0).as_string()?.as_str() {
        "url" => {
            let mark = if fact.get(3).is_truthy() { Mark::Entry } else { Mark::IfChanged };
            Input::Navigated { mark, at_ms, url }
        }
        "click" => seen(What::Click {
            path: path(),
            trusted: fact.get(4).is_truthy(),
            same_action: fact.get(5).is_truthy(),
        }),
        "submit" => seen(What::Submit { path: path() }),
        "leave" => Input::Leaving,
        _ => Input::Lost(browser::whole(&fact.get(3))),
    })
}
