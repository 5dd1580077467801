//! The devices, each in a thread of its own, as the agent uses them.

use super::Message;
use crate::config::Config;
use crate::core::{PrintJob, Window};
use crate::device::sim::Scenario;
use crate::device::{
    self, Camera, Cancelled, DeviceError, IdReader, Make, Printer, Sheet, UnknownKind, Voice,
};
use crate::pictures::Pictures;
use crate::voice::{Announcement, Announcer, VoiceView};
use shared::ids::TicketNumber;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

/// Code of a picture that the camera gave and the disk refused.
pub(super) const NOT_KEPT: &str = "not_kept";

/// Devices that have been chosen but not started.
pub struct Devices {
    /// Camera.
    pub camera: Make<dyn Camera>,
    /// Card reader.
    pub reader: Box<dyn IdReader>,
    /// Printer.
    pub printer: Make<dyn Printer>,
    /// Loudspeaker.
    pub voice: Make<dyn Voice>,
    /// The calls that are to be spoken; silent where the voice is.
    pub announcer: Arc<Announcer>,
    /// A picture must be there within this time.
    pub camera_deadline: Duration,
    /// A print must be done within this time.
    pub printer_deadline: Duration,
}

/// Running devices.
pub struct Hands {
    reader: Box<dyn IdReader>,
    pictures_wanted: Sender<TicketNumber>,
    prints_wanted: Sender<(PrintJob, Sheet)>,
    announcer: Arc<Announcer>,
    printer_reports: Sender<Message>,
    camera_deadline: Duration,
    printer_deadline: Duration,
}

impl Devices {
    /// The devices that the configuration names.
    ///
    /// # Errors
    /// [`UnknownKind`].
    pub fn from_config(config: &Config, scenario: &Arc<Scenario>) -> Result<Self, UnknownKind> {
        Ok(Self {
            camera: device::camera(config, scenario)?,
            reader: device::reader(config, scenario)?,
            printer: device::printer(config, scenario)?,
            voice: device::voice(config)?,
            announcer: Arc::new(Announcer::new(config.voice.kind != "silent")),
            camera_deadline: config.camera_deadline(),
            printer_deadline: config.printer_deadline(),
        })
    }
}

impl Hands {
    /// Starts a thread for each device. The threads end with the program: one that hangs in a driver cannot be ended.
    #[must_use]
    pub fn start(devices: Devices, pictures: Arc<Pictures>, agent: &Sender<Message>) -> Self {
        Self {
            reader: devices.reader,
            pictures_wanted: start_camera(devices.camera, pictures, agent.clone()),
            prints_wanted: start_printer(devices.printer, agent.clone()),
            announcer: start_voice(devices.voice, devices.announcer),
            printer_reports: agent.clone(),
            camera_deadline: devices.camera_deadline,
            printer_deadline: devices.printer_deadline,
        }
    }

    pub(super) fn card(&mut self) -> Option<String> {
        match self.reader.card() {
            Ok(card) => card.map(|card| card.id_number),
            Err(error) => {
                tracing::warn!(%error, "the card reader cannot be used");
                None
            }
        }
    }

    pub(super) fn take_picture(&self, ticket: TicketNumber) {
        // A thread that has ended gives no picture; the deadline tells whoever waits.
        let _ = self.pictures_wanted.send(ticket);
    }

    pub(super) fn print(&self, job: &PrintJob, pictures: &Pictures, cancelled: Cancelled) {
        let pdf = match pictures.take(job.pdf) {
            Ok(Some(pdf)) => pdf,
            other => {
                tracing::error!(certificate = %job.certificate, ?other, "the file of a certificate cannot be read");
                let broken = Err(DeviceError::Broken.code());
                let _ = self.printer_reports.send(Message::PrinterAnswered(job.clone(), broken));
                return;
            }
        };
        let name = format!("{}-{}", job.certificate, job.attempt);
        let _ = self.prints_wanted.send((job.clone(), Sheet { name, pdf, cancelled }));
    }

    pub(super) fn say(&self, number: u32, window: &Window, times: u32) {
        self.announcer.say(Announcement { number, window: window.as_str().to_owned(), times });
    }

    pub(super) fn voice(&self) -> VoiceView {
        self.announcer.view()
    }

    pub(super) const fn camera_deadline(&self) -> Duration {
        self.camera_deadline
    }

    pub(super) const fn printer_deadline(&self) -> Duration {
        self.printer_deadline
    }
}

fn start_camera(
    make: Make<dyn Camera>,
    pictures: Arc<Pictures>,
    agent: Sender<Message>,
) -> Sender<TicketNumber> {
    let (wanted, wishes) = channel::<TicketNumber>();
    std::thread::spawn(move || {
        let mut camera = make();
        for ticket in wishes {
            let picture = camera.picture().map_err(DeviceError::code).and_then(|bytes| {
                pictures.put(&bytes).map_err(|error| {
                    tracing::error!(%error, "a picture cannot be kept");
                    NOT_KEPT
                })
            });
            if agent.send(Message::PictureTaken(ticket, picture)).is_err() {
                return;
            }
        }
    });
    wanted
}

fn start_printer(make: Make<dyn Printer>, agent: Sender<Message>) -> Sender<(PrintJob, Sheet)> {
    let (wanted, wishes) = channel::<(PrintJob, Sheet)>();
    std::thread::spawn(move || {
        let mut printer = make();
        for (job, sheet) in wishes {
            // A job that was given up while it waited must not come out any more.
            let result = if sheet.cancelled.is_cancelled() {
                Err(DeviceError::Timeout)
            } else {
                printer.print(&sheet)
            };
            let told = Message::PrinterAnswered(job, result.map_err(DeviceError::code));
            if agent.send(told).is_err() {
                return;
            }
        }
    });
    wanted
}

fn start_voice(make: Make<dyn Voice>, announcer: Arc<Announcer>) -> Arc<Announcer> {
    let served = Arc::clone(&announcer);
    std::thread::spawn(move || {
        let mut voice = make();
        served.serve(voice.as_mut());
    });
    announcer
}
