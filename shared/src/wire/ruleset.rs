//! Rule sets as TOML files (`fixtures/rules/<place>-<version>.toml`).

use crate::bank::QuestionType;
use crate::identity::{IdentityRules, Substitute};
use crate::ids::{IdError, RuleSetId, TradeId};
use crate::paper::Share;
use crate::retirement::RetirementClass;
use crate::rules::{
    Blueprint, CertificateRules, CrossPoints, EligibilityRules, ExamRules, PracticalRules, PracticalWeights,
    QueueRules, RuleSet, StaffRules, TheoryRules, TradeSelector,
};
use crate::time::{Date, TimeError};
use serde::Deserialize;
use thiserror::Error;

/// Why a file is not a rule set.
#[derive(Debug, Error)]
pub enum RuleSetError {
    /// Not TOML, or a key is missing or of the wrong type.
    #[error("the rule set cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// Place or version cannot form an id.
    #[error("place and version do not form an id: {0}")]
    Id(#[from] IdError),
    /// `in_force_from` is no day.
    #[error("in_force_from: {0}")]
    Date(#[from] TimeError),
    /// Weights of K1–K4 do not add up to 100.
    #[error("the weights for '{0}' add up to {1}, not to 100")]
    Weights(String, u32),
    /// Questions times points is not the total.
    #[error("the blueprint for '{0}' gives {1} points, not {2}")]
    Blueprint(String, u32, u32),
    /// A share names a type or difficulty that there is none of.
    #[error(
        "a share for '{0}' asks for '{1}': types are true_false, single and multiple, difficulties 1 to 5"
    )]
    Share(String, String),
    /// Shares ask for more than the blueprint.
    #[error("the shares for '{0}' ask for {1} questions of a type, its blueprint has {2}")]
    Shares(String, u32, u32),
    /// No row for all trades.
    #[error("{0} has no row for trade \"*\"")]
    NoDefault(&'static str),
    /// A word that is not known.
    #[error("staff.cross_points is '{0}', not free, required or own_point")]
    CrossPoints(String),
    /// A document that is not known.
    #[error(
        "identity.substitutes has '{0}', not temporary_card, police_certificate, passport, social_security_card \
         or driving_licence"
    )]
    Substitute(String),
    /// A word that is not known.
    #[error("eligibility.female_retirement is '{0}', not female50 or female55")]
    Retirement(String),
}

/// Reads a rule set and checks that its parts agree.
///
/// # Errors
/// [`RuleSetError`] names the key and what is wrong.
pub fn parse(text: &str) -> Result<RuleSet, RuleSetError> {
    let file: File = toml::from_str(text)?;
    file.into_rules()
}

#[derive(Deserialize)]
struct File {
    place: String,
    version: String,
    in_force_from: String,
    name_zh: String,
    name_en: String,
    theory: Theory,
    practical: Practical,
    staff: Staff,
    exam: Exam,
    queue: Queue,
    certificate: Certificate,
    eligibility: Eligibility,
    // Rule sets of before this part do not have it, and are never changed: they accept no other document.
    #[serde(default)]
    identity: Identity,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Identity {
    #[serde(default)]
    substitutes: Vec<String>,
}

#[derive(Deserialize)]
struct Theory {
    minutes: u32,
    pass_mark: u32,
    total: u32,
    sets: u32,
    enter_early_minutes: u32,
    late_minutes: u32,
    leave_after_minutes: u32,
    late_answer_seconds: u32,
    most_extra_minutes: u32,
    score_at_hand_in: bool,
    // Rule sets of before this key do not have it, and are never changed.
    #[serde(default)]
    read_aloud: bool,
    avoid_neighbour_sets: bool,
    // Rule sets of before this key do not have it, and are never changed.
    #[serde(default = "thousand")]
    most_exposure: u32,
    blueprint: Vec<BlueprintRow>,
    #[serde(default)]
    share: Vec<ShareRow>,
}

/// So many questions of a type, of a subject and a difficulty if it names them, in every set.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShareRow {
    trade: String,
    kind: String,
    subject: Option<String>,
    difficulty: Option<u8>,
    count: u32,
}

#[derive(Deserialize)]
struct BlueprintRow {
    trade: String,
    true_false: u32,
    single: u32,
    multiple: u32,
    points: u32,
}

