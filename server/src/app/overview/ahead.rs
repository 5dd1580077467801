//! The sessions ahead: how full each is, and what keeps it from being held.

use super::{OverviewError, Titled, titled};
use crate::app::readiness;
use crate::db::sessions;
use crate::db::{Conn, DbError, draws, overview as rows, world as tables};
use shared::time::{Date, Instant};
use std::collections::HashMap;

/// Days ahead that are shown.
pub(super) const AHEAD_DAYS: u32 = 14;

/// A session ahead.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The session.
    pub session: Titled,
    /// Its day.
    pub day: Date,
    /// Candidates.
    pub candidates: i64,
    /// Seats of the exam point.
    pub seats: i64,
    /// What keeps it from being held.
    pub lacks: Vec<Lack>,
}

/// What a session lacks, in the order in which it is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// Nobody is enrolled.
    Candidates,
    /// No question sets of its trade are in force.
    Sets,
    /// Seats and papers are not drawn.
    Seats,
    /// Invigilators and examiners are not drawn.
    Staff,
    /// The readiness list of the day is not signed.
    Readiness,
}

/// What is known of a session ahead.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Candidates.
    pub candidates: i64,
    /// Whether question sets of the trade are in force.
    pub sets: bool,
    /// Whether seats are drawn.
    pub seated: bool,
    /// Whether staff is drawn.
    pub staffed: bool,
    /// Whether the readiness list is signed.
    pub ready: bool,
    /// Whether it is held today.
    pub today: bool,
    /// Whether the theory has begun.
    pub begun: bool,
}

impl Lack {
    /// Word in language files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Candidates => "candidates",
            Self::Sets => "sets",
            Self::Seats => "seats",
            Self::Staff => "staff",
            Self::Readiness => "readiness",
        }
    }
}

/// What a session lacks. The readiness list is looked at on the day itself alone; who has seats needs no more sets.
#[must_use]
pub fn lacks(known: &Known) -> Vec<Lack> {
    let all = [
        (known.candidates == 0, Lack::Candidates),
        (!known.sets && !known.seated, Lack::Sets),
        (!known.seated, Lack::Seats),
        (!known.staffed, Lack::Staff),
        (known.today && !known.ready && !known.begun, Lack::Readiness),
    ];
    all.into_iter().filter(|(lacking, _)| *lacking).map(|(_, lack)| lack).collect()
}

/// The sessions from a day on for two weeks.
///
/// # Errors
/// [`OverviewError`] without a database.
pub(super) fn plan(
    conn: &mut Conn,
    from: Date,
    now: Instant,
    point: Option<&str>,
) -> Result<Vec<Planned>, OverviewError> {
    let until = from.plus_days(AHEAD_DAYS).to_string();
    let all = rows::sessions_between(conn, &from.to_string(), &until, point)?;
    let ids: Vec<String> = all.iter().map(|r| r.id.clone()).collect();
    let candidates = sessions::candidate_counts(conn, &ids)?;
    let (mut sets, mut seats, mut ready) = (HashMap::new(), HashMap::new(), HashMap::new());
    let mut plan = Vec::with_capacity(all.len());
    for row in all {
        let day = Date::parse(&row.day).map_err(|e| DbError::corrupt("session", e))?;
        if !sets.contains_key(&row.trade) {
            sets.insert(row.trade.clone(), !draws::sets_in_force(conn, &row.trade)?.is_empty());
        }
        if !seats.contains_key(&row.point) {
            let rooms = tables::point(conn, &row.point)?.map(|p| p.rooms).unwrap_or_default();
            seats.insert(row.point.clone(), rooms.iter().map(|r| i64::from(r.seats)).sum::<i64>());
        }
        let today = day == now.date_in_china();
        if today && !ready.contains_key(&row.point) {
            let blocked = readiness::blocks(conn, &row.day, &row.point);
            ready.insert(row.point.clone(), blocked.map_err(|e| DbError::corrupt("readiness", e))?.is_none());
        }
        let known = Known {
            candidates: candidates.get(&row.id).copied().unwrap_or(0),
            sets: sets.get(&row.trade).copied().unwrap_or(false),
            seated: row.seated,
            staffed: row.staffed,
            ready: ready.get(&row.point).copied().unwrap_or(false),
            today,
            begun: row.starts_at <= now.millis(),
        };
        plan.push(Planned {
            day,
            candidates: known.candidates,
            seats: seats.get(&row.point).copied().unwrap_or(0),
            lacks: lacks(&known),
            session: titled(conn, row)?,
        });
    }
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_session_lacks_is_named_in_the_order_in_which_it_is_mended() {
        let whole = Known {
            candidates: 3,
            sets: true,
            seated: true,
            staffed: true,
            ready: true,
            today: true,
            begun: false,
        };
        let table = [
            (whole, vec![]),
            (Known { ready: false, ..whole }, vec![Lack::Readiness]),
            (Known { ready: false, today: false, ..whole }, vec![]),
            (Known { ready: false, begun: true, ..whole }, vec![]),
            (Known { sets: false, ..whole }, vec![]),
            (Known { sets: false, seated: false, ..whole }, vec![Lack::Sets, Lack::Seats]),
            (
                Known { candidates: 0, seated: false, staffed: false, ..whole },
                vec![Lack::Candidates, Lack::Seats, Lack::Staff],
            ),
        ];
        for (known, expected) in table {
            assert_eq!(lacks(&known), expected, "{known:?}");
        }
    }
}
