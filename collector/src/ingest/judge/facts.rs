//! What an event's payload says about money, orders and conditions.

use crate::admin::keys::OrderKey;
use crate::store::Amount;
use serde::Deserialize;
use serde_json::Number;
use serde_json::value::RawValue;
use std::borrow::Cow;
use ttoolab_core::check::{CheckedEvent, REFUND};
use ttoolab_core::goal::{Value, is_plain_decimal};
use ttoolab_core::money::{BadRevenue, Currency, decimal_text, from_decimal};
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
        if name == REFUND { Self::Refunded } else { Self::Placed }
    }
}

/// What an event says about money.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    pub(super) fn reason(&self) -> Option<Reason> {
        match self {
            Self::Unreadable(reason) => Some(*reason),
            Self::Absent | Self::Read(_) => None,
        }
    }

    /// Why a revenue goal cannot be met by it.
    pub(super) fn unusable(&self) -> Option<Reason> {
        match self {
            Self::Read(_) => None,
            Self::Absent => Some(Reason::BadRevenue),
            Self::Unreadable(reason) => Some(*reason),
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
    let written = match payload.get("revenue") {
        None | Some(Property::Null) => None,
        Some(property) => match decimal(property) {
            Ok(text) => Some(text),
            Err(BadRevenue) => return Revenue::Unreadable(Reason::BadRevenue),
        },
    };
    let Some(text) = written else {
        return match (order, named) {
            (Order::Refunded, Some(currency)) => Revenue::Read(Amount::AllThatIsLeft { currency }),
            (Order::Placed, _) | (Order::Refunded, None) => Revenue::Absent,
        };
    };
    let currency = named.unwrap_or(default);
    match (from_decimal(&text, currency), order, named) {
        (Err(BadRevenue), _, _) => Revenue::Unreadable(Reason::BadRevenue),
        // How many decimals count is the order's to say, and the order may come later.
        (Ok(_), Order::Refunded, None) => Revenue::Read(Amount::InOrdersCurrency(text.into())),
        (Ok(minor_units), Order::Placed, _) | (Ok(minor_units), Order::Refunded, Some(_)) => {
            Revenue::Read(Amount::Money { minor_units, currency })
        }
    }
}

/// A property as plain decimal text, not yet looked at closer.
fn decimal<'a>(property: &'a Property<'_>) -> Result<Cow<'a, str>, BadRevenue> {
    match property {
        Property::Number(number) => number_text(number).map(Cow::Owned),
        Property::Text(text) => Ok(Cow::Borrowed(text)),
        Property::HugeNumber | Property::Bool(_) | Property::Null | Property::Nested => {
            Err(BadRevenue)
        }
    }
}

/// Whole numbers keep their digits; a detour through a double would lose some.
fn number_text(number: &Number) -> Result<String, BadRevenue> {
    match number.as_f64().filter(|_| number.is_f64()) {
        Some(float) => decimal_text(float),
        None => Ok(number.to_string()),
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
pub(super) fn order_hash(event: &CheckedEvent<'_>, key: &OrderKey) -> Option<[u8; 16]> {
    match event.payload.get("order_id")? {
        Property::Text(text) if !text.is_empty() => Some(key.hash(text)),
        Property::Number(number) => {
            let long = number.is_f64().then(|| long_order_id(event)).flatten();
            long.or_else(|| number_text(number).ok()).map(|text| key.hash(&text))
        }
        Property::HugeNumber
        | Property::Text(_)
        | Property::Bool(_)
        | Property::Null
        | Property::Nested => None,
    }
}

/// A whole number beyond 64 bits, digit by digit: read as a double, two orders would be one.
fn long_order_id(event: &CheckedEvent<'_>) -> Option<String> {
    #[derive(Deserialize)]
    struct Order<'a> {
        #[serde(borrow)]
        order_id: &'a RawValue,
    }
    let Order { order_id } = serde_json::from_str(event.raw_payload?.get()).ok()?;
    let digits = order_id.get();
    let whole =
        digits.strip_prefix('-').unwrap_or(digits).bytes().all(|byte| byte.is_ascii_digit());
    whole.then(|| digits.to_owned())
}
