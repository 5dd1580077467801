//! Who somebody is: passwords, second factor, tokens of people, seats and kiosks.

use super::App;
use crate::db::accounts::Account;
use crate::db::{Conn, DbError, accounts, events, kiosks};
use crate::entropy::{NoEntropy, new_id};
use crate::event::{AccountAdded, Actor, Fact, LoggedIn, LoginRefused, Sealed};
use crate::http::access::Role;
use crate::keys::Purpose;
use crate::seal::SealError;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::time::Instant;
use shared::wire::v1::kiosk::{AUDIENCE, CallClaims, TOKEN_SECONDS};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;

/// Life of a person's token in seconds; pages renew it while they are used.
pub const PERSON_SECONDS: i64 = 30 * 60;

/// Life of a seat's token in seconds: a theory examination and its delays.
pub const SEAT_SECONDS: i64 = 6 * 3600;

/// Failed logins of one name within [`THROTTLE_SECONDS`] before it has to wait.
const THROTTLE_TRIES: usize = 8;
const THROTTLE_SECONDS: i64 = 300;

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Account id.
    pub account: String,
    /// Login name.
    pub login: String,
    /// Role.
    pub role: Role,
    /// Name shown.
    pub display_name: String,
    /// Staff code of an invigilator or examiner.
    pub staff: Option<String>,
    /// Organisation of a training institution or enterprise.
    pub organisation: Option<String>,
    /// Exam point of its staff.
    pub point: Option<String>,
    /// Id of the token.
    pub jti: String,
    /// End of the token, seconds since the epoch.
    pub exp: i64,
    /// The account's era in which the token was given; in a later one it is void.
    pub era: i64,
    /// Somebody else knows the password: it has to be changed before anything else.
    pub temporary: bool,
}

/// An examinee who has shown that a ticket is his.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Ticket number.
    pub ticket: String,
    /// Id of the token.
    pub jti: String,
    /// End of the token, seconds since the epoch.
    pub exp: i64,
}

/// Claims of a token that the server gives out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// Account id or ticket number.
    pub sub: String,
    /// Role's word.
    pub role: String,
    /// Unique id.
    pub jti: String,
    /// Issued at, seconds since the epoch.
    pub iat: i64,
    /// Not before.
    pub nbf: i64,
    /// Expires.
    pub exp: i64,
    /// Era of the account; 0 for a seat.
    #[serde(default)]
    pub era: i64,
}

/// Why somebody is not let in.
#[derive(Debug, Error)]
pub enum AuthError {
    /// Login or password wrong; never said which.
    #[error("login or password is wrong")]
    Credentials,
    /// The account is blocked; said only to who knows its password.
    #[error("the account is blocked")]
    Blocked,
    /// The second factor is asked for.
    #[error("the six digits of the second factor are needed")]
    SecondFactorNeeded,
    /// The second factor is wrong.
    #[error("the six digits are wrong or have expired")]
    SecondFactorWrong,
    /// Too many tries.
    #[error("too many failed tries; wait five minutes")]
    Throttled,
    /// No token, or one that is not valid (any more).
    #[error("not logged in, or the login has ended")]
    Token,
    /// The kiosk is not known or was shut out.
    #[error("this kiosk is not enrolled")]
    Kiosk,
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No random numbers.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The password library or the token library failed.
    #[error("the login cannot be processed: {0}")]
    Library(String),
}

crate::refusal!(AuthError {
    Self::Credentials => "login-wrong",
    Self::Blocked => "account-blocked",
    Self::SecondFactorNeeded => "second-factor-needed",
    Self::SecondFactorWrong => "second-factor-wrong",
    Self::Throttled => "login-throttled",
    Self::Token => "not-logged-in",
    Self::Kiosk => "kiosk-unknown",
    Self::Db(_) | Self::Seal(_) | Self::Entropy(_) | Self::Library(_) => "unavailable",
});

/// Failed logins by name; kept in memory, a restart forgives.
#[derive(Default)]
pub struct Throttle(Mutex<HashMap<String, Vec<i64>>>);

/// Hashes a password by argon2id.
///
/// # Errors
/// [`AuthError::Library`] if it cannot be hashed.
pub fn hash_password(password: &str) -> Result<String, AuthError> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|h| h.to_string()).map_err(|e| AuthError::Library(e.to_string()))
}

