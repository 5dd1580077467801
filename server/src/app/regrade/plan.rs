//! What a corrected key would change: which graded papers ask the question, and what each is worth then.

use super::RegradeError;
use crate::app::App;
use crate::app::theory::{Keys, lay, practical_follows};
use crate::app::world::rule_set;
use crate::db::regrade::{self as rows, Built, GradedPaper};
use crate::db::{Conn, DbError, banks as tables};
use crate::event::{PaperRegraded, ScoreRecord};
use shared::bank::Right;
use shared::grading::PassMark;
use shared::regrade::{Change, Follows, Paper, Standing, Verdict, regrade};
use std::collections::{HashMap, HashSet};

/// What a corrected key changes.
pub(super) struct Plan {
    /// Papers of the trade that were graded when it was made.
    pub graded: i64,
    /// Position of the last regrade then.
    pub newest: i64,
    /// Sets of which papers were opened.
    pub sets: Vec<String>,
    /// Papers that ask the question.
    pub papers: u32,
    /// Those whose points change, the changed verdicts first.
    pub changes: Vec<Planned>,
}

/// A paper whose points change.
pub(super) struct Planned {
    /// Points and verdicts; its name is the ticket number.
    pub change: Change,
    /// What follows.
    pub follows: Follows,
    /// Outcome from then on.
    pub outcome: String,
    /// Session id.
    pub session: String,
    /// Rule set by which it was decided.
    pub rule_set: String,
}

impl Planned {
    /// The fact of it.
    pub(super) fn fact(&self, correction: &str) -> PaperRegraded {
        let score = |verdict: Verdict| ScoreRecord { points: verdict.points, passed: verdict.passed };
        PaperRegraded {
            ticket: self.change.paper.clone(),
            correction: correction.to_owned(),
            before: score(self.change.before),
            after: score(self.change.after),
            total: self.change.total,
            follows: self.follows.word().to_owned(),
            pass_counts: self.change.counts(self.follows),
            outcome: self.outcome.clone(),
        }
    }
}

impl Plan {
    /// Whether nothing has happened since that it does not know of.
    ///
    /// # Errors
    /// [`DbError`].
    pub(super) fn is_current(&self, conn: &mut Conn, trade: &str) -> Result<bool, DbError> {
        Ok(rows::count_graded(conn, trade)? == self.graded && rows::newest_regrade(conn)? == self.newest)
    }
}

/// What it changes if a key counts for a question of a bank from now on.
pub(super) fn plan(
    conn: &mut Conn,
    app: &App,
    (trade, bank, question): (&str, &str, &str),
    right: &Right,
) -> Result<Plan, RegradeError> {
    let newest = rows::newest_regrade(conn)?;
    let graded = rows::graded(conn, trade)?;
    let count = i64::try_from(graded.len()).unwrap_or(i64::MAX);
    let sets: HashSet<String> =
        tables::sets_of(conn, trade)?.into_iter().filter(|set| set.bank == bank).map(|set| set.id).collect();
    let keys = Keys::default();
    let mut marks: HashMap<String, PassMark> = HashMap::new();
    let (mut papers, mut of, mut opened) = (Vec::new(), HashMap::new(), HashSet::new());
    for one in graded {
        if !marks.contains_key(&one.rule_set) {
            marks.insert(one.rule_set.clone(), rule_set(conn, &one.rule_set)?.theory.mark());
        }
        let Some(mark) = marks.get(&one.rule_set).copied() else { continue };
        if let Some((set, paper)) = again(conn, app, &keys, (&sets, question, right), (&one, mark))? {
            opened.insert(set);
            papers.push(paper);
            of.insert(one.candidate.ticket.clone(), one);
        }
    }
    let changes = regrade(&papers).map_err(|e| DbError::corrupt("paper", e))?;
    let tickets: Vec<String> = changes.iter().map(|change| change.paper.clone()).collect();
    let built = rows::built(conn, &tickets)?;
    let mut planned = Vec::with_capacity(changes.len());
    for change in changes {
        if let Some(one) = of.get(&change.paper) {
            planned.push(what_follows(app, change, one, &built)?);
        }
    }
    let papers = u32::try_from(papers.len()).unwrap_or(u32::MAX);
    Ok(Plan { graded: count, newest, sets: opened.into_iter().collect(), papers, changes: planned })
}

/// A graded paper with the key that is to count, and its set; `None` if it does not ask the question.
fn again(
    conn: &mut Conn,
    app: &App,
    keys: &Keys,
    (sets, question, right): (&HashSet<String>, &str, &Right),
    (one, mark): (&GradedPaper, PassMark),
) -> Result<Option<(String, Paper)>, RegradeError> {
    let paper = crate::app::theory::paper_of(&app.sealer, &one.candidate)?;
    let at = paper.items.iter().position(|item| item.question == question);
    let Some(at) = at.filter(|_| sets.contains(&paper.set)) else { return Ok(None) };
    let mut laid = lay(conn, &app.sealer, keys, &one.candidate)?;
    if let Some((counts, _)) = laid.key.get_mut(at) {
        *counts = right.clone();
    }
    let points = u32::try_from(one.points).unwrap_or(0);
    let before = Verdict { points, passed: one.passed };
    let name = one.candidate.ticket.clone();
    Ok(Some((paper.set, Paper { name, key: laid.key, given: laid.given, mark, before })))
}

fn what_follows(
    app: &App,
    change: Change,
    one: &GradedPaper,
    built: &Built,
) -> Result<Planned, RegradeError> {
    let who = &one.candidate;
    let standing = Standing {
        practical_follows: practical_follows(&app.sealer, who)?,
        practical_begun: built.practical.contains(&who.ticket),
        told: one.told,
        certified: built.certificates.contains_key(&who.ticket),
    };
    let follows = change.follows(standing);
    let outcome = match follows {
        Follows::Practical => "theory_passed".to_owned(),
        Follows::Certificate => "passed".to_owned(),
        Follows::Fails => "failed".to_owned(),
        Follows::Decide | Follows::Nothing => who.outcome.clone(),
    };
    let (session, rule_set) = (who.session.clone(), one.rule_set.clone());
    Ok(Planned { change, follows, outcome, session, rule_set })
}
