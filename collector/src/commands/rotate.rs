//! `rotate-token-key`: a new key to sign visitor tokens with.

use super::Found;
use crate::admin::keys::rotate_token_key;
use crate::config::Folder;
use crate::store::{DataFolder, Documents};
use anyhow::Context;
use std::io::Write;

/// Makes a new key; the collector signs with it from its next start.
///
/// # Errors
/// When a collector runs on the folder.
pub fn rotate(folder: &Folder, to: &mut dyn Write) -> anyhow::Result<Found> {
    let folder = DataFolder::open(&folder.data)
        .context("stop the collector first: it reads its keys once, at start")?;
    let mut connection = folder.connect()?;
    let transaction = connection.transaction()?;
    let id = rotate_token_key(&Documents(&transaction))?;
    transaction.commit()?;
    writeln!(to, "tokens are signed with key {id}; those of the keys before it stay valid")?;
    Ok(Found::Nothing)
}
