//! Events that no collector has acknowledged yet, kept so that closing the page loses none.
//!
//! Each is a stored row of its own, under its own key: two tabs can write at the same time and
//! neither can overwrite the other. What does not fit into storage waits in memory, and is stored
//! once there is room. A row goes only when its id was acknowledged, or when the outbox is full and
//! it is the least valuable.

use crate::platform::Platform;
use std::collections::VecDeque;

/// The most rows: more than a page makes in a burst, few enough to be walked over.
const MAX_ROWS: usize = 16_384;

/// The most bytes: what a page may take of the memory of a phone without being noticed.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// The most rows in storage: some hours of a busy page without a network.
const MAX_STORED_ROWS: usize = 1000;

/// The most bytes in storage: an eighth of what an origin may store, so that the host page is
/// never the one that finds the disk full.
const MAX_STORED_BYTES: usize = 640 * 1024;

/// What losing an event would cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Worth {
    /// It met no goal as far as the browser can tell.
    Plain,
    /// An exposure, or a conversion.
    Counts,
}

/// One event that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) id: String,
    /// Whose event it is: a batch speaks for one visitor.
    pub(crate) visitor: String,
    pub(crate) worth: Worth,
    /// The event, as it will be sent.
    pub(crate) json: String,
    /// It would survive the page.
    pub(crate) stored: bool,
}

impl Row {
    fn text(&self) -> String {
        let worth = match self.worth {
            Worth::Plain => " 0 ",
            Worth::Counts => " 1 ",
        };
        [&*self.visitor, worth, &*self.json].concat()
    }

    fn read(id: &str, text: &str) -> Option<Self> {
        let (visitor, rest) = text.split_once(' ')?;
        let (worth, json) = rest.split_once(' ')?;
        let worth = match worth {
            "0" => Worth::Plain,
            "1" => Worth::Counts,
            _ => return None,
        };
        let whole = json.starts_with('{') && json.ends_with('}');
        whole.then(|| Self {
            id: id.to_owned(),
            visitor: visitor.to_owned(),
            worth,
            json: json.to_owned(),
            stored: true,
        })
    }
}

/// The rows, mirrored in memory; memory alone where storage is blocked.
#[derive(Default)]
pub(crate) struct Outbox {
    prefix: String,
    /// Oldest first: ids are made in the order of time, and what goes is at the front.
    rows: VecDeque<Row>,
    bytes: usize,
    stored_rows: usize,
    stored_bytes: usize,
}

impl Outbox {
    /// Takes over what earlier pages left.
    pub(crate) fn load(platform: &impl Platform, project: &str) -> Self {
        let prefix = ["ttoolab:", project, ":event:"].concat();
        let mut keys = platform.keys(&prefix);
        keys.sort_unstable();
        let mut outbox = Self { prefix, ..Self::default() };
        for key in keys {
            let id = &key[outbox.prefix.len()..];
            match platform.get(&key).and_then(|text| Row::read(id, &text)) {
                Some(row) => outbox.add(row),
                None => platform.remove(&key),
            }
        }
        outbox
    }

    /// Stores an event at once, if there is room, and gives back how many had to go for it.
    pub(crate) fn push(&mut self, platform: &impl Platform, mut row: Row) -> u32 {
        let mut dropped = 0;
        row.stored = self.store(platform, &row)
            || (row.worth == Worth::Counts
                && self.make_room(platform)
                && self.store(platform, &row));
        self.add(row);
        while self.rows.len() > MAX_ROWS || self.bytes > MAX_BYTES {
            if !self.evict(platform, Worth::Plain) && !self.evict(platform, Worth::Counts) {
                break;
            }
            dropped += 1;
        }
        dropped
    }

