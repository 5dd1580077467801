//! Pools of invigilators and examiners: who is in them, what stands against somebody today, changes of one member, bars,
//! and lists that are taken in as a whole or not at all.

use super::App;
use super::accounts;
use super::auth::Person;
use super::ceremony::{Hall, HoldError};
use super::once::{Once, OnceError};
use super::salts;
use crate::bankfile::BankFileError;
use crate::db::{Conn, DbError, DbResult, events, people, sessions as rows, world};
use crate::event::{Actor, Fact, StaffAdded, StaffBarred, StaffUnbarred};
use crate::poolfile::{self, Row};
use crate::seal::Sealer;
use serde::{Deserialize, Serialize};
use shared::assignment::HardRule;
use shared::idnumber::IdNumber;
use shared::ids::StaffCode;
use shared::language::Language;
use shared::time::{Date, Instant};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use thiserror::Error;
use utoipa::ToSchema;

/// Longest reason in characters.
const MAX_REASON: usize = 500;

/// A member of the pool with what stands against any duty today.
#[derive(Debug, Clone)]
pub struct Member {
    /// The member.
    pub of: StaffAdded,
    /// Duties in the year.
    pub load: usize,
    /// Words of the rules that keep the member from any duty today.
    pub against: Vec<&'static str>,
}

/// What happened to a member.
#[derive(Debug, Clone)]
pub struct Step {
    /// When, epoch milliseconds.
    pub at: i64,
    /// Name of who wrote it down; for what the system did itself, its own.
    pub by: String,
    /// What.
    pub what: What,
}

/// Kinds of things that happen to a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The particulars were written.
    Written,
    /// Barred up to and including a day, with the reason.
    Barred(String, String),
    /// Did not come to a duty, and is barred up to and including a day.
    Absent(String),
    /// The bar was lifted, with the reason.
    Lifted(String),
}

/// One member.
#[derive(Debug, Clone)]
pub struct MemberFile {
    /// The member.
    pub member: Member,
    /// Sessions with the kind of duty, the latest first: session, day, kind.
    pub duties: Vec<(String, String, String)>,
    /// What happened, the latest first.
    pub history: Vec<Step>,
}

/// What a list did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolReport {
    /// Rows read.
    pub read: usize,
    /// New members.
    pub added: usize,
    /// Members with other particulars than before.
    pub changed: usize,
    /// Members of whom the list says nothing new.
    pub same: usize,
    /// Rows that cannot be taken in: number, and what is wrong as a word. Then nothing was taken in.
    pub refused: Vec<(u32, String)>,
    /// Codes of those whose conflict data is not complete, who cannot be drawn.
    pub incomplete: Vec<String>,
}

/// Somebody is family of a member, or was trained by the member; or it is struck out.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TieOrder {
    /// `family` or `trained`.
    pub tie: String,
    /// Identity number of the other person, who need not have registered. It is kept as a keyed hash and shown to nobody.
    pub id_number: String,
    /// Whether it is to be struck out.
    #[serde(default)]
    pub strike: bool,
}

/// How many people are noted for a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ties {
    /// Family.
    pub family: usize,
    /// People trained.
    pub trained: usize,
}

/// A member is to be barred.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BarOrder {
    /// Last day, `YYYY-MM-DD`.
    pub until: String,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// A bar is to be lifted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiftOrder {
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// A member as machines read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StaffView {
    /// Code in the pool.
    pub code: String,
    /// Name.
    pub name: String,
    /// Employer (organisation id).
    pub employer: Option<String>,
    /// Institutions taught at (organisation ids).
    pub taught_at: Vec<String>,
    /// How many people are noted as family and as trained.
    pub ties: Ties,
    /// Days not available, `YYYY-MM-DD`.
    pub unavailable: Vec<String>,
    /// District, six digits.
    pub district: String,
    /// Whose pool: the id of an exam point or the first digits of a district; none for the pool of all.
    pub pool: Option<String>,
    /// Languages other than Chinese.
    pub languages: Vec<String>,
    /// Last day of the invigilator's card.
    pub invigilator_until: Option<String>,
    /// Categories of the examiner's card.
    pub examiner_categories: Vec<String>,
    /// Last day of the examiner's card.
    pub examiner_until: Option<String>,
    /// Barred up to and including this day.
    pub barred_until: Option<String>,
    /// Whether employer, teaching and family ties were all declared.
    pub conflicts_complete: bool,
}

