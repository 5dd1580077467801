//! Issuing the certificates of a session.

use super::CertificateError;
use crate::app::auth::Person;
use crate::app::once::Once;
use crate::app::results::has_practical;
use crate::app::{App, masks};
use crate::db::certificates as rows;
use crate::db::sessions::{self as sessions, Candidate, SessionRow};
use crate::db::{Conn, DbError, events, world as tables};
use crate::event::{Actor, CertificateIssued, Fact, TradeLoaded};
use crate::keys::Purpose;
use crate::pdf::certificate::{Certificate, render};
use serde::{Deserialize, Serialize};
use shared::calendar::Calendar;
use shared::certificate::CertificateNumber;
use shared::certificate::code::{self, CertificateClaims};
use shared::certificate::dates::{self, CertificateDates};
use shared::ids::{CertificateId, TradeId};
use shared::rules::CertificateRules;
use shared::time::{Date, Instant};
use shared::trade::{ExamKind, TradeKind};

/// What was issued.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Report {
    /// New certificates.
    pub issued: Vec<Issue>,
    /// Candidates who passed and whose certificate could not be made yet.
    pub refused: Vec<Refused>,
}

/// One new certificate.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Issue {
    /// Certificate id.
    pub certificate: String,
    /// Ticket number.
    pub ticket: String,
    /// Last day of issue; `None`: awaiting the calendar of the year.
    pub due: Option<String>,
}

/// A certificate that could not be made; issue again when the cause is gone.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Refused {
    /// Ticket number.
    pub ticket: String,
    /// `glyph-missing`, `portrait-unreadable` or `not-signed`.
    pub code: String,
    /// Particulars.
    pub detail: String,
}

/// Issues certificates for all who passed and have none. Documents are made by several threads before anything is
/// written; a certificate that cannot be made holds up no other.
///
/// # Errors
/// [`CertificateError::SessionUnknown`], [`CertificateError::NotPublished`].
pub fn issue(
    app: &App,
    person: &Person,
    session: &str,
    once: Option<Once>,
) -> Result<Report, CertificateError> {
    // Without a face no certificate can be made at all: that is said at once.
    crate::pdf::fonts::fonts().map_err(crate::pdf::PdfError::from)?;
    let plan = app.db.read(|conn| plan(app, conn, session))?;
    let (facts, refused) = make_all(app, &plan)?;
    let (worker, actor) = (app.clone(), Actor::Account(person.account.clone()));
    let (at, rule_set) = (plan.at, plan.session.rule_set);
    app.write_once(once, move |conn| {
        let mut issued = Vec::new();
        for fact in facts {
            // Somebody else may have issued it in the meantime.
            if rows::has(conn, &fact.ticket)? {
                continue;
            }
            let (certificate, ticket, due) =
                (fact.certificate.clone(), fact.ticket.clone(), fact.due.clone());
            let mut event = worker.event(&actor, Fact::CertificateIssued(fact)).under(&rule_set);
            event.at = at;
            events::append(conn, &event)?;
            issued.push(Issue { certificate, ticket, due });
        }
        Ok(Report { issued, refused })
    })
}

/// Everything that the certificates of a session need.
struct Plan {
    session: SessionRow,
    trade: TradeLoaded,
    kind: (ExamKind, TradeKind),
    rules: CertificateRules,
    calendar: Calendar,
    at: Instant,
    who: Vec<(Candidate, Span)>,
}

/// Days of one certificate.
struct Span {
    first_issued: Date,
    from: Date,
    to: Date,
    review_due: Date,
}

fn plan(app: &App, conn: &mut Conn, id: &str) -> Result<Plan, CertificateError> {
    let session =
        sessions::session(conn, id)?.ok_or_else(|| CertificateError::SessionUnknown(id.to_owned()))?;
    if session.results_at.is_none() {
        return Err(CertificateError::NotPublished);
    }
    let corrupt = |what: &'static str| DbError::corrupt(what, "unknown word");
    let trade = tables::trade_record(conn, &session.trade)?.ok_or_else(|| corrupt("trade"))?;
    let exam_kind = ExamKind::from_word(&session.exam_kind).ok_or_else(|| corrupt("session"))?;
    let trade_kind = TradeKind::from_word(&trade.trade_kind).ok_or_else(|| corrupt("trade"))?;
    let rules = crate::app::world::rule_set(conn, &session.rule_set)?.certificate;
    let practical = has_practical(conn, &session)?;
    let at = app.clock.now();
    let mut who = Vec::new();
    for candidate in sessions::candidates(conn, id)? {
        let passed =
            candidate.row.outcome == "passed" || (!practical && candidate.row.outcome == "theory_passed");
        if passed && candidate.certificate.is_none() {
            let today = at.date_in_china();
            let on_file = rows::validities(conn, &candidate.row.person, &session.trade)?;
            let mut earlier: Vec<Validity> = on_file.iter().filter_map(validity).collect();
            if earlier.is_empty() {
                let registration = crate::db::people::registration(conn, &candidate.row.registration)?;
                let first = registration.and_then(|r| r.first_issued_on);
                earlier.extend(first.and_then(|day| current(&day, today, (exam_kind, trade_kind), &rules)));
            }
            let span = span(today, (exam_kind, trade_kind), &rules, &earlier);
            who.push((candidate, span));
        }
    }
    let calendar = crate::app::world::calendar(conn)?;
    Ok(Plan { session, trade, kind: (exam_kind, trade_kind), rules, calendar, at, who })
}

