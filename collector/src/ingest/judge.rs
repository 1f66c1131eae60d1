//! Judging: a checked event and what is known of its sender in, a row with its verdict out.
//!
//! Pure: the same event under the same configuration gets the same verdict, whenever it comes.

mod facts;
mod named;
pub(crate) mod scrub;
mod stored;

use crate::admin::experiment::Experiment;
use crate::admin::project::Project;
use crate::assign::token::Claims;
use crate::store::verdict::{ContextVerdict, Entry, GoalVerdict, Lane, Sender, Verdict};
use crate::store::{Countable, EventContext, EventRow, VisitorHash};
use facts::{Order, Revenue, revenue};
use std::borrow::Cow;
use std::sync::Arc;
use ttoolab_core::check::{CheckedEvent, REFUND, Rejection};
use ttoolab_core::clock::corrected;
use ttoolab_core::goal::{Assignment, Goal, Signal, SignalKind, evaluate};
use ttoolab_core::id::{AnonymousId, EventId};
use ttoolab_core::reason::{Flag, Note, Reason, RejectCode};

/// What is known of a request before its events are looked at.
pub(crate) struct Context<'a> {
    pub(crate) project: &'a Project,
    pub(crate) visitor: AnonymousId,
    pub(crate) sender: Sender,
    /// The visitor's token, if a valid one came along.
    pub(crate) token: Option<&'a Claims>,
    pub(crate) flag: Option<Flag>,
    /// The visitor was erased: nothing is taken.
    pub(crate) erased: bool,
    pub(crate) visitor_hash: VisitorHash,
    pub(crate) sdk: &'a str,
    pub(crate) received_ms: i64,
}

/// The id of an event, and whether its sender can send it again under the same id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Identity {
    pub(crate) event_id: EventId,
    pub(crate) idempotent: bool,
}

/// Judges one event. What it shares with the one `before` it in its request, the two have in common.
///
/// # Errors
/// A rejection when every experiment it names takes nothing any more, or nothing yet, or when
/// nothing is taken of its visitor.
pub(crate) fn judge(
    event: &CheckedEvent<'_>,
    identity: Identity,
    context: &Context<'_>,
    before: Option<&EventRow>,
) -> Result<EventRow, Rejection> {
    if context.erased {
        return Err(Rejection {
            event_id: Some(identity.event_id.to_string()),
            code: RejectCode::Erased,
            message: "the visitor was erased".to_owned(),
        });
    }
    let created_ms = event.created_ms.unwrap_or(context.received_ms);
    let clock = corrected(created_ms, event.clock_offset_ms, context.received_ms);
    let order = Order::of_event(&event.name);
    let money = revenue(&event.payload, context.project.currency, order);
    let occurrence = Occurrence { event, context, at_ms: clock.at_ms, money: &money };
    named::refuse_if_all_are_closed(&occurrence, identity.event_id)?;

    let mut notes = Vec::new();
    if clock.bad_clock {
        notes.push(Note::BadClock);
    }
    if !identity.idempotent {
        notes.push(Note::NoIdempotency);
    }
    let (entries, mut goals): (Vec<_>, Vec<_>) = if event.assignments.is_empty() {
        unnamed_entries(&occurrence)
    } else {
        named::entries(&occurrence, &mut notes)
    }
    .into_iter()
    .unzip();
    if goals.iter().all(Vec::is_empty) {
        goals.clear();
    }
    Ok(EventRow {
        counts: Countable {
            event_id: identity.event_id,
            visitor: context.visitor,
            project_id: context.project.id,
            is_refund: event.name == REFUND,
            at_ms: clock.at_ms,
            order_hash: facts::order_hash(event, &context.project.order_key),
            verdict: Arc::new(Verdict { notes, money: money.reason(), goals }),
            context: occurrence.shared(entries, before),
            amount: money.amount(),
        },
        name: scrub::text(&event.name).into_owned(),
        created_ms: event.created_ms,
        clock_offset_ms: event.clock_offset_ms,
        seq: event.seq,
        url: stored::url(&event.url, context.project).into_owned(),
        payload: event.raw_payload.map(stored::payload),
        conversions: event.raw_conversions.map(|raw| scrub::json(raw).into_owned()),
    })
}

/// The verdict for one experiment: what other events may share, and the event's own goals.
type Judged = (Entry, Vec<GoalVerdict>);

