//! The hand-in slip (交卷单): what an examinee takes away, so that what is graded can be shown to be what was handed in. The
//! hash of the answers on it stands in the event of the end, and the event in the log.

use super::seat::masked;
use super::{TheoryError, exam, examinee};
use crate::app::App;
use crate::db::log::last;
use crate::db::sessions::SittingRow;
use crate::db::{Conn, DbError, theory as rows, world as tables};
use crate::pdf::Rendered;
use crate::pdf::slip::{Slip, render};
use shared::time::Instant;

/// What the log has of a slip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// Ticket number.
    pub ticket: String,
    /// `handed_in` or `timed_out`.
    pub how: String,
    /// When, epoch milliseconds.
    pub ended_at: i64,
    /// Questions answered.
    pub answered: u32,
    /// Number of the event with the hash.
    pub event: i64,
    /// Whether the event is in the signed tree already.
    pub in_the_log: bool,
}

/// The slip as a document, for who has its number and hash; nothing where they do not belong together. `site` is where the
/// server was called, `https://host`.
///
/// # Errors
/// [`TheoryError`] if it cannot be read; [`TheoryError::Pdf`] without a face to write with.
pub fn slip_pdf(app: &App, ticket: &str, hash: &str, site: &str) -> Result<Option<Rendered>, TheoryError> {
    let slip = app.db.read(|conn| {
        let Some(sitting) = rows::sitting(conn, ticket)? else { return Ok(None) };
        let end = End::of(&sitting).filter(|end| end.is(hash));
        end.map(|end| of(conn, app, ticket, &sitting, &end, site)).transpose()
    })?;
    Ok(slip.map(|slip| render(&slip)).transpose()?)
}

/// Whether a slip says what the system graded; nothing where it does not. Whoever asks needs both the number and the whole
/// hash, and is told nothing else about the person.
///
/// # Errors
/// [`TheoryError`] if it cannot be read.
pub fn prove(app: &App, ticket: &str, hash: &str) -> Result<Option<Proven>, TheoryError> {
    app.db.read(|conn| {
        let Some(sitting) = rows::sitting(conn, ticket)? else { return Ok(None) };
        let Some(end) = End::of(&sitting).filter(|end| end.is(hash)) else {
            return Ok(None);
        };
        let size = last(conn)?.map_or(0, |row| row.size);
        Ok(Some(Proven {
            ticket: ticket.to_owned(),
            how: end.how.to_owned(),
            ended_at: end.at,
            answered: end.answered,
            event: end.event,
            in_the_log: end.event <= size,
        }))
    })
}

/// How a sitting ended that was handed in, by the person or by the clock.
struct End<'a> {
    how: &'a str,
    at: i64,
    answered: u32,
    hash: &'a str,
    event: i64,
}

impl<'a> End<'a> {
    fn of(sitting: &'a SittingRow) -> Option<Self> {
        let how = sitting.how.as_deref().filter(|how| matches!(*how, "handed_in" | "timed_out"))?;
        let answered = u32::try_from(sitting.answered?).ok()?;
        let hash = sitting.answers_hash.as_deref()?;
        Some(Self { how, at: sitting.ended_at?, answered, hash, event: sitting.ended_in? })
    }

    fn is(&self, hash: &str) -> bool {
        self.hash.eq_ignore_ascii_case(hash)
    }
}

fn of(
    conn: &mut Conn,
    app: &App,
    ticket: &str,
    sitting: &SittingRow,
    end: &End<'_>,
    site: &str,
) -> Result<Slip, TheoryError> {
    let who = examinee(conn, ticket)?;
    let session = exam(conn, &who.session)?;
    let (name_masked, id_masked) = masked(conn, app, &who)?;
    let trade = tables::trade_record(conn, &session.trade)?;
    let trade = trade.ok_or_else(|| DbError::corrupt("trade", &session.trade))?;
    let point = tables::point(conn, &session.point)?;
    Ok(Slip {
        ticket: ticket.to_owned(),
        name_masked,
        id_masked,
        trade: (trade.name_zh, trade.name_en),
        session: session.id,
        point: point.map(|point| (point.name_zh, point.name_en)).unwrap_or_default(),
        room: who.room.unwrap_or_default(),
        seat: who.seat.and_then(|seat| u32::try_from(seat).ok()),
        entered_at: Instant::from_millis(sitting.entered_at),
        ended_at: Instant::from_millis(end.at),
        timed_out: end.how == "timed_out",
        answered: end.answered,
        hash: end.hash.to_owned(),
        event: end.event,
        address: format!("{site}/slip?ticket={ticket}&hash={}", end.hash),
    })
}
