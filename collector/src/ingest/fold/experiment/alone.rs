//! The short way: what nearly every event needs, because it changes nothing but what it adds.

use super::super::contribution::Contribution;
use super::super::orders::{OrderClaim, OrderKey, Orders};
use super::super::reasons::{Standing, candidates_of};
use super::super::refunds::Refunds;
use super::super::visitor::{About, First, Met, Signal, Symbol};
use super::ExperimentFold;
use ttoolab_core::id::AnonymousId;

impl ExperimentFold {
    /// Takes in a signal of a visitor with these flags, and changes the counts of all whom that
    /// concerns.
    pub(in super::super) fn add(
        &mut self,
        id: AnonymousId,
        signal: Signal,
        about: About,
        refunds: &Refunds,
    ) {
        let known = self.visitors.get(&id).map(|visitor| visitor.about);
        // Simulated is who ever was.
        let simulated = about.simulated || known.is_some_and(|known| known.simulated);
        let about = About { simulated, ..about };
        let Some(visitor) = self.visitors.get(&id).filter(|_| known == Some(about)) else {
            return self.change(id, refunds, |visitor| {
                visitor.about = about;
                visitor.add(signal);
            });
        };
        // Nearly every event changes nothing but what it adds itself. Without this the ten
        // thousandth event of a visitor would cost ten thousand times the first.
        let alone = visitor.knows(&signal)
            || match &signal {
                Signal::Exposed(exposed) => visitor.is_indifferent_to(exposed),
                Signal::Met(met) => self.count_alone(id, met, refunds),
            };
        if !alone {
            return self.change(id, refunds, |visitor| visitor.add(signal));
        }
        if let Some(visitor) = self.visitors.get_mut(&id) {
            visitor.add(signal);
        }
    }

    /// Counts an event by itself, if nothing else changes by it; tells whether that is so.
    fn count_alone(&mut self, id: AnonymousId, met: &Met, refunds: &Refunds) -> bool {
        let Some(visitor) = self.visitors.get_mut(&id) else { return false };
        let Some(standing) = Standing::of(visitor) else { return true };
        let candidates = candidates_of(met, visitor, &standing.exposure, &self.rules);
        let goals: Vec<Symbol> =
            candidates.filter_map(|(_, goal, refused)| refused.is_none().then_some(goal)).collect();
        let claim = OrderClaim { at_ms: met.at_ms, event_id: met.event_id, visitor: id };
        let population = standing.population;
        let key = |goal| met.order.map(|hash| OrderKey { hash, goal, population });
        let owner = |orders: &Orders, goal| key(goal).and_then(|key| orders.owner(&key).copied());
        if goals.iter().any(|goal| owner(&self.orders, *goal).is_some_and(|owner| claim < owner)) {
            // An order changes hands.
            return false;
        }
        let mut firsts = std::mem::take(&mut visitor.firsts);
        let mut part = Contribution::new(id, &standing, &self.rules, refunds);
        for goal in goals {
            let owned = owner(&self.orders, goal).is_some();
            if let Some(key) = key(goal) {
                self.orders.insert(key, claim);
            }
            if owned {
                continue;
            }
            part.count(met, goal);
            let new = First { goal, at_ms: met.at_ms, event_id: met.event_id };
            match firsts.iter_mut().find(|first| first.goal == goal) {
                None => {
                    part.convert(goal, new.at_ms, 1);
                    firsts.push(new);
                }
                Some(first) if (new.at_ms, new.event_id) < (first.at_ms, first.event_id) => {
                    part.convert(goal, first.at_ms, -1);
                    part.convert(goal, new.at_ms, 1);
                    *first = new;
                }
                Some(_) => {}
            }
        }
        self.cells.add_all(part.parts, 1);
        if let Some(visitor) = self.visitors.get_mut(&id) {
            visitor.firsts = firsts;
        }
        true
    }
}
