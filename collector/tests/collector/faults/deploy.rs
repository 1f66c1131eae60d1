//! SIGTERM under load, as every deployment does it.

use super::load::{Batch, Client, Sender};
use super::site::{Address, Site};
use super::{PATIENCE, short_or_long, wait_until};
use crate::running::ORIGIN;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The collector's own limit for draining.
const DRAIN: Duration = Duration::from_secs(5);

/// A request of which the collector has the head and wants the body: it says so itself, with
/// `100 Continue`. From that moment on it owes an answer.
struct Accepted {
    connection: TcpStream,
    body: String,
    batch: Batch,
}

impl Accepted {
    fn begin(address: &Address, batch: Batch) -> Self {
        let mut connection = TcpStream::connect(address.read().unwrap().as_str()).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        let body = batch.visitor.batch(&batch.events).to_string();
        write!(
            connection,
            "POST /sdk/events HTTP/1.1\r\nhost: test\r\norigin: {ORIGIN}\r\n\
             expect: 100-continue\r\ncontent-length: {}\r\n\r\n",
            body.len(),
        )
        .unwrap();
        let mut line = String::new();
        BufReader::with_capacity(25, &connection).read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 100"), "{line}");
        Self { connection, body, batch }
    }

    /// Sends the body; the whole answer, or the error in its place.
    fn finish(mut self) -> std::io::Result<(Batch, String)> {
        self.connection.write_all(self.body.as_bytes())?;
        let mut answer = String::new();
        // To the end of the connection: a stopping server closes it after the answer.
        self.connection.read_to_string(&mut answer)?;
        Ok((self.batch, answer))
    }
}

/// Whether the collector has really heard that it is to stop: `/ready` says so, or nobody answers.
fn is_over(address: &Address) -> bool {
    let Ok(mut connection) = TcpStream::connect(address.read().unwrap().as_str()) else {
        return true;
    };
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    let asked = connection.write_all(b"GET /ready HTTP/1.1\r\nhost: test\r\n\r\n");
    let mut line = String::new();
    let answered = BufReader::new(&connection).read_line(&mut line);
    asked.is_err() || answered.is_err() || !line.starts_with("HTTP/1.1 200")
}

/// Stops a collector that is busy and owes answers; how many of those came.
fn stop_busy(site: &mut Site, owed: usize, stop: impl Fn(&mut Site)) -> usize {
    let client = Client::new(site, Sender::Honest);
    let over = AtomicBool::new(false);
    let batches: Vec<Batch> = (0..owed).flat_map(|_| client.visit(6).into_iter().take(1)).collect();
    let enough = site.ledger.acked() + 100;
    let answered = std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| client.visit_until(&over, 12));
        }
        wait_until("load", || site.ledger.acked() >= enough);
        for batch in &batches {
            batch.write_intent(&site.ledger);
        }
        let accepted: Vec<Accepted> =
            batches.iter().map(|batch| Accepted::begin(&site.address, batch.clone())).collect();
        let told = Instant::now();
        stop(site);
        wait_until("a collector that is not ready", || is_over(&site.address));
        let answers = accepted.into_iter().filter_map(|accepted| accepted.finish().ok());
        let mut answered = 0;
        for (batch, _) in answers.filter(|(_, answer)| answer.contains("HTTP/1.1 200")) {
            site.ledger.accepted(&batch.visitor.id, &batch.ids());
            answered += 1;
        }
        let status = site.wait();
        let took = told.elapsed();
        site.start();
        over.store(true, Ordering::Relaxed);
        if status.signal().is_none() {
            assert_eq!(status.code(), Some(0));
            assert!(took <= DRAIN, "{took:?} to stop");
        }
        answered
    });
    for mut batch in batches {
        client.settle(&mut batch);
    }
    answered
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn told_to_stop_it_answers_what_it_accepted() {
    let mut site = Site::started();
    for _ in 0..short_or_long(5, 100) {
        let answered = stop_busy(&mut site, 12, |site| site.ask_to_stop());
        assert_eq!(answered, 12, "an accepted request was reset");
    }
    site.recount().must_be_clean("SIGTERM under load");
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn twin_stopping_without_draining_is_found() {
    let mut site = Site::started();
    let answered = stop_busy(&mut site, 12, |site| {
        let id = site.process_id().to_string();
        std::process::Command::new("kill").args(["-KILL", &id]).status().unwrap();
    });
    assert!(answered < 12, "the check is blind to requests that are cut off");
    // Cut off, but sent again: even so nothing may be lost.
    site.recount().must_be_clean("SIGKILL in place of SIGTERM (twin)");
}
