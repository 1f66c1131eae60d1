//! Which event owns an order id: among those that would count, the earliest.

use super::cells::Population;
use super::visitor::Symbol;
use std::collections::{BTreeSet, HashMap};
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
    /// Two levels, so that all claims to one order can be found.
    by_hash: HashMap<OrderHash, HashMap<(Symbol, Population), BTreeSet<OrderClaim>>>,
}

impl Orders {
    pub(super) fn owner(&self, key: &OrderKey) -> Option<&OrderClaim> {
        self.by_hash.get(&key.hash)?.get(&(key.goal, key.population))?.first()
    }

    /// The visitors who own an order under any goal.
    pub(super) fn owners_of(&self, hash: &OrderHash) -> Vec<AnonymousId> {
        let claims = self.by_hash.get(hash).into_iter().flat_map(HashMap::values);
        let mut owners: Vec<_> =
            claims.filter_map(BTreeSet::first).map(|claim| claim.visitor).collect();
        owners.sort_unstable();
        owners.dedup();
        owners
    }

    pub(super) fn insert(&mut self, key: OrderKey, claim: OrderClaim) {
        let goals = self.by_hash.entry(key.hash).or_default();
        goals.entry((key.goal, key.population)).or_default().insert(claim);
    }

    pub(super) fn remove(&mut self, key: &OrderKey, claim: &OrderClaim) {
        let Some(goals) = self.by_hash.get_mut(&key.hash) else { return };
        if let Some(claims) = goals.get_mut(&(key.goal, key.population)) {
            claims.remove(claim);
            if claims.is_empty() {
                goals.remove(&(key.goal, key.population));
            }
        }
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
        let goals = self.by_hash.get(&key.hash);
        let claims = goals.and_then(|goals| goals.get(&(key.goal, key.population)));
        let standing = claims.into_iter().flatten().find(|claim| claim.visitor != visitor);
        standing.into_iter().chain(claim).min().copied()
    }
}
