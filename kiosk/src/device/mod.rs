//! Camera, card reader, printer, loudspeaker: a trait each, and which one is used says the configuration.

pub mod escpos;
pub mod espeak;
pub mod eye;
pub mod faces;
pub mod file;
pub mod ipp;
#[cfg(feature = "nokhwa")]
pub mod nokhwa;
pub mod none;
pub mod portrait;
pub mod prompt;
pub mod qr;
pub mod sam;
pub mod sequence;
pub mod serial;
pub mod sim;
pub mod ticket;
pub mod ticket_pdf;
pub mod trouble;

use crate::config::Config;
use crate::voice::Announcement;
use crate::voice::snippets::Snippets;
use shared::time::Date;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use thiserror::Error;
use ticket::{EscPos, Line, TicketPrinter};
use trouble::Trouble;

/// A camera. It lives in a thread of its own, so that a frame that never comes holds up nothing else; see [`eye`].
pub trait Camera {
    /// A picture as JPEG, of now and not of a while ago.
    ///
    /// # Errors
    /// [`DeviceError`].
    fn picture(&mut self) -> Result<Vec<u8>, DeviceError>;
    /// Looks whether it is there.
    fn probe(&mut self) -> Finding;
}

/// A reader of identity cards.
pub trait IdReader: Send {
    /// The card that lies on the reader, as last seen; returns at once.
    ///
    /// # Errors
    /// [`DeviceError`].
    fn card(&mut self) -> Result<Option<Card>, DeviceError>;
    /// Looks whether it is there.
    fn probe(&mut self) -> Finding;
}

/// A printer. It lives in a thread of its own.
pub trait Printer {
    /// Prints; returns when the printer reports the end. Until then it tells what holds the printer up, or that nothing
    /// does.
    ///
    /// # Errors
    /// [`DeviceError`].
    fn print(&mut self, sheet: &Sheet, tell: &mut dyn FnMut(Option<Trouble>)) -> Result<(), DeviceError>;
    /// Looks whether it is there.
    fn probe(&mut self) -> Finding;
}

/// A voice. It lives in a thread of its own, so that two calls are never spoken at once.
pub trait Voice {
    /// A call as a WAV file, said as often as it asks for.
    ///
    /// # Errors
    /// [`VoiceError`].
    fn wav(&mut self, call: &Announcement) -> Result<Vec<u8>, VoiceError>;
    /// Speaks a call on the machine's own loudspeaker; returns when it has been spoken, and whether it was.
    fn speak(&mut self, call: &Announcement) -> bool;
    /// Looks whether it is there.
    fn probe(&mut self) -> Finding;
}

/// What is on an identity card.
#[derive(Clone, PartialEq, Eq)]
pub struct Card {
    /// Identity number as read.
    pub id_number: String,
    /// Name as read.
    pub name: String,
    /// Last day of the card's validity; `None` if it is valid for ever or the reader does not tell.
    pub valid_until: Option<Date>,
}

/// One sheet to be printed.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Name for the job: certificate and attempt.
    pub name: String,
    /// The PDF.
    pub pdf: Vec<u8>,
    /// Set when the deadline is over: a sheet that has not been begun by then must not come out any more.
    pub cancelled: Cancelled,
}

/// Whether a job has been given up.
#[derive(Debug, Clone, Default)]
pub struct Cancelled(Arc<(Mutex<bool>, Condvar)>);

/// Why a device did not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DeviceError {
    /// Not there, or out of order.
    #[error("the device is out of order")]
    Broken,
    /// No paper.
    #[error("the printer has no paper")]
    OutOfPaper,
    /// No answer in time.
    #[error("the device does not answer")]
    Timeout,
    /// It gave something that is no picture.
    #[error("the device gave no picture")]
    NoPicture,
    /// The printer cannot be reached; nothing was handed over.
    #[error("the printer cannot be reached")]
    Offline,
    /// The printer takes no jobs at present.
    #[error("the printer takes no jobs")]
    NotAccepting,
    /// Something at the printer keeps it from beginning.
    #[error("the printer is stopped")]
    Stopped,
    /// The printer cannot print this document, or not as it is configured.
    #[error("the printer refused the document")]
    DocumentRefused,
    /// The printer had not begun when the time was over, and the job was cancelled.
    #[error("the printer did not begin in time")]
    NotBegun,
    /// The printer gave the job up in the middle.
    #[error("the printer gave the job up")]
    Aborted,
    /// Somebody cancelled the job at the printer.
    #[error("the job was cancelled at the printer")]
    Cancelled,
    /// The printer went away while it had the job.
    #[error("the line to the printer broke while it had the job")]
    ConnectionLost,
    /// A card lies there that it cannot read.
    #[error("the card cannot be read")]
    Unreadable,
}

