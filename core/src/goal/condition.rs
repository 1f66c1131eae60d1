//! Judging one signal by one goal.

use super::filter::{Value, WhereClause};
use super::{Condition, Goal};
use crate::selector::Selector;
use crate::url_rule::{UrlRule, matches_any};

/// What happened, as one end sees it.
///
/// The closures are what differs between the ends: a browser looks into the document and the
/// tracked object, the collector into the claims and the stored payload.
pub struct Signal<'a> {
    /// Which kind of event it is.
    pub kind: SignalKind<'a>,
    /// The full URL of the page it happened on.
    pub url: &'a str,
    /// The engine at hand for regular expressions: pattern, then URL.
    pub regex: &'a dyn Fn(&str, &str) -> bool,
    /// Whether an element that the goal's selector names was hit. The collector, which has no
    /// document, answers with the browser's claim.
    pub hit: &'a dyn Fn(&Goal, &Selector) -> bool,
    /// A property of the payload.
    pub field: &'a dyn Fn(&str) -> Option<Value<'a>>,
}

/// The kinds of signal that goals look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignalKind<'a> {
    /// A committed navigation (`$url`).
    Url,
    /// A click (`$click`).
    Click {
        /// A person made it, not a script. The collector takes the claim's word.
        trusted: bool,
    },
    /// A submission (`$submit`).
    Submit,
    /// A tracked event, by name.
    Tracked(&'a str),
}

impl<'a> SignalKind<'a> {
    /// The kind of the event of that name; `None` for our own names that no goal looks at.
    #[must_use]
    pub fn of_event(name: &'a str) -> Option<Self> {
        match name {
            "$url" => Some(Self::Url),
            "$click" => Some(Self::Click { trusted: true }),
            "$submit" => Some(Self::Submit),
            _ if name.starts_with('$') => None,
            _ => Some(Self::Tracked(name)),
        }
    }
}

/// What a goal makes of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// The condition holds. For a revenue goal the amount is still to be read.
    Met,
    /// The signal is of the goal's kind, but a further condition does not hold.
    Filtered,
    /// The signal has nothing to do with the goal.
    NotConcerned,
}

impl Goal {
    /// Judges a signal.
    ///
    /// ```
    /// use ttoolab_core::goal::{Goal, GoalConfig, Judgement, Signal, SignalKind};
    /// let config: GoalConfig = serde_json::from_str(
    ///     r#"{"goalKey":"order","type":"custom_event","eventName":"purchase"}"#,
    /// ).unwrap();
    /// let goal = Goal::try_from(config).unwrap();
    /// let signal = Signal {
    ///     kind: SignalKind::Tracked("purchase"),
    ///     url: "https://shop.example/checkout",
    ///     regex: &|_, _| false,
    ///     hit: &|_, _| false,
    ///     field: &|_| None,
    /// };
    /// assert_eq!(goal.judge(&signal), Judgement::Met);
    /// ```
    #[must_use]
    pub fn judge(&self, signal: &Signal<'_>) -> Judgement {
        match (&self.condition, signal.kind) {
            (Condition::PageView { url }, SignalKind::Url) => {
                if matches_any(url, signal.url, signal.regex) {
                    Judgement::Met
                } else {
                    Judgement::NotConcerned
                }
            }
            (Condition::Click { selector, page, trusted_only }, SignalKind::Click { trusted }) => {
                if !(signal.hit)(self, selector) {
                    Judgement::NotConcerned
                } else if (trusted || !trusted_only) && on_page(page, signal) {
                    Judgement::Met
                } else {
                    Judgement::Filtered
                }
            }
            (Condition::FormSubmit { selector, page }, SignalKind::Submit) => {
                if !(signal.hit)(self, selector) {
                    Judgement::NotConcerned
                } else if on_page(page, signal) {
                    Judgement::Met
                } else {
                    Judgement::Filtered
                }
            }
            (Condition::Event { name, filters, revenue: _ }, SignalKind::Tracked(tracked)) => {
                if name != tracked {
                    Judgement::NotConcerned
                } else if filters.iter().all(|filter| holds(filter, signal)) {
                    Judgement::Met
                } else {
                    Judgement::Filtered
                }
            }
            (
                Condition::PageView { .. }
                | Condition::Click { .. }
                | Condition::FormSubmit { .. }
                | Condition::Event { .. },
                SignalKind::Url
                | SignalKind::Click { .. }
                | SignalKind::Submit
                | SignalKind::Tracked(_),
            ) => Judgement::NotConcerned,
        }
    }
}

fn on_page(page: &[UrlRule], signal: &Signal<'_>) -> bool {
    page.is_empty() || matches_any(page, signal.url, signal.regex)
}

fn holds(filter: &WhereClause, signal: &Signal<'_>) -> bool {
    filter.holds((signal.field)(&filter.field).as_ref())
}
