//! What `getAssignments()` and `debug()` show.

use super::Engine;
use crate::json;
use crate::platform::Platform;

impl<P: Platform> Engine<P> {
    /// The active assignments as JSON, in the published form as far as we know it.
    pub(crate) fn assignments_json(&self) -> String {
        let mut out = String::from("[");
        let active = self.active().map(|experiment| (experiment, false));
        for (experiment, forced) in active.chain(self.previewed().map(|looked| (looked, true))) {
            if out.len() > 1 {
                out.push(',');
            }
            out.push_str("{\"experimentKey\":");
            json::string(&mut out, &experiment.key);
            json::member(&mut out, "experimentId", &experiment.key);
            json::member(&mut out, "variantKey", &experiment.variant);
            json::member(&mut out, "variantId", &experiment.variant);
            json::key(&mut out, "epoch");
            json::whole(&mut out, i64::from(experiment.epoch));
            if forced {
                json::key(&mut out, "forced");
                out.push_str("true");
            } else if let Some(exposure) = self.exposures.of(experiment) {
                json::member(&mut out, "exposureId", &exposure.event_id);
            }
            out.push('}');
        }
        out.push(']');
        out
    }

    /// The state as JSON, for a developer to read.
    pub(crate) fn debug_json(&self) -> String {
        let mut out = String::from("{\"version\":");
        json::string(&mut out, env!("CARGO_PKG_VERSION"));
        json::member(&mut out, "projectKey", &self.settings.project_key);
        json::member(&mut out, "endpoint", &self.settings.endpoint);
        json::member(&mut out, "consent", self.consent.word());
        json::member(&mut out, "anonymousId", &self.visitor);
        json::key(&mut out, "ready");
        out.push_str(if self.is_live() { "true" } else { "false" });
        json::key(&mut out, "assignments");
        out.push_str(&self.assignments_json());
        json::key(&mut out, "outbox");
        json::whole(&mut out, self.outbox.rows().len() as i64);
        if let Some(status) = self.delivery.last_status {
            json::key(&mut out, "lastStatus");
            json::whole(&mut out, i64::from(status));
        }
        json::key(&mut out, "drops");
        let mut separator = '{';
        for (reason, count) in &self.reasons {
            out.push(separator);
            json::string(&mut out, reason);
            out.push(':');
            json::whole(&mut out, i64::from(*count));
            separator = ',';
        }
        if self.reasons.is_empty() {
            out.push('{');
        }
        out.push_str("}}");
        out
    }
}
