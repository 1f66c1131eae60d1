//! The queue in front of the writer: bounded by number, bytes and age.

use super::writer::{Job, Waiting, Work, Writer, WriterLoop};
use crate::ingest::fold::Fold;
use crate::ingest::suppressed::Suppressed;
use crate::store::{DataFolder, EventRow, OpenError, VisitorHash};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use ttoolab_core::clock::Day;
use ttoolab_core::id::AnonymousId;
use ttoolab_core::reason::RejectCode;

/// The most requests in the queue; the next one is told to come back.
const MAX_QUEUED: usize = 4_096;
/// The most bytes of bodies whose rows wait. Rows take about three times their body in memory, so
/// this bounds the queue to some 100 MiB.
const MAX_QUEUED_BYTES: usize = 32 * 1024 * 1024;
/// How old the oldest waiting request may be before new ones are told to come back: a disk this
/// slow would let them wait past the SDK's own timeout of 10 s, and be sent twice for nothing.
const MAX_QUEUE_AGE: Duration = Duration::from_secs(4);

/// Below this much free disk nothing is written: room for the write-ahead log of the groups in
/// flight and for its way back into the database. A disk that is really full can fail half-way.
const MIN_FREE_BYTES: u64 = 64 * 1024 * 1024;

/// Why rows were not stored. None of them is; sending them again helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LogError {
    #[error("the queue is full")]
    Full,
    #[error("the disk does not keep up")]
    Slow,
    #[error("the disk is full")]
    DiskFull,
    #[error("the database refused the group")]
    Commit,
    #[error("the collector is stopping")]
    Stopped,
}

/// What one request hands in.
pub(crate) struct Submission {
    pub(crate) project_id: i64,
    /// The keyed hash of the visitor, who may be erased while the rows wait.
    pub(crate) visitor_hash: VisitorHash,
    pub(crate) rows: Vec<EventRow>,
    /// The events that were refused: counted with the rows, so that none ends uncounted.
    pub(crate) rejected: Vec<RejectCode>,
    pub(crate) received_ms: i64,
    /// The size of the body they came in.
    pub(crate) bytes: usize,
}

/// A step of erasing a visitor.
pub(crate) enum Erasure {
    /// From now on nothing is taken of the visitor.
    Suppress { project_id: i64, visitor_hash: VisitorHash },
    /// Deletes `rows`, all of them the visitor's, and stores `kept` in their place.
    Replace {
        project_id: i64,
        visitor: AnonymousId,
        rows: Vec<EventRow>,
        kept: Vec<EventRow>,
        /// The day it is counted on.
        day: Day,
    },
}

/// What the queue and the writer tell each other.
pub(super) struct Shared {
    began: Instant,
    queued_bytes: AtomicUsize,
    /// When the oldest request that the writer works on was queued, in milliseconds since
    /// `began`, plus one; 0 while it waits for work.
    oldest: AtomicU64,
    folder: Arc<DataFolder>,
}

impl Shared {
    fn since_began(&self, instant: Instant) -> u64 {
        let age = instant.saturating_duration_since(self.began).as_millis();
        u64::try_from(age).unwrap_or(u64::MAX).saturating_add(1)
    }

    fn is_slow(&self) -> bool {
        let oldest = self.oldest.load(Ordering::Relaxed);
        let limit = u64::try_from(MAX_QUEUE_AGE.as_millis()).unwrap_or(u64::MAX);
        oldest != 0 && self.since_began(Instant::now()).saturating_sub(oldest) > limit
    }

    /// The writer takes up work whose oldest part was queued then.
    pub(super) fn working(&self, oldest: Instant) {
        self.oldest.store(self.since_began(oldest), Ordering::Relaxed);
    }

    /// The writer has answered work of that many bytes.
    pub(super) fn answered(&self, bytes: usize) {
        self.oldest.store(0, Ordering::Relaxed);
        let left = self.queued_bytes.fetch_sub(bytes, Ordering::Relaxed).saturating_sub(bytes);
        metrics::gauge!("ttoolab_queue_bytes").set(left as f64);
    }

    /// Whether the disk is nearly full. Asked each time, so that all goes on by itself once there
    /// is room again.
    pub(super) fn is_disk_full(&self) -> bool {
        self.folder.free_bytes().is_some_and(|free| free < MIN_FREE_BYTES)
    }
}

/// The handle of the writer.
#[derive(Clone)]
pub(crate) struct Log {
    queue: SyncSender<Job>,
    shared: Arc<Shared>,
}

impl Log {
    /// Starts the writer over a data folder; new rows are folded into `fold`.
    pub(crate) fn start(
        folder: Arc<DataFolder>,
        fold: Arc<RwLock<Fold>>,
        suppressed: Arc<Suppressed>,
    ) -> Result<(Self, Writer), OpenError> {
        let (queue, jobs) = sync_channel(MAX_QUEUED);
        let shared = Arc::new(Shared {
            began: Instant::now(),
            queued_bytes: AtomicUsize::new(0),
            oldest: AtomicU64::new(0),
            folder: Arc::clone(&folder),
        });
        let writer = WriterLoop::open(folder, fold, suppressed, Arc::clone(&shared))?;
        Ok((Self { queue, shared }, Writer::spawn(writer, jobs)))
    }

    /// Whether the next request would probably be stored.
    pub(crate) fn is_accepting(&self) -> bool {
        !self.shared.is_disk_full() && !self.shared.is_slow()
    }

    /// Stores rows; on `Ok` they, or rows of the same identity, are on disk and counted.
    pub(crate) async fn store(&self, submission: Submission) -> Result<(), LogError> {
        if submission.rows.is_empty() && submission.rejected.is_empty() {
            return Ok(());
        }
        let bytes = submission.bytes;
        if self.shared.is_slow() {
            return Err(LogError::Slow);
        }
        if self.shared.queued_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes > MAX_QUEUED_BYTES {
            self.shared.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
            return Err(LogError::Full);
        }
        self.hand_in(Work::Store(submission), bytes).await
    }

    /// Takes a step of erasing a visitor; on `Ok` it is done, on disk and in the counts.
    pub(crate) async fn erase(&self, erasure: Erasure) -> Result<(), LogError> {
        self.hand_in(Work::Erase(Box::new(erasure)), 0).await
    }

    async fn hand_in(&self, work: Work, bytes: usize) -> Result<(), LogError> {
        let (answer, answered) = oneshot::channel();
        let job = Job { work, waiting: Waiting { queued: Instant::now(), bytes, answer } };
        self.queue.try_send(job).map_err(|error| {
            self.shared.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
            match error {
                TrySendError::Full(_) => LogError::Full,
                TrySendError::Disconnected(_) => LogError::Stopped,
            }
        })?;
        answered.await.unwrap_or(Err(LogError::Stopped))
    }
}
