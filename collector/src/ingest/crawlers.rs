//! Crawlers, known by the name they give themselves.

use regex::bytes::{RegexSet, RegexSetBuilder};
use std::sync::LazyLock;

/// The list, with its source, date and licence in its head.
const PATTERNS: &str = include_str!("crawlers/patterns.txt");

/// The longest part of a `User-Agent` that is looked at, in bytes: real ones end far below.
const MAX_BYTES: usize = 512;

/// What the compiled list may take in memory. A list that outgrew it would match nothing, which
/// its test would show.
const MAX_COMPILED_BYTES: usize = 64 * 1024 * 1024;

static CRAWLERS: LazyLock<RegexSet> = LazyLock::new(|| {
    let patterns = PATTERNS.lines().filter(|line| !line.starts_with('#'));
    let compiled = RegexSetBuilder::new(patterns)
        .unicode(false)
        .size_limit(MAX_COMPILED_BYTES)
        .dfa_size_limit(MAX_COMPILED_BYTES)
        .build();
    compiled.unwrap_or_else(|error| {
        tracing::error!(%error, "the list of crawlers cannot be used: none is recognised");
        RegexSet::empty()
    })
});

/// Whether a `User-Agent` is a crawler's.
pub(crate) fn is_crawler(user_agent: &str) -> bool {
    let bytes = user_agent.as_bytes();
    CRAWLERS.is_match(&bytes[..bytes.len().min(MAX_BYTES)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crawlers_are_told_from_browsers_and_tools() {
        for crawler in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; \
             +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36",
            "facebookexternalhit/1.1",
            "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
        ] {
            assert!(is_crawler(crawler), "{crawler}");
        }
        for person in [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/140.0.0.0 Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
             like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0.0.0",
            "curl/8.5.0",
            "node",
            "",
        ] {
            assert!(!is_crawler(person), "{person}");
        }
    }
}
