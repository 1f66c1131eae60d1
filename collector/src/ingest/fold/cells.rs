//! Cells: the sums that results and daily statistics are read from.

use super::map::Map;
use super::visitor::Symbol;
use crate::store::verdict::Lane;
use ttoolab_core::clock::Day;
use ttoolab_core::money::Currency;

/// The kinds of visitors that are counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Population {
    pub(crate) lane: Lane,
    /// The visitor looks like a bot.
    pub(crate) flagged: bool,
}

/// Which cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct CellKey {
    pub(crate) epoch: u32,
    pub(crate) population: Population,
    pub(crate) variant: Symbol,
    /// `None` is the experiment itself, which has exposures alone.
    pub(crate) goal: Option<Symbol>,
    pub(crate) day: Day,
}

/// The sums of one cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Visitors first exposed on that day (of those the goal counts).
    pub(crate) exposures: i64,
    /// Those of them whom `cargo xtask demo` made up.
    pub(crate) simulated: i64,
    /// Visitors whose first counted conversion was on that day.
    pub(crate) conversions: i64,
    /// Counted conversions on that day.
    pub(crate) total_conversions: i64,
    /// Money of that day, by currency.
    pub(crate) revenue: Vec<(Currency, Revenue)>,
}

/// Money in one currency, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Revenue {
    pub(crate) orders: i64,
    /// Orders of which nothing is left.
    pub(crate) refunded_orders: i64,
    pub(crate) gross: i128,
    pub(crate) refunds: i128,
}

impl Cell {
    /// Adds `other`, `times` being 1, or −1 to take it out again.
    pub(crate) fn add(&mut self, other: &Self, times: i64) {
        self.exposures += other.exposures * times;
        self.simulated += other.simulated * times;
        self.conversions += other.conversions * times;
        self.total_conversions += other.total_conversions * times;
        for (currency, sums) in &other.revenue {
            self.money(*currency).add(sums, times);
        }
        self.revenue.retain(|(_, sums)| *sums != Revenue::default());
    }

    /// The sums of one currency.
    pub(crate) fn money(&mut self, currency: Currency) -> &mut Revenue {
        let place = match self.revenue.iter().position(|(known, _)| *known == currency) {
            Some(place) => place,
            None => {
                // Kept in the order of the codes, so that equal sums are equal cells.
                let place =
                    self.revenue.partition_point(|(known, _)| known.code() < currency.code());
                self.revenue.insert(place, (currency, Revenue::default()));
                place
            }
        };
        &mut self.revenue[place].1
    }
}

impl Revenue {
    fn add(&mut self, other: &Self, times: i64) {
        self.orders += other.orders * times;
        self.refunded_orders += other.refunded_orders * times;
        self.gross += other.gross * i128::from(times);
        self.refunds += other.refunds * i128::from(times);
    }
}

/// Every cell of an experiment. One that sums to nothing is gone.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Cells(Map<CellKey, Cell>);

impl Cells {
    fn add(&mut self, key: CellKey, part: &Cell, times: i64) {
        let cell = self.0.entry(key).or_default();
        cell.add(part, times);
        if *cell == Cell::default() {
            self.0.remove(&key);
        }
    }

    /// Adds all parts, `times` being 1 or −1.
    pub(super) fn add_all(&mut self, parts: Vec<(CellKey, Cell)>, times: i64) {
        for (key, part) in parts {
            self.add(key, &part, times);
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&CellKey, &Cell)> {
        self.0.iter()
    }
}
