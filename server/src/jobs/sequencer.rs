//! Gives events their place in the log: nobody who writes an event waits for it.

use crate::app::App;
use crate::app::log::{self, LogError};

/// Takes in what has been written since the last round, in batches, until nothing is left.
///
/// # Errors
/// [`LogError`]; the next round goes on where this one stopped.
pub fn step(app: &App) -> Result<(), LogError> {
    while log::integrate(app)? == log::Integrated::More {}
    Ok(())
}
