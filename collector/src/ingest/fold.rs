//! The fold: counts as a pure function of the *set* of stored events.
//!
//! Rows may come in any order, any number of times, in any grouping: the cells end up the same.
//! Per experiment it keeps what each visitor did ([`visitor`]), which event owns each order id
//! ([`orders`]), and the sums of what visitors contribute ([`cells`]); [`reasons`] decides what
//! counts, and [`bursts`] who is too fast to be a person. A new row changes one
//! visitor, and through an order id at most two more: their old contributions are taken out of
//! the cells, the new ones put in. Nothing here does I/O or reads a clock.

mod bursts;
pub(crate) mod cells;
mod contribution;
mod experiment;
mod map;
mod orders;
mod reasons;
mod refunds;
mod visitor;

#[cfg(test)]
mod tests;

use crate::admin::catalog::Catalog;
use crate::store::verdict::{Lane, Sender};
use crate::store::{Countable, EventRow};
use bursts::Times;
pub(crate) use experiment::{Census, ExperimentFold};
use map::Map;
use orders::OrderHash;
use refunds::{Refund, RefundedBy, Refunds};
use ttoolab_core::id::{AnonymousId, ExperimentKey};
use visitor::About;
pub(crate) use visitor::Symbol;

/// Everything counted, by project.
#[derive(Debug, Default)]
pub(crate) struct Fold {
    projects: Map<i64, ProjectFold>,
}

/// What the experiments of a project share.
#[derive(Debug, Default)]
struct ProjectFold {
    experiments: Map<ExperimentKey, ExperimentFold>,
    flags: Map<AnonymousId, Flags>,
    times: Map<AnonymousId, Times>,
    refunds: Refunds,
}

/// In which lanes a visitor looked like a bot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Flags {
    verified: bool,
    unverified: bool,
}

impl Flags {
    /// A flag marks the visitor everywhere, but an unverified event never marks a verified
    /// visitor: anybody could send one.
    fn mark(self, lane: Lane) -> bool {
        self.verified || (self.unverified && lane == Lane::Unverified)
    }
}

impl Fold {
    /// Takes over the experiments of a catalog: the goals to count and the days to count them on.
    /// What was counted under other rules is counted again.
    pub(crate) fn configure(&mut self, catalog: &Catalog) {
        for project in catalog.projects() {
            let fold = self.projects.entry(project.id).or_default();
            for experiment in &project.experiments {
                let counted = fold.experiments.entry(experiment.key().clone()).or_default();
                counted.configure(experiment, &project.time_zone, &fold.refunds);
            }
        }
    }

    /// Counts an event that stands in the log.
    pub(crate) fn apply(&mut self, event: &Countable) {
        self.projects.entry(event.project_id).or_default().apply(event);
    }

    /// Takes a visitor out of the counts; `rows` are all that stood in the log of them.
    pub(crate) fn forget(&mut self, project_id: i64, visitor: AnonymousId, rows: &[EventRow]) {
        if let Some(project) = self.projects.get_mut(&project_id) {
            project.forget(visitor, rows);
        }
    }

    /// The counts of an experiment.
    pub(crate) fn experiment(
        &self,
        project_id: i64,
        key: &ExperimentKey,
    ) -> Option<&ExperimentFold> {
        self.projects.get(&project_id)?.experiments.get(key)
    }
}

impl ProjectFold {
    fn apply(&mut self, event: &Countable) {
        let context = &event.context;
        let times = self.times.entry(event.visitor).or_default();
        let burst = times.add(context.verdict.lane, event.at_ms, event.event_id);
        if burst || context.verdict.flag.is_some() {
            self.flag(event);
        }
        if event.is_refund {
            self.refund(event);
        }
        let flags = self.flags.get(&event.visitor).copied().unwrap_or_default();
        for (place, entry) in context.verdict.entries.iter().enumerate() {
            let Some(fold) = self.experiments.get_mut(&entry.experiment_key) else { continue };
            let goals = event.verdict.goals_of(place);
            let Some(signal) = fold.signal(event, entry, goals) else { continue };
            let about = About { flags, simulated: context.sdk.starts_with("ttoolab-sim/") };
            fold.add(event.visitor, signal, about, &self.refunds);
        }
    }

    fn forget(&mut self, visitor: AnonymousId, rows: &[EventRow]) {
        self.times.remove(&visitor);
        self.flags.remove(&visitor);
        for (key, fold) in &mut self.experiments {
            let entries = rows.iter().flat_map(|EventRow { counts, .. }| {
                let entries = counts.context.verdict.entries.iter().enumerate();
                entries.map(|(place, entry)| (entry, counts.verdict.goals_of(place)))
            });
            let entries = entries.filter(|(entry, _)| entry.experiment_key == *key);
            fold.forget(visitor, entries, &self.refunds);
        }
        for refund in rows.iter().map(|row| &row.counts).filter(|event| event.is_refund) {
            if let Some(order) = refund.order_hash {
                self.change_refunds(&order, |refunds| refunds.remove(&order, refund.event_id));
            }
        }
    }

    fn flag(&mut self, event: &Countable) {
        let flags = self.flags.entry(event.visitor).or_default();
        let flag = match event.context.verdict.lane {
            Lane::Verified => &mut flags.verified,
            Lane::Unverified => &mut flags.unverified,
        };
        if std::mem::replace(flag, true) {
            return;
        }
        let flags = *flags;
        for fold in self.experiments.values_mut() {
            if fold.knows(&event.visitor) {
                fold.change(event.visitor, &self.refunds, |visitor| visitor.about.flags = flags);
            }
        }
    }

    fn refund(&mut self, event: &Countable) {
        let (Some(order), None) = (event.order_hash, event.verdict.money) else { return };
        let context = &event.context;
        let by = match context.verdict.sender {
            Sender::Server => RefundedBy::Server,
            Sender::Browser => RefundedBy::Visitor(event.visitor, context.verdict.lane),
        };
        let refund = Refund {
            at_ms: event.at_ms,
            event_id: event.event_id,
            by,
            received_ms: context.received_ms,
            amount: event.amount.clone(),
        };
        self.change_refunds(&order, |refunds| refunds.add(order, refund));
    }

    /// Changes the refunds of an order, and the counts of all who own it.
    fn change_refunds(&mut self, order: &OrderHash, change: impl FnOnce(&mut Refunds)) {
        let before: Vec<_> =
            self.experiments.values_mut().map(|fold| fold.take_out(order, &self.refunds)).collect();
        change(&mut self.refunds);
        for (fold, owners) in self.experiments.values_mut().zip(before) {
            fold.put_in(&owners, &self.refunds);
        }
    }
}
