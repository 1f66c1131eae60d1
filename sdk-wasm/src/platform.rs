//! What the SDK asks of the world around it, so that everything else can run in a plain test.
//!
//! Only reading and storing is here. What makes the page's own code run (requests, changes,
//! callbacks) leaves the engine as an [`crate::engine::Effect`] and is carried out after the
//! engine was let go of.

use crate::blob::Blob;
use ttoolab_core::goal::Value;

pub(crate) mod browser;
#[cfg(test)]
pub(crate) mod memory;

/// The browser, or a table of values that plays one in tests.
pub(crate) trait Platform {
    /// The elements an event went through: the innermost of each shadow scope.
    type Path;

    /// The page's clock, in milliseconds since the Unix epoch.
    fn now_ms(&self) -> f64;
    /// A clock that never jumps, in milliseconds since some fixed moment. For waiting.
    fn elapsed_ms(&self) -> f64;
    /// Unpredictable bytes.
    fn random(&self) -> [u8; 16];
    /// The URL the page stands on.
    fn url(&self) -> String;
    /// The URL of the page before, or nothing.
    fn referrer(&self) -> String;
    /// Whether the browser says that a program drives it.
    fn is_driven(&self) -> bool;

    /// The stored text of that key.
    fn get(&self, key: &str) -> Option<String>;
    /// Stores a text; tells whether that worked.
    fn set(&self, key: &str, text: &str) -> bool;
    /// Forgets a key.
    fn remove(&self, key: &str);
    /// Every stored key that starts with `prefix`.
    fn keys(&self, prefix: &str) -> Vec<String>;

    /// A time as RFC 3339 in UTC with milliseconds.
    fn iso_time(&self, at_ms: f64) -> String;
    /// Reads an RFC 3339 time.
    fn parse_time(&self, text: &str) -> Option<f64>;
    /// Whether a regular expression matches; a broken one does not.
    fn regex_matches(&self, pattern: &str, text: &str) -> bool;
    /// Whether the selector names one of the elements or an ancestor; `None` if it is no selector.
    fn hits(&self, path: &Self::Path, selector: &str) -> Option<bool>;
    /// The same of the elements alone, for forms.
    fn matches(&self, path: &Self::Path, selector: &str) -> Option<bool>;
    /// The elements as they are now, whatever the page does with them.
    fn remembered(&self, path: &Self::Path) -> Self::Path;
    /// A property of a payload, which is JSON text.
    fn field(&self, payload: &str, name: &str) -> Option<Value<'static>>;
    /// Reads the answer of a bootstrap.
    fn read_blob(&self, json: &str) -> Option<Blob>;

    /// A number in 0..1.
    fn chance(&self) -> f64 {
        let [first, second, ..] = self.random();
        f64::from(u16::from_be_bytes([first, second])) / 65_536.0
    }
}
