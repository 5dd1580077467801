//! HTML for people: the same use cases, other rendering.

use actix_web::web::ServiceConfig;

/// All pages.
pub fn routes(_config: &mut ServiceConfig) {}
