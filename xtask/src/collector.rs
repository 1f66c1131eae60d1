//! The collector as a child of this process, ended when the command ends for whatever reason.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::bundle;
use crate::place;
use crate::run::Run;

/// A collector with a large demo folder replays it before it is ready.
const READY_WITHIN: Duration = Duration::from_secs(60);
const READY_ASK_EVERY: Duration = Duration::from_millis(50);

/// Which build of the collector.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    Debug,
    Release,
}

pub(crate) struct Collector {
    child: Child,
    origin: String,
}

/// A clear word before anything is built, instead of the collector's later.
pub(crate) fn check_port(port: u16) -> Result<()> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map(drop).with_context(|| {
        format!("port {port} of this machine is not free: end what uses it, or choose --port")
    })
}

/// A port of this machine that is free now.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// Asks a process to end in its orderly way. By the `kill` program, because the system call is
/// not in the standard library and unsafe code is forbidden here.
pub(crate) fn terminate(id: u32) {
    // The answer does not matter: a process that is gone is what was wanted.
    let _ = Run::new("kill").args(["-TERM", &id.to_string()]).ask();
}

impl Collector {
    /// Starts it in this process's group, so that a closed terminal reaches it too.
    pub(crate) fn start(
        profile: Profile,
        port: u16,
        data: &Path,
        import: &Path,
        key: &str,
    ) -> Result<Self> {
        let listen = format!("127.0.0.1:{port}");
        let folder = match profile {
            Profile::Debug => "debug",
            Profile::Release => "release",
        };
        let run = Run::new(place::target().join(folder).join("ttoolab-collector"))
            .env("TTOOLAB_ADMIN_KEY", key)
            // All simulated visitors come from one address, which no real crowd does.
            .args(["serve", "--rate-limit", "off"])
            .args(["--listen", &listen])
            .arg("--data")
            .arg(data)
            .arg("--import")
            .arg(import)
            .arg("--demo")
            .arg(place::in_repo(bundle::SHOP));
        println!();
        Ok(Self { child: run.start()?, origin: format!("http://{listen}") })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Asks `GET /ready` until the answer is 200, the collector has ended, or time is up.
    pub(crate) fn wait_until_ready(&mut self, stopping: &AtomicBool) -> Result<()> {
        let config = ureq::Agent::config_builder().proxy(None).timeout_global(Some(READY_WITHIN));
        let agent = config.build().new_agent();
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("the collector ended before it was ready ({status}); its lines say why");
            }
            // ureq takes every other status for an error.
            let answer = agent.get(format!("{}/ready", self.origin)).call();
            let Err(error) = answer else {
                return Ok(());
            };
            if stopping.load(Ordering::SeqCst) {
                bail!("interrupted before the collector was ready");
            }
            if Instant::now() >= deadline {
                let seconds = READY_WITHIN.as_secs();
                return Err(error)
                    .with_context(|| format!("the collector was not ready within {seconds} s"));
            }
            thread::sleep(READY_ASK_EVERY);
        }
    }

    /// Waits until it ends, which is an error unless it was asked to.
    pub(crate) fn wait(mut self, stopping: &AtomicBool) -> Result<()> {
        let status = self.child.wait().context("the collector cannot be waited for")?;
        if !stopping.load(Ordering::SeqCst) {
            bail!("the collector ended by itself ({status}); its lines say why");
        }
        println!("the collector has ended ({status})");
        Ok(())
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            terminate(self.child.id());
            let _ = self.child.wait();
        }
    }
}
