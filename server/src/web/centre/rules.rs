//! Rule sets side by side, which sessions are bound to which, and the years of the official calendar.

use crate::app::App;
use crate::app::rules_desk::{self, Cell, Compared, RuleColumn, RulePart, RuleRow, YearLine};
use crate::app::world::WorldError;
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::web::forms::Notice;
use crate::web::page::{Frame, Visitor};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Query, ServiceConfig};
use askama::Template;
use shared::time::Date;
use shared::wire::rule_notes::Trust;

/// Rule sets beside one another at most.
const MOST: usize = 5;

/// Rule sets that are compared unless others are chosen.
const AT_FIRST: usize = 3;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/rules", web::get().to(show));
}

#[derive(Template)]
#[template(path = "rules/index.html")]
struct RulesPage<'a> {
    frame: &'a Frame,
    all: Vec<RuleColumn>,
    chosen: Vec<String>,
    compared: Option<Compared>,
    /// Whether only values that differ are shown.
    only: bool,
    notice: Notice,
    years: Vec<YearLine>,
}

impl RulesPage<'_> {
    fn is_chosen(&self, id: &str) -> bool {
        self.chosen.iter().any(|c| c == id)
    }

    fn date(&self, day: &Date) -> String {
        self.frame.date(day)
    }

    /// Heading of a part of the rules.
    fn part(&self, part: &RulePart) -> String {
        let section = self.frame.t(&format!("page-rules-part-{}", part.section.replace(['.', '_'], "-")));
        match &part.trade {
            Some(trade) => format!("{section} · {}", self.frame.named(trade)),
            None if part.list => format!("{section} · {}", self.frame.t("page-rules-other-trades")),
            None => section,
        }
    }

    /// The cells of a row; one for all where they are the same in everything.
    fn cells<'b>(&self, row: &'b RuleRow) -> &'b [Option<Cell>] {
        if row.same { row.cells.get(..1).unwrap_or_default() } else { &row.cells }
    }

    /// Words of a key; a key that has none is shown as it is.
    fn key(&self, section: &str, key: &str) -> String {
        let part = |text: &str| text.replace(['.', '_'], "-");
        for id in
            [format!("page-rules-{}-{}", part(section), part(key)), format!("page-rules-key-{}", part(key))]
        {
            let words = self.frame.t(&id);
            if words != id {
                return words;
            }
        }
        key.to_owned()
    }

    fn value(&self, cell: &Cell) -> String {
        let id = match cell.value.as_str() {
            "true" => "page-rules-yes",
            "false" => "page-rules-no",
            "female50" => "page-rules-female50",
            "female55" => "page-rules-female55",
            "institution" => "page-institution",
            other => return other.to_owned(),
        };
        self.frame.t(id)
    }

    /// Tone and words of how sure a value is.
    fn trust(&self, cell: &Cell) -> (&'static str, String) {
        let (tone, id) = match cell.source.as_ref().and_then(|s| s.trust) {
            Some(Trust::High) => ("good", "page-rules-trust-high"),
            Some(Trust::Medium) => ("info", "page-rules-trust-medium"),
            Some(Trust::Low) => ("warn", "page-rules-trust-low"),
            None => ("warn", "page-rules-trust-none"),
        };
        (tone, self.frame.t(id))
    }

    fn shows(&self, part: &RulePart) -> bool {
        !self.only || part.rows.iter().any(|row| row.differs)
    }

    /// Days off in words: 10-01 – 10-07.
    fn run(&self, (first, last): &(Date, Date)) -> String {
        let short = |day: &Date| self.frame.short_date(day);
        if first == last { short(first) } else { format!("{} – {}", short(first), short(last)) }
    }
}

async fn show(
    app: Data<App>,
    visitor: Visitor,
    query: Query<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let asked = query.into_inner();
    let mut chosen: Vec<String> =
        asked.iter().filter(|(name, _)| name == "set").map(|(_, id)| id.clone()).collect();
    let only = asked.iter().any(|(name, _)| name == "only");
    let worker = app.get_ref().clone();
    let (all, years) =
        block(move || Ok::<_, WorldError>((rules_desk::all(&worker)?, rules_desk::years(&worker)?))).await?;
    if asked.is_empty() {
        chosen = all.iter().take(AT_FIRST).map(|c| c.id.clone()).collect();
    }
    let frame = &visitor.frame;
    let unknown = chosen.iter().find(|id| !all.iter().any(|c| c.id == **id));
    let wrong = match (unknown, chosen.len()) {
        (Some(id), _) => Some(frame.t1("page-rules-unknown", "id", id)),
        (None, 0 | 1) => Some(frame.t("page-rules-too-few")),
        (None, 2..=MOST) => None,
        (None, _) => Some(frame.t("page-rules-too-many")),
    };
    let mut compared = None;
    if wrong.is_none() {
        let (worker, wanted) = (app.get_ref().clone(), chosen.clone());
        compared = Some(block(move || rules_desk::compare(&worker, &wanted)).await?);
    }
    let wrong = wrong.map(|text| Notice::wrong(text, StatusCode::UNPROCESSABLE_ENTITY));
    let page = RulesPage { frame, all, chosen, compared, only, notice: wrong.unwrap_or_default(), years };
    frame.answer(page.notice.status(), &page)
}