/// An event at the time it counts at.
struct Occurrence<'a> {
    event: &'a CheckedEvent<'a>,
    context: &'a Context<'a>,
    at_ms: i64,
    /// What it says about money, read once for every goal.
    money: &'a Revenue,
}

impl Occurrence<'_> {
    /// The lane of the event as a whole.
    fn lane(&self) -> Lane {
        match (self.context.sender, self.context.token) {
            (Sender::Server, _) | (Sender::Browser, Some(_)) => Lane::Verified,
            (Sender::Browser, None) => Lane::Unverified,
        }
    }

    /// What the event shares with others of its request.
    fn shared(&self, entries: Vec<Entry>, before: Option<&EventRow>) -> Arc<EventContext> {
        let Self { event, context, .. } = self;
        let doc_id = event.doc_id.as_deref().map(scrub::text);
        let referrer = stored::url(&event.referrer, context.project);
        let before = before.map(|row| &row.counts.context);
        let assignments = event.raw_assignments.map(|raw| {
            // Sent again as it was stored: there was nothing to scrub in it.
            let known = before.is_some_and(|b| b.assignments.as_deref() == Some(raw.get()));
            if known { Cow::Borrowed(raw.get()) } else { scrub::json(raw) }
        });
        if let Some(before) = before
            && before.verdict.entries == entries
            && before.doc_id.as_deref() == doc_id.as_deref()
            && *before.referrer == *referrer
            && before.assignments.as_deref() == assignments.as_deref()
        {
            return Arc::clone(before);
        }
        Arc::new(EventContext {
            received_ms: context.received_ms,
            sdk: context.sdk.to_owned(),
            doc_id: doc_id.map(Cow::into_owned),
            referrer: referrer.into_owned(),
            assignments: assignments.map(Cow::into_owned),
            verdict: ContextVerdict {
                sender: context.sender,
                lane: self.lane(),
                flag: context.flag,
                entries,
            },
        })
    }

    /// The lane of the event within one experiment: its token must cover that experiment.
    fn lane_in(&self, experiment: &Experiment) -> Lane {
        let covered =
            self.context.token.is_some_and(|token| token.arm(experiment.key().as_str()).is_some());
        match (self.context.sender, covered) {
            (Sender::Server, _) | (Sender::Browser, true) => Lane::Verified,
            (Sender::Browser, false) => Lane::Unverified,
        }
    }

    /// Why nothing of this time counts in the experiment, if so: it was over, or is frozen.
    fn too_late(&self, experiment: &Experiment) -> Option<Reason> {
        let over = experiment.history.completed_ms.is_some_and(|end| self.at_ms >= end);
        let closed = named::closed(experiment, self.context.received_ms).is_some();
        (over || closed).then_some(Reason::NotRunning)
    }

    /// The goals whose kind of event this is.
    fn goals(&self, experiment: &Experiment) -> Vec<GoalVerdict> {
        let Some(kind) = SignalKind::of_event(&self.event.name) else {
            return Vec::new();
        };
        let claimed = |goal: &Goal| {
            self.event.claims.iter().any(|claim| {
                *claim.experiment_key == *experiment.key().as_str()
                    && *claim.goal_key == *goal.key.as_str()
            })
        };
        let signal = Signal {
            kind,
            url: &self.event.url,
            regex: &|pattern, url| experiment.regex_matches(pattern, url),
            // Without a document, a selector hit rests on the claim.
            hit: &|goal, _selector| Some(claimed(goal)),
            field: &|name| facts::field(&self.event.payload, name),
            no_amount: &|| self.money.unusable(),
        };
        // Whether the visitor was exposed is for the fold to say, which sees all events.
        let assignment = Assignment {
            experiment_key: experiment.key().as_str(),
            goals: &experiment.goals,
            exposed: true,
        };
        evaluate(&signal, [assignment]).map(GoalVerdict::of).collect()
    }
}

/// An event that names no experiment is judged for every one: the fold knows in which its
/// visitor was exposed.
fn unnamed_entries(occurrence: &Occurrence<'_>) -> Vec<Judged> {
    let experiments = occurrence.context.project.experiments.iter();
    let entries =
        experiments.filter(|experiment| !experiment.history.epochs.is_empty()).map(|experiment| {
            let entry = Entry {
                experiment_key: experiment.key().clone(),
                lane: occurrence.lane_in(experiment),
                exposure: None,
                after: None,
                reason: occurrence.too_late(experiment),
            };
            (entry, occurrence.goals(experiment))
        });
    entries.filter(|(_, goals)| !goals.is_empty()).collect()
}
