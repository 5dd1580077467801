//! The kiosk's clock: the system's, or in a demo world the controlled clock of the server.

use shared::time::Instant;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use thiserror::Error;

/// How long the controlled clock may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where the time comes from.
#[derive(Debug)]
pub enum Clock {
    /// The system's clock.
    System,
    /// A controlled clock, asked over a Unix socket.
    Controlled(Controlled),
}

/// A controlled clock: one line `get` is answered with one line of epoch milliseconds.
#[derive(Debug)]
pub struct Controlled {
    socket: PathBuf,
    line: Mutex<Line>,
}

/// There is no time to be had.
#[derive(Debug, Clone, Error)]
pub enum ClockError {
    /// The controlled clock does not answer and never did.
    #[error("the controlled clock at {0} does not answer: {1}")]
    Unreachable(PathBuf, String),
    /// The system's clock stands before 1970.
    #[error("the system's clock is set before 1970: set it")]
    BeforeEpoch,
}

#[derive(Debug, Default)]
struct Line {
    connection: Option<BufReader<UnixStream>>,
    last: Option<Instant>,
}

impl Clock {
    /// The clock that the configuration names.
    #[must_use]
    pub fn new(socket: Option<&Path>) -> Self {
        match socket {
            None => Self::System,
            Some(path) => {
                Self::Controlled(Controlled { socket: path.to_owned(), line: Mutex::new(Line::default()) })
            }
        }
    }

    /// The present instant.
    ///
    /// A controlled clock that does not answer stands still: it only ever moves when it is told to, so its last
    /// answer is the best there is.
    ///
    /// # Errors
    /// [`ClockError`] if there was never an answer.
    pub fn now(&self) -> Result<Instant, ClockError> {
        match self {
            Self::System => system_now(),
            Self::Controlled(clock) => clock.now(),
        }
    }

    /// Tells the clock a time that has certainly been reached: that of the last journal entry.
    pub fn remember(&self, at: Instant) {
        if let Self::Controlled(clock) = self
            && let Ok(mut line) = clock.line.lock()
            && line.last.is_none_or(|last| last < at)
        {
            line.last = Some(at);
        }
    }

    /// Whether this is a controlled clock.
    #[must_use]
    pub const fn is_controlled(&self) -> bool {
        matches!(self, Self::Controlled(_))
    }
}

impl Controlled {
    fn now(&self) -> Result<Instant, ClockError> {
        let unreachable = |why: String| ClockError::Unreachable(self.socket.clone(), why);
        let mut line = self.line.lock().map_err(|e| unreachable(e.to_string()))?;
        let kept = line.connection.take();
        // A connection that was kept may have died with the server: one new one is tried.
        let answer = match kept.map(ask) {
            Some(Ok(answer)) => Ok(answer),
            _ => self.connect().and_then(ask),
        };
        match (answer, line.last) {
            (Ok((now, connection)), _) => {
                line.connection = Some(connection);
                line.last = Some(now);
                Ok(now)
            }
            (Err(_), Some(last)) => Ok(last),
            (Err(error), None) => Err(unreachable(error.to_string())),
        }
    }

    fn connect(&self) -> std::io::Result<BufReader<UnixStream>> {
        let stream = UnixStream::connect(&self.socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(BufReader::new(stream))
    }
}

fn ask(mut connection: BufReader<UnixStream>) -> std::io::Result<(Instant, BufReader<UnixStream>)> {
    connection.get_mut().write_all(b"get\n")?;
    let mut answer = String::new();
    connection.read_line(&mut answer)?;
    let millis = answer.trim().parse().map_err(std::io::Error::other)?;
    Ok((Instant::from_millis(millis), connection))
}

#[expect(clippy::disallowed_methods, reason = "the one place where the kiosk reads the system's clock")]
fn system_now() -> Result<Instant, ClockError> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| ClockError::BeforeEpoch)?;
    i64::try_from(since.as_millis()).map(Instant::from_millis).map_err(|_| ClockError::BeforeEpoch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    fn serve_once(listener: &UnixListener, answer: &str) {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert_eq!(line, "get\n");
        reader.get_mut().write_all(answer.as_bytes()).unwrap();
    }

    #[test]
    fn a_controlled_clock_that_falls_silent_stands_still() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("clock");
        let clock = Clock::new(Some(&path));
        assert!(clock.now().is_err());
        let listener = UnixListener::bind(&path).unwrap();
        let server = std::thread::spawn(move || serve_once(&listener, "1790557200000\n"));
        assert_eq!(clock.now().unwrap().minute_in_china(), "2026-09-28 09:00");
        server.join().unwrap();
        assert_eq!(clock.now().unwrap().minute_in_china(), "2026-09-28 09:00");
    }

    #[test]
    fn after_a_restart_without_the_clock_the_last_entry_tells_the_time() {
        let clock = Clock::new(Some(Path::new("/nonexistent/clock")));
        clock.remember(Instant::from_millis(5));
        clock.remember(Instant::from_millis(3));
        assert_eq!(clock.now().unwrap(), Instant::from_millis(5));
    }
}
