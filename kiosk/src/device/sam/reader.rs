//! The reader as the kiosk uses it: a thread that looks for cards, and what it last saw.

use super::super::{Card, DeviceError, Finding, IdReader};
use super::card;
use super::line::{Found, Line, Trouble, look};
use super::watch::Watch;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(250);
/// Pause before a port is opened again that was gone.
const REOPEN: Duration = Duration::from_millis(500);
/// After so many looks without an answer the port is opened anew.
const SILENT_LOOKS: u32 = 3;
/// The first look is waited for so long when somebody asks whether the reader is there.
const PROBE: Duration = Duration::from_secs(6);

/// Where a reader is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Device file, for example `/dev/ttyUSB0`.
    pub path: String,
    /// Bits a second.
    pub baud: u32,
}

/// A reader on a serial port. Its thread ends when it is dropped.
pub struct SerialReader {
    shared: Arc<Shared>,
    port: Port,
    /// Dropped with the reader; this ends the thread.
    _used: Sender<()>,
}

struct Shared {
    seen: Mutex<Seen>,
    changed: Condvar,
}

#[derive(Default)]
struct Seen {
    link: Link,
    watch: Watch,
}

/// How the talk with the reader goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Link {
    #[default]
    Starting,
    Working,
    NoPort(String),
    Silent,
    Faulty(String),
}

impl SerialReader {
    /// Begins to look for cards.
    #[must_use]
    pub fn start(port: Port) -> Self {
        let shared = Arc::new(Shared { seen: Mutex::default(), changed: Condvar::new() });
        let (theirs, settings) = (Arc::clone(&shared), port.clone());
        let (used, use_of) = channel();
        std::thread::spawn(move || live(&theirs, &settings, &use_of));
        Self { shared, port, _used: used }
    }
}

impl IdReader for SerialReader {
    fn card(&mut self) -> Result<Option<Card>, DeviceError> {
        let seen = self.shared.seen();
        match seen.link {
            Link::Starting | Link::Working => seen.watch.card(Instant::now()),
            Link::NoPort(_) | Link::Silent | Link::Faulty(_) => Err(DeviceError::Broken),
        }
    }

    fn probe(&mut self) -> Finding {
        let seen = self.shared.seen();
        let waited = self.shared.changed.wait_timeout_while(seen, PROBE, |seen| seen.link == Link::Starting);
        let link = waited.map_or(Link::Silent, |(seen, _)| seen.link.clone());
        let place = format!("{} at {} baud", self.port.path, self.port.baud);
        match link {
            Link::Working => Finding::usable(format!("{place}: answers")),
            Link::NoPort(why) => {
                Finding::unusable(format!("{place}: {why}"), "kiosk-doctor-mend-reader-port")
            }
            Link::Starting | Link::Silent => {
                Finding::unusable(format!("{place}: no answer"), "kiosk-doctor-mend-reader-silent")
            }
            Link::Faulty(why) => {
                Finding::unusable(format!("{place}: {why}"), "kiosk-doctor-mend-reader-faulty")
            }
        }
    }
}

impl Shared {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes how the talk goes. Of a reader that cannot be used nobody knows what lies on it.
    fn goes(&self, link: Link) {
        let mut seen = self.seen();
        if seen.link != link {
            tracing::info!(?link, "the card reader");
        }
        if link != Link::Working {
            seen.watch.forget();
        }
        seen.link = link;
        drop(seen);
        self.changed.notify_all();
    }

    fn read(&self, card: Result<Card, DeviceError>) {
        self.goes(Link::Working);
        self.seen().watch.read(Instant::now(), card);
    }
}

/// Waits; answers whether the reader is still used.
fn pause(used: &Receiver<()>, time: Duration) -> bool {
    used.recv_timeout(time) == Err(RecvTimeoutError::Timeout)
}

/// Opens the port again and again for as long as somebody uses the reader.
fn live(shared: &Shared, port: &Port, used: &Receiver<()>) {
    loop {
        match Line::open(&port.path, port.baud) {
            Ok(line) => talk(shared, line, used),
            Err(error) => shared.goes(Link::NoPort(error.to_string())),
        }
        if !pause(used, REOPEN) {
            return;
        }
    }
}

/// Looks for cards until the port is gone, nothing has answered for a while, or nobody uses the reader any more.
fn talk(shared: &Shared, mut line: Line, used: &Receiver<()>) {
    let mut silent = 0;
    loop {
        match look(&mut line) {
            Ok(found) => {
                silent = 0;
                take(shared, found);
            }
            Err(Trouble::Silent) => {
                silent += 1;
                if silent >= SILENT_LOOKS {
                    return shared.goes(Link::Silent);
                }
            }
            Err(Trouble::Gone(why)) => return shared.goes(Link::NoPort(why)),
        }
        if !pause(used, PAUSE) {
            return;
        }
    }
}

fn take(shared: &Shared, found: Found) {
    match found {
        Found::Nothing => shared.goes(Link::Working),
        Found::Faulty(fault) => shared.goes(Link::Faulty(fault.to_string())),
        Found::Unreadable(fault) => {
            tracing::warn!(%fault, "a card cannot be read");
            shared.read(Err(DeviceError::Unreadable));
        }
        Found::Card(reply) => shared.read(card::parse(&reply.data).map(Card::from).map_err(|error| {
            // The error names a field and never what stands in it.
            tracing::warn!(%error, "a card cannot be read");
            DeviceError::Unreadable
        })),
    }
}

impl From<card::CardText> for Card {
    /// Keeps what check-in needs and drops the rest.
    fn from(text: card::CardText) -> Self {
        Self { id_number: text.number.as_str().to_owned(), name: text.name, valid_until: text.valid_until }
    }
}
