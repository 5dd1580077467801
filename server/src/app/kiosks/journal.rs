//! A kiosk's journal arrives: every entry is kept, gapless and chained; what cannot be applied becomes a dead letter.

use super::{KioskError, known, revision};
use crate::app::App;
use crate::db::kiosks::{self as rows, KioskRow};
use crate::db::{Conn, DbError, events, sessions};
use crate::event::{Actor, Fact, KioskEntry};
use shared::ids::TicketNumber;
use shared::wire::v1::journal::{
    DeadLetter, GENESIS, JournalAnswer, JournalEntry, JournalPost, KioskFact, MAX_BATCH, entry_hash,
};

/// Longest text of an entry in characters.
const MAX_TEXT: usize = 200;

/// How far the server has a kiosk's journal.
///
/// # Errors
/// [`KioskError::Unknown`].
pub fn head(app: &App, kiosk: &str) -> Result<JournalAnswer, KioskError> {
    app.db.read(|conn| {
        let kiosk = known(conn, kiosk)?;
        answer(app, conn, &kiosk.id, Vec::new())
    })
}

/// Takes entries, all of them or none. Entries that are known already are passed over.
///
/// # Errors
/// [`KioskError::Gap`] and [`KioskError::Fork`] if they do not continue the journal; never because of what they say.
pub fn take(app: &App, kiosk: &str, post: JournalPost) -> Result<JournalAnswer, KioskError> {
    if post.entries.len() > MAX_BATCH {
        return Err(KioskError::TooLong);
    }
    let (worker, kiosk) = (app.clone(), kiosk.to_owned());
    app.db.write(move |conn| {
        let kiosk = known(conn, &kiosk)?;
        let head = rows::head(conn, &kiosk.id)?;
        let (mut last, mut hash) = head.unwrap_or_else(|| (0, GENESIS.to_owned()));
        let mut dead = Vec::new();
        for entry in post.entries {
            let seq = i64::try_from(entry.seq).unwrap_or(i64::MAX);
            let code = if seq <= last {
                repeated(conn, &kiosk, seq, &entry)?
            } else {
                if seq != last + 1 {
                    return Err(KioskError::Gap(u64::try_from(last + 1).unwrap_or(1)));
                }
                if entry.prev != hash || !sound(&entry) {
                    return Err(KioskError::Fork(entry.seq));
                }
                let code = flaw(conn, &kiosk, &entry)?;
                (last, hash) = (seq, entry.hash.clone());
                store(&worker, conn, &kiosk, &entry, code.clone())?;
                code
            };
            dead.extend(code.map(|code| DeadLetter { seq: entry.seq, code }));
        }
        answer(&worker, conn, &kiosk.id, dead)
    })
}

fn answer(
    app: &App,
    conn: &mut Conn,
    kiosk: &str,
    dead: Vec<DeadLetter>,
) -> Result<JournalAnswer, KioskError> {
    let (highest, hash) = rows::head(conn, kiosk)?.unwrap_or_else(|| (0, GENESIS.to_owned()));
    Ok(JournalAnswer {
        highest: u64::try_from(highest).unwrap_or(0),
        hash,
        dead_letters: dead,
        revision: revision(conn)?,
        server_time: app.clock.now().millis(),
    })
}

/// Whether an entry's hash is that of its content.
fn sound(entry: &JournalEntry) -> bool {
    let hash = entry_hash(&entry.prev, entry.seq, entry.at, entry.offset_ms, &entry.fact);
    hash.is_ok_and(|hash| hash == entry.hash)
}

/// A known entry again: its dead letter, if it was one.
fn repeated(
    conn: &mut Conn,
    kiosk: &KioskRow,
    seq: i64,
    entry: &JournalEntry,
) -> Result<Option<String>, KioskError> {
    match rows::entry_at(conn, &kiosk.id, seq)? {
        Some((hash, dead)) if hash == entry.hash && sound(entry) => Ok(dead),
        _ => Err(KioskError::Fork(entry.seq)),
    }
}

