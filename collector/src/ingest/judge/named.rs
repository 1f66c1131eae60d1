//! Entries for the experiments an event names.

use super::{Judged, Occurrence};
use crate::admin::experiment::{Experiment, Status};
use crate::store::verdict::{Entry, Exposure, Lane, Sender};
use ttoolab_core::check::{CheckedAssignment, Rejection};
use ttoolab_core::id::{EventId, ExperimentKey, VariantKey};
use ttoolab_core::reason::{Note, Reason, RejectCode};

/// Refuses an event when each experiment it names is frozen, or was never started.
pub(super) fn refuse_if_all_are_closed(
    occurrence: &Occurrence<'_>,
    event_id: EventId,
) -> Result<(), Rejection> {
    let received_ms = occurrence.context.received_ms;
    let mut refusal = None;
    for assignment in &occurrence.event.assignments {
        let experiment = occurrence.context.project.experiment(&assignment.experiment_key);
        match experiment.and_then(|experiment| closed(experiment, received_ms)) {
            Some(closed) => refusal = Some(closed),
            None => return Ok(()),
        }
    }
    let Some((code, message)) = refusal else { return Ok(()) };
    Err(Rejection { event_id: Some(event_id.to_string()), code, message: message.to_owned() })
}

/// Why an experiment takes no event at all, in code and words.
pub(super) fn closed(
    experiment: &Experiment,
    received_ms: i64,
) -> Option<(RejectCode, &'static str)> {
    match experiment.config.status {
        Status::Draft => Some((RejectCode::NotRunning, "the experiment has not been started")),
        Status::Completed if experiment.is_frozen(received_ms) => {
            Some((RejectCode::Closed, "the experiment was completed more than 7 days ago"))
        }
        Status::Running | Status::Paused | Status::Completed => None,
    }
}

/// One entry for each experiment that the event names.
pub(super) fn entries(occurrence: &Occurrence<'_>, notes: &mut Vec<Note>) -> Vec<Judged> {
    let mut entries: Vec<Judged> = Vec::with_capacity(occurrence.event.assignments.len());
    for assignment in &occurrence.event.assignments {
        let named = ExperimentKey::parse(&assignment.experiment_key);
        let Ok(experiment_key) = named else { continue };
        if entries.iter().any(|(entry, _)| entry.experiment_key == experiment_key) {
            continue;
        }
        let entry = match occurrence.context.project.experiment(experiment_key.as_str()) {
            Some(experiment) => entry(occurrence, experiment, assignment, notes),
            None => {
                let reason = Some(Reason::UnknownExperiment);
                let lane = Lane::Unverified;
                (Entry { experiment_key, lane, exposure: None, after: None, reason }, Vec::new())
            }
        };
        entries.push(entry);
    }
    entries
}

fn entry(
    occurrence: &Occurrence<'_>,
    experiment: &Experiment,
    assignment: &CheckedAssignment<'_>,
    notes: &mut Vec<Note>,
) -> Judged {
    let shown = shown(occurrence, experiment, assignment, notes);
    let (exposure, reason) = match (occurrence.event.name == "$exposure", shown) {
        (_, None) => (None, Some(Reason::UnknownExperiment)),
        (false, Some(_)) => (None, occurrence.too_late(experiment)),
        (true, Some(exposure)) => {
            let stopped = !experiment.was_running_at(occurrence.at_ms);
            let reason = stopped.then_some(Reason::NotRunning);
            (Some(exposure), reason.or_else(|| occurrence.too_late(experiment)))
        }
    };
    let entry = Entry {
        experiment_key: experiment.key().clone(),
        lane: occurrence.lane_in(experiment),
        exposure,
        after: assignment.exposure_id,
        reason,
    };
    (entry, occurrence.goals(experiment))
}

/// The arm that counts: the token's where there is one, else the claimed one; `None` when the
/// experiment never had it.
fn shown(
    occurrence: &Occurrence<'_>,
    experiment: &Experiment,
    assignment: &CheckedAssignment<'_>,
    notes: &mut Vec<Note>,
) -> Option<Exposure> {
    let known = 1..=experiment.epoch();
    let claimed_epoch =
        assignment.epoch.filter(|epoch| known.contains(epoch)).unwrap_or(experiment.epoch());
    let token = match occurrence.context.sender {
        Sender::Browser => occurrence.context.token,
        Sender::Server => None,
    };
    let Some(arm) = token.and_then(|token| token.arm(experiment.key().as_str())) else {
        let variant = VariantKey::parse(&assignment.variant_key).ok()?;
        experiment.variant(variant.as_str())?;
        return Some(Exposure { variant, epoch: claimed_epoch });
    };
    let differs = *arm.variant.as_str() != *assignment.variant_key || arm.epoch != claimed_epoch;
    if differs && !notes.contains(&Note::VariantMismatch) {
        notes.push(Note::VariantMismatch);
    }
    Some(Exposure { variant: arm.variant.clone(), epoch: arm.epoch })
}
