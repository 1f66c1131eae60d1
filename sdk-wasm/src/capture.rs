//! What the page does, as raw facts. Listening is the browser's language: `watch.js`, with a file
//! for each kind, so that it can begin before the wasm has come. What it means is ours.

pub(crate) mod page;
pub(crate) mod track;
pub(crate) mod url;

/// The most signals kept until the first blob (or its failure) tells how to judge them.
pub(crate) const MAX_HELD: usize = 500;

/// Something that happened on the page, and that a goal may be looking for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Signal<Path> {
    pub(crate) what: What<Path>,
    /// When, by the page's clock.
    pub(crate) at_ms: f64,
    /// The URL the page stood on.
    pub(crate) url: String,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What<Path> {
    /// A committed navigation.
    Url,
    /// A click.
    Click {
        /// The elements it went through.
        path: Path,
        /// A person made it.
        trusted: bool,
        /// It belongs to the same user action as the click before it.
        same_action: bool,
    },
    /// A submission.
    Submit {
        /// The form.
        path: Path,
    },
    /// A call of `track()`.
    Tracked {
        /// The event's name, checked.
        name: String,
        /// JSON text of an object.
        payload: Option<String>,
    },
}

impl<Path> Signal<Path> {
    /// The name of the event that carries it.
    pub(crate) fn event_name(&self) -> &str {
        match &self.what {
            What::Url => "$url",
            What::Click { .. } => "$click",
            What::Submit { .. } => "$submit",
            What::Tracked { name, .. } => name,
        }
    }

    pub(crate) fn payload(&self) -> Option<&str> {
        match &self.what {
            What::Tracked { payload, .. } => payload.as_deref(),
            What::Url | What::Click { .. } | What::Submit { .. } => None,
        }
    }
}
