//! Forced variants: a page whose URL says `?ttoolab_force=<experiment>:<variant>` shows that
//! variant, and nothing at all is sent for that experiment. Both ends read the URL by this rule.
//!
//! ```
//! use ttoolab_core::forced::{Forced, forced};
//! let url = "https://shop.example/?ttoolab_force=hero:b&utm_source=mail";
//! let [Forced { experiment_key, variant_key }] = &forced(url)[..] else { panic!() };
//! assert_eq!((experiment_key.as_str(), variant_key.as_str()), ("hero", "b"));
//! ```

use crate::id::{ExperimentKey, VariantKey};

/// The parameter's name.
///
/// ```
/// use ttoolab_core::forced::{PARAMETER, forced};
/// assert_eq!(forced(&format!("https://shop.example/?{PARAMETER}=hero:b")).len(), 1);
/// ```
pub const PARAMETER: &str = "ttoolab_force";

/// The most variants that one URL forces: more experiments than anybody looks at on one page.
///
/// ```
/// use ttoolab_core::forced::{MAX_FORCED, forced};
/// let parameters: String = (0..99).map(|n| format!("&ttoolab_force=hero-{n}:b")).collect();
/// assert_eq!(forced(&format!("https://shop.example/?{parameters}")).len(), MAX_FORCED);
/// ```
pub const MAX_FORCED: usize = 16;

/// One forced variant.
///
/// ```
/// use ttoolab_core::forced::forced;
/// let shown = forced("https://shop.example/?ttoolab_force=hero:b");
/// assert_eq!(shown[0].variant_key.as_str(), "b");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forced {
    /// The experiment.
    pub experiment_key: ExperimentKey,
    /// The variant to show.
    pub variant_key: VariantKey,
}

/// What a page's URL forces, in its order. What is no pair of keys is passed over, and so is a
/// second variant of the same experiment.
///
/// ```
/// use ttoolab_core::forced::forced;
/// let url = "https://shop.example/?ttoolab_force=hero%3Ab&ttoolab_force=price:a";
/// assert_eq!(forced(url).len(), 2);
/// assert!(forced("https://shop.example/?ttoolab_force=hero").is_empty());
/// ```
#[must_use]
pub fn forced(url: &str) -> Vec<Forced> {
    let mut found: Vec<Forced> = Vec::new();
    for Forced { experiment_key, variant_key } in query_values(url, PARAMETER).filter_map(pair) {
        let known = found.iter().any(|known| known.experiment_key == experiment_key);
        if !known && found.len() < MAX_FORCED {
            found.push(Forced { experiment_key, variant_key });
        }
    }
    found
}

/// The colon is all that a program may have percent-encoded: no key holds such a character.
fn pair(value: &str) -> Option<Forced> {
    let colon = [":", "%3A", "%3a"].into_iter().find_map(|colon| value.split_once(colon));
    let (experiment, variant) = colon?;
    Some(Forced {
        experiment_key: ExperimentKey::parse(experiment).ok()?,
        variant_key: VariantKey::parse(variant).ok()?,
    })
}

/// The values of a query parameter as they stand in a URL.
///
/// ```
/// use ttoolab_core::forced::query_values;
/// let url = "https://shop.example/?utm_source=mail&x&utm_source=#utm_source=no";
/// assert_eq!(query_values(url, "utm_source").collect::<Vec<_>>(), ["mail", ""]);
/// ```
pub fn query_values<'a>(url: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let page = url.split('#').next().unwrap_or_default();
    let query = page.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.filter(move |(key, _)| *key == name).map(|(_, value)| value)
}
