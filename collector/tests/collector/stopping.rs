//! An orderly end: what was accepted is answered, what comes later is told to come back.

use crate::raw::{PATIENCE, batch_head, begin, rest};
use crate::running::Running;
use crate::visitor::{Visitor, exposures};
use std::io::{Read, Write};
use std::time::{Duration, Instant};

/// Requests whose body is under way when the process is told to stop.
const IN_FLIGHT: usize = 20;
const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";

#[test]
fn sigterm_answers_what_is_under_way() {
    let mut collector = Running::start();
    // An idle connection, as a page or a proxy keeps it.
    let mut idle = begin(&collector, "GET /health HTTP/1.1\r\nhost: c\r\n\r\n");
    assert!(idle.read(&mut [0; 4096]).unwrap() > 0);
    let mut open = Vec::new();
    for _ in 0..IN_FLIGHT {
        let visitor = Visitor::arrive(&collector);
        let body = visitor.batch(&[visitor.exposure()]).to_string();
        let head = batch_head(body.len(), "expect: 100-continue\r\n");
        let mut socket = begin(&collector, &head);
        // Proof that the body is waited for.
        let mut go_on = [0; CONTINUE.len()];
        socket.read_exact(&mut go_on).unwrap();
        assert_eq!(go_on, CONTINUE.as_bytes());
        let (first, second) = body.split_at(body.len() / 2);
        socket.write_all(first.as_bytes()).unwrap();
        open.push((socket, second.to_owned(), visitor));
    }
    let late = Visitor::arrive(&collector);

    let told = Instant::now();
    collector.ask_to_end();
    while collector.get("/ready").status != 503 {
        assert!(told.elapsed() < PATIENCE, "it is still ready");
    }
    assert_eq!(rest(&mut idle), "", "closed, not reset");
    // Still, as long as others are under way.
    // On a connection of its own: one that was used before may be closed under the request, which
    // is every client's to expect.
    let body = late.batch(&[late.exposure()]).to_string();
    let refusal = rest(&mut begin(&collector, &(batch_head(body.len(), "") + &body)));
    assert!(refusal.starts_with("HTTP/1.1 503 "), "{refusal}");
    assert!(refusal.ends_with("Unavailable: stopping"), "{refusal}");
    assert!(refusal.contains("retry-after: "), "{refusal}");
    assert!(refusal.contains("access-control-allow-origin: *"), "{refusal}");

    for (socket, body, _) in &mut open {
        socket.write_all(body.as_bytes()).unwrap();
    }
    for (socket, _, visitor) in &mut open {
        let answer = rest(socket);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
        assert!(answer.contains(&visitor.exposure_id), "{answer}");
    }
    assert_eq!(collector.ended(), Some(0));
    println!("ended after {:?}", told.elapsed());
    assert!(told.elapsed() < Duration::from_secs(5));

    collector.kill_and_restart();
    let results = collector.api("hero/results");
    let counted = exposures(&results, "control") + exposures(&results, "b");
    assert_eq!(counted, i64::try_from(IN_FLIGHT).unwrap());
}

#[test]
fn a_body_that_stalls_does_not_keep_it_from_ending() {
    let mut collector = Running::start();
    let mut stalled = begin(&collector, &batch_head(1000, "expect: 100-continue\r\n"));
    stalled.read_exact(&mut [0; CONTINUE.len()]).unwrap();
    let told = Instant::now();
    assert_eq!(collector.terminate(), Some(0));
    println!("ended after {:?}", told.elapsed());
    assert!(told.elapsed() < Duration::from_secs(8));
    assert!(rest(&mut stalled).starts_with("HTTP/1.1 503 "));
}
