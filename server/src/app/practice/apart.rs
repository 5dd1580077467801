//! Questions for practising are read by everybody, with their answers: none of them may be in a set that is in force or
//! waits to be.

use crate::app::banks::BankError;
use crate::app::questions::{QuestionError, opened};
use crate::db::{Conn, DbError, banks as tables, world};
use crate::event::Sealed;
use crate::seal::{SealError, Sealer};
use shared::bank::{self, Question, Report, Suspect, SuspectReason};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// Why it cannot be said whether questions are apart.
#[derive(Debug, Error)]
pub enum ApartError {
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A stored question that cannot be read.
    #[error(transparent)]
    Question(Box<QuestionError>),
}

impl From<QuestionError> for ApartError {
    fn from(error: QuestionError) -> Self {
        Self::Question(Box::new(error))
    }
}

/// Adds to a report what nearly says the same as a question of a set.
///
/// # Errors
/// [`BankError::InForce`] names the rows that say the same as one.
pub fn must_be_apart(conn: &mut Conn, sealer: &Sealer, report: &mut Report) -> Result<(), BankError> {
    let asked = of_sets(conn, sealer)?;
    let mut same: Vec<u32> = bank::against(&asked, report).into_iter().flat_map(|s| s.rows).collect();
    if !same.is_empty() {
        same.sort_unstable();
        return Err(BankError::InForce(same));
    }
    let near = bank::near_against(&asked, report);
    let near = near.into_iter().map(|row| Suspect { rows: vec![row], reason: SuspectReason::NearSet });
    report.suspect.extend(near);
    Ok(())
}

/// Whether a question says the same as one of a set that is in force or waits to be.
///
/// # Errors
/// [`ApartError`].
pub fn is_asked(conn: &mut Conn, sealer: &Sealer, question: &Question) -> Result<bool, ApartError> {
    let asked = of_sets(conn, sealer)?;
    Ok(!bank::against(&asked, &as_report(vec![question.clone()])).is_empty())
}

/// How many questions of sets are among those for practising.
///
/// # Errors
/// [`ApartError`].
pub fn practised(conn: &mut Conn, sealer: &Sealer, sets: &[tables::SetRow]) -> Result<usize, ApartError> {
    let mut there = Vec::new();
    for bank in tables::practice_banks(conn)? {
        for row in tables::all_questions_of(conn, &bank.id)? {
            there.push(opened(sealer, &row)?);
        }
    }
    if there.is_empty() {
        return Ok(0);
    }
    let asked = questions_of(conn, sealer, sets)?;
    Ok(bank::against(&there, &as_report(asked)).len())
}

/// The questions of all sets that are in force or wait to be.
fn of_sets(conn: &mut Conn, sealer: &Sealer) -> Result<Vec<Question>, ApartError> {
    let sets = tables::standing_sets(conn)?;
    questions_of(conn, sealer, &sets)
}

/// The questions of sets, each once for its bank.
pub(in crate::app) fn questions_of(
    conn: &mut Conn,
    sealer: &Sealer,
    sets: &[tables::SetRow],
) -> Result<Vec<Question>, ApartError> {
    let mut wanted: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for set in sets {
        let text = sealer.open("set.questions", &Sealed(set.questions.clone()))?;
        let ids: Vec<String> = world::json("question set", &text)?;
        wanted.entry(&set.bank).or_default().extend(ids);
    }
    let mut found = Vec::new();
    for (bank, ids) in wanted {
        let rows = tables::all_questions_of(conn, bank)?;
        for row in rows.iter().filter(|row| ids.contains(&row.id)) {
            found.push(opened(sealer, row)?);
        }
    }
    Ok(found)
}

fn as_report(questions: Vec<Question>) -> Report {
    let read = questions.len();
    let accepted = (1..).zip(questions).collect();
    Report { read, accepted, refused: Vec::new(), suspect: Vec::new() }
}
