//! Visitors of whom nothing is taken any more, because they were erased.

use crate::store::VisitorHash;
use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

/// Keyed hashes by project: the list itself names nobody.
#[derive(Debug, Default)]
pub(crate) struct Suppressed(RwLock<HashSet<(i64, VisitorHash)>>);

impl Suppressed {
    pub(crate) fn new(known: HashSet<(i64, VisitorHash)>) -> Self {
        Self(RwLock::new(known))
    }

    pub(crate) fn add(&self, project_id: i64, visitor_hash: VisitorHash) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.insert((project_id, visitor_hash));
    }

    pub(crate) fn contains(&self, project_id: i64, visitor_hash: &VisitorHash) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.contains(&(project_id, *visitor_hash))
    }
}
