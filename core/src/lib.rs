//! The pure rules of Ttoolab goal tracking, compiled into both ends.
//!
//! The browser (`sdk-wasm`) and the server (`collector`) judge the same event by
//! the code in this crate, so they cannot disagree. Nothing here reads a clock, draws a random
//! number, or touches the network or a disk: what a rule needs to know is an argument.
//!
//! The modules in the order an event meets them:
//!
//! 1. [`id`]: the keys and ids everything else is named by;
//! 2. [`blob`]: what a page is told when it opens, each [`change`] of it, and [`batch`]: what it sends,
//!    not yet believed;
//! 3. [`payload`]: the properties a page sent along, read once;
//! 4. [`check`]: one unchecked event in, a checked event or a reason for refusing it out;
//! 5. [`url_rule`] and [`selector`]: which pages and which elements a rule speaks of, and [`forced`]:
//!    which variants a page's URL asks for;
//! 6. [`goal`]: what counts as success, and whether a signal meets it;
//! 7. [`money`]: amounts as integers in a currency's minor unit;
//! 8. [`clock`]: which time an event is taken to have happened at, and on which day;
//! 9. [`reason`]: the word for what became of an event.
//!
//! ```
//! use ttoolab_core::check::{IdRule, check_event};
//! use ttoolab_core::clock::corrected;
//! # let raw = r#"{ "eventId": "0193b5f0-0000-7000-8000-000000000000", "eventName": "purchase",
//! #   "createdAt": "2026-11-23T10:00:00.000Z", "clockOffsetMs": -120 }"#;
//! # let raw = serde_json::from_str(raw).unwrap();
//! # let received_ms = 1_795_428_001_000;
//! // From an event on the wire to the time it counts at; the receipt is an argument.
//! let event = check_event(raw, IdRule::Required).unwrap();
//! let time = corrected(event.created_ms.unwrap(), event.clock_offset_ms, received_ms);
//! assert_eq!((time.at_ms, time.bad_clock), (1_795_427_999_880, false));
//! ```

pub mod batch;
pub mod blob;
pub mod change;
pub mod check;
pub mod clock;
pub mod forced;
pub mod goal;
pub mod id;
pub mod money;
pub mod payload;
pub mod reason;
pub mod selector;
pub mod url_rule;
