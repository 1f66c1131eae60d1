//! HTTP/1.1 on a socket, as little of it as two well-behaved ends need. Rejected: a client library,
//! whose work per request would be as much as the server's, on the same two cores.

use anyhow::{Context, Result, bail};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Far more than any answer here has.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;
const READ_BYTES: usize = 16 * 1024;

/// A connection that stays open from request to request.
pub(crate) struct Connection {
    stream: TcpStream,
    bytes: Vec<u8>,
}

/// An answer, until the next request.
pub(crate) struct Answer<'c> {
    pub(crate) status: u16,
    pub(crate) body: &'c [u8],
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, bytes: Vec::new() })
    }

    /// Sends a request, head and body, and reads its answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.bytes.clear();
        let mut head = None;
        loop {
            self.bytes.reserve(READ_BYTES);
            if self.stream.read_buf(&mut self.bytes).await? == 0 {
                bail!("the server closed the connection");
            }
            if head.is_none() {
                head = Head::read(&self.bytes)?;
            }
            match head {
                Some(Head { status, ends, length }) if self.bytes.len() >= ends + length => {
                    return Ok(Answer { status, body: &self.bytes[ends..ends + length] });
                }
                _ if self.bytes.len() > MAX_ANSWER_BYTES => bail!("an endless answer"),
                _ => {}
            }
        }
    }
}

struct Head {
    status: u16,
    /// Where the body begins.
    ends: usize,
    length: usize,
}

impl Head {
    /// `None` while it is not all there.
    fn read(bytes: &[u8]) -> Result<Option<Self>> {
        let Some(ends) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(None);
        };
        let text = std::str::from_utf8(&bytes[..ends]).context("a head that is no text")?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let status = status.context("an answer without a status")?;
        let length = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        // Without one there is no body: no server here sends chunks.
        Ok(Some(Self { status, ends: ends + 4, length: length.unwrap_or(0) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nvary: origin\r\n\r\n{";
        assert!(Head::read(&text[..40]).unwrap().is_none());
        let head = Head::read(text).unwrap().unwrap();
        assert_eq!((head.status, head.ends, head.length), (200, text.len() - 1, 12));
        let empty = Head::read(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().unwrap();
        assert_eq!((empty.status, empty.length), (204, 0));
    }
}
