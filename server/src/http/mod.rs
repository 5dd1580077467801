//! JSON for machines: routes, extractors, one table of access and one of errors.

pub mod access;
pub mod api;
pub mod extract;
pub mod guard;
pub mod problem;
pub mod secure;

use crate::app::App;
use crate::app::auth::{Spent, Throttle};
use crate::config::{Config, Tls};
use actix_web::dev::Server;
use actix_web::web::{self, Data};
use actix_web::{App as Actix, HttpResponse, HttpServer};
use problem::Problem;
use std::net::SocketAddr;
use thiserror::Error;

/// Largest body of a request in bytes: a question bank with pictures.
const MAX_BODY: usize = 32 * 1024 * 1024;

/// A server that is bound but not yet running.
pub struct Application {
    server: Server,
    address: SocketAddr,
}

/// Why the server cannot start.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The address is taken or not allowed.
    #[error("cannot listen on {0}: {1}")]
    Bind(SocketAddr, std::io::Error),
    /// The TLS files cannot be used.
    #[error("TLS files: {0}")]
    Tls(String),
    /// The server stopped with an error.
    #[error("the server stopped: {0}")]
    Run(#[from] std::io::Error),
}

impl Application {
    /// Binds the address of the configuration.
    ///
    /// # Errors
    /// [`ServeError`] if the address or the TLS files cannot be used.
    pub fn build(config: &Config, app: App) -> Result<Self, ServeError> {
        let app = Data::new(app);
        let throttle = Data::new(Throttle::default());
        let spent = Data::new(Spent::default());
        let server = HttpServer::new(move || {
            Actix::new()
                .app_data(app.clone())
                .app_data(throttle.clone())
                .app_data(spent.clone())
                .app_data(web::PayloadConfig::new(MAX_BODY))
                .app_data(web::FormConfig::default().limit(crate::web::MOST_FORM))
                .app_data(web::QueryConfig::default().error_handler(|e, _| problem("query-unreadable", &e)))
                .app_data(web::PathConfig::default().error_handler(|e, _| problem("path-unreadable", &e)))
                .wrap(actix_web::middleware::from_fn(guard::guard))
                .wrap(actix_web::middleware::from_fn(crate::web::dress))
                .wrap(actix_web::middleware::Compress::default())
                .wrap(actix_web::middleware::from_fn(secure::headers))
                .wrap(tracing_actix_web::TracingLogger::<secure::QuietSpan>::new())
                .configure(api::routes)
                .configure(crate::web::routes)
                .default_service(web::to(not_found))
        })
        .workers(2)
        // A seat asks again after a few seconds: its connection stays.
        .keep_alive(std::time::Duration::from_secs(75))
        .shutdown_timeout(5);
        let bind = |e| ServeError::Bind(config.listen, e);
        let server = match &config.tls {
            None => server.bind(config.listen).map_err(bind)?,
            Some(tls) => server.bind_rustls_0_23(config.listen, rustls_config(tls)?).map_err(bind)?,
        };
        let address = server.addrs().first().copied().unwrap_or(config.listen);
        Ok(Self { server: server.run(), address })
    }

    /// Where it listens; useful with port 0.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Runs until it is told to stop (SIGTERM, SIGINT), finishing what is being answered.
    ///
    /// # Errors
    /// [`ServeError::Run`].
    pub async fn run_until_stopped(self) -> Result<(), ServeError> {
        Ok(self.server.await?)
    }
}

async fn not_found() -> Result<HttpResponse, Problem> {
    Err(Problem::new("not-found", None))
}

fn problem(code: &str, error: &dyn std::fmt::Display) -> actix_web::Error {
    Problem::new(code, Some(error.to_string())).into()
}

fn rustls_config(tls: &Tls) -> Result<rustls::ServerConfig, ServeError> {
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let wrong = |e: &dyn std::fmt::Display| ServeError::Tls(e.to_string());
    let chain = CertificateDer::pem_file_iter(&tls.certificate).map_err(|e| wrong(&e))?;
    let chain: Vec<_> = chain.collect::<Result<_, _>>().map_err(|e| wrong(&e))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|e| wrong(&e))?;
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|b| b.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|e| wrong(&e))
}
