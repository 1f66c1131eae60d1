//! The tables. Ratios are taken within each round before the median is: what disturbs a round,
//! disturbs both sides.

use super::{OPEN_BATCH, Subject};
use crate::figures::{Spread, Times, ms};
use crate::twin::Twin;
use std::time::Duration;

/// What everything is compared with.
const PARSE: Subject = Subject::Twin(Twin::Parse);

/// One measurement in a closed loop.
pub(super) struct Closed {
    /// Events per second of the server's CPU.
    pub(super) per_cpu: f64,
    /// Events per second of the clock.
    pub(super) per_wall: f64,
    /// Requests that were told to come back.
    pub(super) refused: u64,
    /// How much of a core the load took.
    pub(super) load: f64,
}

/// One measurement in an open loop.
pub(super) struct Open {
    /// From when a request was due until its answer.
    pub(super) acks: Times,
    /// From when it was due until it was sent.
    pub(super) late: Times,
    pub(super) refused: u64,
}

/// All measurements, in the order of the rounds.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) closed: Vec<(Subject, u32, Closed)>,
    pub(super) open: Vec<(Subject, Open)>,
    pub(super) syncs: Vec<Times>,
    /// Requests per second in the open loop; zero before it is known.
    pub(super) rate: f64,
}

impl Findings {
    /// Events per second of the clock that the collector took first, in the open loop's batches.
    pub(super) fn capacity(&self) -> f64 {
        self.of(Subject::Disk, OPEN_BATCH, |closed| closed.per_wall).next().unwrap_or_default()
    }

    fn of(
        &self,
        subject: Subject,
        batch: u32,
        value: impl Fn(&Closed) -> f64,
    ) -> impl Iterator<Item = f64> {
        let found = self.closed.iter().filter(move |(s, b, _)| (*s, *b) == (subject, batch));
        found.map(move |(_, _, closed)| value(closed))
    }

    fn per_cpu(&self, subject: Subject, batch: u32) -> impl Iterator<Item = f64> {
        self.of(subject, batch, |closed| closed.per_cpu)
    }

    fn ratio(&self, above: Subject, below: Subject, batch: u32) -> Spread {
        let pairs = self.per_cpu(above, batch).zip(self.per_cpu(below, batch));
        Spread::of(pairs.map(|(above, below)| above / below))
    }

    /// Milliseconds of an open loop.
    fn ms(&self, subject: Subject, time: impl Fn(&Open) -> Duration) -> Spread {
        let found = self.open.iter().filter(|(s, _)| *s == subject);
        Spread::of(found.map(|(_, open)| ms(time(open))))
    }
}

/// Prints it all; every figure is a median [lowest-highest] over the rounds.
pub(super) fn print(findings: &Findings, batches: &[u32], subjects: &[Subject], rows: u64) {
    for &batch in batches {
        println!("\nbatch {batch}, closed loop: events per second");
        println!(
            "{:28} {:>24} {:>18} {:>24} {:>5} {:>7}",
            "", "of the server's CPU", "to parse and check", "of the clock", "load", "refused"
        );
        for &subject in subjects {
            let refused: f64 = findings.of(subject, batch, |closed| closed.refused as f64).sum();
            println!(
                "{:28} {:>24} {:>18} {:>24} {:>5.2} {refused:>7}",
                subject.name(rows),
                Spread::of(findings.per_cpu(subject, batch)).count(),
                findings.ratio(subject, PARSE, batch).fine(),
                Spread::of(findings.of(subject, batch, |closed| closed.per_wall)).count(),
                Spread::of(findings.of(subject, batch, |closed| closed.load)).median,
            );
        }
        if subjects.contains(&Subject::Filled) {
            let ratio = findings.ratio(Subject::Filled, Subject::Disk, batch);
            println!("{:28} {:>24} {:>18}", "filled to empty", "", ratio.fine());
        }
    }
    println!("\nbatch {OPEN_BATCH}, open loop at {:.0} requests per second: ms", findings.rate);
    println!("{:28} {:>22} {:>22} {:>22} {:>7}", "", "p50", "p99", "load is late, p99", "refused");
    for &subject in subjects {
        let all = findings.open.iter().filter(|(s, _)| *s == subject);
        let refused: u64 = all.map(|(_, open)| open.refused).sum();
        let p50 = findings.ms(subject, |open| open.acks.p50);
        if p50.median.is_nan() {
            continue;
        }
        println!(
            "{:28} {:>22} {:>22} {:>22} {refused:>7}",
            subject.name(rows),
            p50.fine(),
            findings.ms(subject, |open| open.acks.p99).fine(),
            findings.ms(subject, |open| open.late.p99).fine(),
        );
    }
    let syncs = |time: fn(&Times) -> Duration| {
        Spread::of(findings.syncs.iter().map(|times| ms(time(times)))).fine()
    };
    let (p50, p99) = (syncs(|times| times.p50), syncs(|times| times.p99));
    println!("{:28} {p50:>22} {p99:>22}", "the disk, 4 KiB + fdatasync");
}
