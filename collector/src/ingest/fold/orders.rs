//! Which event owns an order id: among those that would count, the earliest.

use super::cells::Population;
use super::visitor::Symbol;
use std::collections::HashMap;
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
    /// By order, so that all claims to one can be found; sorted. A list and not a tree: an order
    /// has one claim for each goal that it meets, and a tree's smallest node has room for eleven.
    by_hash: HashMap<OrderHash, Vec<(Symbol, Population, OrderClaim)>>,
}

impl Orders {
    /// The claims to one order under one goal, the owner's first.
    fn claims(&self, key: &OrderKey) -> &[(Symbol, Population, OrderClaim)] {
        let all = self.by_hash.get(&key.hash).map(Vec::as_slice).unwrap_or_default();
        let place = (key.goal, key.population);
        let from = all.partition_point(|(goal, population, _)| (*goal, *population) < place);
        let to = all.partition_point(|(goal, population, _)| (*goal, *population) <= place);
        &all[from..to]
    }

    pub(super) fn owner(&self, key: &OrderKey) -> Option<&OrderClaim> {
        self.claims(key).first().map(|(_, _, claim)| claim)
    }

    /// The visitors who own an order under any goal.
    pub(super) fn owners_of(&self, hash: &OrderHash) -> Vec<AnonymousId> {
        let all = self.by_hash.get(hash).map(Vec::as_slice).unwrap_or_default();
        let groups = all.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1));
        let mut owners: Vec<_> =
            groups.filter_map(<[_]>::first).map(|first| first.2.visitor).collect();
        owners.sort_unstable();
        owners.dedup();
        owners
    }

    pub(super) fn insert(&mut self, key: OrderKey, claim: OrderClaim) {
        let claims = self.by_hash.entry(key.hash).or_default();
        let entry = (key.goal, key.population, claim);
        if let Err(place) = claims.binary_search(&entry) {
            claims.reserve_exact(1);
            claims.insert(place, entry);
        }
    }

    pub(super) fn remove(&mut self, key: &OrderKey, claim: &OrderClaim) {
        let Some(claims) = self.by_hash.get_mut(&key.hash) else { return };
        if let Ok(place) = claims.binary_search(&(key.goal, key.population, *claim)) {
            claims.remove(place);
        }
        if claims.is_empty() {
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
        let claims = self.claims(key).iter().map(|(_, _, claim)| claim);
        let standing = claims.into_iter().find(|claim| claim.visitor != visitor);
        standing.into_iter().chain(claim).min().copied()
    }
}
