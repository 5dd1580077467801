//! Candidates of a world: registered like anybody else, with portraits that the project draws itself.

use super::world_file::Candidate;
use super::{Progress, SeedError, SeedReport, actor, size};
use crate::app::App;
use crate::app::people::{Applicant, PeopleError, is_stored, store};
use crate::portrait::{encode, portrait};

/// Registrations in one transaction.
const BATCH: usize = 128;

/// Registers the candidates that are not registered yet, in the order of the file.
pub fn add(
    app: &App,
    candidates: &[Candidate],
    report: &mut SeedReport,
    progress: Progress<'_>,
) -> Result<(), SeedError> {
    let all = size(candidates.len());
    let mut done = 0;
    for batch in (1..).zip(candidates).collect::<Vec<_>>().chunks(BATCH) {
        let new = unregistered(app, batch)?;
        let added = size(new.len());
        let unchanged = size(batch.len()).saturating_sub(added);
        register(app, with_portraits(app, new)?)?;
        report.count("candidates", added, unchanged);
        done += size(batch.len());
        progress("candidates", done, all);
    }
    Ok(())
}

/// Number in the file, whose face it is, and the checked fields.
struct New {
    number: usize,
    face: String,
    applicant: Applicant,
}

fn unregistered(app: &App, batch: &[(usize, &Candidate)]) -> Result<Vec<New>, SeedError> {
    let mut checked = Vec::with_capacity(batch.len());
    for (number, candidate) in batch {
        let applicant = Applicant::check(app, &candidate.order(), candidate.institution().to_owned());
        let applicant = applicant.map_err(|e| SeedError::Candidate(*number, e))?;
        checked.push(New { number: *number, face: candidate.face().to_owned(), applicant });
    }
    let known = app.db.read(|conn| {
        checked.iter().map(|new| is_stored(conn, &new.applicant)).collect::<Result<Vec<bool>, PeopleError>>()
    })?;
    Ok(checked.into_iter().zip(known).filter(|(_, known)| !known).map(|(new, _)| new).collect())
}

/// Drawing, encoding and writing take a few milliseconds each, so that all processors share it.
fn with_portraits(app: &App, new: Vec<New>) -> Result<Vec<(usize, Applicant)>, SeedError> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = new.len().div_ceil(workers).max(1);
    let mut shares: Vec<Vec<New>> = Vec::new();
    let mut rest = new.into_iter().peekable();
    while rest.peek().is_some() {
        shares.push(rest.by_ref().take(share).collect());
    }
    std::thread::scope(|scope| {
        let workers: Vec<_> = shares.into_iter().map(|own| scope.spawn(move || draw(app, own))).collect();
        let mut all = Vec::new();
        for worker in workers {
            // A worker that panicked has printed why; the seeding ends as if its file could not be written.
            let drawn = worker.join().map_err(|_| std::io::Error::other("drawing portraits failed"));
            all.extend(drawn.map_err(crate::blobs::BlobError::from)??);
        }
        Ok(all)
    })
}

fn draw(app: &App, own: Vec<New>) -> Result<Vec<(usize, Applicant)>, SeedError> {
    let drawn = own.into_iter().map(|new| {
        let name = app.blobs.put(&encode(&portrait(&new.face))?)?;
        Ok((new.number, new.applicant.with_portrait(name)))
    });
    drawn.collect()
}

fn register(app: &App, applicants: Vec<(usize, Applicant)>) -> Result<(), SeedError> {
    let (at, sealer) = (app.clock.now(), app.sealer.clone());
    app.db.write(move |conn| {
        for (number, applicant) in &applicants {
            let stored = store(conn, &sealer, at, &actor(), applicant);
            stored.map_err(|e| SeedError::Candidate(*number, e))?;
        }
        Ok(())
    })
}
