//! The projections of one database beside those that its events make anew in another.

use super::conn::Manager;
use super::error::DbError;
use super::events::{self, EventRow};
use super::project::{self, NOT_PROJECTED, TABLES};
use super::{Conn, Db, DbResult, answers, migrate};
use crate::event::Fact;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::ManageConnection;
use diesel::sql_query;
use diesel::sql_types::{Bool, Text};
use std::collections::BTreeMap;
use std::path::Path;

/// Events read together.
const PAGE: i64 = 500;

/// A row that is not what the events say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// The row's key.
    pub row: String,
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    is_key: bool,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    content: String,
}

/// Applies every event of `db` in an empty database at `scratch` (a path; the file is the caller's to remove), compares
/// every projection row by row, and answers the first that differs. `progress` is told how many events are applied.
///
/// # Errors
/// [`DbError`] if either cannot be read, or an event cannot be applied.
pub fn first_difference(db: &Db, scratch: &Path, progress: &dyn Fn(i64)) -> DbResult<Option<Difference>> {
    let url = scratch.to_string_lossy().into_owned();
    migrate::migrate(&url)?;
    let mut anew = Manager::new(&url).connect()?;
    // Nothing of it has to outlive this call.
    anew.batch_execute("PRAGMA synchronous = OFF; BEGIN")?;
    if let Some(bad) = apply_all(db, &mut anew, progress)? {
        return Ok(Some(bad));
    }
    if let Some(bad) = stray_answer(db, &mut anew)? {
        return Ok(Some(bad));
    }
    for table in TABLES.into_iter().filter(|table| !NOT_PROJECTED.contains(table)) {
        let query = dump_of(&mut anew, table)?;
        let (should, is) = (lines(&mut anew, &query)?, db.read(|conn| lines(conn, &query))?);
        let differs = |(row, line): &(&String, &String)| is.get(*row) != Some(*line);
        let wrong = should.iter().find(differs).map(|(row, _)| row);
        let wrong = wrong.or_else(|| is.keys().find(|row| !should.contains_key(*row)));
        if let Some(row) = wrong {
            return Ok(Some(Difference { table, row: row.clone() }));
        }
    }
    Ok(None)
}

fn apply_all(db: &Db, anew: &mut Conn, progress: &dyn Fn(i64)) -> DbResult<Option<Difference>> {
    let mut next = 1;
    loop {
        let rows: Vec<EventRow> = db.read(|conn| events::page(conn, next, PAGE))?;
        let Some(last) = rows.last() else { return Ok(None) };
        next = last.seq + 1;
        for row in &rows {
            let fact: Fact = serde_json::from_str(&row.body).map_err(|e| DbError::corrupt("event", e))?;
            if let Fact::AnswersSaved(saved) = &fact {
                let content = db.read(|conn| answers::of_batch(conn, row.seq))?;
                if hex::encode(answers::tree(&content).root()) != saved.root {
                    return Ok(Some(Difference { table: "answers", row: format!("batch {}", row.seq) }));
                }
                answers::insert(anew, row.seq, &content)?;
            }
            project::apply(anew, row, &fact)?;
        }
        progress(next - 1);
    }
}

/// An answer that is in no batch; those that are were compared with the roots.
fn stray_answer(db: &Db, anew: &mut Conn) -> DbResult<Option<Difference>> {
    let query = dump_of(anew, "answers")?;
    let (should, is) = (lines(anew, &query)?, db.read(|conn| lines(conn, &query))?);
    let stray = is.into_keys().find(|row| !should.contains_key(row));
    Ok(stray.map(|row| Difference { table: "answers", row }))
}

/// A query that gives each row's key and everything in it as text, the same on both databases: texts behind their length,
/// truth as 1 and 0.
fn dump_of(anew: &mut Conn, table: &str) -> DbResult<String> {
    let columns: Vec<Column> = sql_query(format!(
        "SELECT name, upper(type) AS kind, pk > 0 AS is_key FROM pragma_table_info('{table}') ORDER BY cid"
    ))
    .load(anew)?;
    let value = |column: &Column| {
        let Column { name, kind, .. } = column;
        if kind == "BOOLEAN" {
            format!("CASE WHEN \"{name}\" IS NULL THEN '-' WHEN \"{name}\" THEN '1' ELSE '0' END")
        } else {
            format!("coalesce(length(cast(\"{name}\" AS TEXT)) || ':' || cast(\"{name}\" AS TEXT), '-')")
        }
    };
    let key = |column: &Column| format!("cast(\"{}\" AS TEXT)", column.name);
    let joined = |parts: Vec<String>, between: &str| parts.join(&format!(" || '{between}' || "));
    let keys = joined(columns.iter().filter(|c| c.is_key).map(key).collect(), "/");
    let all = joined(columns.iter().map(value).collect(), " ");
    Ok(format!("SELECT {keys} AS key, {all} AS content FROM {table}"))
}

fn lines(conn: &mut Conn, query: &str) -> DbResult<BTreeMap<String, String>> {
    let lines: Vec<Line> = sql_query(query).load(conn)?;
    Ok(lines.into_iter().map(|line| (line.key, line.content)).collect())
}
