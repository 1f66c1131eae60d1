//! What one visitor adds to the cells of an experiment.

use super::cells::{Cell, CellKey, Population, Revenue};
use super::experiment::{GoalRule, Rules};
use super::orders::{OrderClaim, OrderKey, Orders};
use super::refunds::{Refundable, Refunds};
use super::visitor::{Exposed, Met, Symbol, Visitor};
use crate::store::verdict::Lane;
use std::collections::HashMap;
use ttoolab_core::clock::Day;
use ttoolab_core::id::AnonymousId;

/// A visitor with a variant: counted, and as which kind.
struct Standing<'v> {
    exposure: &'v Exposed,
    population: Population,
}

fn standing(visitor: &Visitor) -> Option<Standing<'_>> {
    let exposure = visitor.first_exposure()?;
    let flagged = visitor.flags.mark(exposure.lane);
    Some(Standing { exposure, population: Population { lane: exposure.lane, flagged } })
}

/// Tells whether an event of the visitor follows the exposure.
fn follows(met: &Met, visitor: &Visitor, first: &Exposed) -> bool {
    // An unverified event says nothing about a verified visitor: anybody could have sent it.
    if first.lane == Lane::Verified && met.lane == Lane::Unverified {
        return false;
    }
    match met.after {
        Some(exposure_id) => visitor.exposures.iter().any(|seen| seen.event_id == exposure_id),
        None => met.at_ms >= first.at_ms,
    }
}

/// The goals an event would count for, were it not for its order id.
fn would_count<'a>(
    met: &'a Met,
    first: &'a Exposed,
    rules: &'a Rules,
) -> impl Iterator<Item = (Symbol, &'a GoalRule)> {
    met.goals.iter().filter_map(move |goal| {
        let rule = rules.goals.get(goal)?;
        let counted = rule.since_ms.is_none_or(|since_ms| first.at_ms >= since_ms);
        counted.then_some((*goal, rule))
    })
}

/// The orders the visitor lays claim to.
pub(super) fn order_claims(
    id: AnonymousId,
    visitor: &Visitor,
    rules: &Rules,
) -> Vec<(OrderKey, OrderClaim)> {
    let Some(Standing { exposure, population }) = standing(visitor) else { return Vec::new() };
    let mut claims = Vec::new();
    for met in visitor.met.iter().filter(|met| follows(met, visitor, exposure)) {
        let Some(hash) = met.order else { continue };
        for (goal, _) in would_count(met, exposure, rules) {
            let claim = OrderClaim { at_ms: met.at_ms, event_id: met.event_id, visitor: id };
            claims.push((OrderKey { hash, goal, population }, claim));
        }
    }
    claims
}

/// The cells the visitor adds to.
pub(super) fn contribution(
    id: AnonymousId,
    visitor: &Visitor,
    rules: &Rules,
    orders: &Orders,
    refunds: &Refunds,
) -> Vec<(CellKey, Cell)> {
    let Some(Standing { exposure, population }) = standing(visitor) else { return Vec::new() };
    let day = |at_ms| Day::of(at_ms, &rules.zone);
    let key = |goal, at_ms| CellKey {
        epoch: exposure.epoch,
        population,
        variant: exposure.variant,
        goal,
        day: day(at_ms),
    };
    let mut parts: HashMap<CellKey, Cell> = HashMap::new();
    let simulated = i64::from(visitor.simulated);
    let mut expose = |goal| {
        let cell = parts.entry(key(goal, exposure.at_ms)).or_default();
        cell.exposures = 1;
        cell.simulated = simulated;
    };
    expose(None);
    for (goal, rule) in &rules.goals {
        if rule.since_ms.is_none_or(|since_ms| exposure.at_ms >= since_ms) {
            expose(Some(*goal));
        }
    }
    let mut converted: Vec<Symbol> = Vec::new();
    for met in visitor.met.iter().filter(|met| follows(met, visitor, exposure)) {
        for (goal, rule) in would_count(met, exposure, rules) {
            let owns = met.order.is_none_or(|hash| {
                let owner = orders.owner(&OrderKey { hash, goal, population });
                owner.is_some_and(|owner| owner.visitor == id && owner.event_id == met.event_id)
            });
            if !owns {
                continue;
            }
            let cell = parts.entry(key(Some(goal), met.at_ms)).or_default();
            cell.total_conversions += 1;
            if !converted.contains(&goal) {
                converted.push(goal);
                cell.conversions += 1;
            }
            let Some((minor_units, currency)) = met.amount.filter(|_| rule.revenue) else {
                continue;
            };
            let money = cell.money(currency);
            money.orders += 1;
            money.gross += i128::from(minor_units);
            let Some(hash) = met.order else { continue };
            let order = Refundable {
                owner: id,
                lane: population.lane,
                minor_units,
                currency,
                frozen_ms: rules.frozen_ms,
            };
            let mut left = minor_units;
            for (at_ms, part) in refunds.of(&hash, order) {
                left -= part;
                let cell = parts.entry(key(Some(goal), at_ms)).or_default();
                let money: &mut Revenue = cell.money(currency);
                money.refunds += i128::from(part);
                money.refunded_orders += i64::from(left == 0);
            }
        }
    }
    parts.into_iter().collect()
}
