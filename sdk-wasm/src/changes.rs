//! The variant's changes of the page.
//!
//! Applied at once to what is there, and to what comes later as soon as it comes. Applying is
//! idempotent: an element that already looks as it should is not touched.

use crate::client::Inbox;
use crate::engine::Input;
use crate::platform::browser::{self, Callback};
use js_sys::{Array, WeakMap};
use ttoolab_core::blob::{Change, Operation};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MutationObserver, MutationObserverInit};

/// How often one element gets the same change again when the page takes it back. A page that
/// always does must win: two parties that undo each other in microtasks freeze the tab.
const MAX_REPEATS: f64 = 5.0;

/// The changes in force, and what watches for elements that come later.
#[derive(Default)]
pub(crate) struct Changes {
    list: Vec<(Change, WeakMap)>,
    watch: Option<Watch>,
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
    /// Puts these changes in force in place of others, and applies them. When the page adds
    /// elements the inbox hears of it, and [`Changes::apply`] is asked for.
    pub(crate) fn set(&mut self, changes: Vec<Change>, inbox: &Inbox) {
        self.list = changes.into_iter().map(|change| (change, WeakMap::new())).collect();
        self.watch = if self.list.is_empty() { None } else { Watch::new(inbox) };
        self.apply();
    }

    /// Applies every change to every element that needs it.
    pub(crate) fn apply(&self) {
        let Some(document) = browser::window().document() else { return };
        for (change, repeats) in &self.list {
            // A broken selector changes nothing; the collector refused it when it was saved.
            let Ok(found) = document.query_selector_all(&change.selector) else { continue };
            for at in 0..found.length() {
                let Some(node) = found.item(at) else { continue };
                let element: Element = node.unchecked_into();
                let times = repeats.get(&element).as_f64().unwrap_or(0.0);
                if times < MAX_REPEATS && apply(&element, change) {
                    repeats.set(&element, &(times + 1.0).into());
                }
            }
        }
        if let Some(watch) = &self.watch {
            // What we have just written is no news.
            let _: Array = watch.observer.take_records();
        }
    }
}

impl Watch {
    fn new(inbox: &Inbox) -> Option<Self> {
        let inbox = inbox.clone();
        let callback = Callback::new(Box::new(move |_| inbox.put(Input::Grown)));
        let observer = MutationObserver::new(callback.function()).ok()?;
        let init = MutationObserverInit::new();
        init.set_child_list(true);
        init.set_subtree(true);
        let document = browser::window().document()?;
        observer.observe_with_options(&document, &init).ok()?;
        Some(Self { observer, _callback: callback })
    }
}

/// Applies one change to one element; tells whether there was anything to do.
fn apply(element: &Element, change: &Change) -> bool {
    match change.operation {
        Operation::SetText => {
            let differs = element.text_content().as_deref() != Some(&change.value);
            if differs {
                element.set_text_content(Some(&change.value));
            }
            differs
        }
        Operation::AddClass => {
            let classes = element.class_list();
            let mut missing = false;
            for class in change.value.split_ascii_whitespace() {
                missing |= !classes.contains(class) && classes.add_1(class).is_ok();
            }
            missing
        }
        Operation::Hide => {
            // SVG elements have a `style` too; anything else is undefined and left alone.
            let style = browser::get(element, "style");
            if !style.is_object() {
                return false;
            }
            let style = element.unchecked_ref::<HtmlElement>().style();
            let hidden = style.get_property_value("display").as_deref() == Ok("none");
            !hidden && style.set_property_with_priority("display", "none", "important").is_ok()
        }
    }
}
