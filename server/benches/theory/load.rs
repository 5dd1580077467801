//! The other side of the line: connections that stay open, each with one request on its way at a time. It does as little as
//! it can, since it runs on the same cores as the server.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An open connection.
pub struct Line {
    stream: TcpStream,
    out: Vec<u8>,
    read: Vec<u8>,
}

/// What came back.
pub struct Reply<'a> {
    /// Status.
    pub status: u16,
    /// Body.
    pub body: &'a [u8],
    /// Bytes of head and body together.
    pub bytes: usize,
}

impl Line {
    /// Opens a connection.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, out: Vec::with_capacity(1024), read: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and waits for the whole answer.
    pub async fn call(&mut self, method: &str, path: &str, token: &str, body: &str) -> io::Result<Reply<'_>> {
        self.out.clear();
        self.out.extend_from_slice(
            format!(
                "{method} {path} HTTP/1.1\r\nhost: bench\r\naccept: application/json\r\nauthorization: Bearer {token}\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
            .as_bytes(),
        );
        self.stream.write_all(&self.out).await?;
        self.read.clear();
        let (status, head, length) = loop {
            self.more().await?;
            if let Some(found) = head_of(&self.read) {
                break found;
            }
        };
        while self.read.len() < head + length {
            self.more().await?;
        }
        let body = self.read.get(head..head + length).unwrap_or_default();
        Ok(Reply { status, body, bytes: head + length })
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection")),
            _ => Ok(()),
        }
    }
}

/// Status, length of the head and length of the body, once the head is there.
fn head_of(read: &[u8]) -> Option<(u16, usize, usize)> {
    let end = read.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(read.get(..end)?).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.get(9..12)?.parse().ok()?;
    let length = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    Some((status, end, length.unwrap_or(0)))
}

/// How long requests took.
#[derive(Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// One more.
    pub fn since(&mut self, begun: Instant) {
        self.0.push(begun.elapsed());
    }

    /// Those of another, too.
    pub fn add(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Mean in milliseconds.
    pub fn mean(&self) -> f64 {
        let sum: f64 = self.0.iter().map(Duration::as_secs_f64).sum();
        1000.0 * sum / f64::from(u32::try_from(self.count().max(1)).unwrap_or(u32::MAX))
    }

    /// So many hundredths were not longer than this, in milliseconds.
    pub fn percentile(&mut self, hundredths: usize) -> f64 {
        self.0.sort_unstable();
        let at = (self.count() * hundredths / 100).min(self.count().saturating_sub(1));
        self.0.get(at).map_or(0.0, |time| 1000.0 * time.as_secs_f64())
    }
}