fn store(
    app: &App,
    conn: &mut Conn,
    kiosk: &KioskRow,
    entry: &JournalEntry,
    dead: Option<String>,
) -> Result<(), DbError> {
    let fact = KioskEntry { kiosk: kiosk.id.clone(), entry: entry.clone(), dead };
    events::append(conn, &app.event(&Actor::Kiosk(kiosk.id.clone()), Fact::KioskEntry(fact)))?;
    Ok(())
}

/// Why an entry cannot be applied, as a stable code.
fn flaw(conn: &mut Conn, kiosk: &KioskRow, entry: &JournalEntry) -> Result<Option<String>, DbError> {
    let code = match &entry.fact {
        KioskFact::CheckInRefused { .. } | KioskFact::LogRefused { .. } => None,
        KioskFact::CheckedIn { session, ticket, .. } => check_in(conn, kiosk, session, ticket)?,
        KioskFact::Photographed { ticket, blob } => present(conn, kiosk, ticket, &[blob])?,
        KioskFact::Compared { ticket, staff, .. } => present(conn, kiosk, ticket, &[staff])?,
        KioskFact::Queued { ticket, place, .. } => {
            queued(conn, kiosk, ticket, &[place.as_deref().unwrap_or_default()])?
        }
        KioskFact::Called { ticket, window, .. } => present(conn, kiosk, ticket, &[window])?,
        KioskFact::PassedOver { ticket } | KioskFact::Admitted { ticket } => {
            present(conn, kiosk, ticket, &[])?
        }
        KioskFact::Returned { ticket, staff }
        | KioskFact::Prioritised { ticket, staff, .. }
        | KioskFact::LeftQueue { ticket, staff } => present(conn, kiosk, ticket, &[staff])?,
        KioskFact::Transferred { ticket, place, staff } => present(conn, kiosk, ticket, &[place, staff])?,
        KioskFact::PlaceSet { place, staff, .. } => unreadable(&[place, staff]),
        KioskFact::PrintStarted { .. }
        | KioskFact::Printed { .. }
        | KioskFact::PrintFailed { .. }
        | KioskFact::PrintSettled { .. }
        | KioskFact::Received { .. }
        | KioskFact::LeaseReleased { .. } => super::prints::flaw(conn, kiosk, &entry.fact)?,
    };
    Ok(code.map(str::to_owned))
}

pub(super) type Flaw = Option<&'static str>;

/// The ticket's session, if it is held at the kiosk's exam point.
fn session_of(conn: &mut Conn, kiosk: &KioskRow, ticket: &str) -> Result<Option<String>, DbError> {
    if TicketNumber::parse(ticket).is_err() {
        return Ok(None);
    }
    let Some(row) = sessions::candidate_row(conn, ticket)? else { return Ok(None) };
    let session = sessions::session(conn, &row.session)?;
    Ok(session.filter(|s| s.point == kiosk.point).map(|s| s.id))
}

fn check_in(conn: &mut Conn, kiosk: &KioskRow, session: &str, ticket: &str) -> Result<Flaw, DbError> {
    let Some(own) = session_of(conn, kiosk, ticket)? else { return Ok(Some("ticket-unknown")) };
    if own != session {
        return Ok(Some("session-mismatch"));
    }
    Ok(rows::check_in(conn, ticket)?.map(|_| "already-checked-in"))
}

fn present(conn: &mut Conn, kiosk: &KioskRow, ticket: &str, texts: &[&str]) -> Result<Flaw, DbError> {
    if session_of(conn, kiosk, ticket)?.is_none() {
        return Ok(Some("ticket-unknown"));
    }
    if rows::check_in(conn, ticket)?.is_none() {
        return Ok(Some("not-checked-in"));
    }
    Ok(unreadable(texts))
}

fn queued(conn: &mut Conn, kiosk: &KioskRow, ticket: &str, texts: &[&str]) -> Result<Flaw, DbError> {
    if let Some(flaw) = present(conn, kiosk, ticket, texts)? {
        return Ok(Some(flaw));
    }
    Ok(rows::check_in(conn, ticket)?.flatten().map(|_| "already-queued"))
}

/// Texts that no table takes: too long, or with control characters.
pub(super) fn unreadable(texts: &[&str]) -> Flaw {
    let bad = |text: &&str| text.chars().count() > MAX_TEXT || text.chars().any(char::is_control);
    texts.iter().any(bad).then_some("entry-unreadable")
}
