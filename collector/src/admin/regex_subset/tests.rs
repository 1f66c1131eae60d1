//! What is refused, where and why; what is accepted; and that both engines agree about it.

mod engines;

use super::check;
use proptest::prelude::*;
use regex::bytes::RegexBuilder;

/// Pattern, byte, and how the reason begins.
const REFUSED: &[(&str, usize, &str)] = &[
    // Repeated groups, the cause of exponential time.
    ("^(a|a)*$", 6, "a group must not be repeated"),
    ("^(\\w|\\d)+$", 8, "a group must not be repeated"),
    ("(www\\.)?shop", 7, "a group must not be repeated"),
    ("(?:ab){2}", 6, "a group must not be repeated"),
    // Further repetitions.
    (".*a.*a.*a.*=", 7, "there are at most two unbounded repetitions"),
    ("a+b*c{2,}", 5, "there are at most two unbounded repetitions"),
    ("x{1000}", 1, "a repetition counts to 128"),
    ("x{129,}", 1, "a repetition counts to 128"),
    ("x{0,129}", 1, "a repetition counts to 128"),
    ("a**", 2, "a repetition must not be repeated"),
    ("a++", 2, "a repetition must not be repeated"),
    ("a{2}{3}", 4, "a repetition must not be repeated"),
    ("a???", 3, "a repetition must not be repeated"),
    ("^*", 1, "an assertion must not be repeated"),
    ("a$?", 2, "an assertion must not be repeated"),
    ("\\b{2}", 2, "an assertion must not be repeated"),
    ("a{ 2 }", 1, "a repetition `{m,n}` has no spaces"),
    ("a{2, 3}", 1, "a repetition `{m,n}` has no spaces"),
    ("a{,3}", 2, "repetition quantifier expects a valid decimal"),
    ("a{b", 2, "repetition quantifier expects a valid decimal"),
    ("a{2", 1, "unclosed counted repetition"),
    ("a{3,2}", 1, "invalid repetition count range"),
    ("{2}", 0, "repetition operator missing expression"),
    ("a|*", 2, "repetition operator missing expression"),
    // Choices: V8 takes 23 seconds for twenty `a?` before a `b`.
    ("a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?b", 27, "there are too many combinations"),
    (
        "(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)b",
        66,
        "there are too many combinations",
    ),
    ("(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)b", 40, "there are too many combinations"),
    ("a{0,128}a{1,128}", 9, "there are too many combinations"),
    // Flags, names, and what else begins with `(?`.
    ("(?i)x", 0, "flags are not supported"),
    ("a(?i:x)", 1, "flags are not supported"),
    ("(?s-u:.)", 0, "flags are not supported"),
    ("(?P<n>x)", 0, "a group must not have a name"),
    ("(?<n>x)", 0, "a group must not have a name"),
    ("(?=x)", 0, "look-around"),
    ("a(?!x)", 1, "look-around"),
    ("(?<=a)x", 0, "look-around"),
    ("(?<!a)x", 0, "look-around"),
    ("(?>x)", 2, "unrecognized flag"),
    // Escapes.
    ("(a)\\1", 3, "a backslash must not stand before a digit"),
    ("\\1", 0, "a backslash must not stand before a digit"),
    ("\\0", 0, "a backslash must not stand before a digit"),
    ("[\\8]", 1, "a backslash must not stand before a digit"),
    ("\\p{L}", 0, "Unicode classes"),
    ("x\\PL", 1, "Unicode classes"),
    ("[a\\pL]", 2, "Unicode classes"),
    ("\\u0041", 0, "an escaped character is"),
    ("\\u{41}", 0, "an escaped character is"),
    ("\\x{41}", 0, "an escaped character is"),
    ("\\U00000041", 0, "an escaped character is"),
    ("\\xe9", 0, "an escaped character is"),
    ("[\\x00-\\xff]", 6, "an escaped character is"),
    ("\\a", 0, "an escaped character is"),
    ("[\\a]", 1, "an escaped character is"),
    ("\\x4", 3, "incomplete escape sequence"),
    ("\\e", 0, "unrecognized escape sequence"),
    ("\\cJ", 0, "unrecognized escape sequence"),
    ("\\k<n>", 0, "unrecognized escape sequence"),
    ("\\y", 0, "unrecognized escape sequence"),
    ("x\\", 1, "incomplete escape sequence"),
    // Assertions.
    ("\\Ax", 0, "the only assertions are"),
    ("x\\z", 1, "the only assertions are"),
    ("\\<x", 0, "the only assertions are"),
    ("x\\>", 1, "the only assertions are"),
    ("\\b{start}x", 0, "the only assertions are"),
    ("x\\b{end-half}", 1, "the only assertions are"),
    ("x\\Z", 1, "unrecognized escape sequence"),
    ("\\Gx", 0, "unrecognized escape sequence"),
    ("a\\Kx", 1, "unrecognized escape sequence"),
    // Classes.
    ("[[:alpha:]]", 1, "classes such as"),
    ("[a&&b]", 2, "set operations"),
    ("[a-z--c]", 4, "set operations"),
    ("[a~~b]", 2, "set operations"),
    ("[a[b]]", 2, "brackets within a class"),
    ("[]a]", 1, "brackets within a class"),
    ("[^]a]", 2, "brackets within a class"),
    ("[Z-[]", 3, "brackets within a class"),
    ("[--a]", 0, "a class must not begin with two hyphens"),
    ("x[^--a]", 1, "a class must not begin with two hyphens"),
    ("[]", 0, "unclosed character class"),
    ("[\\b]", 1, "invalid escape sequence found in character class"),
    ("[\\w-z]", 1, "invalid range boundary"),
    ("[z-a]", 1, "invalid character class range"),
    // Characters.
    ("é", 0, "a regular expression is printable ASCII"),
    ("/caf\u{e9}", 4, "a regular expression is printable ASCII"),
    ("a\nb", 1, "a regular expression is printable ASCII"),
    ("a\u{7f}", 1, "a regular expression is printable ASCII"),
    ("(a", 0, "unclosed group"),
    ("a)", 1, "unopened group"),
];

