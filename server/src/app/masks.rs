//! The one mask of each datum, over sealed data.

use super::App;
use crate::event::Sealed;
use crate::seal::SealError;
use shared::idnumber::IdNumber;
use shared::person::{Name, mask_id_number, mask_name};

/// Mask of a sealed name.
///
/// # Errors
/// [`SealError`]; also if what was sealed is no name.
pub fn name(app: &App, sealed: &Sealed) -> Result<String, SealError> {
    Ok(mask_name(&open_name(app, sealed)?))
}

/// Mask of a sealed identity number.
///
/// # Errors
/// [`SealError`]; also if what was sealed is no identity number.
pub fn id_number(app: &App, sealed: &Sealed) -> Result<String, SealError> {
    Ok(mask_id_number(&open_id_number(app, sealed)?))
}

/// A sealed name. Whoever shows it records the reading.
///
/// # Errors
/// [`SealError`]; also if what was sealed is no name.
pub fn open_name(app: &App, sealed: &Sealed) -> Result<Name, SealError> {
    Name::parse(&app.sealer.open("person.name", sealed)?).map_err(|_| SealError::Broken)
}

/// A sealed identity number. Whoever shows it records the reading.
///
/// # Errors
/// [`SealError`]; also if what was sealed is no identity number.
pub fn open_id_number(app: &App, sealed: &Sealed) -> Result<IdNumber, SealError> {
    IdNumber::parse(&app.sealer.open("person.id_number", sealed)?).map_err(|_| SealError::Broken)
}
