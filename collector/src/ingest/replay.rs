//! Counting what is stored, at the start.

use super::event_names::EventNames;
use super::fold::Fold;
use crate::admin::catalog::Catalog;
use crate::store::{Countable, DataFolder, check_number, last_id, replay};
use anyhow::anyhow;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{ScopedJoinHandle, available_parallelism, scope};

/// How many ids a thread reads at a time. Small against the whole, so that all end together and are
/// never far apart: visitors whose events are counted one after the other are still in the cache.
const RANGE: i64 = 16_384;
/// How many events go from thread to thread at once: enough that waking it does not matter.
const CHUNK: usize = 1_024;
/// The most chunks that wait: a few MB.
const MAX_CHUNKS: usize = 8;
/// The most threads that read: what they read, one alone must count.
const MAX_READERS: usize = 3;

/// What the log says.
#[derive(Default)]
pub(crate) struct Replayed {
    pub(crate) fold: Fold,
    pub(crate) names: EventNames,
    pub(crate) events: i64,
}

/// The names that events of a project have.
type Used = HashMap<i64, HashSet<String>>;

/// Reads the log from end to end. Reading and verifying takes longer than counting, so several
/// threads do the one and another does the other; the counts do not depend on the order.
///
/// # Errors
/// At the first row that is not as it was written.
pub(crate) fn replayed(folder: &DataFolder, catalog: &Catalog) -> anyhow::Result<Replayed> {
    let connection = folder.connect()?;
    let ranges = Ranges { next: AtomicI64::new(1), last: last_id(&connection)? };
    let readers = available_parallelism().map_or(1, |cores| cores.get().min(MAX_READERS));
    let mut fold = Fold::default();
    fold.configure(catalog);
    let (read, to_count) = sync_channel::<Vec<Countable>>(MAX_CHUNKS);
    scope(|scope| {
        let counting = scope.spawn(move || {
            for event in to_count.into_iter().flatten() {
                fold.apply(&event);
            }
            fold
        });
        let ranges = &ranges;
        let readers: Vec<_> = std::iter::repeat_n(read, readers)
            .map(|to| scope.spawn(move || read_ranges(folder, ranges, &to)))
            .collect();
        let mut names = EventNames::default();
        let mut events = 0;
        for reader in readers {
            let (found, used) = joined(reader)??;
            events += found;
            for project in catalog.projects() {
                for name in used.get(&project.id).into_iter().flatten() {
                    names.know(name, project);
                }
            }
        }
        check_number(&connection, events)?;
        Ok(Replayed { fold: joined(counting)?, names, events })
    })
}

/// The ids that are still to be read.
struct Ranges {
    next: AtomicI64,
    last: i64,
}

/// Reads ranges until there are no more; gives the number of events, and their names.
fn read_ranges(
    folder: &DataFolder,
    ranges: &Ranges,
    to: &SyncSender<Vec<Countable>>,
) -> anyhow::Result<(i64, Used)> {
    let connection = folder.connect()?;
    let (mut found, mut used) = (0, Used::new());
    let mut chunk = Vec::with_capacity(CHUNK);
    loop {
        let first = ranges.next.fetch_add(RANGE, Ordering::Relaxed);
        if first > ranges.last {
            break;
        }
        found += replay(&connection, &(first..first + RANGE), |name, event| {
            let names = used.entry(event.project_id).or_default();
            if !names.contains(name) {
                names.insert(name.to_owned());
            }
            chunk.push(event);
            if chunk.len() == CHUNK {
                // Fails only when counting panicked, which shows when it is joined.
                let _ = to.send(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK)));
            }
        })?;
    }
    let _ = to.send(chunk);
    Ok((found, used))
}

fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> anyhow::Result<T> {
    thread.join().map_err(|_| anyhow!("a thread that read the log broke"))
}
