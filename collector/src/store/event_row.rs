//! One event as it is stored: its facts and its verdict, written once.

use super::verdict::{ContextVerdict, Verdict};
use std::sync::Arc;
use ttoolab_core::id::{AnonymousId, EventId};
use ttoolab_core::money::Currency;

/// What events of one request share: a row of `contexts`, which they refer to. Two thirds of an
/// event's bytes are in it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EventContext {
    pub(crate) received_ms: i64,
    pub(crate) sdk: String,
    pub(crate) doc_id: Option<String>,
    /// As the URL of an event.
    pub(crate) referrer: String,
    /// As sent, but scrubbed.
    pub(crate) assignments: Option<String>,
    pub(crate) verdict: ContextVerdict,
}

/// What counting needs of an event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Countable {
    pub(crate) event_id: EventId,
    pub(crate) visitor: AnonymousId,
    pub(crate) project_id: i64,
    /// It is a `$refund`.
    pub(crate) is_refund: bool,
    /// The corrected time, which everything is ordered by.
    pub(crate) at_ms: i64,
    pub(crate) order_hash: Option<[u8; 16]>,
    pub(crate) amount: Option<Amount>,
    pub(crate) context: Arc<EventContext>,
    pub(crate) verdict: Arc<Verdict>,
}

/// A row of `events`, with its context.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EventRow {
    pub(crate) counts: Countable,
    pub(crate) name: String,
    pub(crate) created_ms: Option<i64>,
    pub(crate) clock_offset_ms: Option<i64>,
    pub(crate) seq: Option<u32>,
    /// Without query and fragment, but for the parameters the project allows.
    pub(crate) url: String,
    /// As sent, but scrubbed, and without `order_id`, which is stored hashed alone.
    pub(crate) payload: Option<String>,
    /// As sent, but scrubbed.
    pub(crate) conversions: Option<String>,
}

/// An amount of money that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Amount {
    /// Of an order, or of a refund that names its currency.
    Money { minor_units: i64, currency: Currency },
    /// Of a refund that leaves the currency to the order: plain decimal text in major units.
    InOrdersCurrency(String),
    /// Of a refund that names a currency alone.
    AllThatIsLeft { currency: Currency },
}

impl Amount {
    pub(super) fn minor_units(&self) -> Option<i64> {
        match self {
            Self::Money { minor_units, .. } => Some(*minor_units),
            Self::InOrdersCurrency(_) | Self::AllThatIsLeft { .. } => None,
        }
    }

    pub(super) fn decimal(&self) -> Option<&str> {
        match self {
            Self::InOrdersCurrency(text) => Some(text),
            Self::Money { .. } | Self::AllThatIsLeft { .. } => None,
        }
    }

    /// The currency, if the event names one.
    pub(crate) fn currency(&self) -> Option<Currency> {
        match self {
            Self::Money { currency, .. } | Self::AllThatIsLeft { currency } => Some(*currency),
            Self::InOrdersCurrency(_) => None,
        }
    }
}
