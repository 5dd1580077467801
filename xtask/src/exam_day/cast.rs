//! Who does what on the exam day: drawn from the seed, so that the same seed gives the same day.

use crate::random::Chance;
use serde::Deserialize;

/// How the theory examination of a candidate goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theory {
    /// Never comes (缺考).
    Absent,
    /// Passes.
    #[default]
    Passes,
    /// Fails.
    Fails,
    /// Comes late, but in time, and passes.
    Late,
    /// Is cut off, is moved to another seat, goes on there and passes.
    CutOff,
    /// Does not hand in; the end of the time does. Passes.
    RunsOutOfTime,
    /// Is removed for misconduct.
    Removed,
}

/// How the practical of a candidate goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Practical {
    /// Passes.
    #[default]
    Passes,
    /// Fails by a veto item, whatever the sum.
    Veto,
    /// The examiners differ and the lead settles it; passes.
    Lead,
    /// Fails by points.
    Points,
}

/// What becomes of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// 缺考.
    Absent,
    /// Failed theory or practical.
    Failed,
    /// Passed both.
    Passed,
    /// Removed for misconduct.
    Removed,
}

/// What somebody does at the kiosk apart from what everybody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AtKiosk {
    /// Nothing.
    #[default]
    Plain,
    /// Does not come when called, is called again, passed over, and called once more.
    PassedOver,
    /// Is first taken for somebody else, photographed again and then recognised.
    TakenForAnother,
}

/// The part of one candidate; without another word everything goes well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub struct Part {
    /// Theory.
    #[serde(default)]
    pub theory: Theory,
    /// Practical, should it come to that.
    #[serde(default)]
    pub practical: Practical,
    /// At the kiosk.
    #[serde(default)]
    pub kiosk: AtKiosk,
}

impl Part {
    /// What becomes of a candidate with this part.
    #[must_use]
    pub const fn ending(self) -> Ending {
        match (self.theory, self.practical) {
            (Theory::Absent, _) => Ending::Absent,
            (Theory::Removed, _) => Ending::Removed,
            (Theory::Fails, _) | (_, Practical::Veto | Practical::Points) => Ending::Failed,
            (_, Practical::Passes | Practical::Lead) => Ending::Passed,
        }
    }
}

impl Ending {
    /// As in results.csv.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Failed => "failed",
            Self::Passed => "passed",
            Self::Removed => "removed",
        }
    }
}

/// Gives each of so many candidates (12 at least) a part.
#[must_use]
pub fn draw(chance: &Chance, candidates: usize) -> Vec<Part> {
    let mut parts = vec![Part::default(); candidates];
    let mut order = chance.order("cast", candidates).into_iter();
    let mut give = |change: &dyn Fn(&mut Part)| {
        if let Some(part) = order.next().and_then(|at| parts.get_mut(at)) {
            change(part);
        }
    };
    for theory in
        [Theory::Absent, Theory::Absent, Theory::Late, Theory::CutOff, Theory::RunsOutOfTime, Theory::Removed]
    {
        give(&|part| part.theory = theory);
    }
    for practical in [Practical::Veto, Practical::Lead, Practical::Points] {
        give(&|part| part.practical = practical);
    }
    give(&|part| part.kiosk = AtKiosk::PassedOver);
    give(&|part| part.kiosk = AtKiosk::TakenForAnother);
    for _ in 0..(candidates / 8).max(1) {
        give(&|part| part.theory = Theory::Fails);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_played_and_the_seed_decides_by_whom() {
        let parts = draw(&Chance::new("a"), 60);
        let theory = |wanted| parts.iter().filter(|p| p.theory == wanted).count();
        assert_eq!(theory(Theory::Absent), 2);
        assert_eq!(theory(Theory::Fails), 7);
        for one in [Theory::Late, Theory::CutOff, Theory::RunsOutOfTime, Theory::Removed] {
            assert_eq!(theory(one), 1, "{one:?}");
        }
        assert_eq!(parts, draw(&Chance::new("a"), 60));
        assert_ne!(parts, draw(&Chance::new("b"), 60));
        let endings = |wanted| parts.iter().filter(|p| p.ending() == wanted).count();
        assert_eq!(endings(Ending::Failed), 9);
        assert_eq!(endings(Ending::Passed), 60 - 2 - 9 - 1);
    }
}
