//! What the program does beside serving: questions about a data folder, answered while a collector
//! runs on it or while none does; and `erase` and `rotate-token-key`, which change it while none does.

mod backup;
mod check;
mod check_config;
mod erase;
mod export;
mod rebuild;
mod rotate;

pub use backup::backup;
pub use check::check;
pub use check_config::check_config;
pub use erase::erase;
pub use export::export;
pub use rebuild::rebuild;
#[cfg(test)]
pub(crate) use rebuild::{Scope, judged_otherwise};
pub use rotate::rotate;

use std::io::{self, ErrorKind, Write};

/// The most findings that are printed: enough to see what happened; the counts cover all.
const MAX_PRINTED: u64 = 1000;

/// What a command found; the exit code says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// All is well.
    Nothing,
    /// What was printed needs a person.
    Faults,
}

impl Found {
    fn of(faults: u64) -> Self {
        if faults == 0 { Self::Nothing } else { Self::Faults }
    }
}

/// Standard output that may be closed early, as `head` does: then nobody wants more.
struct Findings<'w> {
    to: &'w mut dyn Write,
    printed: u64,
}

impl<'w> Findings<'w> {
    fn new(to: &'w mut dyn Write) -> Self {
        Self { to, printed: 0 }
    }

    /// Prints a finding, unless there were many.
    fn add(&mut self, finding: impl std::fmt::Display) -> io::Result<()> {
        self.printed += 1;
        match self.printed {
            ..=MAX_PRINTED => writeln!(self.to, "{finding}"),
            _ => Ok(()),
        }
    }

    /// Prints the sum.
    fn end(self, sum: impl std::fmt::Display) -> io::Result<()> {
        if self.printed > MAX_PRINTED {
            writeln!(self.to, "… and {} more", self.printed - MAX_PRINTED)?;
        }
        writeln!(self.to, "{sum}")
    }
}

/// Whether an error only says that the reader of our output has gone.
#[must_use]
pub fn is_closed_output(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json =
            cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        let csv = cause.downcast_ref::<csv::Error>().map(csv::Error::kind);
        let csv = if let Some(csv::ErrorKind::Io(error)) = csv { Some(error.kind()) } else { None };
        [io, json, csv].contains(&Some(ErrorKind::BrokenPipe))
    })
}
