//! A printer that speaks IPP: one on the network, or the queue of a printing system (CUPS) that drives one.
//!
//! The job is handed over once and then followed until the printer says how it ended. What the printer says for certain
//! is the answer; of what nobody knows it says so, and nothing is ever handed over a second time.

mod wire;

use super::trouble::Trouble;
use super::{DeviceError, Finding, Printer, Sheet};
use std::time::{Duration, Instant};
use wire::{JobSeen, JobState, PrinterSeen, PrinterState, Submission, Wire};

pub use wire::NotAPrinter;

/// Pause between two questions how far the job is.
const LOOK: Duration = Duration::from_millis(300);
/// How long a job that was cancelled is asked for its end.
const GRACE: Duration = Duration::from_secs(5);

/// How much longer than its deadline a print may take: the job is cancelled then, and the printer asked what became of it.
pub const LONGEST_GRACE: Duration = Duration::from_secs(15);

/// A printer that speaks IPP.
pub struct IppPrinter {
    wire: Wire,
    limit: Duration,
}

/// How certificates are to be printed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paper {
    /// `media` of the job, such as `iso_a4_210x297mm` or `oe_iso-id1_54x86mm`; `None`: as the printer is set.
    pub media: Option<String>,
    /// `sides` of the job: `one-sided`, `two-sided-long-edge`, `two-sided-short-edge`; `None`: as the printer is set.
    pub sides: Option<String>,
}

impl IppPrinter {
    /// The printer at this address; a print must be done within `limit`, else it is cancelled.
    ///
    /// # Errors
    /// [`NotAPrinter`] if the address is none.
    pub fn new(uri: &str, paper: Paper, limit: Duration) -> Result<Self, NotAPrinter> {
        Ok(Self { wire: Wire::new(uri, paper)?, limit })
    }

    fn follow(
        &self,
        job: i32,
        end: Instant,
        sheet: &Sheet,
        tell: &mut dyn FnMut(Option<Trouble>),
    ) -> Result<(), DeviceError> {
        let mut begun = false;
        loop {
            match self.wire.job(job) {
                // The printer started anew and has forgotten the job.
                Ok(None) => return Err(DeviceError::ConnectionLost),
                Ok(Some(seen)) => {
                    begun |= seen.state.has_begun();
                    if let Some(end) = ended(&seen, begun) {
                        return end;
                    }
                    tell(self.trouble(&seen));
                }
                Err(error) => {
                    tracing::debug!(%error, "the printer does not say how far the job is");
                    tell(Some(Trouble::Offline));
                }
            }
            if Instant::now() >= end || sheet.cancelled.wait(LOOK) {
                return self.give_up(job, begun);
            }
        }
    }

    fn trouble(&self, seen: &JobSeen) -> Option<Trouble> {
        let of_job = Trouble::worst(seen.reasons.iter().map(String::as_str));
        let of_printer = self.wire.printer().ok().and_then(|printer| trouble_of(&printer));
        of_printer.into_iter().chain(of_job).min()
    }

    /// The deadline is over. What is still to come must not come any more.
    fn give_up(&self, job: i32, mut begun: bool) -> Result<(), DeviceError> {
        if let Err(error) = self.wire.cancel(job) {
            tracing::warn!(%error, "the job could not be cancelled");
        }
        let end = Instant::now() + GRACE;
        let nobody = super::Cancelled::default();
        while Instant::now() < end {
            match self.wire.job(job) {
                Ok(Some(seen)) => {
                    begun |= seen.state.has_begun();
                    match ended(&seen, begun) {
                        Some(Err(DeviceError::Cancelled)) => return Err(DeviceError::Timeout),
                        Some(end) => return end,
                        None => {}
                    }
                }
                Ok(None) | Err(_) => return Err(DeviceError::ConnectionLost),
            }
            nobody.wait(LOOK);
        }
        Err(DeviceError::Timeout)
    }
}

impl Printer for IppPrinter {
    fn print(&mut self, sheet: &Sheet, tell: &mut dyn FnMut(Option<Trouble>)) -> Result<(), DeviceError> {
        let end = Instant::now() + self.limit;
        // Asked first, so that what keeps it from beginning is known before a sheet is at risk.
        let printer = self.wire.printer().map_err(|error| {
            tracing::warn!(%error, "the printer does not answer");
            DeviceError::Offline
        })?;
        let trouble = trouble_of(&printer);
        tell(trouble);
        if let Some(refused) = refusal(&printer, trouble) {
            return Err(refused);
        }
        match self.wire.submit(&sheet.name, &sheet.pdf, self.limit) {
            Submission::Taken(job) => self.follow(job, end, sheet, tell),
            Submission::Refused(status) => {
                tracing::warn!(status, "the printer refused the job");
                Err(if status.contains("not-accepting") || status.contains("busy") {
                    DeviceError::NotAccepting
                } else {
                    DeviceError::DocumentRefused
                })
            }
            Submission::Unknown(error) => {
                tracing::warn!(error, "nobody knows whether the printer took the job");
                Err(DeviceError::ConnectionLost)
            }
        }
    }

