//! Where the files of a played world lie, and the two programs that run on them.

use super::Options;
use crate::fail::{Context, Outcome};
use crate::postgres::{Cluster, free_port};
use crate::process::Service;
use crate::shell;
use shared::time::Instant;
use std::path::{Path, PathBuf};

/// Where everything lies.
#[derive(Debug, Clone)]
pub struct Files {
    /// What is left of the day.
    pub out: PathBuf,
    /// What only the programs need: keys, attachments, the kiosk's data.
    pub work: PathBuf,
    /// Database of the server: a path or postgres://….
    pub database: String,
    /// Address of the server, without scheme.
    pub server: String,
    /// Address of the kiosk, without scheme.
    pub kiosk: String,
}

impl Files {
    /// Makes place for an exam day; answers the cluster in which its database lies, too.
    ///
    /// # Errors
    /// If files cannot be written or the private PostgreSQL cluster does not start.
    pub fn of_exam_day(options: &Options) -> Outcome<(Self, Option<Cluster>)> {
        let out = options.out();
        std::fs::create_dir_all(&out).or_fail(out.display())?;
        for old in ["draws", "certificates", "evidence"] {
            remove(&out.join(old))?;
        }
        let database = ["kaodian.db", "kaodian.db-wal", "kaodian.db-shm"];
        let files = ["keys.json", "results.csv", "report.json", "checkpoint.txt", "server.log", "kiosk.log"];
        for old in database.iter().chain(&files) {
            remove(&out.join(old))?;
        }
        let work = std::env::temp_dir().join(format!("kaodian-exam-day-{}", std::process::id()));
        remove(&work)?;
        std::fs::create_dir_all(&work).or_fail(work.display())?;
        let out = out.canonicalize().or_fail(out.display())?;
        let (database, cluster) = match options.database.as_deref() {
            None => (out.join("kaodian.db").to_string_lossy().into_owned(), None),
            Some("postgres") => {
                let cluster = Cluster::start()?;
                (cluster.create("exam_day")?, Some(cluster))
            }
            Some(other) => (other.to_owned(), None),
        };
        let address = || Ok(format!("127.0.0.1:{}", free_port()?));
        Ok((Self { out, work, database, server: address()?, kiosk: address()? }, cluster))
    }

    /// Writes the configurations of both programs; the clock begins at `start` and stands still.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write_configs(&self, start: Instant, seed: &str) -> Outcome<()> {
        let text = format!(
            "listen = {:?}\ndatabase = {:?}\nblobs = \"blobs\"\nkeys = \"keys\"\n\n[voice]\nprogram = \"\"\n\n[demo]\n\
             clock_socket = \"clock\"\nclock_start = {:?}\nclock_rate = 0\nentropy = {seed:?}\n",
            self.server,
            self.database,
            start.rfc3339(),
        );
        self.write_work("server.toml", &text)?;
        let text = format!(
            "server = \"http://{}\"\nlisten = {:?}\ndata_dir = {:?}\nclock_socket = {:?}\nscenario_socket = {:?}\n\
             sync_seconds = 1\n\n[camera]\nkind = \"sim\"\n\n[reader]\nkind = \"sim\"\n\n[printer]\nkind = \"file\"\n\
             \n[voice]\nkind = \"silent\"\n",
            self.server,
            self.kiosk,
            self.work.join("kiosk"),
            self.work.join("clock"),
            self.scenario(),
        );
        self.write_work("kiosk.toml", &text)
    }

    /// Has the server's clock begin at this time when the server is started the next time.
    ///
    /// # Errors
    /// If its configuration cannot be written.
    pub fn start_clock_at(&self, time: Instant) -> Outcome<()> {
        let path = self.work.join("server.toml");
        let text = std::fs::read_to_string(&path).or_fail(path.display())?;
        let line = |line: &str| match line.starts_with("clock_start = ") {
            true => format!("clock_start = {:?}\n", time.rfc3339()),
            false => format!("{line}\n"),
        };
        self.write_work("server.toml", &text.lines().map(line).collect::<String>())
    }

    /// The server.
    #[must_use]
    pub fn server_program(&self) -> Service {
        let health = format!("http://{}/api/v1/health", self.server);
        self.program("kaodian-server", "serve", "server", &health)
    }

    /// The kiosk.
    #[must_use]
    pub fn kiosk_program(&self) -> Service {
        let health = format!("http://{}/api/health", self.kiosk);
        self.program("kaodian-kiosk", "run", "kiosk", &health)
    }

    /// Socket of the simulated devices.
    #[must_use]
    pub fn scenario(&self) -> PathBuf {
        self.work.join("scenario")
    }

    fn program(&self, name: &'static str, verb: &str, files: &str, health: &str) -> Service {
        let config = self.work.join(format!("{files}.toml")).to_string_lossy().into_owned();
        let log = self.out.join(format!("{files}.log"));
        Service::new(name, &shell::built(name), &[verb, "--config", &config], &log, health)
    }

    fn write_work(&self, name: &str, text: &str) -> Outcome<()> {
        std::fs::write(self.work.join(name), text).or_fail(name)
    }
}

fn remove(path: &Path) -> Outcome<()> {
    let result = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).or_fail(path.display()),
        _ => Ok(()),
    }
}
