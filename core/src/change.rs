//! One change that a variant makes to the page, as it is saved and as the blob carries it.
//!
//! The published form has `selector`, `operation`, `value` and `orderIndex`. Two operations need
//! a second operand, the name of an attribute or of a style property: ours is `name`. Where only
//! the published fields can be written it stands in the value, as in HTML and CSS themselves.
//!
//! ```
//! use ttoolab_core::change::Change;
//! // What a page makes of the changes of its variant: their place counts, not their order.
//! let changes = r##"[{"selector":"#cta","operation":"set_text","value":"Buy","orderIndex":1},
//!     {"selector":"#cta","operation":"set_attribute","name":"href","value":"/sale","orderIndex":2},
//!     {"selector":".old","operation":"hide"}]"##;
//! let mut changes: Vec<Change> = serde_json::from_str(changes).unwrap();
//! changes.sort_by_key(|change| change.order_index);
//! assert_eq!(changes[0].selector, ".old");
//! assert_eq!(changes[2].operands(), ("href", "/sale"));
//! ```

use serde::{Deserialize, Serialize};

/// One change of the page.
///
/// ```
/// use ttoolab_core::change::{Change, Operation};
/// let hide: Change = serde_json::from_str(r#"{"selector":".old","operation":"hide"}"#).unwrap();
/// assert_eq!((hide.operation, &*hide.value, hide.order_index), (Operation::Hide, "", 0));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Which elements.
    pub selector: String,
    /// What to do with them.
    pub operation: Operation,
    /// Ours: the attribute or the style property; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The text, class or other operand; empty where there is none.
    #[serde(default)]
    pub value: String,
    /// The place in the order of application.
    #[serde(default)]
    pub order_index: u32,
}

impl Change {
    /// The name and the value. Without a `name`, that of an attribute is what stands before the
    /// first `=` of the value; a style then is a list of declarations and has no single name.
    ///
    /// ```
    /// use ttoolab_core::change::Change;
    /// let change = |text: &str| serde_json::from_str::<Change>(text).unwrap();
    /// let link = change(r#"{"selector":"a","operation":"set_attribute","value":"href=/?a=b"}"#);
    /// assert_eq!(link.operands(), ("href", "/?a=b"));
    /// let style = change(r#"{"selector":"a","operation":"set_style","value":"color: red"}"#);
    /// assert_eq!(style.operands(), ("", "color: red"));
    /// ```
    #[must_use]
    pub fn operands(&self) -> (&str, &str) {
        let split = (self.operation == Operation::SetAttribute && self.name.is_empty())
            .then(|| self.value.split_once('='))
            .flatten();
        split.map_or((&self.name, &self.value), |(name, value)| (name.trim(), value))
    }
}

/// What a change does.
///
/// ```
/// use ttoolab_core::change::Operation;
/// assert_eq!(serde_json::to_string(&Operation::AddClass).unwrap(), r#""add_class""#);
/// assert!(serde_json::from_str::<Operation>(r#""explode""#).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Replaces the text content.
    SetText,
    /// Replaces the content by the HTML in `value`.
    SetHtml,
    /// Sets the attribute `name`.
    SetAttribute,
    /// Sets the style property `name`, or every declaration in `value`.
    SetStyle,
    /// Adds the classes named in `value`.
    AddClass,
    /// Takes away the classes named in `value`.
    RemoveClass,
    /// Stops showing the element, keeping it in the document.
    Hide,
    /// Takes the element out of the document.
    Remove,
}

impl Operation {
    /// The word as it stands on the wire.
    ///
    /// ```
    /// use ttoolab_core::change::Operation;
    /// let word = Operation::SetHtml.as_str();
    /// assert_eq!(serde_json::to_string(&Operation::SetHtml).unwrap(), format!("\"{word}\""));
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SetText => "set_text",
            Self::SetHtml => "set_html",
            Self::SetAttribute => "set_attribute",
            Self::SetStyle => "set_style",
            Self::AddClass => "add_class",
            Self::RemoveClass => "remove_class",
            Self::Hide => "hide",
            Self::Remove => "remove",
        }
    }
}
