//! The catalog: every project and experiment, checked, as one immutable value.
//!
//! Requests read a snapshot; a change builds a new catalog and swaps it in. Nobody ever sees half
//! a change, and the hot path takes no lock.

use crate::admin::experiment::{Experiment, ExperimentConfig};
use crate::admin::keys::Keys;
use crate::admin::project::{Project, ProjectConfig, Settings};
use crate::store::{Documents, StoredProject};
use anyhow::Context;
use std::collections::HashMap;
use std::sync::Arc;
use ttoolab_core::id::ProjectKey;

/// All projects, by key.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    projects: HashMap<ProjectKey, Arc<Project>>,
}

impl Catalog {
    /// Reads what is configured.
    pub(crate) fn load(documents: &Documents<'_>, keys: &Keys) -> anyhow::Result<Self> {
        let mut projects = HashMap::new();
        for stored in documents.projects::<ProjectConfig>()? {
            let key = stored.config.project_key.clone();
            let project = load(documents, keys, stored)
                .with_context(|| format!("the stored project `{key}`"))?;
            projects.insert(key, Arc::new(project));
        }
        Ok(Self { projects })
    }

    pub(crate) fn project(&self, key: &str) -> Option<&Arc<Project>> {
        self.projects.get(key)
    }

    /// Every project, in the order of their keys.
    pub(crate) fn projects(&self) -> Vec<&Arc<Project>> {
        let mut projects: Vec<_> = self.projects.values().collect();
        projects.sort_by(|a, b| a.key().cmp(b.key()));
        projects
    }
}

fn load(
    documents: &Documents<'_>,
    keys: &Keys,
    stored: StoredProject<ProjectConfig>,
) -> anyhow::Result<Project> {
    let Settings { origins, currency, time_zone } = stored.config.check()?;
    let mut experiments = Vec::new();
    for found in documents.experiments::<ExperimentConfig, _>(stored.id)? {
        let key = found.config.experiment_key.clone();
        let experiment = Experiment::check(found.config, found.history, currency)
            .with_context(|| format!("the stored experiment `{key}`"))?;
        experiments.push(Arc::new(experiment));
    }
    Ok(Project {
        id: stored.id,
        order_key: keys.order_key(stored.config.project_key.as_str())?,
        config: stored.config,
        origins,
        currency,
        time_zone,
        experiments,
        changed_ms: stored.changed_ms,
    })
}
