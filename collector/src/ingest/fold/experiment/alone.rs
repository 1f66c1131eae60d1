//! The short way: what nearly every event needs, because it changes nothing but what it adds.

use super::super::cells::Cells;
use super::super::contribution::Contribution;
use super::super::orders::{OrderClaim, OrderKey, Orders};
use super::super::reasons::{Standing, candidates_of};
use super::super::refunds::Refunds;
use super::super::visitor::{About, First, Met, Signal, Symbol, Visitor};
use super::{ExperimentFold, Rules};
use ttoolab_core::id::AnonymousId;

impl ExperimentFold {
    /// Takes in a signal of a visitor with these flags, and changes the counts of all whom that
    /// concerns.
    pub(in super::super) fn add(
        &mut self,
        id: AnonymousId,
        signal: Signal,
        mut about: About,
        refunds: &Refunds,
    ) {
        if let Some(visitor) = self.visitors.get_mut(&id) {
            // Simulated is who ever was.
            about.simulated |= visitor.about.simulated;
            // Nearly every event changes nothing but what it adds itself. Without this the ten
            // thousandth event of a visitor would cost ten thousand times the first.
            let alone = about == visitor.about
                && (visitor.knows(&signal)
                    || match &signal {
                        Signal::Exposed(exposed) => visitor.is_indifferent_to(exposed),
                        Signal::Met(met) => {
                            let Self { rules, orders, cells, .. } = self;
                            Counts { rules, refunds, orders, cells }.count_alone(id, visitor, met)
                        }
                    });
            if alone {
                return visitor.add(signal);
            }
        }
        self.change(id, refunds, |visitor| {
            visitor.about = about;
            visitor.add(signal);
        });
    }
}

/// The counts of an experiment without its visitors, one of whom is looked at.
struct Counts<'a> {
    rules: &'a Rules,
    refunds: &'a Refunds,
    orders: &'a mut Orders,
    cells: &'a mut Cells,
}

impl Counts<'_> {
    /// Counts an event by itself, if nothing else changes by it; tells whether that is so.
    fn count_alone(&mut self, id: AnonymousId, visitor: &mut Visitor, met: &Met) -> bool {
        let Some(standing) = Standing::of(visitor) else { return true };
        let candidates = candidates_of(met, visitor, &standing.exposure, self.rules);
        let goals: Vec<Symbol> =
            candidates.filter_map(|(_, goal, refused)| refused.is_none().then_some(goal)).collect();
        let claim = OrderClaim { at_ms: met.at_ms, event_id: met.event_id, visitor: id };
        let population = standing.population;
        let key = |goal| met.order.map(|hash| OrderKey { hash, goal, population });
        let owner = |orders: &Orders, goal| key(goal).and_then(|key| orders.owner(&key).copied());
        if goals.iter().any(|goal| owner(self.orders, *goal).is_some_and(|owner| claim < owner)) {
            // An order changes hands.
            return false;
        }
        let mut part = Contribution::new(id, &standing, self.rules, self.refunds);
        for goal in goals {
            let owned = owner(self.orders, goal).is_some();
            if let Some(key) = key(goal) {
                self.orders.insert(key, claim);
            }
            if owned {
                continue;
            }
            part.count(met, goal);
            let new = First { goal, at_ms: met.at_ms, event_id: met.event_id };
            match visitor.firsts.iter_mut().find(|first| first.goal == goal) {
                None => {
                    part.convert(goal, new.at_ms, 1);
                    visitor.firsts.push(new);
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
        true
    }
}
