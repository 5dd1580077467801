//! The statutory retirement age, which moves since 2025-01-01 with month of birth and sex (decision of the Standing
//! Committee of the National People's Congress of 2024-09-13).

use crate::time::Date;
use thiserror::Error;

/// Which retirement scale applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RetirementClass {
    /// Men.
    Male,
    /// Women whose age was 50.
    Female50,
    /// Women whose age was 55.
    Female55,
}

crate::trade::words!(RetirementClass { Male = "male", Female50 = "female50", Female55 = "female55" });

/// A month of a year, 1900 to 2299.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YearMonth {
    /// Months since January of the year 0.
    months: i32,
}

/// Not a month written `YYYY-MM`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("'{0}' is not a month written YYYY-MM between 1900 and 2199")]
pub struct YearMonthError(String);

impl YearMonth {
    /// From year (1900–2199) and month (1–12).
    #[must_use]
    pub fn new(year: i32, month: u32) -> Option<Self> {
        let month = i32::try_from(month).ok().filter(|month| (1..=12).contains(month))?;
        (1900..=2199).contains(&year).then_some(Self { months: year * 12 + month - 1 })
    }

    /// Reads `YYYY-MM`.
    ///
    /// # Errors
    /// [`YearMonthError`] if the text is no such month or lies outside 1900–2199.
    pub fn parse(text: &str) -> Result<Self, YearMonthError> {
        let read = || {
            let (year, month) = text.split_once('-')?;
            let digits = |part: &str, len| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
            if !digits(year, 4) || !digits(month, 2) {
                return None;
            }
            Self::new(year.parse().ok()?, month.parse().ok()?)
        };
        read().ok_or_else(|| YearMonthError(text.to_owned()))
    }

    /// The month in which a day lies.
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self { months: day.year() * 12 + i32::try_from(day.month()).unwrap_or(1) - 1 }
    }

    /// Year.
    #[must_use]
    pub const fn year(self) -> i32 {
        self.months.div_euclid(12)
    }

    /// Month, 1–12.
    #[must_use]
    pub const fn month(self) -> u32 {
        self.months.rem_euclid(12).unsigned_abs() + 1
    }

    /// The last day of the month; `None` after 2199.
    #[must_use]
    pub fn last_day(self) -> Option<Date> {
        let next = self.plus_months(1);
        Date::from_ymd(next.year(), next.month(), 1).map(|first| first.minus_days(1))
    }

    /// So many months later.
    const fn plus_months(self, months: i32) -> Self {
        Self { months: self.months.saturating_add(months) }
    }
}

impl std::fmt::Display for YearMonth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

/// The month in which somebody born in `birth` reaches the statutory age.
///
/// The age before the reform, and from the base month of birth on a delay of ⌊months since base ÷ step⌋ + 1 months up to
/// the cap: men 60 from 1965-01, step 4, cap 36; women 55 from 1970-01, step 4, cap 36; women 50 from 1975-01, step 2,
/// cap 60.
#[must_use]
pub fn statutory_month(birth: YearMonth, class: RetirementClass) -> YearMonth {
    let scale = Scale::of(class);
    let since_base = birth.months - scale.base_year * 12;
    let delay = if since_base < 0 { 0 } else { (since_base / scale.step + 1).min(scale.cap) };
    birth.plus_months(scale.age * 12 + delay)
}

struct Scale {
    /// Years.
    age: i32,
    /// The delay starts with births in January of this year.
    base_year: i32,
    /// One more month of delay for so many months of birth.
    step: i32,
    /// Months.
    cap: i32,
}

impl Scale {
    const fn of(class: RetirementClass) -> Self {
        match class {
            RetirementClass::Male => Self { age: 60, base_year: 1965, step: 4, cap: 36 },
            RetirementClass::Female50 => Self { age: 50, base_year: 1975, step: 2, cap: 60 },
            RetirementClass::Female55 => Self { age: 55, base_year: 1970, step: 4, cap: 36 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_age_moves_with_the_month_of_birth() {
        let table = [
            ("1964-12", "male", "2024-12"),
            ("1965-01", "male", "2025-02"),
            ("1965-03", "male", "2025-04"),
            ("1965-04", "male", "2025-05"),
            ("1965-05", "male", "2025-07"),
            ("1976-08", "male", "2039-07"),
            ("1976-09", "male", "2039-09"),
            ("1990-01", "male", "2053-01"),
            ("1969-12", "female55", "2024-12"),
            ("1970-01", "female55", "2025-02"),
            ("1981-09", "female55", "2039-09"),
            ("1974-12", "female50", "2024-12"),
            ("1975-01", "female50", "2025-02"),
            ("1975-02", "female50", "2025-03"),
            ("1975-03", "female50", "2025-05"),
            ("1984-11", "female50", "2039-11"),
            ("1990-06", "female50", "2045-06"),
        ];
        for (birth, class, expected) in table {
            let class = RetirementClass::from_word(class).unwrap();
            let month = statutory_month(YearMonth::parse(birth).unwrap(), class);
            assert_eq!(month.to_string(), expected, "{birth} {class:?}");
        }
    }

    #[test]
    fn only_four_and_two_digits_are_a_month() {
        for bad in
            ["1965-3", "1965-13", "1965-00", "65-03", "1965-03-01", "", "+965-03", "1965-+3", "1899-12"]
        {
            assert!(YearMonth::parse(bad).is_err(), "{bad}");
        }
        let february = YearMonth::parse("2028-02").unwrap();
        assert_eq!(february.last_day().unwrap().to_string(), "2028-02-29");
        assert_eq!(YearMonth::of(Date::parse("2028-02-03").unwrap()), february);
        assert_eq!(YearMonth::parse("2199-12").unwrap().last_day(), None);
    }

    proptest! {
        #[test]
        fn who_is_born_later_never_retires_earlier(months in 0u32..3599) {
            let at = |m: u32| YearMonth::new(1900 + i32::try_from(m / 12).unwrap(), m % 12 + 1).unwrap();
            for class in [RetirementClass::Male, RetirementClass::Female50, RetirementClass::Female55] {
                prop_assert!(statutory_month(at(months), class) < statutory_month(at(months + 1), class));
            }
        }
    }
}
