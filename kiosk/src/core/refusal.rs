//! What the kiosk refuses, and why.

use shared::ids::TicketNumber;
use shared::time::Instant;
use thiserror::Error;

/// A refusal: a value, not a failure. Each has a stable code, which is also the end of its message id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// No day bundle has been received yet.
    #[error("there is no day bundle yet")]
    NoBundle,
    /// The typed text is no identity number.
    #[error("the text is no identity number")]
    IdNumberInvalid,
    /// The card reader holds no card.
    #[error("there is no card on the reader")]
    NoCard,
    /// Not expected at this exam point today.
    #[error("not on the roster of the day")]
    NotOnRoster,
    /// Check-in is not open yet.
    #[error("check-in opens at {opens_at}")]
    TooEarly {
        /// Ticket.
        ticket: TicketNumber,
        /// When it opens.
        opens_at: Instant,
    },
    /// Check-in is closed.
    #[error("check-in closed at {closed_at}")]
    TooLate {
        /// Ticket.
        ticket: TicketNumber,
        /// When it closed.
        closed_at: Instant,
    },
    /// Checked in before.
    #[error("ticket {ticket} is checked in already")]
    AlreadyCheckedIn {
        /// Ticket.
        ticket: TicketNumber,
    },
    /// Staff saw that this is somebody else.
    #[error("staff found that the person at ticket {ticket} is somebody else")]
    DifferentPerson {
        /// Ticket.
        ticket: TicketNumber,
    },
    /// No candidate of today has this ticket.
    #[error("no candidate of the day has this ticket")]
    UnknownTicket,
    /// Not checked in yet.
    #[error("the candidate has not checked in")]
    NotCheckedIn,
    /// A photograph must be taken before the comparison.
    #[error("there is no photograph to compare")]
    PhotoNeeded,
    /// The comparison is done; photograph and verdict stay.
    #[error("the comparison is done already")]
    AlreadyCompared,
    /// The camera gave no picture.
    #[error("the camera gave no picture: {0}")]
    CameraFailed(&'static str),
    /// Nobody waits.
    #[error("nobody waits")]
    NobodyWaiting,
    /// The candidate isn't called now.
    #[error("the candidate is not called at present")]
    NotCalled,
    /// The last call is too fresh.
    #[error("the next call is possible in {wait_seconds} s")]
    RecallTooEarly {
        /// Seconds until a call is possible.
        wait_seconds: i64,
    },
    /// Not called often enough to be passed over.
    #[error("called {calls} times, {needed} are needed before passing over")]
    TooFewCalls {
        /// Calls so far.
        calls: u32,
        /// Calls needed.
        needed: u32,
    },
    /// After the last call the person has as long to come as after any other.
    #[error("passing over is possible in {wait_seconds} s")]
    PassOverTooEarly {
        /// Seconds until it is possible.
        wait_seconds: i64,
    },
    /// The person is in no queue.
    #[error("the person is in no queue")]
    NotInQueue,
    /// The person is not away, so that nobody can come back.
    #[error("the person is not away")]
    NotAway,
    /// The person is in the line of this place already.
    #[error("the person is in the line of this place already")]
    SamePlace,
    /// There is no such place here.
    #[error("there is no such place here")]
    UnknownPlace,
    /// Nobody is called to this place at the moment.
    #[error("the place is paused")]
    PlacePaused,
    /// Nobody joins at this place any more.
    #[error("the place is closed")]
    PlaceClosed,
    /// Every number of this kiosk was given.
    #[error("every queue number of this kiosk was given today")]
    NumbersUsedUp,
    /// The certificate is not among those that may be printed here.
    #[error("no such certificate may be printed here")]
    UnknownCertificate,
    /// The PDF has not been received yet.
    #[error("the file of the certificate has not been received yet")]
    FileMissing,
    /// The certificate is printed; a reprint must say so.
    #[error("the certificate is printed already")]
    AlreadyPrinted,
    /// The printer is at work.
    #[error("the printer is at work")]
    PrinterBusy,
    /// Whoever signs is not among the exam point's staff.
    #[error("nobody of the exam point's staff has this login")]
    StaffUnknown,
    /// The end of the last print is known.
    #[error("the end of the last print is known")]
    NothingToSettle,
    /// Nobody has looked whether the last print came out.
    #[error("nobody has looked yet whether the last print came out")]
    SettleFirst,
    /// The blank was used before.
    #[error("this blank was used before")]
    BlankUsed,
    /// The blank is not among this kiosk's own.
    #[error("this blank is not among those of this kiosk")]
    BlankOutside,
    /// Another kiosk prints this certificate.
    #[error("another kiosk prints this certificate")]
    LeaseElsewhere,
    /// There is no such other kiosk at the exam point.
    #[error("there is no such kiosk at this exam point")]
    KioskUnknown,
    /// The certificate did not come out yet, or nobody has looked whether it did.
    #[error("the certificate is not printed")]
    NotPrinted,
    /// The person has it in hand.
    #[error("the certificate was handed over already")]
    AlreadyReceived,
    /// For a person who cannot sign a second member of staff says so, another than the first.
    #[error("a second member of staff is needed")]
    WitnessNeeded,
}

