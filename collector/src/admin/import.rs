//! Taking over projects and experiments from a file, as often as one likes.

use crate::admin::experiment::{
    Epoch, Experiment, ExperimentConfig, Fault, History, Pause, Status,
};
use crate::admin::project::{ImportedProject, ProjectConfig};
use crate::store::{Documents, StoredExperiment};
use crate::webhooks::{self, Schedule, Source};
use anyhow::{Context, bail};
use rusqlite::{Connection, Transaction};
use serde::Deserialize;
use std::path::Path;
use ttoolab_core::goal::{Counting, Direction, GoalConfig};
use ttoolab_core::money::Currency;

/// The largest import file, in bytes: thousands of experiments.
const MAX_FILE_BYTES: u64 = 32 * 1024 * 1024;

#[derive(Deserialize)]
struct ImportFile {
    projects: Vec<ImportedProject>,
}

/// Imports a file in one transaction: all of it, or nothing. What it changes is told to the
/// project's webhooks, in the same transaction.
pub(crate) fn import(
    connection: &mut Connection,
    file: &Path,
    schedule: &Schedule,
    now_ms: i64,
) -> anyhow::Result<()> {
    let named = || format!("the import file {}", file.display());
    let parsed = read(file)?;
    let transaction = connection.transaction()?;
    for (at, project) in parsed.projects.iter().enumerate() {
        import_project(&transaction, project, (schedule, now_ms))
            .with_context(|| format!("{}: projects[{at}]", named()))?;
    }
    transaction.commit()?;
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<ImportFile> {
    let named = || format!("the import file {}", file.display());
    let size = std::fs::metadata(file).with_context(named)?.len();
    if size > MAX_FILE_BYTES {
        bail!("{} is larger than 32 MiB", named());
    }
    let text = std::fs::read_to_string(file).with_context(named)?;
    serde_json::from_str(&text).with_context(named)
}

/// What [`import`] would refuse: the first fault of each project's settings and of each
/// experiment. `known` is what is stored, if anything is; nothing of it is changed.
pub(crate) fn faults(file: &Path, known: Option<&Documents<'_>>) -> Vec<String> {
    let parsed = match read(file) {
        Ok(parsed) => parsed,
        Err(error) => return vec![format!("{error:#}")],
    };
    let mut faults = Vec::new();
    for (at, project) in parsed.projects.iter().enumerate() {
        let mut add = |error: anyhow::Error| {
            faults.push(format!("{}: projects[{at}].{error:#}", file.display()));
        };
        let currency = match project.config.check() {
            Ok(settings) => settings.currency,
            Err(fault) => {
                add(fault.into());
                continue;
            }
        };
        if let Some(error) = known.and_then(|known| zone_fault(known, &project.config).err()) {
            add(error);
        }
        if let Err(fault) = webhooks::read_all(&project.webhooks, 0) {
            add(fault.into());
        }
        for (at, config) in project.experiments.iter().enumerate() {
            let checked = Experiment::check(config.clone(), History::default(), currency);
            if let Err(fault) = checked {
                add(fault.under(&format!("experiments[{at}]")).into());
            }
        }
    }
    faults
}

fn zone_fault(documents: &Documents<'_>, config: &ProjectConfig) -> anyhow::Result<()> {
    match documents.project::<ProjectConfig>(config.project_key.as_str())? {
        Some(known) => check_time_zone(documents, known.id, &known.config, config),
        None => Ok(()),
    }
}

fn import_project(
    transaction: &Transaction<'_>,
    imported: &ImportedProject,
    (schedule, now_ms): (&Schedule, i64),
) -> anyhow::Result<()> {
    let documents = &Documents(transaction);
    let settings = imported.config.check()?;
    let key = imported.config.project_key.as_str();
    let known = documents.project::<ProjectConfig>(key)?;
    if let Some(known) = &known {
        check_time_zone(documents, known.id, &known.config, &imported.config)?;
    }
    let unchanged = known.filter(|known| known.config == imported.config);
    // The row comes first: experiments refer to it.
    let project_id = match &unchanged {
        Some(known) => known.id,
        None => documents.put_project(key, &imported.config, now_ms)?,
    };
    let project = &imported.config.project_key;
    let source = Source { project_id, project, schedule, now_ms };
    // Before the experiments, whose changes they are told.
    webhooks::import(transaction, &source, &imported.webhooks)?;
    let mut changed = false;
    for (at, config) in imported.experiments.iter().enumerate() {
        changed |= import_experiment(transaction, &source, config, settings.currency)
            .with_context(|| format!("experiments[{at}]"))?;
    }
    if changed && unchanged.is_some() {
        // For the time of the change alone.
        documents.put_project(key, &imported.config, now_ms)?;
    }
    Ok(())
}

/// Days are counted in the project's time zone as events come in; changing it later would move
/// what was counted from one day to another.
fn check_time_zone(
    documents: &Documents<'_>,
    project_id: i64,
    known: &ProjectConfig,
    new: &ProjectConfig,
) -> anyhow::Result<()> {
    if known.time_zone != new.time_zone && documents.has_events(project_id)? {
        bail!(Fault::new("timeZone", "is fixed since the first event"));
    }
    Ok(())
}

/// Stores an experiment, unless it stands there already; tells whether it did.
fn import_experiment(
    transaction: &Transaction<'_>,
    source: &Source<'_>,
    config: &ExperimentConfig,
    currency: Currency,
) -> anyhow::Result<bool> {
    let (documents, project_id, now_ms) =
        (Documents(transaction), source.project_id, source.now_ms);
    let key = config.experiment_key.as_str();
    let known = documents.experiment::<ExperimentConfig, History>(project_id, key)?;
    let history = match &known {
        Some(known) => continued(&known.config, &known.history, config, now_ms),
        None => continued(config, &History::default(), config, now_ms),
    };
    Experiment::check(config.clone(), history.clone(), currency)?;
    let known = known.as_ref();
    let changed = known.is_none_or(|known| known.config != *config || known.history != history);
    if changed {
        let document = StoredExperiment { config, history };
        documents.put_experiment(project_id, key, &document)?;
        let old = known.map(|known| &known.config);
        webhooks::tell(transaction, source, old, (config, &document.history))?;
    }
    Ok(changed)
}

/// What is remembered of an experiment once `new` takes the place of `old`.
fn continued(
    old: &ExperimentConfig,
    history: &History,
    new: &ExperimentConfig,
    now_ms: i64,
) -> History {
    let mut history = history.clone();
    let started = !history.epochs.is_empty();
    if new.status == Status::Draft && !started {
        return history;
    }
    if !started {
        let started_ms = new.started_at.map_or(now_ms, jiff::Timestamp::as_millisecond);
        let variants = new.variants.clone();
        history.epochs.push(Epoch { number: 1, started_ms, variants });
    } else if assigns_otherwise(old, new) {
        let number = history.epochs.last().map_or(1, |epoch| epoch.number + 1);
        history.epochs.push(Epoch { number, started_ms: now_ms, variants: new.variants.clone() });
    }
    if started {
        note_goal_edits(&mut history, old, new, now_ms);
    }
    note_status(&mut history, new.status, now_ms);
    history
}

/// Tells whether a change decides assignments anew, so that older ones cannot be pooled with it.
fn assigns_otherwise(old: &ExperimentConfig, new: &ExperimentConfig) -> bool {
    let arms = |config: &ExperimentConfig| {
        let arms = config.variants.iter().map(|variant| {
            let changes = variant.changes.clone();
            (variant.variant_key.clone(), variant.weight, variant.is_control, changes)
        });
        arms.collect::<Vec<_>>()
    };
    arms(old) != arms(new)
        || old.allocation != new.allocation
        || old.seed != new.seed
        || old.url_rules != new.url_rules
        || old.audience != new.audience
}

/// A goal that is new, or means something else than before, starts counting now.
fn note_goal_edits(
    history: &mut History,
    old: &ExperimentConfig,
    new: &ExperimentConfig,
    now_ms: i64,
) {
    let is_kept = |goal: &GoalConfig| {
        old.goals
            .iter()
            .any(|known| known.goal_key == goal.goal_key && meaning(known) == meaning(goal))
    };
    history.goals_since.retain(|key, _| new.goals.iter().any(|goal| goal.goal_key == *key));
    for goal in new.goals.iter().filter(|goal| !is_kept(goal)) {
        history.goals_since.insert(goal.goal_key.clone(), now_ms);
    }
}

/// A goal without what is only shown.
fn meaning(goal: &GoalConfig) -> GoalConfig {
    GoalConfig {
        name: String::new(),
        is_primary: false,
        counting: Counting::default(),
        direction: Direction::default(),
        cap: None,
        ..goal.clone()
    }
}

fn note_status(history: &mut History, status: Status, now_ms: i64) {
    let open = history.pauses.last().is_some_and(|pause| pause.to_ms.is_none());
    match status {
        Status::Running => {
            if let Some(pause) = history.pauses.last_mut().filter(|_| open) {
                pause.to_ms = Some(now_ms);
            }
            history.completed_ms = None;
        }
        Status::Draft | Status::Paused | Status::Completed => {
            if !open {
                history.pauses.push(Pause { from_ms: now_ms, to_ms: None });
            }
            if status == Status::Completed {
                history.completed_ms.get_or_insert(now_ms);
            }
        }
    }
}
