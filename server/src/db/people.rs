//! Persons and their registrations.

use super::schema::{candidates, persons, registrations};
use super::world::json;
use super::{Conn, DbResult};
use crate::event::RegistrationAdded;
use diesel::prelude::*;
use std::collections::HashSet;

/// A person as stored; everything personal is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = persons)]
pub struct PersonRow {
    /// Person id.
    pub id: String,
    /// Keyed hash of the identity number.
    pub id_index: String,
    /// Identity number, sealed as `person.id_number`.
    pub id_number: String,
    /// Name, sealed as `person.name`.
    pub name: String,
    /// Telephone, sealed as `person.phone`.
    pub phone: Option<String>,
}

/// Which registrations are asked for; `None` does not restrict.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// Trade id.
    pub trade: Option<String>,
    /// Training institution.
    pub institution: Option<String>,
    /// Employer.
    pub employer: Option<String>,
}

/// A person by id.
///
/// # Errors
/// [`super::DbError`].
pub fn person(conn: &mut Conn, id: &str) -> DbResult<Option<PersonRow>> {
    Ok(persons::table.find(id).select(PersonRow::as_select()).first(conn).optional()?)
}

/// A person by the keyed hash of the identity number.
///
/// # Errors
/// [`super::DbError`].
pub fn person_by_index(conn: &mut Conn, id_index: &str) -> DbResult<Option<PersonRow>> {
    let found = persons::table.filter(persons::id_index.eq(id_index)).select(PersonRow::as_select());
    Ok(found.first(conn).optional()?)
}

/// A registration by id.
///
/// # Errors
/// [`super::DbError`].
pub fn registration(conn: &mut Conn, id: &str) -> DbResult<Option<RegistrationAdded>> {
    let body: Option<String> =
        registrations::table.find(id).select(registrations::body).first(conn).optional()?;
    body.map(|b| json("registration", &b)).transpose()
}

/// Registrations of a person for a trade, oldest first.
///
/// # Errors
/// [`super::DbError`].
pub fn registrations_of(conn: &mut Conn, person: &str, trade: &str) -> DbResult<Vec<RegistrationAdded>> {
    let own =
        registrations::table.filter(registrations::person.eq(person)).filter(registrations::trade.eq(trade));
    let bodies: Vec<String> = own.order(registrations::id).select(registrations::body).load(conn)?;
    bodies.iter().map(|b| json("registration", b)).collect()
}

/// Whether a registration is still to be used: nobody sat on it yet, or its examination has not ended.
///
/// # Errors
/// [`super::DbError`].
pub fn is_open(conn: &mut Conn, registration: &str) -> DbResult<bool> {
    let of = candidates::table.filter(candidates::registration.eq(registration));
    let outcomes: Vec<String> = of.select(candidates::outcome).load(conn)?;
    let going_on = |outcome: &String| matches!(outcome.as_str(), "pending" | "theory_passed");
    Ok(outcomes.is_empty() || outcomes.iter().any(going_on))
}

/// Registrations whose examination is still to come, goes on or was passed: they need no further place.
///
/// # Errors
/// [`super::DbError`].
pub fn placed(conn: &mut Conn) -> DbResult<HashSet<String>> {
    let placed = candidates::table.filter(candidates::outcome.eq_any(["pending", "theory_passed", "passed"]));
    let found: Vec<String> = placed.select(candidates::registration).load(conn)?;
    Ok(found.into_iter().collect())
}

/// Everybody, by id.
///
/// # Errors
/// [`super::DbError`].
pub fn persons(conn: &mut Conn) -> DbResult<Vec<PersonRow>> {
    Ok(persons::table.order(persons::id).select(PersonRow::as_select()).load(conn)?)
}

/// All registrations of a person, oldest first.
///
/// # Errors
/// [`super::DbError`].
pub fn all_registrations_of(conn: &mut Conn, person: &str) -> DbResult<Vec<RegistrationAdded>> {
    let own = registrations::table.filter(registrations::person.eq(person));
    let bodies: Vec<String> = own.order(registrations::id).select(registrations::body).load(conn)?;
    bodies.iter().map(|b| json("registration", b)).collect()
}

/// Ticket, registration and outcome of each examination of a person, by ticket.
///
/// # Errors
/// [`super::DbError`].
pub fn tickets_of(conn: &mut Conn, person: &str) -> DbResult<Vec<(String, String, String)>> {
    let own = candidates::table.filter(candidates::person.eq(person)).order(candidates::ticket);
    Ok(own.select((candidates::ticket, candidates::registration, candidates::outcome)).load(conn)?)
}

/// A page of registrations by id with the persons behind them, and how many there are in all.
///
/// # Errors
/// [`super::DbError`].
pub fn registrations_page(
    conn: &mut Conn,
    which: &Which,
    offset: i64,
    length: i64,
) -> DbResult<(Vec<(RegistrationAdded, PersonRow)>, i64)> {
    let select = || {
        let mut query = registrations::table
            .inner_join(persons::table.on(registrations::person.eq(persons::id)))
            .into_boxed();
        if let Some(trade) = &which.trade {
            query = query.filter(registrations::trade.eq(trade.clone()));
        }
        if let Some(institution) = &which.institution {
            query = query.filter(registrations::institution.eq(institution.clone()));
        }
        if let Some(employer) = &which.employer {
            query = query.filter(registrations::employer.eq(employer.clone()));
        }
        query
    };
    let page = select().order(registrations::id).offset(offset).limit(length);
    let rows: Vec<(String, PersonRow)> =
        page.select((registrations::body, PersonRow::as_select())).load(conn)?;
    let items = rows.into_iter().map(|(body, person)| Ok((json("registration", &body)?, person)));
    let items = items.collect::<DbResult<_>>()?;
    Ok((items, select().count().get_result(conn)?))
}

/// The next person id: ids count in the order of arrival, so that the same world gives the same ids.
///
/// # Errors
/// [`super::DbError`].
pub fn next_person(conn: &mut Conn) -> DbResult<String> {
    let last: Option<String> = persons::table.select(diesel::dsl::max(persons::id)).first(conn)?;
    Ok(after("person", last.as_deref()))
}

/// The next registration id; see [`next_person`].
///
/// # Errors
/// [`super::DbError`].
pub fn next_registration(conn: &mut Conn) -> DbResult<String> {
    let last: Option<String> =
        registrations::table.select(diesel::dsl::max(registrations::id)).first(conn)?;
    Ok(after("registration", last.as_deref()))
}

/// Eight digits keep the order of numbers and of texts the same.
fn after(prefix: &str, last: Option<&str>) -> String {
    let number = last.and_then(|id| id.rsplit('-').next()).and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
    format!("{prefix}-{:08}", number.saturating_add(1))
}
