//! The people of a day as a board: a column for each part of the way from expected to the printed certificate.

use super::{OverviewError, Stage};
use crate::app::{App, masks};
use crate::db::sessions::Candidate;
use std::collections::HashSet;

/// People shown in a column; the others are counted.
pub const SHOWN: usize = 8;

/// Words of the columns in the order of the day.
pub const COLUMNS: [&str; 8] =
    ["expected", "checked-in", "waiting", "in-room", "practical", "passed", "printed", "ended"];

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its word in class names and language files.
    pub word: &'static str,
    /// How many are in it.
    pub count: usize,
    /// The first of them.
    pub people: Vec<Card>,
}

/// A candidate on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Ticket number.
    pub ticket: String,
    /// Masked name.
    pub name: String,
    /// How far he has come.
    pub stage: Stage,
    /// Number in the queue.
    pub number: Option<i32>,
    /// Room and seat.
    pub seat: Option<(String, i32)>,
    /// Whether he does not look like his documents and nothing has followed.
    pub mismatch: bool,
}

impl Column {
    /// How many are not shown.
    #[must_use]
    pub const fn more(&self) -> usize {
        self.count.saturating_sub(self.people.len())
    }
}

/// In which column somebody stands.
#[must_use]
pub const fn column(stage: Stage, printed: bool) -> &'static str {
    match stage {
        Stage::Expected => "expected",
        Stage::CheckedIn => "checked-in",
        Stage::Waiting => "waiting",
        Stage::Admitted | Stage::InRoom => "in-room",
        Stage::TheoryDone | Stage::Practical => "practical",
        Stage::Passed if printed => "printed",
        Stage::Passed => "passed",
        Stage::Failed | Stage::Absent | Stage::Removed => "ended",
    }
}

/// The board of the people of a day; `printed` are the certificates that were printed.
///
/// # Errors
/// [`OverviewError`] if a name cannot be unsealed.
pub(super) fn board(
    app: &App,
    people: &[(Candidate, Stage)],
    printed: &HashSet<String>,
) -> Result<Vec<Column>, OverviewError> {
    let is_printed = |c: &Candidate| c.certificate.as_ref().is_some_and(|id| printed.contains(id));
    let mut columns = Vec::with_capacity(COLUMNS.len());
    for word in COLUMNS {
        let here = people.iter().filter(|(c, stage)| column(*stage, is_printed(c)) == word);
        let mut here: Vec<&(Candidate, Stage)> = here.collect();
        here.sort_by_key(|(c, stage)| order(c, *stage));
        let shown = here.iter().take(SHOWN).map(|(c, stage)| card(app, c, *stage));
        columns.push(Column { word, count: here.len(), people: shown.collect::<Result<_, _>>()? });
    }
    Ok(columns)
}

/// Who has to be looked after comes first, then by the number in the queue, then by ticket.
fn order(candidate: &Candidate, stage: Stage) -> (bool, i32, String) {
    let number = candidate.check_in.as_ref().and_then(|c| c.queue_number);
    let mismatch = super::day::is_mismatch(candidate, stage);
    (!mismatch, number.unwrap_or(i32::MAX), candidate.row.ticket.clone())
}

fn card(app: &App, candidate: &Candidate, stage: Stage) -> Result<Card, OverviewError> {
    let row = &candidate.row;
    Ok(Card {
        ticket: row.ticket.clone(),
        name: masks::name(app, &candidate.name)?,
        stage,
        number: candidate.check_in.as_ref().and_then(|c| c.queue_number),
        seat: row.room.clone().zip(row.seat),
        mismatch: super::day::is_mismatch(candidate, stage),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::overview::STAGES;

    #[test]
    fn everybody_stands_in_one_of_the_columns_and_they_follow_the_day() {
        let mut last = 0;
        for stage in STAGES {
            let at = COLUMNS.iter().position(|c| *c == column(stage, false)).unwrap();
            assert!(at >= last, "{stage:?}");
            last = at;
        }
        assert_eq!(column(Stage::Passed, true), "printed");
    }
}
