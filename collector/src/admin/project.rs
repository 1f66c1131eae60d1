//! Projects: one site each.

use crate::admin::experiment::{Experiment, ExperimentConfig, Fault};
use crate::admin::keys::OrderKey;
use crate::admin::origins::Origins;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use ttoolab_core::id::ProjectKey;
use ttoolab_core::money::Currency;

/// The query parameters that are stored unless a project says otherwise.
const DEFAULT_PARAMETERS: [&str; 1] = ["utm_*"];

/// A project as the import file and the API spell it, without its experiments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProjectConfig {
    pub(crate) project_key: ProjectKey,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) origins: Vec<String>,
    #[serde(default = "usd")]
    pub(crate) currency: String,
    #[serde(default = "utc")]
    pub(crate) time_zone: String,
    /// Query parameters kept in stored URLs; a `*` at the end stands for any rest.
    #[serde(default = "default_parameters")]
    pub(crate) query_parameters: Vec<String>,
}

/// A project of the import file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportedProject {
    #[serde(flatten)]
    pub(crate) config: ProjectConfig,
    /// Read by [`crate::webhooks`]: within what is flattened, a fault would not know its place.
    #[serde(default)]
    pub(crate) webhooks: Vec<Value>,
    #[serde(default)]
    pub(crate) experiments: Vec<ExperimentConfig>,
}

fn usd() -> String {
    "USD".to_owned()
}

fn utc() -> String {
    "UTC".to_owned()
}

fn default_parameters() -> Vec<String> {
    DEFAULT_PARAMETERS.map(str::to_owned).to_vec()
}

/// A project, checked, with its experiments.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) id: i64,
    pub(crate) config: ProjectConfig,
    pub(crate) origins: Origins,
    pub(crate) currency: Currency,
    pub(crate) time_zone: TimeZone,
    /// Hashes order ids, so that none is ever stored.
    pub(crate) order_key: OrderKey,
    pub(crate) experiments: Vec<Arc<Experiment>>,
    /// When it or one of its experiments was last changed.
    pub(crate) changed_ms: i64,
}

/// The settings of a project that can be wrong.
pub(crate) struct Settings {
    pub(crate) origins: Origins,
    pub(crate) currency: Currency,
    pub(crate) time_zone: TimeZone,
}

impl ProjectConfig {
    /// Checks the settings.
    pub(crate) fn check(&self) -> Result<Settings, Fault> {
        let origins = Origins::parse(&self.origins).map_err(|why| Fault::new("origins", why))?;
        let currency =
            Currency::parse(&self.currency).map_err(|why| Fault::new("currency", why))?;
        let time_zone = TimeZone::get(&self.time_zone)
            .map_err(|_| Fault::new("timeZone", "is a name such as Europe/Berlin"))?;
        Ok(Settings { origins, currency, time_zone })
    }
}

impl Project {
    pub(crate) fn key(&self) -> &ProjectKey {
        &self.config.project_key
    }

    pub(crate) fn experiment(&self, key: &str) -> Option<&Arc<Experiment>> {
        self.experiments.iter().find(|experiment| experiment.key().as_str() == key)
    }

    /// Tells whether a query parameter may be stored.
    pub(crate) fn stores_parameter(&self, name: &str) -> bool {
        self.config.query_parameters.iter().any(|allowed| match allowed.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => name == allowed,
        })
    }
}
