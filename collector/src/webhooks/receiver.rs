//! A receiver for tests: takes requests one after the other, and answers as it is told.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::network::Network;

/// What it does with a request.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    Status(u16),
    /// These bytes.
    Raw(Vec<u8>),
    /// Nothing, and holds the connection.
    Never,
}

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Received {
    pub(super) head: String,
    pub(super) body: String,
}

impl Received {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    pub(super) fn kind(&self) -> &str {
        self.header("x-ttoolab-event-type").unwrap()
    }

    pub(super) fn event_id(&self) -> &str {
        self.header("x-ttoolab-event-id").unwrap()
    }
}

/// A running receiver; ends with the runtime of its test.
pub(super) struct Receiver {
    pub(super) address: SocketAddr,
    requests: UnboundedReceiver<Received>,
    connections: Arc<AtomicUsize>,
}

impl Receiver {
    /// Starts one that answers the requests by their number.
    pub(super) async fn start(answer: impl Fn(usize) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, requests) = unbounded_channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let number = Arc::clone(&connections);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let answer = answer(number.fetch_add(1, Ordering::SeqCst));
                tokio::spawn(serve(stream, answer, tell.clone()));
            }
        });
        Self { address, requests, connections }
    }

    pub(super) async fn always(status: u16) -> Self {
        Self::start(move |_| Answer::Status(status)).await
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/hook?a=b", self.address)
    }

    /// How many connections it took, also of those who said nothing.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// What has come so far and was not asked for before.
    pub(super) fn so_far(&mut self) -> Vec<Received> {
        std::iter::from_fn(|| self.requests.try_recv().ok()).collect()
    }
}

/// Reads one request, tells of it, and answers.
pub(super) async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: Answer,
    tell: UnboundedSender<Received>,
) {
    let Some(received) = read(&mut stream).await else { return };
    // A test that has ended asks for nothing.
    let _ = tell.send(received);
    let bytes = match answer {
        Answer::Status(status) => {
            format!("HTTP/1.1 {status} x\r\ncontent-length: 2\r\n\r\nok").into_bytes()
        }
        Answer::Raw(bytes) => bytes,
        Answer::Never => std::future::pending().await,
    };
    // Who has read enough may be gone.
    let _ = stream.write_all(&bytes).await;
    let _ = stream.shutdown().await;
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Received> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        // A greeting of TLS, for one.
        if !bytes[0].is_ascii_uppercase() {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let mut received = Received { head, body: String::new() };
    let length: usize = received.header("content-length").unwrap_or("0").parse().unwrap();
    while bytes.len() < head_end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    received.body = String::from_utf8(bytes[head_end..].to_vec()).unwrap();
    Some(received)
}

/// A world in which every name and address is one receiver.
pub(super) struct OnlyHost(pub(super) SocketAddr);

impl Network for OnlyHost {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Ok(vec![IpAddr::from([93, 184, 215, 14])])
    }

    async fn dial(&self, _: SocketAddr) -> io::Result<TcpStream> {
        TcpStream::connect(self.0).await
    }
}
