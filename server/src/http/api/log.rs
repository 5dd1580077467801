//! The log over the events: its last checkpoint, for whoever wants to keep it.

use crate::app::App;
use crate::app::log::{self as cases, LogError};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::web::{self, Data, Json, ServiceConfig};
use serde::Serialize;
use utoipa::ToSchema;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(head))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/v1/log", web::get().to(head));
}

/// The head of the log.
#[derive(Serialize, ToSchema)]
pub struct Head {
    /// The key of the log: `name+id+key` (C2SP signed-note).
    pub key: String,
    /// Entries of the last checkpoint.
    pub size: i64,
    /// Events that have no place in the log yet.
    pub waiting: i64,
    /// The last checkpoint, a signed note (C2SP tlog-checkpoint); null before the first.
    pub checkpoint: Option<String>,
}

#[utoipa::path(get, path = "/api/v1/log", tag = "log", responses((status = 200, body = Head)))]
async fn head(app: Data<App>) -> Result<Json<Head>, Problem> {
    block(move || {
        let status = cases::status(&app)?;
        let (key, checkpoint) = (cases::key(&app)?.to_string(), cases::checkpoint(&app)?);
        Ok::<_, LogError>(Json(Head { key, size: status.size, waiting: status.waiting, checkpoint }))
    })
    .await
}
