//! The text of the QR code on a certificate, the exam centre's own and not the national one.
//!
//! `KD1:` + base45 (RFC 9285) of a zlib stream (RFC 1950) of a tagged `COSE_Sign1` (RFC 9052) with EdDSA over Ed25519.
//! Protected header: algorithm and key id, nothing else; unprotected header: empty; external data: the text `KD1`.
//! Payload: a CBOR map with the keys of [`claim_key`]; days are counted from 1970-01-01, sex is 1 (男) or 2 (女) as in
//! GB/T 2261.1.
//!
//! The zlib stream holds one stored block. Signature and Chinese text hardly shrink, and a text that does not depend on
//! a compressor is the same for ever: there is exactly one text for one signature, and a verifier refuses every other
//! way of writing it.

use super::key::{KeyError, KeySet, check_key_id};
use super::{CertificateNumber, container};
use crate::idnumber::Sex;
use crate::ids::{CertificateId, TradeId};
use crate::person::Name;
use crate::time::Date;
use coset::cbor::value::Value;
use coset::{CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana};
use ed25519_dalek::{Signature, Signer, SigningKey};
use thiserror::Error;

/// What every text of this scheme starts with.
pub const PREFIX: &str = "KD1:";

/// External data of the signature: a signature made for another purpose with the same key does not fit.
const EXTERNAL_DATA: &[u8] = b"KD1";

/// Longest text of a claim in characters.
const MAX_CLAIM_CHARS: usize = 80;

/// What the QR code of a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateClaims {
    /// 证号.
    pub number: CertificateNumber,
    /// 姓名.
    pub name: Name,
    /// 性别.
    pub sex: Sex,
    /// 作业类别, 1 to 80 characters.
    pub category_zh: String,
    /// 操作项目, 1 to 80 characters.
    pub trade_zh: String,
    /// The product's own id of the trade.
    pub trade_id: TradeId,
    /// 初领日期.
    pub first_issued: Date,
    /// First day of validity.
    pub valid_from: Date,
    /// Last day of validity.
    pub valid_to: Date,
    /// 复审日期: last day for the review.
    pub review_due: Date,
    /// 签发机关, 1 to 80 characters.
    pub issuer: String,
    /// The certificate in the register of the exam centre.
    pub certificate_id: CertificateId,
}

/// Why claims are not signed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignError {
    /// The key id cannot stand in the code.
    #[error(transparent)]
    KeyId(#[from] KeyError),
    /// Category, trade or issuer is empty or too long.
    #[error("a text of the certificate is empty or longer than {MAX_CLAIM_CHARS} characters")]
    Text,
    /// The validity ends before it starts, or a day lies outside the calendar.
    #[error("the days of the certificate are not in order")]
    Days,
    /// The claims cannot be written as CBOR.
    #[error("the claims cannot be encoded")]
    Encoding,
}

/// What is found out about a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Signed by a known key, and the day lies within the validity.
    Valid,
    /// Signed by a known key; the validity has ended.
    Expired,
    /// Signed by a known key; the validity has not begun.
    NotYet,
    /// In order as far as it can be read, but signed by a key that is not in the set; also other schemes.
    UnknownKey,
    /// The signature does not fit.
    BadSignature,
    /// Not a text of this scheme.
    Malformed,
}

crate::trade::words!(Verdict {
    Valid = "valid",
    Expired = "expired",
    NotYet = "not_yet",
    UnknownKey = "unknown_key",
    BadSignature = "bad_signature",
    Malformed = "malformed",
});

/// What a text alone can never show, or did not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotEstablished {
    /// That the text comes from the exam centre at all.
    Authenticity,
    /// Whether the certificate was revoked or cancelled since: only the register knows.
    RevocationStatus,
    /// Whether the person who shows it is the person it names.
    HolderIdentity,
    /// Whether the national register has it: this code is the exam centre's own.
    NationalRegister,
    /// Whether the review that was due before the day asked for has been passed; without it the certificate has lapsed.
    ReviewOutcome,
}

crate::trade::words!(NotEstablished {
    Authenticity = "authenticity",
    RevocationStatus = "revocation_status",
    HolderIdentity = "holder_identity",
    NationalRegister = "national_register",
    ReviewOutcome = "review_outcome",
});

