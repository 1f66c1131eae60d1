//! A TCP proxy in front of the collector that does to answers what networks do.

use super::site::Address;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};

/// What happens to batches; other requests pass.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Three answers of ten are lost: half of them before the collector has answered, half after.
    LosesAnswers,
    /// The defect "acknowledged before it is stored": a batch is answered at once, and handed on
    /// when the next one comes.
    AcknowledgesFirst,
}

/// A listening proxy; it ends with the test's process.
pub(super) struct Proxy {
    pub(super) address: Address,
    cut: Arc<AtomicUsize>,
}

struct Route {
    collector: Address,
    manner: Manner,
    cut: Arc<AtomicUsize>,
    held: Mutex<Option<Vec<u8>>>,
}

impl Proxy {
    pub(super) fn start(collector: Address, manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let cut = Arc::new(AtomicUsize::new(0));
        let route = Route { collector, manner, cut: Arc::clone(&cut), held: Mutex::default() };
        let route = Arc::new(route);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let route = Arc::clone(&route);
                // A connection that breaks is what this is about.
                std::thread::spawn(move || route.serve(&client).ok());
            }
        });
        Self { address: Arc::new(RwLock::new(address)), cut }
    }

    /// How many answers were lost.
    pub(super) fn cut(&self) -> usize {
        self.cut.load(Ordering::Relaxed)
    }
}

impl Route {
    fn serve(&self, client: &TcpStream) -> std::io::Result<()> {
        let mut from_client = BufReader::new(client);
        let mut to_client = client;
        while let Some((request, body)) = read_message(&mut from_client)? {
            if !request.starts_with(b"POST /sdk/events ") {
                to_client.write_all(&self.ask(&request)?)?;
                continue;
            }
            match self.manner {
                Manner::LosesAnswers => {
                    let fate = fastrand::u8(..20);
                    if fate < 3 {
                        self.cut.fetch_add(1, Ordering::Relaxed);
                        self.connect()?.write_all(&request)?;
                        return Ok(());
                    }
                    let answer = self.ask(&request)?;
                    if fate < 6 {
                        self.cut.fetch_add(1, Ordering::Relaxed);
                        return Ok(());
                    }
                    to_client.write_all(&answer)?;
                }
                Manner::AcknowledgesFirst => {
                    to_client.write_all(&premature_answer(&body))?;
                    let before = self.held.lock().unwrap().replace(request);
                    if let Some(before) = before {
                        self.ask(&before)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn connect(&self) -> std::io::Result<TcpStream> {
        TcpStream::connect(self.collector.read().unwrap().as_str())
    }

    /// Hands a request on and waits for the answer.
    fn ask(&self, request: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut collector = self.connect()?;
        collector.write_all(request)?;
        let answer = read_message(&mut BufReader::new(collector))?;
        answer.map(|(whole, _)| whole).ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
    }
}

/// One HTTP message whose length its head tells: all of it, and its body. Every message between
/// our client and the collector is of that kind.
fn read_message(from: &mut impl BufRead) -> std::io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut head = Vec::new();
    let mut length = 0;
    loop {
        let begin = head.len();
        if from.read_until(b'\n', &mut head)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&head[begin..]).to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(std::io::Error::other)?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    head.extend_from_slice(&body);
    Ok(Some((head, body)))
}

fn premature_answer(body: &[u8]) -> Vec<u8> {
    let batch: Value = serde_json::from_slice(body).unwrap();
    let ids = batch["events"].as_array().unwrap().iter().map(|event| event["eventId"].clone());
    let text = json!({ "success": true, "accepted": ids.collect::<Vec<_>>(), "rejected": [] });
    let text = text.to_string();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{text}", text.len()).into_bytes()
}
