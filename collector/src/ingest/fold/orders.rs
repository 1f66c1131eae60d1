//! Which event owns an order id: among those that would count, the earliest.

use super::cells::Population;
use super::map::Map;
use super::visitor::Symbol;
use std::collections::BTreeSet;
use ttoolab_core::id::{AnonymousId, EventId};

/// The keyed hash of an order id.
pub(super) type OrderHash = [u8; 16];

/// What an order id is unique within: a goal, and visitors of one kind, so that nobody who does
/// not count can burn the order of somebody who does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct OrderKey {
    pub(super) hash: OrderHash,
    pub(super) goal: Symbol,
    pub(super) population: Population,
}

/// An event that lays claim to an order; their order decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct OrderClaim {
    pub(super) at_ms: i64,
    pub(super) event_id: EventId,
    pub(super) visitor: AnonymousId,
}

/// Every claim of an experiment.
#[derive(Debug, Default)]
pub(super) struct Orders {
    /// Two levels, so that all claims to one order can be found. The second is a list, because it
    /// has an entry or two: one for each goal that counts orders.
    by_hash: Map<OrderHash, Vec<Claimed>>,
}

/// What is claimed of an order.
#[derive(Debug)]
struct Claimed {
    goal: Symbol,
    population: Population,
    claims: Claims,
}

impl Claimed {
    fn is_of(&self, key: &OrderKey) -> bool {
        (self.goal, self.population) == (key.goal, key.population)
    }
}

/// Claims to one order under one goal. Nearly always it is one; a tree for each of those would be
/// more memory than all the rest. A list would not do for many: anybody can send ten thousand.
#[derive(Debug)]
enum Claims {
    One(OrderClaim),
    Many(BTreeSet<OrderClaim>),
}

impl Claims {
    fn first(&self) -> Option<&OrderClaim> {
        match self {
            Self::One(claim) => Some(claim),
            Self::Many(claims) => claims.first(),
        }
    }

    fn insert(&mut self, claim: OrderClaim) {
        match self {
            Self::One(known) if *known == claim => {}
            Self::One(known) => *self = Self::Many(BTreeSet::from([*known, claim])),
            Self::Many(claims) => {
                claims.insert(claim);
            }
        }
    }

    /// Takes out a claim; tells whether others are left.
    fn remove(&mut self, claim: &OrderClaim) -> bool {
        match self {
            Self::One(known) => known != claim,
            Self::Many(claims) => {
                claims.remove(claim);
                !claims.is_empty()
            }
        }
    }

    fn first_of_others(&self, visitor: AnonymousId) -> Option<&OrderClaim> {
        let others = |claim: &&OrderClaim| claim.visitor != visitor;
        match self {
            Self::One(claim) => Some(claim).filter(others),
            Self::Many(claims) => claims.iter().find(others),
        }
    }
}

impl Orders {
    pub(super) fn owner(&self, key: &OrderKey) -> Option<&OrderClaim> {
        self.claims(key)?.first()
    }

    /// The visitors who own an order under any goal.
    pub(super) fn owners_of(&self, hash: &OrderHash) -> Vec<AnonymousId> {
        let claims = self.by_hash.get(hash).into_iter().flatten();
        let mut owners: Vec<_> = claims
            .filter_map(|claimed| claimed.claims.first())
            .map(|claim| claim.visitor)
            .collect();
        owners.sort_unstable();
        owners.dedup();
        owners
    }

    pub(super) fn insert(&mut self, key: OrderKey, claim: OrderClaim) {
        let goals = self.by_hash.entry(key.hash).or_default();
        match goals.iter_mut().find(|claimed| claimed.is_of(&key)) {
            Some(claimed) => claimed.claims.insert(claim),
            None => {
                let OrderKey { goal, population, .. } = key;
                goals.push(Claimed { goal, population, claims: Claims::One(claim) });
            }
        }
    }

    pub(super) fn remove(&mut self, key: &OrderKey, claim: &OrderClaim) {
        let Some(goals) = self.by_hash.get_mut(&key.hash) else { return };
        goals.retain_mut(|claimed| !claimed.is_of(key) || claimed.claims.remove(claim));
        if goals.is_empty() {
            self.by_hash.remove(&key.hash);
        }
    }

    /// Who would own the order if the claims of `visitor` were replaced by `claim`.
    pub(super) fn owner_after(
        &self,
        key: &OrderKey,
        visitor: AnonymousId,
        claim: Option<&OrderClaim>,
    ) -> Option<OrderClaim> {
        let standing = self.claims(key).and_then(|claims| claims.first_of_others(visitor));
        standing.into_iter().chain(claim).min().copied()
    }

    fn claims(&self, key: &OrderKey) -> Option<&Claims> {
        let mut goals = self.by_hash.get(&key.hash)?.iter();
        goals.find(|claimed| claimed.is_of(key)).map(|claimed| &claimed.claims)
    }
}
