//! The loop that delivers while the collector runs: the one place of this module with a clock.

use super::deliver::Courier;
use super::dispatch::{Dispatcher, Ended};
use super::guard::Guard;
use super::network::System;
use super::schedule::Schedule;
use crate::app::App;
use crate::clock::now_ms;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

/// How long to leave a database alone that cannot be used now.
const PAUSE: Duration = Duration::from_secs(5);
/// The longest sleep: a clock that is set forward is noticed by then.
const MAX_SLEEP: Duration = Duration::from_secs(60);
/// How long attempts that are under way may take to end once the process was told to stop. Those
/// that do not are made again after the next start.
const DRAIN: Duration = Duration::from_secs(5);

/// Webhooks of a running collector, as the rest of it sees them.
pub(crate) struct Webhooks {
    pub(crate) guard: Guard,
    pub(crate) schedule: Schedule,
    woken: Notify,
}

impl Webhooks {
    pub(crate) fn new(guard: Guard, schedule: Schedule) -> Self {
        Self { guard, schedule, woken: Notify::new() }
    }

    /// Says that there may be something new in the outbox.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }
}

/// Delivers until `stop` ends.
pub(crate) async fn run(app: Arc<App>, courier: Courier<System>, stop: impl Future<Output = ()>) {
    let schedule = app.webhooks.schedule.clone();
    let reader = app.reader.clone();
    let mut dispatcher = Dispatcher::new(reader, app.changes.clone(), courier, schedule);
    let mut stop = pin!(stop);
    loop {
        let wait = begin(&app, &mut dispatcher).await;
        tokio::select! {
            () = &mut stop => break,
            () = app.webhooks.woken.notified() => {}
            () = sleep(wait) => {}
            Some(ended) = dispatcher.ended() => {
                if record(&mut dispatcher, ended, &mut stop).await == Told::ToStop {
                    return;
                }
            }
        }
    }
    let drained = timeout(DRAIN, async {
        while let Some(ended) = dispatcher.ended().await {
            // Once: there is no time to wait for a database.
            let _ = dispatcher.record(&Arc::new(ended), now_ms()).await;
        }
    });
    if drained.await.is_err() {
        tracing::warn!(
            "some webhooks were not answered in time: they are sent again after a start"
        );
    }
}

/// Begins what is due and tells how long nothing else will be.
async fn begin(app: &App, dispatcher: &mut Dispatcher<System>) -> Duration {
    // What could not be recorded would be sent again and again.
    if !app.log.is_accepting() {
        return PAUSE;
    }
    let now = now_ms();
    match dispatcher.begin(now).await {
        Ok(Some(next_ms)) => {
            let wait_ms = u64::try_from(next_ms.saturating_sub(now)).unwrap_or_default();
            Duration::from_millis(wait_ms).min(MAX_SLEEP)
        }
        Ok(None) => MAX_SLEEP,
        // The log says why.
        Err(_) => PAUSE,
    }
}

/// Whether the process was told to stop while something was recorded.
#[derive(PartialEq, Eq)]
enum Told {
    ToGoOn,
    ToStop,
}

/// Records an attempt, however long the database takes: unrecorded, it would be made again.
async fn record(
    dispatcher: &mut Dispatcher<System>,
    ended: Ended,
    stop: &mut (impl Future<Output = ()> + Unpin),
) -> Told {
    let ended = Arc::new(ended);
    while dispatcher.record(&ended, now_ms()).await.is_err() {
        tokio::select! {
            () = &mut *stop => return Told::ToStop,
            () = sleep(PAUSE) => {}
        }
    }
    Told::ToGoOn
}
