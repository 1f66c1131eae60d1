//! The project that is measured, and the batches of its visitors, in the form in which the SDK
//! sends them: same fields in the same order, empty ones left out.
//!
//! Written piece by piece into a buffer and not by serde: the load must be cheap beside the server.

use serde_json::{Value, json};
use std::io::Write;
use ttoolab_core::clock::format_time;
use uuid::{Builder, Uuid};

pub(crate) const PROJECT: &str = "bench";
/// The page's origin, which the project allows.
const ORIGIN: &str = "https://shop.example";
/// Two experiments, both on every page.
pub(crate) const EXPERIMENTS: [&str; 2] = ["hero", "product-page"];
const SDK: &str = "ttoolab-wasm/0.1.0";
/// What Chromium sends besides.
const BROWSER: &str = "accept: */*\r\naccept-encoding: gzip, deflate, br, zstd\r\n\
    accept-language: en-GB,en;q=0.9\r\nconnection: keep-alive\r\n\
    referer: https://shop.example/\r\nsec-fetch-dest: empty\r\nsec-fetch-mode: cors\r\n\
    sec-fetch-site: cross-site\r\nuser-agent: Mozilla/5.0 (X11; Linux x86_64) \
    AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36\r\n";
/// Digits of a `content-length`, filled in when the body is written.
const LENGTH: &str = "000000";

/// Goals of all five types for each experiment.
pub(crate) fn import() -> Value {
    let experiment = |key: &str| {
        json!({
            "experimentKey": key, "name": key, "type": "ab", "status": "running",
            "allocation": 100, "sticky": true, "seed": key, "audience": null,
            "urlRules": [{ "match": "contains", "pattern": "/" }],
            "variants": [
                { "variantKey": "control", "name": "Control", "weight": 50, "isControl": true },
                { "variantKey": "b", "name": "B", "weight": 50 },
            ],
            "goals": [
                { "goalKey": "order", "type": "custom_event", "eventName": "purchase",
                  "isPrimary": true },
                { "goalKey": "aov", "type": "revenue", "eventName": "purchase" },
                { "goalKey": "thank-you", "type": "page_view",
                  "url": [{ "match": "contains", "pattern": "/order-confirmation" }] },
                { "goalKey": "checkout", "type": "click", "selector": "#checkout-button" },
                { "goalKey": "signup", "type": "form_submit", "selector": "form#signup" },
            ],
        })
    };
    json!({ "projects": [{
        "projectKey": PROJECT, "name": "Bench", "origins": [ORIGIN], "currency": "USD",
        "timeZone": "UTC", "experiments": EXPERIMENTS.map(experiment),
    }] })
}

/// A visitor who has been told their variants.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) variants: [String; 2],
    pub(crate) document: Uuid,
    /// The events that say which variant was shown.
    pub(crate) exposures: [Uuid; 2],
}

/// Which of a visitor's events: the first two are the exposures, the others an endless round of
/// eight, of which four meet a goal in both experiments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) first: u32,
    pub(crate) events: u32,
    /// When the visitor's first event happens, and how long after it each next one does.
    pub(crate) began_ms: i64,
    pub(crate) step_ms: i64,
}

/// A fresh time-ordered id.
pub(crate) fn id(random: &mut fastrand::Rng, at_ms: i64) -> Uuid {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    Builder::from_unix_timestamp_millis(at_ms.unsigned_abs(), &bytes).into_uuid()
}

/// Asks for a visitor's variants.
pub(crate) fn bootstrap(visitor: &str) -> Vec<u8> {
    let query =
        format!("projectKey={PROJECT}&anonymousId={visitor}&url=https%3A%2F%2Fshop.example%2F");
    let head = format!("GET /sdk/bootstrap?{query} HTTP/1.1\r\nhost: ab.shop.example\r\n");
    format!("{head}origin: {ORIGIN}\r\n{BROWSER}\r\n").into_bytes()
}

/// Writes a whole request with a batch into `out`.
pub(crate) fn request(
    out: &mut Vec<u8>,
    visitor: &Visitor,
    part: Part,
    random: &mut fastrand::Rng,
) {
    out.clear();
    put(out, &["POST /sdk/events HTTP/1.1\r\nhost: ab.shop.example\r\norigin: ", ORIGIN, "\r\n"]);
    put(out, &[BROWSER, "content-type: text/plain;charset=UTF-8\r\ncontent-length: ", LENGTH]);
    let length_ends = out.len();
    put(out, &["\r\n\r\n"]);
    let body = out.len();
    batch(out, visitor, part, random);
    let length = format!("{:0width$}", out.len() - body, width = LENGTH.len());
    out[length_ends - LENGTH.len()..length_ends].copy_from_slice(length.as_bytes());
}

fn batch(out: &mut Vec<u8>, visitor: &Visitor, part: Part, random: &mut fastrand::Rng) {
    let Part { first, events, began_ms, step_ms } = part;
    let time = |number: u32| began_ms + step_ms * i64::from(number);
    let sent = format_time(time(first + events));
    put(out, &["{\"projectKey\":\"", PROJECT, "\",\"anonymousId\":\"", &visitor.id]);
    put(out, &["\",\"visitorToken\":\"", &visitor.token, "\",\"sentAt\":\"", &sent]);
    put(out, &["\",\"sdk\":\"", SDK, "\",\"events\":["]);
    for number in first..first + events {
        if number > first {
            put(out, &[","]);
        }
        event(out, visitor, number, time(number), random);
    }
    put(out, &["]}"]);
}

