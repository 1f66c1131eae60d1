//! The variant's changes of the page.
//!
//! Applied at once to what is there, and to what comes later as soon as it comes. Applying is
//! idempotent: an element that already looks as it should is not touched. What the page refuses
//! is told to the engine in words, once, and not tried again.
//!
//! # When the watching ends
//!
//! Nothing tells that no more elements will come: lists grow, dialogs open, frameworks draw again
//! what was changed. So the bound is on what watching costs. It ends when no change is in force
//! (the visitor has left the experiment's pages, or taken consent back), when every change is
//! used up or refused, and when the page has changed [`MAX_VAIN_LOOKS`] times in a row without
//! bringing anything to do; a navigation begins it anew. Leaving the page needs no rule: the
//! browser ends it with the document, and one that comes back from its cache goes on.

use crate::client::Inbox;
use crate::engine::Input;
use crate::platform::browser::{self, Callback, Listener};
use js_sys::{Array, WeakMap};
use ttoolab_core::change::{Change, Operation};
use wasm_bindgen::prelude::*;
use web_sys::{Element, MutationObserver};

/// How often one element gets the same change again when the page takes it back. A page that
/// always does must win: two parties that undo each other in microtasks freeze the tab.
const MAX_REPEATS: f64 = 5.0;
/// How often one change is carried out in all: more elements than a visitor looks at, and an end
/// for a page that makes a new element each time.
const MAX_APPLIED: u32 = 2_000;
/// How many looks in a row may find nothing. An ordinary page never gets there; one that changes
/// its document in every frame does after three minutes.
const MAX_VAIN_LOOKS: u32 = 10_000;

#[wasm_bindgen(module = "/src/changes/apply.js")]
extern "C" {
    #[wasm_bindgen(js_name = applyChange)]
    fn apply_change(element: &Element, operation: &str, name: &str, value: &str, words: &str)
    -> i8;
    #[wasm_bindgen(catch, js_name = watchDocument)]
    fn watch_document(grown: &js_sys::Function) -> Result<MutationObserver, JsValue>;
    #[wasm_bindgen(js_name = watchElement)]
    fn watch_element(observer: &MutationObserver, element: &Element, attributes: &Array);
    fn blamed(event: &JsValue, values: &Array) -> Option<String>;
}

/// The changes in force, and what watches for elements that come later.
#[derive(Default)]
pub(crate) struct Changes {
    list: Vec<InForce>,
    /// The attributes that changes in force write into.
    attributes: Array,
    watch: Option<Watch>,
    violations: Option<Listener>,
    vain_looks: u32,
}

/// A change in force.
struct InForce {
    change: Change,
    /// What it is called when it is refused.
    words: String,
    /// How often each element had it.
    repeats: WeakMap,
    /// How often it may still be carried out.
    left: u32,
}

struct Watch {
    observer: MutationObserver,
    _callback: Callback,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

impl Changes {
    /// Puts these changes in force in place of others, and applies them.
    pub(crate) fn set(&mut self, changes: Vec<Change>, inbox: &Inbox) {
        self.list = changes.into_iter().map(InForce::new).collect();
        self.attributes = self.list.iter().filter_map(InForce::attribute).collect();
        self.watch = None;
        self.violations = self.listen(inbox);
        self.watch(inbox);
    }

    /// Watches for elements to come and applies what is due, unless that goes on already or
    /// there is nothing left to do.
    pub(crate) fn watch(&mut self, inbox: &Inbox) {
        self.vain_looks = 0;
        if self.watch.is_none() && self.list.iter().any(|change| change.left > 0) {
            self.watch = Watch::new(inbox);
            self.apply(inbox);
        }
    }

    /// Applies every change to every element that needs it.
    pub(crate) fn apply(&mut self, inbox: &Inbox) {
        let Some(document) = browser::window().document() else { return };
        let mut changed = false;
        for change in self.list.iter_mut().filter(|change| change.left > 0) {
            let Ok(found) = document.query_selector_all(&change.change.selector) else {
                change.left = 0;
                inbox.put(Input::Refused(change.words.clone()));
                continue;
            };
            for at in 0..found.length() {
                let Some(node) = found.item(at) else { continue };
                let element: Element = node.unchecked_into();
                match change.apply(&element) {
                    Applied::Changed => {
                        changed = true;
                        if let Some(watch) = &self.watch {
                            watch_element(&watch.observer, &element, &self.attributes);
                        }
                    }
                    Applied::NothingToDo => {}
                    Applied::Refused => {
                        change.left = 0;
                        inbox.put(Input::Refused(change.words.clone()));
                    }
                }
                if change.left == 0 {
                    break;
                }
            }
        }
        self.vain_looks = if changed { 0 } else { self.vain_looks + 1 };
        if let Some(watch) = &self.watch {
            // What we have just written is no news.
            let _: Array = watch.observer.take_records();
        }
        if self.vain_looks > MAX_VAIN_LOOKS || self.list.iter().all(|change| change.left == 0) {
            self.watch = None;
        }
    }

    /// Listens for what the page's policy blocks after a change was made: an image that may not
    /// be loaded, an inline style within HTML.
    fn listen(&self, inbox: &Inbox) -> Option<Listener> {
        if self.list.is_empty() {
            return None;
        }
        let pair = |of: &InForce| Array::of2(&of.change.operands().1.into(), &(&*of.words).into());
        let values: Array = self.list.iter().map(pair).collect();
        let document = browser::window().document()?;
        let inbox = inbox.clone();
        let call = Box::new(move |event: JsValue| {
            if let Some(words) = blamed(&event, &values) {
                inbox.put(Input::Refused(words));
            }
        });
        Some(Listener::new(&document, "securitypolicyviolation", call))
    }
}

/// What became of one change on one element.
enum Applied {
    Changed,
    NothingToDo,
    Refused,
}

impl InForce {
    fn new(change: Change) -> Self {
        let words = [change.operation.as_str(), " ", &change.selector].concat();
        Self { change, words, repeats: WeakMap::new(), left: MAX_APPLIED }
    }

    fn apply(&mut self, element: &Element) -> Applied {
        let times = self.repeats.get(element).as_f64().unwrap_or(0.0);
        if times >= MAX_REPEATS {
            return Applied::NothingToDo;
        }
        let (name, value) = self.change.operands();
        match apply_change(element, self.change.operation.as_str(), name, value, &self.words) {
            0 => Applied::NothingToDo,
            1 => {
                self.repeats.set(element, &(times + 1.0).into());
                self.left -= 1;
                Applied::Changed
            }
            _ => Applied::Refused,
        }
    }

    /// The attribute it writes into.
    fn attribute(&self) -> Option<JsValue> {
        match self.change.operation {
            Operation::SetAttribute => Some(self.change.operands().0.into()),
            Operation::SetStyle | Operation::Hide => Some("style".into()),
            Operation::AddClass | Operation::RemoveClass => Some("class".into()),
            Operation::SetText | Operation::SetHtml | Operation::Remove => None,
        }
    }
}

impl Watch {
    fn new(inbox: &Inbox) -> Option<Self> {
        let inbox = inbox.clone();
        let callback = Callback::new(Box::new(move |_| inbox.put(Input::Grown)));
        let observer = watch_document(callback.function()).ok()?;
        Some(Self { observer, _callback: callback })
    }
}
