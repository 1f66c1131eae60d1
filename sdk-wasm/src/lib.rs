//! The browser's half of Ttoolab goal tracking.
//!
//! The path of an event: `capture` sees it happen → `judge` asks the goals → the `outbox` keeps
//! it → `delivery` decides when it leaves and what the answer means. The `engine` is all of that
//! as one state machine without a browser in it; the `client` wires it to the page, of which
//! `platform/browser.rs` and `platform/host.js` are the only knowledge.
//!
//! This file holds the exports alone; `js/src/boot.ts` calls them.

use capture::track::Payload;
use client::Client;
use engine::{Engine, Input};
use js_sys::{Function, Promise};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

mod blob;
mod capture;
mod changes;
mod client;
mod consent;
mod delivery;
mod dropped;
mod engine;
mod event;
mod exposure;
mod identity;
mod json;
mod judge;
mod outbox;
mod platform;

use platform::browser;

// The locked form because its constructor is safe to call; nobody else is there to wait for.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());

thread_local! {
    static CLIENT: RefCell<Option<Rc<Client>>> = const { RefCell::new(None) };
    /// `clear()` was called: the next `start` is a new visitor's.
    static CLEARED: RefCell<bool> = const { RefCell::new(false) };
}

fn client() -> Option<Rc<Client>> {
    CLIENT.with_borrow(Clone::clone)
}

/// Wraps a function so that a trap within it is caught, once, and ends the SDK on this page.
/// The loader wraps every export with it.
#[wasm_bindgen]
#[must_use]
pub fn guarded(export: &Function) -> Function {
    browser::guarded(export)
}

/// Starts the SDK. Once is enough: a second call changes nothing, unless `clear()` came between.
#[wasm_bindgen]
pub fn start(config: &JsValue) {
    if client().is_some() && !CLEARED.replace(false) {
        return;
    }
    // The former one goes first, so that its listeners are off before the new ones are on.
    CLIENT.set(None);
    CLIENT.set(Client::start(config));
}

/// Tracks an event that happened at `at_ms` on the page `url`.
#[wasm_bindgen]
pub fn track(name: &JsValue, payload: &JsValue, at_ms: f64, url: String) {
    let Some(client) = client() else { return };
    let name = name.as_string();
    let payload = Payload::read(payload);
    client.put(Input::Tracked { name, payload, at_ms, url });
}

/// Calls back with the blob, or null if there is none.
#[wasm_bindgen]
pub fn ready(callback: Function) {
    client::when_ready(client().as_deref(), callback);
}

/// The blob, or null.
#[wasm_bindgen(js_name = getBlob)]
#[must_use]
pub fn get_blob() -> JsValue {
    client().map_or(JsValue::NULL, |client| client.blob())
}

/// The active assignments.
#[wasm_bindgen(js_name = getAssignments)]
#[must_use]
pub fn get_assignments() -> JsValue {
    client().map_or_else(|| js_sys::Array::new().into(), |client| client.assignments())
}

/// The key of the visitor's variant in an active experiment, or undefined.
#[wasm_bindgen(js_name = getVariant)]
#[must_use]
pub fn get_variant(experiment_key: &JsValue) -> Option<String> {
    let key = experiment_key.as_string()?;
    client()?.read(|engine| engine.variant(&key).map(str::to_owned)).flatten()
}

/// Removes everything stored. A new identity begins with the next start.
#[wasm_bindgen]
pub fn clear() {
    if let Some(client) = client() {
        client.put(Input::Clear);
        CLEARED.set(true);
    }
}

/// Sends everything now; the promise resolves when nothing is under way any more.
#[wasm_bindgen]
pub fn flush() -> Promise {
    Promise::new(&mut |resolve, _| match client() {
        Some(client) => client.flush(resolve),
        None => browser::call_later(&resolve, &JsValue::UNDEFINED),
    })
}

/// The page's answer about consent: `granted`, or anything else for no.
#[wasm_bindgen]
pub fn consent(answer: &JsValue) {
    let granted = answer.as_string().as_deref() == Some("granted");
    if let Some(client) = client() {
        client.put(Input::Consent { granted });
    }
}

/// Calls back on every `exposure`, `conversion`, `drop`, `delivered` or `signal`.
#[wasm_bindgen]
pub fn on(topic: String, callback: Function) {
    client::subscribe(topic, callback);
    subscribers_changed();
}

/// Ends what [`on`] began.
#[wasm_bindgen]
pub fn off(callback: &Function) {
    client::unsubscribe(callback);
    subscribers_changed();
}

fn subscribers_changed() {
    if let Some(client) = client() {
        client.put(Input::Watched(client::watched()));
    }
}

/// The state, for a developer to read.
#[wasm_bindgen]
#[must_use]
pub fn debug() -> JsValue {
    let json = client().and_then(|client| client.read(Engine::debug_json));
    json.as_deref().map_or(JsValue::NULL, browser::parse)
}
