//! Puts a package together: report, records, pictures, draws, what the check says, and a signed list of all.

use super::check::{
    self, CHECKPOINT, DRAWS, FORMAT, Files, KEYS, MANIFEST, NAMED, RECEIPTS, RECORDS, Verdict,
};
use super::file::CandidateFile;
use super::records::Records;
use super::{EvidenceError, Package, Subject};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::draws::{self, DrawsError};
use crate::app::overview::Titled;
use crate::app::overview::file::{Step, When};
use crate::db::{DbError, draws as rows};
use crate::keys::Purpose;
use crate::pdf::evidence::{Answer, EvidenceReport, Part, render};
use crate::text::{Lang, text, text_with};
use serde_json::json;
use shared::log::note::Note;
use shared::time::Instant;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

/// What was ordered, and by whom.
pub(super) struct Order<'a> {
    /// By whom.
    pub person: &'a Person,
    /// About whom.
    pub subject: &'a Subject,
    /// Language of the report.
    pub lang: Lang,
    /// The session.
    pub session: &'a Titled,
}

/// The package.
pub(super) fn pack(
    app: &App,
    order: &Order<'_>,
    records: &Records,
    candidates: &[CandidateFile],
) -> Result<Package, EvidenceError> {
    let now = app.clock.now();
    let mut files = Files::new();
    let lines: Vec<String> = records.events.iter().map(json_of).collect::<Result<_, _>>()?;
    files.insert(RECORDS.to_owned(), lines.concat().into_bytes());
    files.insert(CHECKPOINT.to_owned(), records.note.clone().into_bytes());
    files.insert(KEYS.to_owned(), records.keys.clone().into_bytes());
    for candidate in candidates {
        attach(&mut files, candidate)?;
    }
    transcripts(app, order.session, &mut files)?;
    let key = crate::app::log::key(app)?;
    let verdict = check::content(&files, Some(&key));
    files.insert("verdict.json".to_owned(), json_of(&verdict)?.into_bytes());
    files.insert("README.txt".to_owned(), README.as_bytes().to_vec());
    let report = report(order, records, candidates, &verdict, now);
    files.insert("report.pdf".to_owned(), render(&report)?.bytes);
    files.insert(MANIFEST.to_owned(), manifest(app, order.subject, &files, now)?.into_bytes());
    let name = format!("evidence-{}.zip", order.subject.id());
    Ok(Package { name, bytes: zipped(&files)?, verdict })
}

const README: &str = "证据包 / Evidence package\n\n\
    report.pdf 供阅读；records.jsonl 是原始记录，每条都带有在存证日志中的证明。\n\
    report.pdf is for reading; records.jsonl holds the records, each with the proof that it is in the log.\n\n\
    校验 / To check it:\n\n    kaodian-server evidence-verify FILE.zip --key KEY\n\n\
    存证日志的公钥请向考试中心另行索取，并与 keys.txt 第一行核对。\n\
    Ask the examination centre for the key of the log and compare it with the first line of keys.txt.\n";

/// Pictures, certificate, and the answers as data.
fn attach(files: &mut Files, candidate: &CandidateFile) -> Result<(), EvidenceError> {
    let [pictures, certificates] = NAMED;
    let ticket = &candidate.ticket;
    for (what, picture) in [("portrait", &candidate.portrait), ("check-in", &candidate.capture)] {
        if let Some(jpeg) = picture {
            files.insert(format!("{pictures}{ticket}-{what}.jpg"), jpeg.clone());
        }
    }
    if let Some((id, pdf)) = &candidate.certificate {
        files.insert(format!("{certificates}{id}.pdf"), pdf.clone());
    }
    let answers = json!({ "ticket": ticket, "paper": candidate.paper, "practical": candidate.scores });
    files.insert(format!("answers/{ticket}.json"), json_of(&answers)?.into_bytes());
    let receipts: Vec<String> = candidate.receipts.iter().map(json_of).collect::<Result<_, _>>()?;
    files.insert(format!("{RECEIPTS}{ticket}.jsonl"), receipts.concat().into_bytes());
    Ok(())
}

/// The transcripts of the session's draws whose time has come.
fn transcripts(app: &App, session: &Titled, files: &mut Files) -> Result<(), EvidenceError> {
    for draw in app.db.read(|conn| rows::draws(conn, Some(&session.row.id)))? {
        match draws::transcript(app, &draw.id) {
            Ok(text) => {
                files.insert(format!("{DRAWS}{}-{}.json", draw.purpose, draw.id), text.into_bytes());
            }
            Err(DrawsError::NotYetVisible(_)) => {}
            Err(DrawsError::Seal(error)) => return Err(error.into()),
            Err(DrawsError::Db(error)) => return Err(error.into()),
            Err(DrawsError::DrawUnknown(id)) => return Err(DbError::corrupt("draw", id).into()),
        }
    }
    Ok(())
}

/// The list of all files, signed by the log's key.
fn manifest(app: &App, subject: &Subject, files: &Files, now: Instant) -> Result<String, EvidenceError> {
    let key = crate::app::log::key(app)?;
    let mut text = format!("{FORMAT}\n{} {}\n{}\n", subject.word(), subject.id(), now.rfc3339());
    for (name, content) in files {
        text.push_str(&check::line(name, content));
        text.push('\n');
    }
    let mut note = Note::new(text).map_err(crate::app::log::LogError::from)?;
    note.sign(&key, &app.keys.signing(Purpose::Log));
    Ok(note.to_string())
}

