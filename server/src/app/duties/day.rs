//! Who is on duty on a day, for the centre: names and answers, without the session before its places are told.

use super::posts::Names;
use super::{DutyError, is_sealed};
use crate::app::App;
use crate::app::overview::{Titled, titled};
use crate::app::world::rule_set;
use crate::db::duties as kept;
use serde::Serialize;
use shared::time::Date;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Somebody on duty.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OnDuty {
    /// Staff code.
    pub staff: String,
    /// Name.
    pub name: String,
    /// Word of the duty.
    pub kind: String,
    /// `drawn` or `confirmed`.
    pub state: String,
    /// Session id and place; nothing until they are told.
    pub place: Option<(String, String)>,
    /// The session; nothing until it is told.
    #[serde(skip)]
    pub session: Option<Titled>,
}

/// A post of the day that nobody has.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpenPost {
    /// Session id.
    pub session: String,
    /// Post code.
    pub post: String,
    /// Word of the duty.
    pub kind: String,
}

/// The duties of a day.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct DayDuties {
    /// Everybody on duty, by name and code.
    pub items: Vec<OnDuty>,
    /// The posts that nobody has.
    pub open: Vec<OpenPost>,
}

/// Everybody on duty on a day, and the posts that are open.
///
/// # Errors
/// [`DutyError::Field`] for a text that is no day.
pub fn on_day(app: &App, day: &str) -> Result<DayDuties, DutyError> {
    let now = app.clock.now();
    let day = Date::parse(day).map_err(|_| DutyError::Field { field: "day", why: "a day as YYYY-MM-DD" })?;
    app.db.read(|conn| {
        let mut all = DayDuties::default();
        let mut names = Names::default();
        let mut rules = BTreeMap::new();
        for (duty, session) in kept::posts_on(conn, &day.to_string())? {
            match duty.state.as_str() {
                "open" => {
                    all.open.push(OpenPost { session: session.id, post: duty.post, kind: duty.kind });
                }
                "moved" => {}
                _ => {
                    if !rules.contains_key(&session.rule_set) {
                        rules.insert(session.rule_set.clone(), rule_set(conn, &session.rule_set)?);
                    }
                    let sealed = rules.get(&session.rule_set).is_none_or(|r| is_sealed(&session, r, now));
                    all.items.push(OnDuty {
                        name: names.of(conn, &duty.staff)?,
                        place: (!sealed).then(|| (session.id.clone(), duty.place)),
                        session: if sealed { None } else { Some(titled(conn, session)?) },
                        staff: duty.staff,
                        kind: duty.kind,
                        state: duty.state,
                    });
                }
            }
        }
        all.items.sort_by(|a, b| (&a.name, &a.staff).cmp(&(&b.name, &b.staff)));
        Ok(all)
    })
}
