//! One page load as a state machine: [`Input`]s go in, [`Effect`]s come out.
//!
//! It holds no browser object and calls no page code, so it runs in plain tests, and nothing
//! that the page does while an effect is carried out can find it half-way through a change.

use crate::blob::Known;
use crate::capture::track::Payload;
use crate::capture::url::{Mark, Navigations};
use crate::capture::{MAX_HELD, Signal, What};
use crate::consent::{Asked, Consent};
use crate::delivery::{Answer, Delivery, Moment, URGENT_MS};
use crate::dropped::Dropped;
use crate::event::Claim;
use crate::exposure::Exposures;
use crate::identity;
use crate::judge::Reasons;
use crate::outbox::Outbox;
use crate::platform::Platform;
use ttoolab_core::change::Change;
use ttoolab_core::forced::{Forced, forced};

mod activate;
mod debug;
mod record;
mod send;
mod signal;
#[cfg(test)]
mod tests;

/// How the page wants us to be.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) project_key: String,
    /// Without a slash at the end.
    pub(crate) endpoint: String,
    pub(crate) anonymous_id: Option<String>,
    pub(crate) asked: Asked,
    /// Global Privacy Control is on, and the page has not said to ignore it.
    pub(crate) privacy_control: bool,
}

/// Something that happened outside.
#[derive(Debug)]
pub(crate) enum Input<Path> {
    /// The page has started us; while it is prerendered it is not shown.
    Started { shown: bool },
    /// The page is shown now.
    Shown,
    /// The answer to [`Effect::Bootstrap`]; status 0 when there was none.
    Bootstrapped { status: u16, text: Option<String> },
    /// The changes of [`Effect::Apply`] stand.
    Applied,
    /// The page has added elements.
    Grown,
    /// The page or the browser does not let this change happen.
    Refused(String),
    /// The page may have navigated, by what stood when the task ended.
    Navigated { mark: Mark, at_ms: f64, url: String },
    /// A click or a submission, made at that time on that URL.
    Seen { what: What<Path>, at_ms: f64, url: String },
    /// So many of them could not be kept while we were not there.
    Lost(u32),
    /// A call of `track()`, made at that time on that URL.
    Tracked { name: Option<String>, payload: Payload, at_ms: f64, url: String },
    /// The answer to [`Effect::Post`].
    Answered { request: u32, answer: Answer },
    /// It is time for what was due.
    Due,
    /// The page may be gone after this.
    Leaving,
    /// Somebody begins or ceases to listen to signals.
    Watched(Reasons),
    /// `flush()`.
    Flush,
    /// `clear()`.
    Clear,
    /// `consent()`.
    Consent { granted: bool },
}

