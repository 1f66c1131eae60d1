//! HTTP by hand, for what no client library would send.

use crate::running::Running;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Longer than any limit of the collector: what takes longer has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A connection on which a request has begun.
pub(crate) fn begin(collector: &Running, text: &str) -> TcpStream {
    let mut socket = collector.connect();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.set_write_timeout(Some(PATIENCE)).unwrap();
    socket.write_all(text.as_bytes()).unwrap();
    socket
}

/// The head of a batch whose body has so many bytes.
pub(crate) fn batch_head(length: usize, more: &str) -> String {
    format!("POST /sdk/events HTTP/1.1\r\nhost: c\r\ncontent-length: {length}\r\n{more}\r\n")
}

/// Everything until the collector closes; a reset is a failure.
pub(crate) fn rest(socket: &mut TcpStream) -> String {
    let mut text = Vec::new();
    socket.read_to_end(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// Whether the other end has closed, in whatever way.
pub(crate) fn is_closed(socket: &TcpStream) -> bool {
    socket.set_nonblocking(true).unwrap();
    let read = (&*socket).read(&mut [0; 1024]);
    socket.set_nonblocking(false).unwrap();
    match read {
        Ok(bytes) => bytes == 0,
        Err(error) => error.kind() != ErrorKind::WouldBlock,
    }
}

/// Whether something, or an end, waits to be read.
pub(crate) fn has_answered(socket: &TcpStream) -> bool {
    socket.set_nonblocking(true).unwrap();
    let waiting = socket.peek(&mut [0]);
    socket.set_nonblocking(false).unwrap();
    waiting.is_ok()
}
