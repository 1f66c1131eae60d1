//! `erase`: one visitor, where no collector runs. A running one is asked by its API.

use super::Found;
use crate::admin::catalog::Catalog;
use crate::admin::erase::anonymised;
use crate::admin::keys::Keys;
use crate::clock::now_ms;
use crate::config::Erase;
use crate::store::{DataFolder, Documents, events_of, replace, suppress, truncate_log};
use anyhow::Context;
use jiff::tz::TimeZone;
use std::io::Write;
use ttoolab_core::clock::Day;
use ttoolab_core::id::AnonymousId;

/// Deletes a visitor's rows, keeps those that frozen experiments counted as nobody's, and notes
/// that nothing is taken of the visitor any more.
///
/// # Errors
/// When a collector runs on the folder, or there is no such project.
pub fn erase(settings: &Erase, to: &mut dyn Write) -> anyhow::Result<Found> {
    let visitor =
        AnonymousId::parse(&settings.visitor).context("the visitor's id is not a UUID")?;
    let folder = DataFolder::open(&settings.folder.data)
        .context("a running collector erases by DELETE …/visitors/{anonymousId}")?;
    let mut connection = folder.connect()?;
    let documents = Documents(&connection);
    let catalog = Catalog::load(&documents, &Keys::of_stored(&documents)?)?;
    let project = catalog.project(&settings.project).context("there is no such project")?;
    let rows = events_of(&connection, project.id, visitor)?;
    let now_ms = now_ms();
    let kept = anonymised(&rows, project, now_ms);
    let transaction = connection.transaction()?;
    suppress(&transaction, project.id, &project.order_key.visitor(&visitor))?;
    replace(&transaction, &rows, &kept, Day::of(now_ms, &TimeZone::UTC))?;
    transaction.commit()?;
    truncate_log(&connection)?;
    writeln!(to, "{} events erased, {} of them kept as nobody's", rows.len(), kept.len())?;
    Ok(Found::Nothing)
}
