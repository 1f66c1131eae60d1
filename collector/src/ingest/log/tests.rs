//! The bound of bytes, with a writer that stands still as long as the test wants. Over a real disk that
//! stalls it is `faults::stalled_disk`, where a slow machine may meet the bound of age first.

use super::{Log, LogError, Submission};
use crate::ingest::fold::Fold;
use crate::ingest::suppressed::Suppressed;
use crate::store::DataFolder;
use std::collections::HashSet;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, RwLock};
use tempfile::TempDir;
use ttoolab_core::reason::RejectCode;

const MIB: usize = 1024 * 1024;

/// A request with one refused event, whose body had so many bytes.
fn request(bytes: usize) -> Submission {
    Submission {
        project_id: 1,
        visitor_hash: Default::default(),
        rows: Vec::new(),
        rejected: vec![RejectCode::BadEvent],
        received_ms: 0,
        bytes,
    }
}

#[tokio::test]
async fn more_bytes_than_may_wait_are_refused_until_there_is_room() {
    let folder = TempDir::new().unwrap();
    let data = Arc::new(DataFolder::open(folder.path()).unwrap());
    let fold = Arc::new(RwLock::new(Fold::default()));
    let suppressed = Arc::new(Suppressed::new(HashSet::default()));
    let (log, writer) = Log::start(data, Arc::clone(&fold), suppressed).unwrap();

    // Who reads the counts holds up the writer, which answers when it has counted.
    let (held, is_held) = sync_channel(0);
    let (release, released) = sync_channel::<()>(0);
    let reader = std::thread::spawn(move || {
        let counts = fold.read().unwrap();
        held.send(()).unwrap();
        released.recv().unwrap();
        drop(counts);
    });
    is_held.recv().unwrap();
    let store = |bytes| {
        let log = log.clone();
        tokio::spawn(async move { log.store(request(bytes)).await })
    };
    let waiting: Vec<_> = (0..32).map(|_| store(MIB)).collect();
    // On this runtime all of them run before we do again: now they wait for the writer.
    tokio::task::yield_now().await;
    assert!(waiting.iter().all(|request| !request.is_finished()));
    let one_more = store(1);
    tokio::task::yield_now().await;
    assert!(one_more.is_finished(), "it waits as well");
    assert_eq!(one_more.await.unwrap(), Err(LogError::Full));

    release.send(()).unwrap();
    reader.join().unwrap();
    for request in waiting {
        assert_eq!(request.await.unwrap(), Ok(()));
    }
    assert_eq!(log.store(request(MIB)).await, Ok(()), "there is room again");
    drop(log);
    writer.join();
}
