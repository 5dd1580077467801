//! Receipts, signed on the glass or seen by two, and certificates that are left to another kiosk.

use super::App;
use super::api::{answer, certificate, staff};
use super::problem::{self, Problem};
use crate::core::Command;
use crate::core::handing::Proof;
use actix_web::HttpResponse;
use actix_web::web::{self, Data, Json, JsonConfig, ServiceConfig, post, resource};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::ImageFormat;
use serde::Deserialize;
use shared::ids::KioskId;
use std::io::Cursor;

/// Largest body with a signature in bytes.
const LARGEST_BODY: usize = 400 * 1024;
/// Largest width and height of a signature in pixels.
const LARGEST_SIDE: u32 = 2400;

pub(super) fn routes(config: &mut ServiceConfig) {
    let json = JsonConfig::default()
        .limit(LARGEST_BODY)
        .error_handler(|error, _| problem::malformed(&error.to_string()).into());
    config.service(
        resource("/api/receive")
            .app_data(json)
            .route(post().to(receive))
            .default_service(web::to(problem::not_found)),
    );
}

/// `POST /api/receive`: exactly one of signature and witness.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceiveBody {
    certificate: String,
    staff: String,
    /// The signature as PNG in base64.
    signature: Option<String>,
    /// Login of a second member of staff, where the person cannot sign.
    witness: Option<String>,
}

/// `POST /api/release`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseBody {
    certificate: String,
    to: String,
    staff: String,
}

async fn receive(app: Data<App>, body: Json<ReceiveBody>) -> Result<HttpResponse, Problem> {
    let body = body.into_inner();
    let (certificate, staff_login) = (certificate(&body.certificate)?, staff(&body.staff)?);
    let proof = match (body.signature, body.witness) {
        (Some(text), None) => Proof::Signature(kept(&app, &text).await?),
        (None, Some(login)) => Proof::Witness(staff(&login)?),
        _ => return Err(Problem::of("signature_missing")),
    };
    let command = Command::Receive { certificate, staff: staff_login, proof };
    Ok(answer(&app.command(command).await?))
}

pub(super) async fn release(app: Data<App>, body: Json<ReleaseBody>) -> Result<HttpResponse, Problem> {
    let (certificate, staff) = (certificate(&body.certificate)?, staff(&body.staff)?);
    let to = KioskId::parse(&body.to).map_err(|_| Problem::of("kiosk_unknown"))?;
    Ok(answer(&app.command(Command::Release { certificate, to, staff }).await?))
}

/// The signature is on disk before the fact that names it.
async fn kept(app: &App, text: &str) -> Result<crate::digest::Digest, Problem> {
    let missing = || Problem::of("signature_missing");
    let png = STANDARD.decode(text).map_err(|_| missing())?;
    if !is_signature(&png) {
        return Err(missing());
    }
    let pictures = app.pictures.clone();
    let put = web::block(move || pictures.put(&png)).await.map_err(|_| Problem::of("stopping"))?;
    put.map_err(|error| {
        tracing::error!(%error, "a signature cannot be kept");
        Problem::of("journal_failed")
    })
}

/// A PNG of a reasonable size on which something was drawn.
fn is_signature(png: &[u8]) -> bool {
    let reader = image::ImageReader::with_format(Cursor::new(png), ImageFormat::Png);
    let small = reader.into_dimensions().is_ok_and(|(width, height)| width.max(height) <= LARGEST_SIDE);
    let drawn = || image::load_from_memory_with_format(png, ImageFormat::Png).ok().map(|p| p.to_luma8());
    small && drawn().is_some_and(|picture| picture.pixels().any(|pixel| pixel.0 < [128]))
}
