//! The plug is pulled: what was acknowledged must be on the disk itself.
//!
//! A run is traced, and the power is cut afterwards, at every moment at which it matters: before
//! each change of what is on disk, with every answer given until then. `kill -9` cannot show
//! this: it passes with `synchronous = NORMAL`, the twin here.

use super::disk::{Disk, Unsynced};
use super::load::{Client, Outcome, Sender};
use super::short_or_long;
use super::site::Site;
use super::trace::Deed;
use rusqlite::Connection;
use serde_json::Value;
use std::collections::HashSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use ttoolab_core::id::EventId;

/// What all cuts of one run showed.
#[derive(Debug, Default)]
pub(super) struct Cuts {
    pub(super) cuts: usize,
    pub(super) acked: usize,
    /// Cuts that took back an acknowledged event, and the most events one took.
    pub(super) bad: usize,
    pub(super) worst: usize,
}

/// The ids that an answer to a batch acknowledges; none for any other answer.
fn acknowledged(answer: &[u8]) -> Vec<EventId> {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return Vec::new() };
    let body: Option<Value> = serde_json::from_str(body).ok();
    let ids = body.as_ref().and_then(|body| body["accepted"].as_array());
    let ids = ids.filter(|_| head.starts_with("HTTP/1.1 200")).into_iter().flatten();
    ids.map(|id| EventId::parse(id.as_str().unwrap()).unwrap()).collect()
}

/// Cuts the power at every moment that matters of a traced run.
pub(super) fn cut_everywhere(deeds: &[Deed], folder: &Path) -> Cuts {
    let mut disk = Disk::new(folder);
    let (mut acked, mut cuts) = (HashSet::new(), Cuts::default());
    let mut answered_since = false;
    for deed in deeds {
        if let Deed::Answered(answer) = deed {
            let ids = acknowledged(answer);
            answered_since |= !ids.is_empty();
            acked.extend(ids);
        } else if matches!(deed, Deed::Synced(..)) && answered_since {
            // What is on disk is about to change: this is the last and worst moment before it.
            cuts.look(&disk, &acked);
            answered_since = false;
        }
        disk.take(deed);
    }
    cuts.look(&disk, &acked);
    cuts.acked = acked.len();
    cuts
}

impl Cuts {
    #[expect(clippy::print_stdout, reason = "figures, for who asks to see them")]
    fn say(&self, what: &str) {
        println!("{what}: {self:?}");
    }

    fn look(&mut self, disk: &Disk, acked: &HashSet<EventId>) {
        for unsynced in [Unsynced::Gone, Unsynced::Some] {
            let folder = TempDir::new().unwrap();
            disk.cut(unsynced, folder.path());
            let stored = stored(&folder.path().join("ttoolab.db"));
            let lost = acked.difference(&stored).count();
            self.cuts += 1;
            self.bad += usize::from(lost > 0);
            self.worst = self.worst.max(lost);
        }
    }
}

/// The ids in a database that has to be sound; none if not even its tables are there.
fn stored(database: &Path) -> HashSet<EventId> {
    let connection = Connection::open(database).unwrap();
    let opinion: String =
        connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(opinion, "ok");
    if !connection.table_exists(None, "events").unwrap() {
        return HashSet::new();
    }
    let mut rows = connection.prepare("SELECT event_id FROM events").unwrap();
    let ids = rows.query_map([], |row| row.get(0).map(EventId::from_bytes)).unwrap();
    ids.map(Result::unwrap).collect()
}

/// A traced run of a collector, killed at its end.
fn run(site: &mut Site, program: &Command, visits: usize) -> Vec<Deed> {
    site.start_traced("trace", program, &[]);
    let client = Client::new(site, Sender::Honest);
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                for _ in 0..visits.div_ceil(4) {
                    for mut batch in client.visit(9) {
                        client.settle(&mut batch);
                    }
                }
            });
        }
    });
    site.kill();
    site.read_trace("trace")
}

