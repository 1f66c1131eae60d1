//! What one visitor adds to the cells of an experiment.

use super::cells::{Cell, CellKey, Revenue};
use super::experiment::Rules;
use super::orders::{OrderClaim, OrderKey, Orders};
use super::reasons::{Standing, candidates, reasons};
use super::refunds::{Refundable, Refunds};
use super::visitor::Visitor;
use std::collections::HashMap;
use ttoolab_core::clock::Day;
use ttoolab_core::id::AnonymousId;
use ttoolab_core::reason::Reason;

/// The orders the visitor lays claim to.
pub(super) fn order_claims(
    id: AnonymousId,
    visitor: &Visitor,
    rules: &Rules,
) -> Vec<(OrderKey, OrderClaim)> {
    let Some(standing) = Standing::of(visitor) else { return Vec::new() };
    let Standing { exposure, population } = standing;
    let mut claims = Vec::new();
    for (met, goal, refused) in candidates(visitor, exposure, rules) {
        let (Some(hash), None) = (met.order, refused) else { continue };
        let claim = OrderClaim { at_ms: met.at_ms, event_id: met.event_id, visitor: id };
        claims.push((OrderKey { hash, goal, population }, claim));
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
    let Some(standing) = Standing::of(visitor) else { return Vec::new() };
    let Standing { exposure, population } = standing;
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
    for (met, goal, reason) in reasons(id, visitor, &standing, rules, orders) {
        let first = reason == Reason::Counted;
        if !first && reason != Reason::Repeat {
            continue;
        }
        let cell = parts.entry(key(Some(goal), met.at_ms)).or_default();
        cell.total_conversions += 1;
        cell.conversions += i64::from(first);
        let sums_money = rules.goals.get(&goal).is_some_and(|rule| rule.revenue);
        let Some((minor_units, currency)) = met.amount.filter(|_| sums_money) else { continue };
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
    parts.into_iter().collect()
}
