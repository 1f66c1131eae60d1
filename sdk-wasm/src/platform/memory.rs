//! The test double: a browser without a browser.

use super::Platform;
use crate::blob::Blob;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use ttoolab_core::blob::Blob as WireBlob;
use ttoolab_core::clock;
use ttoolab_core::goal::{Value, is_plain_decimal};

pub(crate) const START_MS: f64 = 1_764_000_000_000.0;

/// Storage, a clock and a location under the test's control.
pub(crate) struct Memory {
    now_ms: Cell<f64>,
    random: Cell<u64>,
    url: RefCell<String>,
    stored: RefCell<BTreeMap<String, String>>,
    max_keys: Cell<usize>,
    driven: Cell<bool>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            now_ms: Cell::new(START_MS),
            random: Cell::new(1),
            url: RefCell::new("https://shop.example/".to_owned()),
            stored: RefCell::default(),
            max_keys: Cell::new(usize::MAX),
            driven: Cell::new(false),
        }
    }
}

impl Memory {
    pub(crate) fn advance(&self, ms: f64) {
        self.now_ms.set(self.now_ms.get() + ms);
    }

    pub(crate) fn go(&self, url: &str) {
        url.clone_into(&mut self.url.borrow_mut());
    }

    pub(crate) fn drive(&self) {
        self.driven.set(true);
    }

    pub(crate) fn block_storage(&self) {
        self.max_keys.set(0);
    }

    pub(crate) fn limit_keys(&self, count: usize) {
        self.max_keys.set(count);
    }
}

impl Platform for Memory {
    /// The selectors that name an element of the path. `!` stands for a broken one.
    type Path = Vec<String>;

    fn now_ms(&self) -> f64 {
        self.now_ms.get()
    }
    fn elapsed_ms(&self) -> f64 {
        self.now_ms.get() - START_MS
    }
    fn random(&self) -> [u8; 16] {
        // splitmix64, twice: different every time, the same in every run.
        let mut bytes = [0; 16];
        for half in bytes.chunks_mut(8) {
            self.random.set(self.random.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
            let mut mixed = self.random.get();
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            half.copy_from_slice(&(mixed ^ (mixed >> 31)).to_be_bytes());
        }
        bytes
    }
    fn url(&self) -> String {
        self.url.borrow().clone()
    }
    fn referrer(&self) -> String {
        String::new()
    }
    fn is_driven(&self) -> bool {
        self.driven.get()
    }
    fn get(&self, key: &str) -> Option<String> {
        self.stored.borrow().get(key).cloned()
    }
    fn set(&self, key: &str, text: &str) -> bool {
        let mut stored = self.stored.borrow_mut();
        let fits = stored.contains_key(key) || stored.len() < self.max_keys.get();
        if fits {
            stored.insert(key.to_owned(), text.to_owned());
        }
        fits
    }
    fn remove(&self, key: &str) {
        self.stored.borrow_mut().remove(key);
    }
    fn keys(&self, prefix: &str) -> Vec<String> {
        self.stored.borrow().keys().filter(|key| key.starts_with(prefix)).cloned().collect()
    }
    fn iso_time(&self, at_ms: f64) -> String {
        clock::format_time(at_ms as i64)
    }
    fn parse_time(&self, text: &str) -> Option<f64> {
        clock::parse_time(text).ok().map(|ms| ms as f64)
    }
    fn regex_matches(&self, _pattern: &str, _text: &str) -> bool {
        false
    }
    fn hits(&self, path: &Vec<String>, selector: &str) -> Option<bool> {
        (selector != "!").then(|| path.iter().any(|known| known == selector))
    }
    fn matches(&self, path: &Vec<String>, selector: &str) -> Option<bool> {
        self.hits(path, selector)
    }
    fn remembered(&self, path: &Vec<String>) -> Vec<String> {
        path.clone()
    }
    fn field(&self, payload: &str, name: &str) -> Option<Value<'static>> {
        let payload: serde_json::Value = serde_json::from_str(payload).ok()?;
        match payload.get(name)? {
            serde_json::Value::Null => None,
            serde_json::Value::Bool(value) => Some(Value::Bool(*value)),
            serde_json::Value::Number(number) => number.as_f64().map(Value::Number),
            serde_json::Value::String(text) => {
                let number = is_plain_decimal(text).then(|| text.parse().ok()).flatten();
                Some(Value::Text(text.clone().into(), number))
            }
            serde_json::Value::Array(_) | serde_json::Value::Object(_) => Some(Value::Nested),
        }
    }
    fn read_blob(&self, json: &str) -> Option<Blob> {
        let sent: WireBlob = serde_json::from_str(json).ok()?;
        Some(Blob {
            visitor: sent.anonymous_id,
            token: sent.visitor_token,
            server_time: sent.server_time,
            flush_interval_ms: Some(f64::from(sent.flush_interval_ms)),
            listed: sent.assignments.into_iter().map(|a| a.experiment_key.into()).collect(),
            experiments: sent.experiments.into_iter().map(Into::into).collect(),
            unreadable: 0,
        })
    }
}

/// A blob as the collector answers it, with these experiments.
pub(crate) fn blob_json(experiments: &str) -> String {
    [
        r#"{"projectKey":"demo","anonymousId":"550e8400-e29b-41d4-a716-446655440000","version":"","#,
        r#""fetchedAt":"","hasActiveExperiments":true,"assignments":[],"experiments":"#,
        experiments,
        r#","integrations":{},"visitorToken":"token","serverTime":"2025-11-24T16:00:00.000Z","#,
        r#""currency":"USD","flushIntervalMs":5000}"#,
    ]
    .concat()
}
