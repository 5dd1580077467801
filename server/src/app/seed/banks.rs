//! Question banks of the fixtures, and the question sets drawn from them.

use super::world_file::WorldFile;
use super::{Progress, SeedError, SeedReport, actor, files, size};
use crate::app::App;
use crate::app::banks::{Incoming, import_as, take_in};
use crate::app::sets::{SetsError, SetsOrder, assemble_as, publish_as};
use crate::db::banks as tables;
use crate::event::Actor;
use crate::http::access::Role;
use std::path::Path;

/// Imports every bank of the fixtures, and puts sets of it into force for its trade.
pub fn add(
    app: &App,
    fixtures: &Path,
    world: &WorldFile,
    report: &mut SeedReport,
    progress: Progress<'_>,
) -> Result<(), SeedError> {
    let paths = files(&fixtures.join("banks"), "json")?;
    let all = size(paths.len());
    for (done, path) in (1..).zip(&paths) {
        let trade = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        let name = path.file_name().and_then(|s| s.to_str()).unwrap_or_default();
        let file = std::fs::read(path).map_err(|e| SeedError::Read(path.clone(), e))?;
        let import = import_as(app, &actor(), trade, name, &file, None);
        let import = import.map_err(|e| SeedError::Bank(trade.to_owned(), e))?;
        report.count("banks", u64::from(!import.already_there), u64::from(import.already_there));
        let sets = put_into_force(app, world, trade, &import.bank);
        let (added, unchanged) = sets.map_err(|e| SeedError::Sets(trade.to_owned(), e))?;
        report.count("question sets", added, unchanged);
        progress("banks", done, all);
    }
    practice(app, fixtures, report)
}

/// Imports every bank for practising, after the sets from which it has to be apart.
fn practice(app: &App, fixtures: &Path, report: &mut SeedReport) -> Result<(), SeedError> {
    let dir = fixtures.join("practice");
    // Worlds of before do not have it.
    let paths = if dir.is_dir() { files(&dir, "json")? } else { Vec::new() };
    for path in &paths {
        let trade = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        let file_name = path.file_name().and_then(|s| s.to_str()).unwrap_or_default();
        let file = std::fs::read(path).map_err(|e| SeedError::Read(path.clone(), e))?;
        let import = take_in(app, &actor(), Incoming { trade, file_name, file: &file, practice: true }, None);
        let import = import.map_err(|e| SeedError::Bank(trade.to_owned(), e))?;
        report.count("practice banks", u64::from(!import.already_there), u64::from(import.already_there));
    }
    Ok(())
}

/// Sets of this bank in force: how many were put there now, how many were there. Of the centre's accounts the first
/// assembles and the second publishes; with fewer than two the sets wait for somebody to publish them.
fn put_into_force(app: &App, world: &WorldFile, trade: &str, bank: &str) -> Result<(u64, u64), SetsError> {
    let known = app.db.read(|conn| tables::sets_of(conn, trade))?;
    let state = |state: &str| known.iter().filter(|s| s.bank == bank && s.state == state).collect::<Vec<_>>();
    let in_force = state("in_force");
    if !in_force.is_empty() {
        return Ok((0, size(in_force.len())));
    }
    let mut centre = world.account.iter().filter(|a| a.role == Role::CentreStaff.word());
    let (first, second) = (centre.next(), centre.next());
    let account = |login: &str| Actor::Account(login.to_owned());
    let draw = match state("assembled").last() {
        Some(waiting) => waiting.draw.clone(),
        None => {
            let order = SetsOrder { bank: bank.to_owned(), rule_set: Some(world.rule_set.clone()) };
            let by = first.map_or_else(actor, |a| account(&a.login));
            assemble_as(app, by, trade, order, None)?.draw
        }
    };
    match second {
        Some(second) => {
            let published = publish_as(app, account(&second.login), trade, &draw, None)?;
            Ok((size(published.in_force), 0))
        }
        None => Ok((0, 0)),
    }
}
