//! Numbered blanks of an exam point: what came into its stock, the share of each kiosk, and what became of them.

use super::App;
use super::auth::Person;
use super::once::{Once, OnceError};
use super::overview::Named;
use crate::db::blanks::{self as rows, Share};
use crate::db::{Conn, DbError, events, kiosks, world as tables};
use crate::event::{Actor, BlanksAllotted, BlanksStocked, Fact};
use crate::http::access::Role;
use shared::blanks::{Count, End, Range, RangeError, count};
use thiserror::Error;

/// An exam point's blanks.
#[derive(Debug, Clone)]
pub struct BlanksDesk {
    /// The exam point.
    pub point: Named,
    /// Every exam point whose blanks this person may see.
    pub points: Vec<Named>,
    /// What came in.
    pub stocks: Vec<Share>,
    /// Its kiosks in use, and those out of use that have blanks.
    pub kiosks: Vec<KioskBlanks>,
    /// Blanks that came in.
    pub stocked: u64,
    /// All kiosks together.
    pub total: Count,
}

/// A kiosk's blanks.
#[derive(Debug, Clone)]
pub struct KioskBlanks {
    /// Kiosk.
    pub kiosk: String,
    /// Its shares.
    pub shares: Vec<Share>,
    /// In numbers.
    pub count: Count,
}

