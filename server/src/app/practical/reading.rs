//! What examiners see: who is to be examined, by which sheets, and, once both have marked a part, the marks.

use super::{
    PracticalError, candidate, drawn_sheets, examining, marks_of, of_part, open, part_state, session,
};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::world;
use crate::db::{DbError, practical as rows, theory, world as tables};
use crate::event::{PracticalScored, Sealed};
use serde::Serialize;
use shared::person::{Name, mask_name};
use shared::practical::Sheet;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A candidate to be examined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExaminedItem {
    /// Ticket number.
    pub ticket: String,
    /// Name, masked.
    pub name_masked: String,
    /// The sheets drawn for him.
    pub sheets: Vec<ExaminedPart>,
    /// Parts that the caller has marked.
    pub scored_by_me: Vec<String>,
    /// Whether all four parts are settled.
    pub ended: bool,
}

/// One part of a candidate's practical.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExaminedPart {
    /// `K1` to `K4`.
    pub part: String,
    /// Sheet code.
    pub code: String,
    /// `open`, `waiting_for_second`, `agreed`, `needs_lead` or `settled`.
    pub state: String,
}

/// A sheet with its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenSheet {
    /// `K1` to `K4`.
    pub part: String,
    /// Sheet code.
    pub code: String,
    /// Chinese title.
    pub title_zh: String,
    /// English title.
    pub title_en: String,
    /// Time in minutes.
    pub minutes: u32,
    /// What is marked.
    pub items: Vec<OpenItem>,
    /// What fails the whole practical.
    pub vetoes: Vec<OpenVeto>,
    /// `open`, `waiting_for_second`, `agreed`, `needs_lead` or `settled`.
    pub state: String,
    /// Marks of both examiners; nothing before both are in.
    pub marks: Vec<ExaminerMarks>,
}

/// One step of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenItem {
    /// Item code.
    pub code: String,
    /// Chinese text.
    pub text_zh: String,
    /// English text.
    pub text_en: String,
    /// Most points.
    pub points: u32,
}

/// One veto item of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenVeto {
    /// Code.
    pub code: String,
    /// Chinese text.
    pub text_zh: String,
    /// English text.
    pub text_en: String,
}

/// The marks of one examiner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExaminerMarks {
    /// Staff code.
    pub examiner: String,
    /// Points by item code.
    pub points: BTreeMap<String, u32>,
    /// Sum of the points.
    pub total: u32,
    /// Veto items that failed.
    pub vetoes: Vec<String>,
}

/// The candidates of a session whose theory is passed, for an examiner on duty there.
///
/// # Errors
/// [`PracticalError`]: no such session, no duty.
pub fn list(app: &App, person: &Person, id: &str) -> Result<Vec<ExaminedItem>, PracticalError> {
    app.db.read(|conn| {
        let session = session(conn, id)?;
        let examiner = examining(conn, person, id, app.clock.now())?;
        let rules = world::rule_set(conn, &session.rule_set)?.practical;
        let all = tables::sheets(conn, &session.trade)?;
        let scores = rows::session_scores(conn, id)?;
        let settlements = rows::session_settlements(conn, id)?;
        let mut items = Vec::new();
        for who in rows::after_theory(conn, id)? {
            let drawn = drawn_sheets(&app.sealer, &all, &who)?;
            if drawn.is_empty() {
                continue;
            }
            let name = app.sealer.open("person.name", &Sealed(theory::sealed_name(conn, &who.person)?))?;
            let name = Name::parse(&name).map_err(|e| DbError::corrupt("person", e))?;
            let mut sheets = Vec::with_capacity(drawn.len());
            for sheet in &drawn {
                let part = sheet.part().word();
                let by_lead = settlements.iter().find(|s| s.ticket == who.ticket && s.part == part);
                let state = part_state(sheet, &of_part(&scores, &who.ticket, part), by_lead, &rules)?;
                let (part, code) = (part.to_owned(), sheet.code().to_string());
                sheets.push(ExaminedPart { part, code, state: state.word().to_owned() });
            }
            let own = scores.iter().filter(|s| s.ticket == who.ticket && s.examiner == examiner.staff);
            let scored_by_me = own.map(|s| s.part.clone()).collect();
            let ended = who.outcome != "theory_passed";
            items.push(ExaminedItem {
                ticket: who.ticket,
                name_masked: mask_name(&name),
                sheets,
                scored_by_me,
                ended,
            });
        }
        Ok(items)
    })
}

/// The sheets drawn for a candidate, opened to the session's examiners once the theory is passed.
///
/// # Errors
/// [`PracticalError`]: no such ticket, no duty, theory not passed.
pub fn sheets(app: &App, person: &Person, ticket: &str) -> Result<Vec<OpenSheet>, PracticalError> {
    app.db.read(|conn| {
        let who = candidate(conn, ticket)?;
        examining(conn, person, &who.session, app.clock.now())?;
        let opened = open(conn, &app.sealer, who)?;
        let scores = rows::scores(conn, ticket)?;
        let settlements = rows::settlements(conn, ticket)?;
        let one = |sheet: &Sheet| {
            let part = sheet.part().word();
            let own = of_part(&scores, ticket, part);
            let by_lead = settlements.iter().find(|s| s.part == part);
            let state = part_state(sheet, &own, by_lead, &opened.rules)?;
            let marks = if own.len() < 2 { Vec::new() } else { marks(sheet, &own)? };
            Ok(open_sheet(sheet, state.word(), marks))
        };
        opened.sheets.iter().map(one).collect()
    })
}

fn marks(sheet: &Sheet, scores: &[&PracticalScored]) -> Result<Vec<ExaminerMarks>, PracticalError> {
    let one = |scored: &&PracticalScored| {
        let checked = marks_of(sheet, scored)?;
        Ok(ExaminerMarks {
            examiner: scored.examiner.clone(),
            points: checked.marks().points.clone(),
            total: checked.total(),
            vetoes: scored.vetoes.clone(),
        })
    };
    scores.iter().map(one).collect()
}

fn open_sheet(sheet: &Sheet, state: &str, marks: Vec<ExaminerMarks>) -> OpenSheet {
    let items = sheet.items().iter().map(|i| OpenItem {
        code: i.code.clone(),
        text_zh: i.text_zh.clone(),
        text_en: i.text_en.clone(),
        points: i.points,
    });
    let vetoes = sheet.vetoes().iter().map(|v| OpenVeto {
        code: v.code.clone(),
        text_zh: v.text_zh.clone(),
        text_en: v.text_en.clone(),
    });
    OpenSheet {
        part: sheet.part().word().to_owned(),
        code: sheet.code().to_string(),
        title_zh: sheet.title_zh().to_owned(),
        title_en: sheet.title_en().to_owned(),
        minutes: sheet.minutes(),
        items: items.collect(),
        vetoes: vetoes.collect(),
        state: state.to_owned(),
        marks,
    }
}
