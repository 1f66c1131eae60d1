//! The demo's admin key: made once, kept beside the demo's data, so that each run can show it.
//!
//! The collector itself keeps only a hash of a key it has made; that is right for an
//! installation, and a nuisance for a demo that is started again every day.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// The key of a data folder.
pub(crate) fn of(data: &Path) -> Result<String> {
    let path = data.join("admin-key");
    if let Ok(key) = fs::read_to_string(&path) {
        return Ok(key.trim().to_owned());
    }
    let key = format!("demo_{}", uuid::Uuid::new_v4().simple());
    fs::write(&path, &key).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(key)
}
