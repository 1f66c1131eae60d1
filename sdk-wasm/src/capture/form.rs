//! Submissions. The submit event comes only once the browser has found the form valid, and a
//! page that prevents it to send the form itself has submitted it all the same.

use super::What;
use crate::client::Inbox;
use crate::engine::Input;
use crate::platform::browser::{self, Elements, Listener};
use wasm_bindgen::{JsCast, JsValue};

/// Listens for submissions until dropped.
pub(crate) struct Watch(#[expect(dead_code, reason = "held for its drop")] Listener);

impl Watch {
    pub(crate) fn new(inbox: &Inbox) -> Self {
        let inbox = inbox.clone();
        let submitted = Box::new(move |event: JsValue| {
            let path = Elements::target_of(event.unchecked_ref());
            inbox.put(Input::Seen(What::Submit { path }));
        });
        Self(Listener::new(&browser::window(), "submit", submitted))
    }
}
