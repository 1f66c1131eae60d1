//! The rules as JSON vectors, and the code that runs them on any end.
//!
//! A vector is one sentence of the contract with an input and the answer written by hand, so the
//! files beside this crate say what the rules are, and `core` is only one implementation of them.
//! They run natively in `core/tests/vectors.rs` and, compiled to wasm, inside a browser: only the
//! engine for regular expressions differs, and that is the argument. `collector/tests` sends them
//! over HTTP, where the running collector must come to the same answers.
//!
//! `index.json` lists the families for readers in other languages, `schema.json` is the form of a
//! file, and each family has a module here that says how its inputs are judged:
//!
//! 1. `ids`: keys, event names and ids;
//! 2. `url_rules`: which pages a list of rules takes;
//! 3. `goals`: what a goal makes of a signal, and which goals are none;
//! 4. `evaluation`: what a signal does for everything a visitor is assigned to;
//! 5. `money`: amounts in minor units;
//! 6. `checks`: which events are refused, and why;
//! 7. `depth`: how deep a body is nested;
//! 8. `clock`: corrected times and days;
//! 9. `forced`: which variants a page's URL asks for;
//! 10. `changes`: what a change of a variant is carried out with.
//!
//! The counting rules need more than `core`: [`counting`] reads their file for the collector's tests.
//!
//! `vector` reads a file, and `expand` its long strings. [`regex_cases`] makes patterns and URLs by
//! chance, for the question whether two engines agree where nobody wrote down the answer.

mod changes;
mod checks;
mod clock;
pub mod counting;
mod depth;
mod evaluation;
mod expand;
mod forced;
mod goals;
mod ids;
mod money;
pub mod regex_cases;
mod url_rules;
mod vector;

pub use vector::Case;

/// An engine for regular expressions: whether `pattern` finds a match in `url`.
pub type Regex<'a> = &'a dyn Fn(&str /* pattern */, &str /* url */) -> bool;

/// Every file of vectors, name and text, in the order of `index.json`.
pub const FILES: &[(&str, &str)] = &[
    ("ids.json", include_str!("../ids.json")),
    ("url-rules.json", include_str!("../url-rules.json")),
    ("goals.json", include_str!("../goals.json")),
    ("evaluation.json", include_str!("../evaluation.json")),
    ("money.json", include_str!("../money.json")),
    ("checks.json", include_str!("../checks.json")),
    ("depth.json", include_str!("../depth.json")),
    ("clock.json", include_str!("../clock.json")),
    ("forced.json", include_str!("../forced.json")),
    ("changes.json", include_str!("../changes.json")),
];

/// What became of the cases of one family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The family's name.
    pub family: String,
    /// How many cases gave what they expect.
    pub passed: usize,
    /// One line for each of the others: its name, what it expects, what it got.
    pub failures: Vec<String>,
}

impl Report {
    /// How many cases there were.
    #[must_use]
    pub fn total(&self) -> usize {
        self.passed + self.failures.len()
    }
}

/// A text that is no file of vectors.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// Not JSON, or not of the form that `schema.json` describes.
    #[error("not a file of vectors: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// It would pass without having tested anything.
    #[error("a file of vectors has at least one case")]
    NoCases,
}

/// Runs the vectors of one file.
///
/// # Errors
/// [`SpecError`] when `text` is no file of vectors. A case whose input cannot be read is a
/// failure of that case alone.
///
/// ```
/// let text = r#"{"family":"depth","cases":[
///     {"name":"eight levels are allowed","input":{"json":"[[[[[[[[]]]]]]]]"},"expect":true}]}"#;
/// let report = ttoolab_spec::run_text(text, &|_, _| false).unwrap();
/// assert_eq!((report.passed, report.failures.len()), (1, 0));
/// ```
pub fn run_text(text: &str, regex: Regex<'_>) -> Result<Report, SpecError> {
    Ok(vector::File::read(text)?.run(regex))
}

/// The cases of one file with long values written out, for tests that ask another end than
/// [`run_text`] does.
///
/// # Errors
/// [`SpecError`] when `text` is no file of vectors.
///
/// ```
/// let text = r#"{"family":"depth","cases":[
///     {"name":"shallow","input":{"json":{"$repeat":["1",3]}},"expect":true}]}"#;
/// let cases = ttoolab_spec::cases(text).unwrap();
/// assert_eq!(cases[0].input["json"], "111");
/// ```
pub fn cases(text: &str) -> Result<Vec<Case>, SpecError> {
    vector::File::read(text)?.cases()
}

/// Runs all families.
///
/// A file of ours that cannot be read is a failure like any other, so that no caller can forget
/// to look.
#[must_use]
pub fn run_all(regex: Regex<'_>) -> Vec<Report> {
    let run = |&(name, text): &(&str, &str)| {
        run_text(text, regex).unwrap_or_else(|error| Report {
            family: name.to_owned(),
            passed: 0,
            failures: vec![error.to_string()],
        })
    };
    FILES.iter().map(run).collect()
}
