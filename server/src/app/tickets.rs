//! The admission ticket as a document.

use super::auth::Person;
use super::world::WorldError;
use super::{App, masks};
use crate::blobs::BlobError;
use crate::db::sessions::{Candidate, SessionRow};
use crate::db::{Conn, DbError, events, sessions, world as tables};
use crate::event::{Actor, Fact, PersonalDataRead, Sealed};
use crate::http::access::Role;
use crate::pdf::ticket::{Ticket, render};
use crate::pdf::{PdfError, Rendered};
use crate::seal::SealError;
use shared::ids::TicketNumber;
use shared::time::Instant;
use thiserror::Error;

/// Why there is no ticket.
#[derive(Debug, Error)]
pub enum TicketError {
    /// There is no such ticket, or none that this person may see.
    #[error("there is no ticket of this number that you may see")]
    Unknown,
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
    if !rendered.missing.is_empty() {
        tracing::warn!(
            characters = rendered.missing_text(),
            "no installed font has these characters of a ticket"
        );
    }
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
