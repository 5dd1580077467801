//! The talk with a reader over its serial line: an order, and the reply within a deadline.

use super::frame::{Decoder, Order, Outcome, Reply};
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{self, BaudRate, ControlFlags, FlushArg, SetArg};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::time::{Duration, Instant};
use thiserror::Error;

/// A single wait for bytes; the deadlines are looked at in between.
const WAIT_MS: u8 = 50;
/// An order without a right reply is sent so often: a byte that was lost on the line costs no card.
const ATTEMPTS: u32 = 2;

/// A line to a reader.
pub struct Line {
    port: File,
    decoder: Decoder,
}

/// Why there is no reply.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Trouble {
    /// None in time.
    #[error("the reader does not answer")]
    Silent,
    /// The port is gone.
    #[error("{0}")]
    Gone(String),
}

impl Line {
    /// Opens the port: 8 data bits, no parity, 1 stop bit.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(path: &str, baud: u32) -> std::io::Result<Self> {
        let rate = rate(baud).ok_or(ErrorKind::InvalidInput)?;
        // Without these a port whose line says "no carrier" would never open, and a hang-up would end the program.
        let flags = OFlag::O_NOCTTY | OFlag::O_NONBLOCK;
        let port = OpenOptions::new().read(true).write(true).custom_flags(flags.bits()).open(path)?;
        let mut settings = termios::tcgetattr(&port)?;
        termios::cfmakeraw(&mut settings);
        settings.control_flags |= ControlFlags::CLOCAL | ControlFlags::CREAD;
        settings.control_flags &= !(ControlFlags::CSTOPB | ControlFlags::CRTSCTS);
        termios::cfsetspeed(&mut settings, rate)?;
        termios::tcsetattr(&port, SetArg::TCSANOW, &settings)?;
        Ok(Self { port, decoder: Decoder::default() })
    }

    /// Sends an order and waits for its reply.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn ask(&mut self, order: Order) -> Result<Reply, Trouble> {
        for _ in 0..ATTEMPTS {
            // What came unasked belongs to nothing that is waited for.
            termios::tcflush(&self.port, FlushArg::TCIFLUSH).map_err(|e| Trouble::Gone(e.to_string()))?;
            self.decoder.clear();
            self.port.write_all(&order.frame()).map_err(|e| Trouble::Gone(e.to_string()))?;
            if let Some(reply) = self.reply(order)? {
                return Ok(reply);
            }
        }
        Err(Trouble::Silent)
    }

    fn reply(&mut self, order: Order) -> Result<Option<Reply>, Trouble> {
        let until = Instant::now() + patience(order);
        let mut piece = [0; 512];
        while Instant::now() < until {
            let read = self.read(&mut piece).map_err(|error| Trouble::Gone(error.to_string()))?;
            self.decoder.push(piece.get(..read).unwrap_or_default());
            while let Some(reply) = self.decoder.take() {
                if order.is_answered_by(&reply) {
                    return Ok(Some(reply));
                }
            }
        }
        Ok(None)
    }

    /// What has come within a short wait; nothing is no error, a line that hung up is one.
    fn read(&mut self, piece: &mut [u8]) -> std::io::Result<usize> {
        let mut wanted = [PollFd::new(self.port.as_fd(), PollFlags::POLLIN)];
        if poll(&mut wanted, PollTimeout::from(WAIT_MS))? == 0 {
            return Ok(0);
        }
        match self.port.read(piece) {
            Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(0),
            other => other,
        }
    }
}

/// Whether a port can be set to so many bits a second.
#[must_use]
pub fn is_rate(baud: u32) -> bool {
    rate(baud).is_some()
}

const fn rate(baud: u32) -> Option<BaudRate> {
    Some(match baud {
        1_200 => BaudRate::B1200,
        2_400 => BaudRate::B2400,
        4_800 => BaudRate::B4800,
        9_600 => BaudRate::B9600,
        19_200 => BaudRate::B19200,
        38_400 => BaudRate::B38400,
        57_600 => BaudRate::B57600,
        115_200 => BaudRate::B115200,
        230_400 => BaudRate::B230400,
        _ => return None,
    })
}

/// A reply must be there within this time. At 9600 baud the 1,295 bytes of a card alone take 1.4 seconds.
const fn patience(order: Order) -> Duration {
    match order {
        Order::Find | Order::Select => Duration::from_millis(700),
        Order::Read => Duration::from_millis(3000),
    }
}

/// What one look at the reader found.
pub enum Found {
    /// No card, or one that was read already.
    Nothing,
    /// The reply that holds the card.
    Card(Reply),
    /// There is a card that the reader cannot read.
    Unreadable(super::frame::Fault),
    /// The reader says that it cannot work.
    Faulty(super::frame::Fault),
}

/// Looks for a card and reads it.
///
/// # Errors
/// [`Trouble`].
pub fn look(line: &mut Line) -> Result<Found, Trouble> {
    use super::frame::Fault;
    match line.ask(Order::Find)?.outcome {
        Outcome::Found => {}
        Outcome::Fault(Fault::NoCard) | Outcome::Done => return Ok(Found::Nothing),
        Outcome::Fault(fault) => return Ok(Found::Faulty(fault)),
    }
    for order in [Order::Select, Order::Read] {
        let reply = line.ask(order)?;
        match reply.outcome {
            Outcome::Fault(fault) => return Ok(Found::Unreadable(fault)),
            _ if order == Order::Read => return Ok(Found::Card(reply)),
            _ => {}
        }
    }
    Ok(Found::Nothing)
}
