//! Enrolment of a kiosk and the token with which it signs every call.

use serde::{Deserialize, Serialize};

/// Audience of a kiosk's own tokens.
pub const AUDIENCE: &str = "kaodian-server";

/// Scheme of the `Authorization` header of a kiosk: `Kiosk <JWT>`.
pub const SCHEME: &str = "Kiosk";

/// Longest life of a kiosk's token in seconds.
pub const TOKEN_SECONDS: i64 = 60;

/// `POST /api/v1/kiosk/enrol`: the one-time code and the kiosk's own public key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    /// One-time code that the centre gave out.
    pub code: String,
    /// Ed25519 public key: 32 bytes in base64url without padding.
    pub public_key: String,
}

/// Answer to an enrolment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnrolAnswer {
    /// Id of the kiosk; `kid` of its tokens from now on.
    pub kiosk: String,
    /// Exam point at which it stands.
    pub point: String,
    /// Server's time in epoch milliseconds.
    pub server_time: i64,
    /// The server's public keys as a JWK set (bundles and certificates).
    pub keys: serde_json::Value,
}

/// Claims of the short-lived token (JWT, EdDSA) that accompanies each call of a kiosk. It is bound to the method,
/// the path and the body, so that it can be used for nothing else (after RFC 9449).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CallClaims {
    /// Kiosk id.
    pub iss: String,
    /// [`AUDIENCE`].
    pub aud: String,
    /// Issued at, seconds since the epoch.
    pub iat: i64,
    /// Not valid before, seconds since the epoch.
    pub nbf: i64,
    /// Expires, seconds since the epoch; at most [`TOKEN_SECONDS`] after `iat`.
    pub exp: i64,
    /// Unique id of the token.
    pub jti: String,
    /// HTTP method in capitals.
    pub htm: String,
    /// Path with query, for example `/api/v1/kiosk/journal`.
    pub htu: String,
    /// SHA-256 of the body in lower-case hexadecimal.
    pub bsh: String,
}