    /// Lets go of an event for good.
    pub(crate) fn forget(&mut self, platform: &impl Platform, id: &str) {
        platform.remove(&self.key(id));
        if let Some(at) = self.rows.iter().position(|row| row.id == id) {
            let Some(row) = self.rows.remove(at) else { return };
            self.bytes -= row.json.len();
            if row.stored {
                self.stored_rows -= 1;
                self.stored_bytes -= row.json.len();
            }
        }
    }

    /// Stores what has waited in memory, as far as there is room now.
    pub(crate) fn store_more(&mut self, platform: &impl Platform) {
        for at in 0..self.rows.len() {
            if self.rows[at].stored {
                continue;
            }
            if !self.store(platform, &self.rows[at]) {
                return;
            }
            self.rows[at].stored = true;
            self.stored_rows += 1;
            self.stored_bytes += self.rows[at].json.len();
        }
    }

    /// Lets go of everything; the stored rows are the caller's to remove.
    pub(crate) fn clear(&mut self) {
        *self = Self { prefix: std::mem::take(&mut self.prefix), ..Self::default() };
    }

    pub(crate) fn rows(&self) -> &VecDeque<Row> {
        &self.rows
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.id == id)
    }

    fn add(&mut self, row: Row) {
        self.bytes += row.json.len();
        if row.stored {
            self.stored_rows += 1;
            self.stored_bytes += row.json.len();
        }
        self.rows.push_back(row);
    }

    /// Writes a row, unless we have enough in storage; tells whether it stands there.
    fn store(&self, platform: &impl Platform, row: &Row) -> bool {
        self.stored_rows < MAX_STORED_ROWS
            && self.stored_bytes + row.json.len() <= MAX_STORED_BYTES
            && platform.set(&self.key(&row.id), &row.text())
    }

    /// The oldest stored event that counts for nothing goes on in memory alone; tells whether
    /// there was one. Where nothing of ours is stored, storage is blocked.
    fn make_room(&mut self, platform: &impl Platform) -> bool {
        let plain = |row: &&mut Row| row.stored && row.worth == Worth::Plain;
        let Some(row) = self.rows.iter_mut().find(plain) else { return false };
        row.stored = false;
        self.stored_rows -= 1;
        self.stored_bytes -= row.json.len();
        let key = [&*self.prefix, &*row.id].concat();
        platform.remove(&key);
        true
    }

    /// Drops the oldest event of that worth.
    fn evict(&mut self, platform: &impl Platform, worth: Worth) -> bool {
        let Some(row) = self.rows.iter().find(|row| row.worth == worth) else { return false };
        let id = row.id.clone();
        self.forget(platform, &id);
        true
    }

    fn key(&self, id: &str) -> String {
        [&*self.prefix, id].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_BYTES, MAX_ROWS, MAX_STORED_ROWS, Outbox, Row, Worth};
    use crate::platform::Platform;
    use crate::platform::memory::Memory;

    fn row(number: usize, worth: Worth) -> Row {
        let id = format!("id-{number:05}");
        let json = format!(r#"{{"eventId":"{id}","name":"Grüße"}}"#);
        Row { id, visitor: "visitor".into(), worth, json, stored: false }
    }

    fn ids(outbox: &Outbox) -> Vec<&str> {
        outbox.rows().iter().map(|row| &*row.id).collect()
    }

    #[test]
    fn the_next_page_finds_what_this_one_left() {
        let platform = Memory::default();
        let mut outbox = Outbox::load(&platform, "demo");
        for number in [2, 1, 3] {
            outbox.push(&platform, row(number, Worth::Counts));
        }
        outbox.forget(&platform, "id-00003");
        let next = Outbox::load(&platform, "demo");
        let stored = |number| Row { stored: true, ..row(number, Worth::Counts) };
        assert_eq!(*next.rows(), [stored(1), stored(2)]);
        assert!(Outbox::load(&platform, "other").rows().is_empty());
    }

    #[test]
    fn two_tabs_do_not_overwrite_each_other() {
        let platform = Memory::default();
        let mut first = Outbox::load(&platform, "demo");
        let mut second = Outbox::load(&platform, "demo");
        first.push(&platform, row(1, Worth::Plain));
        second.push(&platform, row(2, Worth::Plain));
        first.forget(&platform, "id-00001");
        assert_eq!(ids(&Outbox::load(&platform, "demo")), ["id-00002"]);
    }

    #[test]
    fn the_least_valuable_goes_first_and_the_oldest_of_those() {
        let platform = Memory::default();
        let mut outbox = Outbox::load(&platform, "demo");
        for number in 0..MAX_ROWS {
            let worth = if number % 2 == 0 { Worth::Counts } else { Worth::Plain };
            assert_eq!(outbox.push(&platform, row(number, worth)), 0);
        }
        assert_eq!(outbox.push(&platform, row(MAX_ROWS, Worth::Counts)), 1);
        assert_eq!(ids(&outbox)[..3], ["id-00000", "id-00002", "id-00003"]);
        assert_eq!(platform.keys("ttoolab:demo:event:").len(), MAX_STORED_ROWS);
    }

    #[test]
    fn bytes_are_bounded_too() {
        let platform = Memory::default();
        let mut outbox = Outbox::load(&platform, "demo");
        let mut dropped = 0;
        for number in 0..20 {
            let mut big = row(number, Worth::Plain);
            big.json = format!("{{{}}}", "x".repeat(MAX_BYTES / 10));
            dropped += outbox.push(&platform, big);
        }
        assert_eq!(outbox.rows().len() as u32, 20 - dropped);
        assert!((9..=10).contains(&outbox.rows().len()));
        assert_eq!(platform.keys("ttoolab:demo:event:"), [""; 0], "each is too large for storage");
    }

    #[test]
    fn what_did_not_fit_into_storage_is_stored_once_there_is_room() {
        let platform = Memory::default();
        let mut outbox = Outbox::load(&platform, "demo");
        for number in 0..MAX_STORED_ROWS + 2 {
            assert_eq!(outbox.push(&platform, row(number, Worth::Counts)), 0);
        }
        assert_eq!(outbox.rows().len(), MAX_STORED_ROWS + 2);
        assert_eq!(platform.keys("ttoolab:demo:event:").len(), MAX_STORED_ROWS);
        outbox.forget(&platform, "id-00000");
        outbox.store_more(&platform);
        let keys = platform.keys("ttoolab:demo:event:");
        assert_eq!(keys.len(), MAX_STORED_ROWS);
        assert_eq!(keys.last().unwrap(), "ttoolab:demo:event:id-01000");
    }

    #[test]
    fn on_a_full_disk_a_plain_event_gives_its_place_to_a_conversion() {
        let platform = Memory::default();
        let mut outbox = Outbox::load(&platform, "demo");
        outbox.push(&platform, row(1, Worth::Plain));
        platform.limit_keys(1);
        assert_eq!(outbox.push(&platform, row(2, Worth::Counts)), 0);
        assert_eq!(platform.keys("ttoolab:demo:event:"), ["ttoolab:demo:event:id-00002"]);
        assert_eq!(outbox.push(&platform, row(3, Worth::Counts)), 0);
        assert_eq!(ids(&outbox), ["id-00001", "id-00002", "id-00003"], "in memory");
    }

    #[test]
    fn blocked_storage_costs_nothing() {
        let platform = Memory::default();
        platform.block_storage();
        let mut outbox = Outbox::load(&platform, "demo");
        for number in 0..3 {
            assert_eq!(outbox.push(&platform, row(number, Worth::Plain)), 0);
        }
        assert_eq!(outbox.rows().len(), 3);
    }

    #[test]
    fn damaged_rows_are_swept_out() {
        let platform = Memory::default();
        platform.set("ttoolab:demo:event:x", "nonsense");
        assert!(Outbox::load(&platform, "demo").rows().is_empty());
        assert!(platform.keys("ttoolab:demo:event:").is_empty());
    }
}
