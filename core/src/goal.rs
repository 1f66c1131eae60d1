//! Goals: what success is, and whether a signal meets it.
//!
//! A [`GoalConfig`] is checked into a [`Goal`], which judges a [`Signal`]; [`evaluate`] does so for
//! every goal of a visitor.
//!
//! ```
//! use ttoolab_core::goal::{Goal, GoalConfig, Signal, SignalKind};
//! # use ttoolab_core::reason::Reason;
//! let config = r#"{"goalKey":"thanks","type":"page_view",
//!     "url":[{"match":"simple","pattern":"/thanks"}]}"#;
//! let config: GoalConfig = serde_json::from_str(config).unwrap();
//! let goal = Goal::try_from(config).unwrap();
//! # let signal = |kind| Signal {
//! #     kind, url: "https://shop.example/thanks/", regex: &|_, _| false,
//! #     hit: &|_, _| None, field: &|_| None, no_amount: &|| None,
//! # };
//! assert_eq!(goal.judge(&signal(SignalKind::Url)), Some(Reason::Counted));
//! assert_eq!(goal.judge(&signal(SignalKind::Tracked("thanks"))), None);
//! ```

use crate::id::{GoalKey, InvalidId, is_event_name};
use crate::selector::{InvalidSelector, Selector};
use crate::url_rule::{InvalidPattern, UrlRule};

mod condition;
mod config;
mod evaluation;
mod filter;

pub use condition::{Signal, SignalKind};
pub use config::{Counting, Direction, GoalConfig, GoalType};
pub use evaluation::{Assignment, Candidate, evaluate};
pub use filter::{FilterOp, Operand, Value, WhereClause, is_plain_decimal};

/// The most rules in one list of a goal.
///
/// ```
/// use ttoolab_core::goal::{Goal, GoalConfig, InvalidGoal, MAX_RULES};
/// # let of = |count| {
/// #     let rules = vec![serde_json::json!({ "match": "contains", "pattern": "/thanks" }); count];
/// #     serde_json::json!({ "goalKey": "thanks", "type": "page_view", "url": rules })
/// # };
/// let config: GoalConfig = serde_json::from_value(of(MAX_RULES + 1)).unwrap();
/// assert_eq!(Goal::try_from(config), Err(InvalidGoal::Rules("url")));
/// ```
pub const MAX_RULES: usize = 32;

/// What must happen for a goal to be met.
///
/// ```
/// use ttoolab_core::goal::{Condition, Goal, GoalConfig};
/// let config = r#"{"goalKey":"aov","type":"revenue","eventName":"purchase"}"#;
/// let config: GoalConfig = serde_json::from_str(config).unwrap();
/// let condition = Goal::try_from(config).unwrap().condition;
/// let wanted = Condition::Event { name: "purchase".into(), filters: vec![], revenue: true };
/// assert_eq!(condition, wanted);
/// ```
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
///
/// ```
/// use ttoolab_core::goal::{Condition, Goal, GoalConfig};
/// // `eventName` means nothing to a click.
/// let config = r##"{"goalKey":"cta","type":"click","selector":"#cta","eventName":"x"}"##;
/// let config: GoalConfig = serde_json::from_str(config).unwrap();
/// let goal = Goal::try_from(config).unwrap();
/// assert_eq!(goal.key.as_str(), "cta");
/// assert!(matches!(goal.condition, Condition::Click { trusted_only: false, .. }));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    /// Its name within the experiment.
    pub key: GoalKey,
    /// What must happen.
    pub condition: Condition,
}

/// Why a goal is no goal. Each names the field at fault.
///
/// ```
/// use ttoolab_core::goal::{Goal, GoalConfig, InvalidGoal};
/// let config = r#"{"goalKey":"order","type":"custom_event","eventName":"$click"}"#;
/// let config: GoalConfig = serde_json::from_str(config).unwrap();
/// assert_eq!(Goal::try_from(config), Err(InvalidGoal::EventName));
/// ```
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
    ///
    /// ```
    /// # use ttoolab_core::goal::InvalidGoal;
    /// assert_eq!(InvalidGoal::Rules("page").field(), "page");
    /// assert_eq!(InvalidGoal::Filter.field(), "where");
    /// ```
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
