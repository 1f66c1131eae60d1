//! What hostile and broken senders cannot do.

use crate::raw::{PATIENCE, batch_head, begin, has_answered, is_closed, rest};
use crate::running::{Answer, ORIGIN, Running, import_file};
use crate::visitor::{Visitor, exposures};
use fastrand::Rng;
use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

const SLOW_SENDERS: usize = 500;
/// How often one of them sends a byte.
const TRICKLE: Duration = Duration::from_millis(250);
const MUTATED_BODIES: usize = 1_000;
/// How far the memory of the collector may rise over bombs of 64 MiB: a decoder and a body for each
/// of its threads, and a little for everything.
const MEMORY_RISE_KIB: u64 = 16 * 1024;
const THREAD_RISE_KIB: u64 = 8 * 1024;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    brotli_with(bytes, 22)
}

fn brotli_with(bytes: &[u8], window: u32) -> Vec<u8> {
    let mut out = Vec::new();
    brotli::CompressorWriter::new(&mut out, 4096, 5, window).write_all(bytes).unwrap();
    out
}

fn post_encoded(collector: &Running, encoding: &str, body: &[u8]) -> Answer {
    let headers = [("origin", ORIGIN), ("content-encoding", encoding)];
    collector.post_with("/sdk/events", &headers, body)
}

/// The collector answers, and takes events.
#[track_caller]
fn check_well(collector: &Running) {
    assert_eq!(collector.get("/ready").status, 200);
    let visitor = Visitor::arrive(collector);
    visitor.send(collector, &[visitor.exposure()]);
}

#[test]
fn slow_clients_are_let_go_and_hold_up_nobody() {
    let collector = Running::start();
    thread::scope(|scope| {
        let body = scope.spawn(|| a_body_that_stalls_is_answered(&collector));
        let reader = scope.spawn(|| a_client_that_does_not_read_is_let_go(&collector));
        let (heads, others) = heads_that_trickle_are_let_go(&collector);
        println!("heads that trickle: let go after {heads:?}, others answered in {others:?}");
        println!("a body that stalls: answered after {:?}", body.join().unwrap());
        println!("no reader: let go after {:?}", reader.join().unwrap());
    });
    check_well(&collector);
}

/// How long until all are gone, and the longest that anybody else waited meanwhile.
fn heads_that_trickle_are_let_go(collector: &Running) -> (Duration, Duration) {
    let began = Instant::now();
    let head = "GET /health HTTP/1.1\r\nhost: c\r\nx-slow: ";
    let mut open: Vec<TcpStream> = (0..SLOW_SENDERS).map(|_| begin(collector, head)).collect();
    let mut next_byte = Instant::now();
    let mut longest = Duration::ZERO;
    while !open.is_empty() {
        assert!(began.elapsed() < PATIENCE, "{} are still connected", open.len());
        let asked = Instant::now();
        assert_eq!(collector.get("/health").status, 200);
        longest = longest.max(asked.elapsed());
        if next_byte <= Instant::now() {
            next_byte += TRICKLE;
            // One that is closed is found out below.
            open.iter_mut().for_each(|socket| drop(socket.write(b"x")));
        }
        open.retain(|socket| !is_closed(socket));
    }
    assert!(began.elapsed() > Duration::from_secs(4), "they had time to say what they want");
    assert!(longest < Duration::from_secs(4), "{longest:?}");
    (began.elapsed(), longest)
}

fn a_body_that_stalls_is_answered(collector: &Running) -> Duration {
    let began = Instant::now();
    let mut socket = begin(collector, &batch_head(1000, ""));
    socket.write_all(b"{").unwrap();
    let answer = rest(&mut socket).to_lowercase();
    assert!(answer.starts_with("http/1.1 503 "), "{answer}");
    assert!(began.elapsed() < Duration::from_secs(7), "the silence counts, not the whole time");
    for header in ["access-control-allow-origin: *", "retry-after: "] {
        assert!(answer.contains(header), "{header} in {answer}");
    }
    began.elapsed()
}

