//! What an event's payload says about money, orders and conditions.

use crate::admin::keys::OrderKey;
use crate::store::Amount;
use std::borrow::Cow;
use ttoolab_core::goal::{Value, is_plain_decimal};
use ttoolab_core::money::{BadRevenue, Currency, from_decimal, from_number};
use ttoolab_core::payload::{Payload, Property};
use ttoolab_core::reason::Reason;

/// Whether an amount belongs to an order or takes part of one back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// A tracked event.
    Placed,
    /// A `$refund`, whose amount and currency may be left to the order.
    Refunded,
}

impl Order {
    pub(super) fn of_event(name: &str) -> Self {
        if name == "$refund" { Self::Refunded } else { Self::Placed }
    }
}

/// What an event says about money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Revenue {
    /// No `revenue` property.
    Absent,
    /// An amount.
    Read(Amount),
    /// Something that is no amount.
    Unreadable(Reason),
}

impl Revenue {
    /// The amount, if there is one.
    pub(super) fn amount(self) -> Option<Amount> {
        match self {
            Self::Read(amount) => Some(amount),
            Self::Absent | Self::Unreadable(_) => None,
        }
    }

    /// Why what was sent could not be read.
    pub(super) fn reason(self) -> Option<Reason> {
        match self {
            Self::Unreadable(reason) => Some(reason),
            Self::Absent | Self::Read(_) => None,
        }
    }

    /// Why a revenue goal cannot be met by it.
    pub(super) fn unusable(self) -> Option<Reason> {
        match self {
            Self::Read(_) => None,
            Self::Absent => Some(Reason::BadRevenue),
            Self::Unreadable(reason) => Some(reason),
        }
    }
}

/// Reads `revenue` and `currency`; a currency that is missing is the project's, or the order's.
pub(super) fn revenue(payload: &Payload<'_>, default: Currency, order: Order) -> Revenue {
    let named = match payload.get("currency") {
        None | Some(Property::Null) => None,
        Some(Property::Text(code)) => match Currency::parse(code) {
            Ok(currency) => Some(currency),
            Err(_) => return Revenue::Unreadable(Reason::BadCurrency),
        },
        Some(_) => return Revenue::Unreadable(Reason::BadCurrency),
    };
    let units = match payload.get("revenue") {
        None | Some(Property::Null) => None,
        Some(property) => match minor_units(property, named.unwrap_or(default)) {
            Ok(units) => Some(units),
            Err(BadRevenue) => return Revenue::Unreadable(Reason::BadRevenue),
        },
    };
    match (order, units) {
        (Order::Placed, None) => Revenue::Absent,
        (Order::Placed, Some(_)) => {
            Revenue::Read(Amount { minor_units: units, currency: Some(named.unwrap_or(default)) })
        }
        (Order::Refunded, _) => Revenue::Read(Amount { minor_units: units, currency: named }),
    }
}

fn minor_units(property: &Property<'_>, currency: Currency) -> Result<i64, BadRevenue> {
    match property {
        // Whole numbers keep their digits; a detour through a double would lose some.
        Property::Number(number) if !number.is_f64() => from_decimal(&number.to_string(), currency),
        Property::Number(number) => from_number(number.as_f64().ok_or(BadRevenue)?, currency),
        Property::Text(text) => from_decimal(text, currency),
        Property::HugeNumber | Property::Bool(_) | Property::Null | Property::Nested => {
            Err(BadRevenue)
        }
    }
}

/// A property as conditions of goals compare it.
pub(super) fn field<'a>(payload: &'a Payload<'_>, name: &str) -> Option<Value<'a>> {
    match payload.get(name)? {
        Property::Number(number) => number.as_f64().map(Value::Number),
        Property::Text(text) => {
            let number = if is_plain_decimal(text) { text.parse().ok() } else { None };
            Some(Value::Text(Cow::Borrowed(text), number))
        }
        Property::Bool(value) => Some(Value::Bool(*value)),
        // Larger than any bound a condition can name.
        Property::HugeNumber => Some(Value::Number(f64::INFINITY)),
        Property::Nested => Some(Value::Nested),
        Property::Null => None,
    }
}

/// The hash of the event's `order_id`, if it has one.
pub(super) fn order_hash(payload: &Payload<'_>, key: &OrderKey) -> Option<[u8; 16]> {
    match payload.get("order_id")? {
        Property::Text(text) if !text.is_empty() => Some(key.hash(text)),
        Property::Number(number) => Some(key.hash(&number.to_string())),
        Property::HugeNumber
        | Property::Text(_)
        | Property::Bool(_)
        | Property::Null
        | Property::Nested => None,
    }
}
