//! An event in its wire form, written once and never touched again.

use crate::json;

/// An assignment as an event saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assigned {
    pub(crate) experiment_key: String,
    pub(crate) variant_key: String,
    pub(crate) epoch: u32,
    /// The exposure the event followed, if it followed one.
    pub(crate) exposure_id: Option<String>,
}

/// A goal judged met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) experiment_key: String,
    pub(crate) goal_key: String,
}

/// The facts of an event.
pub(crate) struct Event<'a> {
    pub(crate) id: &'a str,
    pub(crate) doc_id: &'a str,
    pub(crate) seq: u32,
    pub(crate) name: &'a str,
    pub(crate) created_at: &'a str,
    pub(crate) clock_offset_ms: Option<i64>,
    pub(crate) url: &'a str,
    pub(crate) referrer: &'a str,
    /// JSON text of an object.
    pub(crate) payload: Option<&'a str>,
    pub(crate) assignments: &'a [Assigned],
    pub(crate) conversions: &'a [Claim],
}

impl Event<'_> {
    /// The event as it will be sent, however often. Empty fields are left out: JSON bytes are
    /// nearly half of what a batch costs the collector.
    pub(crate) fn to_json(&self) -> String {
        let mut out = String::with_capacity(512);
        out.push_str("{\"eventId\":");
        json::string(&mut out, self.id);
        json::member(&mut out, "docId", self.doc_id);
        json::key(&mut out, "seq");
        json::whole(&mut out, i64::from(self.seq));
        json::member(&mut out, "eventName", self.name);
        json::member(&mut out, "createdAt", self.created_at);
        if let Some(offset) = self.clock_offset_ms {
            json::key(&mut out, "clockOffsetMs");
            json::whole(&mut out, offset);
        }
        json::member(&mut out, "url", self.url);
        if !self.referrer.is_empty() {
            json::member(&mut out, "referrer", self.referrer);
        }
        if let Some(payload) = self.payload {
            json::key(&mut out, "payload");
            out.push_str(payload);
        }
        list(&mut out, "assignments", self.assignments, Assigned::write);
        list(&mut out, "conversions", self.conversions, Claim::write);
        out.push('}');
        out
    }
}

impl Assigned {
    fn write(&self, out: &mut String) {
        out.push_str("{\"experimentKey\":");
        json::string(out, &self.experiment_key);
        json::member(out, "variantKey", &self.variant_key);
        json::key(out, "epoch");
        json::whole(out, i64::from(self.epoch));
        if let Some(id) = &self.exposure_id {
            json::member(out, "exposureId", id);
        }
        out.push('}');
    }
}

impl Claim {
    fn write(&self, out: &mut String) {
        out.push_str("{\"experimentKey\":");
        json::string(out, &self.experiment_key);
        json::member(out, "goalKey", &self.goal_key);
        out.push('}');
    }
}

fn list<T>(out: &mut String, name: &str, items: &[T], write: fn(&T, &mut String)) {
    if items.is_empty() {
        return;
    }
    json::key(out, name);
    for (at, item) in items.iter().enumerate() {
        out.push(if at == 0 { '[' } else { ',' });
        write(item, out);
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::{Assigned, Claim, Event};

    #[test]
    fn the_wire_form() {
        let assignments = [Assigned {
            experiment_key: "hero".into(),
            variant_key: "b".into(),
            epoch: 1,
            exposure_id: Some("0193a".into()),
        }];
        let conversions = [Claim { experiment_key: "hero".into(), goal_key: "order".into() }];
        let full = Event {
            id: "0193b",
            doc_id: "f3",
            seq: 2,
            name: "purchase",
            created_at: "2026-11-23T10:00:00.000Z",
            clock_offset_ms: Some(-120),
            url: "https://shop.example/?q=\"",
            referrer: "https://search.example/",
            payload: Some(r#"{"revenue":249}"#),
            assignments: &assignments,
            conversions: &conversions,
        };
        assert_eq!(
            full.to_json(),
            concat!(
                r#"{"eventId":"0193b","docId":"f3","seq":2,"eventName":"purchase","#,
                r#""createdAt":"2026-11-23T10:00:00.000Z","clockOffsetMs":-120,"#,
                r#""url":"https://shop.example/?q=\"","referrer":"https://search.example/","#,
                r#""payload":{"revenue":249},"#,
                r#""assignments":[{"experimentKey":"hero","variantKey":"b","epoch":1,"#,
                r#""exposureId":"0193a"}],"#,
                r#""conversions":[{"experimentKey":"hero","goalKey":"order"}]}"#,
            ),
        );
        let bare = Event {
            clock_offset_ms: None,
            referrer: "",
            payload: None,
            assignments: &[],
            conversions: &[],
            ..full
        };
        assert!(bare.to_json().ends_with(r#""url":"https://shop.example/?q=\""}"#));
    }
}
