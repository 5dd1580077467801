//! What must be stopped when we are stopped: programs and databases that would otherwise go on alone.

use crate::fail::{Context, Outcome};
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

static LEFT: Mutex<BTreeMap<u64, Vec<String>>> = Mutex::new(BTreeMap::new());
static NEXT: AtomicU64 = AtomicU64::new(1);

/// A promise that a command is run if the program is interrupted; dropped, the promise is gone.
#[derive(Debug)]
pub struct OnInterrupt(u64);

/// Has `command` run if somebody presses Ctrl-C from now on.
#[must_use]
pub fn on_interrupt(command: &[&str]) -> OnInterrupt {
    let number = NEXT.fetch_add(1, Ordering::SeqCst);
    lock().insert(number, command.iter().map(|&word| word.to_owned()).collect());
    OnInterrupt(number)
}

/// Listens to Ctrl-C: runs what was promised, the last first, and ends with status 130.
///
/// # Errors
/// If the signal cannot be caught.
pub fn listen() -> Outcome<()> {
    ctrlc::set_handler(|| {
        run_all();
        std::process::exit(130);
    })
    .or_fail("Ctrl-C cannot be caught")
}

/// Runs what was promised.
pub fn run_all() {
    let left = std::mem::take(&mut *lock());
    for command in left.into_values().rev() {
        if let Some((program, arguments)) = command.split_first() {
            let _ = Command::new(program)
                .args(arguments)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
        }
    }
}

fn lock() -> MutexGuard<'static, BTreeMap<u64, Vec<String>>> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for OnInterrupt {
    fn drop(&mut self) {
        lock().remove(&self.0);
    }
}
