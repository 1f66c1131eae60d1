//! An endpoint: as people write it, as it is stored, and as it is shown.

use super::kind::Kind;
use super::schedule::MAX_FAILURES;
use super::secret::Secret;
use super::sign::Signers;
use super::target::Target;
use crate::admin::experiment::Fault;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ttoolab_core::clock::format_time;
use utoipa::ToSchema;

/// The longest name, in characters.
const MAX_NAME_CHARS: usize = 128;
/// The most entries of a list of types: all there are, with room for some given twice.
const MAX_TYPES: usize = 32;

/// An endpoint in the shape of the import file. What is left out stays as it is, when one is
/// changed.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub(crate) struct Change {
    /// For people; at most 128 characters.
    #[schema(example = "Slack relay")]
    pub(crate) name: Option<String>,
    /// `https://` (or `http://`), at most 2048 bytes. Redirects are not followed.
    #[schema(value_type = Option<String>, example = "https://example.com/hook")]
    pub(crate) url: Option<Target>,
    /// What it is told of. `experiment.exposure` and `experiment.conversion` are taken and not
    /// raised yet.
    #[schema(example = json!(["experiment.winner_detected"]))]
    pub(crate) types: Option<Vec<Kind>>,
    /// When it is created; made here if it is left out, and changed by `…/rotate` alone.
    #[schema(value_type = Option<String>, example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub(crate) secret: Option<Secret>,
    /// Enabling forgets earlier failures; disabling gives up what waits.
    pub(crate) enabled: Option<bool>,
}

impl Change {
    /// Reads and checks what people wrote; the fault names the field.
    pub(crate) fn read(value: &Value) -> Result<Self, Fault> {
        // Told apart here, or the fault would be one of the first field.
        if !value.is_object() {
            return Err(Fault::new("body", "is a JSON object"));
        }
        let mut change: Self = serde_path_to_error::deserialize(value)
            .map_err(|error| Fault::new(error.path().to_string(), error.inner()))?;
        if change.name.as_ref().is_some_and(|name| {
            name.chars().count() > MAX_NAME_CHARS || name.chars().any(char::is_control)
        }) {
            return Err(Fault::new("name", "is at most 128 characters, none a control character"));
        }
        if let Some(types) = &mut change.types {
            if types.is_empty() || types.len() > MAX_TYPES {
                return Err(Fault::new("types", "is a list of 1 to 32 types"));
            }
            types.sort_unstable();
            types.dedup();
        }
        Ok(change)
    }
}

/// An endpoint as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Endpoint {
    pub(crate) name: String,
    pub(crate) url: Target,
    pub(crate) types: Vec<Kind>,
    pub(crate) secret: Secret,
    /// The secret before, while it still signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) previous: Option<Previous>,
    pub(crate) enabled: bool,
    /// Failed attempts since the last success.
    pub(crate) failures: u32,
    /// When it was disabled for its failures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) paused_ms: Option<i64>,
    pub(crate) created_ms: i64,
}

/// A secret that was replaced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Previous {
    pub(crate) secret: Secret,
    pub(crate) until_ms: i64,
}

/// What a failure did to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    Goes,
    /// It was disabled just now.
    Paused,
}

impl Endpoint {
    /// Makes one; a secret that is not given is made up.
    pub(crate) fn create(change: Change, now_ms: i64) -> Result<Self, Fault> {
        let required = |field| move || Fault::new(field, "is required");
        Ok(Self {
            name: change.name.unwrap_or_default(),
            url: change.url.ok_or_else(required("url"))?,
            types: change.types.ok_or_else(required("types"))?,
            secret: change.secret.unwrap_or_else(Secret::generate),
            previous: None,
            enabled: change.enabled.unwrap_or(true),
            failures: 0,
            paused_ms: None,
            created_ms: now_ms,
        })
    }

    /// Takes over what is given, but for the secret.
    pub(crate) fn apply(&mut self, change: Change) {
        if let Some(name) = change.name {
            self.name = name;
        }
        if let Some(url) = change.url {
            self.url = url;
        }
        if let Some(types) = change.types {
            self.types = types;
        }
        if let Some(enabled) = change.enabled {
            if enabled && !self.enabled {
                self.failures = 0;
                self.paused_ms = None;
            }
            self.enabled = enabled;
        }
    }

    /// Puts another secret in place; the one before signs beside it until then.
    pub(crate) fn replace_secret(&mut self, secret: Secret, until_ms: i64) {
        let secret = std::mem::replace(&mut self.secret, secret);
        self.previous = Some(Previous { secret, until_ms });
    }

    /// Tells whether it wants messages of that type.
    pub(crate) fn wants(&self, kind: Kind) -> bool {
        self.enabled && (kind == Kind::Test || self.types.contains(&kind))
    }

