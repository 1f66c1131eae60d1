//! A file of vectors: which family it is of, and its cases.

use crate::{Regex, Report, SpecError};
use crate::{
    changes, checks, clock, depth, evaluation, expand, forced, goals, ids, money, url_rules,
};
use serde::Deserialize;
use serde_json::Value;

/// The families, in the order of `index.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Family {
    Ids,
    UrlRules,
    Goals,
    Evaluation,
    Money,
    Checks,
    Depth,
    Clock,
    Forced,
    Changes,
}

/// One file. Misspelt fields are errors here and in every family's input: a vector that says
/// something else than its author meant would otherwise pass.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    family: Family,
    cases: Vec<Case>,
}

/// One case of a family.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The sentence of the contract that it holds us to.
    pub name: String,
    /// What is judged; `schema.json` has its form.
    pub input: Value,
    /// The answer, written by hand.
    pub expect: Value,
}

impl Family {
    fn name(self) -> &'static str {
        match self {
            Self::Ids => "ids",
            Self::UrlRules => "url-rules",
            Self::Goals => "goals",
            Self::Evaluation => "evaluation",
            Self::Money => "money",
            Self::Checks => "checks",
            Self::Depth => "depth",
            Self::Clock => "clock",
            Self::Forced => "forced",
            Self::Changes => "changes",
        }
    }

    /// What the rules make of an input, as `expect` spells it.
    fn answer(self, input: Value, regex: Regex<'_>) -> Result<Value, serde_json::Error> {
        match self {
            Self::Ids => ids::answer(input),
            Self::UrlRules => url_rules::answer(input, regex),
            Self::Goals => goals::answer(input, regex),
            Self::Evaluation => evaluation::answer(input, regex),
            Self::Money => money::answer(input),
            Self::Checks => checks::answer(input),
            Self::Depth => depth::answer(input),
            Self::Clock => clock::answer(input),
            Self::Forced => forced::answer(input),
            Self::Changes => changes::answer(input),
        }
    }
}

impl File {
    pub(crate) fn read(text: &str) -> Result<Self, SpecError> {
        let file: Self = serde_json::from_str(text)?;
        if file.cases.is_empty() {
            return Err(SpecError::NoCases);
        }
        Ok(file)
    }

    /// The cases, with long values written out.
    pub(crate) fn cases(self) -> Result<Vec<Case>, SpecError> {
        let written_out = |case: Case| Ok(Case { input: expand::expanded(case.input)?, ..case });
        self.cases.into_iter().map(written_out).collect()
    }

    pub(crate) fn run(self, regex: Regex<'_>) -> Report {
        let total = self.cases.len();
        let failures: Vec<String> =
            self.cases.into_iter().filter_map(|case| failure(self.family, case, regex)).collect();
        Report { family: self.family.name().to_owned(), passed: total - failures.len(), failures }
    }
}

/// The line that says how a case failed, `None` if it did not.
fn failure(family: Family, case: Case, regex: Regex<'_>) -> Option<String> {
    let Case { name, input, expect } = case;
    match expand::expanded(input).and_then(|input| family.answer(input, regex)) {
        Ok(got) if got == expect => None,
        Ok(got) => Some(format!("{name}: expected {expect}, got {got}")),
        Err(error) => Some(format!("{name}: expected {expect}, but the input is wrong: {error}")),
    }
}
