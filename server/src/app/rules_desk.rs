//! Rule sets beside one another, value by value, with source and trust; and the years whose calendar is published.

use super::App;
use super::overview::Named;
use super::world::{WorldError, rule_set};
use crate::db::{DbError, sessions, world as tables};
use serde::Deserialize;
use shared::time::Date;
use shared::wire::rule_notes::{Note, Source, notes};
use std::collections::{BTreeMap, HashMap};

/// Sessions of a rule set that are named.
const EXAMPLES: usize = 3;

/// A rule set.
#[derive(Debug, Clone)]
pub struct RuleColumn {
    /// `place@version`.
    pub id: String,
    /// Its name.
    pub name: Named,
    /// First day in force.
    pub from: Date,
    /// Whether it is in force today.
    pub in_force: bool,
    /// SHA-256 of its text.
    pub hash: String,
    /// Sessions that are bound to it.
    pub sessions: usize,
    /// The latest of them: id and day.
    pub latest: Vec<(String, String)>,
}

/// A value in one rule set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The value.
    pub value: String,
    /// Where it comes from, and how sure that is.
    pub source: Option<Source>,
}

/// A value in all rule sets that are compared.
#[derive(Debug, Clone)]
pub struct RuleRow {
    /// Its key.
    pub key: String,
    /// In the order of the rule sets; none where one does not have it.
    pub cells: Vec<Option<Cell>>,
    /// Whether the rule sets say different things.
    pub differs: bool,
    /// Whether they say the same with the same source and trust.
    pub same: bool,
}

/// A part of the rules, for one trade where it speaks of one.
#[derive(Debug, Clone)]
pub struct RulePart {
    /// Its section.
    pub section: String,
    /// Trade; none where it is for all that no other part names.
    pub trade: Option<Named>,
    /// Whether the section has a part for each of several trades.
    pub list: bool,
    /// Its values.
    pub rows: Vec<RuleRow>,
}

/// Rule sets side by side.
#[derive(Debug, Clone)]
pub struct Compared {
    /// Those that are compared.
    pub columns: Vec<RuleColumn>,
    /// The values.
    pub parts: Vec<RulePart>,
    /// Values that differ.
    pub different: usize,
}

/// A year of the official calendar.
#[derive(Debug, Clone)]
pub struct YearLine {
    /// The year.
    pub year: i32,
    /// Days off that follow one another: first and last.
    pub off: Vec<(Date, Date)>,
    /// Weekend days that are worked.
    pub work: Vec<Date>,
    /// The notice.
    pub source: String,
    /// Whether it is published.
    pub published: bool,
}

/// All rule sets, those for everywhere first, then by id.
///
/// # Errors
/// [`WorldError`].
pub fn all(app: &App) -> Result<Vec<RuleColumn>, WorldError> {
    let today = app.clock.now().date_in_china();
    app.db.read(|conn| {
        let mut bound: HashMap<String, Vec<(String, String)>> = HashMap::new();
        for session in sessions::sessions(conn, None, None)? {
            bound.entry(session.rule_set).or_default().push((session.id, session.day));
        }
        let mut columns = Vec::new();
        for row in tables::rule_sets(conn)? {
            let rules = rule_set(conn, &row.id)?;
            let mut of = bound.remove(&row.id).unwrap_or_default();
            of.sort_by(|(a, x), (b, y)| (y, b).cmp(&(x, a)));
            columns.push(RuleColumn {
                name: Named { id: row.id.clone(), zh: rules.name_zh, en: rules.name_en },
                id: row.id,
                in_force: rules.in_force_from <= today,
                from: rules.in_force_from,
                hash: row.hash,
                sessions: of.len(),
                latest: of.into_iter().take(EXAMPLES).collect(),
            });
        }
        columns.sort_by_key(|c| (!c.id.starts_with("national@"), c.id.clone()));
        Ok(columns)
    })
}

