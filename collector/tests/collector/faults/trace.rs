//! Running a collector under `strace`, to see in which order it writes, syncs and answers, and to
//! make calls fail.
//!
//! strace and not a preloaded library: it needs no code in another language, shows writes,
//! syncs and answers in one order, and works on the program as it is shipped. Its price is that
//! the tests want a kernel that allows it (root, or `kernel.yama.ptrace_scope = 0`).

use super::site::Site;
use super::wait_until;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a collector did, as far as it concerns a disk or a sender.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// A name came into being (or was there already).
    Named(PathBuf),
    Unnamed(PathBuf),
    Wrote {
        path: PathBuf,
        at: usize,
        bytes: Vec<u8>,
    },
    Truncated {
        path: PathBuf,
        length: usize,
    },
    /// A sync of a file or a folder ended; with `false`, by an error.
    Synced(PathBuf, bool),
    /// Bytes on their way to a sender.
    Answered(Vec<u8>),
}

const CALLS: &str =
    "openat,unlink,pwrite64,write,writev,sendto,ftruncate,fsync,fdatasync,statfs,fstatfs";

/// Wraps a collector's command so that its calls are written to `trace`. `injections` are
/// strace's own: `fsync:error=EIO:when=20..40`. They count by thread, so that the start of the
/// collector, in another thread than its writer, is not concerned by what comes late enough.
fn traced(program: &Command, trace: &Path, injections: &[&str]) -> Command {
    let mut command = Command::new("strace");
    // -D: the collector keeps the place of our child, and is what we kill.
    // --seccomp-bpf: only the calls that are looked at stop; else all of them would wait for strace.
    command.args(["-D", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "1000000", "-o"]).arg(trace);
    command.arg("-e").arg(format!("trace={CALLS}"));
    for injection in injections {
        command.arg("-e").arg(format!("inject={injection}"));
    }
    command.arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        command.env(name, value.unwrap());
    }
    command.stdin(std::process::Stdio::null());
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null());
    command
}

impl Site {
    /// Starts `program` under strace.
    pub(super) fn start_traced(&mut self, trace: &str, program: &Command, injections: &[&str]) {
        self.start_as(traced(program, &self.path(trace), injections));
    }

    /// Whether a thread is within this sync of its, counted from one.
    pub(super) fn is_within_sync(&self, trace: &str, number: usize) -> bool {
        // strace writes down a call that takes long when another one comes: this answer.
        self.is_ready();
        let text = std::fs::read_to_string(self.path(trace)).unwrap();
        let mut threads: HashMap<&str, (usize, bool)> = HashMap::new();
        for line in text.lines() {
            let (thread, call) = line.split_once(' ').unwrap_or((line, ""));
            let call = call.trim_start();
            let syncs = call.starts_with("fsync(") || call.starts_with("fdatasync(");
            let (begun, within) = threads.entry(thread).or_default();
            *begun += usize::from(syncs);
            *within = syncs && call.ends_with("<unfinished ...>");
        }
        threads.values().any(|thread| *thread == (number, true))
    }

    /// What the killed collector did.
    pub(super) fn read_trace(&self, trace: &str) -> Vec<Deed> {
        let mut text = String::new();
        wait_until("the end of the trace", || {
            text = std::fs::read_to_string(self.path(trace)).unwrap();
            // strace writes this of the first thread last.
            let ended = text.matches("+++ killed").count() + text.matches("+++ exited").count();
            text.trim_end().rsplit('\n').next().is_some_and(|line| line.contains("+++ killed"))
                && ended == threads(&text)
        });
        read(&text)
    }
}

/// How many threads a trace is about.
fn threads(text: &str) -> usize {
    let ids: std::collections::HashSet<_> =
        text.lines().filter_map(|line| line.split(' ').next()).collect();
    ids.len()
}

/// Understands a trace.
///
/// Writes and syncs count from their end, answers from their beginning: whatever is uncertain
/// about the order is decided against the collector.
fn read(text: &str) -> Vec<Deed> {
    let mut unfinished: HashMap<&str, String> = HashMap::new();
    let mut deeds = Vec::new();
    for line in text.lines() {
        let (thread, call) = line.split_once(' ').unwrap_or((line, ""));
        let call = call.trim_start();
        if let Some(begun) = call.strip_suffix(" <unfinished ...>") {
            deeds.extend(answer(begun));
            unfinished.insert(thread, begun.to_owned());
        } else if call.starts_with("<... ") {
            let begun = unfinished.remove(thread).unwrap_or_default();
            let rest = call.split_once(" resumed>").map_or("", |(_, rest)| rest);
            deeds.extend(finished(&format!("{begun}{rest}")));
        } else {
            deeds.extend(answer(call));
            deeds.extend(finished(call));
        }
    }
    deeds
}