/// At which layer a text stopped making sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// It does not start with `KD1:`.
    Scheme,
    /// Not base45.
    Base45,
    /// Not a zlib stream, or one of more than [`container::MAX_BYTES`].
    Zlib,
    /// Not a `COSE_Sign1`, or one with other headers than this scheme has.
    Cose,
    /// Correct content, but written in another way than this scheme writes it.
    NotCanonical,
    /// Signed by a known key, but not claims of this scheme.
    Claims,
}

crate::trade::words!(Flaw {
    Scheme = "scheme",
    Base45 = "base45",
    Zlib = "zlib",
    Cose = "cose",
    NotCanonical = "not_canonical",
    Claims = "claims",
});

/// A text taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The answer.
    pub verdict: Verdict,
    /// What it says; only there if the signature fits.
    pub claims: Option<CertificateClaims>,
    /// What was not found out.
    pub not_established: Vec<NotEstablished>,
    /// Where it stopped making sense, for [`Verdict::Malformed`] and for other schemes.
    pub flaw: Option<Flaw>,
    /// The key id it names, as far as it can be read; hexadecimal if it is not printable ASCII.
    pub kid: Option<String>,
}

/// Numbers of the claims in the CBOR map.
pub mod claim_key {
    /// 证号, text.
    pub const NUMBER: u8 = 1;
    /// 姓名, text.
    pub const NAME: u8 = 2;
    /// 性别, 1 or 2.
    pub const SEX: u8 = 3;
    /// 作业类别, text.
    pub const CATEGORY: u8 = 4;
    /// 操作项目, text.
    pub const TRADE: u8 = 5;
    /// Id of the trade, text.
    pub const TRADE_ID: u8 = 6;
    /// 初领日期, days since 1970-01-01.
    pub const FIRST_ISSUED: u8 = 7;
    /// First day of validity, days since 1970-01-01.
    pub const VALID_FROM: u8 = 8;
    /// Last day of validity, days since 1970-01-01.
    pub const VALID_TO: u8 = 9;
    /// 复审日期, days since 1970-01-01.
    pub const REVIEW_DUE: u8 = 10;
    /// 签发机关, text.
    pub const ISSUER: u8 = 11;
    /// Id of the certificate, text.
    pub const CERTIFICATE_ID: u8 = 12;
}

/// Signs claims: the text of the QR code. The same claims and key give the same text.
///
/// # Errors
/// [`SignError`] names what is wrong with the claims or the key id.
pub fn sign(claims: &CertificateClaims, kid: &str, key: &SigningKey) -> Result<String, SignError> {
    check_key_id(kid)?;
    claims.check()?;
    let payload = encode(claims)?;
    let unsigned = envelope(kid, payload);
    let signed = unsigned.create_signature(EXTERNAL_DATA, |data| key.sign(data).to_bytes().to_vec()).build();
    write(signed).ok_or(SignError::Encoding)
}

/// Takes a text apart and judges it as of the day `at`. Blanks around the text do not count.
#[must_use]
pub fn open(text: &str, keys: &KeySet, at: Date) -> Opened {
    let text = text.trim_ascii();
    let (read, flaw) = match text.strip_prefix(PREFIX) {
        Some(body) => (read_body(body), None),
        None => (read_foreign(text), Some(Flaw::Scheme)),
    };
    let message = match read {
        Ok(message) => message,
        Err(reason) => return Opened::malformed(flaw.unwrap_or(reason), None),
    };
    let kid = key_id(&message);
    let key = kid.as_deref().and_then(|kid| keys.key(kid));
    match (flaw, key, kid) {
        (_, _, None) => Opened::malformed(flaw.unwrap_or(Flaw::Cose), None),
        // Of another scheme: never ours, even if the set happens to have a key of that name.
        (Some(flaw), Some(_), kid) => Opened::malformed(flaw, kid),
        (Some(_), None, kid) => Opened::unproven(Verdict::UnknownKey, flaw, kid),
        (None, key, Some(kid)) => match canonical(&message, &kid) {
            Some(again) if again == text => judge(&message, kid, key, at),
            Some(_) => Opened::malformed(Flaw::NotCanonical, Some(kid)),
            None => Opened::malformed(Flaw::Cose, Some(kid)),
        },
    }
}