/// First and last day of one certificate's validity, and the day on which the person first got one for the trade.
type Validity = (Date, Date, Date);

fn validity((from, to): &(String, String)) -> Option<Validity> {
    let (from, to) = (Date::parse(from).ok()?, Date::parse(to).ok()?);
    Some((from, to, from))
}

/// The validity in which a person is whose certificate comes from elsewhere, from the day of its first issue: one span
/// follows another. Who renews in the first half of a span comes too late for the one before, which has ended.
fn current(
    first: &str,
    today: Date,
    (exam, trade): (ExamKind, TradeKind),
    rules: &CertificateRules,
) -> Option<Validity> {
    let first = Date::parse(first).ok().filter(|day| *day <= today)?;
    let mut from = first;
    loop {
        let days = dates::dates(from, trade, rules);
        let next = days.valid_to.plus_days(1);
        if today <= days.valid_to {
            let late = exam == ExamKind::Renewal
                && from > first
                && today <= days.review_due
                && days.review_due < days.valid_to;
            return Some((from, if late { from.minus_days(1) } else { days.valid_to }, first));
        }
        if next <= from {
            return None;
        }
        from = next;
    }
}

/// The days of a new certificate. A review keeps the validity of the certificate that was reviewed; a renewal goes on
/// from its end. Where nothing is known of an earlier certificate, both start on the day of issue.
fn span(
    today: Date,
    (exam, trade): (ExamKind, TradeKind),
    rules: &CertificateRules,
    earlier: &[Validity],
) -> Span {
    let first = earlier.iter().map(|(_, _, first)| *first).min().filter(|_| exam != ExamKind::First);
    let first_issued = first.unwrap_or(today);
    let last = earlier.iter().map(|(from, to, _)| (*from, *to)).max_by_key(|(_, to)| *to);
    let from = match (exam, last) {
        (ExamKind::Review, Some((from, to))) if to >= today => {
            // Half-way reviewed: the next date is the end of the validity.
            return Span { first_issued, from, to, review_due: to };
        }
        (ExamKind::Renewal, Some((_, to))) if to >= today => to.plus_days(1),
        _ => today,
    };
    let CertificateDates { valid_to, review_due, .. } = dates::dates(from, trade, rules);
    Span { first_issued, from, to: valid_to, review_due }
}

type Made = Result<Result<CertificateIssued, Refused>, CertificateError>;

/// Makes all documents, divided among as many threads as the machine has processors.
fn make_all(app: &App, plan: &Plan) -> Result<(Vec<CertificateIssued>, Vec<Refused>), CertificateError> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = plan.who.len().div_ceil(threads).max(1);
    let made: Vec<Made> = std::thread::scope(|scope| {
        let work = |part: &'_ [(Candidate, Span)]| {
            part.iter().map(|(c, s)| make(app, plan, c, s)).collect::<Vec<_>>()
        };
        let running: Vec<_> = plan.who.chunks(share).map(|part| scope.spawn(move || work(part))).collect();
        let lost =
            || vec![Err(DbError::corrupt("certificate", "a thread that made them has stopped").into())];
        running.into_iter().flat_map(|thread| thread.join().unwrap_or_else(|_| lost())).collect()
    });
    let (mut facts, mut refused) = (Vec::new(), Vec::new());
    for one in made {
        match one? {
            Ok(fact) => facts.push(fact),
            Err(why) => refused.push(why),
        }
    }
    Ok((facts, refused))
}

fn make(app: &App, plan: &Plan, candidate: &Candidate, span: &Span) -> Made {
    let ticket = candidate.row.ticket.clone();
    let refuse = |code: &str, detail: String| {
        Ok(Err(Refused { ticket: ticket.clone(), code: code.to_owned(), detail }))
    };
    let claims = claims(app, plan, candidate, span)?;
    let key = app.keys.signing(Purpose::Certificate);
    let code = match code::sign(&claims, &app.keys.kid(Purpose::Certificate), &key) {
        Ok(code) => code,
        Err(e) => return refuse("not-signed", e.to_string()),
    };
    let document = Certificate {
        code: code.clone(),
        portrait: app.blobs.load(&candidate.portrait)?,
        trade_en: (plan.trade.category_en.clone(), plan.trade.name_en.clone()),
        issuer_en: plan.rules.authority_en.clone(),
        managers: plan.kind.1 == TradeKind::Managers,
        issued_at: plan.at,
        claims,
    };
    let rendered = match render(&document) {
        Ok(rendered) => rendered,
        Err(crate::pdf::PdfError::Picture(why)) => return refuse("portrait-unreadable", why),
        Err(other) => return Err(other.into()),
    };
    if !rendered.missing.is_empty() {
        return refuse("glyph-missing", rendered.missing_text());
    }
    let exam_day = Date::parse(&plan.session.day).map_err(|e| DbError::corrupt("session", e))?;
    let due = dates::deadline(plan.kind.0, exam_day, &plan.rules, &plan.calendar).ok();
    Ok(Ok(CertificateIssued {
        certificate: document.claims.certificate_id.to_string(),
        ticket,
        person: candidate.row.person.clone(),
        trade: plan.session.trade.clone(),
        exam_kind: plan.session.exam_kind.clone(),
        valid_from: span.from.to_string(),
        valid_to: span.to.to_string(),
        review_due: Some(span.review_due.to_string()),
        due: due.map(|day| day.to_string()),
        code: app.sealer.seal("certificate.code", &code)?,
        pdf: app.blobs.put(&rendered.bytes)?,
    }))
}

