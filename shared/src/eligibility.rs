//! Who may sit an examination. A refusal names every rule that failed and what would satisfy it, all at once.

use crate::idnumber::Sex;
use crate::retirement::{RetirementClass, YearMonth, statutory_month};
use crate::rules::RuleSet;
use crate::time::Date;
use crate::trade::{Education, ExamKind, Trade};
use thiserror::Error;

/// What is known of an applicant when a session is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Day of birth.
    pub birth: Date,
    /// Sex.
    pub sex: Sex,
    /// Highest schooling.
    pub education: Education,
    /// What is applied for.
    pub kind: ExamKind,
    /// Theory hours of the training; for a review or renewal, hours of that training in class.
    pub theory_hours: u32,
    /// Practical hours of the training; for a review or renewal, its other hours.
    pub practical_hours: u32,
    /// Whether the personal health promise is signed.
    pub health_promise: bool,
    /// Day of the application.
    pub applied_on: Date,
    /// Day on which a certificate of this person was last revoked for false data or fraud.
    pub fraud_revoked_on: Option<Date>,
}

/// One rule that failed, with what would satisfy it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum Refusal {
    /// Coal mine trades are examined in the national system.
    #[error("this trade is examined in the national system, not here")]
    NationalSystem,
    /// Below the least age on the exam day.
    #[error("too young: may sit from {from} on")]
    TooYoung {
        /// The first day on which the person is old enough.
        from: Date,
    },
    /// Past the statutory retirement age on the exam day.
    #[error("past the statutory retirement age: could sit until {until}")]
    TooOld {
        /// The last day of the month in which the age is reached.
        until: Date,
    },
    /// Schooling below what the trade asks for.
    #[error("schooling below what the trade asks for")]
    Education {
        /// The least that suffices.
        needed: Education,
    },
    /// Theory hours of the first training are missing.
    #[error("{have} of {need} theory hours")]
    TheoryHours {
        /// Hours done.
        have: u32,
        /// Hours asked for.
        need: u32,
    },
    /// Practical hours of the first training are missing.
    #[error("{have} of {need} practical hours")]
    PracticalHours {
        /// Hours done.
        have: u32,
        /// Hours asked for.
        need: u32,
    },
    /// Hours of the first training in all are missing; told where the syllabus does not give the two parts.
    #[error("{have} of {need} training hours")]
    TotalHours {
        /// Hours done, theory and practical.
        have: u32,
        /// Hours asked for.
        need: u32,
    },
    /// Hours of the training for a review or renewal are missing.
    #[error("{have} of {need} hours of review training")]
    ReviewHours {
        /// Hours done, of every kind.
        have: u32,
        /// Hours asked for.
        need: u32,
    },
    /// The personal health promise is not signed.
    #[error("the health promise is not signed")]
    HealthPromise,
    /// Applied while blocked after a revocation for false data or fraud.
    #[error("blocked until {until} after a revocation for fraud")]
    FraudBlock {
        /// The last blocked day; an application of the day after is taken.
        until: Date,
    },
    /// The session lies too long after the application.
    #[error("the application is too old: it was good until {last_day}")]
    ApplicationTooOld {
        /// The last day on which a session could be held for this application.
        last_day: Date,
    },
}

impl Refusal {
    /// The word used on the wire and in message ids.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NationalSystem => "national_system",
            Self::TooYoung { .. } => "too_young",
            Self::TooOld { .. } => "too_old",
            Self::Education { .. } => "education",
            Self::TheoryHours { .. } => "theory_hours",
            Self::PracticalHours { .. } => "practical_hours",
            Self::TotalHours { .. } => "total_hours",
            Self::ReviewHours { .. } => "review_hours",
            Self::HealthPromise => "health_promise",
            Self::FraudBlock { .. } => "fraud_block",
            Self::ApplicationTooOld { .. } => "application_too_old",
        }
    }
}

