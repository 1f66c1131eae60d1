//! The blob: what the collector tells a page about one visitor, once per page load.
//!
//! The published fields stand as documented; ours are marked so.

use crate::goal::GoalConfig;
use crate::id::{ExperimentKey, VariantKey};
use crate::url_rule::UrlRule;
use serde::{Deserialize, Serialize};

/// The answer of `GET /sdk/bootstrap`.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlobStatus {
    /// Starts and converts.
    Running,
    /// Starts nothing new; conversions of exposed visitors go on counting.
    Paused,
}

/// The assigned variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobVariant {
    /// Its key.
    pub key: VariantKey,
    /// What it changes on the page.
    pub changes: Vec<Change>,
}

/// One change of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Which elements.
    pub selector: String,
    /// What to do with them.
    pub operation: Operation,
    /// The text, class or other operand; empty where there is none.
    #[serde(default)]
    pub value: String,
    /// The place in the order of application.
    #[serde(default)]
    pub order_index: u32,
}

/// The operations that are applied so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Replaces the text content.
    SetText,
    /// Adds the classes named in `value`.
    AddClass,
    /// Stops showing the element, keeping it in the document.
    Hide,
}

/// The third parties a project can switch on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Integrations {
    /// Google Analytics, through `dataLayer`.
    pub google_analytics: GoogleAnalytics,
    /// Microsoft Clarity.
    pub clarity: Clarity,
}

/// The switches of Google Analytics.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GoogleAnalytics {
    /// The integration is on.
    pub enabled: bool,
    /// Exposures and conversions are pushed to `window.dataLayer`.
    pub gtm_events_enabled: bool,
}

/// The switch of Microsoft Clarity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Clarity {
    /// The integration is on.
    pub enabled: bool,
}
