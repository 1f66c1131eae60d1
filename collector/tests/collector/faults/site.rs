//! A collector that is stopped and started in many ways, always over the same folder.

use super::{PATIENCE, ledger::Ledger, small_disk::SmallDisk};
use crate::running::{ADMIN_KEY, import_file, program};
use serde_json::Value;
use std::fs::Permissions;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, RwLock};
use tempfile::TempDir;

/// Where the collector, or a proxy in front of it, listens at the moment.
pub(super) type Address = Arc<RwLock<String>>;

/// A folder, its ledger, and mostly a running collector.
pub(super) struct Site {
    folder: TempDir,
    pub(super) ledger: Arc<Ledger>,
    pub(super) address: Address,
    process: Option<Child>,
    /// Where the data lie, if not beside everything else.
    disk: Option<SmallDisk>,
}

impl Site {
    /// A fresh folder; nothing runs yet.
    pub(super) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("import.json"), import_file().to_string()).unwrap();
        let ledger = Arc::new(Ledger::new(folder.path().join("ledger.jsonl")));
        Self { folder, ledger, address: Address::default(), process: None, disk: None }
    }

    /// A fresh folder whose data are on a disk of that many bytes, where the machine allows it.
    pub(super) fn on_disk_of(bytes: u64) -> Option<Self> {
        let mut site = Self::new();
        std::fs::create_dir(site.path("data")).unwrap();
        site.disk = Some(SmallDisk::on(&site.path("data"), bytes)?);
        Some(site)
    }

    pub(super) fn disk(&self) -> &SmallDisk {
        self.disk.as_ref().expect("a site on a disk of its own")
    }

    /// A command that sees the data.
    pub(super) fn where_the_data_are(&self, command: Command) -> Command {
        match &self.disk {
            Some(disk) => disk.inside(&command),
            None => command,
        }
    }

    /// A fresh ledger with a collector that knows the same secrets and configuration as another,
    /// and none of its events.
    pub(super) fn started_like(other: &Self) -> Self {
        let mut site = Self::new();
        std::fs::create_dir(site.path("data")).unwrap();
        let from = rusqlite::Connection::open(other.database()).unwrap();
        let to = site.database().display().to_string();
        from.execute("VACUUM INTO ?1", [to]).unwrap();
        rusqlite::Connection::open(site.database())
            .and_then(|copy| {
                copy.execute_batch(
                    "DELETE FROM events; DELETE FROM contexts; DELETE FROM outcomes;",
                )
            })
            .unwrap();
        site.start();
        site
    }

    /// A fresh folder with a collector over it.
    pub(super) fn started() -> Self {
        let mut site = Self::new();
        site.start();
        site
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn database(&self) -> PathBuf {
        self.path("data/ttoolab.db")
    }

    /// The command line of a collector over this folder.
    pub(super) fn command(&self) -> Command {
        let mut command = program(self.folder.path());
        command.arg("--import").arg(self.path("import.json"));
        command
    }

    /// The same for a twin: a copy of the collector in which one piece of text is another of the
    /// same length, a real defect without a switch for it in the product. Fails when the text is
    /// not there exactly once, so that a twin cannot quietly become a copy.
    pub(super) fn twin_command(&self, from: &str, to: &str) -> Command {
        assert_eq!(from.len(), to.len());
        let real = self.command();
        let mut bytes = std::fs::read(real.get_program()).unwrap();
        let windows = bytes.windows(from.len()).enumerate();
        let places = windows.filter_map(|(at, window)| (window == from.as_bytes()).then_some(at));
        let places: Vec<usize> = places.collect();
        let [place] = places[..] else { panic!("{from:?} is {} times in there", places.len()) };
        bytes[place..place + to.len()].copy_from_slice(to.as_bytes());
        let path = self.path("twin");
        std::fs::write(&path, bytes).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        let mut command = Command::new(path);
        command.args(real.get_args());
        command.envs(real.get_envs().map(|(name, value)| (name, value.unwrap())));
        command
    }

    pub(super) fn start(&mut self) {
        self.start_as(self.command());
    }

    /// Starts a command that becomes a collector, and waits until it listens.
    pub(super) fn start_as(&mut self, command: Command) {
        assert!(self.process.is_none(), "one at a time");
        let mut command = self.where_the_data_are(command);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let origin = line.split_whitespace().last().expect("it says where it listens");
        origin
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .clone_into(&mut self.address.write().unwrap());
        self.process = Some(process);
    }

    pub(super) fn process_id(&self) -> u32 {
        self.process.as_ref().unwrap().id()
    }

    /// Ends the process in the middle of whatever it does.
    pub(super) fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        assert_eq!(process.wait().unwrap().signal(), Some(9), "it ended before it was killed");
    }

    /// Asks the process to end.
    pub(super) fn ask_to_stop(&self) {
        let id = self.process_id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Waits for its end.
    pub(super) fn wait(&mut self) -> ExitStatus {
        let mut process = self.process.take().unwrap();
        super::wait_until("the collector's end", || process.try_wait().unwrap().is_some());
        process.wait().unwrap()
    }

    /// The resident memory of the process, in MiB.
    pub(super) fn memory_mib(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process_id()));
        let status = status.unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() / 1024
    }

    /// Asks with the admin key.
    fn ask(&self, path: &str) -> (u16, String) {
        let url = format!("http://{}{path}", self.address.read().unwrap());
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(PATIENCE));
        let key = format!("Bearer {ADMIN_KEY}");
        let answer = config.build().new_agent().get(url).header("authorization", key).call();
        let mut answer = answer.unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    }

    /// What the API says of `hero`, without the time at which it says it.
    pub(super) fn results(&self) -> Value {
        let (_, text) = self.ask("/api/v1/projects/demo/experiments/hero/results");
        let mut results: Value = serde_json::from_str(&text).unwrap();
        results.as_object_mut().unwrap().remove("asOf");
        results
    }

    pub(super) fn is_ready(&self) -> bool {
        self.ask("/ready").0 == 200
    }

    /// A whole number of `/metrics`, by its name and labels; `None` before it was first counted.
    pub(super) fn metric(&self, name: &str) -> Option<u64> {
        let (_, text) = self.ask("/metrics");
        let value = |line: &str| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok();
        text.lines().find_map(value)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            // It may have ended already, which is what is wanted.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
