//! Runs files of vectors of the shape that `schema.json` describes, ours or anybody's.
//!
//! `cargo xtask vectors rules <file-or-folder>` is the way to call it. It is an example of this
//! crate and not a part of xtask, so that a fresh clone does not compile the rules before it can
//! run its first command.
#![expect(clippy::print_stdout, reason = "a command-line tool prints")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use regex::bytes::RegexBuilder;

fn main() -> ExitCode {
    match std::env::args_os().nth(1).map(PathBuf::from).map_or(Ok(Vec::new()), files) {
        Ok(files) if !files.is_empty() => run(&files),
        Ok(_) => complain("there is no file of vectors"),
        Err(error) => complain(&error.to_string()),
    }
}

fn run(files: &[PathBuf]) -> ExitCode {
    let (mut passed, mut failed) = (0, 0);
    for file in files {
        let name = file.display();
        let read = std::fs::read_to_string(file).map_err(|error| error.to_string());
        let ran = read.and_then(|text| {
            ttoolab_spec::run_text(&text, &regex_matches).map_err(|error| error.to_string())
        });
        match ran {
            Ok(report) => {
                println!("{}: {}/{}", report.family, report.passed, report.total());
                for failure in &report.failures {
                    println!("  {failure}");
                }
                passed += report.passed;
                failed += report.failures.len();
            }
            Err(error) => {
                println!("{name}: {error}");
                failed += 1;
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The file itself, or the files of vectors in a folder, by name.
fn files(path: PathBuf) -> std::io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path]);
    }
    let entries = std::fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
    let mut files: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|file| is_vectors(file));
    files.sort();
    Ok(files)
}

/// What stands beside the vectors describes them, or runs where its subject lives: the counting
/// rules in the collector, the statistics in `stats`.
fn is_vectors(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let others = ["index.json", "schema.json", "counting.json", "stats.json"];
    name.ends_with(".json") && !others.contains(&name)
}

/// The engine as the collector uses it: on bytes, because a URL is ASCII.
fn regex_matches(pattern: &str, url: &str) -> bool {
    let regex = RegexBuilder::new(pattern).unicode(false).build();
    regex.is_ok_and(|regex| regex.is_match(url.as_bytes()))
}

fn complain(error: &str) -> ExitCode {
    println!("{error}");
    ExitCode::FAILURE
}
