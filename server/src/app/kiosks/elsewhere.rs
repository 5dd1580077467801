//! Who may come to an exam point on a day and is not expected there: kiosks tell such people where to go instead.
//!
//! A kiosk gets no more than keyed hashes, each with a code: it learns of a person only what it tells him when he stands
//! before it.

use super::KioskError;
use super::bundle::Hash;
use crate::db::sessions::{self, SessionRow};
use crate::db::{Conn, DbError, elsewhere as rows, world as tables};
use crate::event::Sealed;
use crate::seal::keyed_hash;
use shared::time::Date;
use shared::wire::v1::bundle::BundleRefusal;

/// People of days so many before and after are told their day.
const DAYS_AROUND: u32 = 3;

/// Word of [`shared::eligibility::Refusal::FraudBlock`].
const BARRED: &str = "fraud_block";

/// The refusals of a point and a day.
pub(super) fn refusals(
    hash: &Hash<'_>,
    conn: &mut Conn,
    point: &str,
    day: &str,
) -> Result<Vec<BundleRefusal>, KioskError> {
    let day = Date::parse(day).map_err(|e| DbError::corrupt("bundle", e))?;
    let mut all = Vec::new();
    let first = day.minus_days(DAYS_AROUND);
    for of_day in (0..=2 * DAYS_AROUND).map(|days| first.plus_days(days)) {
        for session in sessions::sessions(conn, Some(&of_day.to_string()), None)? {
            if session.point != point || of_day != day {
                elsewhere(hash, conn, &session, point, &mut all)?;
            }
        }
    }
    for session in sessions::sessions(conn, Some(&day.to_string()), Some(point))? {
        for (id_number, codes) in rows::refused_of(conn, &session.id)? {
            let code = if codes.iter().any(|code| code == BARRED) { "barred" } else { "not_eligible" };
            all.push(refusal(hash, &id_number, code)?);
        }
    }
    Ok(all)
}

/// Candidates of a session of another day or point.
fn elsewhere(
    hash: &Hash<'_>,
    conn: &mut Conn,
    session: &SessionRow,
    point: &str,
    all: &mut Vec<BundleRefusal>,
) -> Result<(), KioskError> {
    let code = if session.point == point { "another_day" } else { "another_point" };
    let place = tables::point(conn, &session.point)?.ok_or(KioskError::Unknown)?;
    for (id_number, secret) in rows::candidates_of(conn, &session.id)? {
        let secret = hash.app.sealer.open("ticket.secret", &secret)?;
        all.push(BundleRefusal {
            secret_index: Some(keyed_hash(&hash.key, &secret)),
            starts_at: Some(session.starts_at),
            point_zh: place.name_zh.clone(),
            point_en: place.name_en.clone(),
            ..refusal(hash, &id_number, code)?
        });
    }
    Ok(())
}

fn refusal(hash: &Hash<'_>, id_number: &Sealed, code: &str) -> Result<BundleRefusal, KioskError> {
    let id_number = hash.app.sealer.open("person.id_number", id_number)?;
    Ok(BundleRefusal {
        id_index: keyed_hash(&hash.key, &id_number),
        secret_index: None,
        code: code.to_owned(),
        starts_at: None,
        point_zh: String::new(),
        point_en: String::new(),
    })
}