/// What people write.
const ACCEPTED: &[&str] = &[
    "/order-confirmation",
    "/thank-you/?$",
    "^https://shop\\.example/$",
    "^https?://",
    "^https?:\\/\\/(www\\.|)shop\\.example\\/",
    "^https://[^/]+/p/[^/]+$",
    "^https://[^/?#]+/cart([/?#]|$)",
    "^https://shop\\.example/.*/item/.*ref=",
    "/shop/.*/item/.*ref=",
    "^[^?#]*/checkout/(shipping|payment|review)",
    "/(thanks|merci|danke)(\\?|$)",
    "/(en|de|fr|es|it|nl|pl)/(shop|store|boutique)/.*[?&]ref=mail",
    "/(de|at|ch)-(de|fr|it)/",
    "/product/\\d+",
    "/product/\\d+/reviews/\\d+$",
    "/products/[a-z0-9-]+\\.html$",
    "/product/[^/]+/reviews/[^/]+/edit",
    "/de/.*/42$",
    "/de/.*",
    "/blog/.*$",
    ".*\\.example\\.com",
    "^.*/checkout.*success",
    "/\\d{4}/\\d{2}/\\d{2}/",
    "/order/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "[?&]utm_source=(google|bing|duckduckgo)(&|#|$)",
    "[?&]utm_campaign=[^&#]*black-?friday[^&#]*",
    "[?&]q=[^&]+&page=\\d+",
    "#/checkout/step-[1-4]\\b",
    "#!?/account",
    "/[A-Z]{2,3}-\\d{1,6}\\b",
    "/item_\\w+?_v\\d",
    "\\bcart\\b",
    "/search\\?(.*&|)q=",
    "/p/\\D",
    "/(?:sale|outlet)/[\\w.~-]+/?$",
    "/a\\x2fb|%2F",
    "^https://shop\\.example:8443/a/b;v=1\\.2/c,d/@me/~you/!x/\\$y/'z'/\\(0\\)",
    "/\\{id\\}|/:id}|a]",
    "/[^\\W_]{64}$",
    "()|^$",
];

#[test]
fn refused_patterns_say_where_and_why() {
    for &(pattern, at, reason) in REFUSED {
        let refusal = check(pattern).expect_err(pattern);
        let said = refusal.to_string();
        let expected = format!("at byte {at}: {reason}");
        assert!(said.starts_with(&expected), "{pattern}\n  said     {said}\n  expected {expected}");
    }
}

#[test]
fn patterns_of_people_are_accepted() {
    for pattern in ACCEPTED {
        assert_eq!(check(pattern), Ok(()), "{pattern}");
    }
}

#[test]
fn a_pattern_has_256_bytes() {
    assert_eq!(check(&"a".repeat(256)), Ok(()));
    assert_eq!(check(&"(".repeat(257)).unwrap_err().at, 256);
}

#[test]
fn reasons_spell_braces_once() {
    assert_eq!(
        check("a*b*c*").unwrap_err().to_string(),
        "at byte 5: there are at most two unbounded repetitions (`*`, `+`, `{n,}`)"
    );
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(4_000),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever is written is refused with a place in it, or compiles.
    #[test]
    fn every_text_has_an_answer(
        pattern in "[ -~]{0,40}|[\\]\\[ab(){}?*+|^$.\\\\1,-]{0,20}|\\PC{0,20}|[!-~]{250,260}"
    ) {
        match check(&pattern) {
            Ok(()) => {
                let mut builder = RegexBuilder::new(&pattern);
                prop_assert!(builder.unicode(false).size_limit(1 << 20).build().is_ok());
            }
            Err(refusal) => prop_assert!(refusal.at <= pattern.len(), "{refusal}"),
        }
    }
}
