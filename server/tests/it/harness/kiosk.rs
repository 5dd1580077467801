//! A kiosk that signs its calls and keeps a journal, as the real one does.

use super::{Answer, TestApp, person};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use server::app::kiosks::{self, KioskError};
use server::app::log;
use sha2::{Digest, Sha256};
use shared::log::checkpoint::{Checkpoint, CheckpointError, Remembered};
use shared::log::note::{Kind, Note, Verifier};
use shared::wire::v1::bundle::DayBundle;
use shared::wire::v1::journal::{GENESIS, JournalAnswer, JournalEntry, JournalPost, KioskFact, entry_hash};
use shared::wire::v1::kiosk::{AUDIENCE, CallClaims, EnrolRequest, TOKEN_SECONDS};
use shared::wire::v1::log as wire;
use std::sync::atomic::{AtomicU64, Ordering};

/// A kiosk of the test with its journal.
pub struct Kiosk {
    pub id: String,
    pub key: SigningKey,
    pub seq: u64,
    pub prev: String,
}

impl Kiosk {
    pub fn new(app: &TestApp, point: &str, seed: u8) -> Self {
        let code = kiosks::announce(app, &person(app, "centre"), point, None).unwrap().code;
        Self::enrolled(app, &code, seed)
    }

    /// One that enrolled with a one-time code.
    pub fn enrolled(app: &TestApp, code: &str, seed: u8) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let enrolled = kiosks::enrol(app, &enrol_request(code, &key)).unwrap();
        Self { id: enrolled.kiosk, key, seq: 0, prev: GENESIS.to_owned() }
    }

    pub fn entry(&mut self, fact: KioskFact) -> JournalEntry {
        self.seq += 1;
        let (seq, at) = (self.seq, 1_790_556_000_000 + i64::try_from(self.seq).unwrap());
        let prev = self.prev.clone();
        let hash = entry_hash(&prev, seq, at, 5, &fact).unwrap();
        self.prev.clone_from(&hash);
        JournalEntry { seq, at, offset_ms: 5, prev, hash, fact }
    }

    pub fn send(&self, app: &TestApp, entries: &[JournalEntry]) -> Result<JournalAnswer, KioskError> {
        kiosks::take(app, &self.id, JournalPost { entries: entries.to_vec() })
    }

    /// Writes facts and sends them; codes of the dead letters, `ok` for the others.
    pub fn tell(&mut self, app: &TestApp, facts: Vec<KioskFact>) -> Vec<String> {
        let entries: Vec<_> = facts.into_iter().map(|fact| self.entry(fact)).collect();
        let answer = self.send(app, &entries).unwrap();
        assert_eq!((answer.highest, &answer.hash), (self.seq, &self.prev));
        let dead = |seq| answer.dead_letters.iter().find(|d| d.seq == seq).map(|d| d.code.clone());
        entries.iter().map(|e| dead(e.seq).unwrap_or_else(|| "ok".to_owned())).collect()
    }

    /// Looks at the log as a witness that has seen `seen`, and signs it if it continues that.
    pub fn witness(
        &self,
        app: &TestApp,
        seen: Option<Remembered>,
    ) -> Result<(Remembered, String), CheckpointError> {
        let answer = log::for_witness(app, seen.map_or(0, |seen| seen.size)).unwrap();
        let mut note = Note::parse(&answer.checkpoint.unwrap()).unwrap();
        let checkpoint = Checkpoint::of(&note, &log::key(app).unwrap())?;
        let head = checkpoint.follow(seen, &wire::read(&answer.proof).unwrap())?;
        let name = Verifier::new(&self.id, Kind::Witness, self.key.verifying_key()).unwrap();
        note.cosign(&name, &self.key, 1_790_000_000).unwrap();
        Ok((head, note.to_string()))
    }

    pub fn bundle(&self, app: &TestApp) -> DayBundle {
        serde_json::from_str(&kiosks::bundle(app, &self.id, None).unwrap().bundle).unwrap()
    }

    /// A signed call without a body.
    pub fn get(&self, app: &TestApp, path: &str) -> Answer {
        app.http().with_scheme("Kiosk", &self.token(app, "GET", path, "")).get(path)
    }

    /// A token for one call.
    pub fn token(&self, app: &TestApp, method: &str, path: &str, body: impl AsRef<[u8]>) -> String {
        self.token_for(app, method, path, body, TOKEN_SECONDS)
    }

    /// A token for one call that is said to hold for so many seconds from now.
    pub fn token_for(
        &self,
        app: &TestApp,
        method: &str,
        path: &str,
        body: impl AsRef<[u8]>,
        seconds: i64,
    ) -> String {
        /// Number of the next token.
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let now = app.clock.now().millis() / 1000;
        let claims = CallClaims {
            iss: self.id.clone(),
            aud: AUDIENCE.into(),
            iat: now + seconds - TOKEN_SECONDS,
            nbf: now,
            exp: now + seconds,
            jti: NEXT.fetch_add(1, Ordering::Relaxed).to_string(),
            htm: method.into(),
            htu: path.into(),
            bsh: hex::encode(Sha256::digest(body)),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.id.clone());
        let key = self.key.to_pkcs8_der().unwrap();
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ed_der(key.as_bytes())).unwrap()
    }
}

/// What a kiosk says with its code.
pub fn enrol_request(code: &str, key: &SigningKey) -> EnrolRequest {
    EnrolRequest { code: code.into(), public_key: URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes()) }
}
