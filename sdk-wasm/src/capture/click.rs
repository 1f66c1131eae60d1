//! Clicks, taken at the window before the page can stop them.

use super::What;
use crate::client::Inbox;
use crate::engine::Input;
use crate::platform::browser::{self, Elements, Listener};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Event;

/// A control that is disabled takes no clicks; one that reaches us was made by a script.
const DISABLED: &str =
    "button:disabled,input:disabled,select:disabled,textarea:disabled,option:disabled";
/// What a middle click opens.
const LINK: &str = "a[href],area[href]";
/// The middle button.
const MIDDLE: f64 = 1.0;

/// Listens for clicks until dropped.
pub(crate) struct Watch(#[expect(dead_code, reason = "held for its drop")] [Listener; 2]);

impl Watch {
    pub(crate) fn new(inbox: &Inbox) -> Self {
        let window = browser::window();
        let inbox = inbox.clone();
        let last = RefCell::new(None);
        let seen = Rc::new(move |event: Event, path: Elements| {
            if path.hits(DISABLED) == Some(true) {
                return;
            }
            let trusted = event.is_trusted();
            let same_action =
                last.borrow().as_ref().is_some_and(|last: &Last| last.causes(&event, &path));
            // A forwarded click may go through the same label again; it forwards nothing.
            let label_for = if same_action { JsValue::UNDEFINED } else { path.label_target() };
            *last.borrow_mut() = Some(Last { event, label_for });
            inbox.put(Input::Seen(What::Click { path, trusted, same_action }));
        });
        let middle = Rc::clone(&seen);
        let clicked = Box::new(move |event: JsValue| {
            let event: Event = event.unchecked_into();
            let path = Elements::of(&event);
            seen(event, path);
        });
        let auxiliary = Box::new(move |event: JsValue| {
            let is_middle = browser::get(&event, "button").as_f64() == Some(MIDDLE);
            let event: Event = event.unchecked_into();
            let path = Elements::of(&event);
            if is_middle && path.hits(LINK) == Some(true) {
                middle(event, path);
            }
        });
        Self([
            Listener::new(&window, "click", clicked),
            Listener::new(&window, "auxclick", auxiliary),
        ])
    }
}

/// The click before.
struct Last {
    event: Event,
    /// The control of the label it hit: the browser forwards the click there.
    label_for: JsValue,
}

impl Last {
    /// Whether the next click is a consequence of this one rather than a second one.
    fn causes(&self, next: &Event, path: &Elements) -> bool {
        // Dispatched from within a handler of the first, such as a card that clicks its link.
        let within = self.event.event_phase() != Event::NONE && self.event != *next;
        // The browser forwards as soon as the label's handlers are done, unless one prevents it.
        let forwarded = path.is_innermost(&self.label_for) && !self.event.default_prevented();
        within || forwarded
    }
}
