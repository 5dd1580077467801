//! Projections of kiosks and of what their journals say.

use super::{int, json};
use crate::db::schema::{check_ins, kiosk_journal, kiosks, prints};
use crate::db::{Conn, DbError, DbResult};
use crate::event::{KioskAnnounced, KioskEnrolled, KioskEntry, KioskRevoked};
use diesel::prelude::*;
use shared::wire::v1::journal::{CompareVerdict, KioskFact};

pub fn announced(conn: &mut Conn, f: &KioskAnnounced) -> DbResult<()> {
    use kiosks::dsl;
    let values = (
        dsl::id.eq(&f.kiosk),
        dsl::point.eq(&f.point),
        dsl::code_hash.eq(&f.code_hash),
        dsl::code_until.eq(f.code_until),
        dsl::revoked.eq(false),
    );
    diesel::insert_into(kiosks::table).values(values).execute(conn)?;
    Ok(())
}

pub fn enrolled(conn: &mut Conn, f: &KioskEnrolled) -> DbResult<()> {
    let key = kiosks::public_key.eq(&f.public_key);
    diesel::update(kiosks::table.find(&f.kiosk)).set(key).execute(conn)?;
    Ok(())
}

pub fn revoked(conn: &mut Conn, f: &KioskRevoked) -> DbResult<()> {
    diesel::update(kiosks::table.find(&f.kiosk)).set(kiosks::revoked.eq(true)).execute(conn)?;
    Ok(())
}

pub fn entry(conn: &mut Conn, f: &KioskEntry) -> DbResult<()> {
    use kiosk_journal::dsl;
    let seq = i64::try_from(f.entry.seq).map_err(|e| DbError::corrupt("journal entry", e))?;
    let at = f.entry.at.saturating_add(f.entry.offset_ms);
    // What could not be applied may name anything.
    let ticket = f.entry.fact.ticket().filter(|_| f.dead.is_none());
    let values = (
        dsl::kiosk.eq(&f.kiosk),
        dsl::seq.eq(seq),
        dsl::hash.eq(&f.entry.hash),
        dsl::at.eq(at),
        dsl::body.eq(json(&f.entry)?),
        dsl::dead.eq(&f.dead),
        dsl::ticket.eq(ticket),
    );
    diesel::insert_into(kiosk_journal::table).values(values).execute(conn)?;
    if f.dead.is_some() { Ok(()) } else { fact(conn, &f.kiosk, at, &f.entry.fact) }
}

fn fact(conn: &mut Conn, kiosk: &str, at: i64, fact: &KioskFact) -> DbResult<()> {
    use check_ins::dsl;
    let of = |ticket: &String| check_ins::table.filter(dsl::ticket.eq(ticket.clone()));
    match fact {
        // Where people stand in the queue follows from the journals themselves.
        KioskFact::CheckInRefused { .. }
        | KioskFact::LogRefused { .. }
        | KioskFact::Returned { .. }
        | KioskFact::Transferred { .. }
        | KioskFact::Prioritised { .. }
        | KioskFact::LeftQueue { .. }
        | KioskFact::PlaceSet { .. } => {}
        KioskFact::CheckedIn { ticket, .. } => {
            let values = (
                dsl::ticket.eq(ticket),
                dsl::checked_in_at.eq(at),
                dsl::kiosk.eq(kiosk),
                dsl::calls.eq(0),
                dsl::passed_over.eq(0),
            );
            diesel::insert_into(check_ins::table).values(values).execute(conn)?;
        }
        KioskFact::Photographed { ticket, blob } => {
            diesel::update(of(ticket)).set(dsl::photo.eq(blob)).execute(conn)?;
        }
        KioskFact::Compared { ticket, verdict, staff } => {
            let word = match verdict {
                CompareVerdict::Same => "same",
                CompareVerdict::Different => "different",
            };
            diesel::update(of(ticket))
                .set((dsl::compared.eq(word), dsl::compared_by.eq(staff)))
                .execute(conn)?;
        }
        KioskFact::Queued { ticket, number, .. } => {
            diesel::update(of(ticket)).set(dsl::queue_number.eq(int(*number))).execute(conn)?;
        }
        KioskFact::Called { ticket, window, count } => {
            let values = (dsl::calls.eq(int(*count)), dsl::call_window.eq(window));
            diesel::update(of(ticket)).set(values).execute(conn)?;
        }
        KioskFact::PassedOver { ticket } => {
            diesel::update(of(ticket)).set(dsl::passed_over.eq(dsl::passed_over + 1)).execute(conn)?;
        }
        KioskFact::Admitted { ticket } => {
            diesel::update(of(ticket)).set(dsl::admitted_at.eq(at)).execute(conn)?;
        }
        KioskFact::PrintStarted { certificate, attempt, blank, .. } => {
            let values = (
                prints::certificate.eq(certificate),
                prints::kiosk.eq(kiosk),
                prints::attempt.eq(int(*attempt)),
                prints::blank.eq(blank),
                prints::state.eq("started"),
                prints::at.eq(at),
            );
            diesel::insert_into(prints::table).values(values).execute(conn)?;
        }
        KioskFact::Printed { certificate, attempt, .. } => {
            print_state(conn, kiosk, certificate, *attempt, "printed", at)?;
        }
        KioskFact::PrintFailed { certificate, attempt, code, .. } => {
            print_state(conn, kiosk, certificate, *attempt, code, at)?;
        }
        KioskFact::PrintSettled { certificate, attempt, came_out, .. } => {
            let state = if *came_out { "printed" } else { "spoiled" };
            print_state(conn, kiosk, certificate, *attempt, state, at)?;
        }
    }
    Ok(())
}

fn print_state(conn: &mut Conn, kiosk: &str, id: &str, attempt: u32, state: &str, at: i64) -> DbResult<()> {
    let print = prints::table.find((id, kiosk, int(attempt)));
    diesel::update(print).set((prints::state.eq(state), prints::at.eq(at))).execute(conn)?;
    Ok(())
}