fn zipped(files: &Files) -> Result<Vec<u8>, EvidenceError> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for (name, content) in files {
        writer.start_file(name, options).map_err(|e| EvidenceError::Zip(e.to_string()))?;
        writer.write_all(content).map_err(|e| EvidenceError::Zip(e.to_string()))?;
    }
    let done = writer.finish().map_err(|e| EvidenceError::Zip(e.to_string()))?;
    Ok(done.into_inner())
}

fn json_of(value: &impl serde::Serialize) -> Result<String, EvidenceError> {
    let line = serde_json::to_string(value).map_err(|e| EvidenceError::Zip(e.to_string()))?;
    Ok(format!("{line}\n"))
}

/// What the report says, in words.
fn report(
    order: &Order<'_>,
    records: &Records,
    candidates: &[CandidateFile],
    verdict: &Verdict,
    now: Instant,
) -> EvidenceReport {
    let (lang, session) = (order.lang, order.session);
    let pick = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
    let start = Instant::from_millis(session.row.starts_at).minute_in_china();
    let facts = [
        ("page-point", pick(&session.point.zh, &session.point.en)),
        ("page-trade", pick(&session.trade.zh, &session.trade.en)),
        ("pdf-evidence-starts", start),
        ("pdf-evidence-rules", session.row.rule_set.clone()),
        ("pdf-evidence-made-by", order.person.display_name.clone()),
        ("pdf-evidence-made-at", now.minute_in_china()),
        ("pdf-evidence-entries", records.checkpoint.size.to_string()),
        ("pdf-evidence-root", hex::encode(records.checkpoint.root)),
    ];
    let alone = matches!(order.subject, Subject::Ticket(_));
    EvidenceReport {
        lang,
        subject: order.subject.id().to_owned(),
        facts: facts.map(|(id, value)| (text(lang, id), value)).into(),
        checks: verdict.checks.iter().map(|check| (check.ok, words_of(lang, check))).collect(),
        parts: candidates.iter().map(|candidate| part(lang, candidate, alone)).collect(),
        made_at: now,
    }
}

fn words_of(lang: Lang, check: &check::Finding) -> String {
    text(lang, &format!("evidence-check-{}-{}", check.name, if check.ok { "yes" } else { "no" }))
}

fn part(lang: Lang, candidate: &CandidateFile, alone: bool) -> Part {
    let (zh, en) = &candidate.institution;
    let seat = candidate.seat.as_ref().map(|(room, seat)| format!("{room} · {seat}"));
    let points = candidate.points.map(|(points, total)| format!("{points} / {total}"));
    let none = || text(lang, "page-none");
    let facts = [
        ("page-id-number", candidate.id_number.clone()),
        ("page-institution", if lang == Lang::Zh { zh.clone() } else { en.clone() }),
        ("page-room-and-seat", seat.unwrap_or_else(none)),
        ("pdf-evidence-points", points.unwrap_or_else(none)),
        ("pdf-evidence-outcome", text(lang, &format!("page-stage-{}", candidate.stage.word()))),
        ("pdf-evidence-certificate", candidate.certificate.as_ref().map_or_else(none, |(id, _)| id.clone())),
    ];
    Part {
        ticket: candidate.ticket.clone(),
        name: candidate.name.clone(),
        facts: facts.map(|(id, value)| (text(lang, id), value)).into(),
        portrait: candidate.portrait.clone(),
        capture: candidate.capture.clone(),
        timeline: candidate.steps.iter().map(|step| happened(lang, step)).collect(),
        answers: candidate.paper.iter().map(|item| answer(lang, item, alone)).collect(),
        scores: candidate.scores.iter().map(|score| scored(lang, score)).collect(),
    }
}

fn happened(lang: Lang, step: &Step) -> (String, String) {
    let when = match step.when {
        When::At(at) => Instant::from_millis(at).minute_in_china(),
        When::On(day) => day.to_string(),
        When::Unknown => String::new(),
    };
    let with: Vec<(&'static str, &str)> =
        step.with.iter().map(|(name, value)| (*name, value.as_str())).collect();
    (when, text_with(lang, &format!("page-step-{}", step.what), &with))
}

/// A question with its answers; of many candidates the letters alone.
fn answer(lang: Lang, item: &crate::app::theory::AnsweredItem, alone: bool) -> Answer {
    let letters = 'A'..='Z';
    let options =
        item.shown.choices.iter().zip(letters).map(|(choice, letter)| format!("{letter}. {choice}"));
    Answer {
        position: item.shown.position,
        question: if alone { item.shown.title.clone() } else { String::new() },
        options: if alone { options.collect() } else { Vec::new() },
        given: item.given.clone(),
        right: match item.right.as_str() {
            // Words of a corrected key.
            word @ ("any" | "void") => text(lang, &format!("pdf-evidence-right-{word}")),
            letters => letters.to_owned(),
        },
        points: item.points,
    }
}

fn scored(lang: Lang, score: &super::file::Score) -> String {
    let id = match (score.settles, score.veto) {
        (true, _) => "pdf-evidence-settled",
        (false, true) => "pdf-evidence-scored-veto",
        (false, false) => "pdf-evidence-scored",
    };
    let points = score.points.to_string();
    let with = [
        ("part", score.part.as_str()),
        ("sheet", score.sheet.as_str()),
        ("examiner", score.examiner.as_str()),
        ("points", points.as_str()),
    ];
    text_with(lang, id, &with)
}