/// Whether this application may be seated in a session of `trade` on `exam_day` (总局令30 §4 and the rule set).
///
/// # Errors
/// Every rule that failed, in the order of [`Refusal`], never an empty list.
pub fn decide(
    application: &Application,
    trade: &Trade,
    rules: &RuleSet,
    exam_day: Date,
) -> Result<(), Vec<Refusal>> {
    let national = trade.may_be_examined_here().is_err().then_some(Refusal::NationalSystem);
    let schooling = (application.education < trade.min_education)
        .then_some(Refusal::Education { needed: trade.min_education });
    let health = (!application.health_promise).then_some(Refusal::HealthPromise);

    let mut refusals: Vec<Refusal> = national.into_iter().collect();
    refusals.extend(too_young(application, rules, exam_day));
    refusals.extend(too_old(application, rules, exam_day));
    refusals.extend(schooling);
    refusals.extend(missing_hours(application, trade));
    refusals.extend(health);
    refusals.extend(fraud_block(application, rules));
    refusals.extend(application_too_old(application, rules, exam_day));
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// The last day on which this person may sit: the end of the month in which the statutory age is reached, because the
/// official tables name the month only. `None` if that lies beyond the calendar.
#[must_use]
pub fn last_day_of_age(birth: Date, sex: Sex, female: RetirementClass) -> Option<Date> {
    let class = match sex {
        Sex::Male => RetirementClass::Male,
        Sex::Female => female,
    };
    statutory_month(YearMonth::of(birth), class).last_day()
}

fn too_young(application: &Application, rules: &RuleSet, exam_day: Date) -> Option<Refusal> {
    let from = application.birth.plus_years(years(rules.eligibility.min_age));
    (exam_day < from).then_some(Refusal::TooYoung { from })
}

fn too_old(application: &Application, rules: &RuleSet, exam_day: Date) -> Option<Refusal> {
    let until = last_day_of_age(application.birth, application.sex, rules.eligibility.female_retirement)?;
    (exam_day > until).then_some(Refusal::TooOld { until })
}

fn missing_hours(application: &Application, trade: &Trade) -> Vec<Refusal> {
    let (theory, practical) = (application.theory_hours, application.practical_hours);
    let all = theory.saturating_add(practical);
    if application.kind != ExamKind::First {
        let need = trade.review_hours;
        return (all < need).then_some(Refusal::ReviewHours { have: all, need }).into_iter().collect();
    }
    let short = |have: u32, need: Option<u32>| need.filter(|need| have < *need);
    let mut refusals = Vec::new();
    if let Some(need) = short(theory, trade.theory_hours) {
        refusals.push(Refusal::TheoryHours { have: theory, need });
    }
    if let Some(need) = short(practical, trade.practical_hours) {
        refusals.push(Refusal::PracticalHours { have: practical, need });
    }
    // Both parts are known and add up to the sum: saying it again would be a third message for the same hours.
    let split = trade.theory_hours.is_some() && trade.practical_hours.is_some();
    if let Some(need) = short(all, trade.total_hours).filter(|_| !split) {
        refusals.push(Refusal::TotalHours { have: all, need });
    }
    refusals
}

fn fraud_block(application: &Application, rules: &RuleSet) -> Option<Refusal> {
    let revoked = application.fraud_revoked_on?;
    let until = revoked.plus_years(years(rules.eligibility.fraud_block_years)).minus_days(1);
    (application.applied_on <= until).then_some(Refusal::FraudBlock { until })
}

fn application_too_old(application: &Application, rules: &RuleSet, exam_day: Date) -> Option<Refusal> {
    let last_day = application.applied_on.plus_days(rules.exam.application_to_session_days);
    (exam_day > last_day).then_some(Refusal::ApplicationTooOld { last_day })
}

fn years(years: u32) -> i32 {
    i32::try_from(years).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn rules() -> RuleSet {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/rules/national-2026.1.toml");
        crate::wire::ruleset::parse(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    fn trade(id: &str) -> Trade {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/trades.toml");
        let (_, trades) = crate::wire::trades::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
        trades.into_iter().find(|trade| trade.id.as_str() == id).unwrap()
    }

    fn application() -> Application {
        Application {
            birth: day("1990-03-15"),
            sex: Sex::Male,
            education: Education::Junior,
            kind: ExamKind::First,
            theory_hours: 88,
            practical_hours: 60,
            health_promise: true,
            applied_on: day("2026-09-01"),
            fraud_revoked_on: None,
        }
    }

    fn judged(trade_id: &str, exam_day: &str, change: impl FnOnce(&mut Application)) -> Vec<Refusal> {
        let mut application = application();
        change(&mut application);
        decide(&application, &trade(trade_id), &rules(), day(exam_day)).err().unwrap_or_default()
    }

    const LOW: &str = "electrician-low-voltage";
    const EXAM_DAY: &str = "2026-09-28";

    #[test]
    fn who_meets_every_rule_may_sit() {
        assert_eq!(judged(LOW, EXAM_DAY, |_| ()), []);
        assert_eq!(judged(LOW, "2026-10-31", |_| ()), []);
    }

    #[test]
    fn age_counts_on_the_exam_day() {
        assert_eq!(judged(LOW, EXAM_DAY, |a| a.birth = day("2008-09-28")), []);
        let from = day("2026-09-29");
        assert_eq!(judged(LOW, EXAM_DAY, |a| a.birth = day("2008-09-29")), [Refusal::TooYoung { from }]);
        let young = judged(LOW, "2026-02-28", |a| {
            a.birth = day("2008-02-29");
            a.applied_on = day("2026-02-01");
        });
        assert_eq!(young, [Refusal::TooYoung { from: day("2026-03-01") }]);

        let old = |birth: &str, sex| {
            judged(LOW, EXAM_DAY, |a| {
                a.birth = day(birth);
                a.sex = sex;
            })
        };
        assert_eq!(old("1966-05-01", Sex::Male), []);
        assert_eq!(old("1966-04-30", Sex::Male), [Refusal::TooOld { until: day("2026-08-31") }]);
        assert_eq!(old("1976-03-01", Sex::Female), []);
        assert_eq!(old("1975-03-01", Sex::Female), [Refusal::TooOld { until: day("2025-05-31") }]);
    }

    #[test]
    fn hours_follow_the_kind_of_examination_and_what_the_syllabus_gives() {
        let hours = |theory, practical, kind| {
            move |a: &mut Application| {
                a.theory_hours = theory;
                a.practical_hours = practical;
                a.kind = kind;
            }
        };
        let table = [
            (LOW, 87, 60, ExamKind::First, vec![Refusal::TheoryHours { have: 87, need: 88 }]),
            (LOW, 148, 0, ExamKind::First, vec![Refusal::PracticalHours { have: 0, need: 60 }]),
            ("electrician-power-cable", 60, 44, ExamKind::First, vec![]),
            (
                "electrician-power-cable",
                60,
                43,
                ExamKind::First,
                vec![Refusal::TotalHours { have: 103, need: 104 }],
            ),
            (LOW, 8, 0, ExamKind::Review, vec![]),
            (LOW, 4, 3, ExamKind::Renewal, vec![Refusal::ReviewHours { have: 7, need: 8 }]),
        ];
        for (id, theory, practical, kind, expected) in table {
            let found = judged(id, EXAM_DAY, hours(theory, practical, kind));
            assert_eq!(found, expected, "{id} {theory} {practical} {kind:?}");
        }
    }

    #[test]
    fn fraud_blocks_applications_for_three_years() {
        let blocked = |applied: &str| {
            judged(LOW, EXAM_DAY, |a| {
                a.fraud_revoked_on = Some(day("2023-09-01"));
                a.applied_on = day(applied);
            })
        };
        assert_eq!(blocked("2026-08-31"), [Refusal::FraudBlock { until: day("2026-08-31") }]);
        assert_eq!(blocked("2026-09-01"), []);
    }

    #[test]
    fn every_failed_rule_is_named_at_once() {
        let found = judged("coal-gas-drainage", "2026-11-01", |a| {
            a.birth = day("2010-01-01");
            a.education = Education::Primary;
            a.kind = ExamKind::Review;
            a.theory_hours = 0;
            a.practical_hours = 0;
            a.health_promise = false;
            a.fraud_revoked_on = Some(day("2026-01-01"));
        });
        let words: Vec<&str> = found.iter().map(Refusal::word).collect();
        let expected = [
            "national_system",
            "too_young",
            "education",
            "review_hours",
            "health_promise",
            "fraud_block",
            "application_too_old",
        ];
        assert_eq!(words, expected);
        assert_eq!(found.last(), Some(&Refusal::ApplicationTooOld { last_day: day("2026-10-31") }));
    }

    #[test]
    fn hazardous_chemicals_ask_for_senior_schooling() {
        let needed = Education::Senior;
        let found = judged("chemical-chlorination", EXAM_DAY, |_| ());
        assert_eq!(found, [Refusal::Education { needed }]);
        assert_eq!(judged("chemical-chlorination", EXAM_DAY, |a| a.education = needed), []);
    }

    proptest! {
        #[test]
        fn what_a_refusal_says_would_satisfy_it_does(birth in 0u32..40_000, offset in 0u32..90, hours in 0u32..200) {
            let birth = day("1940-01-01").plus_days(birth);
            let mut application = Application { birth, theory_hours: hours, practical_hours: hours, ..application() };
            let exam_day = application.applied_on.plus_days(offset);
            let (trade, rules) = (trade(LOW), rules());
            let Err(refusals) = decide(&application, &trade, &rules, exam_day) else { return Ok(()) };
            let mut at = exam_day;
            for refusal in refusals {
                match refusal {
                    Refusal::TheoryHours { need, .. } => application.theory_hours = need,
                    Refusal::PracticalHours { need, .. } => application.practical_hours = need,
                    Refusal::ApplicationTooOld { .. } => application.applied_on = at,
                    Refusal::TooYoung { from } => { at = from; application.applied_on = from; }
                    Refusal::TooOld { until } => { at = until; application.applied_on = until; }
                    other => prop_assert!(false, "{other:?}"),
                }
            }
            prop_assert_eq!(decide(&application, &trade, &rules, at), Ok(()));
        }
    }
}
