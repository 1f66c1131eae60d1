//! A crowd of simulated visitors, sent through the running collector as browsers would.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::SystemTime;

use anyhow::{Result, anyhow};
use indicatif::{ProgressBar, ProgressStyle};

use super::journey::{self, PROJECT};
use super::wire::Site;

/// Enough to keep both ends busy while each request waits for its disk write.
const THREADS: usize = 16;

/// The sum over all visitors.
#[derive(Default)]
struct Sum {
    accepted: u64,
    rejected: BTreeMap<String, u64>,
}

/// Sends that many visitors and says what became of their events.
pub(crate) fn send(origin: &str, count: u64, stopping: &AtomicBool) -> Result<()> {
    println!("\n{count} simulated visitors walk through the shop");
    let site = Site::new(origin, THREADS);
    let bar = ProgressBar::new(count).with_style(style()?);
    let crowd = Crowd {
        site: &site,
        home: format!("{origin}/demo/"),
        count,
        next: AtomicU64::new(0),
        failed: AtomicBool::new(false),
        stopping,
        bar: &bar,
        sum: Mutex::default(),
    };
    let outcome = thread::scope(|threads| {
        let walkers: Vec<_> = (0..THREADS).map(|_| threads.spawn(|| crowd.walk())).collect();
        let results = walkers.into_iter().map(|walker| {
            walker.join().unwrap_or_else(|_| Err(anyhow!("a visitor's thread panicked")))
        });
        // All are joined; the first error, if any, is told.
        results.fold(Ok(()), Result::and)
    });
    bar.finish_and_clear();
    crowd.tell();
    match outcome {
        // An interrupted collector refuses the rest, which is no fault.
        Err(_) if stopping.load(Ordering::SeqCst) => Ok(()),
        other => other,
    }
}

fn style() -> Result<ProgressStyle> {
    let template = "{bar:40} {human_pos} of {human_len} visitors, {per_sec}, {eta} to go";
    Ok(ProgressStyle::with_template(template)?)
}

/// What the threads share.
struct Crowd<'a> {
    site: &'a Site,
    home: String,
    count: u64,
    /// The number of visitors taken by some thread.
    next: AtomicU64,
    /// One thread has an error: the others need not go on.
    failed: AtomicBool,
    stopping: &'a AtomicBool,
    bar: &'a ProgressBar,
    sum: Mutex<Sum>,
}

impl Crowd<'_> {
    /// One thread: takes a visitor after the other.
    fn walk(&self) -> Result<()> {
        let mut random = fastrand::Rng::new();
        let ended = || self.failed.load(Ordering::Relaxed) || self.stopping.load(Ordering::Relaxed);
        while !ended() && self.next.fetch_add(1, Ordering::Relaxed) < self.count {
            if let Err(error) = self.visit(&mut random) {
                self.failed.store(true, Ordering::Relaxed);
                return Err(error);
            }
            self.bar.inc(1);
        }
        Ok(())
    }

    fn visit(&self, random: &mut fastrand::Rng) -> Result<()> {
        let visitor = journey::visitor_id(random);
        let blob = self.site.bootstrap(PROJECT, &visitor, &self.home)?;
        let batch = journey::batch(random, &self.home, &visitor, &blob, SystemTime::now())?;
        let verdict = self.site.send(&batch)?;
        let mut sum = self.sum.lock().unwrap_or_else(PoisonError::into_inner);
        sum.accepted += verdict.accepted;
        for reason in verdict.rejected {
            *sum.rejected.entry(reason).or_default() += 1;
        }
        Ok(())
    }

    fn tell(&self) {
        let sum = self.sum.lock().unwrap_or_else(PoisonError::into_inner);
        let rejected: u64 = sum.rejected.values().sum();
        println!("events: {} accepted, {rejected} rejected", sum.accepted);
        for (reason, times) in &sum.rejected {
            println!("  rejected {times} x {reason}");
        }
        println!(
            "These visitors are simulated: the results show that the counting works, no more."
        );
    }
}
