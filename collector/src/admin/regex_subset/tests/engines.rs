//! Both engines asked the same: the `regex` crate here, and Node in place of a browser.
//!
//! Here and not in the browser because `check` decides which of so many patterns are asked about,
//! and `sdk-wasm` knows nothing of the collector. A real browser answers for the patterns made by
//! chance: `sdk-wasm/tests/web/engines.rs`.

use super::super::check;
use super::{ACCEPTED, REFUSED};
use regex::bytes::{Regex, RegexBuilder};
use serde_json::json;
use std::collections::HashSet;
use std::io::Write;
use std::process::{Command, Stdio};
use ttoolab_spec::regex_cases::{self, COUNT, SEED};

/// Reads the question, compares, and says what differs.
const ASK: &str = r#"
    const answer = (pattern, url) => {
        try { return Number(new RegExp(pattern).test(url)) } catch (error) { return error.message }
    };
    let asked = 0;
    const differences = [];
    const { urls, patterns, answers } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    patterns.forEach((pattern, place) => urls.forEach((url, at) => {
        asked++;
        const found = answer(pattern, url);
        if (found !== Number(answers[place][at])) differences.push([pattern, url, found]);
    }));
    console.log(JSON.stringify({ asked, differences: differences.slice(0, 20) }));
"#;

fn compile(pattern: &str) -> Regex {
    RegexBuilder::new(pattern).unicode(false).build().expect(pattern)
}

fn matches(regex: &Regex, url: &str) -> bool {
    regex.is_match(url.as_bytes())
}

/// Asks both engines about each pattern on each URL.
#[track_caller]
fn both_agree(patterns: &[String], urls: &[String]) {
    let answers = |pattern: &String| {
        let regex = compile(pattern);
        urls.iter().map(|url| if matches(&regex, url) { '1' } else { '0' }).collect::<String>()
    };
    let answers: Vec<String> = patterns.iter().map(answers).collect();
    let asked = patterns.len() * urls.len();
    let yes = answers.iter().map(|answers| answers.matches('1').count()).sum::<usize>();
    let question = json!({ "urls": urls, "patterns": patterns, "answers": answers }).to_string();
    let mut node = Command::new("node")
        .args(["--eval", ASK])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("these tests need Node, as the scripts of this repository do");
    node.stdin.take().unwrap().write_all(question.as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found, json!({ "asked": asked, "differences": [] }));
    println!("{yes} of {asked} match");
}

/// What a real browser is asked about (`sdk-wasm/tests/web/engines.rs`) is what is accepted here,
/// is much, and is neither all yes nor all no.
#[test]
fn patterns_made_by_chance_are_accepted() {
    let cases = regex_cases::cases(SEED, COUNT);
    for (pattern, url) in &cases {
        assert_eq!(check(pattern), Ok(()), "{pattern}");
        assert!(url.is_ascii(), "{url}");
    }
    let patterns: HashSet<&String> = cases.iter().map(|(pattern, _)| pattern).collect();
    assert!(patterns.len() >= 3_000, "only {} different patterns", patterns.len());
    let yes = cases.iter().filter(|(pattern, url)| matches(&compile(pattern), url)).count();
    assert!(yes * 5 >= COUNT && yes * 5 <= COUNT * 4, "{yes} of {COUNT} match");
    println!("{} patterns, {yes} of {COUNT} match", patterns.len());
}

/// Texts on which the patterns below are likely to differ if their readings do.
fn short_urls() -> Vec<String> {
    let characters = "ab-^]}{1,|.(?$0_A [\\&~/:xd\u{1}".chars().map(String::from);
    let words =
        ["", "aa", "a1", "a-b", "b]", "a]", "ab", "a{1}", "a{1", "1,}", "a,", "a^", "a/b", "{1}"];
    words.map(String::from).into_iter().chain(characters).collect()
}

/// Every text of that length, of these characters.
fn every_text(characters: &str, length: u32) -> impl Iterator<Item = String> {
    let characters: Vec<char> = characters.chars().collect();
    (0..characters.len().pow(length)).map(move |number| {
        let at = |place: u32| characters[number / characters.len().pow(place) % characters.len()];
        (0..length).map(at).collect()
    })
}

/// Asks about those of the patterns that are accepted.
#[track_caller]
fn both_agree_on_accepted(patterns: impl Iterator<Item = String>, urls: &[String], least: usize) {
    let patterns: Vec<String> = patterns.filter(|pattern| check(pattern).is_ok()).collect();
    println!("{} patterns", patterns.len());
    assert!(patterns.len() >= least, "only {} patterns", patterns.len());
    both_agree(&patterns, urls);
}

/// A difference that nobody thought of shows in a short pattern of characters with a meaning.
/// Of the longest one in five: all of them are asked about by `cargo xtask soak`.
#[test]
fn engines_agree_on_short_patterns() {
    let characters = "ab-[]^{}1,|\\(?:)*+.$ ";
    let one_in = if std::env::var_os("TTOOLAB_SOAK").is_some() { 1 } else { 5 };
    let short = (1..=3).flat_map(|length| every_text(characters, length));
    let patterns = short.chain(every_text(characters, 4).step_by(one_in));
    both_agree_on_accepted(patterns, &short_urls(), 60_000 / one_in);
}

#[test]
fn engines_agree_on_every_short_class() {
    let inside = (1..=4).flat_map(|length| every_text("ac-^\\]&~[:dw", length));
    both_agree_on_accepted(inside.map(|inside| format!("[{inside}]")), &short_urls(), 5_000);
}

/// Every escape of one character, within a class and outside.
#[test]
fn engines_agree_on_every_escape() {
    let bytes = 0..=0x7f_u8;
    let escapes = bytes.clone().map(char::from);
    let written = escapes.flat_map(|c| [format!("\\{c}"), format!("[\\{c}]"), format!("[^\\{c}]")]);
    let hexadecimal = bytes.clone().map(|byte| format!("\\x{byte:02x}"));
    let urls: Vec<String> = bytes.map(|byte| char::from(byte).to_string()).collect();
    both_agree_on_accepted(written.chain(hexadecimal), &urls, 200);
}

#[test]
fn engines_agree_on_what_people_write() {
    let urls = ["https://shop.example/", "https://shop.example/de/42", "/thanks?q=1", ""];
    let patterns = ACCEPTED.iter().copied().map(String::from);
    both_agree_on_accepted(patterns, &urls.map(String::from), ACCEPTED.len());
}

/// The subset keeps to what the vectors use.
#[test]
fn patterns_of_the_vectors_are_accepted() {
    let (_, text) = ttoolab_spec::FILES.iter().find(|(name, _)| *name == "url-rules.json").unwrap();
    let file: serde_json::Value = serde_json::from_str(text).unwrap();
    let cases = file["cases"].as_array().unwrap().iter().filter(|case| case["expect"] != "refused");
    let rules = cases.flat_map(|case| case["input"]["rules"].as_array().unwrap());
    let regexes = rules.filter(|rule| rule["match"] == "regex");
    let patterns: Vec<&str> = regexes.filter_map(|rule| rule["pattern"].as_str()).collect();
    assert!(patterns.len() > 20);
    for pattern in patterns {
        assert_eq!(check(pattern), Ok(()), "{pattern}");
    }
}

/// Most refusals are real: the crate takes these too, and would have given its own answer.
#[test]
fn what_the_crate_alone_reads_is_refused() {
    let reads = |pattern: &str| RegexBuilder::new(pattern).unicode(false).build().is_ok();
    assert!(REFUSED.iter().filter(|(pattern, ..)| reads(pattern)).count() > 40);
}