#[derive(Deserialize)]
struct Practical {
    pass_mark: u32,
    difference_settled_by_lead: u32,
    weights: Vec<WeightsRow>,
}

#[derive(Deserialize)]
struct WeightsRow {
    trade: String,
    k: [u32; 4],
    minutes: u32,
}

#[derive(Deserialize)]
struct Staff {
    invigilators_per_room: u32,
    room_capacity: u32,
    examiners_per_station: u32,
    reserves_invigilators: u32,
    reserves_examiners: u32,
    no_show_bar_days: u32,
    max_sessions_per_week: u32,
    place_told_hours_before: u32,
    travel_minutes: u32,
    // Rule sets of before these keys do not have them, and are never changed.
    #[serde(default = "free")]
    cross_points: String,
    #[serde(default)]
    other_pools: bool,
    #[serde(default = "half")]
    pairing_cap_percent: u32,
}

fn free() -> String {
    CrossPoints::Free.word().to_owned()
}

const fn thousand() -> u32 {
    1_000
}

const fn ten() -> u32 {
    10
}

const fn half() -> u32 {
    50
}

#[derive(Deserialize)]
struct Exam {
    application_to_session_days: u32,
    resits: u32,
    resit_window_days: u32,
    passed_part_kept_months: u32,
    results_working_days: u32,
    // Rule sets of before this key do not have it, and are never changed.
    #[serde(default = "ten")]
    recheck_working_days: u32,
}

/// More often nobody can bear to hear the same call.
const MOST_ANNOUNCED: u32 = 5;

#[derive(Deserialize)]
struct Queue {
    recall_after_seconds: u32,
    pass_over_after_calls: u32,
    requeue_after: u32,
    // A set that came into force before these were thought of says nothing of them.
    #[serde(default = "default_priority_between")]
    priority_between: u32,
    #[serde(default)]
    set_aside_after: u32,
    #[serde(default = "default_announce_times")]
    announce_times: u32,
}

const fn default_priority_between() -> u32 {
    2
}

const fn default_announce_times() -> u32 {
    1
}

#[derive(Deserialize)]
struct Certificate {
    valid_years: u32,
    review_years: u32,
    review_open_days: u32,
    first_working_days: u32,
    review_working_days: u32,
    renewal_working_days: u32,
    managers_valid_years: u32,
    authority_zh: String,
    authority_en: String,
}

#[derive(Deserialize)]
struct Eligibility {
    min_age: u32,
    female_retirement: String,
    fraud_block_years: u32,
    away_practical_months: u32,
}

impl File {
    fn into_rules(self) -> Result<RuleSet, RuleSetError> {
        let retirement = &self.eligibility.female_retirement;
        let female_retirement = RetirementClass::from_word(retirement)
            .filter(|class| *class != RetirementClass::Male)
            .ok_or_else(|| RuleSetError::Retirement(retirement.clone()))?;
        Ok(RuleSet {
            id: RuleSetId::parse(&format!("{}@{}", self.place, self.version))?,
            in_force_from: Date::parse(&self.in_force_from)?,
            name_zh: self.name_zh,
            name_en: self.name_en,
            theory: self.theory.into_rules()?,
            practical: self.practical.into_rules()?,
            staff: self.staff.into_rules()?,
            exam: self.exam.into(),
            queue: self.queue.into(),
            certificate: self.certificate.into(),
            eligibility: EligibilityRules {
                min_age: self.eligibility.min_age,
                female_retirement,
                fraud_block_years: self.eligibility.fraud_block_years,
                away_practical_months: self.eligibility.away_practical_months,
            },
            identity: self.identity.into_rules()?,
        })
    }
}

impl Identity {
    fn into_rules(self) -> Result<IdentityRules, RuleSetError> {
        let of = |word: String| Substitute::from_word(&word).ok_or(RuleSetError::Substitute(word));
        Ok(IdentityRules { substitutes: self.substitutes.into_iter().map(of).collect::<Result<_, _>>()? })
    }
}

