//! A program of ours that runs beside us: started, killed, started again, stopped.

use crate::fail::{Context, Fail, Outcome};
use crate::{shell, tidy_up, wait};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a program may take to answer after its start.
const START_PATIENCE: Duration = Duration::from_secs(60);
/// How long a program may take to end after it was asked to.
const STOP_PATIENCE: Duration = Duration::from_secs(20);

/// A program that listens on an address of its own.
#[derive(Debug)]
pub struct Service {
    name: &'static str,
    program: PathBuf,
    arguments: Vec<String>,
    log: PathBuf,
    /// Address that answers with status 200 once the program is ready.
    health: String,
    running: Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    _promise: tidy_up::OnInterrupt,
}

impl Service {
    /// A program that is not running yet. Both of its outputs are appended to `log`.
    #[must_use]
    pub fn new(name: &'static str, program: &Path, arguments: &[&str], log: &Path, health: &str) -> Self {
        Self {
            name,
            program: program.to_owned(),
            arguments: arguments.iter().map(|&a| a.to_owned()).collect(),
            log: log.to_owned(),
            health: health.to_owned(),
            running: Mutex::new(None),
        }
    }

    /// Starts it and waits until it answers.
    ///
    /// # Errors
    /// If it cannot be started, ends at once, or does not answer in time; the end of its log is shown.
    pub fn start(&self) -> Outcome<()> {
        let mut running = self.lock();
        let child = Command::new(&self.program)
            .args(&self.arguments)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(self.log_file()?)
            .stderr(self.log_file()?)
            .spawn()
            .or_fail(format!("{} cannot be started", self.program.display()))?;
        let promise = tidy_up::on_interrupt(&["kill", "-KILL", &child.id().to_string()]);
        let process = running.insert(Running { child, _promise: promise });
        let agent = crate::client::agent(Duration::from_secs(2));
        wait::until(&format!("{} ready", self.name), START_PATIENCE, || {
            if let Ok(Some(status)) = process.child.try_wait() {
                return Err(Fail::new(format!("{} ended with {status}:\n{}", self.name, self.last_words())));
            }
            let answer = agent.get(&self.health).call();
            Ok(answer.is_ok_and(|a| a.status().is_success()).then_some(()))
        })
        .map_err(|fail| Fail::new(format!("{fail}; see {}", self.log.display())))
    }

    /// Kills it as a power cut would (SIGKILL); nothing is finished.
    pub fn kill(&self) {
        if let Some(mut process) = self.lock().take() {
            // It may have ended by itself; then there is nothing left to kill.
            let _ = process.child.kill();
            let _ = process.child.wait();
        }
    }

    /// Asks it to stop (SIGTERM) and waits for its end.
    ///
    /// # Errors
    /// If it does not stop in time (it is killed then) or ends with another status than 0.
    pub fn stop(&self) -> Outcome<()> {
        let Some(mut process) = self.lock().take() else { return Ok(()) };
        shell::ask(Command::new("kill").args(["-TERM", &process.child.id().to_string()]))?;
        let ended = wait::until(&format!("{} stopped", self.name), STOP_PATIENCE, || {
            process.child.try_wait().or_fail(self.name)
        });
        match ended {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => {
                Err(Fail::new(format!("{} ended with {status}:\n{}", self.name, self.last_words())))
            }
            Err(fail) => {
                let _ = process.child.kill();
                let _ = process.child.wait();
                Err(fail)
            }
        }
    }

    /// The last lines of its log.
    #[must_use]
    pub fn last_words(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().collect();
        lines.get(lines.len().saturating_sub(12)..).unwrap_or_default().join("\n")
    }

    fn log_file(&self) -> Outcome<File> {
        OpenOptions::new().create(true).append(true).open(&self.log).or_fail(self.log.display())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.kill();
    }
}
