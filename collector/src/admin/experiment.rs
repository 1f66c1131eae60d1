//! Experiments: as people write them, and checked for use.

use crate::admin::changes;
use crate::admin::regex_subset;
use crate::assign::audience::Audience;
use crate::assign::bucket::Ranges;
use jiff::Timestamp;
use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::fmt;
use ttoolab_core::change::Change;
use ttoolab_core::goal::{Condition, Goal, GoalConfig, InvalidGoal};
use ttoolab_core::id::{ExperimentKey, GoalKey, VariantKey};
use ttoolab_core::money::{Currency, from_decimal};
use ttoolab_core::url_rule::{InvalidPattern, UrlMatch, UrlRule};

/// The most variants of an experiment: more arms than this never reach a decision.
const MAX_VARIANTS: usize = 20;
/// The most goals of an experiment.
const MAX_GOALS: usize = 50;
/// The largest compiled regular expression, in bytes: a pattern of 256 bytes within the
/// supported subset stays far below.
const MAX_REGEX_BYTES: usize = 1 << 20;

/// How long after its completion an experiment still takes late events, in milliseconds (a
/// week): browsers that were offline over a holiday have come back by then.
pub(crate) const FREEZE_AFTER_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// The lifecycle of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// Being written; no page knows it.
    Draft,
    /// Starts and converts.
    Running,
    /// Starts nothing new; conversions of exposed visitors go on counting.
    Paused,
    /// Over; frozen a week later.
    Completed,
}

impl Status {
    /// The word of the contract.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Completed => "completed",
        }
    }
}

/// An experiment as the import file and the API spell it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExperimentConfig {
    pub(crate) experiment_key: ExperimentKey,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(rename = "type", default = "ab")]
    pub(crate) kind: String,
    pub(crate) status: Status,
    #[serde(default = "everybody")]
    pub(crate) allocation: f64,
    #[serde(default = "yes")]
    pub(crate) sticky: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seed: Option<String>,
    pub(crate) url_rules: Vec<UrlRule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) audience: Option<Value>,
    pub(crate) variants: Vec<VariantConfig>,
    #[serde(default)]
    pub(crate) goals: Vec<GoalConfig>,
    /// Settings of the decision, kept as written until statistics read them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) decision: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) started_at: Option<Timestamp>,
}

/// A variant as the import file and the API spell it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VariantConfig {
    pub(crate) variant_key: VariantKey,
    #[serde(default)]
    pub(crate) name: String,
    pub(crate) weight: f64,
    #[serde(default)]
    pub(crate) is_control: bool,
    #[serde(default)]
    pub(crate) changes: Vec<Change>,
}

fn ab() -> String {
    "ab".to_owned()
}

fn everybody() -> f64 {
    100.0
}

fn yes() -> bool {
    true
}

/// What the collector remembers of an experiment beside what people wrote.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct History {
    /// Every epoch so far, oldest first; empty while never started.
    pub(crate) epochs: Vec<Epoch>,
    /// When each goal was last edited, milliseconds since the epoch of time; goals that were
    /// there at the start are not named.
    pub(crate) goals_since: HashMap<GoalKey, i64>,
    /// When it did not run after its first start, oldest first; an end that is missing is yet
    /// to come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) pauses: Vec<Pause>,
    /// When it was completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) completed_ms: Option<i64>,
}

/// A time in which an experiment took no exposures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pause {
    pub(crate) from_ms: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to_ms: Option<i64>,
}

/// One epoch: the arms between two changes of what decides assignments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Epoch {
    pub(crate) number: u32,
    pub(crate) started_ms: i64,
    pub(crate) variants: Vec<VariantConfig>,
}

/// An experiment, checked and ready to assign and judge.
#[derive(Debug)]
pub(crate) struct Experiment {
    pub(crate) config: ExperimentConfig,
    pub(crate) history: History,
    pub(crate) goals: Vec<Goal>,
    pub(crate) audience: Audience,
    pub(crate) ranges: Ranges,
    regexes: HashMap<String, Regex>,
}

