//! The properties a page sent with an event, read once and within bounds.

use crate::batch::Text;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The most properties in one object.
pub const MAX_PROPERTIES: usize = 64;
/// The longest property name, in bytes.
pub const MAX_PROPERTY_KEY_BYTES: usize = 64;
/// The longest string in a payload, in bytes: longer ones are documents, not properties.
pub const MAX_STRING_BYTES: usize = 1024;

/// One property's value, as far as rules can look into it.
#[derive(Debug, Clone, PartialEq)]
pub enum Property<'a> {
    /// A JSON number.
    Number(Number),
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
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Payload<'a> {
    properties: Vec<(Cow<'a, str>, Property<'a>)>,
}

/// Why a payload was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
    pub fn read(raw: &'a RawValue) -> Result<Self, InvalidPayload> {
        let mut fault = None;
        let mut json = serde_json::Deserializer::from_str(raw.get());
        match (Top { fault: &mut fault }).deserialize(&mut json) {
            Ok(properties) => Ok(Self { properties }),
            // The JSON itself was read before: what stops the visitor is a bound, or the type.
            Err(_) => Err(fault.unwrap_or(InvalidPayload::NotAnObject)),
        }
    }

    /// The property of that name; of several with one name the last, as in `JSON.parse`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Property<'a>> {
        self.properties.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

/// Reads the top level. Bounds are reported through `fault` because serde errors carry text only.
struct Top<'f> {
    fault: &'f mut Option<InvalidPayload>,
}

impl<'de> DeserializeSeed<'de> for Top<'_> {
    type Value = Vec<(Cow<'de, str>, Property<'de>)>;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Top<'_> {
    type Value = Vec<(Cow<'de, str>, Property<'de>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut properties = Vec::new();
        while let Some(Text(key)) = map.next_key()? {
            check_key(&key, properties.len(), self.fault)?;
            let value = map.next_value_seed(Value { fault: self.fault })?;
            properties.push((key, value));
        }
        Ok(properties)
    }
}

/// Reads one value and everything below it.
struct Value<'f> {
    fault: &'f mut Option<InvalidPayload>,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Property<'de>;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Property<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Property::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Property::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Property::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Number::from_f64(value).map_or(Property::Null, Property::Number))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Property::Null)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        check_string(text, self.fault)?;
        Ok(Property::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        check_string(text, self.fault)?;
        Ok(Property::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element_seed(Value { fault: self.fault })?.is_some() {}
        Ok(Property::Nested)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut count = 0;
        while let Some(Text(key)) = map.next_key()? {
            check_key(&key, count, self.fault)?;
            map.next_value_seed(Value { fault: self.fault })?;
            count += 1;
        }
        Ok(Property::Nested)
    }
}

fn check_key<E: Error>(
    key: &str,
    count_before: usize,
    fault: &mut Option<InvalidPayload>,
) -> Result<(), E> {
    if count_before >= MAX_PROPERTIES {
        return Err(stop(fault, InvalidPayload::TooManyProperties));
    }
    if key.len() > MAX_PROPERTY_KEY_BYTES {
        return Err(stop(fault, InvalidPayload::KeyTooLong));
    }
    Ok(())
}

fn check_string<E: Error>(text: &str, fault: &mut Option<InvalidPayload>) -> Result<(), E> {
    if text.len() > MAX_STRING_BYTES {
        return Err(stop(fault, InvalidPayload::StringTooLong));
    }
    Ok(())
}

fn stop<E: Error>(fault: &mut Option<InvalidPayload>, why: InvalidPayload) -> E {
    let error = E::custom(&why);
    *fault = Some(why);
    error
}
