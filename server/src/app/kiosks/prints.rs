//! What kiosks tell of certificates: prints on numbered blanks, receipts, and which kiosk prints what.

use super::journal::{Flaw, unreadable};
use crate::db::blanks::{self as rows, Moves};
use crate::db::kiosks::KioskRow;
use crate::db::{Conn, DbError, certificates};
use shared::blanks::{BlankFlaw, judge};
use shared::ids::CertificateId;
use shared::prints;
use shared::wire::v1::journal::KioskFact;
use std::collections::HashMap;

/// Which kiosk of an exam point may print which certificate.
pub(super) struct Leases {
    kiosks: Vec<String>,
    moves: HashMap<String, Moves>,
}

impl Leases {
    pub(super) fn load(conn: &mut Conn, point: &str) -> Result<Self, DbError> {
        Ok(Self { kiosks: rows::kiosks_in_use(conn, point)?, moves: rows::moves(conn, point)? })
    }

    pub(super) fn holder(&self, certificate: &str) -> Option<&str> {
        let moved = self.moves.get(certificate).and_then(|moves| moves.to.as_deref());
        let kiosks: Vec<&str> = self.kiosks.iter().map(String::as_str).collect();
        prints::holder(moved, &kiosks)
    }

    /// How often a kiosk has released a certificate.
    pub(super) fn releases(&self, certificate: &str, kiosk: &str) -> u32 {
        let by = self.moves.get(certificate).map_or(&[][..], |moves| &moves.by);
        u32::try_from(by.iter().filter(|by| *by == kiosk).count()).unwrap_or(u32::MAX)
    }
}

/// Why what a kiosk says of a certificate cannot be applied, as a stable code.
pub(super) fn flaw(conn: &mut Conn, kiosk: &KioskRow, fact: &KioskFact) -> Result<Flaw, DbError> {
    match fact {
        KioskFact::PrintStarted { certificate, attempt, blank, reason } => {
            let reason = reason.as_deref().unwrap_or_default();
            print_started(conn, kiosk, certificate, *attempt, (blank.as_str(), reason))
        }
        KioskFact::Printed { certificate, attempt, blank } => {
            print_ended(conn, kiosk, certificate, *attempt, &[blank])
        }
        KioskFact::PrintFailed { certificate, attempt, blank, code, .. } => {
            print_ended(conn, kiosk, certificate, *attempt, &[blank, code])
        }
        KioskFact::PrintSettled { certificate, attempt, blank, staff, .. } => {
            print_settled(conn, kiosk, certificate, *attempt, &[blank, staff])
        }
        KioskFact::Received { certificate, staff, signature, witness } => {
            received(conn, kiosk, certificate, staff, (signature.as_deref(), witness.as_deref()))
        }
        KioskFact::LeaseReleased { certificate, to, staff } => {
            released(conn, kiosk, certificate, &[to, staff])
        }
        _ => Ok(None),
    }
}

fn print_started(
    conn: &mut Conn,
    kiosk: &KioskRow,
    certificate: &str,
    attempt: u32,
    (blank, reason): (&str, &str),
) -> Result<Flaw, DbError> {
    if !own_certificate(conn, kiosk, certificate)? {
        return Ok(Some("certificate-unknown"));
    }
    let Ok(attempt) = i32::try_from(attempt) else { return Ok(Some("entry-unreadable")) };
    if certificates::print_state(conn, certificate, &kiosk.id, attempt)?.is_some() {
        return Ok(Some("print-already-started"));
    }
    if let Some(flaw) = unreadable(&[blank, reason]) {
        return Ok(Some(flaw));
    }
    if Leases::load(conn, &kiosk.point)?.holder(certificate).is_some_and(|holder| holder != kiosk.id) {
        return Ok(Some("lease-elsewhere"));
    }
    let shares = rows::of_kiosk(conn, &kiosk.point, &kiosk.id)?;
    let used = rows::is_used(conn, &kiosk.point, blank)?;
    Ok(match judge(shares.as_deref(), used, blank) {
        Ok(()) => None,
        Err(BlankFlaw::Outside) => Some("blank-outside"),
        Err(BlankFlaw::Used) => Some("blank-used"),
    })
}

fn print_ended(
    conn: &mut Conn,
    kiosk: &KioskRow,
    certificate: &str,
    attempt: u32,
    texts: &[&str],
) -> Result<Flaw, DbError> {
    if !own_certificate(conn, kiosk, certificate)? {
        return Ok(Some("certificate-unknown"));
    }
    let Ok(attempt) = i32::try_from(attempt) else { return Ok(Some("entry-unreadable")) };
    match certificates::print_state(conn, certificate, &kiosk.id, attempt)?.as_deref() {
        None => Ok(Some("print-not-started")),
        Some("started") => Ok(unreadable(texts)),
        Some(_) => Ok(Some("print-already-ended")),
    }
}

/// What staff found in the tray settles only a print whose end nobody had seen.
fn print_settled(
    conn: &mut Conn,
    kiosk: &KioskRow,
    certificate: &str,
    attempt: u32,
    texts: &[&str],
) -> Result<Flaw, DbError> {
    if !own_certificate(conn, kiosk, certificate)? {
        return Ok(Some("certificate-unknown"));
    }
    let Ok(attempt) = i32::try_from(attempt) else { return Ok(Some("entry-unreadable")) };
    match certificates::print_state(conn, certificate, &kiosk.id, attempt)?.as_deref() {
        None => Ok(Some("print-not-started")),
        Some(code) if shared::prints::end_is_unseen(code) => Ok(unreadable(texts)),
        Some(_) => Ok(Some("print-already-ended")),
    }
}

fn own_certificate(conn: &mut Conn, kiosk: &KioskRow, certificate: &str) -> Result<bool, DbError> {
    if CertificateId::parse(certificate).is_err() {
        return Ok(false);
    }
    Ok(certificates::find(conn, certificate)?.is_some_and(|c| c.session.point == kiosk.point))
}

/// A receipt is of a certificate that was printed somewhere, and says who got it.
fn received(
    conn: &mut Conn,
    kiosk: &KioskRow,
    certificate: &str,
    staff: &str,
    (signature, witness): (Option<&str>, Option<&str>),
) -> Result<Flaw, DbError> {
    if !own_certificate(conn, kiosk, certificate)? {
        return Ok(Some("certificate-unknown"));
    }
    if certificates::printed_at(conn, &[certificate.to_owned()])?.is_empty() {
        return Ok(Some("not-printed"));
    }
    if !prints::receipt_is_whole(staff, signature, witness) {
        return Ok(Some("receipt-incomplete"));
    }
    Ok(unreadable(&[staff, signature.unwrap_or_default(), witness.unwrap_or_default()]))
}

/// Only the kiosk that has a certificate leaves it to another one.
fn released(conn: &mut Conn, kiosk: &KioskRow, certificate: &str, texts: &[&str]) -> Result<Flaw, DbError> {
    if !own_certificate(conn, kiosk, certificate)? {
        return Ok(Some("certificate-unknown"));
    }
    if Leases::load(conn, &kiosk.point)?.holder(certificate) != Some(kiosk.id.as_str()) {
        return Ok(Some("lease-elsewhere"));
    }
    Ok(unreadable(texts))
}
