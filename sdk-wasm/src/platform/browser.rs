//! The real browser. Here, in `changes` and in `capture`, and nowhere else, are web-sys and
//! js-sys; what even they cannot do is in `host.js`.

use super::Platform;
use crate::blob::Blob;
use js_sys::{Array, Date, Function, JSON, Reflect};
use std::borrow::Cow;
use ttoolab_core::blob::BlobExperiment;
use ttoolab_core::goal::{Value, is_plain_decimal};
use wasm_bindgen::prelude::*;
use web_sys::{
    AbortSignal, EventTarget, Request, RequestCredentials, RequestInit, Storage, Window,
};

/// How long a request may take.
pub(crate) const TIMEOUT_MS: u32 = 10_000;

#[wasm_bindgen(module = "/src/platform/host.js")]
extern "C" {
    fn guard(inner: &Function) -> Function;
    fn release(guarded: &Function);
    #[wasm_bindgen(js_name = callLater)]
    pub(crate) fn call_later(callback: &Function, argument: &JsValue);
    fn deadline(ms: u32) -> AbortSignal;
    pub(crate) fn post(
        url: &str,
        body: &str,
        keepalive: bool,
        timeout: u32,
        request: u32,
        done: &Function,
    );
    #[wasm_bindgen(js_name = regexMatches)]
    fn regex_matches(pattern: &str, text: &str) -> bool;
}

#[wasm_bindgen(module = "/src/capture/path.js")]
extern "C" {
    fn hits(path: &Array, selector: &str) -> i8;
    fn matching(path: &Array, selector: &str) -> i8;
    fn remembered(path: &Array) -> Array;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static WINDOW: Window;
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]);
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
    #[wasm_bindgen(js_namespace = console, js_name = warn)]
    fn console_warn(text: &str);
}

pub(crate) fn window() -> Window {
    WINDOW.with(Clone::clone)
}

/// One line for the developer.
pub(crate) fn say(text: &str) {
    console_warn(&["ttoolab: ", text].concat());
}

/// A property, or undefined: of a primitive, of an object that throws, of nothing.
pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

pub(crate) fn get_text(object: &JsValue, name: &str) -> Option<String> {
    get(object, name).as_string()
}

/// A property that is a list; an empty one if it is none.
pub(crate) fn list(object: &JsValue, name: &str) -> Vec<JsValue> {
    let list = get(object, name);
    if Array::is_array(&list) { list.unchecked_ref::<Array>().to_vec() } else { Vec::new() }
}

pub(crate) fn is_true(object: &JsValue, name: &str) -> bool {
    get(object, name).is_truthy()
}

/// The page's `navigator`.
pub(crate) fn navigator(name: &str) -> JsValue {
    get(&get(&window(), "navigator"), name)
}

/// What a callback does with what it is called with. Boxed, so that wasm-bindgen makes one kind
/// of closure and not one per use.
pub(crate) type Call = Box<dyn Fn(JsValue)>;

/// A Rust function that the browser or the page may call, at any time and again while it runs:
/// traps are caught, and dropping it lets go of everything.
pub(crate) struct Callback {
    guarded: Function,
    _closure: Closure<dyn Fn(JsValue)>,
}

impl Callback {
    pub(crate) fn new(call: Call) -> Self {
        let closure = Closure::wrap(call);
        Self { guarded: guard(closure.as_ref().unchecked_ref()), _closure: closure }
    }

    pub(crate) fn function(&self) -> &Function {
        &self.guarded
    }
}

impl Drop for Callback {
    fn drop(&mut self) {
        release(&self.guarded);
    }
}

/// Guards one of our exports against its own traps.
pub(crate) fn guarded(export: &Function) -> Function {
    guard(export)
}

/// An event listener, taken off when dropped. Always in the capture phase: the page cannot stop
/// an event before we have seen it.
pub(crate) struct Listener {
    target: EventTarget,
    name: &'static str,
    callback: Callback,
}

impl Listener {
    pub(crate) fn new(target: &EventTarget, name: &'static str, call: Call) -> Self {
        let callback = Callback::new(call);
        let _ = target.add_event_listener_with_callback_and_bool(name, callback.function(), true);
        Self { target: target.clone(), name, callback }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.callback.function();
        let _ = self.target.remove_event_listener_with_callback_and_bool(self.name, function, true);
    }
}

/// One timer, set to the earliest thing there is to do; stopped when dropped.
pub(crate) struct Timer {
    callback: Callback,
    running: Option<(f64, JsValue)>,
}

impl Timer {
    pub(crate) fn new(call: Call) -> Self {
        Self { callback: Callback::new(call), running: None }
    }

    /// Sets it to `due`, on the clock of [`Platform::elapsed_ms`].
    pub(crate) fn set(&mut self, due: Option<f64>) {
        if self.running.as_ref().map(|(due, _)| *due) == due {
            return;
        }
        self.stop();
        if let Some(due) = due {
            let wait = (due - performance_now()).max(0.0);
            self.running = Some((due, set_timeout(self.callback.function(), wait)));
        }
    }

    /// Takes note that it went off.
    pub(crate) fn went_off(&mut self) {
        self.running = None;
    }

