//! The columns of an export: one list for both formats.

use crate::store::verdict::{ContextVerdict, Entry, GoalVerdict, Lane, Sender, Verdict};
use crate::store::{Amount, Countable, EventRow};
use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use ttoolab_core::clock::format_time;
use ttoolab_core::id::GoalKey;
use ttoolab_core::reason::{Flag, Note, Reason};

/// What a spreadsheet takes for the beginning of a formula, after the advice of OWASP.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// How many columns there are.
const COLUMNS: usize = 20;

/// One event.
pub(super) type Line<'a> = [(&'static str, Cell<'a>); COLUMNS];

/// The value of a column.
pub(super) enum Cell<'a> {
    Nothing,
    Number(i64),
    Text(Cow<'a, str>),
    /// JSON, to the letter as it was stored.
    Json(Cow<'a, str>),
}

impl Cell<'_> {
    /// The value as text that no spreadsheet computes.
    pub(super) fn in_sheet(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) if text.starts_with(FORMULA_STARTS) => format!("'{text}"),
            Self::Text(text) | Self::Json(text) => text.to_string(),
        }
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => to.serialize_none(),
            Self::Number(number) => to.serialize_i64(*number),
            Self::Text(text) => to.serialize_str(text),
            Self::Json(text) => {
                serde_json::from_str::<&RawValue>(text).map_err(S::Error::custom)?.serialize(to)
            }
        }
    }
}

/// The columns of an event.
pub(super) fn columns(row: &EventRow) -> serde_json::Result<Line<'_>> {
    let time = |at_ms: i64| Cell::Text(format_time(at_ms).into());
    let number = |number: Option<i64>| number.map_or(Cell::Nothing, Cell::Number);
    let EventRow { counts, .. } = row;
    let context = &counts.context;
    let (minor_units, decimal) = match &counts.amount {
        Some(Amount::Money { minor_units, .. }) => (Some(*minor_units), None),
        Some(Amount::InOrdersCurrency(decimal)) => (None, Some(decimal)),
        Some(Amount::AllThatIsLeft { .. }) | None => (None, None),
    };
    let currency = counts.amount.as_ref().and_then(Amount::currency);
    let order = counts.order_hash.map(|hash| format!("{:032x}", u128::from_be_bytes(hash)));
    Ok([
        ("eventId", Cell::Text(counts.event_id.to_string().into())),
        ("anonymousId", Cell::Text(counts.visitor.to_string().into())),
        ("eventName", text(&row.name)),
        ("at", time(counts.at_ms)),
        ("receivedAt", time(context.received_ms)),
        ("createdAt", row.created_ms.map_or(Cell::Nothing, time)),
        ("clockOffsetMs", number(row.clock_offset_ms)),
        ("docId", context.doc_id.as_deref().map_or(Cell::Nothing, text)),
        ("seq", number(row.seq.map(i64::from))),
        ("url", text(&row.url)),
        ("referrer", text(&context.referrer)),
        ("sdk", text(&context.sdk)),
        ("payload", json(row.payload.as_ref())),
        ("assignments", json(context.assignments.as_ref())),
        ("conversions", json(row.conversions.as_ref())),
        // Keyed: the same for the events of one order, and no way back to its id.
        ("orderHash", order.map_or(Cell::Nothing, |hash| Cell::Text(hash.into()))),
        ("minorUnits", number(minor_units)),
        ("currency", currency.map_or(Cell::Nothing, |currency| Cell::Text(currency.code().into()))),
        ("decimalAmount", decimal.map_or(Cell::Nothing, |amount| Cell::Text(amount.into()))),
        ("verdict", Cell::Json(serde_json::to_string(&verdict(counts))?.into())),
    ])
}

/// Both parts of a verdict as one: in an export there is no context to refer to.
#[derive(Serialize)]
struct WholeVerdict<'a> {
    sender: Sender,
    lane: Lane,
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<Flag>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [Note],
    #[serde(skip_serializing_if = "Option::is_none")]
    money: Option<Reason>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entries: Vec<WholeEntry<'a>>,
}

#[derive(Serialize)]
struct WholeEntry<'a> {
    #[serde(flatten)]
    entry: &'a Entry,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    goals: Vec<WholeGoal<'a>>,
}

#[derive(Serialize)]
struct WholeGoal<'a> {
    goal: &'a GoalKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

fn verdict(event: &Countable) -> WholeVerdict<'_> {
    let ContextVerdict { sender, lane, flag, entries } = &event.context.verdict;
    let Verdict { notes, money, goals: _ } = &*event.verdict;
    let goals = |place| {
        let goals = event.verdict.goals_of(place).iter();
        goals.map(|GoalVerdict { goal_key, reason }| WholeGoal { goal: goal_key, reason: *reason })
    };
    let entries = entries.iter().enumerate();
    let entries = entries.map(|(place, entry)| WholeEntry { entry, goals: goals(place).collect() });
    WholeVerdict {
        sender: *sender,
        lane: *lane,
        flag: *flag,
        notes,
        money: *money,
        entries: entries.collect(),
    }
}

fn text(text: &str) -> Cell<'_> {
    Cell::Text(text.into())
}

fn json(stored: Option<&String>) -> Cell<'_> {
    // Empty stands for a payload that could not be read.
    stored.filter(|json| !json.is_empty()).map_or(Cell::Nothing, |json| Cell::Json(json.into()))
}
