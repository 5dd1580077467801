//! Power cuts: the server and the kiosk are killed at seeded moments in every act of the day and started again.

use super::acts::Act;
use super::play::Stage;
use crate::fail::{Fail, Outcome};
use crate::random::Chance;
use crate::wait;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A kill comes at most so many milliseconds after the call at which it is due, so that it strikes while work is done.
const DELAY_MS: usize = 60;
/// The same where an act is a few calls that are over soon.
const SHORT_DELAY_MS: usize = 12;
/// So many calls are few.
const FEW: usize = 5;

/// When a program is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Moment {
    /// In which act, from 0.
    act: usize,
    /// After how many calls of the act.
    calls: usize,
    /// And so many milliseconds.
    delay_ms: usize,
}

/// The killer.
#[derive(Debug)]
pub struct Kills {
    acts: [Act; 16],
    server: Vec<Moment>,
    kiosk: Vec<Moment>,
    over: AtomicBool,
    done: (AtomicUsize, AtomicUsize),
    failed: Mutex<Option<Fail>>,
    /// Kills by the step in which they struck, in the order of the day.
    struck: Mutex<Vec<(String, usize)>>,
}

impl Kills {
    /// So many kills of each program, shared out among the acts that call it.
    #[must_use]
    pub fn new(chance: &Chance, kills: usize, acts: [Act; 16]) -> Self {
        Self {
            server: moments(chance, "server", kills, &acts, |act| act.server),
            kiosk: moments(chance, "kiosk", kills, &acts, |act| act.kiosk),
            acts,
            over: AtomicBool::new(false),
            done: (AtomicUsize::new(0), AtomicUsize::new(0)),
            failed: Mutex::new(None),
            struck: Mutex::new(Vec::new()),
        }
    }

    /// Kills both whenever it is time, until [`Kills::stop`]. Runs in a thread of its own.
    pub fn run(&self, stage: &Stage) {
        while !self.over.load(Ordering::SeqCst) {
            let result = match self.due(stage) {
                Some((server, delay)) => {
                    wait::pause(delay);
                    self.note(stage.progress().step);
                    if server { stage.restart_server() } else { stage.restart_kiosk() }
                }
                None => {
                    wait::pause(Duration::from_millis(1));
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

    /// Where the kills struck, in words: `register candidates 2, import the question bank 2 …`.
    #[must_use]
    pub fn struck(&self) -> String {
        let struck = self.struck.lock().unwrap_or_else(PoisonError::into_inner);
        struck.iter().map(|(step, times)| format!("{step} {times}")).collect::<Vec<_>>().join(", ")
    }

    fn note(&self, step: String) {
        let mut struck = self.struck.lock().unwrap_or_else(PoisonError::into_inner);
        match struck.iter_mut().find(|(known, _)| *known == step) {
            Some((_, times)) => *times += 1,
            None => struck.push((step, 1)),
        }
    }

    /// The kill for which it is time, whether it is the server's, and after which delay; then it is taken.
    fn due(&self, stage: &Stage) -> Option<(bool, Duration)> {
        let now = stage.progress();
        let act = self.acts.iter().position(|act| now.step.contains(act.word))?;
        let next = |moments: &[Moment], done: &AtomicUsize, calls: usize| {
            let moment = *moments.get(done.load(Ordering::SeqCst))?;
            // Of several sessions each has its acts again: a moment that was missed comes with the next act.
            let time = moment.act < act || (moment.act == act && moment.calls <= calls);
            time.then(|| {
                done.fetch_add(1, Ordering::SeqCst);
                Duration::from_millis(u64::try_from(moment.delay_ms).unwrap_or(0))
            })
        };
        if let Some(delay) = next(&self.server, &self.done.0, now.server) {
            return Some((true, delay));
        }
        let running = act >= self.acts.iter().position(|act| act.kiosk > 0)?;
        let delay = running.then(|| next(&self.kiosk, &self.done.1, now.kiosk)).flatten()?;
        Some((false, delay))
    }
}

/// Each act gets its share in turn, and in it a call and a delay by lot.
fn moments(
    chance: &Chance,
    who: &str,
    kills: usize,
    acts: &[Act],
    calls: impl Fn(&Act) -> usize,
) -> Vec<Moment> {
    let open: Vec<(usize, usize)> =
        acts.iter().map(&calls).enumerate().filter(|(_, calls)| *calls > 0).collect();
    let moment = |(n, (act, calls)): (usize, &(usize, usize))| Moment {
        act: *act,
        calls: 1 + chance.below(&format!("kill/{who}/{n}/call"), *calls),
        delay_ms: chance
            .below(&format!("kill/{who}/{n}/delay"), if *calls > FEW { DELAY_MS } else { SHORT_DELAY_MS }),
    };
    let mut moments: Vec<Moment> = (0..kills).zip(open.iter().cycle()).map(moment).collect();
    moments.sort_unstable();
    moments
}

#[cfg(test)]
mod tests {
    use super::super::acts::acts;
    use super::*;

    #[test]
    fn every_act_that_calls_a_program_gets_its_share_of_the_kills() {
        let acts = acts(60, 20);
        let kills = Kills::new(&Chance::new("a"), 20, acts);
        assert_eq!((kills.server.len(), kills.kiosk.len()), (20, 20));
        for (at, act) in acts.iter().enumerate() {
            let struck = kills.server.iter().filter(|m| m.act == at).count();
            assert_eq!(struck > 0, act.server > 0, "{}", act.word);
            assert!(kills.server.iter().filter(|m| m.act == at).all(|m| m.calls <= act.server));
        }
        assert!(kills.server.is_sorted() && kills.kiosk.is_sorted());
        assert_eq!(
            kills.server,
            Kills::new(&Chance::new("a"), 20, acts).server,
            "the same text, the same kills"
        );
        assert_ne!(kills.server, Kills::new(&Chance::new("b"), 20, acts).server);
    }
}
