//! Camera, card reader, printer, loudspeaker: a trait each, and which one is used says the configuration.

pub mod espeak;
pub mod file;
#[cfg(feature = "nokhwa")]
pub mod nokhwa;
pub mod none;
pub mod portrait;
pub mod sim;

use crate::config::Config;
use crate::voice::Announcement;
use crate::voice::snippets::Snippets;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use thiserror::Error;

/// A camera. It lives in a thread of its own, so that a frame that never comes holds up nothing else.
pub trait Camera {
    /// A picture as JPEG.
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
    /// Prints; returns when the printer reports the end.
    ///
    /// # Errors
    /// [`DeviceError`].
    fn print(&mut self, sheet: &Sheet) -> Result<(), DeviceError>;
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
pub struct Cancelled(Arc<AtomicBool>);

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
}

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

impl DeviceError {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::OutOfPaper => "out_of_paper",
            Self::Timeout => "timeout",
            Self::NoPicture => "no_picture",
        }
    }
}

impl Cancelled {
    /// Gives the job up.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it has been given up.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
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
pub fn camera(config: &Config, scenario: &Arc<sim::Scenario>) -> Result<Make<dyn Camera>, UnknownKind> {
    match config.camera.kind.as_str() {
        "none" => Ok(Box::new(|| Box::new(none::Nothing))),
        "sim" => {
            let scenario = Arc::clone(scenario);
            Ok(Box::new(move || Box::new(sim::SimCamera::new(scenario))))
        }
        #[cfg(feature = "nokhwa")]
        "nokhwa" => {
            let index = config.camera.index;
            Ok(Box::new(move || Box::new(nokhwa::NokhwaCamera::new(index))))
        }
        other => Err(UnknownKind { section: "camera", kind: other.to_owned(), known: "none, sim, nokhwa" }),
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
        other => Err(UnknownKind { section: "reader", kind: other.to_owned(), known: "none, sim" }),
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
        other => Err(UnknownKind { section: "printer", kind: other.to_owned(), known: "none, file" }),
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
