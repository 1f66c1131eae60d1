//! The properties a page sent with an event, read once and within bounds.
//!
//! ```
//! use ttoolab_core::payload::{InvalidPayload, Payload};
//! let read = |json| Payload::read(serde_json::from_str(json).unwrap());
//! assert!(read(r#"{"revenue":249.00,"items":[{"sku":"lamp"}]}"#).is_ok());
//! assert_eq!(read("[249.00]"), Err(InvalidPayload::NotAnObject));
//! ```

use crate::batch::Text;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Number;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The most properties in one object.
///
/// ```
/// # use serde_json::{json, value::to_raw_value};
/// # use ttoolab_core::payload::{InvalidPayload, MAX_PROPERTIES, Payload};
/// let of = |count| {
///     let named: serde_json::Map<_, _> = (0..count).map(|n| (n.to_string(), json!(n))).collect();
///     to_raw_value(&named).unwrap()
/// };
/// assert!(Payload::read(&of(MAX_PROPERTIES)).is_ok());
/// assert_eq!(Payload::read(&of(MAX_PROPERTIES + 1)), Err(InvalidPayload::TooManyProperties));
/// ```
pub const MAX_PROPERTIES: usize = 64;
/// The longest property name, in bytes.
///
/// ```
/// # use serde_json::{json, value::to_raw_value};
/// # use ttoolab_core::payload::{InvalidPayload, MAX_PROPERTY_KEY_BYTES, Payload};
/// let of = |length| to_raw_value(&json!({ "k".repeat(length): 1 })).unwrap();
/// assert!(Payload::read(&of(MAX_PROPERTY_KEY_BYTES)).is_ok());
/// assert_eq!(Payload::read(&of(MAX_PROPERTY_KEY_BYTES + 1)), Err(InvalidPayload::KeyTooLong));
/// ```
pub const MAX_PROPERTY_KEY_BYTES: usize = 64;
/// The longest string in a payload, in bytes: longer ones are documents, not properties.
///
/// ```
/// # use serde_json::{json, value::to_raw_value};
/// # use ttoolab_core::payload::{InvalidPayload, MAX_STRING_BYTES, Payload};
/// let of = |length| to_raw_value(&json!({ "note": "n".repeat(length) })).unwrap();
/// assert!(Payload::read(&of(MAX_STRING_BYTES)).is_ok());
/// assert_eq!(Payload::read(&of(MAX_STRING_BYTES + 1)), Err(InvalidPayload::StringTooLong));
/// ```
pub const MAX_STRING_BYTES: usize = 1024;

/// One property's value, as far as rules can look into it.
///
/// ```
/// use ttoolab_core::payload::{Payload, Property};
/// let raw = serde_json::from_str(r#"{"a":[1,2],"b":null,"c":1e400}"#).unwrap();
/// let payload = Payload::read(raw).unwrap();
/// assert_eq!(payload.get("a"), Some(&Property::Nested));
/// assert_eq!(payload.get("b"), Some(&Property::Null));
/// assert_eq!(payload.get("c"), Some(&Property::HugeNumber));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Property<'a> {
    /// A JSON number.
    Number(Number),
    /// A JSON number that no double can hold, such as `1e400`.
    HugeNumber,
    /// A JSON string.
    Text(Cow<'a, str>),
    /// A JSON boolean.
    Bool(bool),
    /// A JSON `null`, which rules treat as absent.
    Null,
    /// An object or a list: kept in the stored payload, never looked into by a rule.
    Nested,
}

/// The properties of one event, in the order they were sent.
///
/// ```
/// use ttoolab_core::payload::Payload;
/// // What an event without a payload has.
/// assert_eq!(Payload::default().get("revenue"), None);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Payload<'a> {
    properties: Vec<(Cow<'a, str>, Property<'a>)>,
}

