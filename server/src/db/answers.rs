//! Answers: the content of the events that hold the root over them. Written once, never changed.

use super::conn::Conn;
use super::error::DbResult;
use super::schema::{answers, candidates};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text};
use sha2::{Digest, Sha256};
use shared::log::Hash;
use shared::log::batch::Batch;
use shared::wire::v1::receipt::AnswerLeaf;

/// One saved answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = answers)]
pub struct AnswerRow {
    /// Ticket number.
    pub ticket: String,
    /// Counts the ticket's answers from 1 without gaps.
    pub seq: i64,
    /// Position on the paper from 1.
    pub position: i32,
    /// Letters as shown, sorted, with the salt of the commitment; sealed. No letters: withdrawn.
    pub choice: String,
    /// When it came in, epoch milliseconds.
    pub at: i64,
    /// When it was given by what the seat says, epoch milliseconds, for one that came late.
    pub given_at: Option<i64>,
    /// Position of the event with the root.
    pub batch: i64,
    /// Place among the answers of the batch, from 0.
    pub place: i32,
    /// Salted hash of the letters, hexadecimal.
    pub commitment: String,
}

impl AnswerRow {
    /// The hash of its leaf; a commitment that is none gives a leaf that is in no batch.
    #[must_use]
    pub fn leaf_hash(&self) -> Hash {
        let mut commitment = Hash::default();
        if hex::decode_to_slice(&self.commitment, &mut commitment).is_err() {
            return Hash::default();
        }
        AnswerLeaf {
            ticket: &self.ticket,
            seq: self.seq,
            position: u32::try_from(self.position).unwrap_or(0),
            at: self.at,
            given_at: self.given_at,
            commitment,
            sealed: Sha256::digest(&self.choice).into(),
        }
        .hash()
    }
}

/// The tree over the answers of a batch, which are in their places.
#[must_use]
pub fn tree(rows: &[AnswerRow]) -> Batch {
    Batch::new(rows.iter().map(AnswerRow::leaf_hash).collect())
}

/// Adds the answers of a batch, whatever batch their rows name.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn insert(conn: &mut Conn, batch: i64, rows: &[AnswerRow]) -> DbResult<()> {
    match conn {
        Conn::Sqlite(conn) => {
            // In one process a prepared statement a row is as fast as one for all.
            use answers::dsl;
            for row in rows {
                let values = (
                    dsl::ticket.eq(&row.ticket),
                    dsl::seq.eq(row.seq),
                    dsl::position.eq(row.position),
                    dsl::choice.eq(&row.choice),
                    dsl::at.eq(row.at),
                    dsl::given_at.eq(row.given_at),
                    dsl::batch.eq(batch),
                    dsl::place.eq(row.place),
                    dsl::commitment.eq(&row.commitment),
                );
                diesel::insert_into(answers::table).values(values).execute(conn)?;
            }
        }
        Conn::Postgres(conn) => {
            const ALL: &str = "INSERT INTO answers \
                (batch, ticket, seq, position, choice, at, given_at, place, commitment) \
                SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7, $8, $9)";
            let texts = |of: fn(&AnswerRow) -> &str| rows.iter().map(of).collect::<Vec<_>>();
            let longs = |of: fn(&AnswerRow) -> i64| rows.iter().map(of).collect::<Vec<_>>();
            let ints = |of: fn(&AnswerRow) -> i32| rows.iter().map(of).collect::<Vec<_>>();
            sql_query(ALL)
                .bind::<BigInt, _>(batch)
                .bind::<Array<Text>, _>(texts(|row| &row.ticket))
                .bind::<Array<BigInt>, _>(longs(|row| row.seq))
                .bind::<Array<Integer>, _>(ints(|row| row.position))
                .bind::<Array<Text>, _>(texts(|row| &row.choice))
                .bind::<Array<BigInt>, _>(longs(|row| row.at))
                .bind::<Array<Nullable<BigInt>>, _>(rows.iter().map(|row| row.given_at).collect::<Vec<_>>())
                .bind::<Array<Integer>, _>(ints(|row| row.place))
                .bind::<Array<Text>, _>(texts(|row| &row.commitment))
                .execute(conn)?;
        }
    }
    Ok(())
}

/// Every answer of a ticket in the order saved.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn of_ticket(conn: &mut Conn, ticket: &str) -> DbResult<Vec<AnswerRow>> {
    let own = answers::table.filter(answers::ticket.eq(ticket)).order(answers::seq);
    Ok(own.select(AnswerRow::as_select()).load(conn)?)
}

/// One answer of a ticket.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn one(conn: &mut Conn, ticket: &str, seq: i64) -> DbResult<Option<AnswerRow>> {
    let own = answers::table.filter(answers::ticket.eq(ticket)).filter(answers::seq.eq(seq));
    Ok(own.select(AnswerRow::as_select()).first(conn).optional()?)
}

/// The answers of a batch in their places.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn of_batch(conn: &mut Conn, batch: i64) -> DbResult<Vec<AnswerRow>> {
    let all = answers::table.filter(answers::batch.eq(batch)).order(answers::place);
    Ok(all.select(AnswerRow::as_select()).load(conn)?)
}

/// A question that somebody has answered.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Answered {
    /// Batch of the answer.
    pub batch: i64,
    /// Ticket number.
    pub ticket: String,
    /// Position on the paper from 1.
    pub position: i32,
}

/// What candidates of a session have answered in batches after one, in no particular order; after 0, everything.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn places_since(conn: &mut Conn, session: &str, batch: i64) -> DbResult<Vec<Answered>> {
    let joined = answers::table.inner_join(candidates::table.on(candidates::ticket.eq(answers::ticket)));
    let own = joined.filter(candidates::session.eq(session)).select((
        answers::batch,
        answers::ticket,
        answers::position,
    ));
    // Everything is found by the tickets, what is new by its place at the end.
    if batch == 0 { Ok(own.load(conn)?) } else { Ok(own.filter(answers::batch.gt(batch)).load(conn)?) }
}

/// The batches in which tickets have answers, ascending.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn batches_of(conn: &mut Conn, tickets: &[String]) -> DbResult<Vec<i64>> {
    let of = answers::table.filter(answers::ticket.eq_any(tickets.to_vec()));
    Ok(of.select(answers::batch).distinct().order(answers::batch).load(conn)?)
}
