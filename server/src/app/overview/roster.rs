//! One session with its candidates: filtered, sorted, page by page.

use super::day::{SessionCard, card};
use super::{OverviewError, Stage, masked, sees, staged};
use crate::app::App;
use crate::app::auth::Person;
use crate::db::sessions::Candidate;
use crate::db::{overview as rows, sessions};
use std::collections::BTreeMap;

/// Candidates on a page.
pub const PAGE: usize = 30;

/// By what the candidates are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    /// Ticket number.
    #[default]
    Ticket,
    /// Room and seat.
    Seat,
    /// How far they have come.
    Stage,
}

/// What to show of a session.
#[derive(Debug, Clone, Copy, Default)]
pub struct RosterQuery {
    /// Only those who have come exactly so far.
    pub stage: Option<Stage>,
    /// Order.
    pub sort: SortBy,
    /// Page from 1; one behind the last is the last.
    pub page: usize,
}

/// A session with a page of its candidates.
#[derive(Debug, Clone)]
pub struct Roster {
    /// The session.
    pub card: SessionCard,
    /// How many have which duty, by the word of the duty.
    pub duties: BTreeMap<String, usize>,
    /// Candidates of this page.
    pub lines: Vec<RosterLine>,
    /// Candidates that the filter lets through.
    pub matching: usize,
    /// Page from 1.
    pub page: usize,
    /// Pages.
    pub pages: usize,
}

/// A candidate in the table.
#[derive(Debug, Clone)]
pub struct RosterLine {
    /// Ticket number.
    pub ticket: String,
    /// Masked name.
    pub name: String,
    /// Masked identity number.
    pub id_number: String,
    /// Room code.
    pub room: Option<String>,
    /// Seat from 1.
    pub seat: Option<i32>,
    /// How far he has come.
    pub stage: Stage,
    /// Number in the queue.
    pub queue_number: Option<i32>,
    /// Points of the theory, once graded.
    pub theory: Option<i32>,
    /// Hundredths of the practical, once complete.
    pub practical: Option<i32>,
}

impl SortBy {
    /// Word in addresses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Seat => "seat",
            Self::Stage => "stage",
        }
    }

    /// From its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Ticket, Self::Seat, Self::Stage].into_iter().find(|s| s.word() == word)
    }
}

/// A session with a page of its candidates.
///
/// # Errors
/// [`OverviewError::SessionUnknown`], also for a session at a point that is not the caller's.
pub fn roster(
    app: &App,
    person: &Person,
    session: &str,
    query: RosterQuery,
) -> Result<Roster, OverviewError> {
    let unknown = || OverviewError::SessionUnknown(session.to_owned());
    app.db.read(|conn| {
        let row = sessions::session(conn, session)?.filter(|s| sees(person, &s.point)).ok_or_else(unknown)?;
        let certificates = rows::certificate_counts(conn, std::slice::from_ref(&row.id))?;
        let certificates = certificates.get(&row.id).copied().unwrap_or_default();
        let mut duties = BTreeMap::new();
        for duty in sessions::duties(conn, session)? {
            *duties.entry(duty.kind).or_default() += 1;
        }
        let mut all = staged(conn, session)?;
        all.retain(|(_, stage)| query.stage.is_none_or(|wanted| wanted == *stage));
        sort(&mut all, query.sort);
        let pages = all.len().div_ceil(PAGE).max(1);
        let page = query.page.clamp(1, pages);
        let shown = all.iter().skip((page - 1) * PAGE).take(PAGE);
        let lines = shown.map(|(candidate, stage)| line(app, candidate, *stage)).collect::<Result<_, _>>()?;
        Ok(Roster { card: card(conn, row, certificates)?, duties, lines, matching: all.len(), page, pages })
    })
}

fn sort(all: &mut [(Candidate, Stage)], by: SortBy) {
    // They come by ticket, and sorting keeps the order of equals.
    match by {
        SortBy::Ticket => {}
        SortBy::Seat => {
            all.sort_by(|(a, _), (b, _)| (&a.row.room, a.row.seat).cmp(&(&b.row.room, b.row.seat)))
        }
        SortBy::Stage => all.sort_by_key(|(_, stage)| *stage),
    }
}

fn line(app: &App, candidate: &Candidate, stage: Stage) -> Result<RosterLine, OverviewError> {
    let (name, id_number) = masked(app, candidate)?;
    Ok(RosterLine {
        ticket: candidate.row.ticket.clone(),
        name,
        id_number,
        room: candidate.row.room.clone(),
        seat: candidate.row.seat,
        stage,
        queue_number: candidate.check_in.as_ref().and_then(|c| c.queue_number),
        theory: candidate.sitting.as_ref().and_then(|s| s.points),
        practical: candidate.practical.as_ref().map(|p| p.hundredths),
    })
}
