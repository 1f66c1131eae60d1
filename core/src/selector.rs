//! CSS selectors, by shape only: what a selector matches is known to the browser alone.
//!
//! ```
//! use ttoolab_core::selector::Selector;
//! // No CSS, but the browser is the one to say so.
//! assert!(Selector::try_from("#a >> b".to_owned()).is_ok());
//! assert!(Selector::try_from(String::new()).is_err());
//! ```

use serde::{Deserialize, Serialize};

/// The longest selector, in bytes: generated ones run to a few hundred.
const MAX_SELECTOR_BYTES: usize = 1024;

/// A text that cannot be a CSS selector.
///
/// ```
/// use ttoolab_core::selector::{InvalidSelector, Selector};
/// assert_eq!(Selector::try_from(" ".to_owned()), Err(InvalidSelector));
/// assert_eq!(Selector::try_from("a".repeat(1025)), Err(InvalidSelector));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a selector is 1 to 1024 bytes of CSS, without control characters")]
pub struct InvalidSelector;

/// A CSS selector that is at least not empty.
///
/// Whether it parses is for the browser to say: a full CSS parser here would be larger than
/// the SDK, and engines differ. A selector the browser refuses never stops the other goals.
///
/// ```
/// use ttoolab_core::selector::Selector;
/// let selector: Selector = serde_json::from_str(r##""#checkout-button""##).unwrap();
/// assert_eq!(String::from(selector), "#checkout-button");
/// assert!(serde_json::from_str::<Selector>(r#""""#).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Selector(String);

impl Selector {
    /// The selector as written.
    ///
    /// ```
    /// # use ttoolab_core::selector::Selector;
    /// let selector = Selector::try_from("form#signup".to_owned()).unwrap();
    /// assert_eq!(selector.as_str(), "form#signup");
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Selector {
    type Error = InvalidSelector;

    fn try_from(text: String) -> Result<Self, InvalidSelector> {
        let blank = text.bytes().all(|byte| byte == b' ');
        if blank || text.len() > MAX_SELECTOR_BYTES || text.bytes().any(|b| b.is_ascii_control()) {
            return Err(InvalidSelector);
        }
        Ok(Self(text))
    }
}

impl From<Selector> for String {
    fn from(selector: Selector) -> String {
        selector.0
    }
}
