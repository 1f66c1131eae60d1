//! Judging one signal by one goal.

use super::filter::{Value, WhereClause};
use super::{Condition, Goal};
use crate::reason::Reason;
use crate::selector::Selector;
use crate::url_rule::{UrlRule, matches_any};

/// What happened, as one end sees it.
///
/// The closures are what differs between the ends: a browser looks into the document and the
/// tracked object, the collector into the claims and the stored payload.
///
/// ```
/// use ttoolab_core::goal::{Signal, SignalKind, Value};
/// use ttoolab_core::reason::Reason;
/// // `track("purchase", { revenue: 249 })`, as a browser sees it.
/// let field = |name: &str| (name == "revenue").then_some(Value::Number(249.0));
/// let signal = Signal {
///     kind: SignalKind::Tracked("purchase"),
///     url: "https://shop.example/checkout",
///     regex: &|_pattern, _url| false,
///     hit: &|_goal, _selector| Some(false),
///     field: &field,
///     no_amount: &|| field("revenue").is_none().then_some(Reason::BadRevenue),
/// };
/// assert_eq!((signal.no_amount)(), None);
/// ```
pub struct Signal<'a> {
    /// Which kind of event it is.
    pub kind: SignalKind<'a>,
    /// The full URL of the page it happened on.
    pub url: &'a str,
    /// The engine at hand for regular expressions: pattern, then URL.
    pub regex: &'a dyn Fn(&str, &str) -> bool,
    /// Whether an element that the goal's selector names was hit; `None` when the browser refuses
    /// the selector. The collector, which has no document, answers with the browser's claim.
    pub hit: &'a dyn Fn(&Goal, &Selector) -> Option<bool>,
    /// A property of the payload.
    pub field: &'a dyn Fn(&str) -> Option<Value<'a>>,
    /// Why the payload has no amount that a revenue goal could count; `None` when it has one.
    /// The collector reads it in its currency, a browser only sees whether something is there.
    pub no_amount: &'a dyn Fn() -> Option<Reason>,
}

/// The kinds of signal that goals look at.
///
/// ```
/// use ttoolab_core::goal::SignalKind;
/// let by_script = SignalKind::Click { trusted: false };
/// assert_ne!(by_script, SignalKind::of_event("$click").unwrap());
/// ```
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
    ///
    /// ```
    /// # use ttoolab_core::goal::SignalKind;
    /// assert_eq!(SignalKind::of_event("$url"), Some(SignalKind::Url));
    /// assert_eq!(SignalKind::of_event("signup"), Some(SignalKind::Tracked("signup")));
    /// assert_eq!(SignalKind::of_event("$exposure"), None);
    /// ```
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

impl Goal {
    /// Judges a signal: `None` when it has nothing to do with the goal, [`Reason::Counted`] when
    /// the condition holds, else which part of it does not.
    ///
    /// ```
    /// use ttoolab_core::goal::{Goal, GoalConfig, Signal, SignalKind};
    /// use ttoolab_core::reason::Reason;
    /// let config: GoalConfig = serde_json::from_str(
    ///     r#"{"goalKey":"order","type":"custom_event","eventName":"purchase"}"#,
    /// ).unwrap();
    /// let goal = Goal::try_from(config).unwrap();
    /// let signal = Signal {
    ///     kind: SignalKind::Tracked("purchase"),
    ///     url: "https://shop.example/checkout",
    ///     regex: &|_, _| false,
    ///     hit: &|_, _| None,
    ///     field: &|_| None,
    ///     no_amount: &|| Some(Reason::BadRevenue),
    /// };
    /// assert_eq!(goal.judge(&signal), Some(Reason::Counted));
    /// ```
    #[must_use]
    pub fn judge(&self, signal: &Signal<'_>) -> Option<Reason> {
        match (&self.condition, signal.kind) {
            (Condition::PageView { url }, SignalKind::Url) => {
                matches_any(url, signal.url, signal.regex).then_some(Reason::Counted)
            }
            (Condition::Click { selector, page, trusted_only }, SignalKind::Click { trusted }) => {
                self.hit(selector, signal, (trusted || !trusted_only) && on_page(page, signal))
            }
            (Condition::FormSubmit { selector, page }, SignalKind::Submit) => {
                self.hit(selector, signal, on_page(page, signal))
            }
            (Condition::Event { name, filters, revenue }, SignalKind::Tracked(tracked)) => {
                if name != tracked {
                    return None;
                }
                let reason = if !filters.iter().all(|filter| holds(filter, signal)) {
                    Reason::Filtered
                } else if *revenue {
                    (signal.no_amount)().unwrap_or(Reason::Counted)
                } else {
                    Reason::Counted
                };
                Some(reason)
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
            ) => None,
        }
    }

    fn hit(&self, selector: &Selector, signal: &Signal<'_>, rest_holds: bool) -> Option<Reason> {
        match (signal.hit)(self, selector) {
            None => Some(Reason::BadSelector),
            Some(false) => None,
            Some(true) if rest_holds => Some(Reason::Counted),
            Some(true) => Some(Reason::Filtered),
        }
    }
}

fn on_page(page: &[UrlRule], signal: &Signal<'_>) -> bool {
    page.is_empty() || matches_any(page, signal.url, signal.regex)
}

fn holds(filter: &WhereClause, signal: &Signal<'_>) -> bool {
    filter.holds((signal.field)(&filter.field).as_ref())
}
