//! A real disk of a few MiB: a tmpfs in a mount namespace of its own.
//!
//! The namespace is held by a process that does nothing else. Whoever is to see the disk is started
//! inside; when the holder ends, which it does however the test ends, the disk is gone, and nobody
//! has anything to unmount. Root may make one, and so may anybody where the kernel lets users have
//! namespaces of their own.

use super::wait_until;
use rustix::fs::FallocateFlags;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The ways to a namespace: the options of `unshare`, and those of `nsenter` to get into it.
const WAYS: [(&[&str], &[&str]); 2] =
    [(&["-m"], &["-m"]), (&["-r", "-m"], &["-U", "-m", "--preserve-credentials"])];

/// What the holder does: mount, say so, and wait for the end of its input.
const HOLD: &str = r#"mount -t tmpfs -o "size=$1" tmpfs "$0" && echo mounted && exec cat"#;

/// Less than this is as good as nothing: a block.
const SLACK: u64 = 4096;

/// A disk that is there for those inside alone.
pub(super) struct SmallDisk {
    holder: Child,
    enter: &'static [&'static str],
    folder: PathBuf,
}

impl SmallDisk {
    /// Mounts a disk of that size on an empty folder. `None`, and a line that says so, where the
    /// machine allows it to nobody; root and CI may do it, so there it is a failure.
    #[expect(clippy::print_stderr, reason = "a test that was not run must not look like one")]
    pub(super) fn on(folder: &Path, bytes: u64) -> Option<Self> {
        let disk = WAYS.iter().find_map(|(unshare, enter)| {
            let mut holder = Command::new("unshare");
            holder.args(*unshare).args(["sh", "-c", HOLD]).arg(folder).arg(bytes.to_string());
            let holder = holder.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut holder = holder.spawn().ok()?;
            let mut line = String::new();
            BufReader::new(holder.stdout.take()?).read_line(&mut line).ok()?;
            let disk = Self { holder, enter, folder: folder.to_owned() };
            (line == "mounted\n").then_some(disk)
        });
        if disk.is_none() {
            let root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
            let ci = std::env::var_os("CI").is_some();
            assert!(!root && !ci, "no disk can be mounted, though this is root or CI");
            eprintln!("NOT RUN: only root may mount a disk here");
        }
        disk
    }

    /// The command, started where the disk is seen.
    pub(super) fn inside(&self, program: &Command) -> Command {
        let mut command = Command::new("nsenter");
        command.arg("-t").arg(self.holder.id().to_string()).args(self.enter).arg("--");
        command.arg(program.get_program()).args(program.get_args());
        for (name, value) in program.get_envs() {
            command.env(name, value.unwrap());
        }
        command
    }

    /// How many bytes can still be written.
    pub(super) fn free(&self) -> u64 {
        let disk = rustix::fs::statvfs(self.path("")).unwrap();
        disk.f_bavail * disk.f_frsize
    }

    /// Fills the disk with something else, until so much is free, or a little less.
    pub(super) fn leave_free(&self, bytes: u64) {
        let file = File::options().create(true).append(true).open(self.path("ballast")).unwrap();
        wait_until("a full disk", || {
            let surplus = self.free().saturating_sub(bytes);
            if surplus < SLACK {
                return true;
            }
            let end = file.metadata().unwrap().len();
            let more = surplus - surplus % SLACK;
            // The collector may take the room first: then there is less to do.
            let _ = rustix::fs::fallocate(&file, FallocateFlags::empty(), end, more);
            false
        });
    }

    /// Takes that away.
    pub(super) fn make_room(&self) {
        std::fs::remove_file(self.path("ballast")).unwrap();
    }

    /// A file on the disk, as seen from outside.
    fn path(&self, name: &str) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.holder.id()));
        root.join(self.folder.strip_prefix("/").unwrap()).join(name)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // It may have ended already, which is what is wanted.
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
