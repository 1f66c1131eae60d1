//! What a rebuild compared and what it could not, counted by kind: "0 differ" says no more than
//! that.

use super::again::Missing;
use std::fmt;

/// Counts over all events.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    pub(super) events: u64,

    // Compared.
    pub(super) times: u64,
    /// What an event says about money, which may be that it is none.
    pub(super) amounts: u64,
    /// Whether an experiment took the event, and if not, why.
    pub(super) experiments: u64,
    /// Whether a goal was met, and if not, why.
    pub(super) goals: u64,

    // Not compared: what they were judged by is not stored.
    /// The token, or that there was none, says whether an entry is verified.
    pub(super) lanes: u64,
    /// The token says which variant an exposure was of.
    pub(super) arms: u64,
    /// URLs are stored without most of their query, and without their fragment.
    pub(super) url_goals: u64,
    /// `order_id` is stored as a hash.
    pub(super) order_goals: u64,
    /// Events with an address, a card number or a name beyond the bound in them.
    pub(super) replaced: u64,
    /// Events of visitors who were erased.
    pub(super) nobodys: u64,

    // Not compared: the configuration is another one since.
    pub(super) edited_goals: u64,
    pub(super) changed_experiments: u64,
    pub(super) orphans: u64,
}

impl Scope {
    /// Nothing of an event can be compared.
    pub(super) fn leave(&mut self, missing: Missing) {
        match missing {
            Missing::Text => self.replaced += 1,
            Missing::Visitor => self.nobodys += 1,
            Missing::Project => self.orphans += 1,
        }
    }

    /// How many events could not be compared in anything.
    pub(super) fn left(&self) -> u64 {
        self.replaced + self.nobodys + self.orphans
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { times, amounts, experiments, goals, .. } = self;
        writeln!(
            f,
            "compared: {times} times, {amounts} amounts, {experiments} experiments, {goals} goals"
        )?;
        let Self { lanes, arms, url_goals, order_goals, replaced, nobodys, .. } = self;
        writeln!(
            f,
            "not compared, as the input is not stored: {lanes} lanes, {arms} arms, \
             {url_goals} goals with URL rules, {order_goals} goals with a condition on order_id, \
             {replaced} events with replaced text, {nobodys} events of erased visitors"
        )?;
        let Self { edited_goals, changed_experiments, orphans, .. } = self;
        write!(
            f,
            "not compared, as it changed since: {edited_goals} edited goals, \
             {changed_experiments} experiments started, resumed or removed, \
             {orphans} events of removed projects"
        )
    }
}
