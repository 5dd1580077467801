//! Registration at the desk: an application as it was typed, everything that is wrong with it at once, and what can be
//! chosen.

use super::App;
use super::auth::Person;
use super::once::Once;
use super::overview::Named;
use super::people::{
    self, MAX_HOURS, PeopleError, RegistrationAnswer, RegistrationOrder, RegistrationView,
    check_organisation, institution_for, optional, parse_phone,
};
use crate::db::{Conn, DbError, people as tables, world};
use crate::event::{Sealed, TradeLoaded};
use crate::portrait::{self, PortraitError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use shared::idnumber::IdNumber;
use shared::person::Name;
use shared::time::Date;
use shared::trade::{Education, ExamKind};
use std::collections::HashMap;

/// An application as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Name.
    pub name: String,
    /// Identity number.
    pub id_number: String,
    /// Telephone; may be empty.
    pub phone: String,
    /// Trade id.
    pub trade: String,
    /// `first`, `review` or `renewal`.
    pub kind: String,
    /// Training institution; an institution's own account leaves it empty.
    pub institution: String,
    /// Employer; may be empty.
    pub employer: String,
    /// `primary`, `junior`, `senior` or `college`.
    pub education: String,
    /// Theory hours reached.
    pub theory_hours: String,
    /// Practical hours reached.
    pub practical_hours: String,
    /// Whether the health promise is signed.
    pub health_promise: bool,
    /// Day of the application.
    pub applied_on: String,
    /// Day of first issue of the certificate under review or renewal; may be empty.
    pub first_issued_on: String,
}

/// The portrait that came with it.
#[derive(Debug, Clone, Copy)]
pub enum Picture<'a> {
    /// None was chosen.
    None,
    /// It was too large to be taken.
    TooLarge,
    /// A file.
    File(&'a [u8]),
}

/// Something that is wrong: where, and what as a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Name of the field.
    pub field: &'static str,
    /// What is wrong with it.
    pub word: &'static str,
}

/// What can be chosen.
#[derive(Debug, Clone)]
pub struct Choices {
    /// Trades that are examined here.
    pub trades: Vec<TradeLoaded>,
    /// Training institutions.
    pub institutions: Vec<Named>,
    /// Employers.
    pub employers: Vec<Named>,
}

/// Takes in an application, or answers everything that is wrong with it; then nothing is saved.
///
/// # Errors
/// [`PeopleError`] for what no change of the application helps.
pub fn register(
    app: &App,
    person: &Person,
    draft: &Draft,
    picture: Picture<'_>,
    once: Option<Once>,
) -> Result<Result<RegistrationAnswer, Vec<Fault>>, PeopleError> {
    let mut faults = own_faults(app, person, draft, picture);
    faults.extend(app.db.read(|conn| choice_faults(conn, person, draft))?);
    if !faults.is_empty() {
        // Who is known already is said in the same breath, so that nobody types it all twice.
        faults.extend(app.db.read(|conn| known_faults(app, conn, draft))?);
        return Ok(Err(faults));
    }
    let order = order(draft, picture);
    match people::register(app, person, &order, once) {
        Ok(answer) => Ok(Ok(answer)),
        Err(PeopleError::AlreadyRegistered(_)) => Ok(Err(vec![fault("id_number", "registered")])),
        Err(PeopleError::NameDiffers) => Ok(Err(vec![fault("name", "differs")])),
        Err(error) => Err(error),
    }
}

/// What can be chosen in an application.
///
/// # Errors
/// [`PeopleError::Db`].
pub fn choices(app: &App) -> Result<Choices, PeopleError> {
    app.db.read(|conn| {
        let mut of = |kind: &str| -> Result<Vec<Named>, DbError> {
            let rows = world::organisations_of(conn, kind)?.into_iter();
            Ok(rows.map(|(id, zh, en)| Named { id, zh, en }).collect())
        };
        let (institutions, employers) = (of("training")?, of("employer")?);
        let trades = world::trades(conn)?.into_iter().filter(|t| !t.national_system).collect();
        Ok(Choices { trades, institutions, employers })
    })
}

/// Tickets of registrations, by registration.
///
/// # Errors
/// [`PeopleError::Db`].
pub fn tickets(app: &App, of: &[RegistrationView]) -> Result<HashMap<String, Vec<String>>, PeopleError> {
    app.db.read(|conn| {
        let mut all: HashMap<String, Vec<String>> = HashMap::new();
        for view in of {
            for (ticket, registration, _) in tables::tickets_of(conn, &view.person)? {
                let known = all.entry(registration).or_default();
                if !known.contains(&ticket) {
                    known.push(ticket);
                }
            }
        }
        Ok(all)
    })
}

const fn fault(field: &'static str, word: &'static str) -> Fault {
    Fault { field, word }
}

