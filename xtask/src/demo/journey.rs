//! What one simulated visitor does in the demo shop, in the wire form of a batch.
//!
//! Pure: chance and time are given, so a test can repeat a journey.

use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use fastrand::Rng;
use serde_json::{Map, Value, json};
use uuid::{Builder, Uuid};

pub(crate) const PROJECT: &str = "demo";
const SDK: &str = "ttoolab-sim/0.1.0";

/// The experiment that starts at home, and the one that starts on a product's page.
const HERO: &str = "hero";
const PRODUCT_PAGE: &str = "product-page";
/// The goals that only the browser can see, so that its word is needed.
const CHECKOUT_GOAL: &str = "checkout";
const NEWSLETTER_GOAL: &str = "newsletter";

/// What the shop sells, as in www-demo/src/catalog.ts.
const PRODUCTS: [(&str, &str, f64); 6] = [
    ("halden-table-lamp", "NL-HALDEN", 249.0),
    ("fjell-floor-lamp", "NL-FJELL", 420.0),
    ("mist-pendant", "NL-MIST", 180.0),
    ("kveld-candle-holders", "NL-KVELD", 64.0),
    ("sten-vase", "NL-STEN", 78.0),
    ("ro-wall-clock", "NL-RO", 135.0),
];

/// Visits lie this far back: days to draw a chart of, well within the 30 that are believed.
const OLDEST: Duration = Duration::from_hours(7 * 24);
const NEWEST: Duration = Duration::from_hours(1);

const SIGNS_UP: f64 = 0.04;
const LOOKS_AT_PRODUCT: f64 = 0.70;
const GOES_TO_CHECKOUT: f64 = 0.65;

/// The better purchase box is a small help, the better hero a plain one.
fn adds_to_cart(variant: &str) -> f64 {
    if variant == "b" { 0.27 } else { 0.25 }
}
fn buys(variant: &str) -> f64 {
    if variant == "b" { 0.75 } else { 0.62 }
}

pub(crate) fn visitor_id(random: &mut Rng) -> String {
    Builder::from_random_bytes(random.u128(..).to_be_bytes()).into_uuid().to_string()
}

/// The batch that a browser would have sent by the end of the visit.
pub(crate) fn batch(
    random: &mut Rng,
    home: &str,
    visitor: &str,
    blob: &Value,
    now: SystemTime,
) -> Result<Value> {
    let token = blob.get("visitorToken").context("the blob has no visitorToken")?;
    let experiments = blob
        .get("experiments")
        .and_then(Value::as_array)
        .context("the blob has no list \"experiments\"")?;
    let ago = random.u64(NEWEST.as_secs()..OLDEST.as_secs());
    let mut visit = Visit {
        document: visitor_id(random),
        random,
        experiments,
        time: now - Duration::from_secs(ago),
        exposed: Vec::new(),
        events: Vec::new(),
    };
    visit.walk(home)?;
    Ok(json!({
        "projectKey": PROJECT,
        "anonymousId": visitor,
        "visitorToken": token,
        "sentAt": rfc3339(now),
        "sdk": SDK,
        "events": visit.events,
    }))
}

/// A visit while it goes on.
struct Visit<'a> {
    random: &'a mut Rng,
    experiments: &'a [Value],
    /// One page load: the shop changes routes by itself.
    document: String,
    time: SystemTime,
    /// What later events say of the experiments seen so far.
    exposed: Vec<Value>,
    events: Vec<Value>,
}

