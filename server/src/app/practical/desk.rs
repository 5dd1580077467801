//! An examiner's desk: who comes next, and one candidate with the sheets.

use super::reading::{ExaminedItem, OpenSheet, list, sheets};
use super::{PracticalError, candidate, examining, session};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::duties;
use crate::app::overview::{self, Titled};
use crate::db::{practical as rows, sessions};

/// A station: the session and whom it still has to examine.
#[derive(Debug, Clone)]
pub struct Station {
    /// The session.
    pub session: Titled,
    /// Places at which the caller marks.
    pub places: Vec<String>,
    /// Whether the caller settles differences.
    pub leads: bool,
    /// Whether the caller marks.
    pub marks: bool,
    /// Candidates who have passed the theory.
    pub items: Vec<ExaminedItem>,
}

/// One candidate at a station.
#[derive(Debug, Clone)]
pub struct Examined {
    /// The session.
    pub session: Titled,
    /// Ticket number.
    pub ticket: String,
    /// Masked name.
    pub name: String,
    /// Masked identity number.
    pub id_number: String,
    /// Whether a picture was taken at the check-in.
    pub pictured: bool,
    /// Whether the caller marks.
    pub marks: bool,
    /// Whether the caller settles differences.
    pub leads: bool,
    /// Parts that the caller has marked.
    pub mine: Vec<String>,
    /// The sheets.
    pub sheets: Vec<OpenSheet>,
}

/// The station of an examiner in a session.
///
/// # Errors
/// [`PracticalError`]: no such session, no duty.
pub fn station(app: &App, person: &Person, id: &str) -> Result<Station, PracticalError> {
    let items = list(app, person, id)?;
    app.db.read(|conn| {
        let row = session(conn, id)?;
        let examiner = examining(conn, person, id, app.clock.now())?;
        let duties = duties::of(conn, id, &examiner.staff, app.clock.now())?;
        let places = duties.into_iter().filter(|d| d.kind == "examiner").map(|d| d.place).collect();
        let session = overview::titled(conn, row)?;
        Ok(Station { session, places, leads: examiner.leads, marks: examiner.marks, items })
    })
}

/// A candidate with the sheets, for an examiner of the session.
///
/// # Errors
/// [`PracticalError`]: no such ticket, no duty, theory not passed.
pub fn examined(app: &App, person: &Person, ticket: &str) -> Result<Examined, PracticalError> {
    let sheets = sheets(app, person, ticket)?;
    app.db.read(|conn| {
        let unknown = || PracticalError::TicketUnknown(ticket.to_owned());
        let who = candidate(conn, ticket)?;
        let examiner = examining(conn, person, &who.session, app.clock.now())?;
        let whole = sessions::candidate(conn, ticket)?.ok_or_else(unknown)?;
        let (name, id_number) = overview::masked(app, &whole)?;
        let own = rows::scores(conn, ticket)?.into_iter().filter(|s| s.examiner == examiner.staff);
        let mine = own.map(|s| s.part).collect();
        let row = session(conn, &who.session)?;
        Ok(Examined {
            session: overview::titled(conn, row)?,
            ticket: ticket.to_owned(),
            name,
            id_number,
            pictured: whole.check_in.is_some_and(|c| c.photo.is_some()),
            marks: examiner.marks,
            leads: examiner.leads,
            mine,
            sheets,
        })
    })
}
