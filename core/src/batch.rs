//! What travels from a page to the collector, as it stands on the wire and not yet believed.
//!
//! Everything borrows from the body: a batch of ten events is parsed without copying a string.
//! Fields a reader does not know are ignored, so an older collector understands a newer page.
//!
//! ```
//! use ttoolab_core::batch::{Batch, is_shallow};
//! let body = r#"{"projectKey":"demo","anonymousId":"7","events":[{"seq":1},"no event"]}"#;
//! assert!(is_shallow(body.as_bytes()));
//! let batch: Batch = serde_json::from_str(body).unwrap();
//! // One bad event cannot take others with it: each is still text here.
//! assert_eq!(batch.events[1].get(), r#""no event""#);
//! ```

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The most events in one batch: with ordinary events well under the body limit, and a bound on
/// the work one request can ask for. The reader of a [`Batch`] holds it to that.
///
/// ```
/// use ttoolab_core::batch::{Batch, MAX_EVENTS};
/// # let events = vec!["{}"; MAX_EVENTS + 1].join(",");
/// # let body = format!(r#"{{"projectKey":"demo","anonymousId":"7","events":[{events}]}}"#);
/// let batch: Batch = serde_json::from_str(&body).unwrap();
/// let too_many = batch.events.len() > MAX_EVENTS;
/// assert_eq!((MAX_EVENTS, too_many), (200, true));
/// ```
pub const MAX_EVENTS: usize = 200;

/// The largest body, in bytes, after decompression: several times what a full outbox sends.
///
/// ```
/// use ttoolab_core::batch::{MAX_BODY_BYTES, MAX_EVENTS};
/// // What each event of a full batch may take.
/// assert_eq!(MAX_BODY_BYTES / MAX_EVENTS, 1310);
/// ```
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// The deepest nesting of a body: envelope, list, event, payload and four levels of the page's.
const MAX_DEPTH: usize = 8;

/// A string that is borrowed unless it holds escapes.
///
/// Half a surrogate pair, which scripts make when they cut an emoji in two, becomes U+FFFD, one for
/// each of its three bytes: it is not worth an event.
///
/// ```
/// use std::borrow::Cow;
/// use ttoolab_core::batch::Text;
/// let text: Text = serde_json::from_str(r#""lamp""#).unwrap();
/// assert!(matches!(text, Text(Cow::Borrowed("lamp"))));
/// let cut: Text = serde_json::from_str(r#""\ud83d!""#).unwrap();
/// assert_eq!(&*cut, "\u{fffd}\u{fffd}\u{fffd}!");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'a>(pub Cow<'a, str>);

impl<'a, 'de: 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct AsBytes;

        impl<'de> Visitor<'de> for AsBytes {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
                Ok(Text(String::from_utf8_lossy(bytes)))
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(String::from_utf8_lossy(bytes).into_owned())))
            }
        }

        // As bytes, because asked for text serde_json refuses a lone surrogate.
        from.deserialize_bytes(AsBytes)
    }
}

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// The body of `POST /sdk/events`.
///
/// ```
/// use ttoolab_core::batch::Batch;
/// let body = r#"{"projectKey":"demo","anonymousId":"550e8400-e29b-41d4-a716-446655440000",
///     "webdriver":true,"sdk":7,"events":[{}]}"#;
/// let batch: Batch = serde_json::from_str(body).unwrap();
/// assert_eq!((&*batch.project_key, batch.webdriver, batch.events.len()), ("demo", Some(true), 1));
/// // An optional field of another type costs nobody the batch; a missing key does.
/// assert!(batch.sdk.is_none());
/// assert!(serde_json::from_str::<Batch>(r#"{"projectKey":"demo","events":[]}"#).is_err());
/// ```
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Batch<'a> {
    /// Which project the page belongs to.
    #[serde(borrow)]
    pub project_key: Text<'a>,
    /// Which visitor did it all.
    #[serde(borrow)]
    pub anonymous_id: Text<'a>,
    /// The signed assignments of the visitor, if the page has them.
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub visitor_token: Option<Text<'a>>,
    /// Name and version of the sender, such as `ttoolab-wasm/0.1.0`.
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub sdk: Option<Text<'a>>,
    /// Events the page had to drop since its last acknowledged batch.
    #[serde(default, deserialize_with = "lenient")]
    pub dropped: Option<Dropped>,
    /// `navigator.webdriver`: the browser is driven by a program.
    #[serde(default, deserialize_with = "lenient")]
    pub webdriver: Option<bool>,
    /// The events, each parsed on its own so that one bad event cannot take others with it.
    #[serde(borrow)]
    pub events: Vec<&'a RawValue>,
}