    fn stop(&mut self) {
        if let Some((_, timer)) = self.running.take() {
            clear_timeout(&timer);
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Gets a text; `done` gets `[status, text]`.
pub(crate) fn get_url(url: &str, done: &Function) {
    let init = RequestInit::new();
    init.set_credentials(RequestCredentials::Omit);
    init.set_signal(Some(&deadline(TIMEOUT_MS)));
    let request = Request::new_with_str_and_init(url, &init);
    let done = done.clone();
    wasm_bindgen_futures::spawn_local(async move {
        let (mut status, mut text) = (0, None);
        if let Ok(request) = request
            && let Ok(answer) = gloo_net::http::Request::from(request).send().await
        {
            status = answer.status();
            text = answer.text().await.ok();
        }
        let text = text.map_or(JsValue::UNDEFINED, JsValue::from);
        // A guarded function, because this runs in a microtask of its own.
        let _ = done.call1(&JsValue::NULL, &Array::of2(&status.into(), &text));
    });
}

/// The innermost elements of the shadow scopes an event went through, as `path.js` makes them.
#[derive(Debug, Clone)]
pub(crate) struct Elements(pub(crate) Array);

/// An answer of `path.js` about a selector.
fn answer(found: i8) -> Option<bool> {
    (found >= 0).then_some(found == 1)
}

/// The browser that runs us.
pub(crate) struct Browser {
    /// Nothing where the page or the user has blocked it: asking alone may throw.
    storage: Option<Storage>,
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self { storage: window().local_storage().ok().flatten() }
    }
}

impl Platform for Browser {
    type Path = Elements;

    fn now_ms(&self) -> f64 {
        Date::now()
    }
    fn elapsed_ms(&self) -> f64 {
        performance_now()
    }
    fn random(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        get_random_values(&mut bytes);
        bytes
    }
    fn url(&self) -> String {
        window().location().href().unwrap_or_default()
    }
    fn referrer(&self) -> String {
        get_text(&get(&window(), "document"), "referrer").unwrap_or_default()
    }
    fn is_driven(&self) -> bool {
        navigator("webdriver").is_truthy()
    }
    fn get(&self, key: &str) -> Option<String> {
        self.storage.as_ref()?.get_item(key).ok().flatten()
    }
    fn set(&self, key: &str, text: &str) -> bool {
        self.storage.as_ref().is_some_and(|storage| storage.set_item(key, text).is_ok())
    }
    fn remove(&self, key: &str) {
        if let Some(storage) = &self.storage {
            let _ = storage.remove_item(key);
        }
    }
    fn keys(&self, prefix: &str) -> Vec<String> {
        let Some(storage) = &self.storage else { return Vec::new() };
        let count = storage.length().unwrap_or(0);
        let keys = (0..count).filter_map(|at| storage.key(at).ok().flatten());
        keys.filter(|key| key.starts_with(prefix)).collect()
    }
    fn iso_time(&self, at_ms: f64) -> String {
        Date::new(&at_ms.into()).to_iso_string().into()
    }
    fn parse_time(&self, text: &str) -> Option<f64> {
        Some(Date::parse(text)).filter(|ms| ms.is_finite())
    }
    fn regex_matches(&self, pattern: &str, text: &str) -> bool {
        regex_matches(pattern, text)
    }
    fn hits(&self, path: &Elements, selector: &str) -> Option<bool> {
        answer(hits(&path.0, selector))
    }
    fn matches(&self, path: &Elements, selector: &str) -> Option<bool> {
        answer(matching(&path.0, selector))
    }
    fn remembered(&self, path: &Elements) -> Elements {
        Elements(remembered(&path.0))
    }
    fn field(&self, payload: &str, name: &str) -> Option<Value<'static>> {
        // Looked up in the text that travels, not in the page's object, so that both ends see
        // the same value: a `Date` is text, a `NaN` is nothing.
        let value = get(&JSON::parse(payload).ok()?, name);
        if let Some(number) = value.as_f64() {
            Some(Value::Number(number))
        } else if let Some(flag) = value.as_bool() {
            Some(Value::Bool(flag))
        } else if let Some(text) = value.as_string() {
            let number = is_plain_decimal(&text).then(|| js_sys::Number::from(value).value_of());
            Some(Value::Text(Cow::Owned(text), number))
        } else {
            value.is_object().then_some(Value::Nested)
        }
    }
    fn read_blob(&self, json: &str) -> Option<Blob> {
        let sent = JSON::parse(json).ok().filter(JsValue::is_object)?;
        let mut blob = Blob {
            visitor: get_text(&sent, "anonymousId")?,
            token: get_text(&sent, "visitorToken").unwrap_or_default(),
            server_time: get_text(&sent, "serverTime").unwrap_or_default(),
            flush_interval_ms: get(&sent, "flushIntervalMs").as_f64(),
            ..Blob::default()
        };
        for listed in list(&sent, "assignments") {
            blob.listed.extend(get_text(&listed, "experimentKey"));
        }
        // Each on its own: one that this version cannot read must not take the others with it.
        for experiment in list(&sent, "experiments") {
            match serde_wasm_bindgen::from_value::<BlobExperiment>(experiment) {
                Ok(experiment) => blob.experiments.push(experiment.into()),
                Err(_) => blob.unreadable += 1,
            }
        }
        Some(blob)
    }
}

/// A whole number that is not negative; 0 if it is none.
pub(crate) fn whole<T: Default + TryFrom<u32>>(number: &JsValue) -> T {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let whole = number.as_f64().unwrap_or(0.0) as u32;
    T::try_from(whole).unwrap_or_default()
}

/// Parses JSON that we wrote ourselves.
pub(crate) fn parse(json: &str) -> JsValue {
    JSON::parse(json).unwrap_or(JsValue::NULL)
}

/// Copies properties that `source` has to `target`.
pub(crate) fn copy(source: &JsValue, target: &JsValue, names: &[&str]) {
    for name in names {
        let _ = Reflect::set(target, &(*name).into(), &get(source, name));
    }
}
