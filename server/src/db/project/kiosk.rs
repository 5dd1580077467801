//! Projections of kiosks and of what their journals say.

use super::{int, json};
use crate::db::schema::{check_ins, kiosk_journal, kiosks, prints};
use crate::db::schema_blanks::{hand_overs, lease_moves};
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

pub fn entry(conn: &mut Conn, event: i64, f: &KioskEntry) -> DbResult<()> {
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
    match &f.entry.fact {
        _ if f.dead.is_some() => Ok(()),
        KioskFact::Received { certificate, staff, signature, witness } => {
            received(conn, (&f.kiosk, at), certificate, staff, (signature.as_deref(), witness.as_deref()))
        }
        KioskFact::LeaseReleased { certificate, to, .. } => {
            released(conn, event, (&f.kiosk, at), certificate, to)
        }
        other => fact(conn, &f.kiosk, at, other),
    }
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
        | KioskFact::PlaceSet { .. }
        | KioskFact::Received { .. }
        | KioskFact::LeaseReleased { .. } => {}
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
                prints::untouched.eq(false),
            );
            diesel::insert_into(prints::table).values(values).execute(conn)?;
        }
        KioskFact::Printed { certificate, attempt, .. } => {
            print_state(conn, kiosk, certificate, *attempt, "printed", at)?;
        }
        KioskFact::PrintFailed { certificate, attempt, code, untouched, .. } => {
            print_state(conn, kiosk, certificate, *attempt, code, at)?;
            let print = prints::table.find((certificate, kiosk, int(*attempt)));
            diesel::update(print).set(prints::untouched.eq(*untouched)).execute(conn)?;
        }
        KioskFact::PrintSettled { certificate, attempt, came_out, .. } => {
            let state = if *came_out { "printed" } else { "spoiled" };
            print_state(conn, kiosk, certificate, *attempt, state, at)?;
        }
    }
    Ok(())
}

/// After a reprint the person signs again; the last receipt counts.
fn received(
    conn: &mut Conn,
    (kiosk, at): (&str, i64),
    certificate: &str,
    staff: &str,
    (signature, witness): (Option<&str>, Option<&str>),
) -> DbResult<()> {
    use hand_overs::dsl;
    let values = (
        dsl::kiosk.eq(kiosk),
        dsl::staff.eq(staff),
        dsl::signature.eq(signature),
        dsl::witness.eq(witness),
        dsl::at.eq(at),
    );
    if diesel::update(hand_overs::table.find(certificate)).set(values).execute(conn)? == 0 {
        let key = dsl::certificate.eq(certificate);
        diesel::insert_into(hand_overs::table).values((key, values)).execute(conn)?;
    }
    Ok(())
}

fn released(
    conn: &mut Conn,
    event: i64,
    (kiosk, at): (&str, i64),
    certificate: &str,
    to: &str,
) -> DbResult<()> {
    use lease_moves::dsl;
    let values = (
        dsl::seq.eq(event),
        dsl::certificate.eq(certificate),
        dsl::kiosk.eq(kiosk),
        dsl::moved_to.eq(to),
        dsl::at.eq(at),
    );
    diesel::insert_into(lease_moves::table).values(values).execute(conn)?;
    Ok(())
}

fn print_state(conn: &mut Conn, kiosk: &str, id: &str, attempt: u32, state: &str, at: i64) -> DbResult<()> {
    let print = prints::table.find((id, kiosk, int(attempt)));
    diesel::update(print).set((prints::state.eq(state), prints::at.eq(at))).execute(conn)?;
    Ok(())
}
