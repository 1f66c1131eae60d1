//! Starting another program.
//!
//! Every child goes through here, so that each is shown once, as a line that can be pasted
//! into a shell at the root of the repository, and each failure says what was run and how to
//! go on.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::place;

/// How often a child with a time limit is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A program to be started, at the root of the repository unless told otherwise.
pub(crate) struct Run {
    command: Command,
    settings: Vec<String>,
    hint: Option<String>,
}

impl Run {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.current_dir(place::root());
        // `cargo run` describes xtask to xtask in these. Handed on, they would make build
        // scripts believe that something changed, and compile crates again.
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(name);
            }
        }
        Self { command, settings: Vec::new(), hint: None }
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub(crate) fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        let shown = quoted(&value.as_ref().to_string_lossy());
        self.settings.push(format!("{name}={shown}"));
        self.command.env(name, value);
        self
    }

    /// Puts folders in front of `PATH`.
    pub(crate) fn path_first(mut self, folders: &[PathBuf]) -> Result<Self> {
        let old = env::var_os("PATH").unwrap_or_default();
        let all = folders.iter().cloned().chain(env::split_paths(&old));
        let path = env::join_paths(all).context("a folder for PATH has a colon in its name")?;
        let front: Vec<String> = folders.iter().map(|f| f.display().to_string()).collect();
        self.settings.push(format!("PATH={}:$PATH", front.join(":")));
        self.command.env("PATH", path);
        Ok(self)
    }

    /// What a person should do when this fails.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Shows the command, lets its output through and waits for its success.
    pub(crate) fn pass(mut self) -> Result<()> {
        self.show();
        let status = self.command.status().with_context(|| self.not_started())?;
        self.judge(status)
    }

    /// As [`pass`](Self::pass), but ends the child when it takes longer than `limit`. The
    /// answer is whether it succeeded: who sets a limit has another way to go.
    pub(crate) fn succeeds_within(mut self, limit: Duration) -> Result<bool> {
        self.show();
        let mut child = self.command.spawn().with_context(|| self.not_started())?;
        let deadline = Instant::now() + limit;
        loop {
            if let Some(status) = child.try_wait().context("the child cannot be waited for")? {
                return Ok(status.success());
            }
            if Instant::now() >= deadline {
                println!("  no answer within {} s: ended", limit.as_secs());
                child.kill().context("the child cannot be ended")?;
                child.wait().context("the child cannot be waited for")?;
                return Ok(false);
            }
            thread::sleep(LOOK_EVERY);
        }
    }

    /// Shows the command and starts it; the caller waits for it.
    pub(crate) fn start(mut self) -> Result<Child> {
        self.show();
        self.command.spawn().with_context(|| self.not_started())
    }

    /// Asks a quick question: not shown, output taken, `None` when the program is not there
    /// or does not succeed.
    pub(crate) fn ask(mut self) -> Option<String> {
        let output = self.command.stderr(Stdio::null()).stdin(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn show(&self) {
        println!("$ {}", self.line());
    }

    fn line(&self) -> String {
        let program = std::iter::once(self.command.get_program());
        let words = program.chain(self.command.get_args());
        let words = words.map(|word| quoted(&OsString::from(word).to_string_lossy()));
        self.settings.iter().cloned().chain(words).collect::<Vec<_>>().join(" ")
    }

    fn judge(&self, status: ExitStatus) -> Result<()> {
        if !status.success() {
            bail!("this command failed ({status}):\n  {}{}", self.line(), self.how_to_go_on());
        }
        Ok(())
    }

    fn not_started(&self) -> String {
        format!("this command cannot be started:\n  {}{}", self.line(), self.how_to_go_on())
    }

    fn how_to_go_on(&self) -> String {
        self.hint.as_ref().map(|hint| format!("\n  {hint}")).unwrap_or_default()
    }
}

/// A word as a shell wants it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_a_line_for_the_shell() {
        let run = Run::new("cargo").env("RUSTFLAGS", "-D warnings").args(["test", "it's"]);
        assert_eq!(run.line(), r"RUSTFLAGS='-D warnings' cargo test 'it'\''s'");
    }

    #[test]
    fn a_failure_names_the_command_and_the_way_on() {
        let error = Run::new("false").hint("try true").pass().unwrap_err().to_string();
        assert!(error.contains("\n  false\n  try true"), "{error}");
    }

    #[test]
    fn a_child_that_takes_too_long_is_ended() {
        let run = Run::new("sleep").arg("600");
        assert!(!run.succeeds_within(Duration::from_millis(1)).unwrap());
    }

    #[test]
    fn a_question_to_a_program_that_is_not_there_has_no_answer() {
        assert_eq!(Run::new("there-is-no-such-program").ask(), None);
    }
}
