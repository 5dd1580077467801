//! Check-in at the desk with another document, of somebody who has forgotten his identity card or whose card has expired.

use super::checkin::open_for;
use super::refusal::Refusal;
use super::state::State;
use super::{Action, Answer};
use shared::identity::Substitute;
use shared::ids::{AccountId, TicketNumber};
use shared::time::Instant;
use shared::wire::v1::journal::{CheckInBy, KioskFact};

/// What two members of staff want to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubstituteWish {
    /// Whose.
    pub ticket: TicketNumber,
    /// What was shown.
    pub document: Substitute,
    /// Who looked.
    pub staff: AccountId,
    /// Who looked too.
    pub second: AccountId,
}

/// Decides on a check-in with another document: the rule set names it, two different members of staff sign, and the time
/// is that of every check-in.
pub fn check_in(state: &State, now: Instant, wish: &SubstituteWish) -> Vec<Action> {
    match admissible(state, now, wish) {
        Ok(session) => {
            let ticket = wish.ticket.clone();
            let shown = KioskFact::SubstituteShown {
                ticket: ticket.to_string(),
                document: wish.document.word().to_owned(),
                staff: wish.staff.to_string(),
                second: wish.second.to_string(),
            };
            let by = CheckInBy::Substitute;
            let checked_in = KioskFact::CheckedIn { session, ticket: ticket.to_string(), by };
            vec![Action::Record(vec![shown, checked_in]), Action::Answer(Answer::CheckedIn { ticket })]
        }
        Err(refusal) => vec![Action::Refuse(refusal)],
    }
}

fn admissible(state: &State, now: Instant, wish: &SubstituteWish) -> Result<String, Refusal> {
    if !state.may_sign(&wish.staff) || !state.may_sign(&wish.second) {
        return Err(Refusal::StaffUnknown);
    }
    if wish.staff == wish.second {
        return Err(Refusal::SecondStaffNeeded);
    }
    let roster = state.roster().ok_or(Refusal::NoBundle)?;
    let (candidate, session) = roster.expected(&wish.ticket).ok_or(Refusal::UnknownTicket)?;
    if !session.rules.identity.accepts(wish.document) {
        return Err(Refusal::DocumentNotAccepted);
    }
    open_for(state, now, candidate, session)?;
    Ok(session.id.to_string())
}
