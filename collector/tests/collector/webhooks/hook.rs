//! A receiver on this machine: hands over what comes, and answers as it is told.

use serde_json::{Map, Value};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// How long what is waited for may take: far beyond what a slow machine needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A delivery that has come.
pub(super) struct Delivered {
    pub(super) headers: Map<String, Value>,
    pub(super) body: String,
    stream: TcpStream,
}

impl Delivered {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(Value::as_str).unwrap_or_else(|| panic!("no {name}"))
    }

    pub(super) fn kind(&self) -> &str {
        self.header("x-ttoolab-event-type")
    }

    pub(super) fn event_id(&self) -> &str {
        self.header("x-ttoolab-event-id")
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Answers it, and hands over what was read.
    pub(super) fn answer(mut self, status: u16) -> Self {
        let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\n\r\n");
        self.stream.write_all(answer.as_bytes()).unwrap();
        self
    }
}

/// A listening receiver.
pub(super) struct Hook {
    pub(super) url: String,
    deliveries: Receiver<Delivered>,
}

impl Hook {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (tell, deliveries) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let tell = tell.clone();
                std::thread::spawn(move || read(stream.unwrap(), &tell));
            }
        });
        Self { url, deliveries }
    }

    /// The next delivery, unanswered.
    pub(super) fn next(&self) -> Delivered {
        self.deliveries.recv_timeout(PATIENCE).expect("a delivery comes")
    }

    /// Whether anything has come.
    pub(super) fn is_quiet(&self) -> bool {
        self.deliveries.try_recv().is_err()
    }
}

/// A collector that is killed may break off at any byte.
fn read(stream: TcpStream, tell: &Sender<Delivered>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut headers = Map::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.into());
    }
    let length = headers.get("content-length")?.as_str()?.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).ok()?;
    // A test that has ended wants nothing more.
    tell.send(Delivered { headers, body, stream }).ok()
}
