//! The four questions of IPP (RFC 8011) that a print needs, and what their answers say.

use super::Paper;
use ipp::prelude::*;
use std::time::Duration;
use thiserror::Error;

/// A question must be answered within this time; the hand-over of the document has its own.
const ANSWER: Duration = Duration::from_secs(4);
/// Name under which the kiosk asks.
const USER: &str = "kaodian-kiosk";

/// The line to one printer.
pub(super) struct Wire {
    uri: Uri,
    paper: Paper,
}

/// The address is not that of a printer.
#[derive(Debug, Error)]
#[error("'{0}' is no address of a printer: write ipp://HOST[:PORT]/PATH")]
pub struct NotAPrinter(String);

/// Why there is no answer to a question.
#[derive(Debug, Error)]
pub(super) enum WireError {
    #[error("{0}")]
    Line(#[from] IppError),
    #[error("the answer lacks {0}")]
    Lacks(&'static str),
    #[error("the printer answers {0}")]
    Status(String),
}

/// A printer as it says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PrinterSeen {
    pub(super) name: String,
    pub(super) state: PrinterState,
    pub(super) accepting: bool,
    pub(super) reasons: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PrinterState {
    Idle,
    Processing,
    Stopped,
}

/// A job as the printer says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JobSeen {
    pub(super) state: JobState,
    pub(super) reasons: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JobState {
    /// Waits, or is held.
    Pending,
    /// Is printed, or was stopped while it was.
    Processing,
    Canceled,
    Aborted,
    Completed,
}

/// What became of the hand-over.
pub(super) enum Submission {
    /// The printer has the job, under this number.
    Taken(i32),
    /// The printer said no, with this status: it has nothing.
    Refused(String),
    /// The line broke, or the answer says nothing.
    Unknown(String),
}

impl Wire {
    pub(super) fn new(uri: &str, paper: Paper) -> Result<Self, NotAPrinter> {
        let wrong = || NotAPrinter(uri.to_owned());
        let parsed: Uri = uri.parse().map_err(|_| wrong())?;
        let scheme = matches!(parsed.scheme_str(), Some("ipp" | "ipps" | "http" | "https"));
        if scheme && parsed.host().is_some() { Ok(Self { uri: parsed, paper }) } else { Err(wrong()) }
    }

    pub(super) fn address(&self) -> String {
        self.uri.to_string()
    }

    /// Get-Printer-Attributes.
    pub(super) fn printer(&self) -> Result<PrinterSeen, WireError> {
        let answer = self.asked(Operation::GetPrinterAttributes, |_| Ok(()))?;
        let group = group(&answer, DelimiterTag::PrinterAttributes)?;
        let state = match number(group, "printer-state")? {
            4 => PrinterState::Processing,
            5 => PrinterState::Stopped,
            _ => PrinterState::Idle,
        };
        let accepting = words(group, "printer-is-accepting-jobs").first().is_none_or(|word| word != "false");
        let name = words(group, "printer-name").into_iter().next().unwrap_or_default();
        Ok(PrinterSeen { name, state, accepting, reasons: words(group, "printer-state-reasons") })
    }

    /// Print-Job: the document goes with the request.
    pub(super) fn submit(&self, name: &str, pdf: &[u8], limit: Duration) -> Submission {
        let request = self.request(Operation::PrintJob, |request| {
            operation(request, "job-name", IppValue::NameWithoutLanguage(name.try_into()?))?;
            operation(request, "document-format", IppValue::MimeMediaType("application/pdf".try_into()?))?;
            // A card on the wrong medium is a spoiled card: rather no print than another one.
            operation(request, "ipp-attribute-fidelity", IppValue::Boolean(self.paper.media.is_some()))?;
            for (name, value) in [("media", &self.paper.media), ("sides", &self.paper.sides)] {
                if let Some(value) = value {
                    let value = IppValue::Keyword(value.as_str().try_into()?);
                    add(request, DelimiterTag::JobAttributes, name, value)?;
                }
            }
            Ok(())
        });
        let mut request = match request {
            Ok(request) => request,
            Err(error) => return Submission::Refused(error.to_string()),
        };
        *request.payload_mut() = IppPayload::new(std::io::Cursor::new(pdf.to_vec()));
        let client = IppClient::builder(self.uri.clone()).request_timeout(limit).build();
        match client.send(request) {
            Err(error) => Submission::Unknown(error.to_string()),
            Ok(answer) if !answer.header().status_code().is_success() => {
                Submission::Refused(status_of(&answer))
            }
            Ok(answer) => match group(&answer, DelimiterTag::JobAttributes).and_then(|g| number(g, "job-id"))
            {
                Ok(job) => Submission::Taken(job),
                Err(error) => Submission::Unknown(error.to_string()),
            },
        }
    }

    /// Get-Job-Attributes; `None` if the printer knows no such job.
    pub(super) fn job(&self, job: i32) -> Result<Option<JobSeen>, WireError> {
        let named = |request: &mut IppRequestResponse| operation(request, "job-id", IppValue::Integer(job));
        let answer = match self.asked(Operation::GetJobAttributes, named) {
            Err(WireError::Status(status)) if status.contains("not-found") || status.contains("gone") => {
                return Ok(None);
            }
            other => other?,
        };
        let group = group(&answer, DelimiterTag::JobAttributes)?;
        let state = match number(group, "job-state")? {
            5 | 6 => JobState::Processing,
            7 => JobState::Canceled,
            8 => JobState::Aborted,
            9 => JobState::Completed,
            _ => JobState::Pending,
        };
        Ok(Some(JobSeen { state, reasons: words(group, "job-state-reasons") }))
    }

    /// Cancel-Job.
    pub(super) fn cancel(&self, job: i32) -> Result<(), WireError> {
        let named = |request: &mut IppRequestResponse| operation(request, "job-id", IppValue::Integer(job));
        self.asked(Operation::CancelJob, named).map(|_| ())
    }

    fn asked(
        &self,
        what: Operation,
        fill: impl FnOnce(&mut IppRequestResponse) -> Result<(), IppError>,
    ) -> Result<IppRequestResponse, WireError> {
        let request = self.request(what, fill)?;
        let client = IppClient::builder(self.uri.clone()).request_timeout(ANSWER).build();
        let answer = client.send(request)?;
        if answer.header().status_code().is_success() {
            Ok(answer)
        } else {
            Err(WireError::Status(status_of(&answer)))
        }
    }

    fn request(
        &self,
        what: Operation,
        fill: impl FnOnce(&mut IppRequestResponse) -> Result<(), IppError>,
    ) -> Result<IppRequestResponse, IppError> {
        let mut request = IppRequestResponse::new(IppVersion::v2_0(), what, Some(self.uri.clone()))?;
        operation(&mut request, "requesting-user-name", IppValue::NameWithoutLanguage(USER.try_into()?))?;
        fill(&mut request)?;
        Ok(request)
    }
}

impl JobState {
    pub(super) const fn has_begun(self) -> bool {
        matches!(self, Self::Processing | Self::Aborted | Self::Completed)
    }
}

impl PrinterState {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Processing => "processing",
            Self::Stopped => "stopped",
        }
    }
}