/// Logs somebody in and answers a token. Logins are recorded, and so are refusals for an account that there is.
///
/// # Errors
/// [`AuthError`]; wrong login and wrong password are the same error and take the same time.
pub fn login(
    app: &App,
    throttle: &Throttle,
    login: &str,
    password: &str,
    totp: Option<&str>,
) -> Result<(String, Person), AuthError> {
    let account = match admitted(app, throttle, login, password, totp) {
        Ok(account) => account,
        Err(refused) => {
            note_refusal(app, login, &refused)?;
            return Err(refused);
        }
    };
    let role = Role::from_word(&account.record.role).ok_or(AuthError::Credentials)?;
    let (token, claims) = issue(app, (&account.record.id, account.era), role, PERSON_SECONDS)?;
    let id = account.record.id.clone();
    let event = app.event(&Actor::Account(id.clone()), Fact::LoggedIn(LoggedIn { account: id }));
    app.db.write(move |conn| events::append(conn, &event).map(drop).map_err(AuthError::from))?;
    Ok((token, person(account.record, role, &claims)))
}

/// The account that may log in now.
fn admitted(
    app: &App,
    throttle: &Throttle,
    login: &str,
    password: &str,
    totp: Option<&str>,
) -> Result<Account, AuthError> {
    let (account, tried) = known(app, throttle, login, password)?;
    if account.blocked {
        tried.right();
        return Err(AuthError::Blocked);
    }
    if let Some(sealed) = &account.record.totp {
        let Some(digits) = totp.filter(|t| !t.is_empty()) else {
            tried.right();
            return Err(AuthError::SecondFactorNeeded);
        };
        if !second_factor_right(app, sealed, digits, app.clock.now())? {
            return Err(AuthError::SecondFactorWrong);
        }
    }
    tried.right();
    Ok(account)
}

/// Records that somebody was refused, if there is an account of that name. Nobody waits for it, so that the answer
/// does not tell by its time whether there is one.
fn note_refusal(app: &App, login: &str, refused: &AuthError) -> Result<(), AuthError> {
    let why = match refused {
        AuthError::Credentials => "password",
        AuthError::SecondFactorWrong => "second_factor",
        AuthError::Blocked => "blocked",
        _ => return Ok(()),
    };
    let (worker, login) = (app.clone(), login.to_owned());
    app.db.write_later(move |conn| {
        let Some(account) = accounts::by_login(conn, &login)? else { return Ok(()) };
        let fact = LoginRefused { account: account.id, why: why.to_owned() };
        let event = worker.event(&Actor::System("login"), Fact::LoginRefused(fact));
        events::append(conn, &event).map(drop)
    })?;
    Ok(())
}

/// The account of a login and its password, without logging in: also a second person's signature. An account that is
/// blocked, or whose password somebody else knows, signs nothing.
///
/// # Errors
/// [`AuthError`]; wrong login and wrong password are the same error and take the same time.
pub fn credentials(
    app: &App,
    throttle: &Throttle,
    login: &str,
    password: &str,
) -> Result<AccountAdded, AuthError> {
    let (account, tried) = known(app, throttle, login, password)?;
    tried.right();
    let signs = !account.blocked && !account.record.temporary;
    if signs { Ok(account.record) } else { Err(AuthError::Credentials) }
}

/// The account of a login and its password, however it stands, with the try that this was: it may still have to count.
///
/// # Errors
/// [`AuthError::Credentials`], [`AuthError::Throttled`].
pub(super) fn known<'a>(
    app: &App,
    throttle: &'a Throttle,
    login: &str,
    password: &str,
) -> Result<(Account, Try<'a>), AuthError> {
    let tried = throttle.begin(login, app.clock.now())?;
    let found = app.db.read(|conn| accounts::find_login(conn, login))?;
    let hash = found.as_ref().map_or(DUMMY_HASH, |a| a.record.password_hash.as_str());
    let right = verify_password(hash, password);
    Ok((found.filter(|_| right).ok_or(AuthError::Credentials)?, tried))
}