/// Why a payload was refused.
///
/// ```
/// # use serde_json::{json, value::to_raw_value};
/// use ttoolab_core::payload::{InvalidPayload, Payload};
/// // The bounds hold at every depth.
/// let raw = to_raw_value(&json!({ "cart": [{ "note": "n".repeat(1025) }] })).unwrap();
/// let why = Payload::read(&raw).unwrap_err();
/// assert_eq!(why, InvalidPayload::StringTooLong);
/// assert_eq!(why.to_string(), "a string in the payload is longer than 1024 bytes");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPayload {
    /// Not a JSON object.
    #[error("payload must be an object")]
    NotAnObject,
    /// More than [`MAX_PROPERTIES`] properties in one object.
    #[error("an object in the payload has more than 64 properties")]
    TooManyProperties,
    /// A property name longer than [`MAX_PROPERTY_KEY_BYTES`].
    #[error("a property name in the payload is longer than 64 bytes")]
    KeyTooLong,
    /// A string longer than [`MAX_STRING_BYTES`].
    #[error("a string in the payload is longer than 1024 bytes")]
    StringTooLong,
}

impl<'a> Payload<'a> {
    /// Reads `raw`, which is valid JSON, and checks every bound at every depth.
    ///
    /// # Errors
    /// [`InvalidPayload`] names the first bound that is broken.
    ///
    /// ```
    /// use ttoolab_core::payload::{Payload, Property};
    /// let raw = serde_json::from_str(r#"{"plan":"pro","seats":3}"#).unwrap();
    /// let payload = Payload::read(raw).unwrap();
    /// assert_eq!(payload.get("plan"), Some(&Property::Text("pro".into())));
    /// assert_eq!(payload.get("colour"), None);
    /// ```
    pub fn read(raw: &'a RawValue) -> Result<Self, InvalidPayload> {
        let mut properties = Vec::new();
        for (key, value) in entries(raw)? {
            properties.push((key, property(value)?));
        }
        Ok(Self { properties })
    }

    /// The property of that name; of several with one name the last, as in `JSON.parse`.
    ///
    /// ```
    /// # use ttoolab_core::payload::{Payload, Property};
    /// let raw = serde_json::from_str(r#"{"gift":true,"gift":false}"#).unwrap();
    /// let payload = Payload::read(raw).unwrap();
    /// assert_eq!(payload.get("gift"), Some(&Property::Bool(false)));
    /// ```
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Property<'a>> {
        self.properties.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

/// Reads one value, told apart by its first byte.
///
/// Not by serde's self-describing interface: that stops at the first number a double cannot
/// hold, and would take the whole event with it.
fn property(raw: &RawValue) -> Result<Property<'_>, InvalidPayload> {
    let json = raw.get();
    Ok(match json.as_bytes().first() {
        Some(b'"') => Property::Text(text(raw)?),
        Some(b'{') => {
            for (_, value) in entries(raw)? {
                property(value)?;
            }
            Property::Nested
        }
        Some(b'[') => {
            let list: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
            for value in list {
                property(value)?;
            }
            Property::Nested
        }
        Some(b't') => Property::Bool(true),
        Some(b'f') => Property::Bool(false),
        Some(b'n') | None => Property::Null,
        Some(_) => serde_json::from_str(json).map_or(Property::HugeNumber, Property::Number),
    })
}

fn text(raw: &RawValue) -> Result<Cow<'_, str>, InvalidPayload> {
    let Text(text) = serde_json::from_str(raw.get()).map_err(|_| InvalidPayload::NotAnObject)?;
    if text.len() > MAX_STRING_BYTES { Err(InvalidPayload::StringTooLong) } else { Ok(text) }
}

type Entry<'a> = (Cow<'a, str>, &'a RawValue);

/// The entries of an object, in order, duplicates included.
fn entries(raw: &RawValue) -> Result<Vec<Entry<'_>>, InvalidPayload> {
    let Entries(entries) =
        serde_json::from_str(raw.get()).map_err(|_| InvalidPayload::NotAnObject)?;
    if entries.len() > MAX_PROPERTIES {
        return Err(InvalidPayload::TooManyProperties);
    }
    if entries.iter().any(|(key, _)| key.len() > MAX_PROPERTY_KEY_BYTES) {
        return Err(InvalidPayload::KeyTooLong);
    }
    Ok(entries)
}

struct Entries<'a>(Vec<Entry<'a>>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some((Text(key), value)) = map.next_entry()? {
                    entries.push((key, value));
                }
                Ok(Entries(entries))
            }
        }

        from.deserialize_map(Collect)
    }
}
