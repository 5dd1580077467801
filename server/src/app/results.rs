//! Publishing the results of a session.

use super::App;
use super::auth::Person;
use super::once::{Once, OnceError};
use crate::db::{Conn, DbError, events, regrade, sessions, world as tables};
use crate::event::{Actor, Fact, ResultsPublished};
use serde::{Deserialize, Serialize};
use shared::trade::ExamKind;
use std::collections::BTreeMap;
use thiserror::Error;

/// Candidates of a session or a day by outcome: `registered = absent + failed + passed + removed + pending`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Outcomes {
    /// All of them.
    pub registered: i64,
    /// 缺考.
    pub absent: i64,
    /// 不合格.
    pub failed: i64,
    /// 合格.
    pub passed: i64,
    /// Removed for misconduct.
    pub removed: i64,
    /// No result yet.
    pub pending: i64,
}

/// Answer to the publication.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Published {
    /// When, epoch milliseconds.
    pub published_at: i64,
    /// Candidates by outcome.
    #[serde(flatten)]
    pub outcomes: Outcomes,
}

/// Why results are not published.
#[derive(Debug, Error)]
pub enum ResultsError {
    /// There is no such session.
    #[error("there is no session '{0}'")]
    SessionUnknown(String),
    /// Nobody was examined.
    #[error("nobody is enrolled in this session")]
    Nobody,
    /// They are published.
    #[error("the results of this session are published already")]
    AlreadyPublished,
    /// Somebody has no result yet.
    #[error("{0} candidates have no result yet")]
    StillPending(i64),
    /// A corrected key of the trade waits for the second person: what is told now could be wrong tomorrow.
    #[error("correction {0} waits")]
    CorrectionWaits(String),
    /// Idempotency.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
}

crate::refusal!(ResultsError {
    Self::SessionUnknown(_) => "session-unknown",
    Self::Nobody => "nobody-enrolled",
    Self::AlreadyPublished => "session-state",
    Self::StillPending(_) => "still-pending",
    Self::CorrectionWaits(_) => "correction-undecided",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Db(_) => "unavailable",
});

/// Publishes the results of a session, once everybody has one.
///
/// # Errors
/// [`ResultsError`].
pub fn publish(
    app: &App,
    person: &Person,
    session: &str,
    once: Option<Once>,
) -> Result<Published, ResultsError> {
    let (worker, actor, id) = (app.clone(), Actor::Account(person.account.clone()), session.to_owned());
    app.write_once(once, move |conn| {
        let row = sessions::session(conn, &id)?.ok_or_else(|| ResultsError::SessionUnknown(id.clone()))?;
        if row.results_at.is_some() {
            return Err(ResultsError::AlreadyPublished);
        }
        let outcomes = outcomes(conn, &row)?;
        match outcomes {
            Outcomes { registered: 0, .. } => return Err(ResultsError::Nobody),
            Outcomes { pending: 1.., .. } => return Err(ResultsError::StillPending(outcomes.pending)),
            _ => {}
        }
        if let Some(correction) = regrade::waiting(conn, &row.trade)? {
            return Err(ResultsError::CorrectionWaits(correction));
        }
        let event = worker.event(&actor, Fact::ResultsPublished(ResultsPublished { session: id }));
        events::append(conn, &event.clone().under(&row.rule_set))?;
        Ok(Published { published_at: event.at.millis(), outcomes })
    })
}

/// Candidates of a session by outcome.
///
/// # Errors
/// [`DbError`].
pub fn outcomes(conn: &mut Conn, session: &sessions::SessionRow) -> Result<Outcomes, DbError> {
    let counts = sessions::outcome_counts(conn, &session.id)?;
    Ok(Outcomes::of(&counts, has_practical(conn, session)?))
}

/// Whether a theory pass is not yet the end.
///
/// # Errors
/// [`DbError`].
pub fn has_practical(conn: &mut Conn, session: &sessions::SessionRow) -> Result<bool, DbError> {
    let kind =
        ExamKind::from_word(&session.exam_kind).ok_or_else(|| DbError::corrupt("session", "unknown kind"))?;
    Ok(tables::trade(conn, &session.trade)?.is_some_and(|trade| trade.has_practical(kind)))
}

impl Outcomes {
    /// From the numbers of each stored outcome. Without a practical a theory pass is the pass.
    #[must_use]
    pub fn of(counts: &BTreeMap<String, i64>, practical: bool) -> Self {
        let of = |outcome: &str| counts.get(outcome).copied().unwrap_or(0);
        let theory = of("theory_passed");
        let (waiting, passed) = if practical { (theory, 0) } else { (0, theory) };
        Self {
            registered: counts.values().sum(),
            absent: of("absent"),
            failed: of("failed"),
            passed: of("passed") + passed,
            removed: of("removed"),
            pending: of("pending") + waiting,
        }
    }

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            registered: self.registered + other.registered,
            absent: self.absent + other.absent,
            failed: self.failed + other.failed,
            passed: self.passed + other.passed,
            removed: self.removed + other.removed,
            pending: self.pending + other.pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theory_pass_is_pending_only_where_a_practical_follows() {
        let counts: BTreeMap<String, i64> = [
            ("absent", 1),
            ("failed", 2),
            ("passed", 3),
            ("removed", 4),
            ("pending", 5),
            ("theory_passed", 6),
        ]
        .map(|(outcome, n)| (outcome.to_owned(), n))
        .into();
        for (practical, passed, pending) in [(true, 3, 11), (false, 9, 5)] {
            let o = Outcomes::of(&counts, practical);
            assert_eq!((o.passed, o.pending), (passed, pending));
            assert_eq!(o.registered, o.absent + o.failed + o.passed + o.removed + o.pending);
        }
    }
}
