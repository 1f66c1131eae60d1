//! Goals: what success is, and whether a signal meets it.

use crate::id::{GoalKey, InvalidId, is_event_name};
use crate::selector::{InvalidSelector, Selector};
use crate::url_rule::{InvalidPattern, UrlRule};
use serde::{Deserialize, Serialize};

mod condition;
mod evaluation;
mod filter;

pub use condition::{Signal, SignalKind};
pub use evaluation::{Assignment, Candidate, evaluate};
pub use filter::{FilterOp, Operand, Value, WhereClause, is_plain_decimal};

/// The most rules in one list of a goal.
pub const MAX_RULES: usize = 32;

/// The five kinds of goal.
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    #[default]
    Increase,
    /// Less is better: a guardrail such as refunds or errors.
    Decrease,
}

/// A goal as the API, the import file and the blob spell it. [`Goal::try_from`] checks it.
///
/// One flat struct with defaults, not an enum tagged by `type`: the tagged form alone is 7 KB of
/// compressed wasm, because serde must buffer fields it has not placed yet.
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

/// What must happen for a goal to be met.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// A committed navigation to a page that the rules take.
    PageView {
        /// Which pages.
        url: Vec<UrlRule>,
    },
    /// A click on an element, or inside it.
    Click {
        /// Which element.
        selector: Selector,
        /// On which pages; empty means on all.
        page: Vec<UrlRule>,
        /// Clicks made by scripts do not count.
        trusted_only: bool,
    },
    /// A submission that the browser let through.
    FormSubmit {
        /// Which form.
        selector: Selector,
        /// On which pages; empty means on all.
        page: Vec<UrlRule>,
    },
    /// A tracked event, with or without an amount.
    Event {
        /// Its name.
        name: String,
        /// Conditions on its payload.
        filters: Vec<WhereClause>,
        /// The event must carry an amount ([`crate::money`]).
        revenue: bool,
    },
}

/// A goal that was checked: its condition holds everything its type needs, and nothing else.
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    /// Its name within the experiment.
    pub key: GoalKey,
    /// What must happen.
    pub condition: Condition,
}

/// Why a goal is no goal. Each names the field at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidGoal {
    /// A list of rules is empty where one is needed, or too long.
    #[error("needs 1 to 32 URL rules")]
    Rules(&'static str),
    /// A pattern cannot be used.
    #[error("{1}")]
    Pattern(&'static str, InvalidPattern),
    /// The selector is missing or malformed.
    #[error("{0}")]
    Selector(InvalidSelector),
    /// The event name is missing, malformed, or one of ours.
    #[error("needs an event name: {} and no `$` at the start", InvalidId::EventName)]
    EventName,
    /// Too many conditions, or one with a value its operator cannot use.
    #[error("a condition needs a field, and a value that its operator can compare")]
    Filter,
}

impl InvalidGoal {
    /// The field of [`GoalConfig`] at fault, as the API spells it.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::Rules(field) | Self::Pattern(field, _) => field,
            Self::Selector(_) => "selector",
            Self::EventName => "eventName",
            Self::Filter => "where",
        }
    }
}

impl TryFrom<GoalConfig> for Goal {
    type Error = InvalidGoal;

    fn try_from(config: GoalConfig) -> Result<Self, InvalidGoal> {
        let condition = match config.kind {
            GoalType::PageView => {
                let url = saved_rules("url", config.url)?;
                if url.is_empty() {
                    return Err(InvalidGoal::Rules("url"));
                }
                Condition::PageView { url }
            }
            GoalType::Click => Condition::Click {
                selector: selector(config.selector)?,
                page: saved_rules("page", config.page)?,
                trusted_only: config.trusted_only,
            },
            GoalType::FormSubmit => Condition::FormSubmit {
                selector: selector(config.selector)?,
                page: saved_rules("page", config.page)?,
            },
            GoalType::CustomEvent | GoalType::Revenue => {
                let name = config.event_name.unwrap_or_default();
                if !is_event_name(&name) || name.starts_with('$') {
                    return Err(InvalidGoal::EventName);
                }
                if config.filters.len() > MAX_RULES
                    || !config.filters.iter().all(WhereClause::is_sound)
                {
                    return Err(InvalidGoal::Filter);
                }
                let revenue = config.kind == GoalType::Revenue;
                Condition::Event { name, filters: config.filters, revenue }
            }
        };
        Ok(Self { key: config.goal_key, condition })
    }
}

fn saved_rules(field: &'static str, rules: Vec<UrlRule>) -> Result<Vec<UrlRule>, InvalidGoal> {
    if rules.len() > MAX_RULES {
        return Err(InvalidGoal::Rules(field));
    }
    rules
        .into_iter()
        .map(|rule| rule.saved().map_err(|fault| InvalidGoal::Pattern(field, fault)))
        .collect()
}

fn selector(text: Option<String>) -> Result<Selector, InvalidGoal> {
    Selector::try_from(text.unwrap_or_default()).map_err(InvalidGoal::Selector)
}
