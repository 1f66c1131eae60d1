//! The topic `signal`: what was seen and what every goal made of it, for the debug overlay and
//! whoever else listens. Put together only while somebody does.

use super::{Effect, Engine};
use crate::capture::Signal;
use crate::event::Claim;
use crate::json;
use crate::judge::{Reasons, Verdict, judge};
use crate::platform::Platform;
use ttoolab_core::reason::Reason;

impl<P: Platform> Engine<P> {
    /// Tells what became of a signal; `event_id` if it became an event.
    pub(super) fn tell_signal(
        &mut self,
        signal: &Signal<P::Path>,
        verdict: &Verdict,
        event_id: Option<&str>,
    ) {
        let Some(reasons) = &verdict.reasons else { return };
        // Whoever looks at a variant wants to see its goals met, though nothing is sent for them.
        let looked = self.previewed().map(|experiment| (experiment, true));
        let forced = judge(&self.platform, looked, signal, Reasons::Asked).reasons;
        let mut detail = String::from("{\"eventName\":");
        json::string(&mut detail, signal.event_name());
        json::member(&mut detail, "url", &signal.url);
        json::key(&mut detail, "sent");
        detail.push_str(if event_id.is_some() { "true" } else { "false" });
        if let Some(id) = event_id {
            json::member(&mut detail, "eventId", id);
        }
        json::key(&mut detail, "goals");
        detail.push('[');
        write(&mut detail, reasons, "");
        write(&mut detail, forced.as_deref().unwrap_or_default(), ",\"forced\":true");
        detail.push_str("]}");
        self.effects.push(Effect::Tell { topic: "signal", detail });
    }
}

fn write(out: &mut String, reasons: &[(Claim, Reason)], more: &str) {
    for (goal, reason) in reasons {
        if !out.ends_with('[') {
            out.push(',');
        }
        out.push_str("{\"experimentKey\":");
        json::string(out, &goal.experiment_key);
        json::member(out, "goalKey", &goal.goal_key);
        json::member(out, "reason", reason.as_str());
        out.push_str(more);
        out.push('}');
    }
}
