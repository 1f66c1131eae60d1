//! Family `url-rules`: whether a page belongs to a list of rules.
//!
//! The rules are saved first, as the API does it, so that a pattern may be written as a person
//! would. Expects `true`, `false`, or `"refused"` for rules that must not be saved.

use crate::Regex;
use serde::Deserialize;
use serde_json::Value;
use ttoolab_core::url_rule::{InvalidPattern, UrlRule, matches_any};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    url: String,
    rules: Vec<UrlRule>,
}

pub(crate) fn answer(input: Value, regex: Regex<'_>) -> Result<Value, serde_json::Error> {
    let Input { url, rules } = serde_json::from_value(input)?;
    let saved: Result<Vec<UrlRule>, InvalidPattern> =
        rules.into_iter().map(UrlRule::saved).collect();
    Ok(match saved {
        Ok(rules) => matches_any(&rules, &url, regex).into(),
        Err(InvalidPattern::Length | InvalidPattern::RegexNotAscii) => "refused".into(),
    })
}
