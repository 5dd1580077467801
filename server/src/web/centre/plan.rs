//! Planning: the sessions that are to come, and a form for a new one.

use super::Names;
use crate::app::App;
use crate::app::overview::Titled;
use crate::app::overview::day::coming;
use crate::app::sessions::{OpenOrder, SessionError, open};
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::web::forms::{self, Form};
use crate::web::page::{Frame, Visitor, escape};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use shared::time::Date;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/plan", web::get().to(show)).route("/plan", web::post().to(add));
}

#[derive(Template)]
#[template(path = "centre/plan.html")]
struct PlanPage<'a> {
    frame: &'a Frame,
    names: Names,
    form: PlanForm,
    wrong: Option<Wrong>,
    sessions: Vec<Titled>,
}

/// What was typed; empty at first.
#[derive(Default, Deserialize)]
struct PlanForm {
    once: String,
    point: String,
    day: String,
    start: String,
    trade: String,
    kind: String,
    rule_set: String,
    #[serde(default)]
    language: String,
}

/// A field that cannot stay as it is, and what to do.
struct Wrong {
    field: &'static str,
    text: String,
}

impl PlanPage<'_> {
    /// What is wrong with a field.
    fn at(&self, field: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|w| w.field == field).map(|w| w.text.as_str())
    }

    /// The days of the sessions that are to be staffed.
    fn days(&self) -> Vec<&str> {
        let open = self.sessions.iter().filter(|s| s.row.seated && !s.row.staffed);
        let mut days: Vec<&str> = open.map(|s| s.row.day.as_str()).collect();
        days.dedup();
        days
    }

    fn day(&self, day: &str) -> String {
        Date::parse(day).map_or_else(|_| day.to_owned(), |d| self.frame.short_date(&d))
    }
}

async fn show(app: Data<App>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let form = PlanForm { kind: "first".to_owned(), start: "09:00".to_owned(), ..PlanForm::default() };
    answer(&app, &visitor, form, None).await
}

async fn add(app: Data<App>, visitor: Visitor, form: Form<PlanForm>) -> Result<HttpResponse, Problem> {
    let form = form.0;
    let Some(starts_at) = start(&form.day, &form.start) else {
        let text = visitor.frame.t("page-plan-wrong-start");
        return answer(&app, &visitor, form, Some(Wrong { field: "day", text })).await;
    };
    let order = OpenOrder {
        point: form.point.clone(),
        trade: form.trade.clone(),
        kind: form.kind.clone(),
        starts_at,
        rule_set: Some(form.rule_set.clone()),
        language: Some(form.language.clone()),
    };
    let said = format!("{order:?}");
    let once = forms::once(&app, &visitor.person, &form.once, "/plan", &said)?;
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    let outcome = block(move || match open(&worker, &person, order, Some(once)) {
        Ok(opened) => Ok(Ok(opened)),
        Err(error) => placed(error).map(Err),
    })
    .await?;
    match outcome {
        Ok(opened) => Ok(forms::done(&format!("/sessions/{}", escape(&opened.session)), "opened")),
        Err((field, id)) => {
            let text = visitor.frame.t(id);
            answer(&app, &visitor, form, Some(Wrong { field, text })).await
        }
    }
}

/// The field at which a refusal is said, with the id of the sentence; other errors stay what they are.
fn placed(error: SessionError) -> Result<(&'static str, &'static str), SessionError> {
    match error {
        SessionError::PointUnknown(_) => Ok(("point", "page-plan-wrong-choice")),
        SessionError::TradeUnknown(_) => Ok(("trade", "page-plan-wrong-choice")),
        SessionError::NationalSystem => Ok(("trade", "page-plan-wrong-national")),
        SessionError::World(_) => Ok(("rule_set", "page-plan-wrong-rules")),
        SessionError::Field { field: "point", .. } => Ok(("point", "page-plan-wrong-point")),
        SessionError::Field { field: "starts_at", .. } => Ok(("day", "page-plan-wrong-start")),
        SessionError::Field { field: "language", .. } => Ok(("language", "page-plan-wrong-choice")),
        SessionError::Field { field: "kind", .. } => Ok(("kind", "page-plan-wrong-choice")),
        other => Err(other),
    }
}

async fn answer(
    app: &Data<App>,
    visitor: &Visitor,
    mut form: PlanForm,
    wrong: Option<Wrong>,
) -> Result<HttpResponse, Problem> {
    let worker = app.get_ref().clone();
    let sessions = block(move || coming(&worker)).await?;
    form.once = forms::key(&visitor.frame)?;
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let names = Names::load(app).await?;
    visitor.frame.answer(status, &PlanPage { frame: &visitor.frame, names, form, wrong, sessions })
}

/// Epoch milliseconds of a day and a time `09:30` in China.
fn start(day: &str, time: &str) -> Option<i64> {
    let (hours, minutes) = time.split_once(':')?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    let real = (0..24).contains(&hours) && (0..60).contains(&minutes);
    let day = Date::parse(day).ok().filter(|_| real)?;
    Some(day.start_in_china().plus_minutes(hours * 60 + minutes).millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_a_day_and_a_time_of_it() {
        let at =
            start("2026-09-28", "09:30").map(|ms| shared::time::Instant::from_millis(ms).minute_in_china());
        assert_eq!(at.as_deref(), Some("2026-09-28 09:30"));
        for (day, time) in
            [("2026-02-30", "09:00"), ("", "09:00"), ("2026-09-28", "24:00"), ("2026-09-28", "9")]
        {
            assert_eq!(start(day, time), None, "{day} {time}");
        }
    }
}
