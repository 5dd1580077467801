//! People and their registrations: what an institution sends in before anybody is enrolled.
//!
//! A registration is taken as it is; whether it suffices for a session is decided at enrolment.

use super::App;
use super::auth::Person;
use super::once::{Once, OnceError};
use crate::blobs::BlobError;
use crate::db::{Conn, DbError, events, people as tables, world};
use crate::event::{Actor, Event, Fact, PersonRegistered, RegistrationAdded, Sealed};
use crate::http::access::Role;
use crate::portrait::{self, PortraitError};
use crate::seal::{SealError, Sealer};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use shared::idnumber::{IdNumber, IdNumberError};
use shared::person::{Name, mask_id_number, mask_name};
use shared::time::{Date, Instant};
use shared::trade::{Education, ExamKind};
use thiserror::Error;

/// Most training hours that are believed.
pub(super) const MAX_HOURS: u32 = 10_000;

/// What an institution sends in about one applicant.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationOrder {
    /// Name as on the identity card.
    pub name: String,
    /// Identity number, 18 characters.
    pub id_number: String,
    /// Telephone.
    pub phone: Option<String>,
    /// Trade id.
    pub trade: String,
    /// `first`, `review` or `renewal`.
    pub kind: String,
    /// Employer (organisation id), if any.
    pub employer: Option<String>,
    /// Training institution (organisation id); an institution's own account leaves it out.
    pub institution: Option<String>,
    /// `primary`, `junior`, `senior` or `college`.
    pub education: String,
    /// Theory hours reached.
    pub theory_hours: u32,
    /// Practical hours reached.
    pub practical_hours: u32,
    /// Whether the health promise is signed.
    pub health_promise: bool,
    /// Day of the application, `YYYY-MM-DD`.
    pub applied_on: String,
    /// Day of first issue of the certificate under review or renewal, `YYYY-MM-DD`.
    pub first_issued_on: Option<String>,
    /// Portrait: JPEG in base64.
    pub portrait: String,
}

/// What was made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RegistrationAnswer {
    /// Registration id.
    pub registration: String,
    /// Person id; the same for one person for life.
    pub person: String,
}

/// A registration in a list; the person is masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RegistrationView {
    /// Registration id.
    pub registration: String,
    /// Person id.
    pub person: String,
    /// Name, masked.
    pub name_masked: String,
    /// Identity number, masked.
    pub id_masked: String,
    /// Trade id.
    pub trade: String,
    /// `first`, `review` or `renewal`.
    pub kind: String,
    /// Training institution.
    pub institution: String,
    /// Employer.
    pub employer: Option<String>,
    /// Day of the application.
    pub applied_on: String,
}

