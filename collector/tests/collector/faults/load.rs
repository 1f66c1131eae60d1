//! Visitors by the dozen, each of whom buys, browses and clicks at random.
//!
//! What they do stays within what `recount.py` can count naively: one running experiment, true
//! clocks, signed tokens, no refunds, and fewer events a visitor than a bot makes.

use super::ledger::Ledger;
use super::site::{Address, Site};
use super::{LOOK_EVERY, PATIENCE};
use crate::running::ORIGIN;
use crate::visitor::{Visitor, fresh_id};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What was done, numbered.
static DEEDS: AtomicU64 = AtomicU64::new(0);

/// How a sender behaves; everything but [`Sender::Honest`] is a twin.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// Re-sends an event under its id until there is an answer to it.
    Honest,
    /// Gives what it sends again a new id.
    NewIds,
    /// Takes "nothing was stored" for an acknowledgement.
    TakesNoForYes,
    /// Takes silence for an acknowledgement.
    TakesSilenceForYes,
}

/// Events of one visitor that travel together.
#[derive(Clone)]
pub(super) struct Batch {
    pub(super) visitor: Visitor,
    deeds: Vec<u64>,
    pub(super) events: Vec<Value>,
    /// Its body, if that was made beforehand.
    body: Option<String>,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Accepted,
    Refused,
    Silence,
}

/// Sends batches and keeps the ledger.
#[derive(Clone)]
pub(super) struct Client {
    agent: ureq::Agent,
    address: Address,
    ledger: Arc<Ledger>,
    sender: Sender,
}

impl Client {
    pub(super) fn new(site: &Site, sender: Sender) -> Self {
        Self::with(site, Arc::clone(&site.address), sender, Duration::from_secs(10))
    }