/// Whether the log was carried over into the database while answers were given.
fn has_checkpoint(deeds: &[Deed], database: &Path) -> bool {
    let database = database.canonicalize().unwrap();
    let first = deeds.iter().position(|deed| matches!(deed, Deed::Answered(_))).unwrap();
    deeds[first..].iter().any(|deed| matches!(deed, Deed::Wrote { path, .. } if *path == database))
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn after_a_power_cut_every_acknowledged_event_is_there() {
    let mut site = Site::new();
    let program = site.command();
    let deeds = run(&mut site, &program, short_or_long(160, 1_000));
    let folder = site.path("data");
    let cuts = cut_everywhere(&deeds, &folder);
    cuts.say("power cut");
    assert_eq!(cuts.acked, site.ledger.acked(), "the trace shows every answer");
    assert!(has_checkpoint(&deeds, &site.database()), "the run is too short to matter");
    assert_eq!(cuts.bad, 0, "{cuts:?}");

    // And the collector itself goes on from what the last cut left.
    let mut disk = Disk::new(&folder);
    for deed in &deeds {
        disk.take(deed);
    }
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::create_dir(&folder).unwrap();
    disk.cut(Unsynced::Gone, &folder);
    site.start();
    site.recount().must_be_clean("after the last power cut");
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn twin_with_synchronous_normal_is_found() {
    let mut site = Site::new();
    let program = site.twin_command(NORMAL[0], NORMAL[1]);
    let deeds = run(&mut site, &program, 20);
    let cuts = cut_everywhere(&deeds, &site.path("data"));
    cuts.say("power cut (twin, NORMAL)");
    assert!(cuts.bad > 0, "the check is blind to missing syncs: {cuts:?}");
}

/// What the twin's program says in place of asking for a sync with every commit.
const NORMAL: [&str; 2] = ["PRAGMA synchronous = FULL;", "PRAGMA synchronous = 1   ;"];

/// The same command without its import, which may write at every start, and sync by that.
fn without_import(program: &Command) -> Command {
    let mut command = Command::new(program.get_program());
    command.args(program.get_args().take_while(|argument| *argument != "--import"));
    command.envs(program.get_envs().map(|(name, value)| (name, value.unwrap())));
    command
}

/// Killed between the write and the sync of a group; started again, which finds the group in the
/// log that is not on disk; the group is sent again; then the power is cut.
fn crash_then_power_cut(site: &mut Site, program: &Command) -> Cuts {
    // The writer's twentieth sync takes longer than the sender waits, and strace holds on to a
    // killed process for as long.
    site.start_traced("first", program, &["fsync,fdatasync:delay_enter=6000000:when=20"]);
    let client = Client::with(
        site,
        Arc::clone(&site.address),
        Sender::Honest,
        // Long against a sync that works, or an earlier batch would be taken for the stuck one.
        Duration::from_secs(2),
    );
    let mut batches = (0..).flat_map(|_| client.visit(9));
    let stuck = batches.find(|batch| client.send(batch) == Outcome::Silence).unwrap();
    site.kill();
    site.start_traced("second", &without_import(program), &[]);
    assert_eq!(client.send(&stuck), Outcome::Accepted);
    site.kill();
    let mut deeds = site.read_trace("first");
    deeds.extend(site.read_trace("second"));
    cut_everywhere(&deeds, &site.path("data"))
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn what_a_crash_left_unsynced_is_synced_before_it_is_acknowledged() {
    let mut site = Site::new();
    let program = site.command();
    let cuts = crash_then_power_cut(&mut site, &program);
    cuts.say("crash, then power cut");
    assert_eq!(cuts.bad, 0, "{cuts:?}");
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn twin_that_syncs_nothing_after_a_crash_is_found() {
    // Without the checkpoint alone nothing is lost: counting the duplicate writes, and syncs.
    let mut site = Site::new();
    let program = site.twin_command(NORMAL[0], NORMAL[1]);
    let cuts = crash_then_power_cut(&mut site, &program);
    cuts.say("crash, then power cut (twin, NORMAL)");
    assert!(cuts.bad > 0, "the check is blind to rows that were never synced: {cuts:?}");
}