/// The call begins to write to a socket.
fn answer(call: &str) -> Option<Deed> {
    let (name, arguments) = call.split_once('(')?;
    let file = arguments.split_once('<').map(|(_, rest)| unescaped(rest.split('>').next()?));
    let is_socket = file.flatten().is_some_and(|file| file.starts_with(b"socket:"));
    let writes = matches!(name, "write" | "writev" | "sendto");
    (writes && is_socket).then(|| Deed::Answered(quoted(arguments).concat()))
}

/// The call has ended.
fn finished(call: &str) -> Option<Deed> {
    let (name, rest) = call.split_once('(')?;
    let (arguments, result) = rest.rsplit_once(" = ")?;
    // A call in which the thread was killed has no result: nobody knows that it was done.
    if result.starts_with('?') {
        return None;
    }
    let failed = result.starts_with('-');
    let synced = matches!(name, "fsync" | "fdatasync");
    if failed && !synced {
        return None;
    }
    let path = |bytes: Vec<u8>| PathBuf::from(String::from_utf8_lossy(&bytes).into_owned());
    // `5<path>, …`; a file without a name any more is `5<path>(deleted)`.
    let of_file = || {
        let (_, rest) = arguments.split_once('<')?;
        let (file, rest) = rest.split_once('>')?;
        (!rest.starts_with("(deleted)")).then(|| path(unescaped(file).unwrap_or_default()))
    };
    let numbers = || {
        let tail = arguments.trim_end().trim_end_matches(')');
        tail.rsplit(", ").map_while(|number| number.parse::<usize>().ok()).collect::<Vec<_>>()
    };
    match name {
        "openat" if arguments.contains("O_CREAT") => {
            Some(Deed::Named(path(quoted(arguments).pop()?)))
        }
        "unlink" => Some(Deed::Unnamed(path(quoted(arguments).pop()?))),
        "pwrite64" => {
            let mut bytes = quoted(arguments).pop()?;
            // A write may end early, and says so.
            bytes.truncate(result.split(' ').next()?.parse().ok()?);
            Some(Deed::Wrote { path: of_file()?, at: *numbers().first()?, bytes })
        }
        "ftruncate" => Some(Deed::Truncated { path: of_file()?, length: *numbers().first()? }),
        _ if synced => Some(Deed::Synced(of_file()?, !failed)),
        _ => None,
    }
}

/// All quoted strings.
fn quoted(arguments: &str) -> Vec<Vec<u8>> {
    arguments.split('"').skip(1).step_by(2).filter_map(unescaped).collect()
}

/// Text in which every byte is `\x00`; any other text as it is.
fn unescaped(text: &str) -> Option<Vec<u8>> {
    let Some(hex) = text.strip_prefix("\\x") else { return Some(text.as_bytes().to_vec()) };
    hex.split("\\x").map(|byte| u8::from_str_radix(byte, 16).ok()).collect()
}

#[test]
fn a_trace_is_understood() {
    let text = concat!(
        "7 pwrite64(5<\\x2f\\x61>, \"\\x01\\x02\", 2, 40) = 2\n",
        "7 fsync(5<\\x2f\\x61> <unfinished ...>\n",
        "8 writev(9<\\x73\\x6f\\x63\\x6b\\x65\\x74\\x3a\\x5b\\x31\\x5d>, ",
        "[{iov_base=\"\\x48\", iov_len=1}, {iov_base=\"\\x49\", iov_len=1}], 2) = 2\n",
        "7 <... fsync resumed>) = -1 EIO (Input/output error) (INJECTED)\n",
        "7 fsync(5<\\x2f\\x61>) = ?\n",
        "7 +++ killed by SIGKILL +++\n",
    );
    let file = PathBuf::from("/a");
    let expected = [
        Deed::Wrote { path: file.clone(), at: 40, bytes: vec![1, 2] },
        Deed::Answered(b"HI".to_vec()),
        Deed::Synced(file, false),
    ];
    assert_eq!(read(text), expected);
}
