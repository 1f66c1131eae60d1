//! The outbox emptied over days that pass in milliseconds: the time is whatever the test says.

use super::super::endpoint::Change;
use super::super::guard::{Guard, Reach};
use super::super::lifecycle::tell;
use super::super::manage::{self, ManageError};
use super::super::message::tests::winner;
use super::super::network::System;
use super::super::outbox::{Source, enqueue};
use super::super::receiver::{Answer, Received, Receiver};
use super::*;
use crate::admin::experiment::{ExperimentConfig, History};
use crate::store::DataFolder;
use crate::webhooks::lifecycle::tests::experiment;
use serde_json::{Value, json};
use tempfile::TempDir;
use ttoolab_core::id::ProjectKey;

const MINUTE: i64 = 60_000;

/// A data folder with one project, and the time.
struct Site {
    changes: Changes,
    reader: Reader,
    now_ms: i64,
    _folder: TempDir,
}

impl Site {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let data = Arc::new(DataFolder::open(folder.path()).unwrap());
        let (changes, reader) = (Changes(Arc::clone(&data)), Reader(data));
        let site = Self { changes, reader, now_ms: 1_000, _folder: folder };
        site.change(|transaction, _| {
            Ok(Documents(transaction).put_project("demo", &json!({}), 0).map(drop)?)
        })
        .await
        .unwrap();
        site
    }

    async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Transaction<'_>, &Source<'_>) -> Result<T, ManageError> + Send + 'static,
    ) -> Result<T, ManageError> {
        let now_ms = self.now_ms;
        self.changes
            .make(move |transaction| {
                let (project, schedule) = (ProjectKey::parse("demo").unwrap(), schedule());
                let source =
                    Source { project_id: 1, project: &project, schedule: &schedule, now_ms };
                change(transaction, &source)
            })
            .await
    }

    /// An endpoint for all that experiments raise; gives its id.
    async fn endpoint(&self, url: &str) -> String {
        let types = json!([
            "experiment.created",
            "experiment.published",
            "experiment.started",
            "experiment.paused",
            "experiment.finished",
            "experiment.winner_detected",
        ]);
        let change = Change::read(&json!({ "url": url, "types": types })).unwrap();
        let created = self.change(|transaction, source| {
            manage::create(transaction, source, (change, Guard(Reach::Private)))
        });
        let created = serde_json::to_value(created.await.unwrap()).unwrap();
        created["id"].as_str().unwrap().to_owned()
    }

    /// An experiment goes from one status to another.
    async fn moves(&self, key: &str, from: Option<&str>, to: &str) {
        let old = from.map(|status| experiment(key, status, 100.0));
        let new: ExperimentConfig = experiment(key, to, 100.0);
        self.change(move |transaction, source| {
            Ok(tell(transaction, source, old.as_ref(), (&new, &History::default()))?)
        })
        .await
        .unwrap();
    }

    async fn test(&self, id: &str) -> Result<(), ManageError> {
        let id = id.to_owned();
        self.change(move |transaction, source| {
            manage::send_test(transaction, source, &id).map(drop)
        })
        .await
    }

    async fn log(&self, id: &str) -> Vec<Value> {
        let id = id.to_owned();
        let log = self.reader.ask(move |connection| Ok(manage::log(connection, 1, (&id, 200))));
        let log = serde_json::to_value(log.await.unwrap().unwrap()).unwrap();
        log["deliveries"].as_array().unwrap().clone()
    }

    fn dispatcher(&self) -> Dispatcher<System> {
        let courier = Courier::new(Guard(Reach::Private), System).unwrap();
        Dispatcher::new(self.reader.clone(), self.changes.clone(), courier, schedule())
    }

    /// Lets time pass until nothing waits any more. A clock that jumps to what is due next.
    async fn run_dry(&mut self, dispatcher: &mut Dispatcher<System>) {
        loop {
            let next_ms = dispatcher.begin(self.now_ms).await.unwrap();
            match (dispatcher.ended().await, next_ms) {
                (Some(ended), _) => {
                    dispatcher.record(&Arc::new(ended), self.now_ms).await.unwrap();
                }
                (None, Some(next_ms)) => self.now_ms = next_ms,
                (None, None) => return,
            }
        }
    }
}

fn schedule() -> Schedule {
    "0s,1m,5m,15m,1h".parse().unwrap()
}

fn kinds(received: &[Received]) -> Vec<&str> {
    received.iter().map(Received::kind).collect()
}

fn data(received: &Received) -> Value {
    serde_json::from_str::<Value>(&received.body).unwrap()["data"].clone()
}

