//! A private PostgreSQL cluster: made for one command, run as a user of its own, gone with the command.

use crate::fail::{Context, Fail, Outcome};
use crate::{setup, shell, tidy_up};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Environment variable in which tests find the address of a cluster where databases can be made.
pub const VARIABLE: &str = "KAODIAN_TEST_POSTGRES";

/// A running cluster; dropped, it is stopped and removed.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    directory: String,
    port: u16,
    user: Option<&'static str>,
    _promise: tidy_up::OnInterrupt,
}

impl Cluster {
    /// Makes and starts a cluster on a free port of 127.0.0.1. It does not survive a power cut: it is for tests.
    ///
    /// # Errors
    /// If PostgreSQL is not installed or does not start.
    pub fn start() -> Outcome<Self> {
        Self::begin(&["fsync=off", "synchronous_commit=off", "full_page_writes=off"])
    }

    /// The same with a cluster that survives a power cut, as a real one does: to measure what that costs.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn start_durable() -> Outcome<Self> {
        Self::begin(&["fsync=on", "synchronous_commit=on"])
    }

    fn begin(safety: &[&str]) -> Outcome<Self> {
        let programs = programs()?;
        // PostgreSQL refuses to run as root, so it gets its own user there.
        let user = setup::is_root()?.then_some("postgres");
        let pattern = std::env::temp_dir().join("kaodian-postgres.XXXXXX");
        let made = shell::ask(as_user(user, Path::new("mktemp")).arg("-d").arg(pattern))?;
        if !made.ok {
            return Err(Fail::new(format!("no directory for PostgreSQL: {}", made.err)));
        }
        let directory = made.out.trim().to_owned();
        let port = free_port()?;
        let stop = stop_command(user, &programs, &directory);
        let promise = tidy_up::on_interrupt(&stop.iter().map(String::as_str).collect::<Vec<_>>());
        let cluster = Self { programs, directory, port, user, _promise: promise };
        cluster.initialise(safety)?;
        Ok(cluster)
    }

    /// Address of the maintenance database, from which others are made.
    #[must_use]
    pub fn url(&self) -> String {
        self.database("postgres")
    }

    /// Address of a database of this cluster.
    #[must_use]
    pub fn database(&self, name: &str) -> String {
        format!("postgres://kaodian@127.0.0.1:{}/{name}", self.port)
    }

    /// Makes an empty database and answers its address.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn create(&self, name: &str) -> Outcome<String> {
        let mut command = self.program("createdb");
        command.args(["-h", "127.0.0.1", "-U", "kaodian", "-p", &self.port.to_string(), name]);
        self.must(&mut command)?;
        Ok(self.database(name))
    }

    fn initialise(&self, safety: &[&str]) -> Outcome<()> {
        let data = format!("{}/data", self.directory);
        self.must(
            self.program("initdb").args(["-D", &data, "-U", "kaodian", "-A", "trust", "--no-sync"]).args([
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ]),
        )?;
        let settings = [
            format!("port={}", self.port),
            "listen_addresses=127.0.0.1".to_owned(),
            format!("unix_socket_directories={}", self.directory),
            "max_connections=300".to_owned(),
            "shared_buffers=256MB".to_owned(),
        ];
        let settings = settings.iter().map(String::as_str).chain(safety.iter().copied());
        let options: Vec<String> = settings.map(|s| format!("-c {s}")).collect();
        let log = format!("{}/log", self.directory);
        let mut command = self.program("pg_ctl");
        command.args(["-D", &data, "-w", "-t", "60", "-l", &log, "-o", &options.join(" "), "start"]);
        // The server keeps the standard output that it inherits, so it must not be a pipe that somebody reads.
        command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null());
        let status = command.stderr(std::process::Stdio::null()).status().or_fail("pg_ctl")?;
        if status.success() {
            return Ok(());
        }
        let said = shell::ask(as_user(self.user, Path::new("cat")).arg(&log))?;
        Err(Fail::new(format!("PostgreSQL does not start: {}", said.out)))
    }

    fn program(&self, name: &str) -> Command {
        as_user(self.user, &self.programs.join(name))
    }

    fn must(&self, command: &mut Command) -> Outcome<()> {
        let said = shell::ask(command)?;
        if said.ok { Ok(()) } else { Err(Fail::new(format!("{}: {}", shell::name(command), said.err))) }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stop = stop_command(self.user, &self.programs, &self.directory);
        if let Some((program, arguments)) = stop.split_first() {
            // There is nobody left to tell.
            let _ = shell::ask(Command::new(program).args(arguments));
        }
    }
}

/// A port of 127.0.0.1 that nobody listens on.
///
/// # Errors
/// If there is none.
pub fn free_port() -> Outcome<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).or_fail("no free port")?;
    Ok(listener.local_addr().or_fail("no free port")?.port())
}

fn stop_command(user: Option<&str>, programs: &Path, directory: &str) -> Vec<String> {
    let pg_ctl = programs.join("pg_ctl");
    let script = format!(
        "'{}' -D '{directory}/data' -m immediate stop; rm -rf '{directory}'",
        pg_ctl.to_string_lossy()
    );
    let prefix = user.map_or_else(Vec::new, |user| vec!["runuser", "-u", user, "--"]);
    let words = prefix.into_iter().map(str::to_owned).chain(["sh".to_owned(), "-c".to_owned(), script]);
    words.collect()
}

fn as_user(user: Option<&str>, program: &Path) -> Command {
    let mut command = match user {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("runuser");
            command.args(["-u", user, "--"]).arg(program);
            command
        }
    };
    command.current_dir("/");
    command
}

/// Debian keeps the programs of each version out of the path.
fn programs() -> Outcome<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let number = |path: &Path| path.file_name().and_then(|n| n.to_str()).and_then(|n| n.parse::<u32>().ok());
    let mut found: Vec<_> = versions.map(|v| v.path()).filter(|p| p.join("bin/initdb").is_file()).collect();
    found.sort_by_key(|path| number(path));
    if let Some(newest) = found.pop() {
        return Ok(newest.join("bin"));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .find(|dir| dir.join("initdb").is_file())
        .or_fail("PostgreSQL is not installed: `cargo xtask setup test` installs it")
}