/// Why blanks are not shown or entered.
#[derive(Debug, Error)]
pub enum BlanksError {
    /// There is no such exam point, or none that this person may see.
    #[error("{0}")]
    PointUnknown(String),
    /// There is no such kiosk in use at this exam point.
    #[error("{0}")]
    KioskUnknown(String),
    /// The numbers are no range.
    #[error("{0}")]
    Range(#[from] RangeError),
    /// Some of the blanks are entered already.
    #[error("{0}")]
    Overlap(String),
    /// Some of the blanks are not in the stock.
    #[error("{0}")]
    NotInStock(String),
    /// Idempotency.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
}

crate::refusal!(BlanksError {
    Self::PointUnknown(_) => "point-unknown",
    Self::KioskUnknown(_) => "device-unknown",
    Self::Range(_) => "blanks-range",
    Self::Overlap(_) => "blanks-overlap",
    Self::NotInStock(_) => "blanks-not-in-stock",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Db(_) => "unavailable",
});

impl BlanksDesk {
    /// Blanks of the stock that no kiosk has.
    #[must_use]
    pub const fn not_given(&self) -> u64 {
        self.stocked.saturating_sub(self.total.given)
    }
}

/// The blanks of an exam point; without one those of the person's own, or of the first.
///
/// # Errors
/// [`BlanksError::PointUnknown`].
pub fn show(app: &App, person: &Person, point: Option<&str>) -> Result<BlanksDesk, BlanksError> {
    app.db.read(|conn| {
        let points = points(conn, person)?;
        let found = points.iter().find(|p| point.is_none_or(|point| p.id == point)).cloned();
        let point = found.ok_or_else(|| BlanksError::PointUnknown(point.unwrap_or_default().to_owned()))?;
        let stocks = rows::stocks(conn, Some(&point.id))?;
        let kiosks = of_kiosks(conn, &point.id)?;
        let stocked = stocks.iter().map(|stock| stock.range.count()).sum();
        let total = kiosks.iter().fold(Count::default(), |sum, kiosk| Count {
            given: sum.given + kiosk.count.given,
            printed: sum.printed + kiosk.count.printed,
            spoiled: sum.spoiled + kiosk.count.spoiled,
            open: sum.open + kiosk.count.open,
        });
        Ok(BlanksDesk { point, points, stocks, kiosks, stocked, total })
    })
}

/// Takes blanks into an exam point's stock. No number is in two stocks.
///
/// # Errors
/// [`BlanksError`]: no range, or entered already.
pub fn stock(
    app: &App,
    person: &Person,
    point: &str,
    (from, to): (&str, &str),
    once: Option<Once>,
) -> Result<(), BlanksError> {
    let range = Range::parse(from, to)?;
    let (worker, person, point) = (app.clone(), person.clone(), point.to_owned());
    app.write_once(once, move |conn| {
        own(conn, &person, &point)?;
        if let Some(other) = rows::stocks(conn, None)?.iter().find(|other| other.range.overlaps(&range)) {
            return Err(BlanksError::Overlap(words(&other.range)));
        }
        let by = person.display_name.clone();
        let fact = Fact::BlanksStocked(BlanksStocked { point, from: range.from(), to: range.to(), by });
        events::append(conn, &worker.event(&Actor::Account(person.account), fact))?;
        Ok(())
    })
}

/// Gives a kiosk a share of its exam point's stock. No number is in two shares.
///
/// # Errors
/// [`BlanksError`]: no range, not in the stock, given already, no such kiosk.
pub fn allot(
    app: &App,
    person: &Person,
    (point, kiosk): (&str, &str),
    (from, to): (&str, &str),
    once: Option<Once>,
) -> Result<(), BlanksError> {
    let range = Range::parse(from, to)?;
    let (worker, person, point, kiosk) = (app.clone(), person.clone(), point.to_owned(), kiosk.to_owned());
    app.write_once(once, move |conn| {
        own(conn, &person, &point)?;
        let known = kiosks::find(conn, &kiosk)?.is_some_and(|k| k.point == point && !k.revoked);
        if !known {
            return Err(BlanksError::KioskUnknown(kiosk));
        }
        if !rows::stocks(conn, Some(&point))?.iter().any(|stock| stock.range.holds(&range)) {
            return Err(BlanksError::NotInStock(words(&range)));
        }
        if let Some(other) = rows::shares(conn, &point)?.iter().find(|other| other.range.overlaps(&range)) {
            return Err(BlanksError::Overlap(words(&other.range)));
        }
        let (by, from, to) = (person.display_name.clone(), range.from(), range.to());
        let fact = Fact::BlanksAllotted(BlanksAllotted { point, kiosk, from, to, by });
        events::append(conn, &worker.event(&Actor::Account(person.account), fact))?;
        Ok(())
    })
}

/// Staff of an exam point see its own blanks, everybody else those of all.
fn points(conn: &mut Conn, person: &Person) -> Result<Vec<Named>, DbError> {
    let own = (person.role == Role::PointStaff).then(|| person.point.clone().unwrap_or_default());
    let all = tables::points(conn)?.into_iter().filter(|p| own.as_ref().is_none_or(|own| *own == p.id));
    Ok(all.map(|p| Named { id: p.id, zh: p.name_zh, en: p.name_en }).collect())
}

fn own(conn: &mut Conn, person: &Person, point: &str) -> Result<(), BlanksError> {
    let known = points(conn, person)?.iter().any(|p| p.id == point);
    if known { Ok(()) } else { Err(BlanksError::PointUnknown(point.to_owned())) }
}

fn of_kiosks(conn: &mut Conn, point: &str) -> Result<Vec<KioskBlanks>, DbError> {
    let (shares, taken) = (rows::shares(conn, point)?, rows::taken(conn, point)?);
    let mut ids = rows::kiosks_in_use(conn, point)?;
    for share in shares.iter().filter_map(|share| share.kiosk.as_ref()) {
        if !ids.contains(share) {
            ids.push(share.clone());
        }
    }
    let of = |kiosk: String| {
        let shares: Vec<Share> =
            shares.iter().filter(|share| share.kiosk.as_ref() == Some(&kiosk)).cloned().collect();
        let ranges: Vec<Range> = shares.iter().map(|share| share.range.clone()).collect();
        let taken = taken.iter().filter(|(by, ..)| *by == kiosk);
        let count = count(&ranges, taken.map(|(_, blank, state)| (blank.as_str(), End::of(state))));
        KioskBlanks { kiosk, shares, count }
    };
    Ok(ids.into_iter().map(of).collect())
}

fn words(range: &Range) -> String {
    format!("{}–{}", range.from(), range.to())
}
