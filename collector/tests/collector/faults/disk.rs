//! What is left on a disk after a power cut, worked out from a trace.
//!
//! The model is strict: a write is on disk once a sync of its file has ended well, a name once a
//! sync of its folder has. What was written since the last sync is gone, or, in a second kind of
//! cut, there in any combination of whole writes. After a sync that failed, the writes it was
//! about are lost for good, as Linux does it: a later sync does not bring them back.
//!
//! Limits: a single write is never torn (SQLite's checksums are for that, and its own tests), and
//! a disk that lies about syncs is not modelled.

use super::trace::Deed;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A change to a file that a power cut may undo.
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Truncate(usize),
}

#[derive(Default)]
struct Inode {
    durable: Vec<u8>,
    pending: Vec<Change>,
}

/// A disk with one folder on it.
pub(super) struct Disk {
    folder: PathBuf,
    inodes: Vec<Inode>,
    /// Names as a running program sees them, and as a power cut would leave them.
    names: HashMap<PathBuf, usize>,
    durable_names: HashMap<PathBuf, usize>,
}

/// What becomes of the writes since the last sync.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unsynced {
    Gone,
    /// Each is there with one chance in two.
    Some,
}

impl Disk {
    pub(super) fn new(folder: &Path) -> Self {
        let names = HashMap::new();
        let folder = folder.canonicalize().unwrap();
        Self { folder, inodes: Vec::new(), durable_names: names.clone(), names }
    }

    /// Takes a deed in, and tells whether it changed what a power cut would leave.
    pub(super) fn take(&mut self, deed: &Deed) -> bool {
        match deed {
            Deed::Named(path) => {
                if self.keeps(path) && !self.names.contains_key(path) {
                    self.names.insert(path.clone(), self.inodes.len());
                    self.inodes.push(Inode::default());
                }
                false
            }
            Deed::Unnamed(path) => {
                self.names.remove(path);
                false
            }
            Deed::Wrote { path, at, bytes } => {
                self.change(path, Change::Write { at: *at, bytes: bytes.clone() })
            }
            Deed::Truncated { path, length } => self.change(path, Change::Truncate(*length)),
            Deed::Synced(path, well) if *path == self.folder => {
                if *well {
                    self.durable_names.clone_from(&self.names);
                }
                *well
            }
            Deed::Synced(path, well) => {
                let Some(&inode) = self.names.get(path) else { return false };
                let pending = std::mem::take(&mut self.inodes[inode].pending);
                if *well {
                    for change in &pending {
                        apply(&mut self.inodes[inode].durable, change);
                    }
                }
                *well
            }
            Deed::Answered(_) => false,
        }
    }

    /// The shared-memory file of the log is made anew by whoever opens the database.
    fn keeps(&self, path: &Path) -> bool {
        path.parent() == Some(&self.folder) && path.extension().is_none_or(|end| end != "db-shm")
    }

    fn change(&mut self, path: &Path, change: Change) -> bool {
        if let Some(&inode) = self.names.get(path) {
            self.inodes[inode].pending.push(change);
        }
        false
    }

    /// Writes what a power cut at this moment leaves into a folder.
    pub(super) fn cut(&self, unsynced: Unsynced, into: &Path) {
        for (path, &inode) in &self.durable_names {
            let inode = &self.inodes[inode];
            let mut bytes = inode.durable.clone();
            let lucky = |_: &&Change| match unsynced {
                Unsynced::Gone => false,
                Unsynced::Some => fastrand::bool(),
            };
            for change in inode.pending.iter().filter(lucky) {
                apply(&mut bytes, change);
            }
            std::fs::write(into.join(path.file_name().unwrap()), bytes).unwrap();
        }
    }
}

fn apply(file: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Truncate(length) => file.resize(*length, 0),
        Change::Write { at, bytes } => {
            if file.len() < at + bytes.len() {
                file.resize(at + bytes.len(), 0);
            }
            file[*at..at + bytes.len()].copy_from_slice(bytes);
        }
    }
}