fn event(
    out: &mut Vec<u8>,
    visitor: &Visitor,
    number: u32,
    at_ms: i64,
    random: &mut fastrand::Rng,
) {
    let exposure = visitor.exposures.get(number as usize);
    let id = exposure.copied().unwrap_or_else(|| id(random, at_ms));
    let Kind { name, url, payload, claims } = Kind::of(number);
    uuid(out, "{\"eventId\":\"", id);
    uuid(out, "\",\"docId\":\"", visitor.document);
    // A buffer takes everything.
    let _ = write!(out, "\",\"seq\":{},\"eventName\":\"{name}\"", number + 1);
    put(out, &[",\"createdAt\":\"", &format_time(at_ms), "\",\"clockOffsetMs\":0,\"url\":\""]);
    put(out, &[url, "\",\"referrer\":\"https://search.example/results\""]);
    if name == "purchase" {
        let (order, cents) = (random.u64(..), random.u32(1_000..90_000));
        let _ = write!(
            out,
            ",\"payload\":{{\"order_id\":\"B-{order:016X}\",\"revenue\":{}.{:02},",
            cents / 100,
            cents % 100
        );
        put(out, &["\"currency\":\"USD\",\"items\":2}"]);
    } else if !payload.is_empty() {
        put(out, &[",\"payload\":", payload]);
    }
    assignments(out, visitor, number, exposure.is_some());
    if claims.is_empty() {
        put(out, &["}"]);
        return;
    }
    let [hero, product] = EXPERIMENTS;
    put(out, &[",\"conversions\":[{\"experimentKey\":\"", hero, "\",\"goalKey\":\"", claims]);
    put(out, &["\"},{\"experimentKey\":\"", product, "\",\"goalKey\":\"", claims, "\"}]}"]);
}

/// An exposure names its experiment, everything else both, each with the exposure that it followed.
fn assignments(out: &mut Vec<u8>, visitor: &Visitor, number: u32, is_exposure: bool) {
    let mut separator = ",\"assignments\":[{\"experimentKey\":\"";
    for (place, experiment) in EXPERIMENTS.iter().enumerate() {
        if is_exposure && place != number as usize {
            continue;
        }
        let variant = &visitor.variants[place];
        put(out, &[separator, experiment, "\",\"variantKey\":\"", variant, "\",\"epoch\":1"]);
        if !is_exposure {
            uuid(out, ",\"exposureId\":\"", visitor.exposures[place]);
            put(out, &["\""]);
        }
        put(out, &["}"]);
        separator = ",{\"experimentKey\":\"";
    }
    put(out, &["]"]);
}

/// What happens on the page.
struct Kind {
    name: &'static str,
    url: &'static str,
    payload: &'static str,
    /// The goal that only a browser can see to be met.
    claims: &'static str,
}

impl Kind {
    const fn new(name: &'static str, url: &'static str) -> Self {
        Self { name, url, payload: "", claims: "" }
    }

    fn of(number: u32) -> Self {
        const HOME: &str = "https://shop.example/";
        const LAMP: &str = "https://shop.example/product/halden-table-lamp?utm_source=newsletter";
        const CART: &str = "https://shop.example/cart";
        match number {
            0 => Self::new("$exposure", HOME),
            1 => Self::new("$exposure", LAMP),
            _ => match number % 8 {
                2 => Self::new("$url", LAMP),
                3 => Self {
                    payload: r#"{"sku":"NL-HALDEN","price":249.0,"currency":"USD","list":"home"}"#,
                    ..Self::new("view_item", LAMP)
                },
                4 => Self {
                    payload: r##"{"selector":"form#signup"}"##,
                    claims: "signup",
                    ..Self::new("$submit", HOME)
                },
                5 => Self {
                    payload: r#"{"sku":"NL-HALDEN","price":249.0,"currency":"USD","quantity":1}"#,
                    ..Self::new("add_to_cart", LAMP)
                },
                6 => Self {
                    payload: r##"{"selector":"#checkout-button"}"##,
                    claims: "checkout",
                    ..Self::new("$click", CART)
                },
                7 => Self::new("$url", CART),
                0 => Self::new("$url", "https://shop.example/order-confirmation?order=8F31A2"),
                _ => Self::new("purchase", "https://shop.example/order-confirmation?order=8F31A2"),
            },
        }
    }
}

fn put(out: &mut Vec<u8>, pieces: &[&str]) {
    for piece in pieces {
        out.extend_from_slice(piece.as_bytes());
    }
}

fn uuid(out: &mut Vec<u8>, before: &str, id: Uuid) {
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    put(out, &[before, id.hyphenated().encode_lower(&mut text)]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use ttoolab_core::batch::Batch;
    use ttoolab_core::check::{IdRule, check_event};

    #[test]
    fn every_event_of_a_batch_passes_the_check() {
        let mut random = fastrand::Rng::with_seed(1);
        let visitor = Visitor {
            id: "550e8400-e29b-41d4-a716-446655440000".to_owned(),
            token: "a.b".to_owned(),
            variants: ["control".to_owned(), "b".to_owned()],
            document: id(&mut random, 0),
            exposures: [id(&mut random, 0), id(&mut random, 0)],
        };
        let mut out = Vec::new();
        let part = Part { first: 0, events: 10, began_ms: 1_000, step_ms: 5 };
        request(&mut out, &visitor, part, &mut random);
        let text = String::from_utf8(out).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(&format!("content-length: {:06}", body.len())));
        let batch: Batch<'_> = serde_json::from_str(body).unwrap();
        let events: Vec<_> =
            batch.events.iter().map(|raw| check_event(raw, IdRule::Required).unwrap()).collect();
        assert_eq!(events.len(), 10);
        assert_eq!(events[1].event_id.unwrap().as_bytes(), visitor.exposures[1].as_bytes());
        assert_eq!(events[9].name, "purchase");
        assert_eq!(events[9].assignments.len(), 2);
    }
}
