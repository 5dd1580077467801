//! What the person sees who closes a day: its numbers, what still stands against it, and, once it is closed, what was
//! signed.

use super::App;
use super::auth::Person;
use super::days::{DayError, SignedCounts, Summary, count, place};
use super::overview::{Named, Stage, StageCounts, Titled, stage_counts, titled};
use super::results::Outcomes;
use crate::db::sessions::{self, SessionRow};
use crate::db::{Conn, DbError, accounts, certificates as rows, days, regrade, world as tables};
use crate::http::access::Role;
use std::collections::HashMap;

/// A day of an exam point in the evening.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// Exam point.
    pub point: Named,
    /// The numbers: those that were signed once the day is closed, else as they are now.
    pub summary: Summary,
    /// The day's sessions, in the order of the numbers.
    pub sessions: Vec<Titled>,
    /// Whether the day has not come yet.
    pub ahead: bool,
    /// Who has no result yet, by session and stage.
    pub pending: Vec<Pending>,
    /// How the day was closed, if it was.
    pub closed: Option<Signed>,
    /// Papers that were graded again after the signature by a corrected key, and candidates by outcome as they are now. What
    /// was signed stays as it was.
    pub since: Option<(i64, Outcomes)>,
    /// Whether the caller may close it.
    pub may_close: bool,
}

/// Candidates of a session who have come so far and no further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Session id.
    pub session: String,
    /// Trade.
    pub trade: Named,
    /// How far they have come.
    pub stage: Stage,
    /// How many.
    pub count: usize,
}

/// The signature under a day.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Name of the person.
    pub by: String,
    /// When, epoch milliseconds.
    pub at: i64,
    /// Key id.
    pub kid: String,
    /// Signature, base64url.
    pub signature: String,
    /// What was signed.
    pub counts: SignedCounts,
}

impl Desk {
    /// Whether nothing keeps the day open but the statement and the signature.
    #[must_use]
    pub const fn can_be_closed(&self) -> bool {
        self.closed.is_none()
            && !self.ahead
            && self.summary.outcomes.pending == 0
            && self.summary.paper_open == 0
    }
}

/// The day as the person sees it who closes it.
///
/// # Errors
/// [`DayError::Unknown`] if nothing was held there, or it is not the caller's exam point.
pub fn desk(app: &App, person: &Person, day: &str, point: &str) -> Result<Desk, DayError> {
    let (day, point) = place(person, day, point)?;
    let may_close = matches!(person.role, Role::CentreStaff | Role::PointStaff);
    let ahead = day > app.clock.now().date_in_china().to_string();
    app.db.read(|conn| {
        let now = count(conn, &day, &point)?;
        let of_day = sessions::sessions(conn, Some(&day), Some(&point))?;
        let closed = signed(conn, &point, &day)?;
        let counted = now.outcomes;
        let summary = closed.as_ref().map_or(now, |c| c.counts.summary.clone());
        let again = match &closed {
            Some(signed) => regrade::count_since(conn, (&day, &point), signed.at)?,
            None => 0,
        };
        let since = (again > 0).then_some((again, counted));
        let named = tables::point(conn, &point)?.ok_or(DayError::Unknown)?;
        let mut titles = Vec::with_capacity(of_day.len());
        let mut pending = Vec::new();
        for session in of_day {
            let counts = stage_counts(conn, &session.id)?;
            let title = titled(conn, session)?;
            pending.extend(unfinished(&title, &counts));
            titles.push(title);
        }
        let point = Named { id: named.id, zh: named.name_zh, en: named.name_en };
        Ok(Desk { day, point, summary, sessions: titles, ahead, pending, closed, since, may_close })
    })
}

/// Those of a session for whom the examination is not over.
fn unfinished(title: &Titled, counts: &StageCounts) -> Vec<Pending> {
    let of = |(stage, count): (&Stage, &usize)| Pending {
        session: title.row.id.clone(),
        trade: title.trade.clone(),
        stage: *stage,
        count: *count,
    };
    counts.iter().filter(|(stage, _)| !stage.is_end()).map(of).collect()
}

fn signed(conn: &mut Conn, point: &str, day: &str) -> Result<Option<Signed>, DayError> {
    let Some(row) = rows::day_close(conn, point, day)? else { return Ok(None) };
    let counts = serde_json::from_str(&row.counts).map_err(|e| DbError::corrupt("day", e))?;
    let actor = days::closed_by(conn, point, day)?.unwrap_or_default();
    let account = actor.strip_prefix("account:").unwrap_or(&actor);
    let by = accounts::by_id(conn, account)?.map_or_else(|| account.to_owned(), |a| a.display_name);
    Ok(Some(Signed { by, at: row.at, kid: row.kid, signature: row.signature, counts }))
}

/// Days of these sessions that are closed, by point and day.
///
/// # Errors
/// [`DbError`].
pub(super) fn closed_days(
    conn: &mut Conn,
    of: &[SessionRow],
) -> Result<HashMap<(String, String), i64>, DbError> {
    let mut closed = HashMap::new();
    for session in of {
        let key = (session.point.clone(), session.day.clone());
        if !closed.contains_key(&key)
            && let Some(row) = rows::day_close(conn, &key.0, &key.1)?
        {
            closed.insert(key, row.at);
        }
    }
    Ok(closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_an_end_stands_against_nothing() {
        let name = |id: &str| Named { id: id.into(), zh: id.into(), en: id.into() };
        let row = SessionRow {
            id: "S1".into(),
            point: "P01".into(),
            trade: "t".into(),
            exam_kind: "first".into(),
            starts_at: 0,
            day: "2026-09-28".into(),
            rule_set: "national@2026.1".into(),
            seated: true,
            staffed: true,
            results_at: None,
            language: None,
            browser: None,
        };
        let title = Titled { row, point: name("P01"), trade: name("t"), practical: true };
        let counts = StageCounts::from([(Stage::Passed, 3), (Stage::InRoom, 2), (Stage::Absent, 1)]);
        let open = unfinished(&title, &counts);
        assert_eq!(open.iter().map(|p| (p.stage, p.count)).collect::<Vec<_>>(), [(Stage::InRoom, 2)]);
    }
}
