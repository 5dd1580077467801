//! Tokens, one by one: which are taken, and which are not.

use crate::harness::{PASSWORD, TestApp, on_both, person};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use server::app::App;
use server::app::auth::{self, Throttle};
use server::http::access::Role;
use server::keys::{KeyRing, Purpose};

fn claims(app: &TestApp, change: impl FnOnce(&mut Value)) -> Value {
    let now = app.clock.now().millis() / 1000;
    let centre = person(app, "centre");
    let mut claims = json!({"sub": centre.account, "role": "centre_staff", "jti": "t1", "iat": now, "nbf": now,
        "exp": now + 600});
    change(&mut claims);
    claims
}

fn signed(kid: &str, key: &SigningKey, claims: &Value) -> String {
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(kid.to_owned());
    let der = key.to_pkcs8_der().unwrap();
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(der.as_bytes())).unwrap()
}

/// A token whose header says another algorithm: HMAC under the public key, or none at all.
fn confused(app: &TestApp, algorithm: &str, claims: &Value) -> String {
    let kid = app.keys.kid(Purpose::Token);
    let key = app.keys.signing(Purpose::Token).verifying_key();
    if algorithm == "HS256" {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(kid);
        return jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(key.as_bytes())).unwrap();
    }
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(json!({"alg": algorithm, "typ": "JWT", "kid": kid})), part(claims.clone()))
}

#[test]
fn a_token_is_taken_only_whole_in_time_and_from_our_own_key() {
    on_both(|app| {
        let (kid, key) = (app.keys.kid(Purpose::Token), app.keys.signing(Purpose::Token));
        let now = app.clock.now().millis() / 1000;
        let ours = |change: fn(&mut Value, i64)| signed(&kid, &key, &claims(app, |c| change(c, now)));
        let stranger = SigningKey::from_bytes(&[7; 32]);
        let remove = |claim: &str| {
            signed(
                &kid,
                &key,
                &claims(app, |c| {
                    c.as_object_mut().unwrap().remove(claim);
                }),
            )
        };
        let table: Vec<(&str, String, u16)> = vec![
            ("in order", ours(|_, _| ()), 200),
            ("expired a second ago", ours(|c, now| c["exp"] = json!(now - 1)), 401),
            ("expires now", ours(|c, now| c["exp"] = json!(now)), 401),
            ("not valid yet", ours(|c, now| c["nbf"] = json!(now + 1)), 401),
            ("without its end", remove("exp"), 401),
            ("without its beginning", remove("nbf"), 401),
            ("without a subject", remove("sub"), 401),
            ("for nobody", ours(|c, _| c["sub"] = json!("acc-nobody")), 401),
            ("for a role that the account has not", ours(|c, _| c["role"] = json!("auditor")), 401),
            ("for a role that does not exist", ours(|c, _| c["role"] = json!("king")), 401),
            ("an examinee's", ours(|c, _| c["role"] = json!("examinee")), 401),
            ("another's key under our id", signed(&kid, &stranger, &claims(app, |_| ())), 401),
            ("an unknown key", signed("token-99", &key, &claims(app, |_| ())), 401),
            ("HMAC under the public key", confused(app, "HS256", &claims(app, |_| ())), 401),
            ("unsigned", confused(app, "none", &claims(app, |_| ())), 401),
            ("no token", "x".to_owned(), 401),
        ];
        for (what, token, status) in table {
            let answer = app.http().with_token(&token).get("/api/v1/me");
            assert_eq!(answer.status, status, "{what}: {}", String::from_utf8_lossy(&answer.bytes));
        }
    });
}

#[test]
fn a_key_that_was_rotated_still_opens_what_it_signed() {
    on_both(|app| {
        let old =
            signed(&app.keys.kid(Purpose::Token), &app.keys.signing(Purpose::Token), &claims(app, |_| ()));
        let mut ring = KeyRing::open(&app.config.keys, &[]).unwrap();
        ring.rotate(Purpose::Token).unwrap();
        let again = App::open(&app.config).unwrap();
        assert_ne!(again.keys.kid(Purpose::Token), app.keys.kid(Purpose::Token));
        again.clock.advance(app.clock.now().seconds_since(again.clock.now()));
        assert_eq!(auth::person_by_token(&again, &old).unwrap().role, Role::CentreStaff);
    });
}

#[test]
fn a_token_that_was_ended_stays_ended() {
    on_both(|app| {
        let client = app.logged_in("centre");
        assert_eq!(client.get("/api/v1/me").status, 200);
        assert!(client.post("/api/v1/auth/logout", &json!({})).status < 300);
        assert_eq!(client.get("/api/v1/me").status, 401);
    });
}

#[test]
fn guesses_at_the_same_moment_are_throttled_like_guesses_one_after_the_other() {
    on_both(|app| {
        let throttle = Throttle::default();
        let guess = || auth::login(app, &throttle, "centre", "wrong", None).map(|_| ());
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..24).map(|_| scope.spawn(guess)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let looked_at = outcomes.iter().filter(|o| matches!(o, Err(auth::AuthError::Credentials))).count();
        assert_eq!(looked_at, 8);
    });
}

#[test]
fn guessing_a_password_is_throttled_for_that_name_alone_and_for_a_while() {
    on_both(|app| {
        let throttle = Throttle::default();
        let try_it =
            |login: &str, password: &str| auth::login(app, &throttle, login, password, None).map(|_| ());
        for _ in 0..8 {
            assert!(matches!(try_it("centre", "wrong"), Err(auth::AuthError::Credentials)));
        }
        assert!(
            matches!(try_it("centre", PASSWORD), Err(auth::AuthError::Throttled)),
            "even the right one waits"
        );
        assert!(try_it("centre2", PASSWORD).is_ok(), "others do not");
        app.after_minutes(6);
        assert!(try_it("centre", PASSWORD).is_ok());
    });
}
