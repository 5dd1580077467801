//! Fills a database from a directory of files: rules, trades, calendars, sheets, and a world with its people.
//!
//! Seeding twice changes nothing: each thing is compared with what is there, and only what is new or different
//! becomes an event. A rule set that is there is never changed.

mod accounts;
mod banks;
mod candidates;
mod public;
mod world_file;

pub use world_file::WorldFile;

use super::App;
use super::auth::AuthError;
use super::banks::BankError;
use super::ceremony::{Hall, HoldError};
use super::people::PeopleError;
use super::salts;
use super::sets::SetsError;
use crate::blobs::BlobError;
use crate::db::{Conn, DbError, seed as tables, world};
use crate::event::{Actor, Fact};
use crate::portrait::PortraitError;
use serde::Serialize;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Tells how far seeding is: what, how much of it is done, how much there is.
pub type Progress<'a> = &'a dyn Fn(&str, u64, u64);

/// What seeding did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct SeedReport {
    /// Rule set that the world names.
    pub rule_set: String,
    /// Exam day that the world names, `YYYY-MM-DD`.
    pub exam_day: String,
    /// How much of each kind was added and how much was there already.
    pub counts: Vec<Count>,
    /// Login and secret (base32) of every second factor that was made now; they are shown once.
    pub second_factors: Vec<(String, String)>,
}

/// One kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Count {
    /// Kind, in the plural.
    pub what: &'static str,
    /// Added or changed now.
    pub added: u64,
    /// As it was.
    pub unchanged: u64,
}