impl Theory {
    fn into_rules(self) -> Result<TheoryRules, RuleSetError> {
        let mut blueprints = Vec::with_capacity(self.blueprint.len());
        for row in self.blueprint {
            let questions = row.true_false.saturating_add(row.single).saturating_add(row.multiple);
            let sum = questions.saturating_mul(row.points);
            if sum != self.total {
                return Err(RuleSetError::Blueprint(row.trade, sum, self.total));
            }
            let blueprint = Blueprint {
                true_false: row.true_false,
                single: row.single,
                multiple: row.multiple,
                points: row.points,
            };
            blueprints.push((selector(&row.trade)?, blueprint));
        }
        require_default(&blueprints, "theory.blueprint")?;
        let shares = self.share.into_iter().map(ShareRow::into_share).collect::<Result<Vec<_>, _>>()?;
        within(&blueprints, &shares)?;
        Ok(TheoryRules {
            minutes: self.minutes,
            pass_mark: self.pass_mark,
            total: self.total,
            sets: self.sets,
            enter_early_minutes: self.enter_early_minutes,
            late_minutes: self.late_minutes,
            leave_after_minutes: self.leave_after_minutes,
            late_answer_seconds: self.late_answer_seconds,
            most_extra_minutes: self.most_extra_minutes,
            score_at_hand_in: self.score_at_hand_in,
            read_aloud: self.read_aloud,
            avoid_neighbour_sets: self.avoid_neighbour_sets,
            most_exposure: self.most_exposure,
            blueprints,
            shares,
        })
    }
}

impl ShareRow {
    fn into_share(self) -> Result<(TradeSelector, Share), RuleSetError> {
        let wrong = |what: String| RuleSetError::Share(self.trade.clone(), what);
        let kind = QuestionType::from_word(&self.kind).ok_or_else(|| wrong(self.kind.clone()))?;
        if let Some(number) = self.difficulty.filter(|number| *number > 5) {
            return Err(wrong(number.to_string()));
        }
        let trade = selector(&self.trade)?;
        Ok((trade, Share { kind, subject: self.subject, difficulty: self.difficulty, count: self.count }))
    }
}

/// That the shares of a trade ask for no more questions of a type than its blueprint has.
fn within(
    blueprints: &[(TradeSelector, Blueprint)],
    shares: &[(TradeSelector, Share)],
) -> Result<(), RuleSetError> {
    for (trade, share) in shares {
        let of = blueprints.iter().find(|(selector, _)| selector == trade);
        let of = of.or_else(|| blueprints.iter().find(|(selector, _)| *selector == TradeSelector::Any));
        let most = of.map_or(0, |(_, blueprint)| match share.kind {
            QuestionType::TrueFalse => blueprint.true_false,
            QuestionType::Single => blueprint.single,
            QuestionType::Multiple => blueprint.multiple,
        });
        let same = shares.iter().filter(|(other, of)| other == trade && of.kind == share.kind);
        let sum = same.fold(0_u32, |sum, (_, share)| sum.saturating_add(share.count));
        if sum > most {
            let name = match trade {
                TradeSelector::Any => "*".to_owned(),
                TradeSelector::One(id) => id.to_string(),
            };
            return Err(RuleSetError::Shares(name, sum, most));
        }
    }
    Ok(())
}

impl Practical {
    fn into_rules(self) -> Result<PracticalRules, RuleSetError> {
        let mut weights = Vec::with_capacity(self.weights.len());
        for row in self.weights {
            let sum = row.k.iter().fold(0, |sum: u32, k| sum.saturating_add(*k));
            if sum != 100 {
                return Err(RuleSetError::Weights(row.trade, sum));
            }
            weights.push((selector(&row.trade)?, PracticalWeights { k: row.k, minutes: row.minutes }));
        }
        require_default(&weights, "practical.weights")?;
        Ok(PracticalRules {
            pass_mark: self.pass_mark,
            difference_settled_by_lead: self.difference_settled_by_lead,
            weights,
        })
    }
}

impl Staff {
    fn into_rules(self) -> Result<StaffRules, RuleSetError> {
        let s = self;
        let cross_points = CrossPoints::from_word(&s.cross_points);
        let cross_points = cross_points.ok_or(RuleSetError::CrossPoints(s.cross_points))?;
        Ok(StaffRules {
            invigilators_per_room: s.invigilators_per_room,
            room_capacity: s.room_capacity,
            examiners_per_station: s.examiners_per_station,
            reserves_invigilators: s.reserves_invigilators,
            reserves_examiners: s.reserves_examiners,
            no_show_bar_days: s.no_show_bar_days,
            max_sessions_per_week: s.max_sessions_per_week,
            place_told_hours_before: s.place_told_hours_before,
            travel_minutes: s.travel_minutes,
            cross_points,
            other_pools: s.other_pools,
            pairing_cap_percent: s.pairing_cap_percent,
        })
    }
}

