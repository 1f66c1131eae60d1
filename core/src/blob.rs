//! The blob: what the collector tells a page about one visitor, once per page load.
//!
//! The published fields stand as documented; ours are marked so.

use crate::change::Change;
use crate::goal::GoalConfig;
use crate::id::{ExperimentKey, VariantKey};
use crate::url_rule::UrlRule;
use serde::{Deserialize, Serialize};

/// The answer of `GET /sdk/bootstrap`.
///
/// ```
/// use ttoolab_core::blob::Blob;
/// let blob = r#"{"projectKey":"demo","anonymousId":"550e8400-e29b-41d4-a716-446655440000",
///     "version":"2026-11-23T09:00:00.000Z","fetchedAt":"2026-11-23T10:00:00.000Z",
///     "hasActiveExperiments":false,"assignments":[],"experiments":[],"integrations":{},
///     "visitorToken":"","serverTime":"2026-11-23T10:00:00.000Z","currency":"USD",
///     "flushIntervalMs":5000}"#;
/// let blob: Blob = serde_json::from_str(blob).unwrap();
/// assert_eq!((blob.project_key.as_str(), blob.flush_interval_ms), ("demo", 5000));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Blob {
    /// The project asked for.
    pub project_key: String,
    /// The visitor asked for, lower case.
    pub anonymous_id: String,
    /// When the configuration last changed, RFC 3339.
    pub version: String,
    /// When this answer was made, RFC 3339.
    pub fetched_at: String,
    /// Whether `assignments` holds any.
    pub has_active_experiments: bool,
    /// The assignments active now: URL rules match, or the visitor was exposed before.
    pub assignments: Vec<BlobAssignment>,
    /// Every experiment that takes this visitor, also those that start on another page.
    pub experiments: Vec<BlobExperiment>,
    /// Third parties the project switched on.
    pub integrations: Integrations,
    /// Ours: the signed assignments, sent back with every batch and bootstrap.
    pub visitor_token: String,
    /// Ours: the collector's clock, RFC 3339.
    pub server_time: String,
    /// Ours: the project's currency, the default of revenue.
    pub currency: String,
    /// Ours: how long ordinary events may wait for company, in milliseconds.
    pub flush_interval_ms: u32,
}

/// One active assignment, in the published form.
///
/// ```
/// use ttoolab_core::blob::BlobAssignment;
/// let assignment = r#"{"experimentKey":"hero","experimentId":"hero","experimentName":"Hero CTA",
///     "variantKey":"b","variantId":"b","variantName":"Variant B","isControl":false}"#;
/// let assignment: BlobAssignment = serde_json::from_str(assignment).unwrap();
/// assert_eq!(assignment.variant_key.as_str(), assignment.variant_id);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlobAssignment {
    /// The experiment's key.
    pub experiment_key: ExperimentKey,
    /// The same; the published form has both.
    pub experiment_id: String,
    /// The experiment's name.
    pub experiment_name: String,
    /// The variant's key.
    pub variant_key: VariantKey,
    /// The same; the published form has both.
    pub variant_id: String,
    /// The variant's name.
    pub variant_name: String,
    /// Whether it is the control.
    pub is_control: bool,
}

/// One experiment that takes the visitor.
///
/// ```
/// use ttoolab_core::blob::BlobExperiment;
/// let hero = r#"{"experimentKey":"hero","experimentId":"hero","status":"running",
///     "variant":{"key":"b","changes":[]},"goals":[],"epoch":1,
///     "urlRules":[{"match":"contains","pattern":"/product"}]}"#;
/// let hero: BlobExperiment = serde_json::from_str(hero).unwrap();
/// assert_eq!((hero.variant.key.as_str(), hero.epoch), ("b", 1));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlobExperiment {
    /// Its key.
    pub experiment_key: ExperimentKey,
    /// The same; the published form has both.
    pub experiment_id: String,
    /// `running`, or `paused` for a visitor exposed before.
    pub status: BlobStatus,
    /// The assigned variant, and no other.
    pub variant: BlobVariant,
    /// The goals.
    pub goals: Vec<GoalConfig>,
    /// Ours: the epoch of the assignment.
    pub epoch: u32,
    /// Ours: the pages on which it starts.
    pub url_rules: Vec<UrlRule>,
}

/// The statuses in which an experiment reaches a page.
///
/// ```
/// use ttoolab_core::blob::BlobStatus;
/// assert_eq!(serde_json::to_string(&BlobStatus::Paused).unwrap(), r#""paused""#);
/// assert!(serde_json::from_str::<BlobStatus>(r#""draft""#).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlobStatus {
    /// Starts and converts.
    Running,
    /// Starts nothing new; conversions of exposed visitors go on counting.
    Paused,
}

/// The assigned variant.
///
/// ```
/// use ttoolab_core::blob::BlobVariant;
/// let variant: BlobVariant = serde_json::from_str(r#"{"key":"control","changes":[]}"#).unwrap();
/// assert!(variant.changes.is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobVariant {
    /// Its key.
    pub key: VariantKey,
    /// What it changes on the page.
    pub changes: Vec<Change>,
}

/// The third parties a project can switch on.
///
/// ```
/// use ttoolab_core::blob::Integrations;
/// // Nothing is on that was not switched on.
/// let none: Integrations = serde_json::from_str("{}").unwrap();
/// assert!(!none.clarity.enabled && !none.google_analytics.enabled);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Integrations {
    /// Google Analytics, through `dataLayer`.
    pub google_analytics: GoogleAnalytics,
    /// Microsoft Clarity.
    pub clarity: Clarity,
}

/// The switches of Google Analytics.
///
/// ```
/// use ttoolab_core::blob::GoogleAnalytics;
/// let on = r#"{"enabled":true,"gtmEventsEnabled":true}"#;
/// let on: GoogleAnalytics = serde_json::from_str(on).unwrap();
/// assert!(on.enabled && on.gtm_events_enabled);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GoogleAnalytics {
    /// The integration is on.
    pub enabled: bool,
    /// Exposures and conversions are pushed to `window.dataLayer`.
    pub gtm_events_enabled: bool,
}

/// The switch of Microsoft Clarity.
///
/// ```
/// use ttoolab_core::blob::Clarity;
/// let on = Clarity { enabled: true };
/// assert_eq!(serde_json::to_string(&on).unwrap(), r#"{"enabled":true}"#);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Clarity {
    /// The integration is on.
    pub enabled: bool,
}
