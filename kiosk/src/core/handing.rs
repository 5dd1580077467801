//! Handing certificates over, and leaving them to another kiosk.

use super::refusal::Refusal;
use super::roster::ReadyCertificate;
use super::state::{Print, PrintStage, State};
use super::{Action, Answer};
use crate::digest::Digest;
use shared::ids::{AccountId, CertificateId, KioskId};
use shared::prints;
use shared::wire::v1::journal::KioskFact;

/// Who says that the person got the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The person signed on the glass; the picture is on disk.
    Signature(Digest),
    /// The person cannot sign: a second member of staff saw it.
    Witness(AccountId),
}

/// Takes down that the person has the certificate in hand.
pub fn receive(state: &State, certificate: CertificateId, staff: &AccountId, proof: &Proof) -> Vec<Action> {
    let signature = match proof {
        Proof::Signature(digest) => Some(digest.to_string()),
        Proof::Witness(_) => None,
    };
    let witness = match proof {
        Proof::Witness(login) => Some(login.to_string()),
        Proof::Signature(_) => None,
    };
    let whole = prints::receipt_is_whole(staff.as_str(), signature.as_deref(), witness.as_deref());
    let known = |login: &AccountId| state.may_sign(login);
    let refusal = match ready(state, &certificate) {
        Err(refusal) => Some(refusal),
        Ok(_) if !known(staff) => Some(Refusal::StaffUnknown),
        Ok(_) if matches!(proof, Proof::Witness(login) if !whole || !known(login)) => {
            Some(Refusal::WitnessNeeded)
        }
        Ok(ready) if !state.is_printed(ready) => Some(Refusal::NotPrinted),
        Ok(ready) if state.is_received(ready) => Some(Refusal::AlreadyReceived),
        Ok(_) => None,
    };
    if let Some(refusal) = refusal {
        return vec![Action::Refuse(refusal)];
    }
    let fact = KioskFact::Received {
        certificate: certificate.to_string(),
        staff: staff.to_string(),
        signature,
        witness,
    };
    vec![Action::Record(vec![fact]), Action::Answer(Answer::Received { certificate })]
}

/// Leaves a certificate to another kiosk: from the moment at which this is on disk it is not printed here any more, so that
/// the other kiosk, which learns of it over the centre, can never print a second one.
pub fn release(state: &State, certificate: CertificateId, to: &KioskId, staff: &AccountId) -> Vec<Action> {
    let others = state.roster().is_some_and(|roster| roster.other_kiosks().any(|other| other == to));
    let print = state.prints().get(&certificate);
    let refusal = match ready(state, &certificate) {
        Err(refusal) => Some(refusal),
        Ok(_) if !state.may_sign(staff) => Some(Refusal::StaffUnknown),
        Ok(ready) if !state.has_lease(ready) => Some(Refusal::LeaseElsewhere),
        Ok(_) if print.is_some_and(|print| matches!(print.stage, PrintStage::Running)) => {
            Some(Refusal::PrinterBusy)
        }
        Ok(_) if print.is_some_and(Print::is_unsettled) => Some(Refusal::SettleFirst),
        Ok(_) if !others => Some(Refusal::KioskUnknown),
        Ok(_) => None,
    };
    if let Some(refusal) = refusal {
        return vec![Action::Refuse(refusal)];
    }
    let fact = KioskFact::LeaseReleased {
        certificate: certificate.to_string(),
        to: to.to_string(),
        staff: staff.to_string(),
    };
    vec![Action::Record(vec![fact]), Action::Answer(Answer::Released { certificate, to: to.clone() })]
}

fn ready<'a>(state: &'a State, certificate: &CertificateId) -> Result<&'a ReadyCertificate, Refusal> {
    let roster = state.roster().ok_or(Refusal::NoBundle)?;
    roster.certificate(certificate).ok_or(Refusal::UnknownCertificate)
}
