//! `check-config`: what is wrong with the settings and the import file, or what holds.

use super::{Findings, Found};
use crate::admin::import::faults;
use crate::config::{Effective, Serve};
use crate::store::{Documents, open_to_read};
use std::io::Write;

/// Prints the faults of the import file, or the settings as `serve` would take them. The settings
/// themselves have been checked when they were read.
///
/// # Errors
/// When the database that is there cannot be read: what may be changed depends on it.
pub fn check_config(
    settings: &Serve,
    effective: &Effective,
    to: &mut dyn Write,
) -> anyhow::Result<Found> {
    let mut found = Vec::new();
    if let Some(file) = &settings.import {
        let connection =
            if has_data(settings) { Some(open_to_read(&settings.data)?) } else { None };
        found = faults(file, connection.as_ref().map(Documents).as_ref());
    }
    let mut findings = Findings::new(to);
    for fault in &found {
        findings.add(fault)?;
    }
    let count = found.len();
    if count == 0 {
        findings.end(effective.to_string().trim_end())?;
        return Ok(Found::Nothing);
    }
    findings.end(format_args!("{count} faults"))?;
    Ok(Found::Faults)
}

/// A first start finds no database, which is no fault.
fn has_data(settings: &Serve) -> bool {
    settings.data.join(crate::store::DATABASE).exists()
}