/// Codes with which a print may fail, for whoever has words for each: those of [`DeviceError`] and what is found after the
/// kiosk was stopped in the middle of a print.
pub const PRINT_CODES: [&str; 12] = [
    "broken",
    "out_of_paper",
    "offline",
    "not_accepting",
    "stopped",
    "document_refused",
    "not_begun",
    "timeout",
    "aborted",
    "cancelled",
    "connection_lost",
    "unknown_outcome",
];

/// Why a call has no sound.
#[derive(Debug, Error)]
pub enum VoiceError {
    /// The voice is silent.
    #[error("the voice is silent")]
    Silent,
    /// A sound cannot be read.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// espeak-ng does not start.
    #[error("espeak-ng does not start: {0}")]
    Start(std::io::Error),
    /// espeak-ng failed.
    #[error("espeak-ng ended with {0}")]
    Failed(std::process::ExitStatus),
    /// The sounds cannot be put together.
    #[error(transparent)]
    Wav(crate::voice::wav::WavError),
}

/// What was found of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it can be used.
    pub usable: bool,
    /// What was found, technically.
    pub what: String,
    /// Message id of how to mend it.
    pub mend: Option<&'static str>,
}

/// Why there is no such device.
#[derive(Debug, Error)]
#[error("[{section}] kind = \"{kind}\" is not known here; known are: {known}")]
pub struct UnknownKind {
    section: &'static str,
    kind: String,
    known: &'static str,
}

/// Makes a device within the thread in which it lives.
pub type Make<T> = Box<dyn FnOnce() -> Box<T> + Send>;

/// Makes a camera within the thread in which it lives, and another one in another thread should that one hang.
pub type MakeCamera = Arc<dyn Fn() -> Box<dyn Camera> + Send + Sync>;

impl DeviceError {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::OutOfPaper => "out_of_paper",
            Self::Timeout => "timeout",
            Self::NoPicture => "no_picture",
            Self::Offline => "offline",
            Self::NotAccepting => "not_accepting",
            Self::Stopped => "stopped",
            Self::DocumentRefused => "document_refused",
            Self::NotBegun => "not_begun",
            Self::Aborted => "aborted",
            Self::Cancelled => "cancelled",
            Self::ConnectionLost => "connection_lost",
            Self::Unreadable => "unreadable",
        }
    }

    /// Whether it is certain that nothing was printed, so that the blank is as good as before.
    #[must_use]
    pub const fn is_untouched(self) -> bool {
        matches!(
            self,
            Self::OutOfPaper
                | Self::Offline
                | Self::NotAccepting
                | Self::Stopped
                | Self::DocumentRefused
                | Self::NotBegun
        )
    }
}

impl Cancelled {
    /// Gives the job up.
    pub fn cancel(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }

