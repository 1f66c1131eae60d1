//! What of an event's texts is stored: URLs lose their query, payloads their order id, and all of
//! them what names a person.

use super::scrub;
use crate::admin::project::Project;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A URL without its fragment and without query parameters, but for those the project allows.
pub(super) fn url<'a>(full: &'a str, project: &Project) -> Cow<'a, str> {
    match without_query(full, project) {
        Cow::Borrowed(stored) => scrub::text(stored),
        Cow::Owned(stored) => Cow::Owned(scrub::text(&stored).into_owned()),
    }
}

fn without_query<'a>(full: &'a str, project: &Project) -> Cow<'a, str> {
    let without_fragment = full.split('#').next().unwrap_or_default();
    let Some((page, query)) = without_fragment.split_once('?') else {
        return Cow::Borrowed(without_fragment);
    };
    let mut stored = page.to_owned();
    let mut separator = '?';
    for pair in query.split('&') {
        let name = pair.split('=').next().unwrap_or_default();
        if project.stores_parameter(name) {
            stored.push(separator);
            stored.push_str(pair);
            separator = '&';
        }
    }
    Cow::Owned(stored)
}

/// A payload without its `order_id`, which is kept as a hash alone.
pub(super) fn payload(raw: &RawValue) -> String {
    #[derive(Deserialize)]
    struct Properties<'a>(#[serde(borrow)] BTreeMap<Cow<'a, str>, &'a RawValue>);
    if !raw.get().contains("order_id") && !raw.get().contains('\\') {
        return scrub::json(raw).into_owned();
    }
    let without = serde_json::from_str(raw.get()).and_then(|Properties(mut properties)| {
        properties.remove("order_id");
        serde_json::value::to_raw_value(&properties)
    });
    without.map(|raw| scrub::json(&raw).into_owned()).unwrap_or_default()
}
