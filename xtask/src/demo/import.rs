//! The demo project, as the collector is to load it: allowed on the port that was chosen.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::place;

const EXPERIMENTS: &str = "www-demo/experiments.json";

/// Writes the import file into the data folder.
pub(crate) fn write(data: &Path, port: u16) -> Result<PathBuf> {
    let text = fs::read_to_string(place::in_repo(EXPERIMENTS))
        .with_context(|| format!("{EXPERIMENTS} cannot be read"))?;
    let import = with_origins(&text, port).with_context(|| EXPERIMENTS.to_owned())?;
    fs::create_dir_all(data).with_context(|| format!("{} is needed", data.display()))?;
    let path = data.join("import.json");
    fs::write(&path, import).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path)
}

/// The text of an import with every project's origins replaced by this port's two.
fn with_origins(text: &str, port: u16) -> Result<String> {
    let mut import: Value = serde_json::from_str(text)?;
    let projects = import
        .get_mut("projects")
        .and_then(Value::as_array_mut)
        .context("there is no list \"projects\"")?;
    for project in projects {
        let fields = project.as_object_mut().context("a project is no object")?;
        let origins =
            json!([format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}")]);
        fields.insert("origins".to_owned(), origins);
    }
    Ok(serde_json::to_string_pretty(&import)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_replaced_and_nothing_else() {
        let text = r#"{"projects":[{"projectKey":"demo","origins":["https://example.com"]},
                                    {"projectKey":"two"}]}"#;
        let import: Value = serde_json::from_str(&with_origins(text, 9000).unwrap()).unwrap();
        let origins = json!(["http://127.0.0.1:9000", "http://localhost:9000"]);
        let expected = json!({ "projects": [
            { "projectKey": "demo", "origins": origins },
            { "projectKey": "two", "origins": origins },
        ] });
        assert_eq!(import, expected);
    }

    #[test]
    fn a_file_without_projects_is_refused() {
        assert!(with_origins("{}", 9000).is_err());
    }
}
