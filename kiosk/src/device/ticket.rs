//! The printer of queue tickets (号票): small, thermal, speaking ESC/POS over the network or a serial line.
//!
//! What it prints is a copy of what the screen shows and the journal has: that a ticket came out is therefore no fact of the
//! journal, and one that does not come out holds up nobody. The desk is told, so that somebody puts paper in.

use super::Finding;
use super::escpos::{self, Slip};
use super::serial::Port;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// A printer of queue tickets. It lives in a thread of its own.
pub trait TicketPrinter {
    /// Prints; returns when it has been handed over.
    ///
    /// # Errors
    /// [`TicketFault`].
    fn print(&mut self, slip: &Slip) -> Result<(), TicketFault>;
    /// Looks whether it is there.
    fn probe(&mut self) -> Finding;
}

/// Why no ticket comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketFault {
    /// It cannot be reached.
    Offline,
    /// It has no paper.
    NoPaper,
}

/// Where an ESC/POS printer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// On the network, `HOST:PORT`.
    Tcp(String),
    /// On a serial line: device and baud.
    Serial(String, u32),
}

/// A printer that speaks ESC/POS.
pub struct EscPos {
    line: Line,
    deadline: Duration,
}

/// No printer: no ticket comes out, and none is missed.
pub struct NoTickets;

trait Wire: Read + Write {}
impl<T: Read + Write + ?Sized> Wire for T {}

impl TicketFault {
    /// Stable word, also the end of its message id.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::NoPaper => "no_paper",
        }
    }
}

impl EscPos {
    /// The printer on this line; each step must be done within the deadline.
    #[must_use]
    pub const fn new(line: Line, deadline: Duration) -> Self {
        Self { line, deadline }
    }

    fn open(&self) -> io::Result<Box<dyn Wire>> {
        match &self.line {
            Line::Tcp(address) => {
                let mut last = io::Error::from(io::ErrorKind::NotFound);
                for address in address.to_socket_addrs()? {
                    match TcpStream::connect_timeout(&address, self.deadline) {
                        Ok(stream) => {
                            stream.set_read_timeout(Some(self.deadline))?;
                            stream.set_write_timeout(Some(self.deadline))?;
                            return Ok(Box::new(stream));
                        }
                        Err(error) => last = error,
                    }
                }
                Err(last)
            }
            Line::Serial(path, baud) => Ok(Box::new(Port::open(path, *baud, self.deadline)?)),
        }
    }

    /// Asks for the paper first. A printer that does not answer such questions prints all the same.
    fn has_paper(wire: &mut dyn Wire) -> io::Result<bool> {
        wire.write_all(&escpos::PAPER_QUESTION)?;
        wire.flush()?;
        let mut answer = [0];
        match wire.read(&mut answer) {
            Ok(1) => Ok(escpos::says_paper(answer.first().copied().unwrap_or_default())),
            Ok(_) => Err(io::ErrorKind::UnexpectedEof.into()),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    fn attempt(&self, slip: &Slip) -> io::Result<bool> {
        let mut wire = self.open()?;
        if !Self::has_paper(wire.as_mut())? {
            return Ok(false);
        }
        wire.write_all(&escpos::bytes(slip))?;
        wire.flush()?;
        Ok(true)
    }
}

impl TicketPrinter for EscPos {
    fn print(&mut self, slip: &Slip) -> Result<(), TicketFault> {
        match self.attempt(slip) {
            Ok(true) => Ok(()),
            Ok(false) => Err(TicketFault::NoPaper),
            Err(error) => {
                tracing::warn!(%error, "the ticket printer cannot be used");
                Err(TicketFault::Offline)
            }
        }
    }

    fn probe(&mut self) -> Finding {
        let what = match &self.line {
            Line::Tcp(address) => address.clone(),
            Line::Serial(path, baud) => format!("{path}, {baud} baud"),
        };
        match self.open().and_then(|mut wire| Self::has_paper(wire.as_mut())) {
            Ok(true) => Finding::usable(what),
            Ok(false) => Finding::unusable(format!("{what}: no paper"), "kiosk-doctor-mend-ticket-paper"),
            Err(error) => Finding::unusable(format!("{what}: {error}"), "kiosk-doctor-mend-ticket"),
        }
    }
}

impl TicketPrinter for NoTickets {
    fn print(&mut self, _slip: &Slip) -> Result<(), TicketFault> {
        Ok(())
    }

    fn probe(&mut self) -> Finding {
        Finding::usable("none: people read their numbers from the screen")
    }
}
