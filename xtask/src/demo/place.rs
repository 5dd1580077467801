//! Where a demo runs: its directory, its addresses, its configurations.

use crate::exam_day::files::Files;
use crate::fail::{Context, Fail, Outcome};
use crate::postgres::free_port;
use crate::shell;
use std::path::PathBuf;

/// Where a demo runs.
#[derive(Debug, Clone)]
pub struct Place {
    /// Everything of the demo.
    pub(super) directory: PathBuf,
    /// Address of the server, without scheme.
    pub(super) server: String,
    /// Address of the kiosk, without scheme.
    pub(super) kiosk: String,
}

/// How the programs of a demo are configured.
#[derive(Debug, Clone, Copy)]
pub(super) enum Manner<'a> {
    /// As the fixtures say.
    Plain,
    /// For days that are played: the clock begins at a time, RFC 3339, and stands still, and nobody is called aloud.
    Played(&'a str),
    /// As the fixtures say, but for the time at which the clock begins.
    From(&'a str),
}

impl Place {
    /// Where a person finds it: var/demo, at the given ports of this machine.
    #[must_use]
    pub fn standard(server: u16, kiosk: u16) -> Self {
        let directory = shell::root().join("var/demo");
        Self { directory, server: format!("127.0.0.1:{server}"), kiosk: format!("127.0.0.1:{kiosk}") }
    }

    /// A place for tests, out of the way of a demo that may be running.
    ///
    /// # Errors
    /// If there are no free ports.
    pub fn for_tests() -> Outcome<Self> {
        let directory = std::env::temp_dir().join(format!("kaodian-demo-{}", std::process::id()));
        let address = || Ok(format!("127.0.0.1:{}", free_port()?));
        Ok(Self { directory, server: address()?, kiosk: address()? })
    }

    /// Nobody else listens where the programs are going to: they would be taken for ours.
    pub(super) fn free(&self) -> Outcome<()> {
        for (address, option) in [(&self.server, "--port"), (&self.kiosk, "--kiosk-port")] {
            if let Err(error) = std::net::TcpListener::bind(address) {
                return Err(Fail::call(format!(
                    "{address} cannot be used ({error}). Stop the program that listens there (`ss -ltnp` names it), \
                     or choose another port with {option}."
                )));
            }
        }
        Ok(())
    }

    /// Makes the directory anew.
    pub(super) fn lay_out(&self, manner: Manner<'_>) -> Outcome<()> {
        if self.directory.exists() {
            std::fs::remove_dir_all(&self.directory).or_fail(self.directory.display())?;
        }
        std::fs::create_dir_all(&self.directory).or_fail(self.directory.display())?;
        self.configure(manner)
    }

    /// Writes the configurations of both programs.
    pub(super) fn configure(&self, manner: Manner<'_>) -> Outcome<()> {
        for name in ["server.toml", "kiosk.toml"] {
            let from = shell::root().join("fixtures/demo").join(name);
            let text = std::fs::read_to_string(&from).or_fail(from.display())?;
            let text = text.replace("127.0.0.1:8080", &self.server).replace("127.0.0.1:8090", &self.kiosk);
            let text = text.lines().map(|line| self.line(name, line, manner) + "\n").collect::<String>();
            std::fs::write(self.directory.join(name), text).or_fail(name)?;
        }
        Ok(())
    }

    /// A line of a configuration.
    fn line(&self, file: &str, line: &str, manner: Manner<'_>) -> String {
        let (key, value) = line.split_once(" = ").unwrap_or((line, ""));
        match (file, key, manner) {
            ("server.toml", "clock_start", Manner::Played(time) | Manner::From(time)) => {
                format!("clock_start = {time:?}")
            }
            ("server.toml", "clock_rate", Manner::Played(_)) => "clock_rate = 0".to_owned(),
            ("kiosk.toml", "kind", Manner::Played(_)) if value == "\"espeak\"" => {
                "kind = \"silent\"".to_owned()
            }
            // The kiosk takes its paths from where it is started.
            ("kiosk.toml", "data_dir" | "clock_socket" | "scenario_socket", _) => {
                format!("{key} = {:?}", self.directory.join(value.trim_matches('"')))
            }
            _ => line.to_owned(),
        }
    }

    /// Where the programs find their files.
    pub(super) fn files(&self) -> Files {
        let (out, work) = (self.directory.clone(), self.directory.clone());
        let database = self.directory.join("kaodian.db").to_string_lossy().into_owned();
        Files { out, work, database, server: self.server.clone(), kiosk: self.kiosk.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_is_played_begins_at_its_own_time_and_calls_nobody_aloud() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("demo");
        let place =
            Place { directory: path.clone(), server: "127.0.0.1:1".into(), kiosk: "127.0.0.1:2".into() };
        let read = |name: &str| -> toml::Table {
            std::fs::read_to_string(path.join(name)).unwrap().parse().unwrap()
        };
        place.lay_out(Manner::Played("2026-09-22T10:00:00+08:00")).unwrap();
        assert_eq!(read("server.toml")["demo"]["clock_start"].as_str(), Some("2026-09-22T10:00:00+08:00"));
        assert_eq!(read("server.toml")["demo"]["clock_rate"].as_integer(), Some(0));
        assert_eq!(read("kiosk.toml")["voice"]["kind"].as_str(), Some("silent"));
        assert_eq!(read("kiosk.toml")["server"].as_str(), Some("http://127.0.0.1:1"));
        assert_eq!(read("kiosk.toml")["data_dir"].as_str(), path.join("kiosk").to_str());
        place.configure(Manner::Plain).unwrap();
        assert_eq!(read("server.toml")["demo"]["clock_rate"].as_integer(), Some(1));
        assert_eq!(read("kiosk.toml")["voice"]["kind"].as_str(), Some("espeak"));
    }
}