/// Something to be done outside.
#[derive(Debug, PartialEq)]
pub(crate) enum Effect {
    /// Start listening to the page, with what it has done so far.
    Listen,
    /// Forget what the page has done so far.
    Ignore,
    /// Ask for the blob.
    Bootstrap(String),
    /// Put these changes in force, then bring [`Input::Applied`].
    Apply(Vec<Change>),
    /// The page has grown: apply the changes in force to what is new.
    Reapply,
    /// The page has navigated: watch for what comes, should that have ended.
    Rewatch,
    /// Send a batch.
    Post { request: u32, body: String, keepalive: bool },
    /// Tell those who subscribed; `detail` is JSON.
    Tell { topic: &'static str, detail: String },
    /// The first blob is in force, or is known not to come.
    Ready,
    /// What `flush()` waited for is done.
    Flushed,
    /// One line for the developer.
    Say(&'static str),
}

/// Whether signals can be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Not before consent.
    Idle,
    /// The first blob is awaited: signals are held.
    Waiting,
    /// New changes are being applied: signals wait until the exposure stands before them.
    Applying,
    /// Signals are judged as they come.
    Live,
}

/// Everything the SDK knows on one page load.
pub(crate) struct Engine<P: Platform> {
    pub(crate) platform: P,
    settings: Settings,
    consent: Consent<P::Path>,
    phase: Phase,
    visitor: String,
    doc_id: String,
    seq: u32,
    /// The page is really shown, not only prepared for being shown.
    shown: bool,
    known: Option<Known>,
    /// The token of the visitor before, for the rows that are still theirs.
    former: Option<(String, String)>,
    exposures: Exposures,
    /// What the page's URL asked to see. Holds as long as the page does: a router may drop the
    /// parameter, and what was shown must not begin to count then.
    forced: Vec<Forced>,
    /// Indices into the blob's experiments.
    active: Vec<usize>,
    /// Likewise, of those that are only looked at: shown, and never sent.
    previewed: Vec<usize>,
    changes: Vec<Change>,
    /// Those that were refused, in words, each said once.
    refused: Vec<String>,
    navigations: Navigations,
    /// From before the first blob, in order.
    held: Vec<Signal<P::Path>>,
    /// From while changes were being applied.
    following: Vec<Signal<P::Path>>,
    last_click: Vec<Claim>,
    broken: Vec<Claim>,
    outbox: Outbox,
    delivery: Delivery,
    dropped: Dropped,
    bootstrap_asked_at: f64,
    bootstrap_due: Option<f64>,
    bootstrap_failures: i32,
    flushing: bool,
    told_ready: bool,
    watched: Reasons,
    reasons: Vec<(String, u32)>,
    effects: Vec<Effect>,
}

impl<P: Platform> Engine<P> {
    pub(crate) fn new(platform: P, settings: Settings) -> Self {
        Self {
            consent: Consent::at_start(settings.asked, settings.privacy_control),
            doc_id: identity::uuid_v4(&platform),
            forced: forced(&platform.url()),
            platform,
            settings,
            phase: Phase::Idle,
            visitor: String::new(),
            seq: 0,
            shown: false,
            known: None,
            former: None,
            exposures: Exposures::default(),
            active: Vec::new(),
            previewed: Vec::new(),
            changes: Vec::new(),
            refused: Vec::new(),
            navigations: Navigations::default(),
            held: Vec::new(),
            following: Vec::new(),
            last_click: Vec::new(),
            broken: Vec::new(),
            outbox: Outbox::default(),
            delivery: Delivery::default(),
            dropped: Dropped::default(),
            bootstrap_asked_at: 0.0,
            bootstrap_due: None,
            bootstrap_failures: 0,
            flushing: false,
            told_ready: false,
            watched: Reasons::Unasked,
            reasons: Vec::new(),
            effects: Vec::new(),
        }
    }

    /// Takes in what happened; afterwards there may be effects.
    pub(crate) fn handle(&mut self, input: Input<P::Path>) {
        match input {
            Input::Started { shown } => self.start(shown),
            Input::Shown => self.show(),
            Input::Bootstrapped { status, text } => self.bootstrapped(status, text),
            Input::Applied => self.applied(),
            Input::Grown => self.effects.push(Effect::Reapply),
            Input::Refused(change) => self.refused(&change),
            Input::Navigated { mark, at_ms, url } => self.navigated(mark, at_ms, url),
            Input::Seen { what, at_ms, url } => self.signal(Signal { what, at_ms, url }),
            Input::Lost(count) => self.lost(count),
            Input::Tracked { name, payload, at_ms, url } => self.track(name, payload, at_ms, url),
            Input::Answered { request, answer } => self.answered(request, answer),
            Input::Due => self.tick(),
            Input::Leaving => self.leave(),
            Input::Watched(reasons) => self.watched = reasons,
            Input::Flush => self.flush(),
            Input::Clear => self.withdraw(),
            Input::Consent { granted } => self.set_consent(granted),
        }
    }

    /// What is to be done outside, in order.
    pub(crate) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Starts, if the visitor may be known.
    fn start(&mut self, shown: bool) {
        self.shown = shown;
        if self.consent.is_granted() {
            self.begin();
        } else {
            self.effects.push(Effect::Ignore);
        }
    }

    /// The page is shown now: what was prepared happens.
    fn show(&mut self) {
        if !self.shown {
            self.shown = true;
            self.evaluate();
        }
    }

    /// The page's answer about consent.
    fn set_consent(&mut self, granted: bool) {
        if granted && !self.consent.is_granted() {
            self.held = self.consent.grant();
            self.begin();
        } else if !granted {
            let was_granted = self.consent.is_granted();
            self.dropped.consent += u32::try_from(self.consent.deny()).unwrap_or(u32::MAX);
            if was_granted {
                self.withdraw();
            }
            // Nobody must wait for a blob that will not come.
            self.effects.push(Effect::Ready);
        }
    }