impl CertificateClaims {
    fn check(&self) -> Result<(), SignError> {
        let good = |text: &String| (1..=MAX_CLAIM_CHARS).contains(&text.chars().count());
        if ![&self.category_zh, &self.trade_zh, &self.issuer].into_iter().all(good) {
            return Err(SignError::Text);
        }
        let days = [self.first_issued, self.valid_from, self.valid_to, self.review_due];
        let in_calendar = days.iter().all(|day| (1900..=2199).contains(&day.year()));
        if in_calendar && self.valid_from <= self.valid_to { Ok(()) } else { Err(SignError::Days) }
    }
}

impl Opened {
    fn malformed(flaw: Flaw, kid: Option<String>) -> Self {
        Self::unproven(Verdict::Malformed, Some(flaw), kid)
    }

    fn unproven(verdict: Verdict, flaw: Option<Flaw>, kid: Option<String>) -> Self {
        let mut not_established = vec![NotEstablished::Authenticity];
        not_established.extend(ALWAYS_OPEN);
        Self { verdict, claims: None, not_established, flaw, kid }
    }
}

/// What no text of this scheme can show.
const ALWAYS_OPEN: [NotEstablished; 3] =
    [NotEstablished::RevocationStatus, NotEstablished::HolderIdentity, NotEstablished::NationalRegister];

fn judge(message: &CoseSign1, kid: String, key: Option<&ed25519_dalek::VerifyingKey>, at: Date) -> Opened {
    let Some(key) = key else { return Opened::unproven(Verdict::UnknownKey, None, Some(kid)) };
    let fits = message.verify_signature(EXTERNAL_DATA, |signature, data| {
        Signature::from_slice(signature).and_then(|signature| key.verify_strict(data, &signature))
    });
    if fits.is_err() {
        return Opened::unproven(Verdict::BadSignature, None, Some(kid));
    }
    let Some(claims) = message.payload.as_deref().and_then(decode) else {
        return Opened::malformed(Flaw::Claims, Some(kid));
    };
    let verdict = if at < claims.valid_from {
        Verdict::NotYet
    } else if at > claims.valid_to {
        Verdict::Expired
    } else {
        Verdict::Valid
    };
    let mut not_established = ALWAYS_OPEN.to_vec();
    if verdict == Verdict::Valid && at > claims.review_due {
        not_established.push(NotEstablished::ReviewOutcome);
    }
    Opened { verdict, claims: Some(claims), not_established, flaw: None, kid: Some(kid) }
}

fn read_body(body: &str) -> Result<CoseSign1, Flaw> {
    let bytes = container::unpack(body).map_err(Flaw::from)?;
    CoseSign1::from_tagged_slice(&bytes).map_err(|_| Flaw::Cose)
}

/// Texts of related schemes are built of the same layers after another prefix, some without the CBOR tag.
fn read_foreign(text: &str) -> Result<CoseSign1, Flaw> {
    let (_, body) = text.split_once(':').ok_or(Flaw::Scheme)?;
    let bytes = container::unpack(body).map_err(Flaw::from)?;
    let tagged = CoseSign1::from_tagged_slice(&bytes);
    tagged.or_else(|_| CoseSign1::from_slice(&bytes)).map_err(|_| Flaw::Cose)
}

impl From<container::UnpackError> for Flaw {
    fn from(error: container::UnpackError) -> Self {
        match error {
            container::UnpackError::Base45 => Self::Base45,
            container::UnpackError::Zlib | container::UnpackError::TooLarge => Self::Zlib,
        }
    }
}

fn key_id(message: &CoseSign1) -> Option<String> {
    let (protected, unprotected) = (&message.protected.header.key_id, &message.unprotected.key_id);
    let bytes = if protected.is_empty() { unprotected } else { protected };
    let text = std::str::from_utf8(bytes).ok().filter(|text| check_key_id(text).is_ok());
    match (bytes.is_empty(), text) {
        (true, _) => None,
        (false, Some(text)) => Some(text.to_owned()),
        (false, None) => Some(hex::encode(bytes)),
    }
}