/// Whether a person who is logged in still knows the password: his signature under something.
///
/// # Errors
/// [`AuthError::Credentials`] if it is wrong, [`AuthError::Throttled`] after too many tries.
pub fn confirm(app: &App, throttle: &Throttle, person: &Person, password: &str) -> Result<(), AuthError> {
    credentials(app, throttle, &person.login, password).map(|_| ())
}

/// Gives the holder of a valid token a new one; the old one stays valid to its end.
///
/// # Errors
/// [`AuthError`] if there are no random numbers.
pub fn renew(app: &App, person: &Person) -> Result<String, AuthError> {
    Ok(issue(app, (&person.account, person.era), person.role, PERSON_SECONDS)?.0)
}

/// A token for an examinee's seat and its id.
///
/// # Errors
/// [`AuthError`] if there are no random numbers.
pub fn issue_seat(app: &App, ticket: &str) -> Result<(String, String), AuthError> {
    let (token, claims) = issue(app, (ticket, 0), Role::Examinee, SEAT_SECONDS)?;
    let id = claims.jti.clone();
    // Who has just signed it need not verify it when all seats show theirs in the same second.
    app.verified.keep(&token, claims);
    Ok((token, id))
}

/// A token for the holder of a ticket, to look at his own file; it opens no seat.
///
/// # Errors
/// [`AuthError`] if there are no random numbers.
pub(super) fn issue_holder(app: &App, ticket: &str) -> Result<String, AuthError> {
    Ok(issue(app, (ticket, 0), Role::Examinee, PERSON_SECONDS)?.0)
}

/// The ticket whose holder has this token.
///
/// # Errors
/// [`AuthError::Token`] if it is not valid now or was ended.
pub fn holder_by_token(app: &App, token: &str) -> Result<Holder, AuthError> {
    let claims = read_token(app, token)?;
    let revoked = app.db.read(|conn| accounts::is_revoked(conn, &claims.jti))?;
    if revoked || claims.role != Role::Examinee.word() {
        return Err(AuthError::Token);
    }
    Ok(Holder { ticket: claims.sub, jti: claims.jti, exp: claims.exp })
}

/// Ends the token of a ticket's holder.
///
/// # Errors
/// [`AuthError::Db`].
pub fn leave(app: &App, holder: &Holder) -> Result<(), AuthError> {
    let (jti, until) = (holder.jti.clone(), holder.exp.saturating_mul(1000));
    app.db.write(move |conn| Ok(accounts::revoke(conn, &jti, until)?))
}

/// Ends a token.
///
/// # Errors
/// [`AuthError::Db`].
pub fn logout(app: &App, person: &Person) -> Result<(), AuthError> {
    let (jti, until) = (person.jti.clone(), person.exp.saturating_mul(1000));
    app.db.write(move |conn| Ok(accounts::revoke(conn, &jti, until)?))
}

/// Who holds a person's token.
///
/// # Errors
/// [`AuthError::Token`] if it is not valid now, was revoked, or the account was blocked or changed since.
pub fn person_by_token(app: &App, token: &str) -> Result<Person, AuthError> {
    let claims = read_token(app, token)?;
    let role = Role::from_word(&claims.role).filter(|r| *r != Role::Examinee).ok_or(AuthError::Token)?;
    let found: Option<Account> = app.db.read(|conn| {
        let revoked = accounts::is_revoked(conn, &claims.jti)?;
        if revoked { Ok(None) } else { accounts::find(conn, &claims.sub) }
    })?;
    let stands = |a: &Account| a.record.role == claims.role && !a.blocked && a.era == claims.era;
    let account = found.filter(stands).ok_or(AuthError::Token)?;
    Ok(person(account.record, role, &claims))
}

/// Ticket number and token id of a seat's token.
///
/// # Errors
/// [`AuthError::Token`] if it is not valid now. Whether it is the seat's current token is asked by the use case.
pub fn seat_by_token(app: &App, token: &str) -> Result<(String, String), AuthError> {
    let claims = match app.verified.find(token) {
        Some(known) => known,
        None => {
            let claims = read_signed(app, token)?;
            if claims.role != Role::Examinee.word() {
                return Err(AuthError::Token);
            }
            app.verified.keep(token, claims)
        }
    };
    in_time(app, &claims)?;
    Ok((claims.sub.clone(), claims.jti.clone()))
}

