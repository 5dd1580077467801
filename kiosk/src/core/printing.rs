//! Printing certificates on numbered blanks.

use super::refusal::Refusal;
use super::state::{Print, PrintStage, State};
use super::{Action, Answer, PrintFault, PrintJob, PrintOutcome};
use shared::blanks::{BlankFlaw, judge};
use shared::ids::{AccountId, CertificateId};
use shared::wire::v1::journal::KioskFact;

/// Code of a print whose end nobody saw, because the kiosk stopped in the middle of it.
pub const UNKNOWN_OUTCOME: &str = "unknown_outcome";

/// Decides whether a print may begin. The fact comes first, the printer is told afterwards: after a crash there is
/// then never a printed sheet of which the journal knows nothing.
pub fn print(state: &State, wish: &PrintWish) -> Vec<Action> {
    match admissible(state, wish) {
        Err(refusal) => vec![Action::Refuse(refusal)],
        Ok(job) => {
            let fact = KioskFact::PrintStarted {
                certificate: job.certificate.to_string(),
                attempt: job.attempt,
                blank: job.blank.to_string(),
                reason: wish.reprint.as_ref().map(|reason| reason.as_str().to_owned()),
            };
            vec![Action::Record(vec![fact]), Action::Print(job)]
        }
    }
}

/// What the printer reported. An answer to a print that is no longer running (it came after the deadline) is dropped:
/// that attempt has been settled.
pub fn printer_answered(state: &State, job: &PrintJob, result: Result<(), PrintFault>) -> Vec<Action> {
    let running = state
        .prints()
        .get(&job.certificate)
        .is_some_and(|print| print.attempt == job.attempt && matches!(print.stage, PrintStage::Running));
    if !running {
        return Vec::new();
    }
    let (certificate, attempt, blank) = (job.certificate.to_string(), job.attempt, job.blank.to_string());
    let (fact, outcome) = match result {
        Ok(()) => (KioskFact::Printed { certificate, attempt, blank }, PrintOutcome::Printed),
        Err(fault) => {
            let (code, untouched) = (fault.code.to_owned(), fault.untouched);
            let fact = KioskFact::PrintFailed { certificate, attempt, blank, code, untouched };
            (fact, PrintOutcome::Failed(fault))
        }
    };
    vec![Action::Record(vec![fact]), Action::Answer(Answer::PrintEnded { job: job.clone(), outcome })]
}

/// What staff found in the tray after a print whose end the printer did not report. A sheet that came out whole is the
/// certificate; printing it again would put a second one into the world.
pub fn settle(state: &State, certificate: CertificateId, came_out: bool, staff: &AccountId) -> Vec<Action> {
    if !state.may_sign(staff) {
        return vec![Action::Refuse(Refusal::StaffUnknown)];
    }
    match state.prints().get(&certificate) {
        Some(print) if print.is_unsettled() => {
            let fact = KioskFact::PrintSettled {
                certificate: certificate.to_string(),
                attempt: print.attempt,
                blank: print.blank.clone(),
                staff: staff.to_string(),
                came_out,
            };
            vec![Action::Record(vec![fact]), Action::Answer(Answer::Settled { certificate, came_out })]
        }
        _ => vec![Action::Refuse(Refusal::NothingToSettle)],
    }
}

/// At start-up: prints that were running when the kiosk stopped. Whether the sheet came out nobody knows; a person
/// looks, and prints again on another blank if need be.
pub fn settle_unknown(state: &State) -> Vec<Action> {
    let facts: Vec<_> = state
        .prints()
        .iter()
        .filter(|(_, print)| matches!(print.stage, PrintStage::Running))
        .map(|(certificate, print)| KioskFact::PrintFailed {
            certificate: certificate.to_string(),
            attempt: print.attempt,
            blank: print.blank.clone(),
            code: UNKNOWN_OUTCOME.to_owned(),
            untouched: false,
        })
        .collect();
    if facts.is_empty() { Vec::new() } else { vec![Action::Record(facts)] }
}

/// What staff asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintWish {
    /// Certificate.
    pub certificate: CertificateId,
    /// Number of the blank that was put in.
    pub blank: Blank,
    /// Why a second copy is wanted, although the first came out.
    pub reprint: Option<Reason>,
    /// Whether the PDF is at hand.
    pub file_at_hand: bool,
}

/// Why a certificate is printed again: 1–100 characters, none of them a control character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

/// The text is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reason has 1 to 100 characters")]
pub struct NotAReason;

impl Reason {
    /// Reads a reason; spaces around it are dropped.
    ///
    /// # Errors
    /// [`NotAReason`] if it is empty, longer than 100 characters or holds a control character.
    pub fn parse(text: &str) -> Result<Self, NotAReason> {
        let text = text.trim();
        let right = (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if right { Ok(Self(text.to_owned())) } else { Err(NotAReason) }
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Longest number of a blank in characters.
const MAX_BLANK: usize = 40;

/// Number of a blank: 1–40 ASCII letters, digits and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Blank(String);

/// The text is no number of a blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the number of a blank has 1 to {MAX_BLANK} ASCII letters, digits or '-'")]
pub struct NotABlank;

impl Blank {
    /// Reads a number; spaces around it are dropped.
    ///
    /// # Errors
    /// [`NotABlank`] if it is empty, too long or holds another character.
    pub fn parse(text: &str) -> Result<Self, NotABlank> {
        let text = text.trim();
        let right = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if right && (1..=MAX_BLANK).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotABlank)
        }
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Blank {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

fn admissible(state: &State, wish: &PrintWish) -> Result<PrintJob, Refusal> {
    let roster = state.roster().ok_or(Refusal::NoBundle)?;
    let ready = roster.certificate(&wish.certificate).ok_or(Refusal::UnknownCertificate)?;
    if !state.has_lease(ready) {
        return Err(Refusal::LeaseElsewhere);
    }
    if state.prints().values().any(|print| matches!(print.stage, PrintStage::Running)) {
        return Err(Refusal::PrinterBusy);
    }
    let before = state.prints().get(&wish.certificate);
    let printed_here = before.is_some_and(|print| matches!(print.stage, PrintStage::Printed));
    if (printed_here || ready.printed) && wish.reprint.is_none() {
        return Err(Refusal::AlreadyPrinted);
    }
    // Nobody has looked yet whether the last sheet came out: a second one may be one too many.
    if before.is_some_and(Print::is_unsettled) {
        return Err(Refusal::SettleFirst);
    }
    let used = state.blank_is_used(wish.blank.as_str());
    judge(roster.blanks(), used, wish.blank.as_str()).map_err(|flaw| match flaw {
        BlankFlaw::Outside => Refusal::BlankOutside,
        BlankFlaw::Used => Refusal::BlankUsed,
    })?;
    if !wish.file_at_hand {
        return Err(Refusal::FileMissing);
    }
    let attempt = before.map_or(0, |print| print.attempt).saturating_add(1);
    Ok(PrintJob { certificate: wish.certificate.clone(), attempt, blank: wish.blank.clone(), pdf: ready.pdf })
}
