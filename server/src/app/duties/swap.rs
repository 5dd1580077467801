//! Two people exchange their posts by hand: one person of the staff proposes it with a reason, another agrees, no hard
//! rule stands against it, and everybody can read of it.

use super::{DutyError, Table, is_sealed, reason};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::once::Once;
use crate::db::{duties as kept, events};
use crate::entropy::new_id;
use crate::event::{Actor, Event, Fact, SwapDecided, SwapProposed};
use serde::{Deserialize, Serialize};
use shared::assignment::PostCode;
use shared::assignment::standin::may_swap;
use shared::time::Instant;
use utoipa::ToSchema;

/// Two posts are to be exchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwapOrder {
    /// One post.
    pub one: String,
    /// The other.
    pub other: String,
    /// Why, 1 to 200 characters; everybody can read it.
    pub reason: String,
}

/// What the second person says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideOrder {
    /// Whether the two exchange their posts.
    pub agree: bool,
}

/// A swap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SwapView {
    /// Its id.
    pub swap: String,
    /// `proposed`, `agreed` or `refused`.
    pub state: String,
}

/// Proposes that two people exchange their posts.
///
/// # Errors
/// [`DutyError::Swap`] names the rule that stands against it; [`DutyError::State`] while it is sealed who has which post,
/// and once the examination has begun.
pub fn propose(
    app: &App,
    person: &Person,
    session: &str,
    order: SwapOrder,
    once: Option<Once>,
) -> Result<SwapView, DutyError> {
    let (now, actor) = (app.clock.now(), Actor::Account(person.account.clone()));
    let (person, session, swap) = (person.clone(), session.to_owned(), new_id("W")?);
    let why = reason(&order.reason)?;
    app.write_once(once, move |conn| {
        let table = Table::load(conn, &session)?;
        table.admit(&person)?;
        let staff = table.check(now, &order.one, &order.other)?;
        let proposed = SwapProposed {
            swap: swap.clone(),
            session: session.clone(),
            posts: [order.one.clone(), order.other.clone()],
            staff,
            reason: why.clone(),
        };
        let event = Event::new(now, actor.clone(), Fact::SwapProposed(proposed));
        events::append(conn, &event.under(table.rules.id.as_str()))?;
        Ok(SwapView { swap: swap.clone(), state: "proposed".to_owned() })
    })
}

/// Agrees to a swap that somebody else proposed, or refuses it.
///
/// # Errors
/// [`DutyError::SamePerson`]; [`DutyError::State`] if it was decided or the posts have changed hands since.
pub fn decide(
    app: &App,
    person: &Person,
    swap: &str,
    order: DecideOrder,
    once: Option<Once>,
) -> Result<SwapView, DutyError> {
    let (now, actor) = (app.clock.now(), Actor::Account(person.account.clone()));
    let (person, swap) = (person.clone(), swap.to_owned());
    app.write_once(once, move |conn| {
        let row = kept::swap(conn, &swap)?.ok_or_else(|| DutyError::SwapUnknown(swap.clone()))?;
        let table = Table::load(conn, &row.session)?;
        table.admit(&person)?;
        if row.state != "proposed" {
            return Err(DutyError::State("this swap was decided already"));
        }
        if row.proposed_by == person.account && order.agree {
            return Err(DutyError::SamePerson);
        }
        let staff = [row.staff_a.clone(), row.staff_b.clone()];
        if order.agree && table.check(now, &row.post_a, &row.post_b)? != staff {
            return Err(DutyError::State(
                "the posts have changed hands since; refuse this swap and propose anew",
            ));
        }
        let decided = SwapDecided {
            swap: swap.clone(),
            session: row.session.clone(),
            agreed: order.agree,
            posts: [row.post_a.clone(), row.post_b.clone()],
            staff,
            reason: row.reason,
        };
        let event = Event::new(now, actor.clone(), Fact::SwapDecided(decided));
        events::append(conn, &event.under(table.rules.id.as_str()))?;
        let state = if order.agree { "agreed" } else { "refused" };
        Ok(SwapView { swap: swap.clone(), state: state.to_owned() })
    })
}

impl Table {
    /// Who has the two posts, if they may exchange them now.
    fn check(&self, now: Instant, one: &str, other: &str) -> Result<[String; 2], DutyError> {
        if is_sealed(&self.session, &self.rules, now) {
            return Err(DutyError::State("it is not told yet who has which post"));
        }
        if self.session.starts_at <= now.millis() {
            return Err(DutyError::State("the examination has begun"));
        }
        let code = |post: &str| PostCode::parse(post).map_err(|_| DutyError::PostUnknown(post.to_owned()));
        may_swap(&self.matrix, &self.id, &self.standings(), (&code(one)?, &code(other)?))?;
        Ok([self.held(one)?.0.staff.clone(), self.held(other)?.0.staff.clone()])
    }
}