impl Ties {
    /// Of a member.
    #[must_use]
    pub const fn of(member: &StaffAdded) -> Self {
        Self {
            family: member.family.len() + member.family_index.len(),
            trained: member.trained.len() + member.trained_index.len(),
        }
    }
}

impl From<StaffAdded> for StaffView {
    fn from(of: StaffAdded) -> Self {
        Self {
            ties: Ties::of(&of),
            code: of.code,
            name: of.name,
            employer: of.employer,
            taught_at: of.taught_at,
            unavailable: of.unavailable,
            district: of.district,
            pool: of.pool,
            languages: of.languages,
            invigilator_until: of.invigilator_until,
            examiner_categories: of.examiner_categories,
            examiner_until: of.examiner_until,
            barred_until: of.barred_until,
            conflicts_complete: of.conflicts_complete,
        }
    }
}

/// Why nothing was done.
#[derive(Debug, Error)]
pub enum PoolError {
    /// Nobody of that code.
    #[error("there is nobody with the code '{0}' in the pool")]
    MemberUnknown(String),
    /// A field cannot stay as it is.
    #[error("{0}: this cannot be used")]
    Field(&'static str),
    /// There is no bar to lift.
    #[error("nobody has barred this member, or the bar has ended")]
    NotBarred,
    /// A salt could not be given.
    #[error(transparent)]
    Hold(#[from] HoldError),
    /// Not a list.
    #[error(transparent)]
    File(#[from] BankFileError),
    /// Idempotency key.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
}

crate::refusal!(PoolError {
    Self::MemberUnknown(_) => "staff-unknown",
    Self::Field(_) => "field-invalid",
    Self::File(_) => "pool-file-unreadable",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::NotBarred => "staff-not-barred",
    Self::Hold(_) | Self::Db(_) => "unavailable",
});

/// Everybody in the pool.
///
/// # Errors
/// [`PoolError::Db`].
pub fn members(app: &App) -> Result<Vec<Member>, PoolError> {
    let today = app.clock.now().date_in_china();
    Ok(app.db.read(|conn| {
        let year = today.year();
        let given = rows::duties_between(conn, &format!("{year}-01-01"), &format!("{year}-12-31"))?;
        let mut load: HashMap<String, usize> = HashMap::new();
        given.into_iter().for_each(|(duty, _)| *load.entry(duty.staff).or_default() += 1);
        let all = world::staff(conn)?.into_iter();
        DbResult::Ok(all.map(|of| member(load.get(&of.code).copied().unwrap_or(0), of, today)).collect())
    })?)
}

/// One member with duties and history.
///
/// # Errors
/// [`PoolError::MemberUnknown`].
pub fn file(app: &App, code: &str) -> Result<MemberFile, PoolError> {
    let (now, today) = (app.clock.now(), app.clock.now().date_in_china());
    app.db.read(|conn| {
        let of = known(conn, code)?;
        let year = today.year();
        let given =
            rows::duties_between(conn, &format!("{}-01-01", year - 1), &format!("{}-12-31", year + 1))?;
        let mut own: Vec<_> = given.into_iter().filter(|(duty, _)| duty.staff == code).collect();
        let load = own.iter().filter(|(_, s)| s.day.starts_with(&year.to_string())).count();
        own.reverse();
        let duties = own.into_iter().map(|(duty, session)| (session.id, session.day, duty.kind)).collect();
        let history = history(conn, code, now)?;
        Ok(MemberFile { member: member(load, of, today), duties, history })
    })
}

/// What happened to a member, the latest first.
fn history(conn: &mut Conn, code: &str, now: Instant) -> Result<Vec<Step>, PoolError> {
    let span = (0, now.millis().saturating_add(1));
    let mut found = Vec::new();
    for kind in ["staff_added", "staff_barred", "staff_unbarred", "duty_passed"] {
        for (row, fact) in events::of_kind(conn, kind, span)? {
            found.extend(what(fact, code).map(|what| (row, what)));
        }
    }
    found.sort_by_key(|(row, _)| std::cmp::Reverse(row.seq));
    let mut names: HashMap<String, String> = HashMap::new();
    let mut steps = Vec::with_capacity(found.len());
    for (row, what) in found {
        if !names.contains_key(&row.actor) {
            names.insert(row.actor.clone(), accounts::actor_name(conn, &row.actor)?);
        }
        let by = names.get(&row.actor).cloned().unwrap_or_default();
        steps.push(Step { at: row.at, by, what });
    }
    Ok(steps)
}

/// What a fact says of a member, if anything.
fn what(fact: Fact, code: &str) -> Option<What> {
    match fact {
        Fact::StaffAdded(f) if f.code == code => Some(What::Written),
        Fact::StaffBarred(f) if f.staff == code => Some(What::Barred(f.until, f.reason)),
        Fact::StaffUnbarred(f) if f.staff == code => Some(What::Lifted(f.reason)),
        Fact::DutyPassed(f) if f.left == code => f.barred_until.map(What::Absent),
        _ => None,
    }
}

/// Writes the particulars of a member anew.
///
/// # Errors
/// [`PoolError::Field`] names what cannot be used.
pub fn change(app: &App, person: &Person, row: Row, once: Once) -> Result<(), PoolError> {
    let hall = Hall::of(app, Actor::Account(person.account.clone()));
    app.write_once(Some(once), move |conn| {
        let old = known(conn, &row.code)?;
        let new = Known::load(conn, &hall)?.read(&row, Some(&old)).map_err(PoolError::Field)?;
        write(conn, &hall, Some(&old), new)
    })
}

/// Notes that somebody is family of a member or was trained by the member, or strikes it out; who it is, is kept as the
/// keyed hash of the identity number.
///
/// # Errors
/// [`PoolError::Field`] if the number is none, or is to be struck out and was not noted.
pub fn tie(
    app: &App,
    person: &Person,
    code: &str,
    order: TieOrder,
    once: Option<Once>,
) -> Result<Ties, PoolError> {
    let hall = Hall::of(app, Actor::Account(person.account.clone()));
    let number = IdNumber::parse(order.id_number.trim()).map_err(|_| PoolError::Field("id_number"))?;
    let (staff, index) = (code.to_owned(), hall.sealer.index("id_number", number.as_str()));
    let family = match order.tie.as_str() {
        "family" => true,
        "trained" => false,
        _ => return Err(PoolError::Field("tie")),
    };
    app.write_once(once, move |conn| {
        let old = known(conn, &staff)?;
        let mut new = old.clone();
        let registered = people::person_by_index(conn, &index)?.map(|row| row.id);
        let (hashes, persons) = if family {
            (&mut new.family_index, &mut new.family)
        } else {
            (&mut new.trained_index, &mut new.trained)
        };
        let is_noted = hashes.contains(&index) || registered.as_ref().is_some_and(|id| persons.contains(id));
        if !order.strike && !is_noted {
            hashes.push(index.clone());
        } else if order.strike && is_noted {
            hashes.retain(|hash| *hash != index);
            persons.retain(|id| Some(id) != registered.as_ref());
        } else if order.strike {
            return Err(PoolError::Field("not_noted"));
        }
        let ties = Ties::of(&new);
        write(conn, &hall, Some(&old), new)?;
        Ok(ties)
    })
}

/// Bars a member up to and including a day.
///
/// # Errors
/// [`PoolError::Field`] names what cannot be used.
pub fn bar(
    app: &App,
    person: &Person,
    code: &str,
    order: BarOrder,
    once: Option<Once>,
) -> Result<(), PoolError> {
    let hall = Hall::of(app, Actor::Account(person.account.clone()));
    let until = Date::parse(order.until.trim()).map_err(|_| PoolError::Field("until"))?.to_string();
    let (staff, reason) = (code.to_owned(), reason(&order.reason)?);
    app.write_once(once, move |conn| {
        known(conn, &staff)?;
        let fact =
            StaffBarred { staff: staff.clone(), until: until.clone(), reason: reason.clone(), session: None };
        Ok(hall.append(conn, Fact::StaffBarred(fact))?)
    })
}

/// Lifts the bar of a member before its last day.
///
/// # Errors
/// [`PoolError::NotBarred`], or [`PoolError::Field`] without a reason.
pub fn lift(
    app: &App,
    person: &Person,
    code: &str,
    order: LiftOrder,
    once: Option<Once>,
) -> Result<(), PoolError> {
    let hall = Hall::of(app, Actor::Account(person.account.clone()));
    let (staff, reason) = (code.to_owned(), reason(&order.reason)?);
    app.write_once(once, move |conn| {
        let today = hall.at.date_in_china().to_string();
        if known(conn, &staff)?.barred_until.is_none_or(|until| until < today) {
            return Err(PoolError::NotBarred);
        }
        let fact = StaffUnbarred { staff: staff.clone(), reason: reason.clone() };
        Ok(hall.append(conn, Fact::StaffUnbarred(fact))?)
    })
}

/// Takes in a list of members: all of it, or nothing if a row is refused.
///
/// # Errors
/// [`PoolError::File`] if it is no list.
pub fn import(
    app: &App,
    person: &Person,
    (name, bytes): (&str, &[u8]),
    once: Once,
) -> Result<PoolReport, PoolError> {
    let list = poolfile::read(name, bytes)?;
    let hall = Hall::of(app, Actor::Account(person.account.clone()));
    app.write_once(Some(once), move |conn| {
        let known = Known::load(conn, &hall)?;
        let before: BTreeMap<String, StaffAdded> =
            world::staff(conn)?.into_iter().map(|s| (s.code.clone(), s)).collect();
        let mut report = PoolReport { read: list.len(), ..PoolReport::default() };
        let mut after: BTreeMap<String, StaffAdded> = BTreeMap::new();
        for (number, row) in &list {
            let old = before.get(&row.code);
            match known.read(row, old) {
                Ok(_) if after.contains_key(&row.code) => report.refused.push((*number, "twice".to_owned())),
                Ok(new) => {
                    match old {
                        None => report.added += 1,
                        Some(old) if same(old, &new) => report.same += 1,
                        Some(_) => report.changed += 1,
                    }
                    if !new.conflicts_complete {
                        report.incomplete.push(new.code.clone());
                    }
                    after.insert(new.code.clone(), new);
                }
                Err(field) => report.refused.push((*number, field.to_owned())),
            }
        }
        if report.refused.is_empty() {
            for (code, new) in after {
                write(conn, &hall, before.get(&code), new)?;
            }
        }
        Ok(report)
    })
}

/// Writes down what is new of a member; whoever joins gets a salt.
fn write(conn: &mut Conn, hall: &Hall, old: Option<&StaffAdded>, new: StaffAdded) -> Result<(), PoolError> {
    if old.is_some_and(|old| same(old, &new)) {
        return Ok(());
    }
    let code = new.code.clone();
    hall.append(conn, Fact::StaffAdded(new))?;
    Ok(salts::give(conn, hall, &code)?)
}

fn reason(text: &str) -> Result<String, PoolError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_REASON {
        return Err(PoolError::Field("reason"));
    }
    Ok(text.to_owned())
}

fn known(conn: &mut Conn, code: &str) -> Result<StaffAdded, PoolError> {
    let all = world::staff(conn)?;
    all.into_iter().find(|s| s.code == code).ok_or_else(|| PoolError::MemberUnknown(code.to_owned()))
}

fn member(load: usize, of: StaffAdded, today: Date) -> Member {
    let today = today.to_string();
    let cards = [&of.invigilator_until, &of.examiner_until];
    let held = cards.iter().filter_map(|until| until.as_deref());
    let rules = [
        (HardRule::CardMissing, cards.iter().all(|until| until.is_none())),
        (
            HardRule::CardExpired,
            held.clone().next().is_some() && held.clone().all(|until| until < today.as_str()),
        ),
        (HardRule::NotAvailable, of.unavailable.contains(&today)),
        (HardRule::Barred, of.barred_until.as_ref().is_some_and(|until| today <= *until)),
        (HardRule::ConflictsIncomplete, !of.conflicts_complete),
    ];
    let against = rules.into_iter().filter(|(_, holds)| *holds).map(|(rule, _)| rule.word()).collect();
    Member { of, load, against }
}

fn days(texts: &[String]) -> Result<Vec<String>, &'static str> {
    let day = |text: &String| poolfile::date(text).map_err(|_| "unavailable");
    Ok(texts.iter().map(day).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// Whether two records say the same of a member.
fn same(a: &StaffAdded, b: &StaffAdded) -> bool {
    let text = |s: &StaffAdded| serde_json::to_string(s).ok();
    text(a) == text(b)
}

/// What the fields of a row may name.
struct Known {
    sealer: Sealer,
    /// Id by id and by Chinese name.
    organisations: HashMap<String, String>,
    categories: HashMap<String, String>,
}

impl Known {
    fn load(conn: &mut Conn, hall: &Hall) -> DbResult<Self> {
        let mut organisations = HashMap::new();
        for o in world::organisations(conn)? {
            organisations.insert(o.name_zh, o.id.clone());
            organisations.insert(o.id.clone(), o.id);
        }
        let mut categories = HashMap::new();
        for trade in world::trades(conn)? {
            categories.insert(trade.category_zh, trade.category.clone());
            categories.insert(trade.category.clone(), trade.category);
        }
        Ok(Self { sealer: hall.sealer.clone(), organisations, categories })
    }

    /// The member that a row tells of; what the row cannot tell stays as it was. The word of a field that cannot be used.
    fn read(&self, row: &Row, old: Option<&StaffAdded>) -> Result<StaffAdded, &'static str> {
        StaffCode::parse(&row.code).map_err(|_| "code")?;
        if row.name.trim().is_empty() || row.name.chars().count() > 60 {
            return Err("name");
        }
        let digits = row.district.len() == 6 && row.district.bytes().all(|b| b.is_ascii_digit());
        if !digits {
            return Err("district");
        }
        let find = |all: &HashMap<String, String>, word: &str, names: &[String]| {
            let one = |name: &String| all.get(name.as_str()).cloned();
            names.iter().map(one).collect::<Option<Vec<_>>>().ok_or(match word {
                "categories" => "categories",
                "employer" => "employer",
                _ => "taught_at",
            })
        };
        let employer: Vec<String> =
            Some(row.employer.clone()).filter(|e| !e.is_empty()).into_iter().collect();
        Ok(StaffAdded {
            code: row.code.clone(),
            name: row.name.trim().to_owned(),
            employer: find(&self.organisations, "employer", &employer)?.pop(),
            taught_at: find(&self.organisations, "taught_at", &row.taught_at)?,
            trained: old.map(|o| o.trained.clone()).unwrap_or_default(),
            family: old.map(|o| o.family.clone()).unwrap_or_default(),
            trained_index: self.add(old.map(|o| &o.trained_index), &row.trained).ok_or("trained")?,
            family_index: self.add(old.map(|o| &o.family_index), &row.family).ok_or("family")?,
            unavailable: days(&row.unavailable)?,
            district: row.district.clone(),
            pool: Some(row.pool.clone()).filter(|p| !p.is_empty()),
            languages: languages(&row.languages).ok_or("languages")?,
            invigilator_until: poolfile::date(&row.invigilator_until).map_err(|_| "invigilator_until")?,
            examiner_categories: find(&self.categories, "categories", &row.categories)?,
            examiner_until: poolfile::date(&row.examiner_until).map_err(|_| "examiner_until")?,
            barred_until: old.and_then(|o| o.barred_until.clone()),
            conflicts_complete: row.conflicts_complete,
        })
    }

    /// The keyed hashes that are known with those of more identity numbers; none if a number is wrong.
    fn add(&self, known: Option<&Vec<String>>, numbers: &[String]) -> Option<Vec<String>> {
        let mut all = known.cloned().unwrap_or_default();
        for number in numbers {
            let hash = self.sealer.index("id_number", IdNumber::parse(number).ok()?.as_str());
            if !all.contains(&hash) {
                all.push(hash);
            }
        }
        Some(all)
    }
}

/// The words of languages; none if one is not known.
fn languages(texts: &[String]) -> Option<Vec<String>> {
    let all: Option<BTreeSet<Language>> = texts.iter().map(|text| Language::from_text(text)).collect();
    Some(all?.into_iter().map(|language| language.word().to_owned()).collect())
}
