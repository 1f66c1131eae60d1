//! The verdict: what an event is worth, decided once, when it is received, and stored with it.
//!
//! It holds everything that cannot be derived again from the stored row, because URLs lose their
//! query and configurations change. What depends on other events (is the visitor exposed? is the
//! order known?) is not in it: that is the fold's, and changes as events arrive.

use serde::{Deserialize, Serialize};
use std::fmt;
use ttoolab_core::goal::Candidate;
use ttoolab_core::id::{EventId, ExperimentKey, GoalKey, VariantKey};
use ttoolab_core::reason::{Flag, Note, Reason};

/// Whether an event is covered by a valid token or a secret key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Lane {
    /// Covered: what results show by default.
    Verified,
    /// Not covered: counted apart.
    Unverified,
}

/// Who sent an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sender {
    /// A page.
    Browser,
    /// A server with a secret key.
    Server,
}

/// The verdict of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Verdict {
    pub(crate) sender: Sender,
    /// The lane of the event as a whole: a token of this visitor came with it.
    pub(crate) lane: Lane,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) flag: Option<Flag>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<Note>,
    /// What became of the amount of a `$refund`, or of `revenue`, when it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) money: Option<Reason>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) entries: Vec<Entry>,
}

/// The verdict for one experiment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    #[serde(rename = "experiment")]
    pub(crate) experiment_key: ExperimentKey,
    pub(crate) lane: Lane,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) exposure: Option<Exposure>,
    /// The exposure the event says it followed.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_id")]
    pub(crate) after: Option<EventId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) goals: Vec<GoalVerdict>,
    /// Why the entry counts for nothing, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Reason>,
}

/// The assignment an `$exposure` shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Exposure {
    pub(crate) variant: VariantKey,
    pub(crate) epoch: u32,
}

/// The verdict for one goal whose kind of event this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GoalVerdict {
    #[serde(rename = "goal")]
    pub(crate) goal_key: GoalKey,
    /// Why its condition is not met; absent when it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Reason>,
}

impl GoalVerdict {
    /// What the rules made of the event, as far as the event alone decides it.
    pub(crate) fn of(candidate: Candidate<'_>) -> Self {
        let Candidate { experiment_key: _, goal, reason } = candidate;
        let reason = (reason != Reason::Counted).then_some(reason);
        Self { goal_key: goal.key.clone(), reason }
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Verified => "verified",
            Self::Unverified => "unverified",
        })
    }
}

/// Event ids as text: core keeps serde out of its binary ids.
mod optional_id {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use ttoolab_core::id::EventId;

    #[expect(clippy::ref_option, reason = "serde's `with` passes fields by reference")]
    pub(super) fn serialize<S: Serializer>(id: &Option<EventId>, to: S) -> Result<S::Ok, S::Error> {
        match id {
            Some(id) => to.collect_str(id),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<EventId>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| EventId::parse(&text).map_err(Error::custom)).transpose()
    }
}
