//! The maps of the fold.

use foldhash::quality::RandomState;
use std::collections::HashMap;

/// Looked into some ten times for each event, by ids of sixteen bytes. The hash is seeded at random
/// and not std's, which is made for keys of any length and takes several times as long for these.
pub(super) type Map<K, V> = HashMap<K, V, RandomState>;