fn operation(request: &mut IppRequestResponse, name: &str, value: IppValue) -> Result<(), IppError> {
    add(request, DelimiterTag::OperationAttributes, name, value)
}

fn add(
    request: &mut IppRequestResponse,
    group: DelimiterTag,
    name: &str,
    value: IppValue,
) -> Result<(), IppError> {
    request.attributes_mut().add(group, IppAttribute::with_name(name, value)?);
    Ok(())
}

fn group(answer: &IppRequestResponse, tag: DelimiterTag) -> Result<&IppAttributeGroup, WireError> {
    answer.attributes().groups_of(tag).next().ok_or(WireError::Lacks("what was asked for"))
}

fn number(group: &IppAttributeGroup, name: &'static str) -> Result<i32, WireError> {
    match group.get(name).map(IppAttribute::value) {
        Some(IppValue::Integer(number) | IppValue::Enum(number)) => Ok(*number),
        _ => Err(WireError::Lacks(name)),
    }
}

/// All values of an attribute as text.
fn words(group: &IppAttributeGroup, name: &str) -> Vec<String> {
    let value = group.get(name).map(IppAttribute::value);
    value.into_iter().flatten().map(ToString::to_string).collect()
}

/// The status in the words of the standard: `client-error-document-format-not-supported`.
fn status_of(answer: &IppRequestResponse) -> String {
    let mut words = String::new();
    for letter in format!("{:?}", answer.header().status_code()).chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push('-');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}
