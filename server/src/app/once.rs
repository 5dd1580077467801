//! Writes that a machine may repeat: the first answer is kept with the work, in the same transaction, and given again.

use super::App;
use crate::db::idempotency::{self, Answer};
use crate::db::{Conn, DbError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use thiserror::Error;

/// The `Idempotency-Key` of a request together with who sent it and what it said.
#[derive(Debug, Clone)]
pub struct Once {
    caller: String,
    key: String,
    request_hash: String,
}

/// Why an `Idempotency-Key` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OnceError {
    /// Empty, longer than 100 characters, or not printable ASCII.
    #[error("an Idempotency-Key has 1 to 100 printable ASCII characters")]
    Key,
    /// The key was used for another request.
    #[error("this Idempotency-Key was used for another request")]
    Reused,
}

crate::refusal!(OnceError { Self::Key => "idempotency-key-invalid", Self::Reused => "idempotency-key-reused" });

impl Once {
    /// For a caller, his key, and the request (method, path and body).
    ///
    /// # Errors
    /// [`OnceError::Key`] if the key is not a key.
    pub fn new(caller: &str, key: &str, route: &str, body: &[u8]) -> Result<Self, OnceError> {
        if key.is_empty() || key.len() > 100 || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(OnceError::Key);
        }
        let mut hasher = Sha256::new();
        hasher.update(route.as_bytes());
        hasher.update(b"\n");
        hasher.update(body);
        let request_hash = hex::encode(hasher.finalize());
        Ok(Self { caller: caller.to_owned(), key: key.to_owned(), request_hash })
    }
}

impl App {
    /// Writes once: if the key is known, the first answer is given again and nothing is done.
    ///
    /// # Errors
    /// What `write` answers; [`OnceError::Reused`] if the key belongs to another request.
    pub fn write_once<T, E>(
        &self,
        once: Option<Once>,
        write: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        E: From<DbError> + From<OnceError> + Send + 'static,
    {
        let Some(once) = once else { return self.db.write(write) };
        let at = self.clock.now().millis();
        self.db.write(move |conn| {
            if let Some(known) = known::<E>(conn, &once)? {
                return serde_json::from_str(&known).map_err(|e| DbError::corrupt("answer", e).into());
            }
            let answer = write(conn)?;
            store(conn, &once, at, &answer)?;
            Ok(answer)
        })
    }
}

fn known<E: From<DbError> + From<OnceError>>(conn: &mut Conn, once: &Once) -> Result<Option<String>, E> {
    match idempotency::find(conn, &once.caller, &once.key)? {
        Some(answer) if answer.request_hash != once.request_hash => Err(OnceError::Reused.into()),
        Some(answer) => Ok(Some(answer.body)),
        None => Ok(None),
    }
}

fn store(conn: &mut Conn, once: &Once, at: i64, answer: &impl Serialize) -> Result<(), DbError> {
    let body = serde_json::to_string(answer).map_err(|e| DbError::corrupt("answer", e))?;
    let answer = Answer { request_hash: once.request_hash.clone(), body };
    idempotency::store(conn, &once.caller, &once.key, &answer, at)
}