    fn probe(&mut self) -> Finding {
        match self.wire.printer() {
            Err(error) => Finding::unusable(
                format!("{}: {error}", self.wire.address()),
                "kiosk-doctor-mend-printer-ipp",
            ),
            Ok(printer) => {
                let trouble = trouble_of(&printer);
                let reasons = printer.reasons.join(", ");
                let what = format!("{}, {}, {reasons}", printer.name, printer.state.word());
                match refusal(&printer, trouble) {
                    None => Finding::usable(what),
                    Some(DeviceError::NotAccepting) => {
                        Finding::unusable(what, "kiosk-doctor-mend-printer-not-accepting")
                    }
                    Some(_) => Finding::unusable(what, "kiosk-doctor-mend-printer-stopped"),
                }
            }
        }
    }
}

fn trouble_of(printer: &PrinterSeen) -> Option<Trouble> {
    let stopped = (printer.state == PrinterState::Stopped).then_some(Trouble::Stopped);
    Trouble::worst(printer.reasons.iter().map(String::as_str)).into_iter().chain(stopped).min()
}

/// Why a printer takes no sheet now.
fn refusal(printer: &PrinterSeen, trouble: Option<Trouble>) -> Option<DeviceError> {
    match trouble {
        Some(Trouble::OutOfPaper) => Some(DeviceError::OutOfPaper),
        Some(Trouble::Offline) => Some(DeviceError::Offline),
        Some(Trouble::Jam | Trouble::DoorOpen | Trouble::Ribbon | Trouble::Stopped) => {
            Some(DeviceError::Stopped)
        }
        Some(Trouble::Attention) | None => (!printer.accepting).then_some(DeviceError::NotAccepting),
    }
}

/// How a job has ended, if it has.
fn ended(seen: &JobSeen, begun: bool) -> Option<Result<(), DeviceError>> {
    let says = |word: &str| seen.reasons.iter().any(|reason| reason.contains(word));
    match seen.state {
        JobState::Pending | JobState::Processing => None,
        JobState::Completed if says("completed-with-errors") => Some(Err(DeviceError::Aborted)),
        JobState::Completed => Some(Ok(())),
        JobState::Aborted if says("document-format") => Some(Err(DeviceError::DocumentRefused)),
        JobState::Aborted => Some(Err(DeviceError::Aborted)),
        JobState::Canceled if begun => Some(Err(DeviceError::Cancelled)),
        JobState::Canceled => Some(Err(DeviceError::NotBegun)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printer(state: PrinterState, accepting: bool, reasons: &[&str]) -> PrinterSeen {
        let reasons = reasons.iter().map(|reason| (*reason).to_owned()).collect();
        PrinterSeen { name: "Printer".to_owned(), state, accepting, reasons }
    }

    #[test]
    fn a_printer_that_cannot_begin_is_refused_before_a_sheet_is_at_risk() {
        for (seen, expected) in [
            (printer(PrinterState::Idle, true, &["none"]), None),
            (printer(PrinterState::Processing, true, &["toner-low"]), None),
            (printer(PrinterState::Idle, false, &["none"]), Some("not_accepting")),
            (printer(PrinterState::Stopped, true, &["none"]), Some("stopped")),
            (printer(PrinterState::Idle, true, &["media-empty-error"]), Some("out_of_paper")),
            (printer(PrinterState::Stopped, true, &["media-jam"]), Some("stopped")),
            (printer(PrinterState::Idle, true, &["connecting-to-device"]), Some("offline")),
        ] {
            let refused = refusal(&seen, trouble_of(&seen));
            assert_eq!(refused.map(DeviceError::code), expected, "{seen:?}");
            assert!(refused.is_none_or(DeviceError::is_untouched), "{seen:?}");
        }
    }

    #[test]
    fn only_what_the_printer_says_for_certain_is_taken_as_certain() {
        for (state, reasons, begun, expected) in [
            (JobState::Pending, "none", false, None),
            (JobState::Processing, "job-printing", true, None),
            (JobState::Completed, "job-completed-successfully", true, Some(Ok(()))),
            (JobState::Completed, "job-completed-with-errors", true, Some(Err("aborted"))),
            (JobState::Aborted, "aborted-by-system", true, Some(Err("aborted"))),
            (JobState::Aborted, "unsupported-document-format", true, Some(Err("document_refused"))),
            (JobState::Canceled, "job-canceled-at-device", true, Some(Err("cancelled"))),
            (JobState::Canceled, "job-canceled-by-user", false, Some(Err("not_begun"))),
        ] {
            let seen = JobSeen { state, reasons: vec![reasons.to_owned()] };
            let got = ended(&seen, begun).map(|end| end.map_err(DeviceError::code));
            assert_eq!(got, expected, "{reasons}");
        }
    }
}
