//! TLS: what `tls init` makes serves every address that is not loopback, and a browser that came so stays so.

use crate::harness::{Backend, PASSWORD, TestApp, world_of_demo};
use serde_json::json;
use server::config::{Config, ConfigError, Tls};
use server::http::Application;
use std::net::SocketAddr;
use std::process::Command;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// The demo world served by TLS, and the authority that vouches for it.
fn served() -> (TestApp, tempfile::TempDir, SocketAddr) {
    let app = TestApp::open(Backend::Sqlite).unwrap();
    world_of_demo(&app);
    let dir = tempfile::tempdir().unwrap();
    let made = Command::new(env!("CARGO_BIN_EXE_kaodian-server"))
        .args(["tls", "init", "--dir"])
        .arg(dir.path())
        .args(["localhost", "127.0.0.1"])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let tls = Tls { certificate: dir.path().join("server.pem"), key: dir.path().join("server.key") };
    let config = Config { tls: Some(tls), ..app.config.clone() };
    let application = Application::build(&config, app.app.clone()).unwrap();
    let address = application.address();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(application.run_until_stopped()).unwrap();
    });
    (app, dir, address)
}

fn trusting(roots: RootCerts) -> ureq::Agent {
    let tls = TlsConfig::builder().root_certs(roots).build();
    let config = ureq::Agent::config_builder().tls_config(tls).http_status_as_error(false);
    config.max_redirects(0).max_redirects_will_error(false).build().into()
}

#[test]
fn who_trusts_the_local_authority_gets_a_safe_connection_and_keeps_it() {
    let (_app, dir, address) = served();
    let authority = std::fs::read(dir.path().join("ca.pem")).unwrap();
    let authority = Certificate::from_pem(&authority).unwrap();
    let agent = trusting(RootCerts::new_with_certs(&[authority]));
    let health = agent.get(format!("https://{address}/api/v1/health")).call().unwrap();
    assert_eq!(health.status(), 200);
    assert_eq!(health.headers()["strict-transport-security"], "max-age=31536000");
    let login = agent
        .post(format!("https://{address}/login"))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .send(format!("login=centre&password={PASSWORD}&totp=&next=/"));
    let cookie = login.unwrap().headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("kd_session=") && cookie.contains("Secure"), "{cookie}");
    let body = json!({"login": "centre", "password": PASSWORD}).to_string();
    let token = agent
        .post(format!("https://{address}/api/v1/auth/login"))
        .header("content-type", "application/json")
        .send(body);
    assert_eq!(token.unwrap().status(), 200);
}

#[test]
fn nobody_else_gets_one() {
    let (_app, _dir, address) = served();
    let other = trusting(RootCerts::WebPki);
    assert!(other.get(format!("https://{address}/api/v1/health")).call().is_err(), "an unknown authority");
    let plain = ureq::Agent::new_with_defaults().get(format!("http://{address}/api/v1/health")).call();
    assert!(plain.is_err(), "without TLS there is no answer");
}

#[test]
fn an_address_that_others_reach_is_not_served_without_tls() {
    let app = TestApp::open(Backend::Sqlite).unwrap();
    for (listen, refused) in [
        ("127.0.0.1:0", false),
        ("[::1]:0", false),
        ("0.0.0.0:0", true),
        ("192.0.2.1:443", true),
        ("[::]:0", true),
    ] {
        let config = Config { listen: listen.parse().unwrap(), ..app.config.clone() };
        assert_eq!(matches!(config.check(), Err(ConfigError::TlsMissing(_))), refused, "{listen}");
    }
}
