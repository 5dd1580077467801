//! People who are not expected here today and of whom the day bundle says why.

use super::refusal::Refusal;
use super::roster::{Bilingual, RosterError};
use crate::digest::Digest;
use shared::time::{Date, Instant};
use shared::wire::v1::bundle::BundleRefusal;
use std::collections::HashMap;

/// Who may come and is not expected, by keyed hash.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Elsewhere(HashMap<Digest, Vec<Reason>>);

#[derive(Debug, Clone, PartialEq)]
enum Reason {
    AnotherDay(Instant),
    AnotherPoint(Instant, Bilingual),
    NotEligible,
    Barred,
}

impl Elsewhere {
    /// Reads what a bundle says. A code that this kiosk does not know is left out: such people are told what everybody
    /// is told who is not expected.
    ///
    /// # Errors
    /// [`RosterError::Digest`].
    pub fn parse(wire: &[BundleRefusal]) -> Result<Self, RosterError> {
        let mut all: HashMap<Digest, Vec<Reason>> = HashMap::new();
        for refusal in wire {
            let starts_at = refusal.starts_at.map(Instant::from_millis);
            let reason = match (refusal.code.as_str(), starts_at) {
                ("another_day", Some(at)) => Reason::AnotherDay(at),
                ("another_point", Some(at)) => {
                    Reason::AnotherPoint(at, Bilingual::new(&refusal.point_zh, &refusal.point_en))
                }
                ("not_eligible", _) => Reason::NotEligible,
                ("barred", _) => Reason::Barred,
                _ => continue,
            };
            let indexes = std::iter::once(&refusal.id_index).chain(&refusal.secret_index);
            for index in indexes {
                all.entry(Digest::parse(index)?).or_default().push(reason.clone());
            }
        }
        Ok(Self(all))
    }

    /// What somebody with this keyed hash is told on a day: that he may not sit; else where he is expected on this day;
    /// else the next day on which he is; else the last one on which he was.
    #[must_use]
    pub fn refusal(&self, index: Digest, day: Date) -> Option<Refusal> {
        let reasons = self.0.get(&index)?;
        let best = reasons.iter().min_by_key(|reason| match reason.starts_at() {
            None => (0, 0),
            Some(at) if at.date_in_china() >= day => (1, at.millis()),
            Some(at) => (2, at.millis().saturating_neg()),
        })?;
        Some(match best {
            Reason::Barred => Refusal::Barred,
            Reason::NotEligible => Refusal::NotEligible,
            Reason::AnotherDay(at) => Refusal::AnotherDay { at: *at },
            Reason::AnotherPoint(at, point) => Refusal::AnotherPoint { at: *at, point: point.clone() },
        })
    }
}

impl Reason {
    const fn starts_at(&self) -> Option<Instant> {
        match self {
            Self::AnotherDay(at) | Self::AnotherPoint(at, _) => Some(*at),
            Self::NotEligible | Self::Barred => None,
        }
    }
}
