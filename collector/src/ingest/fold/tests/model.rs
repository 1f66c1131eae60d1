//! The counting rules, written as plainly as they read, and slowly: every question is asked of
//! the whole list of events. Shares no code with the fold.

use super::history::{EDITED_AT, Event, GOALS, Kind, VARIANTS};
use crate::store::verdict::Lane;
use std::collections::BTreeMap;

/// Epoch, lane, flagged, variant, goal, day.
pub(super) type Cell = (u32, Lane, bool, &'static str, Option<&'static str>, String);
pub(super) type Numbers = BTreeMap<Cell, Sums>;

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) exposures: i64,
    pub(super) conversions: i64,
    pub(super) total_conversions: i64,
    /// Orders, of them fully refunded, gross, refunds; by currency.
    pub(super) money: BTreeMap<&'static str, (i64, i64, i128, i128)>,
}

pub(super) fn numbers(events: &[Event]) -> Numbers {
    let mut numbers = Numbers::new();
    for visitor in 0..3 {
        let Some(exposed) = exposure_of(events, visitor) else { continue };
        let Kind::Exposure { variant, epoch } = &events[exposed].kind else { unreachable!() };
        let lane = events[exposed].lane;
        let flagged = is_flagged(events, visitor, lane);
        let cell = |goal, at: i64| (*epoch, lane, flagged, VARIANTS[*variant], goal, day(at));
        let exposed_at = events[exposed].at;
        numbers.entry(cell(None, exposed_at)).or_default().exposures += 1;
        for goal in GOALS.into_iter().filter(|goal| counts_visitor(goal, exposed_at)) {
            let counted = numbers.entry(cell(Some(goal), exposed_at)).or_default();
            counted.exposures += 1;
            let mut first = true;
            for place in in_order(events) {
                if events[place].visitor != visitor || !counts(events, place, goal) {
                    continue;
                }
                let sums = numbers.entry(cell(Some(goal), events[place].at)).or_default();
                sums.total_conversions += 1;
                sums.conversions += i64::from(first);
                first = false;
                let Kind::Purchase { order, units: Some((units, currency)), .. } =
                    &events[place].kind
                else {
                    continue;
                };
                if goal != "aov" {
                    continue;
                }
                let money = sums.money.entry(currency).or_default();
                money.0 += 1;
                money.2 += i128::from(*units);
                let Some(order) = order else { continue };
                let mut left = *units;
                for (at, part) in refunds(events, *order, visitor, lane, currency) {
                    let part = part.unwrap_or(left).min(left);
                    if part == 0 {
                        continue;
                    }
                    left -= part;
                    let sums = numbers.entry(cell(Some(goal), at)).or_default();
                    let money = sums.money.entry(currency).or_default();
                    money.3 += i128::from(part);
                    money.1 += i64::from(left == 0);
                }
            }
        }
    }
    numbers
}

/// Places in the order of (time, id).
fn in_order(events: &[Event]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..events.len()).collect();
    places.sort_by_key(|place| (events[*place].at, *place));
    places
}

/// The exposure that decides, unless two variants were verified.
fn exposure_of(events: &[Event], visitor: u8) -> Option<usize> {
    let exposures: Vec<usize> = in_order(events)
        .into_iter()
        .filter(|place| {
            let event = &events[*place];
            event.visitor == visitor && matches!(event.kind, Kind::Exposure { .. })
        })
        .collect();
    let verified: Vec<usize> =
        exposures.iter().copied().filter(|place| events[*place].lane == Lane::Verified).collect();
    let Some(first) = verified.first() else { return exposures.first().copied() };
    let variant = |place: usize| match events[place].kind {
        Kind::Exposure { variant, .. } => variant,
        Kind::Purchase { .. } | Kind::Refund { .. } => unreachable!(),
    };
    verified.iter().all(|place| variant(*place) == variant(*first)).then_some(*first)
}

fn is_flagged(events: &[Event], visitor: u8, lane: Lane) -> bool {
    events.iter().any(|event| {
        let heard = event.lane == Lane::Verified || lane == Lane::Unverified;
        event.visitor == visitor && event.flagged && heard
    })
}

fn counts_visitor(goal: &str, exposed_at: i64) -> bool {
    goal != "edited" || exposed_at >= EDITED_AT
}

/// Whether the event counts for the goal, its order id considered.
fn counts(events: &[Event], place: usize, goal: &str) -> bool {
    let Kind::Purchase { order, .. } = &events[place].kind else { return false };
    if !would_count(events, place, goal) {
        return false;
    }
    let Some(order) = order else { return true };
    let kind_of_visitor = |place: usize| {
        let visitor = events[place].visitor;
        let lane = events[exposure_of(events, visitor).unwrap()].lane;
        (lane, is_flagged(events, visitor, lane))
    };
    let first = in_order(events).into_iter().find(|other| {
        matches!(&events[*other].kind, Kind::Purchase { order: Some(o), .. } if o == order)
            && would_count(events, *other, goal)
            && kind_of_visitor(*other) == kind_of_visitor(place)
    });
    first == Some(place)
}

fn would_count(events: &[Event], place: usize, goal: &str) -> bool {
    let event = &events[place];
    let Kind::Purchase { after, units, .. } = &event.kind else { return false };
    let Some(exposed) = exposure_of(events, event.visitor) else { return false };
    if events[exposed].lane == Lane::Verified && event.lane == Lane::Unverified {
        return false;
    }
    let follows = match after {
        None => event.at >= events[exposed].at,
        Some(named) => events.get(*named).is_some_and(|named| {
            named.visitor == event.visitor && matches!(named.kind, Kind::Exposure { .. })
        }),
    };
    follows && counts_visitor(goal, events[exposed].at) && (goal != "aov" || units.is_some())
}

/// Time and part of each refund that may take from this order, in order.
fn refunds(
    events: &[Event],
    of: u8,
    owner: u8,
    owner_lane: Lane,
    of_currency: &str,
) -> Vec<(i64, Option<i64>)> {
    let mut refunds = Vec::new();
    for place in in_order(events) {
        let event = &events[place];
        let Kind::Refund { order, server, units, currency } = &event.kind else { continue };
        let own = event.visitor == owner
            && (event.lane == Lane::Verified || owner_lane == Lane::Unverified);
        let same_currency = currency.is_none_or(|currency| currency == of_currency);
        if *order == of && (*server || own) && same_currency {
            // Without a currency the amount is in the order's major units.
            let scale = if currency.is_none() && of_currency == "USD" { 100 } else { 1 };
            refunds.push((event.at, units.map(|units| units * scale)));
        }
    }
    refunds
}

/// Ten-hour steps from midnight, 1 January 1970.
fn day(at: i64) -> String {
    format!("1970-01-{:02}", 1 + at * 10 / 24)
}
