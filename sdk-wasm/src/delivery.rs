//! When to send what, and what an answer means. Knows no network: a request leaves as a list of
//! ids, an answer comes back as an [`Answer`].

use crate::outbox::{Outbox, Worth};
use ttoolab_core::batch::MAX_EVENTS;

/// How long an exposure or a conversion waits for company.
pub(crate) const URGENT_MS: f64 = 50.0;
/// The most bytes in flight at once. Browsers allow 64 KiB of keepalive bodies for the whole
/// page; the rest belongs to the host.
pub(crate) const MAX_BYTES_IN_FLIGHT: usize = 24 * 1024;
/// The same while the page goes away: what does not leave now waits for the next visit.
const MAX_BYTES_LEAVING: usize = 48 * 1024;
/// The first and the longest wait after a failure, doubled in between.
const BACKOFF_MS: (f64, f64) = (1_000.0, 300_000.0);
/// The longest wait a server can ask for: past it, it is taken as a mistake.
const MAX_TOLD_MS: f64 = 3_600_000.0;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Answer {
    /// The HTTP status; 0 when there was no answer, or one that is not the collector's.
    pub(crate) status: u16,
    /// `Retry-After`.
    pub(crate) retry_after_s: Option<u32>,
    /// Ids that are durable now.
    pub(crate) accepted: Vec<String>,
    /// Ids that will never be taken, with the reason.
    pub(crate) rejected: Vec<(String, String)>,
}

/// What an answer means for the outbox.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// To forget: acknowledged.
    pub(crate) accepted: Vec<String>,
    /// To forget: refused, with the reason.
    pub(crate) rejected: Vec<(String, String)>,
    /// To forget: it makes a body unreadable.
    pub(crate) unreadable: Option<String>,
    /// The collector does not know us: no more requests on this page.
    pub(crate) refused: bool,
}

/// A batch to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) request: u32,
    pub(crate) visitor: String,
    pub(crate) ids: Vec<String>,
    bytes: usize,
}

/// Whether the page stays to hear the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Staying,
    Leaving,
}

/// The state of sending.
#[derive(Default)]
pub(crate) struct Delivery {
    in_flight: Vec<Batch>,
    last_request: u32,
    /// Groups of ids that must travel apart, because together they were refused.
    apart: Vec<Vec<String>>,
    /// When to look into the outbox.
    due: Option<f64>,
    /// The wait that a failure has earned.
    not_before: f64,
    /// The collector asked for the wait; leaving the page is no excuse.
    told: bool,
    failures: i32,
    stopped: bool,
    /// The last look left rows behind for want of room.
    backlog: bool,
    pub(crate) last_status: Option<u16>,
}

