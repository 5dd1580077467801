//! Kiosks and their journals.

use super::schema::{check_ins, events, kiosk_journal, kiosks};
use super::{Conn, DbResult};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use ed25519_dalek::VerifyingKey;

/// A kiosk.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = kiosks)]
pub struct KioskRow {
    /// Kiosk id.
    pub id: String,
    /// Exam point.
    pub point: String,
    /// SHA-256 of the one-time code.
    pub code_hash: String,
    /// The code's end, epoch milliseconds.
    pub code_until: i64,
    /// Ed25519 public key, base64url; none before the enrolment.
    pub public_key: Option<String>,
    /// Shut out.
    pub revoked: bool,
}

impl KioskRow {
    /// The key with which the kiosk signs.
    #[must_use]
    pub fn verifying_key(&self) -> Option<VerifyingKey> {
        let bytes = URL_SAFE_NO_PAD.decode(self.public_key.as_deref()?).ok()?;
        VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok()
    }
}

/// A kiosk by its id.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn find(conn: &mut Conn, id: &str) -> DbResult<Option<KioskRow>> {
    Ok(kiosks::table.find(id).select(KioskRow::as_select()).first(conn).optional()?)
}

/// A kiosk by the SHA-256 of its one-time code.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn by_code(conn: &mut Conn, code_hash: &str) -> DbResult<Option<KioskRow>> {
    let found = kiosks::table.filter(kiosks::code_hash.eq(code_hash));
    Ok(found.select(KioskRow::as_select()).first(conn).optional()?)
}

/// Highest position of a kiosk's journal and its hash; positions are gapless because gaps are refused.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn head(conn: &mut Conn, kiosk: &str) -> DbResult<Option<(i64, String)>> {
    let rows = kiosk_journal::table.filter(kiosk_journal::kiosk.eq(kiosk)).order(kiosk_journal::seq.desc());
    Ok(rows.select((kiosk_journal::seq, kiosk_journal::hash)).first(conn).optional()?)
}

/// Hash of one entry, if it is there.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn hash_at(conn: &mut Conn, kiosk: &str, seq: i64) -> DbResult<Option<String>> {
    Ok(kiosk_journal::table.find((kiosk, seq)).select(kiosk_journal::hash).first(conn).optional()?)
}

/// Hash of one entry and why it could not be applied, if it is there.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn entry_at(conn: &mut Conn, kiosk: &str, seq: i64) -> DbResult<Option<(String, Option<String>)>> {
    let row = kiosk_journal::table.find((kiosk, seq)).select((kiosk_journal::hash, kiosk_journal::dead));
    Ok(row.first(conn).optional()?)
}

/// Number of kiosks of an exam point, shut out ones included.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn count_of(conn: &mut Conn, point: &str) -> DbResult<i64> {
    Ok(kiosks::table.filter(kiosks::point.eq(point)).count().get_result(conn)?)
}

/// All kiosks by exam point and id.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn all(conn: &mut Conn) -> DbResult<Vec<KioskRow>> {
    Ok(kiosks::table.order((kiosks::point, kiosks::id)).select(KioskRow::as_select()).load(conn)?)
}

/// The last entry of a kiosk's journal as JSON.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn last_entry(conn: &mut Conn, kiosk: &str) -> DbResult<Option<String>> {
    let rows = kiosk_journal::table.filter(kiosk_journal::kiosk.eq(kiosk)).order(kiosk_journal::seq.desc());
    Ok(rows.select(kiosk_journal::body).first(conn).optional()?)
}

/// When the last event of a kiosk was written down, epoch milliseconds.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn last_event(conn: &mut Conn, kiosk: &str) -> DbResult<Option<i64>> {
    let of = events::table.filter(events::actor.eq(format!("kiosk:{kiosk}")));
    Ok(of.order(events::seq.desc()).select(events::at).first(conn).optional()?)
}

/// An entry that could not be applied: kiosk, position, time, entry as JSON, why.
pub type DeadEntry = (String, i64, i64, String, Option<String>);

/// Entries that could not be applied, the newest first.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn dead_letters(conn: &mut Conn, limit: i64) -> DbResult<Vec<DeadEntry>> {
    let of = kiosk_journal::table
        .filter(kiosk_journal::dead.is_not_null())
        .order((kiosk_journal::at.desc(), kiosk_journal::kiosk, kiosk_journal::seq.desc()))
        .limit(limit);
    Ok(of
        .select((
            kiosk_journal::kiosk,
            kiosk_journal::seq,
            kiosk_journal::at,
            kiosk_journal::body,
            kiosk_journal::dead,
        ))
        .load(conn)?)
}

/// The check-in of a ticket: its queue number, if it has one.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn check_in(conn: &mut Conn, ticket: &str) -> DbResult<Option<Option<i32>>> {
    Ok(check_ins::table.find(ticket).select(check_ins::queue_number).first(conn).optional()?)
}

/// Highest position of the events that change what a bundle holds, from one kind.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn last_of_kind(conn: &mut Conn, kind: &str) -> DbResult<Option<i64>> {
    let rows = events::table.filter(events::kind.eq(kind)).select(diesel::dsl::max(events::seq));
    Ok(rows.first(conn)?)
}
