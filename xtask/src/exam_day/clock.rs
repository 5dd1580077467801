//! The controlled clock of the server, and the simulated devices of the kiosk: both are told over Unix sockets.

use crate::fail::{Context, Fail, Outcome};
use crate::wait;
use serde_json::Value;
use shared::time::Instant;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A program that is being started again is waited for so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// The clock of the day. It stands still except when it is told to move.
#[derive(Debug)]
pub struct Clock {
    socket: PathBuf,
    now: Mutex<Instant>,
}

impl Clock {
    /// The clock behind this socket, which stands at `now`.
    #[must_use]
    pub fn new(socket: &Path, now: Instant) -> Self {
        Self { socket: socket.to_owned(), now: Mutex::new(now) }
    }

    /// Where it stands.
    #[must_use]
    pub fn now(&self) -> Instant {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves it on.
    ///
    /// # Errors
    /// If the server does not take it.
    pub fn advance(&self, seconds: i64) -> Outcome<()> {
        self.put(Instant::from_millis(self.now().millis() + seconds * 1000))
    }

    /// Moves it to so many minutes after a time, unless it stands later already.
    ///
    /// # Errors
    /// If the server does not take it.
    pub fn reach(&self, start: &str, minutes: i64) -> Outcome<()> {
        let start = Instant::parse(start).or_fail(start)?;
        self.put(Instant::from_millis(start.millis() + minutes * 60_000))
    }

    /// From now on it runs like a real one.
    ///
    /// # Errors
    /// If the server does not take it.
    pub fn run(&self) -> Outcome<()> {
        let answer = tell(&self.socket, "rate 1")?;
        answer.parse::<i64>().map(|_| ()).or_fail(format!("the controlled clock answered '{answer}'"))
    }

    fn put(&self, time: Instant) -> Outcome<()> {
        let time = time.max(self.now());
        // First noted, then told: a server that is started again in between begins at the new time.
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = time;
        let answer = tell(&self.socket, &format!("set {}", time.millis()))?;
        // A clock that runs may have gone on already.
        if answer.parse::<i64>().is_ok_and(|now| (0..1000).contains(&(now - time.millis()))) {
            return Ok(());
        }
        Err(Fail::new(format!("the controlled clock answered '{answer}' to {}", time.rfc3339())))
    }
}

/// Tells the simulated devices what happens to them.
///
/// # Errors
/// If they do not take it.
pub fn scenario(socket: &Path, change: &Value) -> Outcome<()> {
    let answer = tell(socket, &change.to_string())?;
    let taken = serde_json::from_str::<Value>(&answer).is_ok_and(|a| a.get("ok") == Some(&Value::Bool(true)));
    if taken { Ok(()) } else { Err(Fail::new(format!("the scenario socket answered {answer}"))) }
}

/// Says a line and answers the line that comes back.
fn tell(socket: &Path, line: &str) -> Outcome<String> {
    wait::until(&format!("an answer of {}", socket.display()), PATIENCE, || Ok(ask(socket, line).ok()))
}

fn ask(socket: &Path, line: &str) -> std::io::Result<String> {
    let stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    (&stream).write_all(format!("{line}\n").as_bytes())?;
    let mut answer = String::new();
    match BufReader::new(stream).read_line(&mut answer)? {
        0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(answer.trim().to_owned()),
    }
}
