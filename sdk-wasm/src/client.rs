//! The start, and the wiring between the engine, the page and the network.
//!
//! Everything goes through one inbox. An input gets the engine to itself; what the engine wants
//! done outside is done after it was let go of. Page code that runs meanwhile (a patched `fetch`,
//! a custom element that reacts to a change) and calls us adds an input and returns: nobody ever
//! finds the engine borrowed.

use crate::capture::page;
use crate::changes::Changes;
use crate::consent::Asked;
use crate::delivery::Answer;
use crate::engine::{Effect, Engine, Input, Settings};
use crate::judge::Reasons;
use crate::platform::browser::{
    self, Browser, Call, Callback, Elements, Listener, TIMEOUT_MS, Timer,
};
use js_sys::{Array, Function};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use ttoolab_core::id::is_key;
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    // Not the client's own: a page listens before it starts us, and goes on after `clear()`.
    static SUBSCRIBERS: RefCell<Vec<(String, Function)>> = const { RefCell::new(Vec::new()) };
    static WAITING: RefCell<Vec<Function>> = const { RefCell::new(Vec::new()) };
}

/// One running SDK. Dropping it takes every listener off the page.
pub(crate) struct Client {
    engine: RefCell<Engine<Browser>>,
    waiting: RefCell<VecDeque<Input<Elements>>>,
    busy: Cell<bool>,
    endpoint: String,
    inbox: Inbox,
    changes: RefCell<Changes>,
    timer: RefCell<Timer>,
    bootstrapped: Callback,
    answered: Callback,
    watch: RefCell<Option<page::Watch>>,
    prerendering: RefCell<Option<Listener>>,
    ready: Cell<bool>,
    flushes: RefCell<Vec<Function>>,
}

/// Where the page's listeners put what they see. Does not keep the client alive.
#[derive(Clone)]
pub(crate) struct Inbox(Weak<Client>);

impl Inbox {
    pub(crate) fn put(&self, input: Input<Elements>) {
        if let Some(client) = self.0.upgrade() {
            client.put(input);
        }
    }
}

impl Client {
    /// Starts by the page's settings; tells the developer if they are not usable.
    pub(crate) fn start(config: &JsValue) -> Option<Rc<Self>> {
        let settings = match settings(config) {
            Ok(settings) => settings,
            Err(mistake) => {
                browser::say(mistake);
                return None;
            }
        };
        let client = Rc::new_cyclic(|me: &Weak<Self>| Self::new(settings, Inbox(me.clone())));
        let document = browser::get(&browser::window(), "document");
        let shown = !browser::is_true(&document, "prerendering");
        if !shown {
            let inbox = client.inbox.clone();
            let show = Box::new(move |_| inbox.put(Input::Shown));
            *client.prerendering.borrow_mut() =
                Some(Listener::new(document.unchecked_ref(), "prerenderingchange", show));
        }
        client.put(Input::Watched(watched()));
        client.put(Input::Started { shown });
        Some(client)
    }

    fn new(settings: Settings, inbox: Inbox) -> Self {
        let put = |read: fn(JsValue) -> Input<Elements>| -> Call {
            let inbox = inbox.clone();
            Box::new(move |brought| inbox.put(read(brought)))
        };
        Self {
            endpoint: [&*settings.endpoint, "/sdk/events"].concat(),
            engine: RefCell::new(Engine::new(Browser::new(), settings)),
            waiting: RefCell::default(),
            busy: Cell::new(false),
            changes: RefCell::default(),
            timer: RefCell::new(Timer::new(put(|_| Input::Due))),
            bootstrapped: Callback::new(put(bootstrapped)),
            answered: Callback::new(put(answered)),
            watch: RefCell::default(),
            prerendering: RefCell::default(),
            ready: Cell::new(false),
            flushes: RefCell::default(),
            inbox,
        }
    }

    /// Handles an input, now or right after the one being handled.
    pub(crate) fn put(&self, input: Input<Elements>) {
        self.waiting.borrow_mut().push_back(input);
        if self.busy.replace(true) {
            return;
        }
        // Also setting the timer may run page code: patched ones are common in tests.
        while self.handle_waiting() {
            let due = self.engine.borrow().next_due();
            self.timer.borrow_mut().set(due);
        }
        self.busy.set(false);
    }

    /// Handles what waits; tells whether there was anything.
    fn handle_waiting(&self) -> bool {
        let mut any = false;
        loop {
            let input = self.waiting.borrow_mut().pop_front();
            let Some(input) = input else { return any };
            any = true;
            if matches!(input, Input::Due) {
                self.timer.borrow_mut().went_off();
            }
            let effects = {
                let mut engine = self.engine.borrow_mut();
                engine.handle(input);
                engine.take_effects()
            };
            for effect in effects {
                self.carry_out(effect);
            }
        }
    }