/// Tokens of seats whose signature was verified: a seat shows the same one with each of a hundred answers.
#[derive(Clone, Default)]
pub struct Verified(Arc<Mutex<HashMap<String, Arc<Claims>>>>);

impl Verified {
    /// Tokens that are known at most; all are forgotten when there are more, and verified again.
    const MOST: usize = 50_000;

    fn find(&self, token: &str) -> Option<Arc<Claims>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    fn keep(&self, token: &str, claims: Claims) -> Arc<Claims> {
        let claims = Arc::new(claims);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= Self::MOST {
            known.clear();
        }
        known.insert(token.to_owned(), claims.clone());
        claims
    }
}

/// Tokens of kiosks that were used, for as long as they would be valid: each is good for one call. Kept in memory; what
/// a kiosk sends is taken once by its number in any case, so that a restart forgives nothing that counts.
#[derive(Default)]
pub struct Spent(Mutex<HashMap<(String, String), i64>>);

impl Spent {
    /// Whether the token is used for the first time; then it is spent.
    fn first(&self, kiosk: &str, jti: &str, until: i64, now: i64) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, until| *until >= now);
        all.insert((kiosk.to_owned(), jti.to_owned()), until).is_none()
    }
}

/// Id of the kiosk that signed a call.
///
/// # Errors
/// [`AuthError::Kiosk`] for an unknown kiosk, [`AuthError::Token`] for a token that does not fit the call or was used.
pub fn kiosk_by_call(
    app: &App,
    spent: &Spent,
    token: &str,
    method: &str,
    path: &str,
    body: &[u8],
) -> Result<String, AuthError> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| AuthError::Token)?;
    let kid = header.kid.ok_or(AuthError::Token)?;
    let kiosk = app.db.read(|conn: &mut Conn| kiosks::find(conn, &kid))?;
    let kiosk = kiosk.filter(|k| !k.revoked).ok_or(AuthError::Kiosk)?;
    let key = kiosk.verifying_key().ok_or(AuthError::Kiosk)?;
    let claims: CallClaims = decode(token, key.as_bytes()).ok_or(AuthError::Token)?;
    let now = app.clock.now().millis() / 1000;
    let fits = claims.iss == kid
        && claims.aud == AUDIENCE
        && claims.htm == method
        && claims.htu == path
        && claims.bsh == hex::encode(Sha256::digest(body));
    // The kiosk's clock may be a little off; it learns the server's time from each answer.
    let timely = claims.exp.saturating_sub(claims.iat) <= TOKEN_SECONDS
        && claims.nbf <= now.saturating_add(TOKEN_SECONDS)
        && claims.exp.saturating_add(TOKEN_SECONDS) >= now
        && claims.exp <= now.saturating_add(2 * TOKEN_SECONDS);
    let until = claims.exp.saturating_add(TOKEN_SECONDS);
    let good = fits && timely && spent.first(&kid, &claims.jti, until, now);
    if good { Ok(kid) } else { Err(AuthError::Token) }
}

impl Throttle {
    /// Begins a try of a name. It counts as failed from now on, so that many at once are no more than the few that one
    /// after the other would be, until [`Try::right`] takes it back.
    ///
    /// # Errors
    /// [`AuthError::Throttled`] for a name that failed too often of late.
    pub(super) fn begin<'a>(&'a self, name: &str, now: Instant) -> Result<Try<'a>, AuthError> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let from = now.plus_seconds(-THROTTLE_SECONDS).millis();
        all.retain(|_, tries| tries.last().is_some_and(|t| *t >= from));
        let tries = all.entry(name.to_owned()).or_default();
        if tries.iter().filter(|at| **at >= from).count() >= THROTTLE_TRIES {
            return Err(AuthError::Throttled);
        }
        tries.push(now.millis());
        Ok(Try { throttle: self, name: name.to_owned(), at: now.millis() })
    }
}

/// A try that has begun.
#[must_use]
pub(super) struct Try<'a> {
    throttle: &'a Throttle,
    name: String,
    at: i64,
}

