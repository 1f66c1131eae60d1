//! The verdict: what an event is worth, decided once, when it is received, and stored with it; in
//! two parts, of which events of one request share the first.
//!
//! It holds everything that cannot be derived again from the stored row, because URLs lose their
//! query and configurations change. What depends on other events (is the visitor exposed? is the
//! order known?) is not in it: that is the fold's, and changes as events arrive.

use serde::de::{Error, IntoDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
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

/// The part of a verdict that events of one request share: it is stored once for all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ContextVerdict {
    pub(crate) sender: Sender,
    /// The lane of the events as a whole: a token of this visitor came with them.
    pub(crate) lane: Lane,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) flag: Option<Flag>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) entries: Vec<Entry>,
}

/// The part of a verdict that is the event's own; that of most events says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Verdict {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<Note>,
    /// What became of the amount of a `$refund`, or of `revenue`, when it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) money: Option<Reason>,
    /// The goals whose kind of event this is: one list for each entry of the context, in that
    /// order; none when all of them would be empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) goals: Vec<Vec<GoalVerdict>>,
}

impl Verdict {
    /// Whether it says nothing.
    pub(crate) fn is_silent(&self) -> bool {
        let Self { notes, money, goals } = self;
        notes.is_empty() && money.is_none() && goals.is_empty()
    }

    /// The goals of the entry at that place.
    pub(crate) fn goals_of(&self, entry: usize) -> &[GoalVerdict] {
        self.goals.get(entry).map_or(&[], Vec::as_slice)
    }

    /// Keeps the goals of some entries alone.
    pub(crate) fn retain_entries(&mut self, kept: impl Fn(usize) -> bool) {
        let mut place = 0..;
        self.goals.retain(|_| place.next().is_some_and(&kept));
    }
}

/// The verdict for one experiment, without its goals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    #[serde(rename = "experiment")]
    pub(crate) experiment_key: ExperimentKey,
    pub(crate) lane: Lane,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) exposure: Option<Exposure>,
    /// The exposure the events say they followed.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_id")]
    pub(crate) after: Option<EventId>,
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

/// The verdict for one goal whose kind of event this is. Stored as the goal's key when its
/// condition is met, else as `key:reason`: keys have no colon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GoalVerdict {
    pub(crate) goal_key: GoalKey,
    /// Why its condition is not met; absent when it is.
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

impl Serialize for GoalVerdict {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.reason {
            None => to.serialize_str(self.goal_key.as_str()),
            Some(reason) => to.collect_str(&format_args!("{}:{reason}", self.goal_key)),
        }
    }
}

impl<'de> Deserialize<'de> for GoalVerdict {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <Cow<'_, str>>::deserialize(from)?;
        let (key, reason) = match text.split_once(':') {
            None => (&*text, None),
            Some((key, reason)) => (key, Some(Reason::deserialize(reason.into_deserializer())?)),
        };
        Ok(Self { goal_key: GoalKey::parse(key).map_err(D::Error::custom)?, reason })
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