    /// A client that talks to another address than the collector's own, and waits for an answer
    /// as long as told (the SDK: 10 s).
    pub(super) fn with(site: &Site, address: Address, sender: Sender, wait: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(wait));
        let agent = config.build().new_agent();
        Self { agent, address, ledger: Arc::clone(&site.ledger), sender }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address.read().unwrap())
    }

    /// A visitor with an assignment and a token, as the SDK gets them.
    pub(super) fn arrive(&self) -> Visitor {
        let deadline = Instant::now() + PATIENCE;
        let id = fresh_id();
        let query = format!("projectKey=demo&anonymousId={id}&url=https://shop.example/");
        loop {
            let answer = self.agent.get(self.url(&format!("/sdk/bootstrap?{query}"))).call();
            let text = answer.and_then(|mut answer| answer.body_mut().read_to_string());
            let blob = text.ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
            if let Some(blob) = blob {
                let variant = &blob["experiments"][0]["variant"]["key"];
                let token = blob["visitorToken"].as_str().map(str::to_owned);
                let variant = variant.as_str().unwrap().to_owned();
                return Visitor { id, token, variant, exposure_id: fresh_id() };
            }
            assert!(Instant::now() < deadline, "no blob");
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// Sends a batch once.
    pub(super) fn send(&self, batch: &Batch) -> Outcome {
        let visitor = &batch.visitor.id;
        batch.write_intent(&self.ledger);
        let body = batch.body();
        let request = self.agent.post(self.url("/sdk/events")).header("origin", ORIGIN);
        let answer = request.header("content-type", "text/plain").send(body.as_bytes());
        let answer = answer.and_then(|mut answer| {
            let says_when = answer.headers().contains_key("retry-after");
            Ok((answer.status().as_u16(), says_when, answer.body_mut().read_to_string()?))
        });
        let outcome = match answer {
            Ok((200, _, text)) => {
                let answer: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(answer["rejected"], json!([]));
                self.ledger.accepted(visitor, answer["accepted"].as_array().unwrap());
                return Outcome::Accepted;
            }
            Ok((429 | 503, says_when, _)) => {
                assert!(says_when, "a refusal says when to come back");
                Outcome::Refused
            }
            Ok((status, _, text)) => panic!("{status} is no answer of the contract: {text}"),
            Err(_) => Outcome::Silence,
        };
        match (outcome, self.sender) {
            (Outcome::Refused, Sender::TakesNoForYes)
            | (Outcome::Silence, Sender::TakesSilenceForYes) => {
                self.ledger.accepted(visitor, &batch.ids());
            }
            (Outcome::Refused, _) => self.ledger.refused(visitor, &batch.ids()),
            (Outcome::Silence, _) => self.ledger.silence(visitor, &batch.ids()),
            (Outcome::Accepted, _) => {}
        }
        outcome
    }

    /// Sends a batch until it is acknowledged.
    pub(super) fn settle(&self, batch: &mut Batch) {
        let deadline = Instant::now() + PATIENCE;
        while self.send(batch) != Outcome::Accepted {
            assert!(Instant::now() < deadline, "a batch was never acknowledged");
            std::thread::sleep(LOOK_EVERY);
            if self.sender == Sender::NewIds {
                batch.rename();
            }
        }
    }

    /// One visit of about so many events, in batches, not yet sent.
    pub(super) fn visit(&self, events: usize) -> Vec<Batch> {
        let visitor = self.arrive();
        let mut all: Vec<Value> = (0..events).map(|_| deed(&visitor)).collect();
        // A tenth is never exposed: what they do must not count.
        if fastrand::u8(..10) > 0 {
            all.insert(0, visitor.exposure());
        }
        // A tenth of the visits arrives in any order, the exposure among the rest.
        if fastrand::u8(..10) == 0 {
            fastrand::shuffle(&mut all);
        }
        all.chunks(events.div_ceil(3)).map(|events| Batch::new(&visitor, events)).collect()
    }

    /// Makes visits and settles them until told to stop.
    pub(super) fn visit_until(&self, stop: &AtomicBool, events: usize) {
        while !stop.load(Ordering::Relaxed) {
            for mut batch in self.visit(events) {
                self.settle(&mut batch);
            }
        }
    }
}

impl Batch {
    fn new(visitor: &Visitor, events: &[Value]) -> Self {
        let deeds = events.iter().map(|_| DEEDS.fetch_add(1, Ordering::Relaxed)).collect();
        Self { visitor: visitor.clone(), deeds, events: events.to_vec(), body: None }
    }

    /// The same with so many bytes more in its body, in a field that nobody reads.
    pub(super) fn padded(self, bytes: usize) -> Self {
        let mut body = self.visitor.batch(&self.events);
        body["padding"] = json!(" ".repeat(bytes));
        Self { body: Some(body.to_string()), ..self }
    }

    fn body(&self) -> Cow<'_, str> {
        match &self.body {
            Some(body) => body.into(),
            None => self.visitor.batch(&self.events).to_string().into(),
        }
    }

    /// To be done before the batch is sent.
    pub(super) fn write_intent(&self, ledger: &Ledger) {
        ledger.intent(&self.visitor.id, &self.deeds, &self.events);
    }

    pub(super) fn ids(&self) -> Vec<Value> {
        self.events.iter().map(|event| event["eventId"].clone()).collect()
    }

    /// The defect of [`Sender::NewIds`].
    pub(super) fn rename(&mut self) {
        for event in &mut self.events {
            event["eventId"] = json!(fresh_id());
        }
    }
}

/// Something a visitor does after the exposure.
fn deed(visitor: &Visitor) -> Value {
    let claim = |goal| json!([{ "experimentKey": "hero", "goalKey": goal }]);
    match fastrand::u8(..10) {
        0..=3 => {
            let amount = format!("{}.{:02}", fastrand::u8(..), fastrand::u8(..100));
            let mut payload = json!({ "revenue": amount });
            if fastrand::bool() {
                // Few numbers: some orders are sent twice, as a double click does it.
                payload["order_id"] = json!(format!("{}-{}", visitor.id, fastrand::u8(..4)));
            }
            if fastrand::u8(..5) == 0 {
                payload["currency"] = json!("EUR");
            }
            visitor.event("purchase", &payload)
        }
        4..=5 => {
            let mut page = visitor.event("$url", &json!({}));
            let path = fastrand::choice(["order-confirmation", "product/7"]).unwrap();
            page["url"] = json!(format!("https://shop.example/{path}?n=1"));
            page
        }
        6..=7 => {
            let mut click = visitor.event("$click", &json!({}));
            click["conversions"] = claim("checkout");
            click
        }
        8 => {
            let mut submit = visitor.event("$submit", &json!({}));
            submit["conversions"] = claim("signup");
            submit
        }
        _ => visitor.event("newsletter", &json!({ "plan": "weekly" })),
    }
}