impl Refusal {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoBundle => "no_bundle",
            Self::IdNumberInvalid => "id_number_invalid",
            Self::NoCard => "no_card",
            Self::NotOnRoster => "not_on_roster",
            Self::TooEarly { .. } => "too_early",
            Self::TooLate { .. } => "too_late",
            Self::AlreadyCheckedIn { .. } => "already_checked_in",
            Self::DifferentPerson { .. } => "different_person",
            Self::UnknownTicket => "unknown_ticket",
            Self::NotCheckedIn => "not_checked_in",
            Self::PhotoNeeded => "photo_needed",
            Self::AlreadyCompared => "already_compared",
            Self::CameraFailed(_) => "camera_failed",
            Self::NobodyWaiting => "nobody_waiting",
            Self::NotCalled => "not_called",
            Self::RecallTooEarly { .. } => "recall_too_early",
            Self::TooFewCalls { .. } => "too_few_calls",
            Self::PassOverTooEarly { .. } => "pass_over_too_early",
            Self::NotInQueue => "not_in_queue",
            Self::NotAway => "not_away",
            Self::SamePlace => "same_place",
            Self::UnknownPlace => "unknown_place",
            Self::PlacePaused => "place_paused",
            Self::PlaceClosed => "place_closed",
            Self::NumbersUsedUp => "numbers_used_up",
            Self::UnknownCertificate => "unknown_certificate",
            Self::FileMissing => "file_missing",
            Self::AlreadyPrinted => "already_printed",
            Self::PrinterBusy => "printer_busy",
            Self::BlankUsed => "blank_used",
            Self::BlankOutside => "blank_outside",
            Self::LeaseElsewhere => "lease_elsewhere",
            Self::KioskUnknown => "kiosk_unknown",
            Self::NotPrinted => "not_printed",
            Self::AlreadyReceived => "already_received",
            Self::WitnessNeeded => "witness_needed",
            Self::StaffUnknown => "staff_unknown",
            Self::NothingToSettle => "nothing_to_settle",
            Self::SettleFirst => "settle_first",
        }
    }

    /// The ticket of the person who was found, where one was.
    #[must_use]
    pub const fn ticket(&self) -> Option<&TicketNumber> {
        match self {
            Self::TooEarly { ticket, .. }
            | Self::TooLate { ticket, .. }
            | Self::AlreadyCheckedIn { ticket }
            | Self::DifferentPerson { ticket } => Some(ticket),
            _ => None,
        }
    }

    /// Whether the journal keeps this refusal: attempts of a person to check in, not slips of the finger.
    #[must_use]
    pub const fn is_recorded(&self) -> bool {
        matches!(
            self,
            Self::NotOnRoster
                | Self::TooEarly { .. }
                | Self::TooLate { .. }
                | Self::AlreadyCheckedIn { .. }
                | Self::DifferentPerson { .. }
        )
    }
}
