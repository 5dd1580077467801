//! What is worth a look today.

use super::kinds::{DEAD_LETTER, KINDS, group_of};
use super::{AuditError, Author, author, names, span_of};
use crate::app::App;
use crate::db::audit as rows;
use shared::time::Date;

/// Kinds that are rare, that somebody decided by hand, or that two people did together.
const NOTABLE: [&str; 10] = [
    DEAD_LETTER,
    "login_refused",
    "misconduct_recorded",
    "seat_moved",
    "candidate_refused",
    "practical_settled",
    "paper_settled",
    "sets_published",
    "account_blocked",
    "kiosk_revoked",
];

/// Readers of personal data that are shown.
const READERS: usize = 12;

/// The day so far.
#[derive(Debug, Clone)]
pub struct Today {
    /// Today by the server's clock.
    pub day: Date,
    /// Events.
    pub total: i64,
    /// Events by group; every group is there.
    pub groups: Vec<(&'static str, i64)>,
    /// Who has read personal data.
    pub readers: Readers,
    /// Notable kinds with their numbers; every one is there.
    pub notable: Vec<(&'static str, i64)>,
}

/// Who has read personal data today.
#[derive(Debug, Clone)]
pub struct Readers {
    /// People with an account and jobs, those who read most first.
    pub others: Vec<(Author, i64)>,
    /// Readings by examinees of their own data.
    pub own: i64,
}

/// Today, by the server's clock.
///
/// # Errors
/// [`AuditError::Db`].
pub fn today(app: &App) -> Result<Today, AuditError> {
    let day = app.clock.now().date_in_china();
    let span = span_of(day);
    app.db.read(|conn| {
        let counts = rows::by_kind(conn, span)?;
        let of = |kind: &str| counts.iter().filter(|(k, _)| k == kind).map(|(_, n)| n).sum::<i64>();
        let dead = rows::dead_letters(conn, span)?;
        let group = |group: &'static str| {
            (group, counts.iter().filter(|(k, _)| group_of(k) == group).map(|(_, n)| n).sum())
        };
        let (mut own, mut others): (i64, Vec<(Author, i64)>) = (0, Vec::new());
        let names = names(conn)?;
        for (actor, count) in rows::by_actor(conn, "personal_data_read", span)? {
            if actor.starts_with("ticket:") {
                own += count;
            } else {
                others.push((author(&actor, &names), count));
            }
        }
        others.sort_by(|(a, x), (b, y)| (y, &a.text).cmp(&(x, &b.text)));
        others.truncate(READERS);
        Ok(Today {
            day,
            total: counts.iter().map(|(_, n)| n).sum(),
            groups: KINDS.iter().map(|(name, _)| group(name)).collect(),
            readers: Readers { others, own },
            notable: NOTABLE.iter().map(|k| (*k, if *k == DEAD_LETTER { dead } else { of(k) })).collect(),
        })
    })
}
