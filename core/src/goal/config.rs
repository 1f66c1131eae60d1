//! A goal as it is written, before it is checked.

use super::WhereClause;
use crate::id::GoalKey;
use crate::url_rule::UrlRule;
use serde::{Deserialize, Serialize};

/// The five kinds of goal.
///
/// ```
/// use ttoolab_core::goal::GoalType;
/// let kind: GoalType = serde_json::from_str(r#""form_submit""#).unwrap();
/// assert_eq!(kind, GoalType::FormSubmit);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalType {
    /// A page whose URL matches was shown.
    PageView,
    /// An element that matches a selector was clicked.
    Click,
    /// An event of a name was tracked.
    CustomEvent,
    /// An event of a name was tracked, with an amount.
    Revenue,
    /// A form that matches a selector was submitted.
    FormSubmit,
}

/// Which of its two counts a goal shows first. Statistics use visitors either way.
///
/// ```
/// use ttoolab_core::goal::Counting;
/// assert_eq!(Counting::default(), Counting::OncePerVisitor);
/// assert_eq!(serde_json::to_string(&Counting::Every).unwrap(), r#""every""#);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// Unique visitors who met it.
    #[default]
    OncePerVisitor,
    /// Every time it was met.
    Every,
}

/// Which way a goal is meant to move.
///
/// ```
/// use ttoolab_core::goal::{Direction, GoalConfig};
/// let config = r#"{"goalKey":"errors","type":"custom_event","direction":"decrease"}"#;
/// let config: GoalConfig = serde_json::from_str(config).unwrap();
/// assert_eq!(config.direction, Direction::Decrease);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    #[default]
    Increase,
    /// Less is better: a guardrail such as refunds or errors.
    Decrease,
}

/// A goal as the API, the import file and the blob spell it. [`Goal`](super::Goal) checks it.
///
/// One flat struct with defaults, not an enum tagged by `type`: the tagged form alone is 7 KB of
/// compressed wasm, because serde must buffer fields it has not placed yet.
///
/// ```
/// use ttoolab_core::goal::{GoalConfig, GoalType};
/// let text = r##"{"goalKey":"cta","name":"CTA","type":"click","isPrimary":true,"selector":"#a"}"##;
/// let config: GoalConfig = serde_json::from_str(text).unwrap();
/// assert_eq!(config.kind, GoalType::Click);
/// // Written back, what was left out stays out.
/// assert_eq!(serde_json::to_string(&config).unwrap(), text);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GoalConfig {
    /// Its name within the experiment.
    pub goal_key: GoalKey,
    /// Its name for people.
    #[serde(default)]
    pub name: String,
    /// Which of the five it is.
    #[serde(rename = "type")]
    pub kind: GoalType,
    /// The one goal that decides the experiment.
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_primary: bool,
    /// `page_view`: which pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub url: Vec<UrlRule>,
    /// `click`, `form_submit`: narrows the goal to pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub page: Vec<UrlRule>,
    /// `click`, `form_submit`: which element or form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// `custom_event`, `revenue`: which event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_name: Option<String>,
    /// `custom_event`, `revenue`: conditions on the payload, all of which must hold.
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<WhereClause>,
    /// Which count is the headline.
    #[serde(default, skip_serializing_if = "is_default")]
    pub counting: Counting,
    /// `click`: leaves out clicks made by scripts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub trusted_only: bool,
    /// Which way is better.
    #[serde(default, skip_serializing_if = "is_default")]
    pub direction: Direction,
    /// `revenue`: the most one visitor contributes to the decision, decimal text in the
    /// project's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<String>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