    /// Reads the engine; nothing if it is busy, which only code within our own calls can see.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Engine<Browser>) -> T) -> Option<T> {
        self.engine.try_borrow().ok().map(|engine| look(&engine))
    }

    fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::Listen => {
                // Made outside of the borrow: what was kept arrives while it is made.
                let watch = page::Watch::new(&self.inbox);
                *self.watch.borrow_mut() = Some(watch);
            }
            Effect::Ignore => {
                *self.watch.borrow_mut() = None;
                page::ignore();
            }
            Effect::Bootstrap(question) => {
                browser::get_url(&question, self.bootstrapped.function());
            }
            Effect::Apply(changes) => {
                self.changes.borrow_mut().set(changes, &self.inbox);
                // Before whatever the page's code asked for while it was changed.
                self.waiting.borrow_mut().push_front(Input::Applied);
            }
            Effect::Reapply => self.changes.borrow_mut().apply(&self.inbox),
            Effect::Rewatch => self.changes.borrow_mut().watch(&self.inbox),
            Effect::Post { request, body, keepalive } => {
                let done = self.answered.function();
                browser::post(&self.endpoint, &body, keepalive, TIMEOUT_MS, request, done);
            }
            Effect::Tell { topic, detail } => tell(topic, &detail),
            Effect::Ready => {
                self.ready.set(true);
                let blob = self.blob();
                call_all(WAITING.take(), &blob);
            }
            Effect::Flushed => call_all(self.flushes.take(), &JsValue::UNDEFINED),
            Effect::Say(text) => browser::say(text),
        }
    }

    /// The blob in force, or null.
    pub(crate) fn blob(&self) -> JsValue {
        self.read(|engine| engine.blob_json().map(browser::parse))
            .flatten()
            .unwrap_or(JsValue::NULL)
    }

    /// The active assignments, with the names that the blob gives them.
    pub(crate) fn assignments(&self) -> JsValue {
        let json = self.read(Engine::assignments_json);
        let ours = browser::parse(json.as_deref().unwrap_or("[]"));
        let published = browser::list(&self.blob(), "assignments");
        for assignment in ours.unchecked_ref::<Array>().iter() {
            let same = |name, other: &JsValue| {
                browser::get(&assignment, name) == browser::get(other, name)
            };
            let named = published
                .iter()
                .find(|other| same("experimentKey", other) && same("variantKey", other));
            if let Some(named) = named {
                browser::copy(named, &assignment, &["experimentName", "variantName", "isControl"]);
            }
        }
        ours
    }

    /// Sends everything, and calls back when nothing is under way any more.
    pub(crate) fn flush(&self, callback: Function) {
        self.flushes.borrow_mut().push(callback);
        self.put(Input::Flush);
    }

    fn is_ready(&self) -> bool {
        self.ready.get()
    }
}

/// Calls back when the first blob is in force or known not to come.
pub(crate) fn when_ready(client: Option<&Client>, callback: Function) {
    match client.filter(|client| client.is_ready()) {
        Some(client) => browser::call_later(&callback, &client.blob()),
        None => WAITING.with_borrow_mut(|waiting| waiting.push(callback)),
    }
}

/// Calls back on every event of that kind.
pub(crate) fn subscribe(topic: String, callback: Function) {
    SUBSCRIBERS.with_borrow_mut(|subscribers| subscribers.push((topic, callback)));
}

/// Ends what [`subscribe`] began.
pub(crate) fn unsubscribe(callback: &Function) {
    SUBSCRIBERS.with_borrow_mut(|subscribers| subscribers.retain(|(_, known)| known != callback));
}

/// Whether anybody listens to signals.
pub(crate) fn watched() -> Reasons {
    let listens = SUBSCRIBERS
        .with_borrow(|subscribers| subscribers.iter().any(|(topic, _)| topic == "signal"));
    if listens { Reasons::Asked } else { Reasons::Unasked }
}

fn tell(topic: &str, detail: &str) {
    SUBSCRIBERS.with_borrow(|subscribers| {
        for (_, callback) in subscribers.iter().filter(|(wanted, _)| wanted == topic) {
            browser::call_later(callback, &browser::parse(detail));
        }
    });
}

fn call_all(callbacks: Vec<Function>, argument: &JsValue) {
    for callback in callbacks {
        browser::call_later(&callback, argument);
    }
}

fn settings(config: &JsValue) -> Result<Settings, &'static str> {
    let text = |name| browser::get_text(config, name);
    let project_key = text("projectKey")
        .filter(|key| is_key(key))
        .ok_or("projectKey is missing or malformed.")?;
    let endpoint = text("endpoint")
        .filter(|url| url.starts_with("http"))
        .ok_or("endpoint is missing or no URL.")?;
    let asked = match text("consent").as_deref() {
        None => Asked::Nothing,
        Some("granted") => Asked::Granted,
        // Also a misspelt one: better to wait than to assume a yes.
        Some(_) => Asked::Required,
    };
    Ok(Settings {
        project_key,
        endpoint: endpoint.trim_end_matches('/').to_owned(),
        anonymous_id: text("anonymousId"),
        asked,
        privacy_control: browser::navigator("globalPrivacyControl").is_truthy()
            && text("gpc").as_deref() != Some("ignore"),
    })
}

/// Reads `[status, text]`.
fn bootstrapped(brought: JsValue) -> Input<Elements> {
    let brought: Array = brought.unchecked_into();
    Input::Bootstrapped {
        status: browser::whole(&brought.get(0)),
        text: brought.get(1).as_string(),
    }
}

/// Reads `[request, status, retryAfter, text]`. What is not the collector's JSON acknowledges
/// nothing.
fn answered(brought: JsValue) -> Input<Elements> {
    let brought: Array = brought.unchecked_into();
    let request = browser::whole(&brought.get(0));
    let mut answer = Answer {
        status: browser::whole(&brought.get(1)),
        retry_after_s: brought.get(2).as_string().and_then(|seconds| seconds.parse().ok()),
        ..Answer::default()
    };
    if answer.status == 200 {
        let sent = brought.get(3).as_string().map_or(JsValue::NULL, |text| browser::parse(&text));
        let accepted = browser::list(&sent, "accepted");
        answer.accepted = accepted.iter().filter_map(JsValue::as_string).collect();
        for refused in browser::list(&sent, "rejected") {
            if let Some(id) = browser::get_text(&refused, "eventId") {
                let code = browser::get_text(&refused, "code").unwrap_or_default();
                answer.rejected.push((id, code));
            }
        }
    }
    Input::Answered { request, answer }
}