impl Delivery {
    /// Wants the outbox sent at `at`, or earlier.
    pub(crate) fn wake(&mut self, at: f64) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// When there is something to do.
    pub(crate) fn next_due(&self) -> Option<f64> {
        self.due.filter(|_| !self.stopped).map(|due| due.max(self.not_before))
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// Whether anything may be sent now.
    pub(crate) fn is_open(&self, now: f64, moment: Moment) -> bool {
        let waiting = now < self.not_before && (moment == Moment::Staying || self.told);
        !self.stopped && !waiting
    }

    /// The next batch, if there is room for one; to be asked until there is none.
    ///
    /// `envelope` is the size of everything around the events. `may_send` holds back visitors
    /// whose token is not known yet: without it their events would count as unverified.
    pub(crate) fn next_batch(
        &mut self,
        outbox: &Outbox,
        envelope: usize,
        moment: Moment,
        may_send: impl Fn(&str) -> bool,
    ) -> Option<Batch> {
        self.due = None;
        self.backlog = false;
        let limit = match moment {
            Moment::Staying => MAX_BYTES_IN_FLIGHT,
            Moment::Leaving => MAX_BYTES_LEAVING,
        };
        let flying: usize = self.in_flight.iter().map(|batch| batch.bytes).sum();
        let room = limit.saturating_sub(flying).min(MAX_BYTES_IN_FLIGHT);
        let group = if self.apart.is_empty() { None } else { Some(self.apart.remove(0)) };
        let mut batch = Batch {
            request: self.last_request + 1,
            visitor: String::new(),
            ids: Vec::new(),
            bytes: envelope,
        };
        // What counts goes first: a long backlog must not make a fresh exposure wait.
        for worth in [Worth::Counts, Worth::Plain] {
            for row in outbox.rows().iter().filter(|row| row.worth == worth) {
                let wanted = match &group {
                    Some(group) => group.contains(&row.id),
                    None => !self.is_spoken_for(&row.id) && may_send(&row.visitor),
                };
                if !wanted || (!batch.ids.is_empty() && row.visitor != batch.visitor) {
                    self.backlog |= wanted;
                    continue;
                }
                // A single event may be larger than the room: it travels alone.
                let alone = batch.ids.is_empty() && flying == 0;
                let size = row.json.len() + 1;
                if !alone && (batch.bytes + size > room || batch.ids.len() == MAX_EVENTS) {
                    self.backlog = true;
                    continue;
                }
                batch.bytes += size;
                batch.visitor.clone_from(&row.visitor);
                batch.ids.push(row.id.clone());
            }
        }
        if batch.ids.is_empty() {
            // A group that found no room keeps its place.
            self.apart
                .extend(group.filter(|group| group.iter().any(|id| outbox.find(id).is_some())));
            return None;
        }
        if let Some(mut rest) = group {
            rest.retain(|id| !batch.ids.contains(id) && outbox.find(id).is_some());
            if !rest.is_empty() {
                self.apart.push(rest);
            }
        }
        self.last_request = batch.request;
        self.in_flight.push(batch.clone());
        Some(batch)
    }

    /// Takes note of an answer. `chance` is a random number in 0..1.
    pub(crate) fn answered(
        &mut self,
        request: u32,
        answer: Answer,
        now: f64,
        chance: f64,
    ) -> Outcome {
        let Some(at) = self.in_flight.iter().position(|batch| batch.request == request) else {
            return Outcome::default();
        };
        let batch = self.in_flight.remove(at);
        self.last_status = Some(answer.status);
        let mut outcome = Outcome::default();
        match answer.status {
            200 if !answer.accepted.is_empty() || !answer.rejected.is_empty() => {
                self.failures = 0;
                self.not_before = 0.0;
                self.told = false;
                outcome.accepted = answer.accepted;
                outcome.rejected = answer.rejected;
                if self.backlog || !self.apart.is_empty() {
                    self.wake(now);
                }
            }
            400 | 413 => {
                let mut first = batch.ids;
                if first.len() > 1 {
                    let second = first.split_off(first.len() / 2);
                    self.apart.push(first);
                    self.apart.push(second);
                } else {
                    outcome.unreadable = first.pop();
                }
                self.wake(now);
            }
            401 | 403 => {
                self.stopped = true;
                outcome.refused = true;
            }
            429 | 503 => match answer.retry_after_s {
                Some(seconds) => {
                    let told = (f64::from(seconds) * 1000.0).min(MAX_TOLD_MS);
                    self.told = true;
                    // Spread out, or every page that was told the same comes back at once.
                    self.wait(now + told + chance * (told / 2.0).max(BACKOFF_MS.0));
                }
                None => self.back_off(now, chance),
            },
            // Also a 200 that acknowledges nothing: a proxy's page, not the collector's answer.
            _ => self.back_off(now, chance),
        }
        outcome
    }

    /// Forgets what was under way, for a visitor who withdrew.
    pub(crate) fn reset(&mut self) {
        *self = Self { last_request: self.last_request, ..Self::default() };
    }

    fn is_spoken_for(&self, id: &str) -> bool {
        let in_flight = self.in_flight.iter().flat_map(|batch| &batch.ids);
        in_flight.chain(self.apart.iter().flatten()).any(|taken| taken == id)
    }

    fn back_off(&mut self, now: f64, chance: f64) {
        self.told = false;
        let cap = (BACKOFF_MS.0 * f64::from(1_u32 << self.failures.min(16))).min(BACKOFF_MS.1);
        self.failures += 1;
        self.wait(now + cap * chance);
    }

    fn wait(&mut self, until: f64) {
        self.not_before = self.not_before.max(until);
        self.wake(until);
    }
}

#[cfg(test)]
mod tests;
