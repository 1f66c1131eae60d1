//! The bodies that pages send, as the document shows them. The ones that are read
//! ([`ttoolab_core::batch`]) borrow from the body and take each event on its own.
#![expect(dead_code, reason = "describes bodies, and is never made")]

use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A batch of events of one visitor.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Batch {
    #[schema(example = "demo")]
    project_key: String,
    /// A UUID.
    #[schema(example = "550e8400-e29b-41d4-a716-446655440000")]
    anonymous_id: String,
    /// From the last bootstrap; without it the events are unverified.
    visitor_token: Option<String>,
    sent_at: Option<String>,
    #[schema(example = "ttoolab-wasm/0.1.0")]
    sdk: Option<String>,
    /// `navigator.webdriver`.
    webdriver: Option<bool>,
    /// At most 200.
    events: Vec<Event>,
}

/// Something that happened. Facts are fixed then, and never change on a re-send.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Event {
    /// A UUID; the same one on every re-send.
    #[schema(example = "0193570e-5c00-7a6f-9c3b-000000000001")]
    event_id: String,
    /// `$exposure`, `$url`, `$click`, `$submit`, `$refund`, or a name of your own.
    #[schema(example = "purchase")]
    event_name: String,
    #[schema(example = "2026-11-23T10:00:00.000Z")]
    created_at: Option<String>,
    /// Server time minus the page's clock, in milliseconds.
    clock_offset_ms: Option<i64>,
    /// One page load.
    doc_id: Option<String>,
    /// Gap-free within it.
    seq: Option<u32>,
    #[schema(example = "https://shop.example/checkout")]
    url: Option<String>,
    referrer: Option<String>,
    /// At most 64 properties, strings of 1 KiB, 8 levels.
    payload: Option<BTreeMap<String, Value>>,
    assignments: Option<Vec<Assignment>>,
    conversions: Option<Vec<Conversion>>,
}

/// The variant that the event saw.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Assignment {
    experiment_key: String,
    variant_key: String,
    epoch: Option<u32>,
    /// The exposure that the event followed.
    exposure_id: Option<String>,
}

/// A goal that the page judged met.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Conversion {
    experiment_key: String,
    goal_key: String,
}

/// One event in the published form.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct PublishedEvent {
    #[schema(example = "demo")]
    project_key: String,
    #[schema(example = "550e8400-e29b-41d4-a716-446655440000")]
    anonymous_id: String,
    #[schema(example = "purchase")]
    event_name: String,
    /// May be empty.
    assignments: Vec<Assignment>,
    visitor_token: Option<String>,
    event_id: Option<String>,
    created_at: Option<String>,
    url: Option<String>,
    referrer: Option<String>,
    payload: Option<BTreeMap<String, Value>>,
}
