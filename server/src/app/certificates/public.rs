//! What anybody may find out about a certificate: by the text of its QR code, or by its number together with the name.
//! The answer is masked; it is the exam centre's own word, not the national register's.

use super::{CertificateError, key_set};
use crate::app::auth::{AuthError, Throttle};
use crate::app::{App, masks};
use crate::db::certificates as rows;
use crate::db::{events, world};
use crate::event::{Actor, Event, Fact, PersonalDataRead};
use crate::keys::Purpose;
use shared::certificate::code::{self, Verdict};
use shared::ids::CertificateId;
use shared::person::{Name, mask_name};
use shared::time::Date;

/// How a certificate stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In force.
    Valid,
    /// The day of the review is past; whether it was passed is not known here.
    ReviewOverdue,
    /// The validity has ended.
    Expired,
    /// The validity has not begun.
    NotYet,
}

/// A certificate as anybody may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Certificate id.
    pub certificate: String,
    /// Masked name.
    pub name: String,
    /// Trade in Chinese and English.
    pub trade: (String, String),
    /// First and last day of validity.
    pub valid: (Date, Date),
    /// The last day for the review.
    pub review_due: Option<Date>,
    /// How it stands today.
    pub standing: Standing,
}

/// What was found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The centre has issued it.
    Found(Checked),
    /// No certificate of the centre has this number and name.
    NotFound,
    /// The text is no code of the centre, or it was changed: the verdict of its reading.
    NotOurs(Verdict),
}

impl Standing {
    /// Word in class names and language files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::ReviewOverdue => "review-overdue",
            Self::Expired => "expired",
            Self::NotYet => "not-yet",
        }
    }

    /// On a day, by the days of the certificate; each of them counts as the last one on which it holds.
    #[must_use]
    pub fn on(today: Date, (from, to): (Date, Date), review_due: Option<Date>) -> Self {
        if today < from {
            Self::NotYet
        } else if today > to {
            Self::Expired
        } else if review_due.is_some_and(|due| today > due) {
            Self::ReviewOverdue
        } else {
            Self::Valid
        }
    }
}

/// Checks the text of a QR code by the centre's own keys.
///
/// # Errors
/// [`CertificateError`].
pub fn check_code(app: &App, text: &str) -> Result<Answer, CertificateError> {
    let today = app.clock.now().date_in_china();
    let opened = code::open(text, &key_set(app, &[Purpose::Certificate])?, today);
    let Some(claims) = opened.claims else { return Ok(Answer::NotOurs(opened.verdict)) };
    let trade = app.db.read(|conn| world::trade_record(conn, claims.trade_id.as_str()))?;
    let english = trade.map_or_else(|| claims.trade_zh.clone(), |t| t.name_en);
    let valid = (claims.valid_from, claims.valid_to);
    let review_due = Some(claims.review_due).filter(|due| *due < claims.valid_to);
    Ok(Answer::Found(Checked {
        certificate: claims.certificate_id.to_string(),
        name: mask_name(&claims.name),
        trade: (claims.trade_zh, english),
        valid,
        review_due,
        standing: Standing::on(today, valid, review_due),
    }))
}

/// Checks a number together with the name of its holder. Both have to fit, so that nobody learns names by trying
/// numbers; tries are throttled by number. The reading of the name is recorded.
///
/// # Errors
/// [`CertificateError::Throttled`].
pub fn check_number(
    app: &App,
    throttle: &Throttle,
    number: &str,
    name: &str,
) -> Result<Answer, CertificateError> {
    let (now, number) = (app.clock.now(), number.trim());
    let tried = throttle.begin(number, now).map_err(|_: AuthError| CertificateError::Throttled)?;
    let (Ok(id), Ok(name)) = (CertificateId::parse(number), Name::parse(name.trim())) else {
        return Ok(Answer::NotFound);
    };
    let Some(found) = app.db.read(|conn| rows::find(conn, id.as_str()))? else {
        return Ok(Answer::NotFound);
    };
    if masks::open_name(app, &found.name)? != name {
        return Ok(Answer::NotFound);
    }
    tried.right();
    let trade = app.db.read(|conn| world::trade_record(conn, &found.row.trade))?;
    let day = |text: &str| Date::parse(text);
    let valid = (day(&found.row.valid_from)?, day(&found.row.valid_to)?);
    let review_due = found.row.review_due.as_deref().map(day).transpose()?;
    let read = PersonalDataRead { subject: id.to_string(), what: "certificate_check".to_owned() };
    let event = Event::new(now, Actor::System("public check"), Fact::PersonalDataRead(read));
    app.db.write(move |conn| events::append(conn, &event).map(|_| ()).map_err(CertificateError::from))?;
    Ok(Answer::Found(Checked {
        certificate: id.to_string(),
        name: mask_name(&name),
        trade: trade.map_or_else(|| (found.row.trade.clone(), found.row.trade), |t| (t.name_zh, t.name_en)),
        valid,
        review_due,
        standing: Standing::on(now.date_in_china(), valid, review_due),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_of_a_certificate_is_the_last_one_on_which_it_holds() {
        let day = |text| Date::parse(text).unwrap();
        let valid = (day("2026-09-28"), day("2032-09-27"));
        let review = Some(day("2029-09-27"));
        for (today, standing) in [
            ("2026-09-27", Standing::NotYet),
            ("2026-09-28", Standing::Valid),
            ("2029-09-27", Standing::Valid),
            ("2029-09-28", Standing::ReviewOverdue),
            ("2032-09-27", Standing::ReviewOverdue),
            ("2032-09-28", Standing::Expired),
        ] {
            assert_eq!(Standing::on(day(today), valid, review), standing, "{today}");
        }
        assert_eq!(Standing::on(day("2030-01-01"), valid, None), Standing::Valid);
    }
}
