//! Signals that matter become events in the outbox.

use super::{Effect, Engine, Phase};
use crate::capture::track::{Payload, check_name};
use crate::capture::{Signal, What};
use crate::delivery::URGENT_MS;
use crate::event::{Assigned, Claim, Event};
use crate::exposure::Exposure;
use crate::identity::uuid_v7;
use crate::json;
use crate::judge::judge;
use crate::outbox::{Row, Worth};
use crate::platform::Platform;
use ttoolab_core::check::MAX_URL_BYTES;
use ttoolab_core::reason::RejectCode;

/// An event about to be written.
struct Draft<'a> {
    name: &'a str,
    at_ms: f64,
    url: &'a str,
    payload: Option<&'a str>,
    assignments: &'a [Assigned],
    conversions: &'a [Claim],
}

impl<P: Platform> Engine<P> {
    /// A call of `track()`, made at that time on that URL.
    pub(super) fn track(
        &mut self,
        name: Option<String>,
        Payload { json: payload, reasons }: Payload,
        at_ms: f64,
        url: String,
    ) {
        let name = name.unwrap_or_default();
        match check_name(&name) {
            Ok(()) => {
                for reason in reasons {
                    self.note(&reason, Some(("eventName", &name)));
                }
                self.signal(Signal { what: What::Tracked { name, payload }, at_ms, url });
            }
            Err(reason) => self.note(reason, Some(("eventName", &name))),
        }
    }

    /// Records one `$exposure` for every active experiment that has none yet.
    pub(super) fn expose(&mut self) {
        if !self.shown {
            return;
        }
        let mut running: Vec<usize> = self.active.clone();
        let Some(known) = &self.known else { return };
        running.retain(|&at| {
            let experiment = &known.blob.experiments[at];
            if experiment.running && self.exposures.of(experiment).is_none() {
                self.exposures.adopt(&self.platform, &experiment.key);
            }
            experiment.running && self.exposures.of(experiment).is_none()
        });
        if running.is_empty() {
            return;
        }
        let at_ms = self.platform.now_ms();
        let assignments: Vec<Assigned> = running
            .iter()
            .map(|&at| self.exposures.assigned(&known.blob.experiments[at], at_ms))
            .collect();
        let url = self.platform.url();
        let draft = Draft {
            name: "$exposure",
            at_ms,
            url: &url,
            payload: None,
            assignments: &assignments,
            conversions: &[],
        };
        let event_id = self.write(&draft, Worth::Counts);
        for Assigned { experiment_key, variant_key, epoch, .. } in assignments {
            let exposure = Exposure {
                experiment: experiment_key,
                variant: variant_key,
                epoch,
                event_id: event_id.clone(),
                at_ms: Some(at_ms),
            };
            self.exposures.record(&self.platform, exposure);
        }
    }

    /// Judges a signal and keeps it as an event if it is worth one. `known_at_ms` is the time
    /// by which exposures count as earlier.
    pub(super) fn record(&mut self, signal: &Signal<P::Path>, known_at_ms: f64) {
        let assignments: Vec<Assigned> = self
            .active()
            .map(|experiment| self.exposures.assigned(experiment, known_at_ms))
            .collect();
        let exposed = assignments.iter().map(|assigned| assigned.exposure_id.is_some());
        let mut verdict = judge(&self.platform, self.active().zip(exposed), signal, self.watched);
        for goal in std::mem::take(&mut verdict.broken) {
            if !self.broken.contains(&goal) {
                self.note("badSelector", Some(("goalKey", &goal.goal_key)));
                self.broken.push(goal);
            }
        }
        if let What::Click { same_action, .. } = signal.what {
            if same_action {
                verdict.forget_repeated(&self.last_click);
                self.last_click.extend_from_slice(&verdict.met);
            } else {
                self.last_click.clone_from(&verdict.met);
            }
        }
        let wanted = match signal.what {
            What::Tracked { .. } => !self.active.is_empty(),
            // Nobody asked for these by name: sent only if a goal was waiting for them.
            What::Url | What::Click { .. } | What::Submit { .. } => !verdict.met.is_empty(),
        };
        if !wanted {
            if matches!(signal.what, What::Tracked { .. }) {
                self.note(
                    RejectCode::NoAssignment.as_str(),
                    Some(("eventName", signal.event_name())),
                );
            }
            self.tell_signal(signal, &verdict, None);
            return;
        }
        let worth = if verdict.met.is_empty() { Worth::Plain } else { Worth::Counts };
        let draft = Draft {
            name: signal.event_name(),
            at_ms: signal.at_ms,
            url: &signal.url,
            payload: signal.payload(),
            assignments: &assignments,
            conversions: &verdict.met,
        };
        let id = self.write(&draft, worth);
        self.tell_signal(signal, &verdict, Some(&id));
    }

    /// Writes an event into the outbox; gives back its id.
    fn write(&mut self, draft: &Draft<'_>, worth: Worth) -> String {
        self.seq += 1;
        let id = uuid_v7(&self.platform, draft.at_ms);
        // A longer one would cost the whole event. What is cut is the end of the query.
        let url = draft.url.get(..MAX_URL_BYTES).unwrap_or(draft.url);
        let referrer = self.platform.referrer();
        let event = Event {
            id: &id,
            doc_id: &self.doc_id,
            seq: self.seq,
            name: draft.name,
            created_at: &self.platform.iso_time(draft.at_ms),
            clock_offset_ms: self.known.as_ref().and_then(|known| known.clock_offset_ms),
            url,
            referrer: if referrer.len() > MAX_URL_BYTES { "" } else { &referrer },
            payload: draft.payload,
            assignments: draft.assignments,
            conversions: draft.conversions,
        };
        let json = event.to_json();
        let topic = if draft.name == "$exposure" { "exposure" } else { "conversion" };
        if worth == Worth::Counts {
            self.effects.push(Effect::Tell { topic, detail: json.clone() });
        }
        let row = Row { id: id.clone(), visitor: self.visitor.clone(), worth, json, stored: false };
        for _ in 0..self.outbox.push(&self.platform, row) {
            self.dropped.cap += 1;
            self.note("cap", None);
        }
        let wait = match worth {
            Worth::Counts => URGENT_MS,
            Worth::Plain => self.known.as_ref().map_or(0.0, crate::blob::Known::flush_interval_ms),
        };
        self.delivery.wake(self.platform.elapsed_ms() + wait);
        id
    }

    /// Says why something will not arrive: counted for `debug()`, told to `on("drop")` with what
    /// it is about, a name for it and the name's value.
    pub(super) fn note(&mut self, reason: &str, about: Option<(&str, &str)>) {
        match self.reasons.iter_mut().find(|(known, _)| known == reason) {
            Some((_, count)) => *count += 1,
            None => self.reasons.push((reason.to_owned(), 1)),
        }
        let mut detail = String::from("{\"reason\":");
        json::string(&mut detail, reason);
        if let Some((what, which)) = about {
            json::member(&mut detail, what, which);
        }
        detail.push('}');
        self.effects.push(Effect::Tell { topic: "drop", detail });
    }

    /// Whether signals are judged by now.
    pub(super) fn is_live(&self) -> bool {
        self.phase == Phase::Live
    }
}
