//! Finding people: one search for name, ticket, certificate and identity number; who waits for a place in a session;
//! and what is on file about one person. Everything that comes out is masked.

use super::App;
use super::masks;
use super::people::RegistrationView;
use crate::db::people::{self as rows, PersonRow, Which};
use crate::db::{DbError, certificates, sessions};
use crate::event::{RegistrationAdded, Sealed};
use crate::seal::SealError;
use shared::idnumber::IdNumber;
use thiserror::Error;

/// Most hits of one search; whoever gets so many has to say more.
pub const MOST_HITS: usize = 50;

/// Longest text that is searched for, in characters.
const LONGEST: usize = 60;

/// Why nothing is found.
#[derive(Debug, Error)]
pub enum FindError {
    /// No such person.
    #[error("there is no person '{0}'")]
    PersonUnknown(String),
    /// No such session.
    #[error("there is no session '{0}'")]
    SessionUnknown(String),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
}

crate::refusal!(FindError {
    Self::PersonUnknown(_) => "not-found",
    Self::SessionUnknown(_) => "session-unknown",
    Self::Db(_) | Self::Seal(_) => "unavailable",
});

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hit {
    /// A person.
    Person(Masked),
    /// A ticket.
    Ticket {
        /// Its number.
        ticket: String,
        /// Whose.
        person: Masked,
    },
    /// A certificate.
    Certificate {
        /// Its number.
        certificate: String,
        /// The ticket by which it was earned.
        ticket: String,
        /// Masked name.
        name: String,
    },
}

/// A person as everybody may see him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    /// Person id.
    pub id: String,
    /// Masked name.
    pub name: String,
    /// Masked identity number.
    pub id_number: String,
}

/// What is on file about a person (一人一档).
#[derive(Debug, Clone)]
pub struct PersonFile {
    /// Who.
    pub person: Masked,
    /// Registrations, the newest first, each with its examinations as ticket and outcome.
    pub registrations: Vec<(RegistrationAdded, Vec<(String, String)>)>,
}

/// Looks for a whole ticket, certificate or identity number, and for parts of names.
///
/// # Errors
/// [`FindError::Db`] or [`FindError::Seal`].
pub fn search(app: &App, text: &str) -> Result<Vec<Hit>, FindError> {
    let text: String = text.trim().chars().take(LONGEST).collect();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    app.db.read(|conn| {
        let mut hits = Vec::new();
        if let Some(found) = sessions::candidate(conn, &text)? {
            let person = Masked {
                id: found.row.person.clone(),
                name: masks::name(app, &found.name)?,
                id_number: masks::id_number(app, &found.id_number)?,
            };
            hits.push(Hit::Ticket { ticket: found.row.ticket, person });
        }
        if let Some(found) = certificates::find(conn, &text)? {
            let name = masks::name(app, &found.name)?;
            hits.push(Hit::Certificate { certificate: found.row.id, ticket: found.row.ticket, name });
        }
        if let Ok(number) = IdNumber::parse(&text) {
            let index = app.sealer.index("id_number", number.as_str());
            let found = rows::person_by_index(conn, &index)?;
            hits.extend(found.map(|p| masked(app, p)).transpose()?.map(Hit::Person));
        }
        if hits.is_empty() {
            hits = named(app, rows::persons(conn)?, &text)?;
        }
        Ok(hits)
    })
}

fn named(app: &App, persons: Vec<PersonRow>, part: &str) -> Result<Vec<Hit>, FindError> {
    let mut hits = Vec::new();
    for person in persons {
        let name = masks::open_name(app, &Sealed(person.name.clone()))?;
        if name.as_str().contains(part) {
            hits.push(Hit::Person(masked(app, person)?));
        }
        if hits.len() == MOST_HITS {
            break;
        }
    }
    Ok(hits)
}

fn masked(app: &App, row: PersonRow) -> Result<Masked, FindError> {
    Ok(Masked {
        name: masks::name(app, &Sealed(row.name))?,
        id_number: masks::id_number(app, &Sealed(row.id_number))?,
        id: row.id,
    })
}

/// Registrations for trade and kind of a session that have no place yet, by id.
///
/// # Errors
/// [`FindError::SessionUnknown`].
pub fn waiting_for(app: &App, session: &str) -> Result<Vec<RegistrationView>, FindError> {
    let (found, placed, kind) = app.db.read(|conn| {
        let row = sessions::session(conn, session)?;
        let row = row.ok_or_else(|| FindError::SessionUnknown(session.to_owned()))?;
        let which = Which { trade: Some(row.trade), ..Which::default() };
        let (found, _) = rows::registrations_page(conn, &which, 0, i64::MAX)?;
        Ok::<_, FindError>((found, rows::placed(conn)?, row.exam_kind))
    })?;
    let open = found.into_iter().filter(|(r, _)| r.exam_kind == kind && !placed.contains(&r.registration));
    open.map(|(registration, person)| {
        let person = masked(app, person)?;
        Ok(RegistrationView {
            registration: registration.registration,
            person: person.id,
            name_masked: person.name,
            id_masked: person.id_number,
            trade: registration.trade,
            kind: registration.exam_kind,
            institution: registration.institution,
            employer: registration.employer,
            applied_on: registration.applied_on,
        })
    })
    .collect()
}

/// What is on file about a person.
///
/// # Errors
/// [`FindError::PersonUnknown`].
pub fn person_file(app: &App, person: &str) -> Result<PersonFile, FindError> {
    app.db.read(|conn| {
        let row = rows::person(conn, person)?;
        let row = row.ok_or_else(|| FindError::PersonUnknown(person.to_owned()))?;
        let tickets = rows::tickets_of(conn, person)?;
        let mut registrations = Vec::new();
        for registration in rows::all_registrations_of(conn, person)?.into_iter().rev() {
            let own = tickets.iter().filter(|(_, r, _)| *r == registration.registration);
            let own = own.map(|(ticket, _, outcome)| (ticket.clone(), outcome.clone())).collect();
            registrations.push((registration, own));
        }
        Ok(PersonFile { person: masked(app, row)?, registrations })
    })
}
