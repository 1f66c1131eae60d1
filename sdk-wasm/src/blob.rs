//! What the collector told this page about its visitor, and the copy kept for the next page.

use crate::json;
use crate::platform::Platform;
use ttoolab_core::blob::{BlobExperiment, BlobStatus};
use ttoolab_core::change::Change;
use ttoolab_core::check::MAX_URL_BYTES;
use ttoolab_core::goal::Goal;
use ttoolab_core::url_rule::UrlRule;

/// How long ordinary events wait for company when the blob does not say.
const DEFAULT_FLUSH_MS: f64 = 5_000.0;

/// An experiment that takes the visitor, ready to be judged by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Experiment {
    pub(crate) key: String,
    pub(crate) variant: String,
    pub(crate) epoch: u32,
    /// Starts and converts; otherwise paused, and only converts.
    pub(crate) running: bool,
    pub(crate) url_rules: Vec<UrlRule>,
    /// In the order of application.
    pub(crate) changes: Vec<Change>,
    pub(crate) goals: Vec<Goal>,
}

impl From<BlobExperiment> for Experiment {
    fn from(sent: BlobExperiment) -> Self {
        let mut changes = sent.variant.changes;
        changes.sort_by_key(|change| change.order_index);
        Self {
            key: sent.experiment_key.into(),
            variant: sent.variant.key.into(),
            epoch: sent.epoch,
            running: sent.status == BlobStatus::Running,
            url_rules: sent.url_rules,
            changes,
            // The collector checked them when they were saved. One that this version does not
            // understand is judged by the collector alone.
            goals: sent.goals.into_iter().filter_map(|goal| Goal::try_from(goal).ok()).collect(),
        }
    }
}

/// The parts of the blob that rules look at.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Blob {
    pub(crate) visitor: String,
    pub(crate) token: String,
    pub(crate) server_time: String,
    pub(crate) flush_interval_ms: Option<f64>,
    /// Experiments the collector calls active on the URL it was asked about.
    pub(crate) listed: Vec<String>,
    pub(crate) experiments: Vec<Experiment>,
    /// Experiments written in a way this version cannot read. They do not start here: showing
    /// half of a variant would be worse than showing none.
    pub(crate) unreadable: u32,
}

/// A blob in force.
pub(crate) struct Known {
    pub(crate) blob: Blob,
    /// As it came, for `getBlob()`.
    pub(crate) json: String,
    /// Server time minus the page's clock, in milliseconds.
    pub(crate) clock_offset_ms: Option<i64>,
    /// It came for this page; a copy from an earlier page speaks of another URL.
    pub(crate) fresh: bool,
}

impl Known {
    /// The answer that has just arrived. The clock's offset is measured against the middle of
    /// the round trip.
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds between two clocks")]
    pub(crate) fn arrived(
        platform: &impl Platform,
        json: String,
        round_trip_ms: f64,
    ) -> Option<Self> {
        let blob = platform.read_blob(&json)?;
        let asked_at = platform.now_ms() - round_trip_ms / 2.0;
        let clock_offset_ms =
            platform.parse_time(&blob.server_time).map(|server| (server - asked_at).round() as i64);
        Some(Self { blob, json, clock_offset_ms, fresh: true })
    }

    /// The copy of an earlier page.
    pub(crate) fn cached(platform: &impl Platform, project: &str) -> Option<Self> {
        let row = platform.get(&cache_key(project))?;
        let (head, json) = row.strip_suffix('}')?.split_once(BLOB)?;
        let offset = head.strip_prefix(OFFSET)?;
        let blob = platform.read_blob(json)?;
        let clock_offset_ms = offset.parse().ok();
        Some(Self { blob, json: json.to_owned(), clock_offset_ms, fresh: false })
    }

    /// Keeps a copy for the next page, as JSON that a person can read in the browser's tools.
    pub(crate) fn store(&self, platform: &impl Platform, project: &str) {
        let mut row = String::from(OFFSET);
        match self.clock_offset_ms {
            Some(offset) => json::whole(&mut row, offset),
            None => row.push_str("null"),
        }
        row.push_str(BLOB);
        row.push_str(&self.json);
        row.push('}');
        platform.set(&cache_key(project), &row);
    }

    pub(crate) fn flush_interval_ms(&self) -> f64 {
        self.blob.flush_interval_ms.unwrap_or(DEFAULT_FLUSH_MS)
    }
}

const OFFSET: &str = "{\"clockOffsetMs\":";
const BLOB: &str = ",\"blob\":";

fn cache_key(project: &str) -> String {
    ["ttoolab:", project, ":blob"].concat()
}

/// Where to ask for the blob.
pub(crate) fn bootstrap_url(
    endpoint: &str,
    project: &str,
    visitor: &str,
    url: &str,
    token: &str,
) -> String {
    let mut out =
        [endpoint, "/sdk/bootstrap?projectKey=", project, "&anonymousId=", visitor].concat();
    out.push_str("&url=");
    query_value(&mut out, url);
    if !token.is_empty() {
        out.push_str("&token=");
        query_value(&mut out, token);
    }
    out
}

fn query_value(out: &mut String, text: &str) {
    for byte in text.bytes().take(MAX_URL_BYTES) {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            json::hex(out, byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, bootstrap_url};
    use crate::platform::Platform;
    use crate::platform::memory::{Memory, blob_json};

    #[test]
    fn the_offset_is_measured_from_the_middle_of_the_round_trip() {
        let platform = Memory::default();
        platform.advance(200.0);
        let known = Known::arrived(&platform, blob_json("[]"), 200.0).unwrap();
        assert_eq!(known.clock_offset_ms, Some(-100));
    }

    #[test]
    fn the_cached_copy_reads_back() {
        let platform = Memory::default();
        let known = Known::arrived(&platform, blob_json("[]"), 0.0).unwrap();
        known.store(&platform, "demo");
        let cached = Known::cached(&platform, "demo").unwrap();
        assert_eq!(cached.blob, known.blob);
        assert_eq!(cached.json, known.json);
        assert_eq!(cached.clock_offset_ms, known.clock_offset_ms);
        assert!(!cached.fresh);
        let row = platform.get("ttoolab:demo:blob").unwrap();
        serde_json::from_str::<serde_json::Value>(&row).unwrap();
    }

    #[test]
    fn a_damaged_copy_is_no_copy() {
        let platform = Memory::default();
        for row in ["", "{}", "{\"clockOffsetMs\":1,\"blob\":{}", "null"] {
            platform.set("ttoolab:demo:blob", row);
            assert!(Known::cached(&platform, "demo").is_none(), "{row}");
        }
    }

    #[test]
    fn the_question_is_encoded() {
        assert_eq!(
            bootstrap_url("https://c.example", "demo", "id", "https://s.example/ä?a=1&b#c", "t+/="),
            "https://c.example/sdk/bootstrap?projectKey=demo&anonymousId=id\
             &url=https%3a%2f%2fs.example%2f%c3%a4%3fa%3d1%26b%23c&token=t%2b%2f%3d"
        );
    }
}
