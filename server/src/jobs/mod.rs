//! What happens by itself. Each job is a `step` that does what is due by the server's clock and that a test can call;
//! one thread calls them once a second. It also looks for events of other servers, so that live pages are told of them.
//! Speaking questions takes long and is due never, so that it has a thread of its own.

pub mod deadlines;
pub mod sequencer;

use crate::app::{App, voices};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Pause between two rounds, in real time; what is due is asked of the server's clock.
const PAUSE: Duration = Duration::from_secs(1);

/// Texts that are spoken between two pauses.
const SPOKEN: usize = 10;

/// Pause when there is nothing to speak, or what is left cannot be spoken.
const SILENCE: Duration = Duration::from_secs(20);

/// The running jobs; they stop when it is dropped.
pub struct JobsHandle {
    running: Vec<(Sender<()>, JoinHandle<()>)>,
}

/// Starts the jobs.
///
/// # Errors
/// The operating system's, if it gives no thread.
pub fn start(app: App) -> std::io::Result<JobsHandle> {
    let speaking = speak(app.clone())?;
    let (stop, stopped) = channel();
    let run = move || {
        match crate::app::log::mend(&app) {
            Ok(0) => {}
            Ok(written) => {
                tracing::warn!(written, "files of the log were missing and have been written again")
            }
            Err(error) => tracing::error!(%error, "missing files of the log could not be written again"),
        }
        loop {
            round(&app);
            match stopped.recv_timeout(PAUSE) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    };
    let thread = std::thread::Builder::new().name("jobs".to_owned()).spawn(run)?;
    Ok(JobsHandle { running: vec![(stop, thread), speaking] })
}

/// Starts the job that speaks questions.
fn speak(app: App) -> std::io::Result<(Sender<()>, JoinHandle<()>)> {
    let (stop, stopped) = channel();
    let run = move || {
        let mut before = 0;
        let mut pause = SILENCE;
        loop {
            match stopped.recv_timeout(pause) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
            if !app.voices.voice.usable() {
                continue;
            }
            pause = match voices::step(&app, SPOKEN) {
                Ok(progress) => {
                    let goes_on = progress.made < progress.wanted && progress.made != before;
                    before = progress.made;
                    if goes_on { PAUSE } else { SILENCE }
                }
                Err(error) => {
                    tracing::error!(%error, "questions could not be spoken");
                    SILENCE
                }
            };
        }
    };
    let thread = std::thread::Builder::new().name("voices".to_owned()).spawn(run)?;
    Ok((stop, thread))
}

/// One round of all jobs; an error is logged and the next round tries again.
fn round(app: &App) {
    if let Err(error) = app.db.look() {
        tracing::error!(%error, "the newest event could not be looked at");
    }
    match deadlines::step(app) {
        Ok(report) if report != deadlines::StepReport::default() => {
            tracing::info!(
                timed_out = report.timed_out,
                absent = report.absent,
                failed = report.failed,
                "deadlines"
            );
        }
        Ok(_) => {}
        Err(error) => tracing::error!(%error, "deadlines could not be looked at"),
    }
    if let Err(error) = sequencer::step(app) {
        tracing::error!(%error, "events could not be given their place in the log");
    }
}

impl Drop for JobsHandle {
    fn drop(&mut self) {
        let (stops, threads): (Vec<_>, Vec<_>) = self.running.drain(..).unzip();
        drop(stops);
        for thread in threads {
            // The thread only ends by itself; if it broke, it has said so.
            let _ = thread.join();
        }
    }
}
