//! Salts of the pool: by his own each member finds his code in draws of staff, and nobody else finds it.

use super::ceremony::{Hall, HoldError};
use crate::db::{Conn, DbError, draws as rows};
use crate::event::{Fact, Sealed, StaffSalted};
use crate::seal::Sealer;
use std::collections::BTreeMap;

/// Gives somebody who joins the pool a salt. Who has one keeps it.
///
/// # Errors
/// [`HoldError`] without a database or random numbers.
pub(super) fn give(conn: &mut Conn, hall: &Hall, staff: &str) -> Result<(), HoldError> {
    if rows::has_salt(conn, staff)? { Ok(()) } else { new(conn, hall, staff).map(drop) }
}

/// The salts of these people; who has none gets one.
///
/// # Errors
/// [`HoldError`] as for [`give`].
pub(super) fn of<'a>(
    conn: &mut Conn,
    hall: &Hall,
    people: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<String, Vec<u8>>, HoldError> {
    let mut salts = known(conn, &hall.sealer)?;
    let mut wanted = BTreeMap::new();
    for staff in people {
        let salt = match salts.remove(staff) {
            Some(salt) => salt,
            None => new(conn, hall, staff)?,
        };
        wanted.insert(staff.to_owned(), salt);
    }
    Ok(wanted)
}

/// Every salt that was given, by staff code.
///
/// # Errors
/// [`HoldError`] as for [`give`].
pub(super) fn known(conn: &mut Conn, sealer: &Sealer) -> Result<BTreeMap<String, Vec<u8>>, HoldError> {
    let open = |(staff, sealed): (String, String)| {
        let text = sealer.open("staff.salt", &Sealed(sealed))?;
        Ok((staff, hex::decode(text).map_err(|e| DbError::corrupt("salt", e))?))
    };
    rows::salts(conn)?.into_iter().map(open).collect()
}

fn new(conn: &mut Conn, hall: &Hall, staff: &str) -> Result<Vec<u8>, HoldError> {
    let salt = hall.entropy.draw_secret(&format!("staff-salt-{staff}"))?;
    let sealed = hall.sealer.seal("staff.salt", &hex::encode(salt))?;
    hall.append(conn, Fact::StaffSalted(StaffSalted { staff: staff.to_owned(), salt: sealed }))?;
    Ok(salt.to_vec())
}
