//! The talk with a reader over its serial line: an order, and the reply within a deadline.

use super::frame::{Decoder, Order, Outcome, Reply};
use crate::device::serial::Port;
use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};
use thiserror::Error;

/// A single wait for bytes; the deadlines are looked at in between.
const WAIT: Duration = Duration::from_millis(50);
/// An order without a right reply is sent so often: a byte that was lost on the line costs no card.
const ATTEMPTS: u32 = 2;

/// A line to a reader.
pub struct Line {
    port: Port,
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
    /// Opens the port.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(path: &str, baud: u32) -> std::io::Result<Self> {
        Ok(Self { port: Port::open(path, baud, WAIT)?, decoder: Decoder::default() })
    }

    /// Sends an order and waits for its reply.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn ask(&mut self, order: Order) -> Result<Reply, Trouble> {
        for _ in 0..ATTEMPTS {
            // What came unasked belongs to nothing that is waited for.
            self.port.forget_input().map_err(|e| Trouble::Gone(e.to_string()))?;
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
        match self.port.read(piece) {
            Err(error) if error.kind() == ErrorKind::TimedOut => Ok(0),
            other => other,
        }
    }
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
