//! What one visitor did in one experiment.

use super::Flags;
use super::map::Map;
use super::orders::OrderHash;
use crate::store::verdict::{Entry, GoalVerdict, Lane};
use crate::store::{Amount, Countable};
use ttoolab_core::id::EventId;
use ttoolab_core::money::Currency;

/// A variant or goal of an experiment, as a small number: millions of visitors refer to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Symbol(u16);

/// The variants and goals of an experiment by number.
#[derive(Debug, Default)]
pub(crate) struct Names {
    symbols: Map<String, Symbol>,
}

impl Names {
    /// The number of a name, given on first sight. An experiment that ever had more than 65,535
    /// variants and goals would share the last number; editing bounds keep it far below.
    pub(super) fn intern(&mut self, name: &str) -> Symbol {
        if let Some(symbol) = self.symbols.get(name) {
            return *symbol;
        }
        let symbol = Symbol(u16::try_from(self.symbols.len()).unwrap_or(u16::MAX));
        self.symbols.insert(name.to_owned(), symbol);
        symbol
    }

    /// The number of a name that was seen.
    pub(crate) fn get(&self, name: &str) -> Option<Symbol> {
        self.symbols.get(name).copied()
    }
}

/// A durable exposure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Exposed {
    // Time and id first: the derived order is the order that decides.
    pub(super) at_ms: i64,
    pub(super) event_id: EventId,
    pub(super) epoch: u32,
    pub(super) variant: Symbol,
    pub(super) lane: Lane,
}

/// A durable event that met goals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Met {
    pub(super) at_ms: i64,
    pub(super) event_id: EventId,
    pub(super) lane: Lane,
    /// It named the experiment itself.
    pub(super) named: bool,
    /// The exposure it says it followed.
    pub(super) after: Option<EventId>,
    pub(super) goals: Vec<Symbol>,
    pub(super) amount: Option<(i64, Currency)>,
    pub(super) order: Option<OrderHash>,
}

/// What a row says about one experiment that may count in it.
pub(super) enum Signal {
    Exposed(Exposed),
    Met(Met),
}

impl Signal {
    pub(super) fn of(
        event: &Countable,
        entry: &Entry,
        goals: &[GoalVerdict],
        names: &mut Names,
    ) -> Option<Self> {
        if entry.reason.is_some() {
            return None;
        }
        if let Some(exposure) = &entry.exposure {
            return Some(Self::Exposed(Exposed {
                at_ms: event.at_ms,
                event_id: event.event_id,
                epoch: exposure.epoch,
                variant: names.intern(exposure.variant.as_str()),
                lane: entry.lane,
            }));
        }
        let met = goals.iter().filter(|goal| goal.reason.is_none());
        let goals: Vec<_> = met.map(|goal| names.intern(goal.goal_key.as_str())).collect();
        if goals.is_empty() {
            return None;
        }
        let amount = match event.amount {
            Some(Amount::Money { minor_units, currency }) => Some((minor_units, currency)),
            Some(Amount::InOrdersCurrency(_) | Amount::AllThatIsLeft { .. }) | None => None,
        };
        Some(Self::Met(Met {
            at_ms: event.at_ms,
            event_id: event.event_id,
            lane: entry.lane,
            named: event.context.assignments.is_some(),
            after: entry.after,
            goals,
            amount,
            order: event.order_hash,
        }))
    }
}

/// A visitor's first counted conversion by a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct First {
    pub(super) goal: Symbol,
    pub(super) at_ms: i64,
    pub(super) event_id: EventId,
}

/// What is known of a visitor besides what they did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct About {
    pub(super) flags: Flags,
    /// Made up by `cargo xtask demo --visitors`.
    pub(super) simulated: bool,
}

/// A visitor of an experiment.
#[derive(Debug, Default)]
pub(super) struct Visitor {
    pub(super) about: About,
    pub(super) exposures: Vec<Exposed>,
    /// In the order of time and id.
    pub(super) met: Vec<Met>,
    /// As they stand in the cells.
    pub(super) firsts: Vec<First>,
}

impl Visitor {
    /// Whether a signal is known, and changes nothing.
    pub(super) fn knows(&self, signal: &Signal) -> bool {
        match signal {
            Signal::Exposed(exposed) => self.exposures.binary_search(exposed).is_ok(),
            Signal::Met(met) => self.place(met).is_ok(),
        }
    }

    /// Takes in a signal; one that is known changes nothing.
    pub(super) fn add(&mut self, signal: Signal) {
        match signal {
            Signal::Exposed(exposed) => {
                if let Err(place) = self.exposures.binary_search(&exposed) {
                    self.exposures.insert(place, exposed);
                }
            }
            Signal::Met(met) => {
                if let Err(place) = self.place(&met) {
                    self.met.insert(place, met);
                }
            }
        }
    }

    fn place(&self, met: &Met) -> Result<usize, usize> {
        let key = |met: &Met| (met.at_ms, met.event_id);
        self.met.binary_search_by_key(&key(met), key)
    }

    /// Whether a further exposure changes nothing that was counted.
    pub(super) fn is_indifferent_to(&self, exposed: &Exposed) -> bool {
        let Some(first) = self.first_exposure() else { return self.saw_multiple_variants() };
        let decided = match (first.lane, exposed.lane) {
            (Lane::Verified, Lane::Unverified) => true,
            (Lane::Verified, Lane::Verified) => first < exposed && first.variant == exposed.variant,
            (Lane::Unverified, Lane::Unverified) => first < exposed,
            (Lane::Unverified, Lane::Verified) => false,
        };
        decided && !self.met.iter().any(|met| met.after == Some(exposed.event_id))
    }

    /// The exposure that decides epoch, variant and day; `None` when there is none, or when the
    /// visitor was seen in two variants.
    pub(super) fn first_exposure(&self) -> Option<&Exposed> {
        let verified = || self.exposures.iter().filter(|seen| seen.lane == Lane::Verified);
        match verified().next() {
            Some(_) if self.saw_multiple_variants() => None,
            Some(first) => Some(first),
            None => self.exposures.first(),
        }
    }

    /// Tells whether verified exposures show two variants. Unverified ones prove nothing.
    pub(super) fn saw_multiple_variants(&self) -> bool {
        let verified = self.exposures.iter().filter(|seen| seen.lane == Lane::Verified);
        let mut variants = verified.map(|seen| seen.variant);
        variants.next().is_some_and(|first| variants.any(|other| other != first))
    }
}