/// Where a configuration is wrong, as a path, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub(crate) struct Fault {
    pub(crate) path: String,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(path: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { path: path.into(), message: message.to_string() }
    }

    /// The same fault, seen from one level above.
    #[must_use]
    pub(crate) fn under(self, parent: &str) -> Self {
        Self { path: format!("{parent}.{}", self.path), message: self.message }
    }
}

impl Experiment {
    /// Checks a configuration.
    pub(crate) fn check(
        mut config: ExperimentConfig,
        history: History,
        currency: Currency,
    ) -> Result<Self, Fault> {
        check_kind(&config.kind)?;
        if !(0.0..=100.0).contains(&config.allocation) {
            return Err(Fault::new("allocation", "is a percentage from 0 to 100"));
        }
        if !config.seed.as_deref().is_none_or(|seed| !seed.is_empty() && seed.is_ascii()) {
            return Err(Fault::new("seed", "is ASCII text"));
        }
        check_variants(&config.variants)?;
        let mut regexes = HashMap::new();
        config.url_rules = saved(&config.url_rules).map_err(|why| Fault::new("urlRules", why))?;
        if config.url_rules.is_empty() {
            return Err(Fault::new("urlRules", "needs at least one rule"));
        }
        compile("urlRules", &config.url_rules, &mut regexes)?;
        let goals = check_goals(&config.goals, currency, &mut regexes)?;
        let audience =
            Audience::parse(config.audience.as_ref()).map_err(|why| Fault::new("audience", why))?;
        let weights: Vec<f64> = config.variants.iter().map(|variant| variant.weight).collect();
        let ranges = Ranges::new(&weights, config.allocation / 100.0);
        Ok(Self { config, history, goals, audience, ranges, regexes })
    }

    pub(crate) fn key(&self) -> &ExperimentKey {
        &self.config.experiment_key
    }

    /// The current epoch; 1 before the first start, so that a draft can be shown.
    pub(crate) fn epoch(&self) -> u32 {
        self.history.epochs.last().map_or(1, |epoch| epoch.number)
    }

    /// Tells whether nothing received now changes its numbers any more.
    pub(crate) fn is_frozen(&self, now_ms: i64) -> bool {
        self.history.completed_ms.is_some_and(|end| now_ms >= end + FREEZE_AFTER_MS)
    }

    /// Tells whether it took exposures at that time. A time before its start counts as well: the
    /// page had the configuration, and its clock is what is early.
    pub(crate) fn was_running_at(&self, at_ms: i64) -> bool {
        let stopped =
            |pause: &Pause| at_ms >= pause.from_ms && pause.to_ms.is_none_or(|to_ms| at_ms < to_ms);
        !self.history.epochs.is_empty() && !self.history.pauses.iter().any(stopped)
    }

    /// The arms of an epoch; those of today for one that is not on record.
    pub(crate) fn variants_of(&self, epoch: u32) -> &[VariantConfig] {
        self.history
            .epochs
            .iter()
            .find(|known| known.number == epoch)
            .map_or(&self.config.variants, |known| &known.variants)
    }

    /// The variant of that key, in whichever epoch it existed last.
    pub(crate) fn variant(&self, key: &str) -> Option<&VariantConfig> {
        let older = self.history.epochs.iter().rev().flat_map(|epoch| &epoch.variants);
        self.config.variants.iter().chain(older).find(|variant| variant.variant_key.as_str() == key)
    }

    /// The text hashed with the visitor's id.
    pub(crate) fn seed(&self) -> &str {
        self.config.seed.as_deref().unwrap_or(self.key().as_str())
    }

    /// The regular expression engine of this experiment's rules.
    pub(crate) fn regex_matches(&self, pattern: &str, url: &str) -> bool {
        self.regexes.get(pattern).is_some_and(|regex| regex.is_match(url.as_bytes()))
    }
}

/// Refuses what a page could not carry out.
fn check_kind(kind: &str) -> Result<(), Fault> {
    match kind {
        "ab" => Ok(()),
        "split_url" | "redirect" | "feature_flag" => {
            Err(Fault::new("type", format!("`{kind}` experiments are not supported yet")))
        }
        _ => Err(Fault::new("type", "is `ab`")),
    }
}

