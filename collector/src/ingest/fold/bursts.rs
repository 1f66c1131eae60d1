//! Visitors who do more within seconds than a person can.

use crate::store::verdict::Lane;
use ttoolab_core::id::EventId;

/// The most events of one visitor within [`BURST_MS`] that a person may make: a page with a dozen
/// goals and a nervous finger stays far below.
const MAX_BURST: usize = 300;
/// How long a burst lasts, in milliseconds of corrected time.
const BURST_MS: u64 = 10_000;

/// The times of a visitor's events; nothing any more once they were too many.
///
/// A sorted list of eight bytes an event, for millions of visitors have one: the time in
/// milliseconds (42 bits, until 2109), and 22 bits of the id, so that a second copy is seen as one.
#[derive(Debug, Default)]
pub(super) struct Times {
    verified: Vec<u64>,
    unverified: Vec<u64>,
}

/// The bits of an entry that tell two events of one millisecond apart.
const ID_BITS: u32 = 22;
/// The largest prime below 2²².
const ID_MODULUS: u128 = 4_194_301;

impl Times {
    /// Takes in an event; tells whether its lane shows a burst now. Unverified events are counted
    /// apart: anybody can send those.
    pub(super) fn add(&mut self, lane: Lane, at_ms: i64, event_id: EventId) -> bool {
        let times = match lane {
            Lane::Verified => &mut self.verified,
            Lane::Unverified => &mut self.unverified,
        };
        // A remainder depends on every byte; some bits alone may be the same in all ids of a page.
        let id = u128::from_be_bytes(*event_id.as_bytes()) % ID_MODULUS;
        let id = u64::try_from(id).unwrap_or(0);
        let entry = (u64::try_from(at_ms).unwrap_or(0) << ID_BITS) | id;
        let Err(place) = times.binary_search(&entry) else { return false };
        times.insert(place, entry);
        let windows = times[place.saturating_sub(MAX_BURST)..].windows(MAX_BURST + 1);
        let burst = windows.take(MAX_BURST + 1).any(|window| {
            let time = |entry: u64| entry >> ID_BITS;
            time(window[MAX_BURST]) - time(window[0]) <= BURST_MS
        });
        if burst {
            *times = Vec::new();
        }
        burst
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether any of the events, sent in that order, shows a burst.
    fn flags(events: impl IntoIterator<Item = (u8, i64)>) -> bool {
        let mut times = Times::default();
        let id = |id| EventId::from_bytes([id; 16]);
        let bursts: Vec<bool> =
            events.into_iter().map(|(n, at_ms)| times.add(Lane::Verified, at_ms, id(n))).collect();
        bursts.contains(&true)
    }

    /// `count` events, spread evenly over a time that ends `span` after it began.
    fn spread(count: i64, span: i64) -> impl DoubleEndedIterator<Item = (u8, i64)> + Clone {
        (0..count).map(move |n| ((n % 251) as u8, 1_000_000 + n * span / (count - 1)))
    }

    #[test]
    fn more_than_300_events_within_10_seconds_are_a_burst() {
        assert!(flags(spread(301, 10_000)));
        assert!(!flags(spread(300, 10_000)), "300 are allowed");
        assert!(!flags(spread(301, 10_001)), "they took longer");
        assert!(flags(spread(301, 10_000).rev()), "in any order");
        let odd_first = spread(301, 10_000).enumerate().filter(|(n, _)| n % 2 == 1);
        let even_last = spread(301, 10_000).enumerate().filter(|(n, _)| n % 2 == 0);
        assert!(flags(odd_first.chain(even_last).map(|(_, event)| event)));
    }

    #[test]
    fn a_second_copy_is_no_second_event() {
        let twice = spread(151, 100).chain(spread(151, 100));
        assert!(!flags(twice));
    }
}
