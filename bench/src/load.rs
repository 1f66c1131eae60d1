//! The load, on one thread.
//!
//! In a closed loop every connection sends as soon as it has its answer: that finds the capacity,
//! but its latencies are only the length of the queue it makes. In an open loop requests are due at
//! fixed times whatever the server does, and each is as late as from *then*: a server that stalls
//! for a second pays for every request that was due in it.

use crate::shop::{self, Part, Visitor};
use crate::wire::Connection;
use anyhow::{Result, bail};
use futures_util::future::try_join_all;
use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::Semaphore;

/// How many may be under way in an open loop: more would mean that the server cannot keep up.
const OPEN_CONNECTIONS: usize = 256;

/// Who sends what, to where.
pub(crate) struct Load<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) visitors: &'a [Visitor],
    pub(crate) batch: u32,
    /// Requests that visitors have made already: each goes on with their next events.
    pub(crate) sent: &'a Cell<usize>,
}

/// What became of it.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// In requests that were answered with success.
    pub(crate) events: u64,
    /// Requests that were told to come back.
    pub(crate) refused: u64,
    pub(crate) wall: Duration,
    /// From when each was due until its answer.
    pub(crate) latencies: Vec<Duration>,
    /// From when each was due until it was sent: what the load itself adds.
    pub(crate) late: Vec<Duration>,
}

impl Load<'_> {
    /// As much as `connections` can, for as long as `time`.
    pub(crate) async fn closed(&self, connections: usize, time: Duration) -> Result<Outcome> {
        let outcome = &RefCell::default();
        let senders = self.senders(connections).await?;
        let began = Instant::now();
        together(senders.into_iter().map(|mut sender| async move {
            while began.elapsed() < time {
                sender.send(Instant::now(), outcome).await?;
            }
            Ok(())
        }))
        .await?;
        Ok(Outcome { wall: began.elapsed(), ..outcome.take() })
    }

    /// That many requests per second, for as long as `time`.
    pub(crate) async fn open(&self, per_second: f64, time: Duration) -> Result<Outcome> {
        let outcome = &RefCell::default();
        let count = (time.as_secs_f64() * per_second).round();
        let (due, next) = (&Arc::new(Semaphore::new(0)), &Cell::new(0.0));
        let senders = self.senders(OPEN_CONNECTIONS).await?;
        let began = Instant::now();
        let due_at = move |number: f64| began + Duration::from_secs_f64(number / per_second);
        // A thread, because the timers of tokio are only good to a millisecond.
        let clock = {
            let due = Arc::clone(due);
            std::thread::spawn(move || {
                let mut number = 0.0;
                while number < count {
                    std::thread::sleep(due_at(number).saturating_duration_since(Instant::now()));
                    due.add_permits(1);
                    number += 1.0;
                }
                // So that everybody who waits for another one comes to know.
                due.add_permits(OPEN_CONNECTIONS);
            })
        };
        together(senders.into_iter().map(|mut sender| async move {
            loop {
                due.acquire().await?.forget();
                let number = next.replace(next.get() + 1.0);
                if number >= count {
                    return Ok(());
                }
                sender.send(due_at(number), outcome).await?;
            }
        }))
        .await?;
        if clock.join().is_err() {
            bail!("the load's clock broke");
        }
        Ok(Outcome { wall: began.elapsed(), ..outcome.take() })
    }

    async fn senders(&self, count: usize) -> Result<Vec<Sender<'_>>> {
        together((0..count).map(async |_| {
            Ok(Sender {
                load: self,
                connection: Connection::open(self.address).await?,
                random: fastrand::Rng::new(),
                request: Vec::new(),
            })
        }))
        .await
    }
}

/// One connection's.
struct Sender<'a> {
    load: &'a Load<'a>,
    connection: Connection,
    random: fastrand::Rng,
    request: Vec<u8>,
}

impl Sender<'_> {
    async fn send(&mut self, due: Instant, outcome: &RefCell<Outcome>) -> Result<()> {
        let Load { visitors, batch, sent, .. } = *self.load;
        let turn = sent.replace(sent.get() + 1);
        let visitor = &visitors[turn % visitors.len()];
        let first = u32::try_from(turn / visitors.len())? * batch;
        let part = Part { first, events: batch, began_ms: now_ms(), step_ms: 0 };
        shop::request(&mut self.request, visitor, part, &mut self.random);
        let late = due.elapsed();
        let answer = self.connection.ask(&self.request).await?;
        let mut outcome = outcome.borrow_mut();
        match answer.status {
            503 => outcome.refused += 1,
            200 if answer.body.ends_with(br#""rejected":[]}"#) => {
                outcome.events += u64::from(batch);
            }
            204 => outcome.events += u64::from(batch),
            status => bail!("{status}: {}", String::from_utf8_lossy(answer.body)),
        }
        outcome.late.push(late);
        outcome.latencies.push(due.elapsed());
        Ok(())
    }
}

/// Waits for all, at once; gives the first error, if any.
pub(crate) async fn together<T>(
    all: impl IntoIterator<Item = impl Future<Output = Result<T>>>,
) -> Result<Vec<T>> {
    // They are one task to tokio, which would otherwise make it pause far too often.
    tokio::task::unconstrained(try_join_all(all)).await
}

/// Now, in milliseconds since the epoch.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or_default()
}
