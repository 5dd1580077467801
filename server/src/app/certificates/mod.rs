//! Certificates: issued for who passed, listed by their deadlines, shown, verified.

pub mod inspect;
mod issue;
pub mod public;

pub use issue::{Issue, Refused, Report, issue};

use super::auth::Person;
use super::once::OnceError;
use super::world::WorldError;
use super::{App, masks};
use crate::blobs::BlobError;
use crate::db::certificates::{self as rows, CertificateRow, Issued};
use crate::db::sessions::SessionRow;
use crate::db::{Conn, DbError, blanks, events};
use crate::event::{Actor, Fact, PersonalDataRead, Sealed};
use crate::http::access::Role;
use crate::keys::Purpose;
use crate::pdf::PdfError;
use crate::seal::SealError;
use serde::Serialize;
use shared::calendar::Calendar;
use shared::certificate::code::{self, Opened};
use shared::certificate::dates;
use shared::certificate::key::{KeyError, KeySet};
use shared::ids::CertificateId;
use shared::rules::RuleSet;
use shared::time::Date;
use shared::trade::ExamKind;
use thiserror::Error;

/// One certificate as lists show it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Listed {
    /// Certificate id.
    pub certificate: String,
    /// Ticket number.
    pub ticket: String,
    /// Session in which it was earned.
    pub session: String,
    /// Masked name.
    pub name_masked: String,
    /// Trade id.
    pub trade: String,
    /// First day of validity.
    pub valid_from: String,
    /// Last day of validity.
    pub valid_to: String,
    /// Last day for the review.
    pub review_due: Option<String>,
    /// Last day of issue; `None`: awaiting the calendar of the year.
    pub due: Option<String>,
    /// When it was issued, epoch milliseconds.
    pub issued_at: i64,
    /// When it was first printed, epoch milliseconds.
    pub printed_at: Option<i64>,
    /// When the person got it and signed for it, epoch milliseconds.
    pub received_at: Option<i64>,
}

/// Why a certificate is not issued or shown.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// There is no such session.
    #[error("there is no session '{0}'")]
    SessionUnknown(String),
    /// The results are not published.
    #[error("publish the results of the session first")]
    NotPublished,
    /// There is no such certificate, or none that this person may see.
    #[error("there is no certificate of this id that you may see")]
    Unknown,
    /// Too many tries for one number.
    #[error("too many tries; wait five minutes")]
    Throttled,
    /// Not a day.
    #[error("{0}")]
    Day(#[from] shared::time::TimeError),
    /// Idempotency.
    #[error(transparent)]
    Once(#[from] OnceError),
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
    /// Keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
}

crate::refusal!(CertificateError {
    Self::SessionUnknown(_) => "session-unknown",
    Self::NotPublished => "results-not-published",
    Self::Unknown => "certificate-unknown",
    Self::Throttled => "login-throttled",
    Self::Day(_) => "field-invalid",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::World(_) | Self::Db(_) | Self::Seal(_) | Self::Blob(_) | Self::Keys(_) => "unavailable",
    Self::Pdf(_) => "document-unavailable",
});

/// The public keys of some purposes.
///
/// # Errors
/// [`KeyError`] for a key that proves nothing.
pub fn key_set(app: &App, purposes: &[Purpose]) -> Result<KeySet, KeyError> {
    let mut keys = KeySet::new();
    for purpose in purposes {
        for (kid, key) in app.keys.all_signing(*purpose) {
            keys.insert(&kid, key.verifying_key())?;
        }
    }
    Ok(keys)
}

/// What the text of a QR code says, by the centre's own keys, today.
///
/// # Errors
/// [`CertificateError::Keys`].
pub fn verify(app: &App, text: &str) -> Result<Opened, CertificateError> {
    let keys = key_set(app, &[Purpose::Certificate])?;
    Ok(code::open(text, &keys, app.clock.now().date_in_china()))
}

/// Certificates by their deadlines, those that await a calendar last; a page of them and how many there are. With
/// `due_until` those that are due by that day and not printed yet.
///
/// # Errors
/// [`CertificateError::Day`].
pub fn list(
    app: &App,
    person: &Person,
    due_until: Option<&str>,
    (offset, length): (i64, i64),
) -> Result<(Vec<Listed>, i64), CertificateError> {
    let until = due_until.map(Date::parse).transpose()?.map(|day| day.to_string());
    let point = own_point(person);
    app.db.read(|conn| {
        let deadlines = Deadlines::load(conn)?;
        let mut all = Vec::new();
        let issued = rows::all(conn, point.as_deref(), None)?;
        let ids: Vec<String> = issued.iter().map(|c| c.row.id.clone()).collect();
        let printed = rows::printed_at(conn, &ids)?;
        for certificate in issued {
            let due = deadlines.due(conn, &certificate.row, &certificate.session)?;
            let printed = printed.get(&certificate.row.id).copied();
            let wanted =
                until.as_ref().is_none_or(|u| printed.is_none() && due.as_ref().is_some_and(|d| d <= u));
            if wanted {
                all.push((due, printed, certificate));
            }
        }
        all.sort_by(|(a, _, x), (b, _, y)| {
            (a.is_none(), a, x.row.issued_at, &x.row.id).cmp(&(b.is_none(), b, y.row.issued_at, &y.row.id))
        });
        let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let (skip, take) = (usize::try_from(offset).unwrap_or(0), usize::try_from(length).unwrap_or(0));
        let page = all.into_iter().skip(skip).take(take);
        let received = blanks::received_at(conn)?;
        let item = |(due, printed, c): (_, _, Issued)| {
            let received = received.get(&c.row.id).copied();
            listed(app, c, due, (printed, received))
        };
        let items = page.map(item).collect::<Result<_, _>>()?;
        Ok((items, total))
    })
}

/// One certificate with the text of its QR code. The reading is recorded.
///
/// # Errors
/// [`CertificateError::Unknown`].
pub fn show(app: &App, person: &Person, id: &str) -> Result<(Listed, String), CertificateError> {
    let certificate = find(app, person, id)?;
    let code = app.sealer.open("certificate.code", &Sealed(certificate.row.code.clone()))?;
    let shown = app.db.read(|conn| {
        let due = Deadlines::load(conn)?.due(conn, &certificate.row, &certificate.session)?;
        let printed = rows::printed_at(conn, std::slice::from_ref(&certificate.row.id))?;
        let printed = printed.get(&certificate.row.id).copied();
        let received = blanks::received_at(conn)?.get(&certificate.row.id).copied();
        listed(app, certificate, due, (printed, received))
    })?;
    record(app, person, id)?;
    Ok((shown, code))
}

/// The PDF of a certificate. The reading is recorded.
///
/// # Errors
/// [`CertificateError::Unknown`].
pub fn pdf(app: &App, person: &Person, id: &str) -> Result<Vec<u8>, CertificateError> {
    let certificate = find(app, person, id)?;
    let content = app.blobs.load(&certificate.row.pdf)?;
    record(app, person, id)?;
    Ok(content)
}

/// Deadlines of issue. One that could not be told when the certificate was issued is told once the calendar is published.
pub struct Deadlines(Calendar);

impl Deadlines {
    /// By the calendar as far as it is published.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn load(conn: &mut Conn) -> Result<Self, DbError> {
        super::world::calendar(conn).map(Self).map_err(|e| DbError::corrupt("calendar", e))
    }

    /// Last day of issue, if it can be told.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn due(
        &self,
        conn: &mut Conn,
        row: &CertificateRow,
        session: &SessionRow,
    ) -> Result<Option<String>, DbError> {
        if row.due.is_some() {
            return Ok(row.due.clone());
        }
        let (rules, kind) = rules(conn, row, session)?;
        let day = Date::parse(&session.day).map_err(|e| DbError::corrupt("session", e))?;
        Ok(dates::deadline(kind, day, &rules.certificate, &self.0).ok().map(|due| due.to_string()))
    }
}