    /// Notes an attempt: the tenth failure in a row disables the endpoint.
    pub(crate) fn note(&mut self, delivered: bool, now_ms: i64) -> Health {
        if delivered {
            self.failures = 0;
            return Health::Goes;
        }
        self.failures = self.failures.saturating_add(1);
        if !self.enabled || self.failures < MAX_FAILURES {
            return Health::Goes;
        }
        self.enabled = false;
        self.paused_ms = Some(now_ms);
        Health::Paused
    }

    /// The secrets that sign at that time.
    pub(crate) fn signers(&self, at_ms: i64) -> Signers {
        let previous = self.previous.as_ref().filter(|previous| at_ms < previous.until_ms);
        Signers {
            current: self.secret.clone(),
            previous: previous.map(|previous| previous.secret.clone()),
        }
    }

    /// Without its secrets.
    pub(crate) fn shown(&self, id: &str, now_ms: i64) -> Shown {
        let until = self.previous.as_ref().map(|previous| previous.until_ms);
        Shown {
            id: id.to_owned(),
            name: self.name.clone(),
            url: self.url.text().to_owned(),
            types: self.types.clone(),
            enabled: self.enabled,
            consecutive_failures: self.failures,
            paused_at: self.paused_ms.map(format_time),
            previous_secret_until: until.filter(|until| now_ms < *until).map(format_time),
            created_at: format_time(self.created_ms),
        }
    }
}

/// An endpoint, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    #[schema(example = "0193570e-5c00-4a6f-9c3b-000000000001")]
    id: String,
    #[schema(example = "Slack relay")]
    name: String,
    #[schema(example = "https://example.com/hook")]
    url: String,
    #[schema(example = json!(["experiment.winner_detected"]))]
    types: Vec<Kind>,
    enabled: bool,
    /// Failed attempts since the last success; the tenth disables the endpoint.
    consecutive_failures: u32,
    /// When it was disabled for its failures.
    paused_at: Option<String>,
    /// How long the secret before the last rotation signs beside the new one.
    previous_secret_until: Option<String>,
    created_at: String,
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::json;

    pub(crate) fn endpoint(url: &str) -> Endpoint {
        let types = json!([
            "experiment.created",
            "experiment.published",
            "experiment.started",
            "experiment.winner_detected",
        ]);
        let change = Change::read(&json!({ "url": url, "types": types })).unwrap();
        Endpoint::create(change, 0).unwrap()
    }

    #[track_caller]
    fn check_fault(value: &Value, path: &str) {
        let made = Change::read(value).and_then(|change| Endpoint::create(change, 0));
        assert_eq!(made.unwrap_err().path, path);
    }

    #[test]
    fn a_fault_names_its_field() {
        let url = "https://a.example/";
        let types = ["experiment.started"];
        check_fault(&json!([]), "body");
        check_fault(&json!({ "types": types }), "url");
        check_fault(&json!({ "url": url }), "types");
        check_fault(&json!({ "url": 7, "types": types }), "url");
        check_fault(&json!({ "url": "ftp://a.example/", "types": types }), "url");
        check_fault(&json!({ "url": url, "types": [] }), "types");
        check_fault(&json!({ "url": url, "types": ["experiment.started", "x"] }), "types[1]");
        check_fault(&json!({ "url": url, "types": types, "secret": "x" }), "secret");
        check_fault(&json!({ "url": url, "types": types, "name": "a\nb" }), "name");
        check_fault(&json!({ "url": url, "types": types, "enabled": "yes" }), "enabled");
    }

    #[test]
    fn the_tenth_failure_in_a_row_disables_it() {
        let mut endpoint = endpoint("https://a.example/");
        for _ in 0..9 {
            assert_eq!(endpoint.note(false, 1), Health::Goes);
        }
        endpoint.note(true, 2);
        for _ in 0..9 {
            assert_eq!(endpoint.note(false, 3), Health::Goes);
        }
        assert_eq!(endpoint.note(false, 4), Health::Paused);
        assert!(!endpoint.wants(Kind::Started) && !endpoint.wants(Kind::Test));
        endpoint.apply(Change { enabled: Some(true), ..Change::default() });
        assert_eq!((endpoint.failures, endpoint.paused_ms), (0, None));
        assert!(endpoint.wants(Kind::Started));
    }

    #[test]
    fn a_replaced_secret_signs_until_its_end() {
        let mut endpoint = endpoint("https://a.example/");
        let old = endpoint.secret.clone();
        endpoint.replace_secret(Secret::generate(), 100);
        assert_eq!(endpoint.signers(99).previous, Some(old));
        assert_eq!(endpoint.signers(100).previous, None);
    }
}
