//! The world in which examinations are held, and the state of the server.

use crate::app::App;
use crate::app::pools::StaffView;
use crate::app::world::{self, WorldError};
use crate::db::world as tables;
use crate::event::{PointAdded, TradeLoaded};
use crate::http::extract::{Caller, block};
use crate::http::problem::Problem;
use actix_web::web::{self, Data, Json, Path, Query, ServiceConfig};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(health, trades, rule_sets, rule_set, workday, points, staff))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/health", web::get().to(health))
        .route("/api/v1/trades", web::get().to(trades))
        .route("/api/v1/rule-sets", web::get().to(rule_sets))
        .route("/api/v1/rule-sets/{id}", web::get().to(rule_set))
        .route("/api/v1/workday", web::get().to(workday))
        .route("/api/v1/points", web::get().to(points))
        .route("/api/v1/staff", web::get().to(staff));
}

/// Everything of one kind.
#[derive(Serialize, ToSchema)]
pub struct Items<T> {
    /// The items.
    pub items: Vec<T>,
}

/// One page of many.
#[derive(Serialize, ToSchema)]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// How many there are in all.
    pub total: i64,
}

/// Which page: `page` from 1, `per_page` 1–200 (50).
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct PageQuery {
    page: Option<u32>,
    per_page: Option<u32>,
}

impl PageQuery {
    /// From its two numbers, where given.
    #[must_use]
    pub const fn new(page: Option<u32>, per_page: Option<u32>) -> Self {
        Self { page, per_page }
    }

    /// Offset and length.
    #[must_use]
    pub fn range(&self) -> (i64, i64) {
        let length = i64::from(self.per_page.unwrap_or(50).clamp(1, 200));
        ((i64::from(self.page.unwrap_or(1).max(1)) - 1) * length, length)
    }
}

/// State of the server.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    status: &'static str,
    /// Server's time, epoch milliseconds.
    time: i64,
    /// A demo world with a controlled clock.
    controlled_clock: bool,
}

/// A rule set.
#[derive(Serialize, ToSchema)]
pub struct RuleSetAnswer {
    /// `place@version`.
    id: String,
    /// First day in force.
    in_force_from: String,
    /// SHA-256 of the text.
    hash: String,
    /// TOML text; only where one rule set is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    toml: Option<String>,
}

/// A question for a working day.
#[derive(Deserialize)]
struct WorkdayQuery {
    from: String,
    add: u32,
}

/// A day.
#[derive(Serialize, ToSchema)]
pub struct DayAnswer {
    /// `YYYY-MM-DD`.
    day: String,
}

#[utoipa::path(get, path = "/api/v1/health", tag = "server", responses((status = 200, body = Health)))]
async fn health(app: Data<App>) -> Json<Health> {
    let (time, controlled_clock) = (app.clock.now().millis(), app.clock.is_controlled());
    Json(Health { status: "ok", time, controlled_clock })
}

#[utoipa::path(get, path = "/api/v1/trades", tag = "world", responses((status = 200), (status = 401, body = Problem)))]
async fn trades(app: Data<App>, _caller: Caller) -> Result<Json<Items<TradeLoaded>>, Problem> {
    let app = app.get_ref().clone();
    let items = block(move || app.db.read(|c| tables::trades(c).map_err(WorldError::from))).await?;
    Ok(Json(Items { items }))
}

#[utoipa::path(get, path = "/api/v1/rule-sets", tag = "world",
    responses((status = 200), (status = 401, body = Problem)))]
async fn rule_sets(app: Data<App>, _caller: Caller) -> Result<Json<Items<RuleSetAnswer>>, Problem> {
    let app = app.get_ref().clone();
    let rows = block(move || app.db.read(|c| tables::rule_sets(c).map_err(WorldError::from))).await?;
    let items = rows.into_iter();
    let items =
        items.map(|r| RuleSetAnswer { id: r.id, in_force_from: r.in_force_from, hash: r.hash, toml: None });
    Ok(Json(Items { items: items.collect() }))
}

#[utoipa::path(get, path = "/api/v1/rule-sets/{id}", tag = "world", params(("id" = String, Path)),
    responses((status = 200, body = RuleSetAnswer), (status = 404, body = Problem)))]
async fn rule_set(app: Data<App>, _caller: Caller, id: Path<String>) -> Result<Json<RuleSetAnswer>, Problem> {
    let app = app.get_ref().clone();
    let row = block(move || app.db.read(|c| tables::rule_set_row(c, &id).map_err(WorldError::from))).await?;
    let r = row.ok_or_else(|| Problem::new("not-found", None))?;
    Ok(Json(RuleSetAnswer { id: r.id, in_force_from: r.in_force_from, hash: r.hash, toml: Some(r.toml) }))
}

#[utoipa::path(get, path = "/api/v1/workday", tag = "world", params(("from" = String, Query), ("add" = u32, Query)),
    responses((status = 200, body = DayAnswer), (status = 422, body = Problem)))]
async fn workday(
    app: Data<App>,
    _caller: Caller,
    query: Query<WorkdayQuery>,
) -> Result<Json<DayAnswer>, Problem> {
    let app = app.get_ref().clone();
    let day = block(move || world::workday(&app, &query.from, query.add)).await?;
    Ok(Json(DayAnswer { day: day.to_string() }))
}

#[utoipa::path(get, path = "/api/v1/points", tag = "world", responses((status = 200), (status = 401, body = Problem)))]
async fn points(app: Data<App>, _caller: Caller) -> Result<Json<Items<PointAdded>>, Problem> {
    let app = app.get_ref().clone();
    let items = block(move || app.db.read(|c| tables::points(c).map_err(WorldError::from))).await?;
    Ok(Json(Items { items }))
}

#[utoipa::path(get, path = "/api/v1/staff", tag = "world",
    params(("page" = Option<u32>, Query), ("per_page" = Option<u32>, Query)),
    responses((status = 200), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn staff(
    app: Data<App>,
    _caller: Caller,
    query: Query<PageQuery>,
) -> Result<Json<Page<StaffView>>, Problem> {
    let app = app.get_ref().clone();
    let (offset, length) = query.range();
    let (items, total) =
        block(move || app.db.read(|c| tables::staff_page(c, offset, length).map_err(WorldError::from)))
            .await?;
    Ok(Json(Page { items: items.into_iter().map(StaffView::from).collect(), total }))
}
