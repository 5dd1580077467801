//! The other side of the line: connections that stay open, each with one request on its way at a time. It does as little as
//! it can, since it runs on the same cores as the server.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection that has rested so long is opened anew: the server ends those on which nothing comes for 75 s.
const RESTED: Duration = Duration::from_secs(60);

/// An open connection.
pub struct Line {
    address: SocketAddr,
    used: Instant,
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
}

impl Line {
    /// Opens a connection.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = connect(address).await?;
        let used = Instant::now();
        Ok(Self { address, used, stream, out: Vec::with_capacity(1024), read: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and waits for the whole answer.
    pub async fn call(&mut self, method: &str, path: &str, token: &str, body: &str) -> io::Result<Reply<'_>> {
        if self.used.elapsed() > RESTED {
            self.stream = connect(self.address).await?;
        }
        self.used = Instant::now();
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
        Ok(Reply { status, body })
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection")),
            _ => Ok(()),
        }
    }
}

async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
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