fn claims(
    app: &App,
    plan: &Plan,
    candidate: &Candidate,
    span: &Span,
) -> Result<CertificateClaims, CertificateError> {
    let corrupt = |e: shared::ids::IdError| DbError::corrupt("certificate", e);
    let id_number = masks::open_id_number(app, &candidate.id_number)?;
    Ok(CertificateClaims {
        number: CertificateNumber::of(&id_number),
        name: masks::open_name(app, &candidate.name)?,
        sex: id_number.sex(),
        category_zh: plan.trade.category_zh.clone(),
        trade_zh: plan.trade.name_zh.clone(),
        trade_id: TradeId::parse(&plan.trade.id).map_err(corrupt)?,
        first_issued: span.first_issued,
        valid_from: span.from,
        valid_to: span.to,
        review_due: span.review_due,
        issuer: plan.rules.authority_zh.clone(),
        // One ticket earns one certificate, so that issuing twice cannot make two.
        certificate_id: CertificateId::parse(&format!("C-{}", candidate.row.ticket)).map_err(corrupt)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_review_keeps_the_validity_and_a_renewal_goes_on_from_its_end() {
        let (op, managers) = (TradeKind::Operation, TradeKind::Managers);
        let old = Some(("2021-01-10", "2027-01-09"));
        let over = Some(("2019-01-10", "2025-01-09"));
        let table = [
            (ExamKind::First, op, None, ["2026-09-28", "2026-09-28", "2032-09-27", "2029-09-27"]),
            (ExamKind::First, op, over, ["2026-09-28", "2026-09-28", "2032-09-27", "2029-09-27"]),
            (ExamKind::First, managers, None, ["2026-09-28", "2026-09-28", "2029-09-27", "2029-09-27"]),
            (ExamKind::Review, op, old, ["2021-01-10", "2021-01-10", "2027-01-09", "2027-01-09"]),
            (ExamKind::Renewal, op, old, ["2021-01-10", "2027-01-10", "2033-01-09", "2030-01-09"]),
            (ExamKind::Renewal, op, over, ["2019-01-10", "2026-09-28", "2032-09-27", "2029-09-27"]),
            (ExamKind::Review, op, None, ["2026-09-28", "2026-09-28", "2032-09-27", "2029-09-27"]),
        ];
        for (exam, trade, earlier, expected) in table {
            let text = |(from, to): (&str, &str)| (from.to_owned(), to.to_owned());
            let earlier: Vec<Validity> = earlier.map(text).iter().filter_map(validity).collect();
            let s = span(today(), (exam, trade), &rules(), &earlier);
            let found = [s.first_issued, s.from, s.to, s.review_due].map(|d| d.to_string());
            assert_eq!(found, expected, "{exam:?} {trade:?} {earlier:?}");
        }
    }

    #[test]
    fn a_certificate_from_elsewhere_is_followed_from_its_first_issue() {
        let table = [
            (ExamKind::Review, "2023-10-05", Some(("2023-10-05", "2029-10-04"))),
            (ExamKind::Renewal, "2020-11-02", Some(("2020-11-02", "2026-11-01"))),
            (ExamKind::Renewal, "2014-11-02", Some(("2020-11-02", "2026-11-01"))),
            // Renewed three weeks after the end.
            (ExamKind::Renewal, "2020-09-07", Some(("2026-09-07", "2026-09-06"))),
            (ExamKind::Review, "2030-01-01", None),
            (ExamKind::Review, "someday", None),
        ];
        for (exam, first, expected) in table {
            let found = current(first, today(), (exam, TradeKind::Operation), &rules());
            let found = found.map(|(from, to, _)| (from.to_string(), to.to_string()));
            let expected = expected.map(|(from, to)| (from.to_owned(), to.to_owned()));
            assert_eq!(found, expected, "{exam:?} {first}");
        }
    }

    fn today() -> Date {
        Date::parse("2026-09-28").unwrap()
    }

    fn rules() -> CertificateRules {
        CertificateRules {
            valid_years: 6,
            review_years: 3,
            review_open_days: 60,
            first_working_days: 5,
            review_working_days: 3,
            renewal_working_days: 3,
            managers_valid_years: 3,
            authority_zh: "甲".to_owned(),
            authority_en: "A".to_owned(),
        }
    }
}
