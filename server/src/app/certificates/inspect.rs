//! What an inspector finds out about certificates: one by its number, or those that a search finds. He is known, so that
//! the name need not be told; what he looks up by number is recorded.

use super::CertificateError;
use super::public::{Answer, Checked, Standing};
use crate::app::auth::Person;
use crate::app::{App, masks};
use crate::db::certificates::{self as rows, Issued};
use crate::db::{Conn, world};
use crate::event::TradeLoaded;
use shared::ids::CertificateId;
use shared::time::Date;

/// Which certificates are looked for; empty texts do not restrict.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Part of the number.
    pub number: String,
    /// Trade id.
    pub trade: String,
    /// Word of [`Standing`].
    pub standing: String,
}

/// Checks a certificate by its number alone. The reading is recorded.
///
/// # Errors
/// [`CertificateError`].
pub fn check(app: &App, person: &Person, number: &str) -> Result<Answer, CertificateError> {
    let Ok(id) = CertificateId::parse(number.trim()) else { return Ok(Answer::NotFound) };
    let found = app.db.read(|conn| {
        let Some(issued) = rows::find(conn, id.as_str())? else { return Ok(None) };
        let trade = world::trade_record(conn, &issued.row.trade)?;
        Ok::<_, CertificateError>(Some((issued, trade)))
    })?;
    let Some((issued, trade)) = found else { return Ok(Answer::NotFound) };
    let checked = checked(app, issued, trade.as_ref())?;
    super::record(app, person, id.as_str())?;
    Ok(Answer::Found(checked))
}

/// A page of the certificates that a search finds, by number, and how many there are. Names are masked.
///
/// # Errors
/// [`CertificateError`].
pub fn search(
    app: &App,
    wanted: &Search,
    (offset, length): (usize, usize),
) -> Result<(Vec<Checked>, usize), CertificateError> {
    app.db.read(|conn| {
        let today = app.clock.now().date_in_china();
        let number = wanted.number.trim().to_lowercase();
        let mut found = Vec::new();
        for issued in rows::all(conn, None, None)? {
            let row = &issued.row;
            let fits = row.id.to_lowercase().contains(&number)
                && (wanted.trade.is_empty() || row.trade == wanted.trade)
                && (wanted.standing.is_empty() || standing(&issued, today)?.word() == wanted.standing);
            if fits {
                found.push(issued);
            }
        }
        let total = found.len();
        let trades = trades(conn)?;
        let page = found.into_iter().skip(offset).take(length);
        let page = page.map(|issued| {
            let trade = trades.iter().find(|t| t.id == issued.row.trade);
            checked(app, issued, trade)
        });
        Ok((page.collect::<Result<_, _>>()?, total))
    })
}

fn trades(conn: &mut Conn) -> Result<Vec<TradeLoaded>, CertificateError> {
    Ok(world::trades(conn)?)
}

fn days(issued: &Issued) -> Result<((Date, Date), Option<Date>), CertificateError> {
    let valid = (Date::parse(&issued.row.valid_from)?, Date::parse(&issued.row.valid_to)?);
    Ok((valid, issued.row.review_due.as_deref().map(Date::parse).transpose()?))
}

fn standing(issued: &Issued, today: Date) -> Result<Standing, CertificateError> {
    let (valid, review_due) = days(issued)?;
    Ok(Standing::on(today, valid, review_due))
}

fn checked(app: &App, issued: Issued, trade: Option<&TradeLoaded>) -> Result<Checked, CertificateError> {
    let (valid, review_due) = days(&issued)?;
    let today = app.clock.now().date_in_china();
    Ok(Checked {
        name: masks::name(app, &issued.name)?,
        trade: trade.map_or_else(
            || (issued.row.trade.clone(), issued.row.trade.clone()),
            |t| (t.name_zh.clone(), t.name_en.clone()),
        ),
        certificate: issued.row.id,
        valid,
        review_due,
        standing: Standing::on(today, valid, review_due),
    })
}
