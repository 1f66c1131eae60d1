//! Whether the page may know its visitor. Comes from the page alone, never from the blob.

use crate::capture::Signal;

/// The most calls kept while nobody has answered yet: a page's worth, not a session's.
const MAX_WAITING: usize = 100;

/// What the page said at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Nothing: granted, unless the browser signals Global Privacy Control.
    Nothing,
    /// `granted`: an explicit yes, which GPC does not override.
    Granted,
    /// `required` or `denied`: not before `consent("granted")`.
    Required,
}

/// The answer, and what waits for it. While it is not granted there is no request and no
/// storage; what waits is in memory and ends with the page.
pub(crate) enum Consent<Path> {
    /// Yes.
    Granted,
    /// Not yet: tracked calls wait.
    Waiting(Vec<Signal<Path>>),
    /// An explicit no: nothing waits.
    Denied,
}

impl<Path> Consent<Path> {
    pub(crate) fn at_start(asked: Asked, privacy_control: bool) -> Self {
        match asked {
            Asked::Granted => Self::Granted,
            Asked::Nothing if !privacy_control => Self::Granted,
            Asked::Nothing | Asked::Required => Self::Waiting(Vec::new()),
        }
    }

    pub(crate) fn is_granted(&self) -> bool {
        matches!(self, Self::Granted)
    }

    /// The word for `debug()`.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Waiting(_) => "required",
            Self::Denied => "denied",
        }
    }

    /// Keeps a call, the newest in place of the oldest. Gives back whether one was lost.
    pub(crate) fn keep(&mut self, signal: Signal<Path>) -> bool {
        match self {
            Self::Granted | Self::Denied => true,
            Self::Waiting(ring) => {
                let full = ring.len() == MAX_WAITING;
                if full {
                    ring.remove(0);
                }
                ring.push(signal);
                full
            }
        }
    }

    /// Says yes, and gives back what waited.
    pub(crate) fn grant(&mut self) -> Vec<Signal<Path>> {
        match std::mem::replace(self, Self::Granted) {
            Self::Waiting(ring) => ring,
            Self::Granted | Self::Denied => Vec::new(),
        }
    }

    /// Says no, and tells how many calls were wiped.
    pub(crate) fn deny(&mut self) -> usize {
        match std::mem::replace(self, Self::Denied) {
            Self::Waiting(ring) => ring.len(),
            Self::Granted | Self::Denied => 0,
        }
    }
}
