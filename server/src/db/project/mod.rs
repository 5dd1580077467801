//! Projections: what each fact does to the tables. Nothing else writes to them, so that they can be built again.

mod accounts;
mod draws;
mod duty;
mod kiosk;
mod people;
mod point;
mod regrade;
mod session;
mod theory;
mod world;

use super::conn::Conn;
use super::error::DbResult;
use super::events::EventRow;
use crate::event::Fact;
use diesel::connection::SimpleConnection;

/// Every table that is a projection, in an order in which they can be emptied.
pub const TABLES: [&str; 58] = [
    "paper_settlements",
    "paper_entries",
    "paper_packs",
    "readiness_signs",
    "readiness_checks",
    "day_closes",
    "reviews",
    "regrades",
    "key_corrections",
    "prints",
    "lease_moves",
    "hand_overs",
    "blank_ranges",
    "blank_stocks",
    "certificates",
    "practicals",
    "settlements",
    "scores",
    "question_doubts",
    "misconduct",
    "answers",
    "sittings",
    "room_notes",
    "released_rooms",
    "check_ins",
    "duty_swaps",
    "duty_changes",
    "duties",
    "candidates",
    "refusals",
    "sessions",
    "draws",
    "ceremony_parties",
    "ceremonies",
    "set_openings",
    "question_sets",
    "question_versions",
    "questions",
    "banks",
    "registrations",
    "persons",
    "kiosk_journal",
    "kiosks",
    "accounts",
    "staff_salts",
    "staff",
    "points",
    "organisations",
    "sheet_files",
    "calendar_years",
    "trades",
    "rule_sets",
    "events",
    "idempotency",
    "revoked_tokens",
    "log_entries",
    "log_checkpoints",
    "log_cosignatures",
];

/// Tables of [`TABLES`] that are no projections: the truth itself (events, and the answers whose root an event holds), the
/// log over it, and the server's working notes.
pub const NOT_PROJECTED: [&str; 7] = [
    "events",
    "answers",
    "idempotency",
    "revoked_tokens",
    "log_entries",
    "log_checkpoints",
    "log_cosignatures",
];

