//! URL rules: which pages a goal or an experiment speaks of.
//!
//! A rule is matched against the page's URL as the browser serialises it (ASCII, punycode host,
//! percent-encoded path) and never parses it again, so both ends see the same bytes.
//!
//! ```
//! use ttoolab_core::url_rule::{UrlRule, matches_any};
//! let rule = r#"{"match":"simple","pattern":"/käse/*"}"#;
//! let rule: UrlRule = serde_json::from_str(rule).unwrap();
//! let rules = [rule.saved().unwrap()];
//! assert!(matches_any(&rules, "https://shop.example/k%C3%A4se/brie", &|_, _| false));
//! ```

use serde::{Deserialize, Serialize};

/// The longest pattern, in bytes (also the bound on a regular expression).
///
/// ```
/// # use ttoolab_core::url_rule::{MAX_PATTERN_BYTES, UrlMatch, UrlRule};
/// let of = |length| UrlRule { kind: UrlMatch::Contains, pattern: "a".repeat(length), not: false };
/// assert!(of(MAX_PATTERN_BYTES).saved().is_ok());
/// assert!(of(MAX_PATTERN_BYTES + 1).saved().is_err());
/// ```
pub const MAX_PATTERN_BYTES: usize = 256;

/// How much of a URL a regular expression looks at, in bytes: bounds the time of a match in
/// engines that backtrack.
///
/// ```
/// use ttoolab_core::url_rule::{REGEX_URL_BYTES, UrlMatch, UrlRule, matches_any};
/// let rule = UrlRule { kind: UrlMatch::Regex, pattern: "a$".into(), not: false };
/// let sees_the_limit = |_: &str, url: &str| url.len() == REGEX_URL_BYTES;
/// assert!(matches_any(&[rule], &"a".repeat(9_000), &sees_the_limit));
/// ```
pub const REGEX_URL_BYTES: usize = 2048;

/// How a pattern is compared with a URL.
///
/// ```
/// use ttoolab_core::url_rule::{UrlMatch, UrlRule, matches_any};
/// let takes = |kind, pattern: &str| {
///     let rule = UrlRule { kind, pattern: pattern.to_owned(), not: false };
///     matches_any(&[rule], "https://shop.example/cart?step=2", &|_, _| false)
/// };
/// assert!(takes(UrlMatch::Simple, "shop.example/cart"));
/// assert!(takes(UrlMatch::StartsWith, "https://shop.example/c"));
/// assert!(takes(UrlMatch::Contains, "cart?step"));
/// assert!(!takes(UrlMatch::Exact, "https://shop.example/cart"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UrlMatch {
    /// The whole URL equals the pattern.
    Exact,
    /// The pattern stands somewhere in the URL.
    Contains,
    /// The URL begins with the pattern.
    StartsWith,
    /// The regular expression finds a match in the URL.
    Regex,
    /// Host and path with `*`, ignoring scheme, query, fragment and a trailing slash.
    Simple,
}

/// One rule of a list; see [`matches_any`] for how a list is read.
///
/// ```
/// use ttoolab_core::url_rule::{UrlMatch, UrlRule};
/// let rule = r#"{"match":"starts_with","pattern":"https://shop.example/"}"#;
/// let rule: UrlRule = serde_json::from_str(rule).unwrap();
/// assert_eq!((rule.kind, rule.not), (UrlMatch::StartsWith, false));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UrlRule {
    /// How the pattern is compared.
    #[serde(rename = "match")]
    pub kind: UrlMatch,
    /// The text to compare with.
    pub pattern: String,
    /// Turns the rule into an exclusion.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not: bool,
}

/// A pattern that no rule may have.
///
/// ```
/// use ttoolab_core::url_rule::{InvalidPattern, UrlMatch, UrlRule};
/// let saved = |kind, pattern: &str| UrlRule { kind, pattern: pattern.into(), not: false }.saved();
/// assert_eq!(saved(UrlMatch::Exact, ""), Err(InvalidPattern::Length));
/// assert_eq!(saved(UrlMatch::Regex, "käse"), Err(InvalidPattern::RegexNotAscii));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPattern {
    /// Empty, or longer than [`MAX_PATTERN_BYTES`].
    #[error("a URL pattern is 1 to 256 bytes")]
    Length,
    /// A regular expression with a character outside ASCII.
    #[error("a regular expression is ASCII; a URL is too, so write the percent-encoded form")]
    RegexNotAscii,
}

