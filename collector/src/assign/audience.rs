//! Audiences: which visitors an experiment is for.

use serde::Deserialize;
use serde_json::Value;
use ttoolab_core::forced::query_values;
use ttoolab_core::reason::Reason;

/// The most rules of an audience.
const MAX_RULES: usize = 32;

/// What is known of a visitor at the moment of assignment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts<'a> {
    /// The `User-Agent` header.
    pub(crate) user_agent: &'a str,
    /// The full URL of the page.
    pub(crate) url: &'a str,
    /// The page before, as far as the browser says.
    pub(crate) referrer: &'a str,
    /// ISO 3166 alpha-2, from a header that the operator trusts.
    pub(crate) country: &'a str,
}

/// A checked audience.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Audience {
    /// Everybody.
    #[default]
    Everybody,
    /// Visitors for whom every rule holds.
    All(Vec<Rule>),
    /// Visitors for whom one rule holds.
    Any(Vec<Rule>),
}

/// One rule over one fact.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    field: String,
    op: Op,
    value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Op {
    Is,
    IsNot,
    Contains,
}

/// Why an audience is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidAudience {
    #[error(
        r#"is {{"all":[…]}} or {{"any":[…]}} of {{"field","op":"is|is_not|contains","value"}}"#
    )]
    Shape,
    #[error("a field is device, country, browser, referrer or utm_…")]
    Field,
    #[error("has 1 to 32 rules")]
    Length,
}

impl Audience {
    /// Checks an audience as it is written; `null` and absent are everybody.
    pub(crate) fn parse(written: Option<&Value>) -> Result<Self, InvalidAudience> {
        #[derive(Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Written {
            All(Vec<Rule>),
            Any(Vec<Rule>),
        }
        let Some(written) = written.filter(|value| !value.is_null()) else {
            return Ok(Self::Everybody);
        };
        let audience = match Written::deserialize(written).map_err(|_| InvalidAudience::Shape)? {
            Written::All(rules) => Self::All(checked(rules)?),
            Written::Any(rules) => Self::Any(checked(rules)?),
        };
        Ok(audience)
    }

    /// Tells whether the visitor belongs to it, else says so in the word of the contract.
    pub(crate) fn admit(&self, facts: &Facts<'_>) -> Result<(), Reason> {
        let admitted = match self {
            Self::Everybody => true,
            Self::All(rules) => rules.iter().all(|rule| rule.holds(facts)),
            Self::Any(rules) => rules.iter().any(|rule| rule.holds(facts)),
        };
        if admitted { Ok(()) } else { Err(Reason::Filtered) }
    }
}

fn checked(rules: Vec<Rule>) -> Result<Vec<Rule>, InvalidAudience> {
    if !(1..=MAX_RULES).contains(&rules.len()) {
        return Err(InvalidAudience::Length);
    }
    let known = |field: &str| {
        matches!(field, "device" | "country" | "browser" | "referrer") || field.starts_with("utm_")
    };
    if !rules.iter().all(|rule| known(&rule.field)) {
        return Err(InvalidAudience::Field);
    }
    Ok(rules)
}

impl Rule {
    /// Compares without regard to case: nobody means `Newsletter` to differ from `newsletter`.
    fn holds(&self, facts: &Facts<'_>) -> bool {
        let found = match self.field.as_str() {
            "device" => device(facts.user_agent).to_owned(),
            "browser" => browser(facts.user_agent).to_owned(),
            "country" => facts.country.to_ascii_lowercase(),
            "referrer" => facts.referrer.to_ascii_lowercase(),
            parameter => {
                query_values(facts.url, parameter).next().unwrap_or_default().to_ascii_lowercase()
            }
        };
        let wanted = self.value.to_ascii_lowercase();
        match self.op {
            Op::Is => found == wanted,
            Op::IsNot => found != wanted,
            Op::Contains => found.contains(&wanted),
        }
    }
}

/// `mobile`, `tablet` or `desktop`. An iPad that asks for desktop pages is a desktop here: its
/// header says so, and nothing else is known before the page runs.
fn device(user_agent: &str) -> &'static str {
    let has = |part| user_agent.contains(part);
    if has("iPad") || has("Tablet") || (has("Android") && !has("Mobile")) {
        "tablet"
    } else if has("Mobi") || has("iPhone") || has("iPod") {
        "mobile"
    } else {
        "desktop"
    }
}

/// The browser family. The order matters: most browsers name the ones they imitate.
fn browser(user_agent: &str) -> &'static str {
    const FAMILIES: [(&str, &str); 9] = [
        ("Edg", "edge"),
        ("OPR/", "opera"),
        ("SamsungBrowser/", "samsung"),
        ("Firefox/", "firefox"),
        ("FxiOS/", "firefox"),
        ("CriOS/", "chrome"),
        ("Chrome/", "chrome"),
        ("Chromium/", "chrome"),
        ("Safari/", "safari"),
    ];
    FAMILIES.iter().find(|(mark, _)| user_agent.contains(mark)).map_or("other", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) \
        AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1";
    const EDGE: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
        (KHTML, like Gecko) Chrome/124.0 Safari/537.36 Edg/124.0";

    #[track_caller]
    fn check(audience: &Value, user_agent: &str, url: &str, expected: bool) {
        let facts = Facts { user_agent, url, ..Facts::default() };
        let audience = Audience::parse(Some(audience)).unwrap();
        assert_eq!(audience.admit(&facts).is_ok(), expected);
    }

    #[test]
    fn rules_look_at_device_browser_and_campaign() {
        let phones = json!({"all":[{"field":"device","op":"is","value":"mobile"}]});
        check(&phones, IPHONE, "", true);
        check(&phones, EDGE, "", false);
        let edge = json!({"any":[{"field":"browser","op":"is","value":"edge"}]});
        check(&edge, EDGE, "", true);
        check(&edge, IPHONE, "", false);
        let mail = json!({"all":[{"field":"utm_source","op":"is","value":"Newsletter"}]});
        check(&mail, EDGE, "https://a.example/?x=1&utm_source=newsletter#top", true);
        check(&mail, EDGE, "https://a.example/", false);
        let not_mail = json!({"all":[{"field":"utm_source","op":"is_not","value":"newsletter"}]});
        check(&not_mail, EDGE, "https://a.example/", true);
    }

    #[test]
    fn an_audience_that_cannot_be_read_is_refused() {
        for wrong in [
            json!([]),
            json!({"all":[]}),
            json!({"all":[{"field":"shoe_size","op":"is","value":"44"}]}),
            json!({"all":[{"field":"device","op":"like","value":"x"}]}),
        ] {
            assert!(Audience::parse(Some(&wrong)).is_err(), "{wrong}");
        }
        assert_eq!(Audience::parse(Some(&Value::Null)), Ok(Audience::Everybody));
    }
}