#[tokio::test]
async fn the_published_schedule_passes_in_milliseconds() {
    let mut receiver = Receiver::always(500).await;
    let mut site = Site::new().await;
    let id = site.endpoint(&receiver.url()).await;
    site.test(&id).await.unwrap();
    site.run_dry(&mut site.dispatcher()).await;
    let received = receiver.so_far();
    let seconds = received.iter().map(|one| one.header("x-ttoolab-timestamp").unwrap().to_owned());
    let seconds: Vec<i64> = seconds.map(|text| text.parse().unwrap()).collect();
    assert_eq!(seconds, [0, 1, 6, 21, 81].map(|minutes| 1 + minutes * 60));
    assert!(received.iter().all(|one| one.body == received[0].body), "byte for byte");
    let log = site.log(&id).await;
    assert_eq!((&log[0]["status"], log.len()), (&json!("failed"), 1));
    let attempts = log[0]["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 5);
    assert_eq!(
        (&attempts[4]["responseStatus"], &attempts[4]["error"]),
        (&json!(500), &json!("status"))
    );
}

#[tokio::test]
async fn a_receiver_that_comes_back_gets_it_at_the_next_attempt() {
    let answers = |number| Answer::Status(if number < 2 { 503 } else { 200 });
    let mut receiver = Receiver::start(answers).await;
    let mut site = Site::new().await;
    let id = site.endpoint(&receiver.url()).await;
    site.test(&id).await.unwrap();
    let mut dispatcher = site.dispatcher();
    dispatcher.begin(site.now_ms).await.unwrap();
    let first = Arc::new(dispatcher.ended().await.unwrap());
    dispatcher.record(&first, site.now_ms).await.unwrap();
    let log = site.log(&id).await;
    assert_eq!(log[0]["status"], "retrying");
    assert_eq!(log[0]["nextAttemptAt"], "1970-01-01T00:01:01.000Z");
    site.run_dry(&mut dispatcher).await;
    assert_eq!(site.log(&id).await[0]["status"], "success");
    assert_eq!((receiver.so_far().len(), site.now_ms), (3, 1_000 + 6 * MINUTE));
}

/// What a decision will do: the message is in the transaction, or nothing is.
#[tokio::test]
async fn a_message_is_told_if_and_only_if_its_transaction_holds() {
    let mut receiver = Receiver::always(200).await;
    let mut site = Site::new().await;
    site.endpoint(&receiver.url()).await;
    let undone = site.change(|transaction, source| {
        enqueue(transaction, source, &winner())?;
        Err::<(), _>(ManageError::NotFound("decision"))
    });
    assert!(undone.await.is_err());
    site.run_dry(&mut site.dispatcher()).await;
    assert!(receiver.so_far().is_empty());
    let done =
        site.change(|transaction, source| Ok(enqueue(transaction, source, &winner())?.unwrap()));
    let event_id = done.await.unwrap().event_id.to_string();
    site.run_dry(&mut site.dispatcher()).await;
    let received = receiver.so_far();
    assert_eq!(kinds(&received), ["experiment.winner_detected"]);
    assert_eq!(received[0].event_id(), event_id);
    assert_eq!(serde_json::from_str::<Value>(&received[0].body).unwrap()["id"], event_id);
}

#[tokio::test]
async fn each_experiment_is_told_of_in_order_also_when_the_receiver_fails_now_and_then() {
    let answers = |number| Answer::Status(if number % 3 == 0 { 500 } else { 200 });
    let mut receiver = Receiver::start(answers).await;
    let mut site = Site::new().await;
    site.endpoint(&receiver.url()).await;
    for key in ["hero", "footer"] {
        site.moves(key, None, "running").await;
        site.moves(key, Some("running"), "paused").await;
        site.moves(key, Some("paused"), "completed").await;
    }
    site.run_dry(&mut site.dispatcher()).await;
    let received = receiver.so_far();
    for key in ["hero", "footer"] {
        let of_key = received.iter().filter(|one| data(one)["experimentKey"] == key);
        let mut told: Vec<_> = of_key.map(Received::kind).collect();
        // An attempt that failed is made again before anything else of this experiment.
        told.dedup();
        let expected = ["created", "published", "started", "paused", "finished"];
        assert_eq!(told, expected.map(|word| format!("experiment.{word}")), "{key}");
    }
}

#[tokio::test]
async fn a_dead_receiver_holds_up_nobody_else() {
    let mut dead = Receiver::start(|_| Answer::Never).await;
    let mut alive = Receiver::always(200).await;
    let site = Site::new().await;
    site.endpoint(&dead.url()).await;
    site.endpoint(&alive.url()).await;
    site.moves("hero", None, "running").await;
    let mut dispatcher = site.dispatcher();
    // The dead one never ends, so what ends is of the other.
    for _ in 0..3 {
        dispatcher.begin(site.now_ms).await.unwrap();
        let ended = Arc::new(dispatcher.ended().await.unwrap());
        dispatcher.record(&ended, site.now_ms).await.unwrap();
    }
    let told = alive.so_far();
    let expected = ["created", "published", "started"].map(|word| format!("experiment.{word}"));
    assert_eq!(kinds(&told), expected);
    let untold = dead.so_far();
    assert!(kinds(&untold).len() <= 1, "one at a time, in order");
}

#[tokio::test]
async fn ten_failures_in_a_row_disable_an_endpoint_and_give_up_what_waits() {
    let mut receiver = Receiver::always(500).await;
    let mut site = Site::new().await;
    let id = site.endpoint(&receiver.url()).await;
    for _ in 0..4 {
        site.test(&id).await.unwrap();
    }
    site.run_dry(&mut site.dispatcher()).await;
    assert_eq!(receiver.so_far().len(), 10);
    let log = site.log(&id).await;
    assert!(log.iter().all(|one| one["status"] == "failed"), "{log:?}");
    let disabled = log
        .iter()
        .filter(|one| one["attempts"].as_array().unwrap().last().unwrap()["error"] == "disabled");
    assert!(disabled.count() >= 2, "{log:?}");
    assert!(matches!(site.test(&id).await, Err(ManageError::Fault(_))));
    site.moves("hero", None, "running").await;
    site.run_dry(&mut site.dispatcher()).await;
    assert!(receiver.so_far().is_empty(), "nothing is sent to it");

    let enable = Change::read(&json!({ "enabled": true })).unwrap();
    let changed = id.clone();
    site.change(move |transaction, source| {
        manage::change(transaction, source, &changed, (enable, Guard(Reach::Private))).map(drop)
    })
    .await
    .unwrap();
    site.test(&id).await.unwrap();
    site.run_dry(&mut site.dispatcher()).await;
    assert_eq!(receiver.so_far().len(), 5);
}

/// A process that dies after the receiver has answered and before that is recorded.
#[tokio::test]
async fn what_was_delivered_and_not_recorded_is_delivered_again_under_its_id() {
    let mut receiver = Receiver::always(200).await;
    let mut site = Site::new().await;
    let id = site.endpoint(&receiver.url()).await;
    site.test(&id).await.unwrap();
    let mut dies = site.dispatcher();
    dies.begin(site.now_ms).await.unwrap();
    assert!(dies.ended().await.is_some());
    drop(dies);
    site.run_dry(&mut site.dispatcher()).await;
    site.run_dry(&mut site.dispatcher()).await;
    let received = receiver.so_far();
    assert_eq!(received.len(), 2, "once more, and not again once it is recorded");
    assert_eq!(received[0].event_id(), received[1].event_id());
    assert_eq!(received[0].body, received[1].body);
}

#[tokio::test]
async fn an_endpoint_deleted_under_way_leaves_nothing() {
    let receiver = Receiver::always(200).await;
    let mut site = Site::new().await;
    let id = site.endpoint(&receiver.url()).await;
    site.moves("hero", None, "running").await;
    let mut dispatcher = site.dispatcher();
    dispatcher.begin(site.now_ms).await.unwrap();
    let ended = Arc::new(dispatcher.ended().await.unwrap());
    site.change(move |transaction, _| manage::delete(transaction, 1, &id)).await.unwrap();
    dispatcher.record(&ended, site.now_ms).await.unwrap();
    site.run_dry(&mut dispatcher).await;
    let count = |connection: &Connection| {
        let count = "SELECT (SELECT count(*) FROM webhook_deliveries)
             + (SELECT count(*) FROM webhook_messages) + (SELECT count(*) FROM webhooks)";
        connection.query_row(count, [], |row| row.get::<_, i64>(0))
    };
    assert_eq!(site.reader.ask(count).await.unwrap(), 0);
}

#[tokio::test]
async fn a_delivery_is_sent_again_by_hand_under_its_id() {
    let mut receiver = Receiver::always(200).await;
    let mut site = Site::new().await;
    let id = site.endpoint(&receiver.url()).await;
    site.test(&id).await.unwrap();
    site.run_dry(&mut site.dispatcher()).await;
    let delivery_id = site.log(&id).await[0]["id"].as_i64().unwrap();
    let of = id.clone();
    site.change(move |transaction, source| {
        manage::resend(transaction, source, &of, delivery_id).map(drop)
    })
    .await
    .unwrap();
    site.run_dry(&mut site.dispatcher()).await;
    let received = receiver.so_far();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].event_id(), received[1].event_id());
    assert_eq!(site.log(&id).await.len(), 2);
}

/// The log of an endpoint does not grow for ever, and what is forgotten is gone.
#[tokio::test]
async fn the_log_keeps_the_last_deliveries() {
    let receiver = Receiver::always(200).await;
    let mut site = Site::new().await;
    let id = site.endpoint(&receiver.url()).await;
    let mut dispatcher = site.dispatcher();
    for _ in 0..MAX_LOGGED + 5 {
        site.test(&id).await.unwrap();
    }
    site.run_dry(&mut dispatcher).await;
    let count = |connection: &Connection| {
        let count = "SELECT (SELECT count(*) FROM webhook_deliveries),
             (SELECT count(*) FROM webhook_messages)";
        connection.query_row(count, [], |row| Ok((row.get(0)?, row.get(1)?)))
    };
    let kept: (u32, u32) = site.reader.ask(count).await.unwrap();
    assert_eq!(kept, (MAX_LOGGED, MAX_LOGGED));
}