/// What can be told without asking the database.
fn own_faults(app: &App, person: &Person, draft: &Draft, picture: Picture<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Err(error) = Name::parse(&draft.name) {
        faults.push(fault("name", error.word()));
    }
    if let Err(error) = IdNumber::parse(draft.id_number.trim()) {
        faults.push(fault("id_number", error.word()));
    }
    if optional(Some(&draft.phone)).is_some_and(|phone| parse_phone(phone).is_err()) {
        faults.push(fault("phone", "phone"));
    }
    let kind = ExamKind::from_word(&draft.kind);
    if kind.is_none() {
        faults.push(fault("kind", "choice"));
    }
    if institution_for(person, Some(&draft.institution)).is_err() {
        faults.push(fault("institution", "choice"));
    }
    if Education::from_word(&draft.education).is_none() {
        faults.push(fault("education", "choice"));
    }
    for (field, text) in [("theory_hours", &draft.theory_hours), ("practical_hours", &draft.practical_hours)]
    {
        if hours(text).is_none() {
            faults.push(fault(field, "hours"));
        }
    }
    let today = app.clock.now().date_in_china();
    match Date::parse(draft.applied_on.trim()) {
        Ok(day) if day > today => faults.push(fault("applied_on", "future")),
        Ok(_) => {}
        Err(_) => faults.push(fault("applied_on", "day")),
    }
    let issued = optional(Some(&draft.first_issued_on)).map(Date::parse);
    match issued {
        Some(Err(_)) => faults.push(fault("first_issued_on", "day")),
        Some(Ok(day)) if day > today => faults.push(fault("first_issued_on", "future")),
        None if matches!(kind, Some(ExamKind::Review | ExamKind::Renewal)) => {
            faults.push(fault("first_issued_on", "issued"));
        }
        _ => {}
    }
    faults.extend(picture_fault(picture).map(|word| fault("portrait", word)));
    faults
}

fn picture_fault(picture: Picture<'_>) -> Option<&'static str> {
    match picture {
        Picture::None => Some("no_portrait"),
        Picture::TooLarge => Some("large_portrait"),
        Picture::File(file) => match portrait::accept(file) {
            Ok(_) => None,
            Err(PortraitError::TooSmall(..)) => Some("small_portrait"),
            Err(_) => Some("portrait"),
        },
    }
}

/// What was chosen and is not there.
fn choice_faults(conn: &mut Conn, person: &Person, draft: &Draft) -> Result<Vec<Fault>, PeopleError> {
    let mut faults = Vec::new();
    if world::trade_record(conn, draft.trade.trim())?.is_none() {
        faults.push(fault("trade", "choice"));
    }
    let institution = institution_for(person, Some(&draft.institution)).ok();
    let chosen = [("institution", "training", institution), ("employer", "employer", employer(draft))];
    for (field, kind, id) in chosen {
        let Some(id) = id else { continue };
        match check_organisation(conn, kind, &id) {
            Ok(()) => {}
            Err(PeopleError::OrganisationUnknown { .. }) => faults.push(fault(field, "choice")),
            Err(error) => return Err(error),
        }
    }
    Ok(faults)
}

/// What speaks against somebody who is known already.
fn known_faults(app: &App, conn: &mut Conn, draft: &Draft) -> Result<Vec<Fault>, PeopleError> {
    let mut faults = Vec::new();
    let Ok(number) = IdNumber::parse(draft.id_number.trim()) else { return Ok(faults) };
    let index = app.sealer.index("id_number", number.as_str());
    let Some(known) = tables::person_by_index(conn, &index)? else { return Ok(faults) };
    if let Ok(name) = Name::parse(&draft.name)
        && app.sealer.open("person.name", &Sealed(known.name))? != name.as_str()
    {
        faults.push(fault("name", "differs"));
    }
    for registration in tables::registrations_of(conn, &known.id, draft.trade.trim())? {
        if registration.exam_kind == draft.kind && tables::is_open(conn, &registration.registration)? {
            faults.push(fault("id_number", "registered"));
            break;
        }
    }
    Ok(faults)
}

fn order(draft: &Draft, picture: Picture<'_>) -> RegistrationOrder {
    let file = if let Picture::File(file) = picture { file } else { &[] };
    let text = |text: &str| optional(Some(text)).map(str::to_owned);
    RegistrationOrder {
        name: draft.name.clone(),
        id_number: draft.id_number.trim().to_owned(),
        phone: text(&draft.phone),
        trade: draft.trade.trim().to_owned(),
        kind: draft.kind.clone(),
        employer: employer(draft),
        institution: text(&draft.institution),
        education: draft.education.clone(),
        theory_hours: hours(&draft.theory_hours).unwrap_or_default(),
        practical_hours: hours(&draft.practical_hours).unwrap_or_default(),
        health_promise: draft.health_promise,
        applied_on: draft.applied_on.trim().to_owned(),
        first_issued_on: text(&draft.first_issued_on),
        portrait: STANDARD.encode(file),
    }
}

fn employer(draft: &Draft) -> Option<String> {
    optional(Some(&draft.employer)).map(str::to_owned)
}

fn hours(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|hours| *hours <= MAX_HOURS)
}
