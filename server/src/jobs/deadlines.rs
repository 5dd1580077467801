//! Deadlines of the theory examination: nobody has to press a button for the time to be up.

use crate::app::App;
use crate::app::theory::{self, TheoryError};

pub use crate::app::theory::StepReport;

/// Ends every sitting whose deadline has passed and records who did not come. Doing it twice changes nothing more.
///
/// # Errors
/// [`TheoryError`] if the database fails.
pub fn step(app: &App) -> Result<StepReport, TheoryError> {
    theory::step(app)
}
