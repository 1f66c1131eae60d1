//! Navigations: one record per committed navigation, on the URL standing when its task ends.

use crate::client::Inbox;
use crate::engine::Input;
use crate::platform::browser::{self, Call, Callback, Listener};
use js_sys::Function;
use wasm_bindgen::JsValue;

/// A hint that the page navigated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A navigation, whatever the URL: load, push, traversal, restored from the bfcache.
    Entry,
    /// A navigation only if the URL is another one afterwards: a replaced entry, or an event
    /// that may be the echo of a navigation already recorded.
    IfChanged,
}

/// Turns marks into navigations.
#[derive(Debug, Default)]
pub(crate) struct Navigations {
    last_url: String,
    pending: Option<Mark>,
}

impl Navigations {
    pub(crate) fn mark(&mut self, mark: Mark) {
        if self.pending != Some(Mark::Entry) {
            self.pending = Some(mark);
        }
    }

    pub(crate) fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Ends the task; tells whether it made a navigation.
    pub(crate) fn settle(&mut self, url: &str) -> bool {
        let changed = self.last_url != url;
        if changed {
            url.clone_into(&mut self.last_url);
        }
        match self.pending.take() {
            Some(Mark::Entry) => true,
            Some(Mark::IfChanged) => changed,
            None => false,
        }
    }
}

/// Listens for navigations until dropped.
pub(crate) struct Watch {
    _listeners: Vec<Listener>,
    _history: Option<Patch>,
}

/// Patched history methods, restored when dropped.
struct Patch {
    undo: Function,
    _seen: Callback,
}

impl Drop for Patch {
    fn drop(&mut self) {
        let _ = self.undo.call0(&JsValue::NULL);
    }
}

impl Watch {
    pub(crate) fn new(inbox: &Inbox) -> Self {
        let window = browser::window();
        let marks = |mark: Mark| -> Call {
            let inbox = inbox.clone();
            Box::new(move |_| inbox.put(Input::Navigated(mark)))
        };
        // bfcache: the page is shown again without being loaded.
        let restored = marks(Mark::Entry);
        let restored = Box::new(move |event| {
            if browser::is_true(&event, "persisted") {
                restored(event);
            }
        });
        let mut listeners = vec![Listener::new(&window, "pageshow", restored)];
        if let Some(navigation) = browser::navigation_api() {
            let (entry, replaced) = (marks(Mark::Entry), marks(Mark::IfChanged));
            let changed = Box::new(move |event| {
                // `null` is `updateCurrentEntry()`: new state, no navigation.
                match browser::get_text(&event, "navigationType").as_deref() {
                    Some("replace") => replaced(event),
                    Some(_) => entry(event),
                    None => {}
                }
            });
            listeners.push(Listener::new(&navigation, "currententrychange", changed));
            return Self { _listeners: listeners, _history: None };
        }
        listeners.push(Listener::new(&window, "popstate", marks(Mark::Entry)));
        listeners.push(Listener::new(&window, "hashchange", marks(Mark::IfChanged)));
        let (entry, replaced) = (marks(Mark::Entry), marks(Mark::IfChanged));
        let seen = Callback::new(Box::new(move |pushed| {
            if pushed.is_truthy() { entry(pushed) } else { replaced(pushed) }
        }));
        let undo = browser::patch_history(seen.function());
        Self { _listeners: listeners, _history: Some(Patch { undo, _seen: seen }) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Mark, Navigations};

    /// Marks of one task, then the URL it ends on; tells whether that made a navigation.
    #[track_caller]
    fn assert_tasks(tasks: &[(&[Mark], &str, bool)]) {
        let mut navigations = Navigations::default();
        for (at, (marks, url, expected)) in tasks.iter().enumerate() {
            marks.iter().for_each(|mark| navigations.mark(*mark));
            assert_eq!(navigations.settle(url), *expected, "task {at}");
        }
    }

    #[test]
    fn the_load_is_one_and_a_push_to_the_same_url_too() {
        use Mark::Entry;
        assert_tasks(&[(&[Entry], "/a", true), (&[Entry], "/a", true), (&[], "/a", false)]);
    }

    #[test]
    fn replacing_counts_only_with_another_url() {
        use Mark::{Entry, IfChanged};
        assert_tasks(&[
            (&[Entry], "/a", true),
            (&[IfChanged], "/a", false),
            (&[IfChanged], "/b", true),
            (&[IfChanged], "/b", false),
        ]);
    }

    #[test]
    fn one_task_is_one_navigation() {
        use Mark::{Entry, IfChanged};
        assert_tasks(&[
            (&[Entry], "/a", true),
            (&[Entry, IfChanged], "/c", true),
            (&[IfChanged, Entry, Entry], "/c", true),
            (&[IfChanged, IfChanged], "/c", false),
        ]);
    }

    #[test]
    fn popstate_and_its_hashchange_in_a_later_task_are_one() {
        use Mark::{Entry, IfChanged};
        assert_tasks(&[
            (&[Entry], "/a", true),
            (&[Entry], "/a#top", true),
            (&[IfChanged], "/a#top", false),
        ]);
    }
}
