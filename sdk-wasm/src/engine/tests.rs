//! The engine as a page sees it: what happens goes in, what leaves is looked at.

#![expect(clippy::wildcard_enum_match_arm, reason = "each test looks for the effects it is about")]

mod consent;
mod exposing;
mod forcing;
mod goals;
mod sending;
mod signals;
mod starting;

use super::{Effect, Engine, Input, Settings};
use crate::capture::What;
use crate::capture::track::Payload;
use crate::capture::url::Mark;
use crate::consent::Asked;
use crate::delivery::Answer;
use crate::platform::Platform;
use crate::platform::memory::{Memory, blob_json};
use serde_json::{Value, json};

const HOME: &str = "https://shop.example/";

/// A page with an engine, its effects carried out the way the client does it.
struct Page {
    engine: Engine<Memory>,
    log: Vec<Effect>,
}

impl Page {
    fn new(asked: Asked) -> Self {
        Self::on(Memory::default(), asked)
    }

    fn on(platform: Memory, asked: Asked) -> Self {
        Self::start(platform, asked, true)
    }

    fn start(platform: Memory, asked: Asked, shown: bool) -> Self {
        let settings = Settings {
            project_key: "demo".into(),
            endpoint: "https://collector.example".into(),
            anonymous_id: Some("550e8400-e29b-41d4-a716-446655440000".into()),
            asked,
            privacy_control: false,
        };
        let mut page = Self { engine: Engine::new(platform, settings), log: Vec::new() };
        page.act(|engine| engine.start(shown));
        if shown && page.log.contains(&Effect::Listen) {
            page.navigate();
        }
        page
    }

    /// A page that has its blob, with one experiment on every page.
    fn live() -> Self {
        let mut page = Self::new(Asked::Nothing);
        page.bootstrap(&hero());
        page.wait(0.0);
        page
    }

    /// The same browser on the next page.
    fn next(self, url: &str) -> Self {
        let platform = self.engine.platform;
        platform.go(url);
        Self::on(platform, Asked::Nothing)
    }

    fn act(&mut self, act: impl FnOnce(&mut Engine<Memory>)) {
        act(&mut self.engine);
        loop {
            let effects = self.engine.take_effects();
            if effects.is_empty() {
                return;
            }
            let applies = effects.iter().any(|effect| matches!(effect, Effect::Apply(_)));
            self.log.extend(effects);
            if applies {
                self.engine.applied();
            }
        }
    }

    fn bootstrap(&mut self, experiments: &Value) {
        let json = blob_json(&experiments.to_string());
        self.act(|engine| engine.bootstrapped(200, Some(json)));
    }

    fn wait(&mut self, ms: f64) {
        self.engine.platform.advance(ms);
        self.act(Engine::tick);
    }

    fn track(&mut self, name: &str) {
        let at_ms = self.engine.platform.now_ms();
        let url = self.engine.platform.url();
        let json = Some(r#"{"revenue":249}"#.to_owned());
        let payload = Payload { json, reasons: Vec::new() };
        self.act(|engine| engine.track(Some(name.to_owned()), payload, at_ms, url));
    }

    fn click(&mut self, selectors: &[&str], same_action: bool) {
        let path = selectors.iter().map(|&selector| selector.to_owned()).collect();
        self.see(What::Click { path, trusted: true, same_action });
    }

    fn submit(&mut self, form: &str) {
        self.see(What::Submit { path: vec![form.to_owned()] });
    }

    fn see(&mut self, what: What<Vec<String>>) {
        let at_ms = self.engine.platform.now_ms();
        let url = self.engine.platform.url();
        self.act(|engine| engine.handle(Input::Seen { what, at_ms, url }));
    }

    fn go(&mut self, url: &str) {
        self.engine.platform.go(url);
        self.navigate();
    }

    /// A load, a push or a traversal, settled.
    fn navigate(&mut self) {
        let at_ms = self.engine.platform.now_ms();
        let url = self.engine.platform.url();
        self.act(|engine| engine.navigated(Mark::Entry, at_ms, url));
    }

    /// The batches sent since the last look, as (request, body).
    fn batches(&mut self) -> Vec<(u32, Value)> {
        let log = std::mem::take(&mut self.log);
        log.into_iter()
            .filter_map(|effect| match effect {
                Effect::Post { request, body, .. } => {
                    Some((request, serde_json::from_str(&body).unwrap()))
                }
                _ => None,
            })
            .collect()
    }

    /// The events that leave within `ms`, acknowledged.
    fn sent_within(&mut self, ms: f64) -> Vec<Value> {
        self.wait(ms);
        let mut events = Vec::new();
        for (request, body) in self.batches() {
            let sent = body["events"].as_array().unwrap().clone();
            let accepted =
                sent.iter().map(|event| event["eventId"].as_str().unwrap().to_owned()).collect();
            self.act(|engine| {
                engine.answered(request, Answer { status: 200, accepted, ..Answer::default() });
            });
            events.extend(sent);
        }
        events
    }

    fn names_within(&mut self, ms: f64) -> Vec<String> {
        self.sent_within(ms)
            .iter()
            .map(|event| event["eventName"].as_str().unwrap().to_owned())
            .collect()
    }

    fn drops(&self) -> Vec<String> {
        let drops = self.log.iter().filter_map(|effect| match effect {
            Effect::Tell { topic: "drop", detail } => Some(detail.clone()),
            _ => None,
        });
        drops.collect()
    }
}

fn hero() -> Value {
    json!([experiment("hero", "/", "running", 1)])
}

fn experiment(key: &str, contains: &str, status: &str, epoch: u32) -> Value {
    json!({
        "experimentKey": key, "experimentId": key, "status": status, "epoch": epoch,
        "urlRules": [{ "match": "contains", "pattern": contains }],
        "variant": { "key": "b", "changes": [
            { "selector": "#late", "operation": "hide", "orderIndex": 1 },
            { "selector": "#cta", "operation": "set_text", "value": key, "orderIndex": 0 },
        ] },
        "goals": [
            { "goalKey": "order", "type": "custom_event", "eventName": "purchase" },
            { "goalKey": "aov", "type": "revenue", "eventName": "purchase" },
            { "goalKey": "thanks", "type": "page_view", "url": [{ "match": "contains", "pattern": "/thanks" }] },
            { "goalKey": "checkout", "type": "click", "selector": "#checkout" },
            { "goalKey": "broken", "type": "click", "selector": "!" },
            { "goalKey": "card", "type": "click", "selector": ".card" },
            { "goalKey": "signup", "type": "form_submit", "selector": "#signup" },
        ],
    })
}

fn goals(event: &Value) -> Vec<&str> {
    event["conversions"]
        .as_array()
        .map(|claims| claims.iter().map(|claim| claim["goalKey"].as_str().unwrap()).collect())
        .unwrap_or_default()
}
