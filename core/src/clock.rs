//! When an event is taken to have happened, and on which day that was.
//!
//! Times are milliseconds since the Unix epoch, in UTC. Nothing here reads a clock.
//!
//! ```
//! use ttoolab_core::clock::{Day, corrected, parse_time};
//! // The page's clock is ten minutes fast, and it knows.
//! let created = parse_time("2026-11-24T00:05:00.000Z").unwrap();
//! let received = parse_time("2026-11-23T23:55:01.000Z").unwrap();
//! let event = corrected(created, Some(-600_000), received);
//! assert!(!event.bad_clock);
//! assert_eq!(Day::of(event.at_ms, &jiff::tz::TimeZone::UTC).to_string(), "2026-11-23");
//! ```

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How long before its receipt an event may say it happened when the page knew the offset of its
/// clock: an outbox that waited out a holiday.
const MAX_AGE_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// The same without a known offset, when the page's clock is all there is.
const MAX_AGE_WITHOUT_OFFSET_MS: i64 = 72 * 60 * 60 * 1000;
/// How far after its receipt an event may say it happened: the error of a measured offset.
const MAX_FUTURE_MS: i64 = 5 * 60 * 1000;

/// A text that is no RFC 3339 time.
///
/// ```
/// use ttoolab_core::clock::{InvalidTime, parse_time};
/// // A time needs its offset from UTC: without one it is another moment in every zone.
/// assert_eq!(parse_time("2026-11-23T10:00:00"), Err(InvalidTime));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time is RFC 3339, such as 2026-11-23T10:00:00.000Z")]
pub struct InvalidTime;

/// The time an event counts at.
///
/// ```
/// use ttoolab_core::clock::{Corrected, corrected};
/// let received = 1_000_000_000_000;
/// // Four days old, from a page that never learned the offset of its clock.
/// let four_days = 4 * 24 * 60 * 60 * 1000;
/// assert_eq!(
///     corrected(received - four_days, None, received),
///     Corrected { at_ms: received, bad_clock: true },
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corrected {
    /// Milliseconds since the epoch.
    pub at_ms: i64,
    /// The page's clock was not believable and the receipt stands in.
    pub bad_clock: bool,
}

/// Reads an RFC 3339 time with its offset, to the millisecond.
///
/// # Errors
/// [`InvalidTime`] for any other text.
///
/// ```
/// use ttoolab_core::clock::parse_time;
/// assert_eq!(parse_time("1970-01-01T00:00:01.500Z"), Ok(1500));
/// assert!(parse_time("yesterday").is_err());
/// ```
pub fn parse_time(text: &str) -> Result<i64, InvalidTime> {
    if !is_rfc3339(text.as_bytes()) {
        return Err(InvalidTime);
    }
    text.parse::<Timestamp>().map(Timestamp::as_millisecond).map_err(|_| InvalidTime)
}

/// Tells whether `text` has the shape of RFC 3339; the parser is more liberal (it also reads ISO
/// 8601's short forms), and a form that only one end understands would be judged differently.
fn is_rfc3339(text: &[u8]) -> bool {
    let Some((date_time, rest)) = text.split_at_checked("2026-11-23T10:00:00".len()) else {
        return false;
    };
    // That a point is followed by digits, the parser sees to.
    let zone = rest.strip_prefix(b".").map_or(rest, |fraction| {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        &fraction[digits..]
    });
    let zone_fits = match zone {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', rest @ ..] => has_shape(rest, b"00:00"),
        _ => false,
    };
    zone_fits && has_shape(date_time, b"0000-00-00T00:00:00")
}

/// Compares with a template in which `0` is any digit and `T` is either case.
fn has_shape(text: &[u8], template: &[u8]) -> bool {
    text.len() == template.len()
        && text.iter().zip(template).all(|(byte, wanted)| match wanted {
            b'0' => byte.is_ascii_digit(),
            b'T' => byte.eq_ignore_ascii_case(wanted),
            _ => byte == wanted,
        })
}

/// Writes a time as RFC 3339 in UTC with milliseconds.
///
/// ```
/// use ttoolab_core::clock::format_time;
/// assert_eq!(format_time(1500), "1970-01-01T00:00:01.500Z");
/// ```
#[must_use]
pub fn format_time(at_ms: i64) -> String {
    let timestamp = Timestamp::from_millisecond(at_ms).unwrap_or_default();
    format!("{timestamp:.3}")
}

/// Corrects the page's clock by the offset it measured, and replaces it by the receipt when the
/// result lies outside the believable window.
///
/// ```
/// use ttoolab_core::clock::{Corrected, corrected};
/// let received = 1_000_000_000_000;
/// // The page's clock is two minutes behind, and it knows.
/// assert_eq!(
///     corrected(received - 120_000, Some(120_000), received),
///     Corrected { at_ms: received, bad_clock: false },
/// );
/// // A clock in the next century.
/// assert!(corrected(4_102_444_800_000, None, received).bad_clock);
/// ```
#[must_use]
pub fn corrected(created_ms: i64, offset_ms: Option<i64>, received_ms: i64) -> Corrected {
    let max_age = if offset_ms.is_some() { MAX_AGE_MS } else { MAX_AGE_WITHOUT_OFFSET_MS };
    let at_ms = created_ms.saturating_add(offset_ms.unwrap_or(0));
    let window = received_ms - max_age..=received_ms + MAX_FUTURE_MS;
    if window.contains(&at_ms) {
        Corrected { at_ms, bad_clock: false }
    } else {
        Corrected { at_ms: received_ms, bad_clock: true }
    }
}

/// A calendar day in a project's time zone, counted from 1970-01-01.
///
/// ```
/// use jiff::tz::TimeZone;
/// use ttoolab_core::clock::Day;
/// let [first, last, next] = [0, 86_399_999, 86_400_000].map(|ms| Day::of(ms, &TimeZone::UTC));
/// assert_eq!(first, last);
/// assert!(last < next);
/// assert_eq!(next.to_string(), "1970-01-02");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

impl Day {
    /// The day on which `at_ms` falls in `zone`.
    ///
    /// ```
    /// use jiff::tz::TimeZone;
    /// use ttoolab_core::clock::{Day, parse_time};
    /// let late = parse_time("2026-11-23T23:30:00.000Z").unwrap();
    /// assert_eq!(Day::of(late, &TimeZone::UTC).to_string(), "2026-11-23");
    /// let berlin = TimeZone::get("Europe/Berlin").unwrap();
    /// assert_eq!(Day::of(late, &berlin).to_string(), "2026-11-24");
    /// ```
    #[must_use]
    pub fn of(at_ms: i64, zone: &TimeZone) -> Self {
        let timestamp = Timestamp::from_millisecond(at_ms).unwrap_or_default();
        let seconds = i64::from(zone.to_offset(timestamp).seconds());
        // Rounded down, also before 1970.
        let local = at_ms.div_euclid(1000).saturating_add(seconds);
        Self(i32::try_from(local.div_euclid(24 * 60 * 60)).unwrap_or_default())
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let midnight = Timestamp::from_second(i64::from(self.0) * 24 * 60 * 60).unwrap_or_default();
        TimeZone::UTC.to_datetime(midnight).date().fmt(f)
    }
}