/// Working days within which a certificate must be issued.
///
/// # Errors
/// [`DbError`].
pub fn working_days(conn: &mut Conn, row: &CertificateRow, session: &SessionRow) -> Result<u32, DbError> {
    let (rules, kind) = rules(conn, row, session)?;
    Ok(dates::working_days(kind, &rules.certificate))
}

fn rules(
    conn: &mut Conn,
    row: &CertificateRow,
    session: &SessionRow,
) -> Result<(RuleSet, ExamKind), DbError> {
    let rules =
        super::world::rule_set(conn, &session.rule_set).map_err(|e| DbError::corrupt("rule set", e))?;
    let kind = ExamKind::from_word(&row.exam_kind).ok_or_else(|| DbError::corrupt("certificate", "kind"))?;
    Ok((rules, kind))
}

fn find(app: &App, person: &Person, id: &str) -> Result<Issued, CertificateError> {
    let id = CertificateId::parse(id).map_err(|_| CertificateError::Unknown)?;
    let found = app.db.read(|conn| rows::find(conn, id.as_str()))?;
    let point = own_point(person);
    found.filter(|c| point.as_ref().is_none_or(|p| *p == c.session.point)).ok_or(CertificateError::Unknown)
}

/// Staff of an exam point see what was earned there; nothing if none is named in the account.
fn own_point(person: &Person) -> Option<String> {
    (person.role == Role::PointStaff).then(|| person.point.clone().unwrap_or_default())
}

fn record(app: &App, person: &Person, id: &str) -> Result<(), CertificateError> {
    let fact = PersonalDataRead { subject: id.to_owned(), what: "certificate".to_owned() };
    let event = app.event(&Actor::Account(person.account.clone()), Fact::PersonalDataRead(fact));
    app.db.write(move |conn| events::append(conn, &event).map(|_| ()).map_err(CertificateError::from))
}

fn listed(
    app: &App,
    c: Issued,
    due: Option<String>,
    (printed_at, received_at): (Option<i64>, Option<i64>),
) -> Result<Listed, CertificateError> {
    Ok(Listed {
        name_masked: masks::name(app, &c.name)?,
        certificate: c.row.id,
        ticket: c.row.ticket,
        session: c.session.id,
        trade: c.row.trade,
        valid_from: c.row.valid_from,
        valid_to: c.row.valid_to,
        review_due: c.row.review_due,
        due,
        issued_at: c.row.issued_at,
        printed_at,
        received_at,
    })
}