/// Why a world cannot be seeded. What was loaded before the error stays; seeding again goes on from there.
#[derive(Debug, Error)]
pub enum SeedError {
    /// A file or directory cannot be read.
    #[error("{0} cannot be read: {1}")]
    Read(PathBuf, std::io::Error),
    /// A file says what it may not.
    #[error("{0}: {1}")]
    File(PathBuf, String),
    /// A rule set with this id is loaded, with another text.
    #[error("rule set {0} is loaded with another text; a change needs a new version")]
    RuleSetChanged(String),
    /// A candidate cannot be registered.
    #[error("candidate {0} of the world: {1}")]
    Candidate(usize, PeopleError),
    /// A bank cannot be imported.
    #[error("bank of {0}: {1}")]
    Bank(String, BankError),
    /// Question sets cannot be put together.
    #[error("question sets of {0}: {1}")]
    Sets(String, SetsError),
    /// Passwords or second factors.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// Registrations as a whole.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// Portraits.
    #[error(transparent)]
    Portrait(#[from] PortraitError),
    /// Attachments.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The salt of a member of the pool.
    #[error(transparent)]
    Salt(#[from] HoldError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl SeedError {
    fn file(path: &Path, why: impl Display) -> Self {
        Self::File(path.to_owned(), why.to_string())
    }
}

/// Seeds from a directory like `fixtures/` and the file of a world.
///
/// # Errors
/// [`SeedError`] names the file, row or thing that is wrong.
pub fn seed(
    app: &App,
    fixtures: &Path,
    world: &Path,
    progress: Progress<'_>,
) -> Result<SeedReport, SeedError> {
    let file = WorldFile::read(world)?;
    let mut report = SeedReport {
        rule_set: file.rule_set.clone(),
        exam_day: file.exam_day.clone(),
        ..SeedReport::default()
    };
    let public = public::facts(fixtures)?;
    if !public.iter().any(|fact| matches!(fact, Fact::RuleSetLoaded(r) if r.id == file.rule_set)) {
        return Err(SeedError::file(world, format!("there is no rule set '{}'", file.rule_set)));
    }
    load(app, public, &mut report, progress)?;
    load(app, file.facts(), &mut report, progress)?;
    accounts::add(app, &file.account, &mut report, progress)?;
    candidates::add(app, &file.candidate, &mut report, progress)?;
    if file.banks {
        banks::add(app, fixtures, &file, &mut report, progress)?;
    }
    Ok(report)
}

impl SeedReport {
    /// How much of one kind was added now.
    #[must_use]
    pub fn added(&self, what: &str) -> u64 {
        self.counts.iter().filter(|c| c.what == what).map(|c| c.added).sum()
    }

    /// How much was added in all.
    #[must_use]
    pub fn added_in_all(&self) -> u64 {
        self.counts.iter().map(|c| c.added).sum()
    }

    fn count(&mut self, what: &'static str, added: u64, unchanged: u64) {
        match self.counts.iter_mut().find(|c| c.what == what) {
            Some(count) => {
                count.added = count.added.saturating_add(added);
                count.unchanged = count.unchanged.saturating_add(unchanged);
            }
            None => self.counts.push(Count { what, added, unchanged }),
        }
    }
}

/// Who seeds.
const fn actor() -> Actor {
    Actor::System("seed")
}

/// Appends the facts that are new or different, in one transaction.
fn load(
    app: &App,
    facts: Vec<Fact>,
    report: &mut SeedReport,
    progress: Progress<'_>,
) -> Result<(), SeedError> {
    let hall = Hall::of(app, actor());
    let outcomes = app.db.write(move |conn| {
        let mut outcomes = Vec::with_capacity(facts.len());
        for fact in facts {
            let (what, known) = (kind(&fact), is_known(conn, &fact)?);
            if !known {
                let joined = if let Fact::StaffAdded(f) = &fact { Some(f.code.clone()) } else { None };
                hall.append(conn, fact)?;
                if let Some(staff) = joined {
                    salts::give(conn, &hall, &staff)?;
                }
            }
            outcomes.push((what, known));
        }
        Ok::<_, SeedError>(outcomes)
    })?;
    for (what, known) in &outcomes {
        report.count(what, u64::from(!known), u64::from(*known));
    }
    let mut kinds: Vec<&str> = outcomes.iter().map(|(what, _)| *what).collect();
    kinds.dedup();
    for what in kinds {
        let all = size(outcomes.iter().filter(|(w, _)| *w == what).count());
        progress(what, all, all);
    }
    Ok(())
}

fn kind(fact: &Fact) -> &'static str {
    match fact {
        Fact::RuleSetLoaded(_) => "rule sets",
        Fact::TradeLoaded(_) => "trades",
        Fact::CalendarLoaded(_) => "calendars",
        Fact::SheetsLoaded(_) => "sheet files",
        Fact::OrganisationAdded(_) => "organisations",
        Fact::PointAdded(_) => "points",
        Fact::StaffAdded(_) => "staff",
        _ => "other facts",
    }
}

/// Whether exactly this is there.
fn is_known(conn: &mut Conn, fact: &Fact) -> Result<bool, SeedError> {
    Ok(match fact {
        Fact::RuleSetLoaded(f) => match world::rule_set_row(conn, &f.id)? {
            Some(row) if row.hash != f.hash => return Err(SeedError::RuleSetChanged(f.id.clone())),
            found => found.is_some(),
        },
        Fact::TradeLoaded(f) => same(world::trade_record(conn, &f.id)?.as_ref(), f),
        Fact::CalendarLoaded(f) => world::calendar_years(conn)?.contains(&f.toml),
        Fact::SheetsLoaded(f) => tables::sheet_text(conn, &f.trade)?.as_ref() == Some(&f.toml),
        Fact::OrganisationAdded(f) => same(tables::organisation(conn, &f.id)?.as_ref(), f),
        Fact::PointAdded(f) => same(world::point(conn, &f.id)?.as_ref(), f),
        Fact::StaffAdded(f) => same(tables::staff_record(conn, &f.code)?.as_ref(), f),
        _ => false,
    })
}

/// Facts are the same if they are written the same.
fn same<T: Serialize>(known: Option<&T>, new: &T) -> bool {
    known.is_some_and(
        |k| matches!((serde_json::to_value(k), serde_json::to_value(new)), (Ok(a), Ok(b)) if a == b),
    )
}

fn read(path: &Path) -> Result<String, SeedError> {
    std::fs::read_to_string(path).map_err(|e| SeedError::Read(path.to_owned(), e))
}

/// Files of a directory with an ending, by name.
fn files(dir: &Path, ending: &str) -> Result<Vec<PathBuf>, SeedError> {
    let unreadable = |e| SeedError::Read(dir.to_owned(), e);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|e| e == ending) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn size(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
