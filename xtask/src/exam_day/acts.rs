//! The acts of the day between which kills are shared out: how many calls each makes to the server and to the kiosk.

use super::play::Play;
use crate::fail::{Context, Outcome};
use crate::shell;

/// An act of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Act {
    /// What its steps are called: a word that stands in their names.
    pub word: &'static str,
    /// About how many calls it makes to the server.
    pub server: usize,
    /// About how many calls it makes to the kiosk.
    pub kiosk: usize,
}

/// The acts in their order, for a day of so many candidates with papers of so many questions. The first and the last
/// steps are not among them: the programs have to be there, and what is only looked at cannot be lost.
#[must_use]
pub fn acts(people: usize, questions: usize) -> [Act; 16] {
    let act = |word, server, kiosk| Act { word, server, kiosk };
    [
        act("register", people, 0),
        act("import", 2, 0),
        act("question sets", 3, 0),
        act("open sessions", 1, 0),
        act("enrol candidates", 1, 0),
        act("draw seats", 1, 0),
        act("draw invigilators", 1, 0),
        act("tickets", people * 2, 0),
        act("arrive", 0, people * 4),
        act("half time", people * questions / 3, 0),
        act("late", 1, 4),
        act("to the end", people * questions / 3, 0),
        act("practical", people * 6, 0),
        act("results", 1, 0),
        act("issue", 1, 0),
        act("print", 0, people),
    ]
}

/// The acts of a day.
///
/// # Errors
/// If the rule set of the fixtures cannot be read.
pub fn of(play: &Play) -> Outcome<[Act; 16]> {
    let text = std::fs::read_to_string(shell::root().join("fixtures/rules/national-2026.1.toml"))
        .or_fail("rules")?;
    let rules = shared::wire::ruleset::parse(&text).or_fail("rules")?;
    let trade = shared::ids::TradeId::parse(&play.setting.trade).or_fail("trade")?;
    let questions = rules.theory.blueprint(&trade).map_or(100, |b| b.questions());
    Ok(acts(
        play.examinees.len() / play.setting.starts.len().max(1),
        usize::try_from(questions).unwrap_or(100),
    ))
}
