//! `/api/v1`: one file a capability; each handler parses, calls one use case and renders.

pub mod accounts;
pub mod auth;
pub mod banks;
pub mod browser;
pub mod ceremonies;
pub mod certificates;
pub mod corrections;
pub mod days;
pub mod draws;
pub mod duties;
pub mod evidence;
pub mod kiosks;
pub mod log;
pub mod openapi;
pub mod paper;
pub mod people;
pub mod pools;
pub mod practical;
pub mod practice;
pub mod questions;
pub mod readiness;
pub mod results;
pub mod reviews;
pub mod sessions;
pub mod theory;
pub mod tickets;
pub mod world;

use actix_web::web::ServiceConfig;

/// All routes of the API.
pub fn routes(config: &mut ServiceConfig) {
    theory::seats(config);
    openapi::routes(config);
    accounts::routes(config);
    auth::routes(config);
    world::routes(config);
    theory::routes(config);
    practical::routes(config);
    practice::routes(config);
    people::routes(config);
    pools::routes(config);
    banks::routes(config);
    questions::routes(config);
    sessions::routes(config);
    browser::routes(config);
    draws::routes(config);
    ceremonies::routes(config);
    duties::routes(config);
    corrections::routes(config);
    reviews::routes(config);
    evidence::routes(config);
    certificates::routes(config);
    days::routes(config);
    readiness::routes(config);
    paper::routes(config);
    kiosks::routes(config);
    log::routes(config);
    results::routes(config);
    tickets::routes(config);
}
