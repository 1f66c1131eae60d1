//! A visitor as the wire shows one.

use crate::running::{Answer, Running};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

/// Ids of this process: the first half says it is a test, the second counts.
static NEXT: AtomicU32 = AtomicU32::new(1);

/// A fresh UUID.
pub(crate) fn fresh_id() -> String {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("0193aaaa-0000-7000-8000-{:08x}{:04x}", number, std::process::id() & 0xffff)
}

/// A visitor who has asked for a blob.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) id: String,
    pub(crate) token: Option<String>,
    pub(crate) variant: String,
    pub(crate) exposure_id: String,
}

impl Visitor {
    /// Arrives on the home page.
    pub(crate) fn arrive(collector: &Running) -> Self {
        let id = fresh_id();
        let page = "https://shop.example/";
        let path = format!("/sdk/bootstrap?projectKey=demo&anonymousId={id}&url={page}");
        let blob = collector.get(&path).json();
        let variant = blob["experiments"][0]["variant"]["key"].as_str().unwrap().to_owned();
        let token = blob["visitorToken"].as_str().map(str::to_owned);
        Self { id, token, variant, exposure_id: fresh_id() }
    }

    /// The event that says the variant was shown.
    pub(crate) fn exposure(&self) -> Value {
        json!({
            "eventId": self.exposure_id, "eventName": "$exposure", "createdAt": now(),
            "url": "https://shop.example/",
            "assignments": [
                { "experimentKey": "hero", "variantKey": self.variant, "epoch": 1 },
            ],
        })
    }

    /// An event that follows the exposure.
    pub(crate) fn event(&self, name: &str, payload: &Value) -> Value {
        json!({
            "eventId": fresh_id(), "eventName": name, "createdAt": now(),
            "url": "https://shop.example/checkout?step=2", "payload": payload,
            "assignments": [{
                "experimentKey": "hero", "variantKey": self.variant, "epoch": 1,
                "exposureId": self.exposure_id,
            }],
        })
    }

    pub(crate) fn batch(&self, events: &[Value]) -> Value {
        json!({
            "projectKey": "demo", "anonymousId": self.id, "visitorToken": self.token,
            "sdk": "test/1", "events": events,
        })
    }

    /// Sends events, which must all be accepted.
    pub(crate) fn send(&self, collector: &Running, events: &[Value]) {
        let answer = self.try_send(collector, events);
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.json()["rejected"], json!([]));
        assert_eq!(answer.json()["accepted"].as_array().unwrap().len(), events.len());
    }

    pub(crate) fn try_send(&self, collector: &Running, events: &[Value]) -> Answer {
        collector.post("/sdk/events", self.batch(events).to_string().as_bytes())
    }
}

/// Now, as a page would say it.
pub(crate) fn now() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    ttoolab_core::clock::format_time(i64::try_from(since.as_millis()).unwrap())
}

/// One variant of one goal of `hero`'s results.
pub(crate) fn goal(results: &Value, goal: &str, variant: &str) -> Value {
    let goals = results["goals"].as_array().unwrap();
    let found = goals.iter().find(|found| found["goalKey"] == goal).unwrap();
    let variants = found["variants"].as_array().unwrap();
    variants.iter().find(|found| found["variantKey"] == variant).unwrap().clone()
}

/// The visitors of one variant of `hero`.
pub(crate) fn exposures(results: &Value, variant: &str) -> i64 {
    let variants = results["variants"].as_array().unwrap();
    let found = variants.iter().find(|found| found["variantKey"] == variant).unwrap();
    found["exposures"].as_i64().unwrap()
}
