//! The counts of one experiment, kept in step with its visitors.

mod alone;

use super::cells::{Cells, Population};
use super::contribution::{Contribution, order_claims};
use super::map::Map;
use super::orders::{OrderClaim, OrderHash, OrderKey, Orders};
use super::reasons::{Standing, shown};
use super::refunds::Refunds;
use super::visitor::{Names, Signal, Symbol, Visitor};
use crate::admin::experiment::{Experiment, FREEZE_AFTER_MS};
use crate::store::Countable;
use crate::store::verdict::{Entry, GoalVerdict};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use ttoolab_core::goal::Condition;
use ttoolab_core::id::AnonymousId;
use ttoolab_core::reason::Reason;

/// What counting needs to know of an experiment's configuration.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rules {
    pub(super) zone: TimeZone,
    /// What is received from then on changes nothing.
    pub(super) frozen_ms: Option<i64>,
    pub(super) goals: Map<Symbol, GoalRule>,
}

/// What counting needs to know of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GoalRule {
    /// Counts visitors first exposed at or after its last edit.
    pub(super) since_ms: Option<i64>,
    /// Sums money.
    pub(super) revenue: bool,
}

impl GoalRule {
    /// Whether it counts visitors first exposed then.
    pub(super) fn counts(&self, exposed_ms: i64) -> bool {
        self.since_ms.is_none_or(|since_ms| exposed_ms >= since_ms)
    }
}

impl Rules {
    fn of(experiment: &Experiment, zone: &TimeZone, names: &mut Names) -> Self {
        let goals = experiment.goals.iter().map(|goal| {
            let rule = GoalRule {
                since_ms: experiment.history.goals_since.get(&goal.key).copied(),
                revenue: matches!(goal.condition, Condition::Event { revenue: true, .. }),
            };
            (names.intern(goal.key.as_str()), rule)
        });
        Self {
            zone: zone.clone(),
            frozen_ms: experiment.history.completed_ms.map(|end| end + FREEZE_AFTER_MS),
            goals: goals.collect(),
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self { zone: TimeZone::UTC, frozen_ms: None, goals: Map::default() }
    }
}

/// The counts of one experiment.
#[derive(Debug, Default)]
pub(crate) struct ExperimentFold {
    rules: Rules,
    names: Names,
    visitors: Map<AnonymousId, Visitor>,
    orders: Orders,
    cells: Cells,
    /// What events did that could not count whoever had sent them: decided when they came.
    settled: Map<(Option<Symbol>, Reason), u64>,
}

/// What a walk over all visitors finds.
#[derive(Debug, Default)]
pub(crate) struct Census {
    /// Events by goal (`None`: the experiment) and what became of them for it.
    pub(crate) reasons: BTreeMap<(Option<Symbol>, Reason), u64>,
    /// Exposed visitors by kind.
    pub(crate) populations: BTreeMap<Population, u64>,
    pub(crate) multiple_variants: u64,
}

impl ExperimentFold {
    /// The sums.
    pub(crate) fn cells(&self) -> &Cells {
        &self.cells
    }

    /// The numbers that stand for variants and goals in the cells.
    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// Tells whether the visitor was ever exposed here.
    pub(crate) fn was_exposed(&self, visitor: &AnonymousId) -> bool {
        self.visitors.get(visitor).is_some_and(|visitor| !visitor.exposures.is_empty())
    }

    /// How many visitors are left out because they saw two variants.
    pub(crate) fn multiple_variants(&self) -> usize {
        self.visitors.values().filter(|visitor| visitor.saw_multiple_variants()).count()
    }

    /// Everybody, to be counted in parts.
    pub(crate) fn everybody(&self) -> Vec<AnonymousId> {
        self.visitors.keys().copied().collect()
    }

    /// Adds what events did whoever had sent them.
    pub(crate) fn count_settled(&self, census: &mut Census) {
        for (key, events) in &self.settled {
            *census.reasons.entry(*key).or_default() += events;
        }
    }

    /// Adds these visitors, and what became of their events for every goal that they concerned.
    pub(crate) fn count(&self, visitors: &[AnonymousId], census: &mut Census) {
        for id in visitors {
            let Some(visitor) = self.visitors.get(id) else { continue };
            for (goal, reason) in shown(*id, visitor, &self.rules, &self.orders) {
                *census.reasons.entry((Some(goal), reason)).or_default() += 1;
            }
            census.multiple_variants += u64::from(visitor.saw_multiple_variants());
            if let Some(Standing { population, .. }) = Standing::of(visitor) {
                *census.populations.entry(population).or_default() += 1;
            }
        }
    }

    pub(super) fn knows(&self, visitor: &AnonymousId) -> bool {
        self.visitors.contains_key(visitor)
    }

    /// Takes over a configuration; when its rules differ, every visitor is counted again.
    pub(super) fn configure(
        &mut self,
        experiment: &Experiment,
        zone: &TimeZone,
        refunds: &Refunds,
    ) {
        let rules = Rules::of(experiment, zone, &mut self.names);
        if rules == self.rules {
            return;
        }
        self.rules = rules;
        self.orders = Orders::default();
        self.cells.clear();
        for (id, visitor) in &self.visitors {
            for (key, claim) in order_claims(*id, visitor, &self.rules) {
                self.orders.insert(key, claim);
            }
        }
        let everybody: Vec<_> = self.visitors.keys().copied().collect();
        self.put_in(&everybody, refunds);
    }

