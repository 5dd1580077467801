//! A local certificate authority and certificates for server, kiosks, seats and tablets.

use super::{Answer, Failure, Outcome};
use clap::{Args, Subcommand};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Arguments of `tls`.
#[derive(Args)]
pub struct Tls {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Make a new local authority (ca.pem, ca.key) and a certificate (server.pem, server.key) for the names given.
    Init {
        /// Directory for the files; nothing in it is overwritten.
        #[arg(long, default_value = "tls")]
        dir: PathBuf,
        /// Host names and addresses of the server.
        #[arg(required = true)]
        names: Vec<String>,
    },
}

impl Tls {
    /// Runs the command.
    pub fn run(self) -> Answer {
        let Action::Init { dir, names } = self.action;
        std::fs::create_dir_all(&dir)?;
        let authority = CertifiedIssuer::self_signed(authority_params(), KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, "Kaodian server");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&key, &authority)?;
        let chain = format!("{}{}", certificate.pem(), authority.pem());
        write_new(&dir.join("ca.pem"), &authority.pem(), 0o644)?;
        write_new(&dir.join("ca.key"), &authority.key().serialize_pem(), 0o600)?;
        write_new(&dir.join("server.pem"), &chain, 0o644)?;
        write_new(&dir.join("server.key"), &key.serialize_pem(), 0o600)?;
        explain(&dir);
        Ok(Outcome::Yes)
    }
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Kaodian local authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn write_new(path: &Path, text: &str, mode: u32) -> Result<(), Failure> {
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    let written = file.and_then(|mut f| f.write_all(text.as_bytes()));
    written.map_err(|e| Failure::Refused(format!("{} cannot be written: {e}", path.display())))
}

fn explain(dir: &Path) {
    let dir = dir.display();
    eprintln!("{dir}/ca.pem is the local authority. Trust it on every seat, tablet and kiosk:");
    eprintln!(
        "  Debian: copy it to /usr/local/share/ca-certificates/kaodian.crt and run update-ca-certificates"
    );
    eprintln!(
        "  Chromium: Settings → Privacy and security → Security → Manage certificates → Authorities → Import"
    );
    eprintln!("Keep {dir}/ca.key off the server. In the configuration:");
    eprintln!("  [tls]\n  certificate = \"{dir}/server.pem\"\n  key = \"{dir}/server.key\"");
}
