//! The outbox leaves in batches, and answers come back.

use super::{Effect, Engine, Phase};
use crate::delivery::{Answer, Batch, MAX_BYTES_IN_FLIGHT, Moment};
use crate::json;
use crate::platform::Platform;
use ttoolab_core::reason::RejectCode;

/// What a batch says about its sender.
const SDK: &str = concat!("ttoolab-wasm/", env!("CARGO_PKG_VERSION"));
/// The size of a batch without its token and its events, with room.
const ENVELOPE_BYTES: usize = 512;

impl<P: Platform> Engine<P> {
    /// Sends what may be sent now.
    pub(super) fn pump(&mut self, moment: Moment) {
        let now = self.platform.elapsed_ms();
        if self.phase == Phase::Idle || !self.delivery.is_open(now, moment) {
            return;
        }
        loop {
            let known = self.known.as_ref();
            let envelope = ENVELOPE_BYTES + known.map_or(0, |known| known.blob.token.len());
            let visitor = &self.visitor;
            // Without the token our visitor's events would count as unverified, for ever.
            let may_send = |whose: &str| whose != visitor || known.is_some();
            let Some(batch) = self.delivery.next_batch(&self.outbox, envelope, moment, may_send)
            else {
                return;
            };
            let body = self.body(&batch);
            // A larger body cannot be kept alive; it can only be sent while the page is here.
            let keepalive = body.len() <= MAX_BYTES_IN_FLIGHT;
            self.effects.push(Effect::Post { request: batch.request, body, keepalive });
        }
    }

    fn body(&mut self, batch: &Batch) -> String {
        let mut out = String::from("{\"projectKey\":");
        json::string(&mut out, &self.settings.project_key);
        json::member(&mut out, "anonymousId", &batch.visitor);
        let token = self.token_of(&batch.visitor);
        if !token.is_empty() {
            json::member(&mut out, "visitorToken", token);
        }
        json::member(&mut out, "sentAt", &self.platform.iso_time(self.platform.now_ms()));
        json::member(&mut out, "sdk", SDK);
        if self.platform.is_driven() {
            json::key(&mut out, "webdriver");
            out.push_str("true");
        }
        self.dropped.report(batch.request, &mut out);
        json::key(&mut out, "events");
        let mut separator = '[';
        for row in batch.ids.iter().filter_map(|id| self.outbox.find(id)) {
            out.push(separator);
            out.push_str(&row.json);
            separator = ',';
        }
        out.push_str("]}");
        out
    }

    fn token_of(&self, visitor: &str) -> &str {
        match (&self.known, &self.former) {
            (Some(known), _) if known.blob.visitor == visitor => &known.blob.token,
            (_, Some((former, token))) if former == visitor => token,
            _ => "",
        }
    }

    /// The answer to [`Effect::Post`].
    pub(super) fn answered(&mut self, request: u32, answer: Answer) {
        let chance = self.platform.chance();
        let now = self.platform.elapsed_ms();
        let outcome = self.delivery.answered(request, answer, now, chance);
        self.dropped
            .answered(request, !outcome.accepted.is_empty() || !outcome.rejected.is_empty());
        for id in &outcome.accepted {
            self.outbox.forget(&self.platform, id);
        }
        for (id, code) in &outcome.rejected {
            self.outbox.forget(&self.platform, id);
            self.note(code, Some(("eventId", id)));
        }
        if let Some(id) = &outcome.unreadable {
            self.outbox.forget(&self.platform, id);
            self.dropped.refused += 1;
            self.note(RejectCode::BadEvent.as_str(), Some(("eventId", id)));
        }
        self.outbox.store_more(&self.platform);
        if !outcome.accepted.is_empty() {
            let mut detail = String::from("{\"accepted\":");
            json::whole(&mut detail, outcome.accepted.len() as i64);
            detail.push('}');
            self.effects.push(Effect::Tell { topic: "delivered", detail });
        }
        if outcome.refused {
            self.effects.push(Effect::Say(
                "the collector refuses this project key or origin; events are kept.",
            ));
        }
        if self.delivery.next_due().is_some_and(|due| due <= now) {
            self.pump(Moment::Staying);
        }
        self.finish_flush();
    }

    /// Sends everything without waiting for company.
    pub(super) fn flush(&mut self) {
        self.flushing = true;
        self.finish_flush();
    }

    /// Ends `flush()` as soon as nothing is under way, be it sent or to be tried again later.
    pub(super) fn finish_flush(&mut self) {
        let undecided = matches!(self.phase, Phase::Waiting | Phase::Applying);
        if self.flushing && !undecided {
            self.pump(Moment::Staying);
            if self.delivery.is_idle() {
                self.flushing = false;
                self.effects.push(Effect::Flushed);
            }
        }
    }
}
