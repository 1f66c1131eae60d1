//! The ledger: what was meant to be sent, then what was answered, one JSON object a line.
//!
//! A line is handed to the kernel before the request it announces, so a ledger is complete
//! whatever happens to the collector. It is not synced: it is not this process that dies.

use serde_json::{Value, json};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// An append-only file of intents and answers.
pub(super) struct Ledger {
    path: PathBuf,
    file: Mutex<File>,
    acked: AtomicUsize,
    refused: AtomicUsize,
    silent: AtomicUsize,
}

impl Ledger {
    pub(super) fn new(path: PathBuf) -> Self {
        let file = Mutex::new(File::options().create_new(true).append(true).open(&path).unwrap());
        let [acked, refused, silent] = [0; 3].map(AtomicUsize::new);
        Self { path, file, acked, refused, silent }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How many events were acknowledged so far; one acknowledged twice counts twice.
    pub(super) fn acked(&self) -> usize {
        self.acked.load(Ordering::Relaxed)
    }

    /// How many batches were refused, and how many got no answer.
    pub(super) fn unlucky(&self) -> (usize, usize) {
        (self.refused.load(Ordering::Relaxed), self.silent.load(Ordering::Relaxed))
    }

    /// These events are about to be sent. A deed is what the visitor did: it has one number
    /// however often, and under however many ids, it is sent.
    pub(super) fn intent(&self, visitor: &str, deeds: &[u64], events: &[Value]) {
        self.write(&json!({"intent": {"visitor": visitor, "deeds": deeds, "events": events}}));
    }

    /// They were answered with a 200 that names these ids.
    pub(super) fn accepted(&self, visitor: &str, ids: &[Value]) {
        self.write(&json!({"accepted": {"visitor": visitor, "ids": ids}}));
        self.acked.fetch_add(ids.len(), Ordering::Relaxed);
    }

    /// They were answered with a 429 or 503: nothing was stored.
    pub(super) fn refused(&self, visitor: &str, ids: &[Value]) {
        self.write(&json!({"refused": {"visitor": visitor, "ids": ids}}));
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// There was no answer: they may be stored or not.
    pub(super) fn silence(&self, visitor: &str, ids: &[Value]) {
        self.write(&json!({"silence": {"visitor": visitor, "ids": ids}}));
        self.silent.fetch_add(1, Ordering::Relaxed);
    }

    fn write(&self, line: &Value) {
        let mut text = line.to_string();
        text.push('\n');
        self.file.lock().unwrap().write_all(text.as_bytes()).unwrap();
    }
}
