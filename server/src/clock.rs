//! Time. The system's clock, or in a demo world a controlled one that a Unix socket sets and advances.
//!
//! Nothing else in the server asks the machine for the time.

use shared::time::Instant;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;

/// Where the time comes from.
#[derive(Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that is set from outside; only demo worlds have one.
    Controlled(Arc<Mutex<Controlled>>),
}

/// State of a controlled clock: it stands at `base` and runs `rate` times as fast as real time from `since` on.
pub struct Controlled {
    base: i64,
    since: std::time::Instant,
    rate: u32,
}

/// Why the controlled clock cannot be served.
#[derive(Debug, Error)]
pub enum ClockError {
    /// The socket cannot be made.
    #[error("the clock's socket {0} cannot be opened: {1}; choose another path in [demo] clock_socket")]
    Socket(PathBuf, std::io::Error),
}

impl Clock {
    /// A controlled clock that starts at `start` and runs `rate` times as fast as real time (0: stands still).
    #[must_use]
    pub fn controlled(start: Instant, rate: u32) -> Self {
        let clock = Controlled { base: start.millis(), since: std::time::Instant::now(), rate };
        Self::Controlled(Arc::new(Mutex::new(clock)))
    }

    /// The time now, in whole milliseconds.
    #[must_use]
    pub fn now(&self) -> Instant {
        match self {
            Self::System => system_now(),
            Self::Controlled(clock) => Instant::from_millis(lock(clock).now()),
        }
    }

    /// Whether the clock is controlled, so that every page must show a banner.
    #[must_use]
    pub const fn is_controlled(&self) -> bool {
        matches!(self, Self::Controlled(_))
    }

    /// Moves a controlled clock forward; the system's clock stays as it is.
    pub fn advance(&self, seconds: i64) {
        if let Self::Controlled(clock) = self {
            lock(clock).advance(seconds);
        }
    }

    /// Serves a controlled clock on a Unix socket: a line `get`, `set RFC3339|MILLISECONDS`, `advance SECONDS` or
    /// `rate N`; each is answered by the time in epoch milliseconds, or by `error …`.
    ///
    /// # Errors
    /// [`ClockError::Socket`] if the socket cannot be made.
    pub fn serve(&self, path: &Path) -> Result<(), ClockError> {
        let Self::Controlled(clock) = self else { return Ok(()) };
        if path.exists() {
            std::fs::remove_file(path).map_err(|e| ClockError::Socket(path.to_owned(), e))?;
        }
        let listener = UnixListener::bind(path).map_err(|e| ClockError::Socket(path.to_owned(), e))?;
        let clock = Arc::clone(clock);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let clock = Arc::clone(&clock);
                std::thread::spawn(move || converse(&clock, stream));
            }
        });
        Ok(())
    }
}

impl Controlled {
    fn now(&self) -> i64 {
        let elapsed = i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.base.saturating_add(elapsed.saturating_mul(i64::from(self.rate)))
    }

    fn set(&mut self, base: i64) {
        self.base = base;
        self.since = std::time::Instant::now();
    }

    fn advance(&mut self, seconds: i64) {
        self.set(self.now().saturating_add(seconds.saturating_mul(1000)));
    }

    fn command(&mut self, line: &str) -> Result<i64, String> {
        let (verb, argument) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        match verb {
            "get" => {}
            "set" => {
                let millis = argument.parse().ok();
                let millis = millis.or_else(|| Instant::parse(argument).ok().map(Instant::millis));
                self.set(millis.ok_or("set takes a time as RFC 3339 or in epoch milliseconds")?);
            }
            "advance" => self.advance(argument.parse().map_err(|_| "advance takes whole seconds")?),
            "rate" => {
                self.set(self.now());
                self.rate = argument.parse().map_err(|_| "rate takes a whole number, 0 stands still")?;
            }
            _ => return Err("say get, set, advance or rate".to_owned()),
        }
        Ok(self.now())
    }
}

/// Asks the controlled clock of a running server for the time; `None` if nobody answers.
#[must_use]
pub fn ask(socket: &Path) -> Option<Instant> {
    let stream = UnixStream::connect(socket).ok()?;
    (&stream).write_all(b"get\n").ok()?;
    let line = BufReader::new(&stream).lines().next()?.ok()?;
    line.trim().parse().ok().map(Instant::from_millis)
}

fn converse(clock: &Mutex<Controlled>, stream: UnixStream) {
    let Ok(mut answers) = stream.try_clone() else { return };
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        let answer = lock(clock).command(&line);
        let text = answer.map_or_else(|e| format!("error {e}\n"), |millis| format!("{millis}\n"));
        if answers.write_all(text.as_bytes()).is_err() {
            return;
        }
    }
}

fn lock(clock: &Mutex<Controlled>) -> std::sync::MutexGuard<'_, Controlled> {
    clock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(clippy::disallowed_methods, reason = "the one place at which the machine is asked for the time")]
fn system_now() -> Instant {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Instant::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_controlled_clock_stands_where_it_was_put() {
        let clock = Clock::controlled(Instant::from_millis(1_000), 0);
        assert_eq!(clock.now().millis(), 1_000);
        clock.advance(60);
        assert_eq!(clock.now().millis(), 61_000);
    }

    #[test]
    fn the_socket_answers_each_line_with_the_time_or_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("clock");
        let clock = Clock::controlled(Instant::from_millis(0), 0);
        clock.serve(&path).unwrap();
        let stream = UnixStream::connect(&path).unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let mut say = |text: &str| {
            (&stream).write_all(format!("{text}\n").as_bytes()).unwrap();
            lines.next().unwrap().unwrap()
        };
        assert_eq!(say("get"), "0");
        assert_eq!(say("set 2026-09-28T08:00:00+08:00"), "1790553600000");
        assert_eq!(say("advance 60"), "1790553660000");
        assert!(say("advance soon").starts_with("error "));
        assert!(say("stop").starts_with("error "));
    }
}