impl UrlRule {
    /// The rule as it is stored: checked, and with non-ASCII text percent-encoded, because that
    /// is how the browser will show it.
    ///
    /// # Errors
    /// [`InvalidPattern`] says which bound the pattern breaks.
    ///
    /// ```
    /// # use ttoolab_core::url_rule::{UrlMatch, UrlRule};
    /// let rule = UrlRule { kind: UrlMatch::Contains, pattern: "/käse".into(), not: false };
    /// assert_eq!(rule.saved().unwrap().pattern, "/k%C3%A4se");
    /// ```
    pub fn saved(mut self) -> Result<Self, InvalidPattern> {
        if self.kind == UrlMatch::Regex && !self.pattern.is_ascii() {
            return Err(InvalidPattern::RegexNotAscii);
        }
        if !self.pattern.is_ascii() {
            self.pattern = percent_encoded(&self.pattern);
        }
        if self.pattern.is_empty() || self.pattern.len() > MAX_PATTERN_BYTES {
            return Err(InvalidPattern::Length);
        }
        Ok(self)
    }

    fn matches(&self, url: &str, regex: &dyn Fn(&str, &str) -> bool) -> bool {
        match self.kind {
            UrlMatch::Exact => url == self.pattern,
            UrlMatch::Contains => url.contains(&self.pattern),
            UrlMatch::StartsWith => url.starts_with(&self.pattern),
            UrlMatch::Regex => regex(&self.pattern, cut(url, REGEX_URL_BYTES)),
            UrlMatch::Simple => simple_matches(&self.pattern, url),
        }
    }
}

/// Tells whether a page belongs to a list of rules: at least one rule matches (OR) and none of
/// those marked `not` does. A list of exclusions alone takes every other page; an empty list
/// takes none.
///
/// `regex(pattern, url)` is the engine at hand: `RegExp` in a browser, the `regex` crate in the
/// collector. Patterns are restricted to a subset on which the two agree, and carrying an engine
/// into the download would double its size.
///
/// ```
/// use ttoolab_core::url_rule::{UrlMatch, UrlRule, matches_any};
/// let rules = [
///     UrlRule { kind: UrlMatch::Simple, pattern: "/product/*".into(), not: false },
///     UrlRule { kind: UrlMatch::Contains, pattern: "preview=1".into(), not: true },
/// ];
/// let no_regex = |_: &str, _: &str| false;
/// assert!(matches_any(&rules, "https://shop.example/product/lamp?ref=mail", &no_regex));
/// assert!(!matches_any(&rules, "https://shop.example/product/lamp?preview=1", &no_regex));
/// ```
#[must_use]
pub fn matches_any(rules: &[UrlRule], url: &str, regex: &dyn Fn(&str, &str) -> bool) -> bool {
    let mut wanted = rules.iter().filter(|rule| !rule.not).peekable();
    let excluded = rules.iter().any(|rule| rule.not && rule.matches(url, regex));
    let included = match wanted.peek() {
        Some(_) => wanted.any(|rule| rule.matches(url, regex)),
        None => !rules.is_empty(),
    };
    included && !excluded
}

/// Splits a URL into what a `simple` pattern compares: authority and path.
fn host_and_path(url: &str) -> (&str, &str) {
    // A pattern that is a path alone may hold `://` further on.
    let is_path = url.starts_with('/');
    let scheme = url.split_once("://").filter(|_| !is_path);
    let rest = scheme.map_or(url, |(_scheme, rest)| rest);
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let rest = &rest[..end];
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_user, host)| host);
    (host, path.strip_suffix('/').unwrap_or(path))
}

fn simple_matches(pattern: &str, url: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let (host, path) = host_and_path(url);
    let (wanted_host, wanted_path) = host_and_path(pattern);
    let any_host = pattern.starts_with('/');
    let path_matches = |wanted: &str| wildcard(wanted.as_bytes(), path.as_bytes(), u8::eq);
    (any_host || wildcard(wanted_host.as_bytes(), host.as_bytes(), u8::eq_ignore_ascii_case))
        // `/product/*` takes `/product/`, and so, its slash being ignored, `/product`.
        && (path_matches(wanted_path) || wanted_path.strip_suffix("/*").is_some_and(path_matches))
}

/// Anchored match in which `*` stands for any run of bytes, in time O(pattern × text): on a
/// mismatch only the last `*` is widened, which is enough because an earlier one never needs to.
fn wildcard(pattern: &[u8], text: &[u8], same: fn(&u8, &u8) -> bool) -> bool {
    let (mut at, mut seen) = (0, 0);
    let mut retry = None;
    while seen < text.len() {
        if pattern.get(at) == Some(&b'*') {
            retry = Some((at, seen));
            at += 1;
        } else if pattern.get(at).is_some_and(|wanted| same(wanted, &text[seen])) {
            at += 1;
            seen += 1;
        } else if let Some((star, from)) = retry {
            retry = Some((star, from + 1));
            at = star + 1;
            seen = from + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|&byte| byte == b'*')
}

/// The first `limit` bytes of `text`, or fewer so as not to cut a character in two.
fn cut(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn percent_encoded(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii() {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}
