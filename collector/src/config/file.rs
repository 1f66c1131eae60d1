//! The configuration file: settings with the line they stand on.

use std::collections::BTreeMap;
use std::path::Path;
use toml::{Spanned, Value};

/// The largest configuration file, in bytes: a few lines of settings, not a data file by mistake.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// One setting of the file.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) key: String,
    /// As a flag would have it.
    pub(super) value: Result<String, &'static str>,
    pub(super) line: usize,
}

/// Reads the file, in the order of its lines.
///
/// # Errors
/// A sentence, with the place where there is one.
pub(super) fn read(file: &Path) -> Result<Vec<Setting>, String> {
    let named = |why: &dyn std::fmt::Display| format!("{}: {why}", file.display());
    let size = std::fs::metadata(file).map_err(|error| named(&error))?.len();
    if size > MAX_FILE_BYTES {
        return Err(named(&"is larger than 64 KiB"));
    }
    let text = std::fs::read_to_string(file).map_err(|error| named(&error))?;
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let table: BTreeMap<Spanned<String>, Value> = toml::from_str(&text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        format!("{}:{}: {}", file.display(), line(at), error.message())
    })?;
    let mut settings: Vec<_> = table
        .into_iter()
        .map(|(key, value)| Setting {
            line: line(key.span().start),
            key: key.into_inner(),
            value: flag(value),
        })
        .collect();
    settings.sort_by_key(|setting| setting.line);
    Ok(settings)
}

/// A value as a flag would have it.
fn flag(value: Value) -> Result<String, &'static str> {
    match value {
        Value::String(text) => Ok(text),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Boolean(is) => Ok(is.to_string()),
        Value::Float(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => {
            Err("is text, a whole number, `true` or `false`")
        }
    }
}
