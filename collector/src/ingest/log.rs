//! The log: makes rows durable, then counts them, then answers. One writer, group commit.
//!
//! A request hands its rows to the writer's queue and waits. The writer takes what has gathered
//! within [`GROUP_WINDOW`], writes it in one transaction, and only after the commit (with
//! `synchronous=FULL` that means: on disk) folds the new rows and answers everybody. So an answer
//! is never early, and a duplicate is never acknowledged before its original is durable.

use crate::ingest::fold::Fold;
use crate::store::{Appended, DataFolder, EventRow, OpenError, append};
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How long the first request of a group waits for company: short against an fsync, long enough
/// to share one.
const GROUP_WINDOW: Duration = Duration::from_millis(2);
/// The most rows in one transaction: bounds the time until the first of them is answered.
const MAX_GROUP_ROWS: usize = 2_000;
/// The most requests in the queue; the next one is told to come back.
const MAX_QUEUED: usize = 1_024;

/// Why rows were not stored. None of them is; sending them again helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LogError {
    #[error("the queue is full")]
    Full,
    #[error("the database refused the group")]
    Commit,
    #[error("the collector is stopping")]
    Stopped,
}

struct Job {
    rows: Vec<EventRow>,
    answer: oneshot::Sender<Result<(), LogError>>,
}

/// The handle of the writer.
#[derive(Clone)]
pub(crate) struct Log {
    queue: SyncSender<Job>,
}

/// The writer's thread; it ends when every [`Log`] handle is gone, after the last group.
pub(crate) struct Writer(JoinHandle<()>);

impl Writer {
    /// Waits for the last group.
    pub(crate) fn join(self) {
        if self.0.join().is_err() {
            tracing::error!("the log's writer ended by a panic");
        }
    }
}

impl Log {
    /// Starts the writer over a data folder; new rows are folded into `fold`.
    pub(crate) fn start(
        folder: Arc<DataFolder>,
        fold: Arc<RwLock<Fold>>,
    ) -> Result<(Self, Writer), OpenError> {
        let connection = folder.connect()?;
        let (queue, jobs) = sync_channel(MAX_QUEUED);
        let loop_ = WriterLoop { folder, connection: Some(connection), fold };
        Ok((Self { queue }, Writer(std::thread::spawn(move || loop_.run(&jobs)))))
    }

    /// Stores rows; on `Ok` they, or rows of the same identity, are on disk and counted.
    pub(crate) async fn store(&self, rows: Vec<EventRow>) -> Result<(), LogError> {
        if rows.is_empty() {
            return Ok(());
        }
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Job { rows, answer }).map_err(|error| match error {
            TrySendError::Full(_) => LogError::Full,
            TrySendError::Disconnected(_) => LogError::Stopped,
        })?;
        answered.await.unwrap_or(Err(LogError::Stopped))
    }
}

struct WriterLoop {
    folder: Arc<DataFolder>,
    /// `None` after a failed commit, until it can be opened again.
    connection: Option<Connection>,
    fold: Arc<RwLock<Fold>>,
}

impl WriterLoop {
    fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let group = gather(first, jobs);
            let outcome = self.commit(&group);
            for job in group {
                // A requester that has gone away does not mind.
                let _ = job.answer.send(outcome);
            }
        }
    }

    fn commit(&mut self, group: &[Job]) -> Result<(), LogError> {
        match self.try_commit(group) {
            Ok(new) => {
                let mut fold = self.fold.write().unwrap_or_else(PoisonError::into_inner);
                for row in new {
                    fold.apply(row);
                }
                Ok(())
            }
            Err(error) => {
                // After a failed write or sync the state of the connection is unknown.
                self.connection = None;
                tracing::error!(%error, "a group of events could not be committed");
                Err(LogError::Commit)
            }
        }
    }

    /// Commits a group and tells which of its rows are new.
    fn try_commit<'g>(&mut self, group: &'g [Job]) -> anyhow::Result<Vec<&'g EventRow>> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            closed => closed.insert(self.folder.connect()?),
        };
        let mut new = Vec::new();
        let transaction = connection.transaction()?;
        for row in group.iter().flat_map(|job| &job.rows) {
            if append(&transaction, row)? == Appended::New {
                new.push(row);
            }
        }
        transaction.commit()?;
        Ok(new)
    }
}

/// Takes what arrives within the window, up to the bound.
fn gather(first: Job, jobs: &Receiver<Job>) -> Vec<Job> {
    let deadline = Instant::now() + GROUP_WINDOW;
    let mut rows = first.rows.len();
    let mut group = vec![first];
    while rows < MAX_GROUP_ROWS {
        match jobs.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(job) => {
                rows += job.rows.len();
                group.push(job);
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    group
}