/// The one text that this scheme has for the payload and signature of a message.
fn canonical(message: &CoseSign1, kid: &str) -> Option<String> {
    let mut again = envelope(kid, message.payload.clone()?).build();
    again.signature.clone_from(&message.signature);
    write(again)
}

fn envelope(kid: &str, payload: Vec<u8>) -> CoseSign1Builder {
    let header = HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).key_id(kid.as_bytes().to_vec());
    CoseSign1Builder::new().protected(header.build()).payload(payload)
}

fn write(message: CoseSign1) -> Option<String> {
    let packed = container::pack(&message.to_tagged_vec().ok()?)?;
    Some(format!("{PREFIX}{packed}"))
}

fn encode(claims: &CertificateClaims) -> Result<Vec<u8>, SignError> {
    use claim_key as key;
    let sex = match claims.sex {
        Sex::Male => 1,
        Sex::Female => 2,
    };
    let map = vec![
        text(key::NUMBER, claims.number.as_str()),
        text(key::NAME, claims.name.as_str()),
        (Value::from(key::SEX), Value::from(sex)),
        text(key::CATEGORY, &claims.category_zh),
        text(key::TRADE, &claims.trade_zh),
        text(key::TRADE_ID, claims.trade_id.as_str()),
        (Value::from(key::FIRST_ISSUED), Value::from(day_number(claims.first_issued)?)),
        (Value::from(key::VALID_FROM), Value::from(day_number(claims.valid_from)?)),
        (Value::from(key::VALID_TO), Value::from(day_number(claims.valid_to)?)),
        (Value::from(key::REVIEW_DUE), Value::from(day_number(claims.review_due)?)),
        text(key::ISSUER, &claims.issuer),
        text(key::CERTIFICATE_ID, claims.certificate_id.as_str()),
    ];
    Value::Map(map).to_vec().map_err(|_| SignError::Encoding)
}

fn decode(payload: &[u8]) -> Option<CertificateClaims> {
    use claim_key as key;
    let Value::Map(map) = Value::from_slice(payload).ok()? else { return None };
    let value = |wanted: u8| {
        let mut found = map.iter().filter(|(key, _)| *key == Value::from(wanted));
        // A key that stands twice could be read in two ways.
        found.next().filter(|_| found.next().is_none()).map(|(_, value)| value)
    };
    let text = |key: u8| value(key)?.as_text();
    let number = |key: u8| i64::try_from(value(key)?.as_integer()?).ok();
    let claims = CertificateClaims {
        number: CertificateNumber::parse(text(key::NUMBER)?).ok()?,
        name: Name::parse(text(key::NAME)?).ok()?,
        sex: match number(key::SEX)? {
            1 => Sex::Male,
            2 => Sex::Female,
            _ => return None,
        },
        category_zh: text(key::CATEGORY)?.to_owned(),
        trade_zh: text(key::TRADE)?.to_owned(),
        trade_id: TradeId::parse(text(key::TRADE_ID)?).ok()?,
        first_issued: day_from_number(number(key::FIRST_ISSUED)?)?,
        valid_from: day_from_number(number(key::VALID_FROM)?)?,
        valid_to: day_from_number(number(key::VALID_TO)?)?,
        review_due: day_from_number(number(key::REVIEW_DUE)?)?,
        issuer: text(key::ISSUER)?.to_owned(),
        certificate_id: CertificateId::parse(text(key::CERTIFICATE_ID)?).ok()?,
    };
    claims.check().ok().map(|()| claims)
}

fn text(key: u8, text: &str) -> (Value, Value) {
    (Value::from(key), Value::from(text))
}

fn epoch() -> Option<Date> {
    Date::from_ymd(1970, 1, 1)
}

fn day_number(day: Date) -> Result<i64, SignError> {
    epoch().map(|epoch| day.days_since(epoch)).ok_or(SignError::Days)
}

fn day_from_number(number: i64) -> Option<Date> {
    let days = u32::try_from(number.unsigned_abs()).ok().filter(|days| *days < 100_000)?;
    let epoch = epoch()?;
    Some(if number < 0 { epoch.minus_days(days) } else { epoch.plus_days(days) })
}

#[cfg(test)]
#[path = "code_tests.rs"]
mod tests;
