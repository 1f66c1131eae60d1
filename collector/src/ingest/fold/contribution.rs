//! What one visitor adds to the cells of an experiment.

use super::cells::{Cell, CellKey, Revenue};
use super::experiment::Rules;
use super::orders::{OrderClaim, OrderKey, Orders};
use super::reasons::{Standing, candidates, reasons};
use super::refunds::{Refundable, Refunds};
use super::visitor::{First, Met, Symbol, Visitor};
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
    for (met, goal, refused) in candidates(visitor, &exposure, rules) {
        let (Some(hash), None) = (met.order, refused) else { continue };
        let claim = OrderClaim { at_ms: met.at_ms, event_id: met.event_id, visitor: id };
        claims.push((OrderKey { hash, goal, population }, claim));
    }
    claims
}

/// Parts of cells.
pub(super) struct Contribution<'a> {
    id: AnonymousId,
    standing: &'a Standing,
    rules: &'a Rules,
    refunds: &'a Refunds,
    pub(super) parts: Vec<(CellKey, Cell)>,
}

impl<'a> Contribution<'a> {
    /// Nothing yet.
    pub(super) fn new(
        id: AnonymousId,
        standing: &'a Standing,
        rules: &'a Rules,
        refunds: &'a Refunds,
    ) -> Self {
        Self { id, standing, rules, refunds, parts: Vec::new() }
    }

    /// All of a visitor: their exposure, and every event that counts. Gives back the first
    /// conversion of each goal.
    pub(super) fn add_all(&mut self, visitor: &Visitor, orders: &Orders) -> Vec<First> {
        self.expose(i64::from(visitor.about.simulated));
        let mut firsts = Vec::new();
        for (met, goal, reason) in reasons(self.id, visitor, self.standing, self.rules, orders) {
            if reason == Reason::Counted {
                self.convert(goal, met.at_ms, 1);
                firsts.push(First { goal, at_ms: met.at_ms, event_id: met.event_id });
            } else if reason != Reason::Repeat {
                continue;
            }
            self.count(met, goal);
        }
        firsts
    }

    fn expose(&mut self, simulated: i64) {
        let at_ms = self.standing.exposure.at_ms;
        let rules = self.rules;
        let counting = rules.goals.iter().filter(|(_, rule)| rule.counts(at_ms));
        for goal in std::iter::once(None).chain(counting.map(|(goal, _)| Some(*goal))) {
            let cell = self.part(self.key(goal, at_ms));
            cell.exposures = 1;
            cell.simulated = simulated;
        }
    }

    /// One occurrence of a goal, with its money.
    pub(super) fn count(&mut self, met: &Met, goal: Symbol) {
        let cell = self.cell(goal, met.at_ms);
        cell.total_conversions += 1;
        let sums_money = self.rules.goals.get(&goal).is_some_and(|rule| rule.revenue);
        let Some((minor_units, currency)) = met.amount.filter(|_| sums_money) else { return };
        let money = self.cell(goal, met.at_ms).money(currency);
        money.orders += 1;
        money.gross += i128::from(minor_units);
        let Some(hash) = met.order else { return };
        let order = Refundable {
            owner: self.id,
            lane: self.standing.population.lane,
            minor_units,
            currency,
            frozen_ms: self.rules.frozen_ms,
        };
        let mut left = minor_units;
        for (at_ms, part) in self.refunds.of(&hash, order) {
            left -= part;
            let money: &mut Revenue = self.cell(goal, at_ms).money(currency);
            money.refunds += i128::from(part);
            money.refunded_orders += i64::from(left == 0);
        }
    }

    /// The visitor's conversion by a goal, or with −1 its taking back.
    pub(super) fn convert(&mut self, goal: Symbol, at_ms: i64, times: i64) {
        self.cell(goal, at_ms).conversions += times;
    }

    fn cell(&mut self, goal: Symbol, at_ms: i64) -> &mut Cell {
        self.part(self.key(Some(goal), at_ms))
    }

    fn part(&mut self, key: CellKey) -> &mut Cell {
        let place = match self.parts.iter().position(|(known, _)| *known == key) {
            Some(place) => place,
            None => {
                self.parts.push((key, Cell::default()));
                self.parts.len() - 1
            }
        };
        &mut self.parts[place].1
    }

    fn key(&self, goal: Option<Symbol>, at_ms: i64) -> CellKey {
        CellKey {
            epoch: self.standing.exposure.epoch,
            population: self.standing.population,
            variant: self.standing.exposure.variant,
            goal,
            day: Day::of(at_ms, &self.rules.zone),
        }
    }
}
