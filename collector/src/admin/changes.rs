//! Checks what variants do to pages, when it is saved.
//!
//! A change is code-free by promise: whoever may edit an experiment may word a page anew, and not
//! run scripts on it. So nothing is saved that a browser would execute; everything else passes
//! as it was written, because HTML that a sanitiser has tidied up is not what people have tested.

use crate::admin::experiment::Fault;
use std::fmt;
use ttoolab_core::change::{Change, Operation};
use ttoolab_core::selector::Selector;

mod html;

/// The most changes of a variant.
const MAX_CHANGES: usize = 100;
/// The longest value, in bytes: every visitor of the variant downloads it on every page.
const MAX_VALUE_BYTES: usize = 16 * 1024;
/// The longest name of an attribute or a style property, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// Refuses changes that a browser could not carry out, or would execute.
pub(crate) fn check(changes: &[Change]) -> Result<(), Fault> {
    if changes.len() > MAX_CHANGES {
        return Err(Fault::new("changes", "has more than 100 changes"));
    }
    for (at, change) in changes.iter().enumerate() {
        check_change(change).map_err(|fault| fault.under(&format!("changes[{at}]")))?;
    }
    Ok(())
}

fn check_change(change: &Change) -> Result<(), Fault> {
    Selector::try_from(change.selector.clone()).map_err(|why| Fault::new("selector", why))?;
    if change.value.len() > MAX_VALUE_BYTES {
        return Err(Fault::new("value", "has more than 16 KiB"));
    }
    let (name, value) = change.operands();
    let refuse = |why: Danger| Err(Fault::new("value", why));
    match change.operation {
        Operation::SetAttribute => {
            if !is_name(name) {
                return Err(Fault::new("name", "is the attribute to set, such as `href`"));
            }
            match attribute_danger(name, value).or_else(|| html::danger_once_read(name, value)) {
                Some(danger @ (Danger::Handler | Danger::Document)) => {
                    Err(Fault::new(if change.name.is_empty() { "value" } else { "name" }, danger))
                }
                Some(danger) => refuse(danger),
                None => Ok(()),
            }
        }
        Operation::SetStyle => {
            if !name.is_empty() && !is_name(name) {
                return Err(Fault::new("name", "is a style property, such as `color`"));
            }
            if value.trim().is_empty() {
                return Err(Fault::new("value", "is the style to set, such as `color: red`"));
            }
            style_danger(value).map_or(Ok(()), refuse)
        }
        Operation::SetHtml => html::danger(value).map_or(Ok(()), refuse),
        Operation::AddClass | Operation::RemoveClass if value.trim().is_empty() => {
            Err(Fault::new("value", "names the classes"))
        }
        Operation::SetText
        | Operation::AddClass
        | Operation::RemoveClass
        | Operation::Hide
        | Operation::Remove => Ok(()),
    }
}

/// Tells whether a browser takes it for the name of an attribute or a style property.
fn is_name(name: &str) -> bool {
    let inner =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.');
    let digit_first = name.as_bytes().first().is_some_and(u8::is_ascii_digit);
    !name.is_empty() && name.len() <= MAX_NAME_BYTES && !digit_first && name.bytes().all(inner)
}

/// Why something would run a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Danger {
    /// An attribute whose value is a script.
    Handler,
    /// An attribute whose value is a whole document.
    Document,
    /// An address that runs a script.
    ScriptUrl,
    /// An element that runs scripts, or changes what the page's addresses mean.
    Element,
    /// Text that browsers read as text in one place and as elements in another.
    Ambiguous,
}

impl fmt::Display for Danger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Handler => "`on…` attributes are scripts; a change may not run any",
            Self::Document => "`srcdoc` is a document of its own; a change may not bring one",
            Self::ScriptUrl => "`javascript:` addresses are scripts; a change may not run any",
            Self::Element => {
                "`script`, `base`, `meta`, frames and the obsolete elements of raw text are not set"
            }
            Self::Ambiguous => {
                "`<` within a comment, CDATA, `style`, `title`, `textarea` or `iframe` is not set: \
                 in some elements it begins a tag"
            }
        })
    }
}

/// Judges an attribute as the browser has it: references decoded, the name in any case.
fn attribute_danger(name: &str, value: &str) -> Option<Danger> {
    let name = name.to_ascii_lowercase();
    if name.starts_with("on") {
        return Some(Danger::Handler);
    }
    if name == "srcdoc" {
        return Some(Danger::Document);
    }
    if name == "style" {
        return style_danger(value);
    }
    // Whatever its name: scripts of the page may take it for an address.
    is_script_url(value).then_some(Danger::ScriptUrl)
}

fn style_danger(value: &str) -> Option<Danger> {
    squeezed(value).contains("javascript:").then_some(Danger::ScriptUrl)
}

fn is_script_url(value: &str) -> bool {
    /// What data may be without being a document.
    const MEDIA: [&str; 4] = ["image/", "font/", "audio/", "video/"];
    let value = squeezed(value);
    let data = value.strip_prefix("data:");
    value.starts_with("javascript:")
        || value.starts_with("vbscript:")
        || data.is_some_and(|data| !MEDIA.iter().any(|media| data.starts_with(media)))
}

/// Only what can be part of a scheme is left: browsers drop some white space and control
/// characters, and which ones is their business.
fn squeezed(value: &str) -> String {
    value.chars().filter(char::is_ascii_graphic).map(|kept| kept.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests;