    /// What an event says about this experiment, if it can count. What cannot is noted as settled:
    /// the log hands over each row once, so it is counted once.
    pub(super) fn signal(
        &mut self,
        event: &Countable,
        entry: &Entry,
        goals: &[GoalVerdict],
    ) -> Option<Signal> {
        for key in self.settled_by(entry, goals) {
            *self.settled.entry(key).or_default() += 1;
        }
        Signal::of(event, entry, goals, &mut self.names)
    }

    /// The reasons that an entry settles.
    fn settled_by(
        &mut self,
        entry: &Entry,
        goals: &[GoalVerdict],
    ) -> Vec<(Option<Symbol>, Reason)> {
        if let Some(reason) = entry.reason {
            return vec![(None, reason)];
        }
        let mut reasons = Vec::new();
        for GoalVerdict { goal_key, reason } in goals {
            if let Some(reason) = *reason {
                reasons.push((Some(self.names.intern(goal_key.as_str())), reason));
            }
        }
        reasons
    }

    /// Takes a visitor out, with all that their entries settled.
    pub(super) fn forget<'r>(
        &mut self,
        id: AnonymousId,
        entries: impl Iterator<Item = (&'r Entry, &'r [GoalVerdict])>,
        refunds: &Refunds,
    ) {
        if self.knows(&id) {
            self.change(id, refunds, |visitor| *visitor = Visitor::default());
            self.visitors.remove(&id);
        }
        for (entry, goals) in entries {
            for key in self.settled_by(entry, goals) {
                if let Some(count) = self.settled.get_mut(&key) {
                    *count = count.saturating_sub(1);
                }
            }
        }
    }

    /// Changes one visitor, and the counts of all whom that concerns.
    pub(super) fn change(
        &mut self,
        id: AnonymousId,
        refunds: &Refunds,
        change: impl FnOnce(&mut Visitor),
    ) {
        self.add_contribution(id, refunds, -1);
        let before = self.claims_of(id);
        change(self.visitors.entry(id).or_default());
        let after = self.claims_of(id);

        let others = self.other_owners(id, &before, &after);
        for other in &others {
            self.add_contribution(*other, refunds, -1);
        }
        for (key, claim) in &before {
            self.orders.remove(key, claim);
        }
        for (key, claim) in after {
            self.orders.insert(key, claim);
        }
        self.put_in(&others, refunds);
        self.add_contribution(id, refunds, 1);
    }

    /// Takes the owners of an order out of the cells, before its refunds change.
    pub(super) fn take_out(&mut self, order: &OrderHash, refunds: &Refunds) -> Vec<AnonymousId> {
        let owners = self.orders.owners_of(order);
        for owner in &owners {
            self.add_contribution(*owner, refunds, -1);
        }
        owners
    }

    /// Puts visitors into the cells.
    pub(super) fn put_in(&mut self, visitors: &[AnonymousId], refunds: &Refunds) {
        for visitor in visitors {
            self.add_contribution(*visitor, refunds, 1);
        }
    }

    /// Puts all of a visitor into the cells, or with −1 takes it out.
    fn add_contribution(&mut self, id: AnonymousId, refunds: &Refunds, times: i64) {
        let Some(visitor) = self.visitors.get_mut(&id) else { return };
        let mut firsts = Vec::new();
        if let Some(standing) = Standing::of(visitor) {
            let mut contribution = Contribution::new(id, &standing, &self.rules, refunds);
            firsts = contribution.add_all(visitor, &self.orders);
            self.cells.add_all(contribution.parts, times);
        }
        visitor.firsts = firsts;
    }

    fn claims_of(&self, id: AnonymousId) -> Vec<(OrderKey, OrderClaim)> {
        let visitor = self.visitors.get(&id);
        visitor.map(|visitor| order_claims(id, visitor, &self.rules)).unwrap_or_default()
    }

    /// The other visitors who win or lose an order when one visitor's claims change.
    fn other_owners(
        &self,
        id: AnonymousId,
        before: &[(OrderKey, OrderClaim)],
        after: &[(OrderKey, OrderClaim)],
    ) -> Vec<AnonymousId> {
        let mut others = Vec::new();
        for (key, _) in before.iter().chain(after) {
            let claim_in = |claims: &[(OrderKey, OrderClaim)]| {
                claims.iter().filter(|(other, _)| other == key).map(|(_, claim)| *claim).min()
            };
            let (old, new) = (claim_in(before), claim_in(after));
            if old == new {
                continue;
            }
            let was = self.orders.owner(key).map(|owner| owner.visitor);
            let will_be = self.orders.owner_after(key, id, new.as_ref()).map(|owner| owner.visitor);
            others.extend([was, will_be].into_iter().flatten().filter(|other| *other != id));
        }
        others.sort_unstable();
        others.dedup();
        others
    }
}
