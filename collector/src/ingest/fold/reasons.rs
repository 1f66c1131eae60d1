//! What each event of a visitor did for each goal it met: the one place where counting is decided.

use super::cells::Population;
use super::experiment::Rules;
use super::orders::{OrderKey, Orders};
use super::visitor::{Exposed, Met, Symbol, Visitor};
use crate::store::verdict::Lane;
use ttoolab_core::id::AnonymousId;
use ttoolab_core::reason::Reason;

/// A visitor with a variant: counted, and as which kind.
pub(super) struct Standing {
    pub(super) exposure: Exposed,
    pub(super) population: Population,
}

impl Standing {
    /// `None` for a visitor without exposure, or with two variants.
    pub(super) fn of(visitor: &Visitor) -> Option<Self> {
        let exposure = *visitor.first_exposure()?;
        let flagged = visitor.about.flags.mark(exposure.lane);
        Some(Self { exposure, population: Population { lane: exposure.lane, flagged } })
    }
}

/// Why an event counts for nothing, whatever goal it met.
fn refused(met: &Met, visitor: &Visitor, first: &Exposed) -> Option<Reason> {
    // An unverified event says nothing about a verified visitor: anybody could have sent it.
    if first.lane == Lane::Verified && met.lane == Lane::Unverified {
        return Some(Reason::Unverified);
    }
    match met.after {
        Some(exposure_id) => {
            let arrived = visitor.exposures.iter().any(|seen| seen.event_id == exposure_id);
            (!arrived).then_some(Reason::NotExposed)
        }
        None => (met.at_ms < first.at_ms).then_some(Reason::BeforeExposure),
    }
}

/// Events that would count for a goal, were it not for their order ids.
pub(super) fn candidates<'v>(
    visitor: &'v Visitor,
    first: &'v Exposed,
    rules: &'v Rules,
) -> impl Iterator<Item = (&'v Met, Symbol, Option<Reason>)> {
    visitor.met.iter().flat_map(move |met| candidates_of(met, visitor, first, rules))
}

/// The goals that one event would count for, with the reason where it does not.
pub(super) fn candidates_of<'v>(
    met: &'v Met,
    visitor: &Visitor,
    first: &'v Exposed,
    rules: &'v Rules,
) -> impl Iterator<Item = (&'v Met, Symbol, Option<Reason>)> + use<'v> {
    let refused = refused(met, visitor, first);
    met.goals.iter().filter_map(move |goal| {
        // A goal that was deleted asks for nothing.
        let early = !rules.goals.get(goal)?.counts(first.at_ms);
        Some((met, *goal, refused.or(early.then_some(Reason::BeforeGoal))))
    })
}

/// What became of each event for each goal it met, in order of time. [`Reason::Counted`] is a
/// visitor's first conversion, [`Reason::Repeat`] every further one.
pub(super) fn reasons<'v>(
    id: AnonymousId,
    visitor: &'v Visitor,
    standing: &'v Standing,
    rules: &'v Rules,
    orders: &'v Orders,
) -> impl Iterator<Item = (&'v Met, Symbol, Reason)> {
    let Standing { exposure, population } = standing;
    let mut converted: Vec<Symbol> = Vec::new();
    candidates(visitor, exposure, rules).map(move |(met, goal, refused)| {
        let reason = refused.unwrap_or_else(|| {
            let owns = met.order.is_none_or(|hash| {
                let owner = orders.owner(&OrderKey { hash, goal, population: *population });
                owner.is_some_and(|owner| owner.visitor == id && owner.event_id == met.event_id)
            });
            if !owns {
                Reason::DuplicateOrder
            } else if converted.contains(&goal) {
                Reason::Repeat
            } else {
                converted.push(goal);
                Reason::Counted
            }
        });
        (met, goal, reason)
    })
}

/// The same as health and explain show it: also for visitors who have no variant, and with the
/// flag of those who look like bots.
pub(super) fn shown(
    id: AnonymousId,
    visitor: &Visitor,
    rules: &Rules,
    orders: &Orders,
) -> Vec<(Symbol, Reason)> {
    if let Some(standing) = Standing::of(visitor) {
        let flagged = standing.population.flagged;
        let told = reasons(id, visitor, &standing, rules, orders).map(|(_, goal, reason)| {
            let counts = matches!(reason, Reason::Counted | Reason::Repeat);
            (goal, if flagged && counts { Reason::Flagged } else { reason })
        });
        return told.collect();
    }
    let reason =
        if visitor.exposures.is_empty() { Reason::NotExposed } else { Reason::MultipleVariants };
    // An event that names no experiment is judged for those its visitor was exposed in alone.
    let asked = visitor.met.iter().filter(|met| met.named || reason == Reason::MultipleVariants);
    let goals = asked.flat_map(|met| &met.goals).filter(|goal| rules.goals.contains_key(goal));
    goals.map(|goal| (*goal, reason)).collect()
}