impl Visit<'_> {
    fn walk(&mut self, home: &str) -> Result<()> {
        let hero = self.see(HERO, home)?;
        if self.chance(SIGNS_UP) {
            let claims = self.claims(NEWSLETTER_GOAL);
            self.event("$submit", home, json!({ "conversions": claims }));
        }
        if !self.chance(LOOKS_AT_PRODUCT) {
            return Ok(());
        }
        let (slug, sku, price) = PRODUCTS[self.random.usize(..PRODUCTS.len())];
        let product = format!("{home}product/{slug}");
        let purchase_box = self.see(PRODUCT_PAGE, &product)?;
        if !self.chance(adds_to_cart(&purchase_box)) {
            return Ok(());
        }
        let payload = json!({ "sku": sku, "price": price, "currency": "USD" });
        self.event("add_to_cart", &product, json!({ "payload": payload }));
        if !self.chance(GOES_TO_CHECKOUT) {
            return Ok(());
        }
        let claims = self.claims(CHECKOUT_GOAL);
        self.event("$click", &format!("{home}cart"), json!({ "conversions": claims }));
        if self.chance(buys(&hero)) {
            self.buy(home, price);
        }
        Ok(())
    }

    fn buy(&mut self, home: &str, price: f64) {
        let order = format!("SIM-{:016X}", self.random.u64(..));
        // One in six takes two of them.
        let revenue = if self.random.u8(..6) == 0 { 2.0 * price } else { price };
        let thanks = format!("{home}order-confirmation?order={order}");
        self.event("$url", &thanks, json!({}));
        let payload = json!({ "revenue": revenue, "currency": "USD", "order_id": order });
        self.event("purchase", &thanks, json!({ "payload": payload }));
    }

    /// The visitor is shown their arm of an experiment, and the answer is which. Whom the
    /// experiment does not take sees the page as it is: the control's.
    fn see(&mut self, experiment: &str, url: &str) -> Result<String> {
        let key = json!(experiment);
        let Some(entry) = self.experiments.iter().find(|e| e["experimentKey"] == key) else {
            return Ok("control".to_owned());
        };
        let variant = entry["variant"]["key"].as_str().context("an experiment has no variant")?;
        let mut assignment =
            json!({ "experimentKey": key, "variantKey": variant, "epoch": entry["epoch"] });
        // It names its own experiment alone: the field given here replaces the usual one.
        let id = self.event("$exposure", url, json!({ "assignments": [assignment] }));
        assignment["exposureId"] = json!(id.to_string());
        self.exposed.push(assignment);
        Ok(variant.to_owned())
    }

    /// A goal met, in each experiment seen.
    fn claims(&self, goal: &str) -> Vec<Value> {
        let keys = self.exposed.iter().map(|assignment| &assignment["experimentKey"]);
        keys.map(|key| json!({ "experimentKey": key, "goalKey": goal })).collect()
    }

    /// Adds an event some seconds after the one before.
    fn event(&mut self, name: &str, url: &str, more: Value) -> Uuid {
        self.time += Duration::from_millis(self.random.u64(2_000..40_000));
        let id = time_ordered_id(self.random, self.time);
        let mut event = json!({
            "eventId": id.to_string(),
            "docId": self.document,
            "seq": self.events.len() + 1,
            "eventName": name,
            "createdAt": rfc3339(self.time),
            "clockOffsetMs": 0,
            "url": url,
        });
        if !self.exposed.is_empty() {
            event["assignments"] = json!(self.exposed);
        }
        let fields = event.as_object_mut();
        if let (Some(fields), Value::Object(more)) = (fields, more) {
            // Empty fields are left out of the wire.
            let filled = |(_, value): &(String, Value)| value != &json!([]);
            fields.extend(more.into_iter().filter(filled).collect::<Map<_, _>>());
        }
        self.events.push(event);
        id
    }

    fn chance(&mut self, probability: f64) -> bool {
        self.random.f64() < probability
    }
}

/// A UUIDv7 of the event's own time.
fn time_ordered_id(random: &mut Rng, time: SystemTime) -> Uuid {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut tail = [0; 10];
    random.fill(&mut tail);
    Builder::from_unix_timestamp_millis(since.as_millis() as u64, &tail).into_uuid()
}

fn rfc3339(time: SystemTime) -> String {
    humantime::format_rfc3339_millis(time).to_string()
}

#[cfg(test)]
mod tests;