/// How many events a page dropped, by reason.
///
/// ```
/// use ttoolab_core::batch::Dropped;
/// let dropped: Dropped = serde_json::from_str(r#"{"cap":3}"#).unwrap();
/// assert_eq!(dropped, Dropped { cap: 3, quota: 0, consent: 0 });
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Dropped {
    /// Over the outbox's own bound.
    pub cap: u32,
    /// Refused by the browser's storage or keepalive quota.
    pub quota: u32,
    /// Made before consent, which was then denied.
    pub consent: u32,
}

/// One event of a batch.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event<'a> {
    /// Identity, with project and visitor.
    #[serde(borrow, default)]
    pub event_id: Option<Text<'a>>,
    /// The page load it happened in.
    #[serde(borrow, default)]
    pub doc_id: Option<Text<'a>>,
    /// Its place within the page load, gap-free from 1.
    #[serde(default)]
    pub seq: Option<u32>,
    /// `$exposure`, `$url`, `$click`, `$submit`, `$refund` or a tracked name.
    #[serde(borrow, default)]
    pub event_name: Option<Text<'a>>,
    /// The page's own clock, RFC 3339.
    #[serde(borrow, default)]
    pub created_at: Option<Text<'a>>,
    /// Server time minus page clock at the last bootstrap, in milliseconds.
    #[serde(default)]
    pub clock_offset_ms: Option<f64>,
    /// The full URL of the page.
    #[serde(borrow, default)]
    pub url: Option<Text<'a>>,
    /// The full URL of the page before.
    #[serde(borrow, default)]
    pub referrer: Option<Text<'a>>,
    /// Properties; see [`crate::payload`].
    #[serde(borrow, default)]
    pub payload: Option<&'a RawValue>,
    /// The assignments in force when it happened: a list of [`Assignment`].
    #[serde(borrow, default)]
    pub assignments: Option<&'a RawValue>,
    /// The goals the browser judged met: a list of [`Claim`].
    #[serde(borrow, default)]
    pub conversions: Option<&'a RawValue>,
}

/// An assignment as an event saw it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Assignment<'a> {
    /// The experiment.
    #[serde(borrow)]
    pub experiment_key: Text<'a>,
    /// The variant the page showed.
    #[serde(borrow)]
    pub variant_key: Text<'a>,
    /// The epoch the assignment belongs to.
    #[serde(default)]
    pub epoch: Option<u32>,
    /// The exposure the event followed, if it followed one.
    #[serde(borrow, default)]
    pub exposure_id: Option<Text<'a>>,
}

/// A goal the browser says was met.
///
/// ```
/// use ttoolab_core::batch::Claim;
/// let claim = r#"{"experimentKey":"hero","goalKey":"order"}"#;
/// let claim: Claim = serde_json::from_str(claim).unwrap();
/// assert_eq!((&*claim.experiment_key, &*claim.goal_key), ("hero", "order"));
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claim<'a> {
    /// The experiment the goal belongs to.
    #[serde(borrow)]
    pub experiment_key: Text<'a>,
    /// The goal.
    #[serde(borrow)]
    pub goal_key: Text<'a>,
}

/// Reads a field that must not cost the batch: a value of another type counts as absent.
fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let raw: &'de RawValue = Deserialize::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get()).ok())
}

/// Tells whether a body is nested no deeper than eight levels.
///
/// Looked at before parsing, on the bytes alone: a parser would have to build what it is about
/// to refuse. Quotes are followed so that brackets inside strings do not count; a body that is
/// not JSON gets any answer here and its error from the parser.
///
/// ```
/// use ttoolab_core::batch::is_shallow;
/// assert!(is_shallow(br#"{"a":[{"b":"[[[[[[[[[["}]}"#));
/// assert!(is_shallow(b"[[[[[[[[1]]]]]]]]"));
/// assert!(!is_shallow(b"[[[[[[[[[1]]]]]]]]]"));
/// ```
#[must_use]
pub fn is_shallow(body: &[u8]) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for &byte in body {
        if escaped {
            escaped = false;
        } else if in_string {
            match byte {
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
        } else {
            match byte {
                b'"' => in_string = true,
                b'{' | b'[' => {
                    depth += 1;
                    if depth > MAX_DEPTH {
                        return false;
                    }
                }
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    true
}
