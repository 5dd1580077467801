//! Check-ins as many kiosks send them: signed calls with chained entries.

use crate::ratio::Side;
use crate::{Outcome, bare, world};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use server::app::App;
use server::app::kiosks::{announce, enrol};
use sha2::{Digest, Sha256};
use shared::wire::v1::journal::{
    CheckInBy, GENESIS, JournalAnswer, JournalEntry, JournalPost, KioskFact, entry_hash,
};
use shared::wire::v1::kiosk::{AUDIENCE, CallClaims, EnrolRequest, SCHEME, TOKEN_SECONDS};
use std::net::SocketAddr;
use std::ops::RangeInclusive;

/// Kiosks that send at the same time.
const KIOSKS: usize = 8;
/// Check-ins of a turn of each.
const EACH: usize = 50;
/// Turns of a comparison, with the one before.
const TURNS: usize = crate::ratio::TURNS + 1;
/// Where a kiosk sends its journal.
const PATH: &str = "/api/v1/kiosk/journal";

/// How many people are checked in by it: each in one of the two ways of sending.
pub fn people() -> u32 {
    u32::try_from(2 * KIOSKS * EACH * TURNS).unwrap_or(u32::MAX)
}

/// A kiosk with its journal.
struct Kiosk {
    id: String,
    key: EncodingKey,
    agent: ureq::Agent,
    url: String,
    app: App,
    seq: u64,
    prev: String,
    calls: u64,
}

/// Measures what the server takes in calls of fifty, and one by one.
pub fn measured(
    database: &str,
    url: &str,
    app: &App,
    address: SocketAddr,
    numbers: RangeInclusive<u32>,
) -> Outcome<()> {
    let mut kiosks = (0..KIOSKS).map(|n| Kiosk::enrolled(app, address, n)).collect::<Outcome<Vec<_>>>()?;
    let mut tickets = numbers.map(world::ticket);
    for (at_once, name, table) in [(EACH, "fifty a call", "bare_fifty"), (1, "one a call", "bare_one")] {
        let name = format!("{database}: from {KIOSKS} kiosks, {name}");
        let turn = || {
            let due: Vec<Vec<String>> =
                kiosks.iter().map(|_| tickets.by_ref().take(EACH).collect()).collect();
            std::thread::scope(|scope| {
                let all: Vec<_> = kiosks
                    .iter_mut()
                    .zip(due)
                    .map(|(kiosk, own)| scope.spawn(move || kiosk.send(&own, at_once)))
                    .collect();
                all.into_iter().try_for_each(|one| one.join().map_err(|_| "a kiosk stopped")?)
            })
        };
        let ours = Side::new(&name, KIOSKS * EACH, turn);
        bare::compared(database, url, table, ours)?;
    }
    Ok(())
}

impl Kiosk {
    fn enrolled(app: &App, address: SocketAddr, number: usize) -> Outcome<Self> {
        let announced = announce(app, &crate::staff(), "P01", None)?;
        let mut seed = [7_u8; 32];
        seed.iter_mut().zip(number.to_be_bytes()).for_each(|(byte, own)| *byte = own);
        let key = SigningKey::from_bytes(&seed);
        let public_key = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        let enrolled = enrol(app, &EnrolRequest { code: announced.code, public_key })?;
        Ok(Self {
            id: enrolled.kiosk,
            key: EncodingKey::from_ed_der(key.to_pkcs8_der()?.as_bytes()),
            agent: ureq::Agent::new_with_defaults(),
            url: format!("http://{address}{PATH}"),
            app: app.clone(),
            seq: 0,
            prev: GENESIS.to_owned(),
            calls: 0,
        })
    }

    /// Sends check-ins, so many in each call, and looks that each was taken.
    fn send(&mut self, tickets: &[String], at_once: usize) -> Outcome<()> {
        for some in tickets.chunks(at_once) {
            let entries = some.iter().map(|ticket| self.entry(ticket)).collect::<Outcome<Vec<_>>>()?;
            let body = serde_json::to_string(&JournalPost { entries })?;
            let token = self.token(body.as_bytes())?;
            let mut reply = self
                .agent
                .post(&self.url)
                .header("authorization", format!("{SCHEME} {token}"))
                .header("content-type", "application/json")
                .send(&body)?;
            let answer: JournalAnswer = serde_json::from_str(&reply.body_mut().read_to_string()?)?;
            if answer.highest != self.seq || !answer.dead_letters.is_empty() {
                return Err(format!("{}: {answer:?}", self.id).into());
            }
        }
        Ok(())
    }

    fn entry(&mut self, ticket: &str) -> Outcome<JournalEntry> {
        let fact = KioskFact::CheckedIn {
            session: world::SESSION.to_owned(),
            ticket: ticket.to_owned(),
            by: CheckInBy::TicketQr,
        };
        self.seq += 1;
        let at = self.app.clock.now().millis();
        let hash = entry_hash(&self.prev, self.seq, at, 0, &fact)?;
        let prev = std::mem::replace(&mut self.prev, hash.clone());
        Ok(JournalEntry { seq: self.seq, at, offset_ms: 0, prev, hash, fact })
    }

    fn token(&mut self, body: &[u8]) -> Outcome<String> {
        self.calls += 1;
        let issued = self.app.clock.now().millis().div_euclid(1000);
        let claims = CallClaims {
            iss: self.id.clone(),
            aud: AUDIENCE.to_owned(),
            iat: issued,
            nbf: issued,
            exp: issued + TOKEN_SECONDS,
            jti: format!("{}-{}", self.id, self.calls),
            htm: "POST".to_owned(),
            htu: PATH.to_owned(),
            bsh: hex::encode(Sha256::digest(body)),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.id.clone());
        Ok(jsonwebtoken::encode(&header, &claims, &self.key)?)
    }
}
