//! Where somebody with an account works: a role names at most one place, and that place has to be there.

use super::{AccountError, field, parse_role};
use crate::db::{Conn, DbError, DbResult, world};
use crate::event::AccountAdded;
use crate::http::access::Role;
use std::collections::HashMap;

/// Kind of place that a role is tied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlaceKind {
    /// An exam point.
    Point,
    /// An entry of the pool of invigilators and examiners.
    Staff,
    /// A training institution or an employer.
    Organisation,
}

/// A place that an account of a role may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its id.
    pub id: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
}

/// Names of all places in Chinese and English.
pub(super) type Names = HashMap<(PlaceKind, String), (String, String)>;

impl PlaceKind {
    /// Which kind of place a role is tied to.
    #[must_use]
    pub const fn of(role: Role) -> Option<Self> {
        match role {
            Role::PointStaff => Some(Self::Point),
            Role::Invigilator | Role::Examiner => Some(Self::Staff),
            Role::TrainingInstitution | Role::Enterprise => Some(Self::Organisation),
            _ => None,
        }
    }

    /// Name of the field.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Staff => "staff",
            Self::Organisation => "organisation",
        }
    }
}

/// The places among which an account of a role can have one; none for a role that has no place.
///
/// # Errors
/// [`DbError`].
pub fn choices(conn: &mut Conn, role: Role) -> DbResult<Vec<Choice>> {
    let organisations = |conn: &mut Conn, kind: &str| -> DbResult<Vec<Choice>> {
        let all = world::organisations(conn)?.into_iter().filter(|o| o.organisation_kind == kind);
        Ok(all.map(|o| Choice { id: o.id, zh: o.name_zh, en: o.name_en }).collect())
    };
    match role {
        Role::PointStaff => {
            let all = world::points(conn)?.into_iter();
            Ok(all.map(|p| Choice { id: p.id, zh: p.name_zh, en: p.name_en }).collect())
        }
        Role::Invigilator | Role::Examiner => {
            let all = world::staff(conn)?.into_iter();
            Ok(all.map(|s| Choice { id: s.code, zh: s.name.clone(), en: s.name }).collect())
        }
        Role::TrainingInstitution => organisations(conn, "training"),
        Role::Enterprise => organisations(conn, "employer"),
        _ => Ok(Vec::new()),
    }
}

/// Names of all places.
pub(super) fn names(conn: &mut Conn) -> DbResult<Names> {
    let mut names = Names::new();
    for p in world::points(conn)? {
        names.insert((PlaceKind::Point, p.id), (p.name_zh, p.name_en));
    }
    for s in world::staff(conn)? {
        names.insert((PlaceKind::Staff, s.code), (s.name.clone(), s.name));
    }
    for o in world::organisations(conn)? {
        names.insert((PlaceKind::Organisation, o.id), (o.name_zh, o.name_en));
    }
    Ok(names)
}

/// The place of an account.
pub(super) fn of(account: &AccountAdded) -> Option<(PlaceKind, &str)> {
    let places = [
        (PlaceKind::Point, &account.point),
        (PlaceKind::Staff, &account.staff),
        (PlaceKind::Organisation, &account.organisation),
    ];
    places.into_iter().find_map(|(kind, id)| Some((kind, id.as_deref()?)))
}

/// The place fits the role: the one kind that belongs to it, and nothing else.
pub(super) fn check(conn: &mut Conn, account: &AccountAdded) -> Result<(), AccountError> {
    let role = parse_role(&account.role)?;
    let wanted = PlaceKind::of(role);
    for (kind, id) in [
        (PlaceKind::Point, &account.point),
        (PlaceKind::Staff, &account.staff),
        (PlaceKind::Organisation, &account.organisation),
    ] {
        match (wanted == Some(kind), id) {
            (false, None) => {}
            (false, Some(_)) => return Err(field(kind.word(), "does not belong to this role")),
            (true, None) => return Err(field(kind.word(), "is needed for this role")),
            (true, Some(id)) => {
                let known = choices(conn, role).map_err(|e: DbError| AccountError::from(e))?;
                if !known.iter().any(|choice| choice.id == *id) {
                    return Err(field(kind.word(), "there is none of this id for this role"));
                }
            }
        }
    }
    Ok(())
}
