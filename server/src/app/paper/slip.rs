//! A slip of paper: what stands on it, and what of that can be true.

use super::PaperError;
use shared::double_entry::Fields;
use shared::practical::{Marks, Sheet};
use shared::time::{Date, Instant};
use std::collections::{BTreeMap, BTreeSet};

/// Kinds of slips.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slip {
    /// The roll call: whether somebody came, and when.
    Attendance,
    /// One examiner's marks for one part of the practical.
    Practical {
        /// `K1` to `K4`.
        part: String,
        /// Staff code of the examiner.
        examiner: String,
    },
}

/// Prefix of the fields with points.
const POINTS: &str = "points.";
/// Prefix of the fields with veto items.
const VETO: &str = "veto.";

impl Slip {
    /// As stored: `attendance` or `practical:PART:EXAMINER`.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Attendance => "attendance".to_owned(),
            Self::Practical { part, examiner } => format!("practical:{part}:{examiner}"),
        }
    }

    /// From its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let mut parts = word.split(':');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("attendance"), None, None, None) => Some(Self::Attendance),
            (Some("practical"), Some(part), Some(examiner), None) if !examiner.is_empty() => {
                Some(Self::Practical { part: part.to_owned(), examiner: examiner.to_owned() })
            }
            _ => None,
        }
    }
}

/// When somebody came by the roll call; `None` if he did not.
///
/// # Errors
/// [`PaperError::Field`].
pub fn attendance(fields: &Fields, day: Date) -> Result<Option<Instant>, PaperError> {
    let at = fields.get("at").map_or("", String::as_str);
    match fields.get("came").map(String::as_str) {
        Some("no") if at.is_empty() => Ok(None),
        Some("yes") => time(at, day).map(Some).ok_or(PaperError::Field { field: "at", why: "HH:MM" }),
        _ => Err(PaperError::Field { field: "came", why: "yes with a time, or no without one" }),
    }
}

/// The same value is written the same way, however it was typed.
#[must_use]
pub fn tidy(fields: Fields) -> Fields {
    let tidy = |field: &str, value: String| match field {
        "at" => clock(value.trim()),
        _ => value.trim().to_owned(),
    };
    fields
        .into_iter()
        .map(|(field, value)| (tidy(&field, value), field))
        .filter(|(value, _)| !value.is_empty())
        .map(|(value, field)| (field, value))
        .collect()
}

/// A clock time as people type it: with either colon, without the first zero, or as digits alone.
fn clock(typed: &str) -> String {
    let typed = typed.replace('：', ":");
    let digits = matches!(typed.len(), 3 | 4) && typed.bytes().all(|b| b.is_ascii_digit());
    let parts = if digits { typed.split_at_checked(typed.len() - 2) } else { typed.split_once(':') };
    match parts {
        Some((hour, minute)) => format!("{hour:0>2}:{minute}"),
        None => typed,
    }
}

/// The marks of an examiner: points of every item, and the veto items that failed.
///
/// # Errors
/// [`PaperError::Field`] for what is no number; whether the marks fit the sheet is asked later.
pub fn marks(fields: &Fields, sheet: &Sheet) -> Result<Marks, PaperError> {
    let mut points = BTreeMap::new();
    let mut failed = BTreeSet::new();
    for (field, value) in fields {
        if let Some(code) = field.strip_prefix(POINTS) {
            let number = value.parse().map_err(|_| PaperError::Field { field: "points", why: "a number" })?;
            points.insert(code.to_owned(), number);
        } else if let Some(code) = field.strip_prefix(VETO) {
            match value.as_str() {
                "failed" => failed.insert(code.to_owned()),
                _ => return Err(PaperError::Field { field: "veto", why: "failed, or nothing" }),
            };
        } else {
            return Err(PaperError::Field { field: "field", why: "points or a veto item" });
        }
    }
    if points.len() != sheet.items().len() {
        return Err(PaperError::Field { field: "points", why: "every item of the sheet has points" });
    }
    Ok(Marks { points, failed })
}

fn time(text: &str, day: Date) -> Option<Instant> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |s: &str| s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then(|| day.start_in_china().plus_minutes(hour * 60 + minute))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(f, v)| ((*f).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn a_slip_is_found_again_by_its_word() {
        let practical = Slip::Practical { part: "K1".into(), examiner: "S-07".into() };
        for slip in [Slip::Attendance, practical] {
            assert_eq!(Slip::from_word(&slip.word()), Some(slip));
        }
        for word in ["", "practical", "practical:K1", "practical:K1:", "attendance:x", "practical:K1:a:b"] {
            assert_eq!(Slip::from_word(word), None, "{word}");
        }
    }

    #[test]
    fn a_roll_call_says_that_somebody_came_with_the_time_or_did_not() {
        let day = Date::parse("2026-09-28").unwrap();
        let table = [
            (vec![("came", "yes"), ("at", "08:41")], Some("08:41")),
            (vec![("came", "yes"), ("at", "8：41 ")], Some("08:41")),
            (vec![("came", "no")], Some("absent")),
            (vec![("came", "no"), ("at", "08:41")], None),
            (vec![("came", "yes")], None),
            (vec![("came", "yes"), ("at", "24:00")], None),
            (vec![("came", "yes"), ("at", "0841")], Some("08:41")),
            (vec![("came", "yes"), ("at", "841")], Some("08:41")),
            (vec![("came", "yes"), ("at", "84")], None),
            (vec![("came", "yes"), ("at", "8:4")], None),
            (vec![], None),
        ];
        for (given, expected) in table {
            let read = attendance(&tidy(fields(&given)), day).ok();
            let read = read.map(|at| at.map_or("absent".to_owned(), |at| at.time_in_china()));
            assert_eq!(read.as_deref(), expected, "{given:?}");
        }
    }
}