impl Try<'_> {
    /// It was right after all.
    pub(super) fn right(self) {
        let mut all = self.throttle.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(tries) = all.get_mut(&self.name) else { return };
        if let Some(own) = tries.iter().position(|at| *at == self.at) {
            tries.remove(own);
        }
    }
}

/// Hash of no password that anybody has: an unknown login takes as long as a wrong password.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn verify_password(hash: &str, password: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(hash) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok()
}

fn second_factor_right(app: &App, sealed: &Sealed, digits: &str, now: Instant) -> Result<bool, AuthError> {
    let secret = app.sealer.open("account.totp", sealed)?;
    Ok(totp_codes(&secret, now)?.iter().any(|code| code == digits))
}

/// The codes that are right now: of this half minute, the one before and the one after (RFC 6238).
///
/// # Errors
/// [`AuthError::Library`] if the secret is no base32 text.
pub fn totp_codes(secret: &str, now: Instant) -> Result<Vec<String>, AuthError> {
    let seconds = u64::try_from(now.millis() / 1000).unwrap_or(0);
    let totp = totp(secret)?;
    let times = [seconds, seconds.saturating_sub(30), seconds.saturating_add(30)];
    Ok(times.iter().map(|t| totp.generate(*t).to_string()).collect())
}

fn totp(secret: &str) -> Result<totp_rs::Totp, AuthError> {
    let library = |e: String| AuthError::Library(e);
    let bytes = totp_rs::Secret::try_from_base32(secret).map_err(|e| library(e.to_string()))?;
    totp_rs::Builder::new().with_secret(bytes).build().map_err(|e| library(e.to_string()))
}

fn issue(
    app: &App,
    (sub, era): (&str, i64),
    role: Role,
    seconds: i64,
) -> Result<(String, Claims), AuthError> {
    let now = app.clock.now().millis() / 1000;
    let claims = Claims {
        sub: sub.to_owned(),
        role: role.word().to_owned(),
        jti: new_id("token")?,
        iat: now,
        nbf: now,
        exp: now.saturating_add(seconds),
        era,
    };
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(app.keys.kid(Purpose::Token));
    let pkcs8 =
        app.keys.signing(Purpose::Token).to_pkcs8_der().map_err(|e| AuthError::Library(e.to_string()))?;
    let key = EncodingKey::from_ed_der(pkcs8.as_bytes());
    let token =
        jsonwebtoken::encode(&header, &claims, &key).map_err(|e| AuthError::Library(e.to_string()))?;
    Ok((token, claims))
}

fn read_token(app: &App, token: &str) -> Result<Claims, AuthError> {
    let claims = read_signed(app, token)?;
    in_time(app, &claims)?;
    Ok(claims)
}

fn in_time(app: &App, claims: &Claims) -> Result<(), AuthError> {
    let now = app.clock.now().millis() / 1000;
    if claims.nbf <= now && now < claims.exp { Ok(()) } else { Err(AuthError::Token) }
}

fn read_signed(app: &App, token: &str) -> Result<Claims, AuthError> {
    let kid = jsonwebtoken::decode_header(token).ok().and_then(|h| h.kid).ok_or(AuthError::Token)?;
    let keys = app.keys.all_signing(Purpose::Token);
    let (_, key) = keys.iter().find(|(id, _)| *id == kid).ok_or(AuthError::Token)?;
    decode(token, key.verifying_key().as_bytes()).ok_or(AuthError::Token)
}

/// Signature and form; times are checked against our own clock, for the library reads the machine's.
fn decode<T: serde::de::DeserializeOwned + Clone>(token: &str, public_key: &[u8]) -> Option<T> {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.set_required_spec_claims(&["exp", "nbf"]);
    jsonwebtoken::decode::<T>(token, &DecodingKey::from_ed_der(public_key), &validation)
        .ok()
        .map(|d| d.claims)
}

fn person(account: AccountAdded, role: Role, claims: &Claims) -> Person {
    Person {
        account: account.id,
        login: account.login,
        role,
        display_name: account.display_name,
        staff: account.staff,
        organisation: account.organisation,
        point: account.point,
        jti: claims.jti.clone(),
        exp: claims.exp,
        era: claims.era,
        temporary: account.temporary,
    }
}
