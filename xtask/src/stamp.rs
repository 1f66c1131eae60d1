//! Skipping a step whose inputs have not changed.
//!
//! A stamp is a small file in `target/stamps` with a hash of what went in and one of what came
//! out. Both must still hold, so an edited or half-written output is made again too. Contents
//! are hashed, not times compared: a fresh checkout or a switched branch has new times and
//! old contents.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::place;

/// Folders that are never an input: they are what the step itself, or npm, puts there.
const NOT_INPUTS: [&str; 3] = ["node_modules", "dist", "target"];

/// One step that makes files from files.
pub(crate) struct Step<'a> {
    pub(crate) name: &'a str,
    /// Files and folders, from the root of the repository. `dist` counts when named itself.
    pub(crate) inputs: &'a [&'a str],
    /// Anything else that decides the outcome, such as flags.
    pub(crate) words: &'a [String],
    pub(crate) outputs: &'a [&'a str],
}

impl Step<'_> {
    /// Calls `make` unless the outputs already belong to the inputs.
    pub(crate) fn bring_up_to_date(&self, make: impl FnOnce() -> Result<()>) -> Result<()> {
        let file = place::target().join("stamps").join(self.name);
        // Taken before the work, so that an edit made meanwhile is seen next time.
        let before = hash(place::root(), self.inputs, self.words)?;
        if fs::read_to_string(&file).ok() == Some(self.stamp(before)?) {
            println!("{}: nothing has changed", self.name);
            return Ok(());
        }
        make().with_context(|| format!("the step \"{}\" did not succeed", self.name))?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, self.stamp(before)?)
            .with_context(|| format!("{} cannot be written", file.display()))
    }

    fn stamp(&self, inputs: u64) -> Result<String> {
        let outputs = hash(place::root(), self.outputs, &[])?;
        Ok(format!("inputs {inputs:016x} outputs {outputs:016x}\n"))
    }
}

/// A hash of names, contents and words. SipHash from the standard library: nobody attacks a
/// build folder, and the one file a cryptographic hash would add is a dependency.
fn hash(root: &Path, paths: &[&str], words: &[String]) -> Result<u64> {
    let mut files = Vec::new();
    for path in paths {
        collect(&root.join(path), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    for file in files {
        let content =
            fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        file.strip_prefix(root).unwrap_or(&file).hash(&mut hasher);
        content.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// Every file at or below `path`; none if nothing is there, which is a state as well.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
    } else if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| path.display().to_string())? {
            let entry = entry?;
            if !NOT_INPUTS.iter().any(|name| entry.file_name() == *name) {
                collect(&entry.path(), files)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own for one test, removed when the test ends.
    struct Folder(PathBuf);

    impl Folder {
        fn new(test: &str) -> Self {
            let path = std::env::temp_dir().join(format!("xtask-{test}-{}", std::process::id()));
            fs::create_dir_all(path.join("src/dist")).unwrap();
            fs::write(path.join("src/a"), "one").unwrap();
            Self(path)
        }

        fn hash(&self, words: &[String]) -> u64 {
            hash(&self.0, &["src", "absent"], words).unwrap()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn content_names_and_words_change_the_hash() {
        let folder = Folder::new("changes");
        let first = folder.hash(&[]);
        assert_eq!(first, folder.hash(&[]), "nothing changed");
        assert_ne!(first, folder.hash(&["-Oz".to_owned()]), "a flag");

        fs::write(folder.0.join("src/a"), "two").unwrap();
        let second = folder.hash(&[]);
        assert_ne!(first, second, "content");

        fs::rename(folder.0.join("src/a"), folder.0.join("src/b")).unwrap();
        assert_ne!(second, folder.hash(&[]), "name");
    }

    #[test]
    fn what_a_step_makes_is_not_its_input() {
        let folder = Folder::new("outputs");
        let before = folder.hash(&[]);
        fs::write(folder.0.join("src/dist/made"), "x").unwrap();
        assert_eq!(before, folder.hash(&[]));
    }
}
