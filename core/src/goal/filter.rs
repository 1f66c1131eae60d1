//! `where`: conditions on the payload of a tracked event.

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// How a property is compared.
///
/// ```
/// use ttoolab_core::goal::{FilterOp, WhereClause};
/// let text = r#"{"field":"coupon","op":"exists"}"#;
/// let clause: WhereClause = serde_json::from_str(text).unwrap();
/// assert_eq!(clause.op, FilterOp::Exists);
/// assert_eq!(serde_json::to_string(&clause).unwrap(), text);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterOp {
    /// Equal.
    Eq,
    /// A number greater than the value.
    Gt,
    /// A number less than the value.
    Lt,
    /// Equal to one of the values.
    In,
    /// Present, whatever it is; `false` as value asks for its absence.
    Exists,
}

/// A property's value, as far as a condition can look into it.
///
/// ```
/// use ttoolab_core::goal::Value;
/// // What a host gives for `"249.00"` and for `"many"`.
/// let amount = Value::Text("249.00".into(), Some(249.0));
/// let word = Value::Text("many".into(), None);
/// # assert_ne!(amount, word);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// A number.
    Number(f64),
    /// A text, and the number it stands for if it [`is_plain_decimal`], such as `"249.00"`. The
    /// host converts it: a float parser of our own is 10 KB of wasm that every browser has.
    Text(Cow<'a, str>, Option<f64>),
    /// A boolean.
    Bool(bool),
    /// An object or a list: it exists, and equals nothing.
    Nested,
}

/// One condition: the property `field`, compared by `op` with `value`.
///
/// ```
/// use ttoolab_core::goal::{FilterOp, Operand, WhereClause};
/// let text = r#"{"field":"revenue","op":"gt","value":99.5}"#;
/// let clause: WhereClause = serde_json::from_str(text).unwrap();
/// assert_eq!((clause.op, &clause.value), (FilterOp::Gt, &Operand::Number(99.5)));
/// assert_eq!(serde_json::to_string(&clause).unwrap(), text);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhereClause {
    /// The property's name.
    pub field: String,
    /// How to compare.
    pub op: FilterOp,
    /// What to compare with: a number, text or boolean; for `in` a list of them; for `exists`
    /// nothing, or `false` to ask for absence.
    #[serde(default, skip_serializing_if = "Operand::is_none")]
    pub value: Operand,
}

/// The right-hand side of a condition.
///
/// ```
/// use ttoolab_core::goal::Operand;
/// let value: Operand = serde_json::from_str(r#"["pro", 3]"#).unwrap();
/// assert_eq!(value, Operand::List(vec![Operand::Text("pro".into()), Operand::Number(3.0)]));
/// let why = serde_json::from_str::<Operand>(r#"{"plan":"pro"}"#).unwrap_err();
/// assert!(why.to_string().contains("expected a number, a text, a boolean or a list of them"));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Operand {
    /// Left out.
    #[default]
    None,
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A boolean.
    Bool(bool),
    /// A list of scalars.
    List(Vec<Operand>),
}

impl WhereClause {
    /// Tells whether the operator can use its value.
    pub(super) fn is_sound(&self) -> bool {
        let fits = match self.op {
            FilterOp::Eq => self.value.is_scalar(),
            FilterOp::Gt | FilterOp::Lt => matches!(self.value, Operand::Number(_)),
            FilterOp::In => {
                matches!(&self.value, Operand::List(list) if list.iter().all(Operand::is_scalar))
            }
            FilterOp::Exists => matches!(self.value, Operand::None | Operand::Bool(_)),
        };
        !self.field.is_empty() && fits
    }

    /// Tells whether the condition holds for the property's value, `None` being absent.
    pub(super) fn holds(&self, found: Option<&Value<'_>>) -> bool {
        match (self.op, &self.value, found) {
            (FilterOp::Exists, wanted, found) => {
                found.is_some() == !matches!(wanted, Operand::Bool(false))
            }
            (FilterOp::Eq, wanted, Some(found)) => wanted.equals(found),
            (FilterOp::In, Operand::List(list), Some(found)) => {
                list.iter().any(|wanted| wanted.equals(found))
            }
            (FilterOp::Gt, Operand::Number(bound), Some(found)) => {
                found.number().is_some_and(|number| number > *bound)
            }
            (FilterOp::Lt, Operand::Number(bound), Some(found)) => {
                found.number().is_some_and(|number| number < *bound)
            }
            (FilterOp::Eq | FilterOp::In | FilterOp::Gt | FilterOp::Lt, _, _) => false,
        }
    }
}

impl Value<'_> {
    fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(_, number) => *number,
            Self::Bool(_) | Self::Nested => None,
        }
    }
}

impl Operand {
    fn is_none(&self) -> bool {
        *self == Self::None
    }

    fn is_scalar(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Text(_) | Self::Bool(_))
    }

    /// Equality is by type and value: the text `"5"` is not the number 5.
    fn equals(&self, found: &Value<'_>) -> bool {
        match (self, found) {
            (Self::Number(wanted), Value::Number(found)) => wanted == found,
            (Self::Text(wanted), Value::Text(found, _)) => wanted == found,
            (Self::Bool(wanted), Value::Bool(found)) => wanted == found,
            (
                Self::None | Self::Number(_) | Self::Text(_) | Self::Bool(_) | Self::List(_),
                Value::Number(_) | Value::Text(..) | Value::Bool(_) | Value::Nested,
            ) => false,
        }
    }
}

/// Tells whether `text` is an optional minus, digits, and optionally a point and more digits:
/// the texts that every language's float parser reads alike.
///
/// ```
/// use ttoolab_core::goal::is_plain_decimal;
/// assert!(["249.00", "-0.5", "7"].into_iter().all(is_plain_decimal));
/// assert!(!["1e3", "+1", ".5", "5.", " 5", "1,000", "NaN"].into_iter().any(is_plain_decimal));
/// ```
#[must_use]
pub fn is_plain_decimal(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    match unsigned.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(unsigned),
    }
}

impl Serialize for Operand {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => to.serialize_unit(),
            Self::Number(number) => to.serialize_f64(*number),
            Self::Text(text) => to.serialize_str(text),
            Self::Bool(value) => to.serialize_bool(*value),
            Self::List(list) => list.serialize(to),
        }
    }
}

// By hand: the derived untagged form tries each variant in turn, and in a browser each failed
// try is a thrown `Error`.
impl<'de> Deserialize<'de> for Operand {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(OperandVisitor)
    }
}

struct OperandVisitor;

impl<'de> Visitor<'de> for OperandVisitor {
    type Value = Operand;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a text, a boolean or a list of them")
    }

    fn visit_unit<E: Error>(self) -> Result<Operand, E> {
        Ok(Operand::None)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Operand, E> {
        Ok(Operand::Bool(value))
    }

    // JSON has one kind of number; beyond 2^53 a comparison is as exact as the page's own.
    #[expect(clippy::cast_precision_loss, reason = "JSON numbers are doubles to a browser")]
    fn visit_i64<E: Error>(self, value: i64) -> Result<Operand, E> {
        Ok(Operand::Number(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "JSON numbers are doubles to a browser")]
    fn visit_u64<E: Error>(self, value: u64) -> Result<Operand, E> {
        Ok(Operand::Number(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Operand, E> {
        Ok(Operand::Number(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Operand, E> {
        Ok(Operand::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Operand, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = from.next_element()? {
            list.push(value);
        }
        Ok(Operand::List(list))
    }
}
