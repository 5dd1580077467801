//! Power cuts: the server and the kiosk are killed at seeded moments of the day and started again.

use super::play::Stage;
use crate::fail::{Fail, Outcome};
use crate::random::Chance;
use crate::wait;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The killer.
#[derive(Debug)]
pub struct Kills {
    /// After how many calls to the server it is killed, ascending.
    server: Vec<u64>,
    /// The same for the kiosk.
    kiosk: Vec<u64>,
    over: AtomicBool,
    done: (AtomicUsize, AtomicUsize),
    failed: Mutex<Option<Fail>>,
}

impl Kills {
    /// So many kills of each, spread over a day of about so many calls to server and kiosk.
    #[must_use]
    pub fn new(chance: &Chance, kills: usize, server_calls: usize, kiosk_calls: usize) -> Self {
        let moments = |who: &str, calls: usize| {
            // Not before the first twentieth, for the programs have to be there; not after the end.
            let moment = |n| calls / 20 + chance.below(&format!("kill/{who}/{n}"), calls * 9 / 10);
            let mut moments: Vec<u64> = (0..kills).filter_map(|n| u64::try_from(moment(n)).ok()).collect();
            moments.sort_unstable();
            moments
        };
        Self {
            server: moments("server", server_calls),
            kiosk: moments("kiosk", kiosk_calls),
            over: AtomicBool::new(false),
            done: (AtomicUsize::new(0), AtomicUsize::new(0)),
            failed: Mutex::new(None),
        }
    }

    /// Kills both whenever it is time, until [`Kills::stop`]. Runs in a thread of its own.
    pub fn run(&self, stage: &Stage) {
        while !self.over.load(Ordering::SeqCst) {
            let server = due(&self.server, &self.done.0, stage.api.counts().0);
            let kiosk = !server && due(&self.kiosk, &self.done.1, stage.desk.counts().0);
            let result = match (server, kiosk) {
                (true, _) => stage.restart_server(),
                (_, true) => stage.restart_kiosk(),
                _ => {
                    wait::pause(Duration::from_millis(2));
                    Ok(())
                }
            };
            if let Err(fail) = result {
                self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fail);
                return;
            }
        }
    }

    /// Stops killing.
    pub fn stop(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    /// How often server and kiosk were killed.
    ///
    /// # Errors
    /// If one of them did not start again.
    pub fn counts(&self) -> Outcome<(usize, usize)> {
        match self.failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(fail) => Err(Fail::new(format!("after a kill: {fail}"))),
            None => Ok((self.done.0.load(Ordering::SeqCst), self.done.1.load(Ordering::SeqCst))),
        }
    }
}

/// Whether the next moment has come; then it is taken.
fn due(moments: &[u64], done: &AtomicUsize, calls: u64) -> bool {
    let next = moments.get(done.load(Ordering::SeqCst));
    let now = next.is_some_and(|moment| calls >= *moment);
    if now {
        done.fetch_add(1, Ordering::SeqCst);
    }
    now
}
