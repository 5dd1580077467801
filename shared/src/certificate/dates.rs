//! The days of a certificate: how long it is valid, when it is reviewed, when it must be issued.
//!
//! A span of n years from day D ends on the day before D + n years. 29 February + n years is 1 March in a common year,
//! so that such a span ends on 28 February.

use crate::calendar::{Calendar, CalendarError};
use crate::rules::CertificateRules;
use crate::time::Date;
use crate::trade::{ExamKind, TradeKind};

/// The days printed on a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertificateDates {
    /// Last day of validity.
    pub valid_to: Date,
    /// Last day for the review.
    pub review_due: Date,
    /// First day on which the review can be applied for.
    pub review_from: Date,
}

/// All three days by the rules in force. A manager's certificate is not reviewed half-way: its review is due when it
/// ends.
#[must_use]
pub fn dates(first: Date, kind: TradeKind, rules: &CertificateRules) -> CertificateDates {
    let (valid_years, review_years) = match kind {
        TradeKind::Operation => (rules.valid_years, rules.review_years),
        TradeKind::Managers => (rules.managers_valid_years, rules.managers_valid_years),
    };
    let review_due = review_due(first, review_years);
    CertificateDates {
        valid_to: valid_to(first, valid_years),
        review_due,
        review_from: review_from(review_due, rules.review_open_days),
    }
}

/// Last day of validity of a certificate that starts on `first` and is good for `years`.
#[must_use]
pub fn valid_to(first: Date, years: u32) -> Date {
    last_day_of_span(first, years)
}

/// Last day for the review that is due `years` after `first`.
#[must_use]
pub fn review_due(first: Date, years: u32) -> Date {
    last_day_of_span(first, years)
}

/// First day on which the review can be applied for: `days` calendar days before it is due (总局令30).
#[must_use]
pub fn review_from(due: Date, days: u32) -> Date {
    due.minus_days(days)
}

/// The last day on which the certificate must be issued after an examination on `exam_day`; the exam day is not counted.
///
/// # Errors
/// [`CalendarError::NotPublished`] if a day that has to be looked at lies in a year without a calendar.
pub fn deadline(
    kind: ExamKind,
    exam_day: Date,
    rules: &CertificateRules,
    calendar: &Calendar,
) -> Result<Date, CalendarError> {
    calendar.add_working_days(exam_day, working_days(kind, rules))
}

/// Working days within which the certificate must be issued; the exam day is not counted.
#[must_use]
pub const fn working_days(kind: ExamKind, rules: &CertificateRules) -> u32 {
    match kind {
        ExamKind::First => rules.first_working_days,
        ExamKind::Review => rules.review_working_days,
        ExamKind::Renewal => rules.renewal_working_days,
    }
}

fn last_day_of_span(first: Date, years: u32) -> Date {
    first.plus_years(i32::try_from(years).unwrap_or(i32::MAX)).minus_days(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::CalendarYear;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn rules() -> CertificateRules {
        CertificateRules {
            valid_years: 6,
            review_years: 3,
            review_open_days: 60,
            first_working_days: 5,
            review_working_days: 3,
            renewal_working_days: 3,
            managers_valid_years: 3,
            authority_zh: "甲".to_owned(),
            authority_en: "A".to_owned(),
        }
    }

    #[test]
    fn a_span_ends_on_the_day_before() {
        let table = [
            ("2024-02-29", "2030-02-28", "2027-02-28", "2026-12-30"),
            ("2022-02-28", "2028-02-27", "2025-02-27", "2024-12-29"),
            ("2026-03-01", "2032-02-29", "2029-02-28", "2028-12-30"),
            ("2026-09-28", "2032-09-27", "2029-09-27", "2029-07-29"),
            ("2026-01-01", "2031-12-31", "2028-12-31", "2028-11-01"),
            ("2096-02-29", "2102-02-28", "2099-02-28", "2098-12-30"),
        ];
        for (first, to, due, from) in table {
            let expected =
                CertificateDates { valid_to: day(to), review_due: day(due), review_from: day(from) };
            assert_eq!(dates(day(first), TradeKind::Operation, &rules()), expected, "{first}");
        }
        let managers = dates(day("2026-09-28"), TradeKind::Managers, &rules());
        assert_eq!((managers.valid_to, managers.review_due), (day("2029-09-27"), day("2029-09-27")));
    }

    #[test]
    fn first_issues_take_five_working_days_and_reviews_three() {
        let off = (1..=7).map(|d| Date::from_ymd(2026, 10, d).unwrap()).collect();
        let work = vec![day("2026-10-10")];
        let calendar = Calendar::new(vec![CalendarYear { year: 2026, off, work }]);
        let table = [
            (ExamKind::First, "2026-09-30", Ok("2026-10-13")),
            (ExamKind::Review, "2026-09-30", Ok("2026-10-10")),
            (ExamKind::Renewal, "2026-09-30", Ok("2026-10-10")),
            (ExamKind::First, "2026-12-28", Err(CalendarError::NotPublished { year: 2027 })),
        ];
        for (kind, exam_day, expected) in table {
            let found = deadline(kind, day(exam_day), &rules(), &calendar);
            assert_eq!(found, expected.map(day), "{kind:?} {exam_day}");
        }
    }

    proptest! {
        #[test]
        fn the_next_span_starts_where_this_one_ended(start in 0u32..60_000, years in 1u32..20) {
            let first = day("1990-01-01").plus_days(start);
            let next = valid_to(first, years).plus_days(1);
            prop_assert_eq!(next, first.plus_years(i32::try_from(years).unwrap()));
            prop_assert!(review_due(first, years) > first);
        }
    }
}
