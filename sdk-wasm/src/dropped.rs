//! Counts of events that were dropped on this side, reported until a batch that carried them
//! was acknowledged: a loss that nobody hears of looks like a difference between variants.

use crate::json;

/// The counts, by reason.
#[derive(Debug, Default)]
pub(crate) struct Dropped {
    /// Over a bound of ours.
    pub(crate) cap: u32,
    /// Made before consent, which was then denied.
    pub(crate) consent: u32,
    /// It made a whole body unreadable.
    pub(crate) refused: u32,
    travelling: Option<Travelling>,
}

/// The counts that a request carries now.
#[derive(Debug)]
struct Travelling {
    request: u32,
    counts: [u32; 3],
}

impl Dropped {
    /// Adds the counts to a batch, unless there are none or another batch carries them.
    pub(crate) fn report(&mut self, request: u32, out: &mut String) {
        let counts = [self.cap, self.consent, self.refused];
        if self.travelling.is_some() || counts == [0; 3] {
            return;
        }
        json::key(out, "dropped");
        out.push_str("{\"cap\":");
        json::whole(out, i64::from(self.cap));
        json::key(out, "consent");
        json::whole(out, i64::from(self.consent));
        json::key(out, "refused");
        json::whole(out, i64::from(self.refused));
        out.push('}');
        self.travelling = Some(Travelling { request, counts });
    }

    /// A batch was answered.
    pub(crate) fn answered(&mut self, request: u32, acknowledged: bool) {
        let Some(Travelling { counts: [cap, consent, refused], .. }) =
            self.travelling.take_if(|travelling| travelling.request == request)
        else {
            return;
        };
        if acknowledged {
            self.cap -= cap;
            self.consent -= consent;
            self.refused -= refused;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dropped;

    #[test]
    fn counts_are_reported_until_acknowledged_and_then_never_again() {
        let mut dropped = Dropped { cap: 2, ..Dropped::default() };
        let report = |dropped: &mut Dropped, request| {
            let mut out = String::new();
            dropped.report(request, &mut out);
            out
        };
        assert_eq!(report(&mut dropped, 1), r#","dropped":{"cap":2,"consent":0,"refused":0}"#);
        assert_eq!(report(&mut dropped, 2), "", "request 1 carries them");
        dropped.consent += 1;
        dropped.answered(1, false);
        assert_eq!(report(&mut dropped, 3), r#","dropped":{"cap":2,"consent":1,"refused":0}"#);
        dropped.answered(3, true);
        assert_eq!(report(&mut dropped, 4), "");
    }
}