/// Compares rule sets, in the order of [`all`].
///
/// # Errors
/// [`WorldError::RuleSetUnknown`] for one that is not there.
pub fn compare(app: &App, wanted: &[String]) -> Result<Compared, WorldError> {
    let mut columns = all(app)?;
    if let Some(unknown) = wanted.iter().find(|id| !columns.iter().any(|c| c.id == **id)) {
        return Err(WorldError::RuleSetUnknown(unknown.clone()));
    }
    columns.retain(|c| wanted.contains(&c.id));
    app.db.read(|conn| {
        let mut told = Vec::with_capacity(columns.len());
        for column in &columns {
            let row = tables::rule_set_row(conn, &column.id)?;
            let toml = row.map(|r| r.toml).unwrap_or_default();
            told.push(notes(&toml).map_err(|e| DbError::corrupt("rule set", e))?);
        }
        let trades = tables::trades(conn)?.into_iter();
        let trades: HashMap<String, Named> =
            trades.map(|t| (t.id.clone(), Named { id: t.id, zh: t.name_zh, en: t.name_en })).collect();
        let parts = parts(told, &trades);
        let different = parts.iter().flat_map(|p| &p.rows).filter(|r| r.differs).count();
        Ok(Compared { columns, parts, different })
    })
}

/// Lays the notes of each rule set beside those of the others, by section, trade and key, in the order in which they
/// first appear.
fn parts(told: Vec<Vec<Note>>, trades: &HashMap<String, Named>) -> Vec<RulePart> {
    let width = told.len();
    let mut parts: Vec<(String, Option<String>, Vec<RuleRow>)> = Vec::new();
    for (at, notes) in told.into_iter().enumerate() {
        for note in notes {
            let known =
                parts.iter().position(|(section, trade, _)| *section == note.section && *trade == note.trade);
            let place = known.unwrap_or_else(|| {
                // Beside those of the same section, or at the end.
                let last = parts.iter().rposition(|(section, ..)| *section == note.section);
                let place = last.map_or(parts.len(), |last| last + 1);
                parts.insert(place, (note.section.clone(), note.trade.clone(), Vec::new()));
                place
            });
            let Some((_, _, rows)) = parts.get_mut(place) else { continue };
            let place = rows.iter().position(|row| row.key == note.key).unwrap_or(rows.len());
            if place == rows.len() {
                rows.push(RuleRow {
                    key: note.key.clone(),
                    cells: vec![None; width],
                    differs: false,
                    same: false,
                });
            }
            let cell = Cell { value: note.value, source: note.source };
            if let Some(slot) = rows.get_mut(place).and_then(|row| row.cells.get_mut(at)) {
                *slot = Some(cell);
            }
        }
    }
    let named = |trade: String| {
        let unnamed = Named { id: trade.clone(), zh: trade.clone(), en: trade.clone() };
        trades.get(&trade).cloned().unwrap_or(unnamed)
    };
    let finish = |(section, trade, mut rows): (String, Option<String>, Vec<RuleRow>)| {
        for row in &mut rows {
            let value = |cell: &Option<Cell>| cell.as_ref().map(|c| c.value.clone());
            let first = row.cells.first().and_then(value);
            row.differs = row.cells.iter().any(|cell| value(cell) != first);
            row.same = row.cells.windows(2).all(|pair| matches!(pair, [a, b] if a == b));
        }
        let list = trade.is_some();
        RulePart { section, list, trade: trade.filter(|t| t != "*").map(named), rows }
    };
    parts.into_iter().map(finish).collect()
}

/// The years of the official calendar, the latest first; the year after the last one that is there counts as not
/// published.
///
/// # Errors
/// [`WorldError::Db`].
pub fn years(app: &App) -> Result<Vec<YearLine>, WorldError> {
    #[derive(Deserialize)]
    struct Head {
        source: String,
    }
    let texts = app.db.read(tables::calendar_years)?;
    let mut years: BTreeMap<i32, YearLine> = BTreeMap::new();
    for text in texts {
        let year = shared::wire::calendar::parse(&text).map_err(|e| DbError::corrupt("calendar", e))?;
        let head: Head = toml::from_str(&text).map_err(|e| DbError::corrupt("calendar", e))?;
        let line = YearLine {
            year: year.year,
            published: !year.off.is_empty(),
            off: runs(year.off),
            work: year.work,
            source: head.source,
        };
        years.insert(line.year, line);
    }
    let next = years.keys().next_back().map(|last| last + 1);
    if let Some(year) = next {
        let line =
            YearLine { year, off: Vec::new(), work: Vec::new(), source: String::new(), published: false };
        years.insert(year, line);
    }
    Ok(years.into_values().rev().collect())
}

/// Days that follow one another as first and last.
fn runs(mut days: Vec<Date>) -> Vec<(Date, Date)> {
    days.sort_unstable();
    let mut runs: Vec<(Date, Date)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, last)) if last.plus_days(1) == day => *last = day,
            _ => runs.push((day, day)),
        }
    }
    runs
}
