//! The names of things: keys chosen by people, ids made by machines.
//!
//! Each is a newtype that can only hold a valid value, so a function that takes an
//! [`ExperimentKey`] needs no check, and three strings in a row cannot be swapped.
//!
//! ```compile_fail,E0308
//! # use ttoolab_core::id::{ExperimentKey, VariantKey};
//! fn show(experiment: &ExperimentKey, variant: &VariantKey) {}
//! let variant = VariantKey::parse("b").unwrap();
//! show(&variant, &variant);
//! ```

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// The longest key, in bytes: room for a readable name, small enough for an index and a URL.
const MAX_KEY_BYTES: usize = 64;

/// The longest event name, in characters (the published limit).
const MAX_EVENT_NAME_CHARS: usize = 128;

/// A text that is not a valid key or id.
///
/// ```
/// use ttoolab_core::id::{EventId, GoalKey, InvalidId};
/// assert_eq!(GoalKey::parse("Order"), Err(InvalidId::Key));
/// assert_eq!(EventId::parse("7"), Err(InvalidId::Uuid));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// Not of the form `^[a-z0-9][a-z0-9_.-]{0,63}$`.
    #[error("a key is 1 to 64 characters of a-z, 0-9, `_`, `.`, `-`, and starts with a-z or 0-9")]
    Key,
    /// Not a hyphenated UUID.
    #[error("an id is a UUID such as 550e8400-e29b-41d4-a716-446655440000")]
    Uuid,
    /// Empty, too long, or with a control character.
    #[error("an event name is 1 to 128 characters without control characters")]
    EventName,
}

/// Tells whether `text` is a key: `^[a-z0-9][a-z0-9_.-]{0,63}$`.
///
/// ```
/// use ttoolab_core::id::is_key;
/// assert!(is_key("hero-2.b"));
/// assert!(!is_key("Hero"));
/// assert!(!is_key("-hero"));
/// ```
#[must_use]
pub fn is_key(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= MAX_KEY_BYTES
        && text.bytes().next().is_some_and(plain)
        && text.bytes().all(|byte| plain(byte) || matches!(byte, b'_' | b'.' | b'-'))
}

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// ```
        #[doc = concat!("use ttoolab_core::id::", stringify!($name), " as Key;")]
        /// let key: Key = serde_json::from_str(r#""hero-2.b""#).unwrap();
        /// assert_eq!(key.to_string(), "hero-2.b");
        /// assert!(serde_json::from_str::<Key>(r#""Hero""#).is_err());
        /// ```
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks `text` and wraps it.
            ///
            /// # Errors
            /// [`InvalidId::Key`] when it is not `^[a-z0-9][a-z0-9_.-]{0,63}$`.
            ///
            /// ```
            #[doc = concat!("use ttoolab_core::id::{InvalidId, ", stringify!($name), " as Key};")]
            /// assert!(Key::parse(&"a".repeat(64)).is_ok());
            /// assert_eq!(Key::parse(&"a".repeat(65)), Err(InvalidId::Key));
            /// ```
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                Self::try_from(text.to_owned())
            }

            /// The key as text.
            ///
            /// ```
            #[doc = concat!("# use ttoolab_core::id::", stringify!($name), " as Key;")]
            /// assert_eq!(Key::parse("hero").unwrap().as_str(), "hero");
            /// ```
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                if is_key(&text) { Ok(Self(text)) } else { Err(InvalidId::Key) }
            }
        }

        impl From<$name> for String {
            fn from(key: $name) -> String {
                key.0
            }
        }

        // Lets a map keyed by this type be asked with a `&str` from the wire.
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

key! {
    /// The public name of a project, safe in pages.
    ProjectKey
}
key! {
    /// The name of an experiment within its project.
    ExperimentKey
}
key! {
    /// The name of a variant within its experiment.
    VariantKey
}
key! {
    /// The name of a goal within its experiment.
    GoalKey
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// ```
        #[doc = concat!("use ttoolab_core::id::", stringify!($name), " as Id;")]
        /// let id = Id::parse("550E8400-E29B-41D4-A716-446655440000").unwrap();
        /// assert_eq!(id.to_string(), "550e8400-e29b-41d4-a716-446655440000");
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Reads the hyphenated form, in either case.
            ///
            /// # Errors
            /// [`InvalidId::Uuid`] for anything else, also for the braced, plain and URN
            /// forms of a UUID: one spelling keeps one visitor one visitor.
            ///
            /// ```
            #[doc = concat!("# use ttoolab_core::id::", stringify!($name), " as Id;")]
            /// assert!(Id::parse("550e8400-e29b-41d4-a716-446655440000").is_ok());
            /// assert!(Id::parse("550e8400e29b41d4a716446655440000").is_err());
            /// ```
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                if text.len() != uuid::fmt::Hyphenated::LENGTH {
                    return Err(InvalidId::Uuid);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId::Uuid)
            }

            /// Wraps the 16 bytes of an id that was checked before, such as a stored one.
            ///
            /// ```
            #[doc = concat!("# use ttoolab_core::id::", stringify!($name), " as Id;")]
            /// let id = Id::from_bytes([0xab; 16]);
            /// assert_eq!(id.to_string(), "abababab-abab-abab-abab-abababababab");
            /// ```
            #[must_use]
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The 16 bytes, big-endian: their order is the order of the hyphenated text.
            ///
            /// ```
            #[doc = concat!("# use ttoolab_core::id::", stringify!($name), " as Id;")]
            /// let id = Id::parse("550e8400-e29b-41d4-a716-446655440000").unwrap();
            /// assert_eq!(id.as_bytes()[..2], [0x55, 0x0e]);
            /// assert_eq!(Id::from_bytes(*id.as_bytes()), id);
            /// ```
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }
    };
}

uuid_id! {
    /// One visitor, which is one browser. Always shown in lower case.
    AnonymousId
}
uuid_id! {
    /// One event, the same on every re-send. UUIDv7 is kinder to the store; any UUID is accepted.
    EventId
}

/// Tells whether `name` may name an event: 1–128 characters, none of them a control character.
///
/// Names that start with `$` are ours; see [`crate::check`] for who may send which.
///
/// ```
/// use ttoolab_core::id::is_event_name;
/// assert!(is_event_name("signup.completed"));
/// assert!(!is_event_name(""));
/// assert!(!is_event_name("two\nlines"));
/// ```
#[must_use]
pub fn is_event_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= MAX_EVENT_NAME_CHARS
        && !name.chars().any(char::is_control)
}