    /// Whether it has been given up.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is given up, but no longer than this; answers whether it is.
    pub fn wait(&self, longest: Duration) -> bool {
        let given_up = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.1.wait_timeout_while(given_up, longest, |given_up| !*given_up);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Finding {
    /// It can be used.
    #[must_use]
    pub fn usable(what: impl Into<String>) -> Self {
        Self { usable: true, what: what.into(), mend: None }
    }

    /// It cannot be used.
    #[must_use]
    pub fn unusable(what: impl Into<String>, mend: &'static str) -> Self {
        Self { usable: false, what: what.into(), mend: Some(mend) }
    }
}

impl std::fmt::Debug for Card {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Card(…)")
    }
}

/// The camera that the configuration names.
///
/// # Errors
/// [`UnknownKind`].
pub fn camera(config: &Config, scenario: &Arc<sim::Scenario>) -> Result<MakeCamera, UnknownKind> {
    match config.camera.kind.as_str() {
        "none" => Ok(Arc::new(|| Box::new(none::Nothing))),
        "sim" => {
            let scenario = Arc::clone(scenario);
            Ok(Arc::new(move || Box::new(sim::SimCamera::new(Arc::clone(&scenario)))))
        }
        "files" => {
            let (dir, rate) = (config.picture_dir(), config.camera.frames_per_second);
            Ok(Arc::new(move || Box::new(sequence::SequenceCamera::new(&dir, rate))))
        }
        #[cfg(feature = "nokhwa")]
        "nokhwa" => {
            let index = config.camera.index;
            Ok(Arc::new(move || Box::new(nokhwa::NokhwaCamera::new(index))))
        }
        other => {
            let known = "none, sim, files, nokhwa";
            Err(UnknownKind { section: "camera", kind: other.to_owned(), known })
        }
    }
}

/// The card reader that the configuration names.
///
/// # Errors
/// [`UnknownKind`].
pub fn reader(config: &Config, scenario: &Arc<sim::Scenario>) -> Result<Box<dyn IdReader>, UnknownKind> {
    match config.reader.kind.as_str() {
        "none" => Ok(Box::new(none::Nothing)),
        "sim" => Ok(Box::new(sim::SimReader::new(Arc::clone(scenario)))),
        "serial" => {
            let (path, baud) = (config.reader.port.clone(), config.reader.baud);
            Ok(Box::new(sam::SerialReader::start(sam::Port { path, baud })))
        }
        other => Err(UnknownKind { section: "reader", kind: other.to_owned(), known: "none, sim, serial" }),
    }
}

/// The printer that the configuration names.
///
/// # Errors
/// [`UnknownKind`].
pub fn printer(config: &Config, scenario: &Arc<sim::Scenario>) -> Result<Make<dyn Printer>, UnknownKind> {
    match config.printer.kind.as_str() {
        "none" => Ok(Box::new(|| Box::new(none::Nothing))),
        "file" => {
            let file = file::FilePrinter::new(&config.print_dir());
            let scenario = Arc::clone(scenario);
            Ok(Box::new(move || Box::new(sim::SimPrinter::new(scenario, file))))
        }
        "ipp" => {
            let (uri, limit) = (config.printer.uri.clone().unwrap_or_default(), config.printer_deadline());
            let (media, sides) = (config.printer.media.clone(), config.printer.sides.clone());
            let paper = ipp::Paper { media, sides };
            let wrong = |_| UnknownKind {
                section: "printer",
                kind: uri.clone(),
                known: "ipp with the printer's uri",
            };
            let printer = ipp::IppPrinter::new(&uri, paper, limit).map_err(wrong)?;
            Ok(Box::new(move || Box::new(printer)))
        }
        other => Err(UnknownKind { section: "printer", kind: other.to_owned(), known: "none, file, ipp" }),
    }
}

/// The loudspeaker that the configuration names.
///
/// # Errors
/// [`UnknownKind`].
pub fn voice(config: &Config) -> Result<Make<dyn Voice>, UnknownKind> {
    let espeak = espeak::Espeak::new(config.data_dir.join("call.wav"));
    match config.voice.kind.as_str() {
        "silent" => Ok(Box::new(|| Box::new(none::Nothing))),
        "espeak" => Ok(Box::new(move || Box::new(espeak))),
        "snippets" => {
            let folder = config.voice_folder();
            Ok(Box::new(move || Box::new(Snippets::new(folder, espeak))))
        }
        other => {
            Err(UnknownKind { section: "voice", kind: other.to_owned(), known: "silent, espeak, snippets" })
        }
    }
}

/// The printer of queue tickets that the configuration names.
///
/// # Errors
/// [`UnknownKind`].
pub fn ticket_printer(config: &Config) -> Result<Make<dyn TicketPrinter>, UnknownKind> {
    let section = &config.ticket;
    let unknown = |known| UnknownKind { section: "ticket", kind: section.kind.clone(), known };
    let line = match section.kind.as_str() {
        "none" => return Ok(Box::new(|| Box::new(ticket::NoTickets))),
        "pdf" => {
            let dir = config.ticket_dir();
            return Ok(Box::new(move || Box::new(ticket_pdf::PdfTickets::new(&dir))));
        }
        "escpos-tcp" => {
            let address = section.address.clone();
            Line::Tcp(address.ok_or_else(|| unknown("escpos-tcp with address = \"HOST:9100\""))?)
        }
        "escpos-serial" => {
            let path = section.path.clone();
            Line::Serial(path.ok_or_else(|| unknown("escpos-serial with path = \"/dev/…\""))?, section.baud)
        }
        _ => return Err(unknown("none, pdf, escpos-tcp, escpos-serial")),
    };
    let printer = EscPos::new(line, config.ticket_deadline());
    Ok(Box::new(move || Box::new(printer)))
}