/// Applies one fact.
pub(super) fn apply(conn: &mut Conn, row: &EventRow, fact: &Fact) -> DbResult<()> {
    match fact {
        Fact::RuleSetLoaded(f) => world::rule_set(conn, f),
        Fact::TradeLoaded(f) => world::trade(conn, f),
        Fact::CalendarLoaded(f) => world::calendar(conn, f),
        Fact::SheetsLoaded(f) => world::sheets(conn, f),
        Fact::OrganisationAdded(f) => world::organisation(conn, f),
        Fact::PointAdded(f) => world::point(conn, f),
        Fact::StaffAdded(f) => world::staff(conn, f),
        Fact::StaffBarred(f) => world::barred(conn, f),
        Fact::StaffUnbarred(f) => world::unbarred(conn, f),
        Fact::AccountAdded(f) => accounts::added(conn, row, f),
        Fact::AccountEdited(f) => accounts::edited(conn, row, f),
        Fact::AccountBlocked(f) => accounts::blocked(conn, row, f),
        Fact::AccountUnblocked(f) => accounts::unblocked(conn, row, f),
        Fact::PasswordSet(f) => accounts::password(conn, row, f),
        Fact::SecondFactorSet(f) => accounts::second_factor(conn, row, f),
        Fact::LoggedIn(f) => accounts::logged_in(conn, row, f),
        Fact::LoginRefused(_) => Ok(()),
        Fact::KioskAnnounced(f) => kiosk::announced(conn, f),
        Fact::KioskEnrolled(f) => kiosk::enrolled(conn, f),
        Fact::KioskRevoked(f) => kiosk::revoked(conn, f),
        Fact::KioskEntry(f) => kiosk::entry(conn, row.seq, f),
        Fact::PersonRegistered(f) => people::person(conn, f),
        Fact::RegistrationAdded(f) => people::registration(conn, f),
        Fact::PersonalDataRead(_) => Ok(()),
        Fact::BankImported(f) => people::bank(conn, row.at, f),
        Fact::QuestionsRead(_) => Ok(()),
        Fact::QuestionWritten(f) => people::question_written(conn, row, f),
        Fact::QuestionReviewed(f) => people::question_reviewed(conn, row, f),
        Fact::SetsAssembled(f) => people::sets_assembled(conn, &row.actor, f),
        Fact::SetOpened(f) => regrade::set_opened(conn, row, f),
        Fact::SetsPublished(f) => people::sets_published(conn, row.at, f),
        Fact::DrawCommitted(f) => draws::committed(conn, row, f),
        Fact::DrawNumberAnnounced(f) => draws::announced(conn, f),
        Fact::DrawFrozen(f) => draws::frozen(conn, row.at, f),
        Fact::DrawRevealed(f) => draws::revealed(conn, row.at, f),
        Fact::DrawNumberEntered(f) => draws::numbered(conn, f),
        Fact::DrawVoided(f) => draws::voided(conn, row, f),
        Fact::StaffSalted(f) => draws::salted(conn, f),
        Fact::DrawMade(f) => draws::made(conn, row.at, f),
        Fact::SessionOpened(f) => session::opened(conn, row, f),
        Fact::CandidateRefused(f) => session::refused(conn, row.at, f),
        Fact::CandidateEnrolled(f) => session::enrolled(conn, f),
        Fact::SessionBrowserSet(f) => session::browser(conn, f),
        Fact::SessionSeated(f) => session::seated(conn, f),
        Fact::StaffDrawn(f) => session::staffed(conn, f),
        Fact::DutyAnswered(f) => duty::answered(conn, row.at, f),
        Fact::DutyPassed(f) => duty::passed(conn, row, f),
        Fact::DutiesFilled(f) => duty::filled(conn, row, f),
        Fact::SwapProposed(f) => duty::swap_proposed(conn, row, f),
        Fact::SwapDecided(f) => duty::swap_decided(conn, row, f),
        Fact::KeyProposed(f) => regrade::proposed(conn, row, f),
        Fact::KeyRefused(f) => regrade::refused(conn, row, f),
        Fact::KeyCorrected(f) => regrade::corrected(conn, row, f),
        Fact::PaperRegraded(f) => regrade::regraded(conn, row, f),
        Fact::RegradeSettled(f) => regrade::settled(conn, row, f),
        Fact::ReviewAsked(f) => regrade::review_asked(conn, row, f),
        Fact::ReviewClosed(f) => regrade::review_closed(conn, row, f),
        Fact::ResultsPublished(f) => session::results(conn, row.at, f),
        Fact::CertificateIssued(f) => session::certificate(conn, row.at, f),
        Fact::DayClosed(f) => session::day_closed(conn, row.at, f),
        Fact::ReadinessChecked(f) => point::checked(conn, row.at, f),
        Fact::ReadinessSigned(f) => point::signed(conn, row.at, f),
        Fact::BlanksStocked(f) => point::stocked(conn, row, f),
        Fact::BlanksAllotted(f) => point::allotted(conn, row, f),
        Fact::PaperPackPrinted(f) => point::pack_printed(conn, row.at, f),
        Fact::PaperEntered(f) => point::entered(conn, row, f),
        Fact::PaperSettled(f) => point::settled(conn, row.at, f),
        Fact::PaperAttended(f) => point::attended(conn, f),
        Fact::RoomReleased(f) => theory::released(conn, row.at, f),
        Fact::RoomNoted(f) => theory::noted(conn, row, f),
        Fact::SeatEntered(f) => theory::entered(conn, row.at, f),
        // Its answers stand in rows of their own.
        Fact::AnswersSaved(_) => Ok(()),
        Fact::TheoryEnded(f) => theory::ended(conn, row, f),
        Fact::SeatMoved(f) => theory::moved(conn, f),
        Fact::QuestionDoubted(f) => theory::doubted(conn, row, f),
        Fact::SeatLeft(f) => theory::left(conn, row.at, f),
        Fact::TheoryHalted(f) => theory::halted(conn, row.at, f),
        Fact::TheoryResumed(f) => theory::resumed(conn, row.at, f),
        Fact::TimeGiven(f) => theory::time_given(conn, f),
        Fact::MisconductRecorded(f) => theory::misconduct(conn, row, f),
        Fact::AbsenceRecorded(f) => theory::absent(conn, f),
        Fact::PracticalScored(f) => theory::scored(conn, row.at, f),
        Fact::PracticalSettled(f) => theory::settled(conn, f),
        Fact::PracticalEnded(f) => theory::practical_ended(conn, row.at, f),
    }
}

/// Empties every projection.
pub(super) fn clear(conn: &mut Conn) -> DbResult<()> {
    for table in TABLES.iter().filter(|t| !NOT_PROJECTED.contains(t)) {
        conn.batch_execute(&format!("DELETE FROM {table}"))?;
    }
    Ok(())
}

/// JSON text of a part of a fact.
fn json(value: &impl serde::Serialize) -> DbResult<String> {
    serde_json::to_string(value).map_err(|e| super::DbError::corrupt("event", e))
}

/// A count as the database stores it.
fn int(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}
