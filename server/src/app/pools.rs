//! Pools of invigilators and examiners: who is in them, what stands against somebody today, changes of one member, bars,
//! and lists that are taken in as a whole or not at all.

use super::App;
use super::auth::Person;
use super::once::{Once, OnceError};
use crate::bankfile::BankFileError;
use crate::db::{Conn, DbError, DbResult, events, sessions as rows, world};
use crate::event::{Actor, Event, Fact, StaffAdded, StaffBarred};
use crate::poolfile::{self, Row};
use serde::{Deserialize, Serialize};
use shared::assignment::HardRule;
use shared::ids::StaffCode;
use shared::time::Date;
use std::collections::{BTreeMap, HashMap};
use thiserror::Error;

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
    /// The bar, if it was one; else the particulars were written.
    pub bar: Option<StaffBarred>,
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

/// Why nothing was done.
#[derive(Debug, Error)]
pub enum PoolError {
    /// Nobody of that code.
    #[error("there is nobody with the code '{0}' in the pool")]
    MemberUnknown(String),
    /// A field cannot stay as it is.
    #[error("{0}: this cannot be used")]
    Field(&'static str),
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
    Self::Db(_) => "unavailable",
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
        let span = (0, now.millis().saturating_add(1));
        let mut history = Vec::new();
        for (row, fact) in events::of_kind(conn, "staff_added", span)? {
            if matches!(fact, Fact::StaffAdded(added) if added.code == code) {
                history.push(Step { at: row.at, bar: None });
            }
        }
        for (row, fact) in events::of_kind(conn, "staff_barred", span)? {
            if let Fact::StaffBarred(bar) = fact
                && bar.staff == code
            {
                history.push(Step { at: row.at, bar: Some(bar) });
            }
        }
        history.sort_by_key(|step| std::cmp::Reverse(step.at));
        Ok(MemberFile { member: member(load, of, today), duties, history })
    })
}

/// Writes the particulars of a member anew.
///
/// # Errors
/// [`PoolError::Field`] names what cannot be used.
pub fn change(app: &App, person: &Person, row: Row, once: Once) -> Result<(), PoolError> {
    let (at, actor) = (app.clock.now(), Actor::Account(person.account.clone()));
    app.write_once(Some(once), move |conn| {
        let old = known(conn, &row.code)?;
        let new = Known::load(conn)?.read(&row, Some(&old)).map_err(PoolError::Field)?;
        if !same(&old, &new) {
            events::append(conn, &Event::new(at, actor.clone(), Fact::StaffAdded(new)))?;
        }
        Ok(())
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
    (until, reason): (&str, &str),
    once: Once,
) -> Result<(), PoolError> {
    let (at, actor) = (app.clock.now(), Actor::Account(person.account.clone()));
    let until = Date::parse(until.trim()).map_err(|_| PoolError::Field("until"))?.to_string();
    let reason = reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > MAX_REASON {
        return Err(PoolError::Field("reason"));
    }
    let staff = code.to_owned();
    app.write_once(Some(once), move |conn| {
        known(conn, &staff)?;
        let fact =
            StaffBarred { staff: staff.clone(), until: until.clone(), reason: reason.clone(), session: None };
        events::append(conn, &Event::new(at, actor.clone(), Fact::StaffBarred(fact)))?;
        Ok(())
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
    let (at, actor) = (app.clock.now(), Actor::Account(person.account.clone()));
    app.write_once(Some(once), move |conn| {
        let known = Known::load(conn)?;
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
                if before.get(&code).is_none_or(|old| !same(old, &new)) {
                    events::append(conn, &Event::new(at, actor.clone(), Fact::StaffAdded(new)))?;
                }
            }
        }
        Ok(report)
    })
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
    /// Id by id and by Chinese name.
    organisations: HashMap<String, String>,
    categories: HashMap<String, String>,
}

impl Known {
    fn load(conn: &mut Conn) -> DbResult<Self> {
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
        Ok(Self { organisations, categories })
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
            unavailable: days(&row.unavailable)?,
            district: row.district.clone(),
            pool: Some(row.pool.clone()).filter(|p| !p.is_empty()),
            languages: row.languages.clone(),
            invigilator_until: poolfile::date(&row.invigilator_until).map_err(|_| "invigilator_until")?,
            examiner_categories: find(&self.categories, "categories", &row.categories)?,
            examiner_until: poolfile::date(&row.examiner_until).map_err(|_| "examiner_until")?,
            barred_until: old.and_then(|o| o.barred_until.clone()),
            conflicts_complete: row.conflicts_complete,
        })
    }
}