    fn begin(&mut self) {
        let project = &self.settings.project_key;
        self.visitor = identity::visitor(&self.platform, self.settings.anonymous_id.as_deref());
        self.exposures = Exposures::load(&self.platform, project, &self.visitor);
        self.outbox = Outbox::load(&self.platform, project);
        if let Some(cached) = Known::cached(&self.platform, project) {
            if cached.blob.visitor == self.visitor {
                self.known = Some(cached);
            } else {
                self.former = Some((cached.blob.visitor, cached.blob.token));
            }
        }
        self.phase = Phase::Waiting;
        self.effects.push(Effect::Listen);
        self.ask();
        if !self.outbox.rows().is_empty() {
            self.delivery.wake(self.platform.elapsed_ms() + URGENT_MS);
        }
        if self.known.is_some() {
            self.go_live();
        }
    }

    /// Consent was taken back, or the page wants to be rid of us: nothing of the visitor stays, here
    /// or in the browser, and nothing listens.
    fn withdraw(&mut self) {
        self.clear();
        self.phase = Phase::Idle;
        self.known = None;
        self.exposures = Exposures::default();
        self.active.clear();
        self.previewed.clear();
        self.held.clear();
        self.following.clear();
        self.changes.clear();
        self.bootstrap_due = None;
        self.effects.push(Effect::Ignore);
        self.effects.push(Effect::Apply(Vec::new()));
    }

    /// Removes everything stored.
    fn clear(&mut self) {
        for key in self.platform.keys(identity::KEY_PREFIX) {
            self.platform.remove(&key);
        }
        self.outbox.clear();
        self.delivery.reset();
        self.finish_flush();
    }

    fn signal(&mut self, signal: Signal<P::Path>) {
        match self.phase {
            Phase::Live => self.record(&signal, f64::INFINITY),
            Phase::Applying => self.following.push(signal),
            Phase::Waiting if self.held.len() < MAX_HELD => {
                let signal = self.remembered(signal);
                self.held.push(signal);
            }
            Phase::Waiting => self.drop_call("cap", &signal),
            Phase::Idle if matches!(signal.what, What::Tracked { .. }) => {
                let name = signal.event_name().to_owned();
                if self.consent.is_granted() {
                    self.note("cleared", Some(("eventName", &name)));
                } else if self.consent.keep(signal) {
                    self.dropped.consent += 1;
                    self.note("consent", Some(("eventName", &name)));
                }
            }
            Phase::Idle => {}
        }
    }

    /// A signal whose elements can be judged later as they are now.
    fn remembered(&self, mut signal: Signal<P::Path>) -> Signal<P::Path> {
        if let What::Click { path, .. } | What::Submit { path } = &mut signal.what {
            *path = self.platform.remembered(path);
        }
        signal
    }

    fn drop_call(&mut self, reason: &str, signal: &Signal<P::Path>) {
        self.dropped.cap += 1;
        self.note(reason, Some(("eventName", signal.event_name())));
    }

    fn lost(&mut self, count: u32) {
        self.dropped.cap += count;
        for _ in 0..count {
            self.note("cap", None);
        }
    }

    /// The page may have navigated.
    fn navigated(&mut self, mark: Mark, at_ms: f64, url: String) {
        if self.phase == Phase::Idle || !self.navigations.settle(mark, &url) {
            return;
        }
        // Activation first: the page a visitor is exposed on is seen after the exposure.
        self.evaluate();
        self.signal(Signal { what: What::Url, at_ms, url });
    }

    /// When [`Input::Due`] is wanted, on the clock of [`Platform::elapsed_ms`].
    pub(crate) fn next_due(&self) -> Option<f64> {
        if self.phase == Phase::Idle {
            return None;
        }
        [self.delivery.next_due(), self.bootstrap_due].into_iter().flatten().reduce(f64::min)
    }

    /// Does what is due.
    fn tick(&mut self) {
        // A timer may go off a little early by the clock it was set on.
        let now = self.platform.elapsed_ms() + 1.0;
        if self.bootstrap_due.is_some_and(|due| due <= now) {
            self.ask();
        }
        if self.delivery.next_due().is_some_and(|due| due <= now) {
            self.pump(Moment::Staying);
        }
    }

    /// The page may be gone after this.
    fn leave(&mut self) {
        self.pump(Moment::Leaving);
    }
}