fn a_client_that_does_not_read_is_let_go(collector: &Running) -> Duration {
    let began = Instant::now();
    let mut socket = begin(collector, "");
    let request = "GET /assets/dashboard.css HTTP/1.1\r\nhost: c\r\n\r\n".repeat(100);
    let error = loop {
        if let Err(error) = socket.write_all(request.as_bytes()) {
            break error;
        }
    };
    assert!([ErrorKind::ConnectionReset, ErrorKind::BrokenPipe].contains(&error.kind()), "{error}");
    began.elapsed()
}

#[test]
fn bombs_are_refused_and_cost_no_memory() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let batch = visitor.batch(&[visitor.exposure()]).to_string().into_bytes();
    for (encoding, body) in [("gzip", gzip(&batch)), ("br", brotli(&batch))] {
        assert_eq!(post_encoded(&collector, encoding, &body).status, 200, "{encoding}");
    }
    let spaces = vec![b' '; 64 * 1024 * 1024];
    let (gzipped, brotlied) = (gzip(&spaces), brotli(&spaces));
    let bombs = [
        ("gzip", gzipped.clone(), 413),
        ("br", brotlied.clone(), 413),
        ("br", brotli_with(&spaces, 24), 413),
        // What is packed twice swells already when the outer one is taken off; to name both is one
        // too many.
        ("gzip", gzip(&gzipped), 413),
        ("gzip, gzip", gzip(&gzipped), 400),
        ("br, gzip", gzip(&brotlied), 400),
        ("deflate", gzipped, 400),
        ("gzip", gzip(&batch)[..100].to_vec(), 400),
        ("br", brotli(&batch)[..100].to_vec(), 400),
    ];
    let before = collector.memory("VmRSS");
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for (encoding, body, status) in bombs.iter().cycle().take(10 * bombs.len()) {
                    let answer = post_encoded(&collector, encoding, body);
                    assert_eq!(answer.status, *status, "{encoding}: {}", answer.text);
                    assert_eq!(answer.headers["access-control-allow-origin"], "*");
                }
            });
        }
    });
    let (after, most) = (collector.memory("VmRSS"), collector.memory("VmHWM"));
    println!("memory: {before} KiB, then {after} KiB, at most {most} KiB");
    let threads = thread::available_parallelism().unwrap().get() as u64;
    let allowed = MEMORY_RISE_KIB + THREAD_RISE_KIB * threads;
    assert!(most < before + allowed, "{before} KiB rose to {most} KiB");
    check_well(&collector);
}

/// Changes, cuts or repeats a few bytes.
fn mutate(random: &mut Rng, body: &mut Vec<u8>) {
    for _ in 0..random.usize(1..4) {
        if body.is_empty() {
            return;
        }
        let from = random.usize(..body.len());
        let to = (from + random.usize(1..64)).min(body.len());
        match random.u8(..4) {
            0 => body[from] ^= 1 << random.u8(..8),
            1 => body.truncate(from),
            2 => drop(body.drain(from..to)),
            _ => {
                let piece = body[from..to].to_vec();
                let at = random.usize(..=body.len());
                body.splice(at..at, piece);
            }
        }
    }
}

#[test]
fn no_body_makes_it_fail() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let order = visitor.event("purchase", &serde_json::json!({"revenue": 2.5, "order_id": "A1"}));
    let batch = visitor.batch(&[visitor.exposure(), order]).to_string().into_bytes();
    let wire = [("identity", batch.clone()), ("gzip", gzip(&batch)), ("br", brotli(&batch))];
    let mut random = Rng::with_seed(7);
    let mut seen = std::collections::BTreeMap::new();
    for round in 0..MUTATED_BODIES {
        let (encoding, body) = &wire[round % wire.len()];
        let mut body = body.clone();
        mutate(&mut random, &mut body);
        let answer = post_encoded(&collector, encoding, &body);
        assert!(answer.status < 500, "round {round}: {} {}", answer.status, answer.text);
        assert_eq!(answer.headers["access-control-allow-origin"], "*");
        *seen.entry(answer.status).or_insert(0) += 1;
    }
    println!("{seen:?}");
    assert!(seen.contains_key(&200) && seen.contains_key(&400), "{seen:?}");
    check_well(&collector);
}