/// Why somebody is not registered. Nothing was saved.
#[derive(Debug, Error)]
pub enum PeopleError {
    /// A field is wrong.
    #[error("{field}: {why}")]
    Field {
        /// Name of the field.
        field: &'static str,
        /// What is wrong with it; never its content.
        why: String,
    },
    /// No identity number.
    #[error("{0}")]
    IdNumber(#[from] IdNumberError),
    /// No portrait.
    #[error("{0}")]
    Portrait(#[from] PortraitError),
    /// No such trade.
    #[error("there is no trade '{0}'")]
    TradeUnknown(String),
    /// No such organisation, or one of another kind.
    #[error("there is no {kind} organisation '{id}'")]
    OrganisationUnknown {
        /// `training` or `employer`.
        kind: &'static str,
        /// What was given.
        id: String,
    },
    /// The person has an open registration for this trade and kind.
    #[error("registration {0} for the same trade and kind is still open")]
    AlreadyRegistered(String),
    /// The identity number is known under another name.
    #[error("the identity number is known under another name")]
    NameDiffers,
    /// Idempotency key.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Attachments.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

crate::refusal!(PeopleError {
    Self::Field { .. } => "field-invalid",
    Self::IdNumber(_) => "id-number-invalid",
    Self::Portrait(_) => "portrait-invalid",
    Self::TradeUnknown(_) => "trade-unknown",
    Self::OrganisationUnknown { .. } => "organisation-unknown",
    Self::AlreadyRegistered(_) => "already-registered",
    Self::NameDiffers => "person-mismatch",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Db(_) | Self::Seal(_) | Self::Blob(_) => "unavailable",
});

/// An applicant whose fields were checked and sealed; only the database has not been asked yet.
#[derive(Debug, Clone)]
pub struct Applicant {
    name: Name,
    id_index: String,
    sealed_number: Sealed,
    sealed_name: Sealed,
    sealed_phone: Option<Sealed>,
    trade: String,
    kind: ExamKind,
    employer: Option<String>,
    institution: String,
    education: Education,
    theory_hours: u32,
    practical_hours: u32,
    health_promise: bool,
    applied_on: Date,
    first_issued_on: Option<Date>,
    portrait: String,
}

/// Takes in a registration; the person is found by identity number, or made.
///
/// # Errors
/// [`PeopleError`] names the first thing that is wrong.
pub fn register(
    app: &App,
    person: &Person,
    order: &RegistrationOrder,
    once: Option<Once>,
) -> Result<RegistrationAnswer, PeopleError> {
    let now = app.clock.now();
    let institution = institution_for(person, order.institution.as_deref())?;
    let file =
        STANDARD.decode(order.portrait.trim()).map_err(|e| PortraitError::Unreadable(e.to_string()))?;
    let applicant = Applicant::check(app, order, institution)?;
    if applicant.applied_on > now.date_in_china() {
        return Err(field("applied_on", "the day of the application is yet to come"));
    }
    let portrait = app.blobs.put(&portrait::accept(&file)?)?;
    let applicant = applicant.with_portrait(portrait);
    let actor = Actor::Account(person.account.clone());
    let sealer = app.sealer.clone();
    app.write_once(once, move |conn| store(conn, &sealer, now, &actor, &applicant))
}

/// A page of the registrations that a person may see: an institution its own, an enterprise those of its people.
///
/// # Errors
/// [`PeopleError::Db`] or [`PeopleError::Seal`].
pub fn registrations(
    app: &App,
    person: &Person,
    trade: Option<String>,
    (offset, length): (i64, i64),
) -> Result<(Vec<RegistrationView>, i64), PeopleError> {
    // An account without an organisation sees nothing, not everything.
    let own = Some(person.organisation.clone().unwrap_or_default());
    let mut which = tables::Which { trade, ..tables::Which::default() };
    match person.role {
        Role::TrainingInstitution => which.institution = own,
        Role::Enterprise => which.employer = own,
        _ => {}
    }
    let (rows, total) = app.db.read(|conn| tables::registrations_page(conn, &which, offset, length))?;
    let views = rows.into_iter().map(|(registration, person)| view(&app.sealer, registration, person));
    Ok((views.collect::<Result<_, _>>()?, total))
}

/// Stores an applicant in the writer's transaction.
///
/// # Errors
/// [`PeopleError`] if trade or organisation are unknown, or the person is registered already.
pub fn store(
    conn: &mut Conn,
    sealer: &Sealer,
    at: Instant,
    actor: &Actor,
    applicant: &Applicant,
) -> Result<RegistrationAnswer, PeopleError> {
    if world::trade_record(conn, &applicant.trade)?.is_none() {
        return Err(PeopleError::TradeUnknown(applicant.trade.clone()));
    }
    check_organisation(conn, "training", &applicant.institution)?;
    if let Some(employer) = &applicant.employer {
        check_organisation(conn, "employer", employer)?;
    }
    let person = match tables::person_by_index(conn, &applicant.id_index)? {
        None => add_person(conn, at, actor, applicant)?,
        Some(known) => {
            if sealer.open("person.name", &Sealed(known.name))? != applicant.name.as_str() {
                return Err(PeopleError::NameDiffers);
            }
            refuse_second(conn, &known.id, applicant)?;
            known.id
        }
    };
    let registration = tables::next_registration(conn)?;
    let fact = applicant.fact(&registration, &person);
    events::append(conn, &Event::new(at, actor.clone(), Fact::RegistrationAdded(fact)))?;
    Ok(RegistrationAnswer { registration, person })
}

/// Whether exactly this application is stored: same person, trade, kind and day.
///
/// # Errors
/// [`PeopleError::Db`].
pub fn is_stored(conn: &mut Conn, applicant: &Applicant) -> Result<bool, PeopleError> {
    let Some(person) = tables::person_by_index(conn, &applicant.id_index)? else { return Ok(false) };
    let known = tables::registrations_of(conn, &person.id, &applicant.trade)?;
    let day = applicant.applied_on.to_string();
    Ok(known.iter().any(|r| r.exam_kind == applicant.kind.word() && r.applied_on == day))
}

impl Applicant {
    /// Checks and seals every field but the portrait, which is left empty.
    ///
    /// # Errors
    /// [`PeopleError`] names the first field that is wrong.
    pub fn check(app: &App, order: &RegistrationOrder, institution: String) -> Result<Self, PeopleError> {
        let name = Name::parse(&order.name).map_err(|e| field("name", e))?;
        let number = IdNumber::parse(order.id_number.trim())?;
        let phone = optional(order.phone.as_deref()).map(parse_phone).transpose()?;
        for (what, hours) in
            [("theory_hours", order.theory_hours), ("practical_hours", order.practical_hours)]
        {
            if hours > MAX_HOURS {
                return Err(field(what, format!("more than {MAX_HOURS} hours")));
            }
        }
        let issued = optional(order.first_issued_on.as_deref());
        let seal = |context: &str, text: &str| app.sealer.seal(context, text);
        Ok(Self {
            id_index: app.sealer.index("id_number", number.as_str()),
            sealed_number: seal("person.id_number", number.as_str())?,
            sealed_name: seal("person.name", name.as_str())?,
            sealed_phone: phone.map(|p| seal("person.phone", &p)).transpose()?,
            name,
            trade: order.trade.trim().to_owned(),
            kind: ExamKind::from_word(&order.kind)
                .ok_or_else(|| field("kind", "is first, review or renewal"))?,
            employer: optional(order.employer.as_deref()).map(str::to_owned),
            institution,
            education: Education::from_word(&order.education)
                .ok_or_else(|| field("education", "is primary, junior, senior or college"))?,
            theory_hours: order.theory_hours,
            practical_hours: order.practical_hours,
            health_promise: order.health_promise,
            applied_on: Date::parse(&order.applied_on).map_err(|e| field("applied_on", e))?,
            first_issued_on: issued.map(Date::parse).transpose().map_err(|e| field("first_issued_on", e))?,
            portrait: String::new(),
        })
    }

    /// The same applicant with a portrait (name of an attachment).
    #[must_use]
    pub fn with_portrait(mut self, portrait: String) -> Self {
        self.portrait = portrait;
        self
    }

    fn fact(&self, registration: &str, person: &str) -> RegistrationAdded {
        RegistrationAdded {
            registration: registration.to_owned(),
            person: person.to_owned(),
            trade: self.trade.clone(),
            exam_kind: self.kind.word().to_owned(),
            institution: self.institution.clone(),
            employer: self.employer.clone(),
            education: self.education.word().to_owned(),
            theory_hours: self.theory_hours,
            practical_hours: self.practical_hours,
            health_promise: self.health_promise,
            applied_on: self.applied_on.to_string(),
            first_issued_on: self.first_issued_on.map(|day| day.to_string()),
            portrait: self.portrait.clone(),
        }
    }
}

/// An institution registers for itself alone; the centre says for whom.
pub(super) fn institution_for(person: &Person, wanted: Option<&str>) -> Result<String, PeopleError> {
    let wanted = optional(wanted);
    if person.role == Role::TrainingInstitution {
        let own = person.organisation.clone().unwrap_or_default();
        return match wanted {
            Some(other) if other != own => {
                Err(field("institution", "an institution registers for itself alone"))
            }
            _ => Ok(own),
        };
    }
    wanted.map(str::to_owned).ok_or_else(|| field("institution", "is needed: who trained the applicant"))
}

pub(super) fn check_organisation(conn: &mut Conn, kind: &'static str, id: &str) -> Result<(), PeopleError> {
    if world::organisation_kind(conn, id)?.is_some_and(|k| k == kind) {
        return Ok(());
    }
    Err(PeopleError::OrganisationUnknown { kind, id: id.to_owned() })
}

fn add_person(
    conn: &mut Conn,
    at: Instant,
    actor: &Actor,
    applicant: &Applicant,
) -> Result<String, PeopleError> {
    let person = tables::next_person(conn)?;
    let fact = PersonRegistered {
        person: person.clone(),
        id_index: applicant.id_index.clone(),
        id_number: applicant.sealed_number.clone(),
        name: applicant.sealed_name.clone(),
        phone: applicant.sealed_phone.clone(),
    };
    events::append(conn, &Event::new(at, actor.clone(), Fact::PersonRegistered(fact)))?;
    Ok(person)
}

fn refuse_second(conn: &mut Conn, person: &str, applicant: &Applicant) -> Result<(), PeopleError> {
    for known in tables::registrations_of(conn, person, &applicant.trade)? {
        if known.exam_kind == applicant.kind.word() && tables::is_open(conn, &known.registration)? {
            return Err(PeopleError::AlreadyRegistered(known.registration));
        }
    }
    Ok(())
}

fn view(
    sealer: &Sealer,
    registration: RegistrationAdded,
    person: tables::PersonRow,
) -> Result<RegistrationView, PeopleError> {
    let name = Name::parse(&sealer.open("person.name", &Sealed(person.name))?);
    let number = IdNumber::parse(&sealer.open("person.id_number", &Sealed(person.id_number))?);
    Ok(RegistrationView {
        name_masked: mask_name(&name.map_err(|e| DbError::corrupt("person", e))?),
        id_masked: mask_id_number(&number.map_err(|e| DbError::corrupt("person", e))?),
        registration: registration.registration,
        person: registration.person,
        trade: registration.trade,
        kind: registration.exam_kind,
        institution: registration.institution,
        employer: registration.employer,
        applied_on: registration.applied_on,
    })
}

pub(super) fn optional(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|t| !t.is_empty())
}

pub(super) fn parse_phone(text: &str) -> Result<String, PeopleError> {
    let phone: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let digits = phone.strip_prefix('+').unwrap_or(&phone);
    if (5..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(phone);
    }
    Err(field("phone", "a telephone number has 5 to 20 digits"))
}

fn field(field: &'static str, why: impl std::fmt::Display) -> PeopleError {
    PeopleError::Field { field, why: why.to_string() }
}
