//! The devices, each in a thread of its own, as the agent uses them.

use super::Message;
use crate::config::Config;
use crate::core::{PrintFault, PrintJob, Window};
use crate::device::escpos::Slip;
use crate::device::sim::Scenario;
use crate::device::ticket::{TicketFault, TicketPrinter};
use crate::device::trouble::Trouble;
use crate::device::{
    self, Camera, Cancelled, DeviceError, IdReader, Make, Printer, Sheet, UnknownKind, Voice,
};
use crate::pictures::Pictures;
use crate::voice::{Announcement, Announcer, VoiceView};
use shared::ids::TicketNumber;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

/// Code of a picture that the camera gave and the disk refused.
pub(super) const NOT_KEPT: &str = "not_kept";

/// A queue ticket that was not begun within this time is not printed any more.
const STALE: Duration = Duration::from_secs(30);

/// Devices that have been chosen but not started.
pub struct Devices {
    /// Camera.
    pub camera: Make<dyn Camera>,
    /// Card reader.
    pub reader: Box<dyn IdReader>,
    /// Printer.
    pub printer: Make<dyn Printer>,
    /// Printer of queue tickets.
    pub tickets: Make<dyn TicketPrinter>,
    /// The page for the phone that a queue ticket leads to.
    pub phone_page: Option<String>,
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
    tickets_wanted: Sender<(Slip, Instant)>,
    phone_page: Option<String>,
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
            tickets: device::ticket_printer(config)?,
            phone_page: config.phone_page(),
            voice: device::voice(config)?,
            announcer: Arc::new(Announcer::new(config.voice.kind != "silent")),
            camera_deadline: config.camera_deadline(),
            printer_deadline: config.printer_deadline() + grace(config),
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
            tickets_wanted: start_tickets(devices.tickets, agent.clone()),
            phone_page: devices.phone_page,
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
                let broken = Err(fault(DeviceError::Broken));
                let _ = self.printer_reports.send(Message::PrinterAnswered(job.clone(), broken));
                return;
            }
        };
        let name = format!("{}-{}", job.certificate, job.attempt);
        let _ = self.prints_wanted.send((job.clone(), Sheet { name, pdf, cancelled }));
    }

    pub(super) fn give_ticket(&self, slip: Slip) {
        // A thread that has ended gives no ticket; the number is on the screen.
        let _ = self.tickets_wanted.send((slip, Instant::now()));
    }

    pub(super) fn phone_page(&self) -> Option<&str> {
        self.phone_page.as_deref()
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

/// A printer that is asked what became of a job needs its time for that beyond the deadline.
fn grace(config: &Config) -> Duration {
    if config.printer.kind == "ipp" { device::ipp::LONGEST_GRACE } else { Duration::ZERO }
}

/// A failure as the core takes it.
pub(super) const fn fault(error: DeviceError) -> PrintFault {
    PrintFault { code: error.code(), untouched: error.is_untouched() }
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
                let mut last = None;
                let mut tell = |trouble: Option<Trouble>| {
                    if last != Some(trouble) {
                        last = Some(trouble);
                        // An agent that has ended needs to know nothing more.
                        let _ = agent.send(Message::PrinterSays(job.certificate.clone(), trouble));
                    }
                };
                printer.print(&sheet, &mut tell)
            };
            let told = Message::PrinterAnswered(job, result.map_err(fault));
            if agent.send(told).is_err() {
                return;
            }
        }
    });
    wanted
}

fn start_tickets(make: Make<dyn TicketPrinter>, agent: Sender<Message>) -> Sender<(Slip, Instant)> {
    let (wanted, wishes) = channel::<(Slip, Instant)>();
    std::thread::spawn(move || {
        let mut printer = make();
        for (slip, since) in wishes {
            // Whoever waited so long has left with the number in mind; a pile of old tickets helps nobody.
            let result =
                if since.elapsed() > STALE { Err(TicketFault::Offline) } else { printer.print(&slip) };
            if agent.send(Message::TicketPrinted(result)).is_err() {
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
