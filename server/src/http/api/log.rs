//! The log over the events: its last checkpoint, proofs, and its files, for whoever wants to keep or check them.

use crate::app::App;
use crate::app::log::{self as cases, LogError};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::header::CacheDirective::{Extension, MaxAge, NoCache, Public};
use actix_web::http::header::{CacheControl, ContentType};
use actix_web::web::{self, Data, Json, Path, Query, ServiceConfig};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use shared::log::Hash;
use shared::log::tile::Resource;
use utoipa::{IntoParams, ToSchema};

/// Seconds for which a tile may be kept: a year. It never changes.
const FOR_GOOD: u32 = 365 * 24 * 3600;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(head, proof, consistency))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/log", web::get().to(head))
        .route("/api/v1/log/proof", web::get().to(proof))
        .route("/api/v1/log/consistency", web::get().to(consistency))
        .route("/log/checkpoint", web::get().to(checkpoint))
        .route("/log/tile/{file:.*}", web::get().to(tile));
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

/// Which event, and in the tree of which size.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Position of the event, from 1.
    seq: u64,
    /// Leaves of the tree; as many as are published if it is left out.
    size: Option<u64>,
}

/// Between which two sizes.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Between {
    /// Leaves of the earlier tree, from 1.
    from: u64,
    /// Leaves of the later tree; as many as are published if it is left out.
    to: Option<u64>,
}

/// That an event is in the log; `kaodian-server log-proof` takes it as it is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InclusionProof {
    /// Place of the leaf, from 0: one less than the event's position.
    leaf_idx: u64,
    /// Leaves of the tree.
    tree_size: u64,
    /// Hash of the leaf, base64.
    leaf_hash: String,
    /// Root of the tree, base64.
    root: String,
    /// Hashes from the leaf up, base64.
    proof: Vec<String>,
}

/// That the log only grew; `kaodian-server log-proof` takes it as it is.
#[derive(Serialize, ToSchema)]
pub struct ConsistencyProof {
    /// Leaves of the earlier tree.
    size1: u64,
    /// Leaves of the later tree.
    size2: u64,
    /// Root of the earlier tree, base64.
    root1: String,
    /// Root of the later tree, base64.
    root2: String,
    /// The proof, base64.
    proof: Vec<String>,
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

#[utoipa::path(get, path = "/api/v1/log/proof", tag = "log", params(Which),
    responses((status = 200, body = InclusionProof), (status = 404, body = Problem)))]
async fn proof(app: Data<App>, which: Query<Which>) -> Result<Json<InclusionProof>, Problem> {
    let found = block(move || cases::inclusion(&app, which.seq, which.size)).await?;
    Ok(Json(InclusionProof {
        leaf_idx: found.index,
        tree_size: found.size,
        leaf_hash: STANDARD.encode(found.leaf),
        root: STANDARD.encode(found.root),
        proof: in_base64(&found.proof),
    }))
}

#[utoipa::path(get, path = "/api/v1/log/consistency", tag = "log", params(Between),
    responses((status = 200, body = ConsistencyProof), (status = 404, body = Problem)))]
async fn consistency(app: Data<App>, between: Query<Between>) -> Result<Json<ConsistencyProof>, Problem> {
    let found = block(move || cases::consistency(&app, between.from, between.to)).await?;
    Ok(Json(ConsistencyProof {
        size1: found.from,
        size2: found.to,
        root1: STANDARD.encode(found.from_root),
        root2: STANDARD.encode(found.to_root),
        proof: in_base64(&found.proof),
    }))
}

/// The newest checkpoint of the files (C2SP tlog-tiles); nobody keeps it longer than he needs it.
async fn checkpoint(app: Data<App>) -> Result<HttpResponse, Problem> {
    let note = block(move || cases::published(&app)).await?;
    let note = note.ok_or_else(|| Problem::new("not-found", None))?;
    Ok(HttpResponse::Ok()
        .insert_header(ContentType::plaintext())
        .insert_header(CacheControl(vec![NoCache]))
        .body(note))
}

/// A tile or a bundle of entries (C2SP tlog-tiles); it never changes.
async fn tile(app: Data<App>, file: Path<String>) -> Result<HttpResponse, Problem> {
    let unknown = || Problem::new("not-found", None);
    let resource = Resource::parse(&format!("tile/{file}")).ok_or_else(unknown)?;
    let bytes = block(move || cases::file(&app, resource)).await?.ok_or_else(unknown)?;
    Ok(HttpResponse::Ok()
        .insert_header(ContentType::octet_stream())
        .insert_header(CacheControl(vec![Public, MaxAge(FOR_GOOD), Extension("immutable".to_owned(), None)]))
        .body(bytes))
}

fn in_base64(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| STANDARD.encode(hash)).collect()
}
