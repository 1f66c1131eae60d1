//! The writer: one thread, one transaction at a time.

use super::queue::{Erasure, LogError, Shared, Submission};
use super::{GROUP_WINDOW, MAX_GROUP_ROWS};
use crate::ingest::fold::Fold;
use crate::ingest::suppressed::Suppressed;
use crate::ingest::tally::Tally;
use crate::store::{Appender, DataFolder, EventRow, OpenError, replace, suppress, truncate_log};
use rusqlite::Connection;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Instant;
use tokio::sync::oneshot;

pub(super) struct Job {
    pub(super) work: Work,
    pub(super) waiting: Waiting,
}

pub(super) enum Work {
    Store(Submission),
    Erase(Box<Erasure>),
}

/// Somebody who waits for an answer.
pub(super) struct Waiting {
    pub(super) queued: Instant,
    pub(super) bytes: usize,
    pub(super) answer: oneshot::Sender<Result<(), LogError>>,
}

/// The writer's thread; it ends when every [`Log`](super::Log) handle is gone, after the last
/// group.
pub(crate) struct Writer(JoinHandle<()>);

impl Writer {
    pub(super) fn spawn(writer: WriterLoop, jobs: Receiver<Job>) -> Self {
        Self(std::thread::spawn(move || writer.run(&jobs)))
    }

    /// Waits for the last group.
    pub(crate) fn join(self) {
        if self.0.join().is_err() {
            tracing::error!("the log's writer ended by a panic");
        }
    }
}

pub(super) struct WriterLoop {
    folder: Arc<DataFolder>,
    /// `None` after a failed commit, until it can be opened again.
    connection: Option<Connection>,
    fold: Arc<RwLock<Fold>>,
    suppressed: Arc<Suppressed>,
    shared: Arc<Shared>,
}

/// What gathered within the window.
#[derive(Default)]
struct Group {
    submissions: Vec<Submission>,
    waiting: Vec<Waiting>,
    /// What ended the gathering: it is not part of the transaction.
    then: Option<(Box<Erasure>, Waiting)>,
}

/// A committed group.
struct Committed<'g> {
    /// Rows that were not known before.
    new: Vec<&'g EventRow>,
    tally: Tally,
}

impl WriterLoop {
    pub(super) fn open(
        folder: Arc<DataFolder>,
        fold: Arc<RwLock<Fold>>,
        suppressed: Arc<Suppressed>,
        shared: Arc<Shared>,
    ) -> Result<Self, OpenError> {
        let connection = Some(folder.connect()?);
        Ok(Self { folder, connection, fold, suppressed, shared })
    }

    fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            self.shared.working(first.waiting.queued);
            let Group { submissions, waiting, then } = gather(first, jobs);
            if !waiting.is_empty() {
                let outcome = self.attempt(|writer| writer.store(&submissions));
                self.answer(waiting, outcome);
            }
            if let Some((erasure, waiting)) = then {
                let outcome = self.attempt(|writer| writer.erase(&erasure));
                self.answer(vec![waiting], outcome);
            }
        }
    }

    fn answer(&self, waiting: Vec<Waiting>, outcome: Result<(), LogError>) {
        self.shared.answered(waiting.iter().map(|waiting| waiting.bytes).sum());
        for waiting in waiting {
            // A requester that has gone away does not mind.
            let _ = waiting.answer.send(outcome);
        }
    }

    /// Writes, unless the disk is nearly full.
    fn attempt(
        &mut self,
        write: impl FnOnce(&mut Self) -> anyhow::Result<()>,
    ) -> Result<(), LogError> {
        if self.shared.is_disk_full() {
            return Err(LogError::DiskFull);
        }
        write(self).map_err(|error| {
            // After a failed write or sync the state of the connection is unknown.
            self.connection = None;
            metrics::counter!("ttoolab_commit_failures_total").increment(1);
            tracing::error!(%error, "a group of events could not be committed");
            LogError::Commit
        })
    }

    fn store(&mut self, group: &[Submission]) -> anyhow::Result<()> {
        let began = Instant::now();
        let Committed { new, tally } = self.commit(group)?;
        metrics::histogram!("ttoolab_commit_seconds").record(began.elapsed());
        tally.publish();
        let mut fold = self.fold.write().unwrap_or_else(PoisonError::into_inner);
        for row in new {
            fold.apply(&row.counts);
        }
        Ok(())
    }

    fn commit<'g>(&mut self, group: &'g [Submission]) -> anyhow::Result<Committed<'g>> {
        let suppressed = Arc::clone(&self.suppressed);
        let mut new = Vec::new();
        let mut tally = Tally::default();
        let transaction = self.connection()?.transaction()?;
        let mut appender = Appender::new(&transaction)?;
        for submission in group {
            let counts = tally.of(submission.project_id, submission.received_ms);
            counts.refuse(&submission.rejected);
            // The visitor may have been erased while the rows waited.
            if suppressed.contains(submission.project_id, &submission.visitor_hash) {
                continue;
            }
            for row in &submission.rows {
                let appended = appender.append(row)?;
                if counts.add(row, appended) {
                    new.push(row);
                }
            }
        }
        drop(appender);
        tally.store(&transaction)?;
        transaction.commit()?;
        Ok(Committed { new, tally })
    }

    fn erase(&mut self, erasure: &Erasure) -> anyhow::Result<()> {
        let connection = self.connection()?;
        let transaction = connection.transaction()?;
        match erasure {
            Erasure::Suppress { project_id, visitor_hash } => {
                suppress(&transaction, *project_id, visitor_hash)?;
                transaction.commit()?;
                self.suppressed.add(*project_id, *visitor_hash);
            }
            Erasure::Replace { project_id, visitor, rows, kept, day } => {
                replace(&transaction, rows, kept, *day)?;
                transaction.commit()?;
                let mut fold = self.fold.write().unwrap_or_else(PoisonError::into_inner);
                fold.forget(*project_id, *visitor, rows);
                for row in kept {
                    fold.apply(&row.counts);
                }
                drop(fold);
                truncate_log(self.connection()?)?;
            }
        }
        Ok(())
    }

    fn connection(&mut self) -> Result<&mut Connection, OpenError> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            closed => Ok(closed.insert(self.folder.connect()?)),
        }
    }
}

/// Takes what arrives within the window, up to the bound.
fn gather(first: Job, jobs: &Receiver<Job>) -> Group {
    let deadline = Instant::now() + GROUP_WINDOW;
    let mut rows = 0;
    let mut group = Group::default();
    let mut next = Some(first);
    while let Some(Job { work, waiting }) = next {
        match work {
            Work::Store(submission) => {
                rows += submission.rows.len();
                group.submissions.push(submission);
                group.waiting.push(waiting);
            }
            Work::Erase(erasure) => {
                group.then = Some((erasure, waiting));
                break;
            }
        }
        if rows >= MAX_GROUP_ROWS {
            break;
        }
        let left = deadline.saturating_duration_since(Instant::now());
        // Late or gone: either way the group is complete.
        next = jobs.recv_timeout(left).ok();
    }
    group
}
