//! The admission ticket as a document, and all of a session.

use super::auth::Person;
use super::overview::{Titled, titled};
use super::world::WorldError;
use super::{App, masks};
use crate::blobs::BlobError;
use crate::db::sessions::{Candidate, SessionRow};
use crate::db::{Conn, DbError, events, sessions, world as tables};
use crate::event::{Actor, Event, Fact, PersonalDataRead, Sealed};
use crate::http::access::Role;
use crate::pdf::ticket::{Ticket, render, render_all};
use crate::pdf::{PdfError, Rendered};
use crate::seal::SealError;
use shared::ids::TicketNumber;
use shared::person::{Name, mask_name};
use shared::time::Instant;
use thiserror::Error;

/// What is cut out for one candidate: the codes that open the seat, with where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// Ticket number.
    pub ticket: String,
    /// Masked name.
    pub name: String,
    /// Room in Chinese and English; none before the seats are drawn.
    pub room: Option<(String, String)>,
    /// Seat from 1.
    pub seat: Option<u32>,
    /// Text of the QR code.
    pub secret: String,
    /// The part of it that is typed.
    pub code: String,
}

/// Why there is no ticket.
#[derive(Debug, Error)]
pub enum TicketError {
    /// There is no such ticket, or none that this person may see.
    #[error("there is no ticket of this number that you may see")]
    Unknown,
    /// There is no such session, or none that this person may see.
    #[error("there is no session '{0}' that you may see")]
    SessionUnknown(String),
    /// Nobody has a ticket yet.
    #[error("nobody is enrolled in the session")]
    Nobody,
    /// World.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Attachments.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// Document.
    #[error(transparent)]
    Pdf(#[from] PdfError),
}

crate::refusal!(TicketError {
    Self::Unknown => "ticket-unknown",
    Self::SessionUnknown(_) => "session-unknown",
    Self::Nobody => "nobody-enrolled",
    Self::World(_) | Self::Db(_) | Self::Seal(_) | Self::Blob(_) => "unavailable",
    Self::Pdf(_) => "document-unavailable",
});

/// The ticket as PDF, for the centre, the staff of its exam point and its training institution. The reading is recorded.
///
/// # Errors
/// [`TicketError`].
pub fn pdf(app: &App, person: &Person, ticket: &str) -> Result<Rendered, TicketError> {
    let reader = Actor::Account(person.account.clone());
    document(app, reader, ticket, |candidate, session| may_see(person, candidate, session))
}

/// The ticket as PDF for its holder. The reading is recorded.
///
/// # Errors
/// [`TicketError`].
pub fn own_pdf(app: &App, ticket: &str) -> Result<Rendered, TicketError> {
    document(app, Actor::Ticket(ticket.to_owned()), ticket, |_, _| true)
}

/// All tickets of a session as one PDF, by room and seat, as far as this person may see them. The readings are recorded.
///
/// # Errors
/// [`TicketError::Nobody`] if there is none.
pub fn session_pdf(app: &App, person: &Person, session: &str) -> Result<Rendered, TicketError> {
    let (_, faces) = faces(app, person, session)?;
    let mut tickets = Vec::with_capacity(faces.len());
    for (face, portrait) in faces {
        tickets.push(Ticket { portrait: app.blobs.load(&portrait)?, ..face });
    }
    if tickets.is_empty() {
        return Err(TicketError::Nobody);
    }
    let rendered = render_all(&tickets)?;
    record(app, person, tickets.iter().map(|t| t.number.clone()))?;
    warn(&rendered);
    Ok(rendered)
}

/// The codes of all tickets of a session, by room and seat, as far as this person may see them. The readings are
/// recorded.
///
/// # Errors
/// [`TicketError::SessionUnknown`].
pub fn slips(app: &App, person: &Person, session: &str) -> Result<(Titled, Vec<Slip>), TicketError> {
    let (session, faces) = faces(app, person, session)?;
    let slips: Vec<Slip> = faces.into_iter().map(|(face, _)| Slip::of(face)).collect::<Result<_, _>>()?;
    record(app, person, slips.iter().map(|s| s.ticket.clone()))?;
    Ok((session, slips))
}

impl Slip {
    fn of(face: Ticket) -> Result<Self, TicketError> {
        let name = Name::parse(&face.name).map_err(|e| DbError::corrupt("name", e))?;
        Ok(Self {
            ticket: face.number,
            name: mask_name(&name),
            room: face.room,
            seat: face.seat,
            secret: face.secret,
            code: face.code,
        })
    }
}

/// A session and the faces of its tickets with the names of their portraits.
fn faces(app: &App, person: &Person, session: &str) -> Result<(Titled, Vec<(Ticket, String)>), TicketError> {
    let unknown = || TicketError::SessionUnknown(session.to_owned());
    app.db.read(|conn| {
        let row = sessions::session(conn, session)?.ok_or_else(unknown)?;
        if person.role == Role::PointStaff && person.point.as_deref() != Some(row.point.as_str()) {
            return Err(unknown());
        }
        let mut faces = Vec::new();
        for candidate in sessions::candidates(conn, session)? {
            if may_see(person, &candidate, &row) {
                faces.push((face(app, conn, &candidate, row.clone())?, candidate.portrait));
            }
        }
        let place = |t: &Ticket| (t.room.as_ref().map(|r| r.0.clone()), t.seat, t.number.clone());
        faces.sort_by_key(|(ticket, _)| place(ticket));
        Ok((titled(conn, row)?, faces))
    })
}

fn record(app: &App, person: &Person, tickets: impl Iterator<Item = String>) -> Result<(), TicketError> {
    let reader = Actor::Account(person.account.clone());
    let fact = |subject| Fact::PersonalDataRead(PersonalDataRead { subject, what: "ticket".to_owned() });
    let read: Vec<Event> = tickets.map(|ticket| app.event(&reader, fact(ticket))).collect();
    app.db.write(move |conn| read.iter().try_for_each(|event| events::append(conn, event).map(drop)))?;
    Ok(())
}

fn warn(rendered: &Rendered) {
    if !rendered.missing.is_empty() {
        tracing::warn!(
            characters = rendered.missing_text(),
            "no installed font has these characters of a ticket"
        );
    }
}

fn document(
    app: &App,
    reader: Actor,
    ticket: &str,
    may_see: impl FnOnce(&Candidate, &SessionRow) -> bool,
) -> Result<Rendered, TicketError> {
    let number = TicketNumber::parse(ticket).map_err(|_| TicketError::Unknown)?;
    let (face, portrait) = app.db.read(|conn| {
        let candidate = sessions::candidate(conn, number.as_str())?.ok_or(TicketError::Unknown)?;
        let session = sessions::session(conn, &candidate.row.session)?.ok_or(TicketError::Unknown)?;
        if !may_see(&candidate, &session) {
            return Err(TicketError::Unknown);
        }
        face(app, conn, &candidate, session).map(|face| (face, candidate.portrait))
    })?;
    let rendered = render(&Ticket { portrait: app.blobs.load(&portrait)?, ..face })?;
    let fact =
        Fact::PersonalDataRead(PersonalDataRead { subject: number.to_string(), what: "ticket".to_owned() });
    let event = app.event(&reader, fact);
    app.db.write(move |conn| events::append(conn, &event).map_err(TicketError::from))?;
    warn(&rendered);
    Ok(rendered)
}

fn may_see(person: &Person, candidate: &Candidate, session: &SessionRow) -> bool {
    match person.role {
        Role::TrainingInstitution => person.organisation.as_deref() == Some(candidate.institution.as_str()),
        Role::PointStaff => person.point.as_deref() == Some(session.point.as_str()),
        _ => true,
    }
}

fn face(
    app: &App,
    conn: &mut Conn,
    candidate: &Candidate,
    session: SessionRow,
) -> Result<Ticket, TicketError> {
    let missing = |what: &'static str| DbError::corrupt(what, "not there");
    let trade = tables::trade_record(conn, &session.trade)?.ok_or_else(|| missing("trade"))?;
    let point = tables::point(conn, &session.point)?.ok_or_else(|| missing("point"))?;
    let theory = super::world::rule_set(conn, &session.rule_set)?.theory;
    let room = candidate.row.room.as_ref().map(|code| {
        let names = point.rooms.iter().find(|r| r.code == *code);
        names.map_or_else(|| (code.clone(), code.clone()), |r| (r.name_zh.clone(), r.name_en.clone()))
    });
    let secret = app.sealer.open("ticket.secret", &Sealed(candidate.row.secret.clone()))?;
    Ok(Ticket {
        number: candidate.row.ticket.clone(),
        name: masks::open_name(app, &candidate.name)?.as_str().to_owned(),
        id_masked: masks::id_number(app, &candidate.id_number)?,
        portrait: Vec::new(),
        trade: (trade.name_zh, trade.name_en),
        exam_kind: session.exam_kind,
        session: session.id,
        starts_at: Instant::from_millis(session.starts_at),
        point: (point.name_zh, point.name_en),
        address: point.address_zh,
        room,
        seat: candidate.row.seat.and_then(|seat| u32::try_from(seat).ok()),
        code: super::mine::typed_code(&secret),
        secret,
        minutes: theory.minutes,
        enter_early_minutes: theory.enter_early_minutes,
        late_minutes: theory.late_minutes,
        leave_after_minutes: theory.leave_after_minutes,
        printed_at: app.clock.now(),
    })
}