#[test]
fn a_large_body_is_refused_with_an_answer_and_a_large_head_is_refused() {
    let collector = Running::start();
    let bytes = 1024 * 1024;
    let mut socket = begin(&collector, &batch_head(bytes, "connection: close\r\n"));
    let body = vec![b' '; bytes];
    socket.write_all(&body[1..]).unwrap();
    // Whoever answers and closes before the end resets the connection, and the answer may be lost.
    for _ in 0..20 {
        assert_eq!(collector.get("/health").status, 200);
        assert!(!has_answered(&socket), "answered before the end");
    }
    socket.write_all(&body[..1]).unwrap();
    let answer = rest(&mut socket);
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.ends_with("Body too large"), "{answer}");
    let mut socket = collector.connect();
    let head = format!("GET /health HTTP/1.1\r\nx-large: {}\r\n\r\n", "x".repeat(128 * 1024));
    // The collector may have answered and closed before it has all of it.
    let _ = socket.write_all(head.as_bytes());
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut answer = [0; 12];
    if std::io::Read::read_exact(&mut socket, &mut answer).is_ok() {
        assert_eq!(&answer, b"HTTP/1.1 431");
    }
    check_well(&collector);
}

/// The test project, and another one of the same shape.
fn two_projects() -> serde_json::Value {
    let mut import = import_file();
    let mut other = import["projects"][0].clone();
    other["projectKey"] = "other".into();
    import["projects"].as_array_mut().unwrap().push(other);
    import
}

#[test]
fn who_asks_too_often_is_told_when_to_come_back_and_takes_no_other_projects_turn() {
    let collector = Running::start_with_arguments(&two_projects(), &["--rate-limit", "5/s"]);
    let visitor = Visitor::arrive(&collector);
    let mut stored = 0;
    let refusal = loop {
        let visitor = Visitor { id: crate::visitor::fresh_id(), token: None, ..visitor.clone() };
        let answer = visitor.try_send(&collector, &[visitor.exposure()]);
        match answer.status {
            200 => stored += 1,
            _ => break answer,
        }
        assert!(stored < 1_000, "nobody is refused");
    };
    assert_eq!((refusal.status, refusal.text.as_str()), (429, "Too many requests"));
    assert_eq!(refusal.headers["retry-after"], "1");
    assert_eq!(refusal.headers["access-control-allow-origin"], "*");
    assert_eq!(refusal.headers["access-control-expose-headers"], "retry-after");
    let results = collector.api("hero/results?lane=all");
    assert_eq!(exposures(&results, "control") + exposures(&results, "b"), stored);

    let mut elsewhere = visitor.batch(&[]);
    elsewhere["projectKey"] = "other".into();
    let elsewhere = elsewhere.to_string();
    assert_eq!(collector.post("/sdk/events", elsewhere.as_bytes()).status, 200);
    assert_eq!(collector.get("/sdk/nothing.js").status, 404, "a file is for no project");
    // Neither is there a way round it: every kind of request is counted.
    flood(|| visitor.try_send(&collector, &[]));
    let one = serde_json::json!({
        "projectKey": "demo", "anonymousId": visitor.id, "eventName": "purchase",
        "assignments": [],
    });
    flood(|| collector.post("/sdk/event", one.to_string().as_bytes()));
    let query = format!("projectKey=demo&anonymousId={}", visitor.id);
    flood(|| collector.get(&format!("/sdk/bootstrap?{query}")));
    flood(|| collector.get("/sdk/nothing.js"));

    let limited = collector.api("hero/health")["rateLimited"].as_u64().unwrap();
    assert!(limited >= 4, "{limited}");
    let metrics = collector.get_as_admin("/metrics").text;
    for line in [
        format!(r#"ttoolab_rate_limited_total{{project="demo"}} {limited}"#),
        r#"ttoolab_rate_limited_total{project=""} 1"#.to_owned(),
        format!(r#"ttoolab_refused_requests_total{{reason="tooOften"}} {}"#, limited + 1),
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} in {metrics}");
    }
}

/// Asks until it is too often.
fn flood(ask: impl Fn() -> Answer) {
    let refused = (0..1_000).map(|_| ask()).find(|answer| answer.status == 429);
    let refused = refused.expect("nobody is refused");
    assert_eq!(refused.headers["access-control-allow-origin"], "*");
    assert!(refused.headers.contains_key("retry-after"));
}
