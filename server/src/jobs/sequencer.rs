//! Gives events their place in the log, and writes the log's files: nobody who writes an event waits for it.

use crate::app::App;
use crate::app::log::{self, LogError};

/// Takes in what has been written since the last round, in batches, until nothing is left; then the files follow.
///
/// # Errors
/// [`LogError`]; the next round goes on where this one stopped.
pub fn step(app: &App) -> Result<(), LogError> {
    while log::integrate(app)? == log::Integrated::More {}
    log::publish(app)
}
