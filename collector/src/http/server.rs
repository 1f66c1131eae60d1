//! The listener: accepts connections, bounds what each may cost, and lets them end in order.
//!
//! Over hyper rather than `axum::serve`, which has no time limit for the head of a request: a few
//! hundred sockets that send a byte now and then would be held for ever.

use super::connections::{Connections, Seat};
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

/// How long a client may take for the head of a request. hyper counts it from the end of the
/// request before, so it is the life of an idle connection too: longer than the two seconds
/// between two batches of a page, short for somebody who only wants to hold connections.
const HEAD_TIME: Duration = Duration::from_secs(5);
/// The same for connections that come while the collector stops: they get one answer.
const LATE_HEAD_TIME: Duration = Duration::from_secs(1);
/// The most bytes of a head, and of a read. A bootstrap carries a URL and a token with up to 64
/// assignments in its query; hyper's own default of 400 KB would be 1.6 GB for all connections.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// How long the kernel may refuse to take more of an answer, because the client does not read.
const WRITE_TIME: Duration = Duration::from_secs(10);
/// How long to wait when the system cannot open another socket: it needs others to close.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// From the order to stop to the end of idle connections: what was sent before is read by then.
const SETTLE: Duration = Duration::from_millis(100);
/// How long open requests may take to end once the process was told to stop.
pub(crate) const DRAIN: Duration = Duration::from_secs(5);
/// The most connections that are taken out of the kernel's queue at the very end: its length.
const BACKLOG: usize = 1_024;

/// Serves until `stop` ends, then until what was accepted is answered or [`DRAIN`] is over.
pub(crate) async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let server = Server { listener, router, connections: Connections::new() };
    let mut http = Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(MAX_HEAD_BYTES);
    let open = GracefulShutdown::new();
    tokio::select! {
        never = server.accept(&http, &open) => match never {},
        () = stop => {}
    }
    if timeout(DRAIN, server.drain(http, open)).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

struct Server {
    listener: TcpListener,
    router: Router,
    connections: Connections,
}

impl Server {
    /// Accepts and serves, for ever.
    async fn accept(&self, http: &Builder, open: &GracefulShutdown) -> Infallible {
        loop {
            let (stream, peer, seat) = self.next().await;
            self.spawn(http, open, (stream, peer, seat));
        }
    }

    /// The next connection that may be had.
    async fn next(&self) -> (TcpStream, SocketAddr, Seat) {
        loop {
            let room = self.connections.room().await;
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    if let Some(seat) = self.connections.seat(room, peer) {
                        return (stream, peer, seat);
                    }
                }
                // Of one connection, which its client gave up, or of the system.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn spawn(
        &self,
        http: &Builder,
        open: &GracefulShutdown,
        (stream, peer, seat): (TcpStream, SocketAddr, Seat),
    ) {
        let router = self.router.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        });
        // Answers are written as a whole; waiting for more to send with them only costs time.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(WRITE_TIME));
        let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), service);
        let connection = open.watch(connection);
        tokio::spawn(async move {
            // An error is a client that broke off or was too slow. It got no answer, so it does
            // not take anything for stored.
            let _ = connection.await;
            drop(seat);
        });
    }

    /// Lets everybody go without a reset: connections are accepted as long as others are open, and
    /// told to close with their answer; so are those that the kernel has accepted by then.
    ///
    /// Rejected: a listener that is closed at once. The kernel then resets what waits in its queue.
    async fn drain(self, mut http: Builder, open: GracefulShutdown) {
        tokio::select! {
            never = self.accept(&http, &open) => match never {},
            () = sleep(SETTLE) => {}
        }
        http.keep_alive(false).header_read_timeout(LATE_HEAD_TIME);
        // Never told to end: they do so by themselves, after one answer.
        let late = GracefulShutdown::new();
        tokio::select! {
            never = self.accept(&http, &late) => match never {},
            () = open.shutdown() => {}
        }
        for _ in 0..BACKLOG {
            let Ok(waiting) = timeout(Duration::ZERO, self.next()).await else { break };
            self.spawn(&http, &late, waiting);
        }
        drop(self.listener);
        self.connections.empty().await;
    }
}