fn check_variants(variants: &[VariantConfig]) -> Result<(), Fault> {
    if !(2..=MAX_VARIANTS).contains(&variants.len()) {
        return Err(Fault::new("variants", "needs 2 to 20 variants"));
    }
    if variants.iter().filter(|variant| variant.is_control).count() != 1 {
        return Err(Fault::new("variants", "needs exactly one variant with isControl"));
    }
    for (at, variant) in variants.iter().enumerate() {
        if !(variant.weight.is_finite() && variant.weight >= 0.0) {
            return Err(Fault::new(format!("variants[{at}].weight"), "is a number from 0"));
        }
        if variants[..at].iter().any(|other| other.variant_key == variant.variant_key) {
            return Err(Fault::new(format!("variants[{at}].variantKey"), "is used twice"));
        }
        changes::check(&variant.changes)
            .map_err(|fault| fault.under(&format!("variants[{at}]")))?;
    }
    if variants.iter().map(|variant| variant.weight).sum::<f64>() <= 0.0 {
        return Err(Fault::new("variants", "needs a weight above 0"));
    }
    Ok(())
}

fn check_goals(
    configs: &[GoalConfig],
    currency: Currency,
    regexes: &mut HashMap<String, Regex>,
) -> Result<Vec<Goal>, Fault> {
    if configs.len() > MAX_GOALS {
        return Err(Fault::new("goals", "has more than 50 goals"));
    }
    if configs.iter().filter(|goal| goal.is_primary).count() > 1 {
        return Err(Fault::new("goals", "has more than one goal with isPrimary"));
    }
    let mut goals: Vec<Goal> = Vec::with_capacity(configs.len());
    for (at, config) in configs.iter().enumerate() {
        let goal = check_goal(config, currency, regexes)
            .map_err(|fault| fault.under(&format!("goals[{at}]")))?;
        if goals.iter().any(|other| other.key == goal.key) {
            return Err(Fault::new(format!("goals[{at}].goalKey"), "is used twice"));
        }
        goals.push(goal);
    }
    Ok(goals)
}

fn check_goal(
    config: &GoalConfig,
    currency: Currency,
    regexes: &mut HashMap<String, Regex>,
) -> Result<Goal, Fault> {
    if let Some(cap) = &config.cap {
        from_decimal(cap, currency).map_err(|why| Fault::new("cap", why))?;
    }
    let goal =
        Goal::try_from(config.clone()).map_err(|why: InvalidGoal| Fault::new(why.field(), why))?;
    match &goal.condition {
        Condition::PageView { url } => compile("url", url, regexes)?,
        Condition::Click { page, .. } | Condition::FormSubmit { page, .. } => {
            compile("page", page, regexes)?;
        }
        Condition::Event { .. } => {}
    }
    Ok(goal)
}

fn saved(rules: &[UrlRule]) -> Result<Vec<UrlRule>, InvalidPattern> {
    rules.iter().cloned().map(UrlRule::saved).collect()
}

/// Compiles the regular expressions of a list once; a pattern used twice is one program.
fn compile(
    path: &str,
    rules: &[UrlRule],
    regexes: &mut HashMap<String, Regex>,
) -> Result<(), Fault> {
    for (at, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.kind == UrlMatch::Regex) {
        let named = |why: &dyn fmt::Display| Fault::new(format!("{path}[{at}].pattern"), why);
        regex_subset::check(&rule.pattern).map_err(|refusal| named(&refusal))?;
        // On bytes and without Unicode: a URL is ASCII, and `.`, `\d`, `\w` mean the same as in a
        // browser's `RegExp` only then.
        let regex = RegexBuilder::new(&rule.pattern)
            .unicode(false)
            .size_limit(MAX_REGEX_BYTES)
            .build()
            .map_err(|why| named(&why))?;
        regexes.insert(rule.pattern.clone(), regex);
    }
    Ok(())
}
