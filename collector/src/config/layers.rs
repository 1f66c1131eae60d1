//! The three layers: the file gives way to the environment, and both to flags.
//!
//! There is one list of settings, clap's: the file's values become its defaults, so each setting
//! has one name, one type and one check wherever it comes from. A crate that merges layers into
//! one struct (figment, config) would need that struct a second time, with every field optional.

use super::Cli;
use super::file::{self, Setting};
use clap::builder::{OsStr, Resettable};
use clap::error::ContextKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The command whose flags are the settings.
const SERVE: &str = "serve";
/// What is written in place of a secret.
const MASK: &str = "********";

/// Everything that is wrong with the file and the environment.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Faults(pub Vec<String>);

/// Settings as they hold, for people.
#[derive(Debug)]
pub struct Effective(Vec<String>);

impl std::fmt::Display for Effective {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Reads all layers. Ends the process with clap's own words when a flag is wrong, or asks for help.
///
/// # Errors
/// Every fault of the file and the environment.
pub fn read(arguments: &[OsString]) -> Result<(Cli, Effective), Faults> {
    let mut faults = environment_faults();
    // Flags first, for they say which file; a bad environment is told of below, all of it.
    let command = Cli::command();
    let command = if faults.is_empty() { command } else { without_environment(command) };
    let told = command.get_matches_from(arguments);
    let file = told.get_one::<PathBuf>("config").cloned();
    let settings = file.as_deref().map_or(Ok(Vec::new()), file::read).unwrap_or_else(|fault| {
        faults.push(fault);
        Vec::new()
    });
    if let Some(file) = &file {
        faults.extend(settings.iter().filter_map(|setting| file_fault(file, setting)));
    }
    if !faults.is_empty() {
        return Err(Faults(faults));
    }
    let matches = with_defaults(Cli::command(), &settings).get_matches_from(arguments);
    let cli = Cli::from_arg_matches(&matches).map_err(|error| Faults(vec![error.to_string()]))?;
    Ok((cli, effective(&matches, &settings)))
}

/// The settings of `serve`: flags with a name of their own.
fn settings_of(command: &Command) -> Vec<&Arg> {
    let serve = command.find_subcommand(SERVE);
    serve
        .into_iter()
        .flat_map(Command::get_arguments)
        .filter(|arg| arg.get_long().is_some())
        .collect()
}

fn environment_faults() -> Vec<String> {
    let command = Cli::command();
    let fault = |arg: &Arg| {
        let variable = arg.get_env()?.to_str()?;
        let value = std::env::var_os(variable)?;
        let why = refusal(arg.get_long()?, &value)?;
        Some(format!("environment: {variable} {why}"))
    };
    settings_of(&command).into_iter().filter_map(fault).collect()
}

fn file_fault(file: &Path, Setting { key, value, line }: &Setting) -> Option<String> {
    let command = Cli::command();
    let known = settings_of(&command).into_iter().any(|arg| arg.get_long() == Some(key));
    let why = match value {
        _ if !known => "is no setting".to_owned(),
        Err(why) => (*why).to_owned(),
        Ok(value) => refusal(key, &OsString::from(value))?,
    };
    Some(format!("{}:{line}: `{key}` {why}", file.display()))
}

/// Why a setting does not take a value, if so: asked of clap, one setting at a time.
fn refusal(key: &str, value: &OsString) -> Option<String> {
    let command = without_environment(with_values(Cli::command()));
    let mut flag = OsString::from(format!("--{key}="));
    flag.push(value);
    let error = command.try_get_matches_from([OsString::from("_"), SERVE.into(), flag]).err()?;
    let secret = Cli::command();
    let secret =
        settings_of(&secret).into_iter().any(|arg| arg.get_long() == Some(key) && is_secret(arg));
    let value = if secret { MASK.into() } else { value.to_string_lossy() };
    // The sentence of the value's own type, where it has one.
    let why = std::error::Error::source(&error).map(|why| format!(": {why}")).unwrap_or_default();
    let possible = match error.get(ContextKind::ValidValue) {
        Some(values) => format!(" (one of {values})"),
        None => String::new(),
    };
    Some(format!("cannot be `{value}`{why}{possible}"))
}

/// The command as if nothing were set in the environment.
fn without_environment(command: Command) -> Command {
    let bare = |arg: Arg| arg.env(Resettable::<OsStr>::Reset);
    command.mut_args(bare).mut_subcommands(move |sub| sub.mut_args(bare))
}

/// The command with switches that take `true` or `false`, as they are written in a file.
fn with_values(command: Command) -> Command {
    command.mut_subcommands(|sub| {
        sub.mut_args(|arg| {
            if arg.get_action().takes_values() {
                arg
            } else {
                arg.action(ArgAction::Set).num_args(1)
            }
        })
    })
}

/// The command with the file's values in place of its own defaults.
fn with_defaults(command: Command, settings: &[Setting]) -> Command {
    command.mut_subcommands(|sub| {
        sub.mut_args(|arg| {
            let named = |setting: &&Setting| arg.get_long() == Some(&setting.key);
            match settings.iter().find(named).and_then(|setting| setting.value.as_ref().ok()) {
                Some(value) => arg.default_value(value.clone()),
                None => arg,
            }
        })
    })
}

fn effective(matches: &ArgMatches, settings: &[Setting]) -> Effective {
    let command = Cli::command();
    let Some((_, given)) = matches.subcommand() else { return Effective(Vec::new()) };
    let line = |arg: &&Arg| {
        let key = arg.get_long()?;
        let value = given.try_get_raw(arg.get_id().as_str()).ok().flatten()?.next()?;
        let value = if is_secret(arg) { MASK.into() } else { value.to_string_lossy() };
        let from = match given.value_source(arg.get_id().as_str()) {
            Some(ValueSource::CommandLine) => "flag",
            Some(ValueSource::EnvVariable) => "environment",
            _ if settings.iter().any(|setting| setting.key == key) => "file",
            _ => "default",
        };
        let value = if arg.get_action().takes_values() {
            toml::Value::from(value.as_ref()).to_string()
        } else {
            value.into_owned()
        };
        Some(format!("{key} = {value}  # {from}"))
    };
    Effective(settings_of(&command).iter().filter_map(line).collect())
}

/// Whether a setting must not be shown.
fn is_secret(arg: &Arg) -> bool {
    arg.is_hide_env_values_set()
}