impl From<Exam> for ExamRules {
    fn from(e: Exam) -> Self {
        Self {
            application_to_session_days: e.application_to_session_days,
            resits: e.resits,
            resit_window_days: e.resit_window_days,
            passed_part_kept_months: e.passed_part_kept_months,
            results_working_days: e.results_working_days,
            recheck_working_days: e.recheck_working_days,
        }
    }
}

impl From<Queue> for QueueRules {
    fn from(q: Queue) -> Self {
        Self {
            recall_after_seconds: q.recall_after_seconds,
            pass_over_after_calls: q.pass_over_after_calls,
            requeue_after: q.requeue_after,
            priority_between: q.priority_between,
            set_aside_after: q.set_aside_after,
            announce_times: q.announce_times.clamp(1, MOST_ANNOUNCED),
        }
    }
}

impl From<Certificate> for CertificateRules {
    fn from(c: Certificate) -> Self {
        Self {
            valid_years: c.valid_years,
            review_years: c.review_years,
            review_open_days: c.review_open_days,
            first_working_days: c.first_working_days,
            review_working_days: c.review_working_days,
            renewal_working_days: c.renewal_working_days,
            managers_valid_years: c.managers_valid_years,
            authority_zh: c.authority_zh,
            authority_en: c.authority_en,
        }
    }
}

fn selector(trade: &str) -> Result<TradeSelector, IdError> {
    if trade == "*" { Ok(TradeSelector::Any) } else { TradeId::parse(trade).map(TradeSelector::One) }
}

fn require_default<T>(rows: &[(TradeSelector, T)], name: &'static str) -> Result<(), RuleSetError> {
    let found = rows.iter().any(|(s, _)| *s == TradeSelector::Any);
    if found { Ok(()) } else { Err(RuleSetError::NoDefault(name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_shares(shares: &str) -> Result<RuleSet, RuleSetError> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/rules/national-2026.1.toml");
        let text = std::fs::read_to_string(path).unwrap();
        parse(&text.replacen("[practical]", &format!("{shares}\n[practical]"), 1))
    }

    fn share(trade: &str, kind: &str, rest: &str) -> String {
        format!("[[theory.share]]\ntrade = \"{trade}\"\nkind = \"{kind}\"\n{rest}\n")
    }

    #[test]
    fn what_no_share_speaks_of_comes_from_the_whole_type() {
        let text = share("*", "single", "subject = \"电气\"\ncount = 10")
            + &share("*", "single", "difficulty = 3\ncount = 5");
        let rules = with_shares(&text).unwrap().theory;
        let of = |trade: &str| -> Vec<(QuestionType, Option<String>, Option<u8>, u32)> {
            let shares = rules.shares(&TradeId::parse(trade).unwrap());
            shares.into_iter().map(|s| (s.kind, s.subject, s.difficulty, s.count)).collect()
        };
        let (judge, single) = (QuestionType::TrueFalse, QuestionType::Single);
        let expected = [
            (single, Some("电气".to_owned()), None, 10),
            (single, None, Some(3), 5),
            (judge, None, None, 70),
            (single, None, None, 15),
        ];
        assert_eq!(of("electrician-low-voltage"), expected);
        assert_eq!(with_shares("").unwrap().theory.shares, []);
    }

    #[test]
    fn shares_that_make_no_sense_are_refused() {
        let table = [
            (share("*", "essay", "count = 1"), "asks for 'essay'"),
            (share("*", "single", "difficulty = 6\ncount = 1"), "asks for '6'"),
            (share("*", "single", "count = 31"), "its blueprint has 30"),
            (share("welding-fusion", "single", "count = 7"), "its blueprint has 6"),
            (share("*", "multiple", "count = 1"), "its blueprint has 0"),
        ];
        for (text, expected) in table {
            let error = with_shares(&text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
