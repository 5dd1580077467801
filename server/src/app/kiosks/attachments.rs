//! Attachments of kiosks: they fetch portraits and certificates, and send the pictures that they took.

use super::bundle::{DAYS_AHEAD, DAYS_BACK};
use super::{KioskError, known};
use crate::app::App;
use crate::db::{certificates, events};
use crate::event::{Actor, Fact, PersonalDataRead};
use sha2::{Digest, Sha256};

/// Largest picture in bytes.
pub const MAX_CAPTURE: usize = 2 * 1024 * 1024;

/// Content of an attachment that the kiosk's bundles name, and its media type. The reading is recorded.
///
/// # Errors
/// [`KioskError::BlobUnknown`] for everything else, whether it exists or not.
pub fn attachment(app: &App, kiosk: &str, name: &str) -> Result<(Vec<u8>, &'static str), KioskError> {
    if !is_name(name) {
        return Err(KioskError::BlobUnknown);
    }
    let today = app.clock.now().date_in_china();
    let (from, to) = (today.minus_days(DAYS_BACK).to_string(), today.plus_days(DAYS_AHEAD).to_string());
    let found = app.db.read(|conn| {
        let kiosk = known(conn, kiosk)?;
        if let Some(ticket) = certificates::portrait_owner(conn, &kiosk.point, (&from, &to), name)? {
            return Ok(Some((ticket, "portrait", "image/jpeg")));
        }
        let certificate = certificates::pdf_owner(conn, &kiosk.point, name)?;
        Ok::<_, KioskError>(certificate.map(|id| (id, "certificate", "application/pdf")))
    })?;
    let (subject, what, media) = found.ok_or(KioskError::BlobUnknown)?;
    let content = app.blobs.load(name)?;
    let fact = Fact::PersonalDataRead(PersonalDataRead { subject, what: what.to_owned() });
    let event = app.event(&Actor::Kiosk(kiosk.to_owned()), fact);
    app.db.write(move |conn| events::append(conn, &event).map_err(KioskError::from))?;
    Ok((content, media))
}

/// Stores a picture that a kiosk took (a photograph as JPEG, a signature as PNG) under the name that it gave it, its SHA-256.
/// The same picture twice is no error.
///
/// # Errors
/// [`KioskError`]: too large, another SHA-256, neither JPEG nor PNG.
pub fn keep_capture(app: &App, name: &str, content: &[u8]) -> Result<(), KioskError> {
    if content.len() > MAX_CAPTURE {
        return Err(KioskError::BlobTooLarge);
    }
    if hex::encode(Sha256::digest(content)) != name {
        return Err(KioskError::BlobMismatch);
    }
    let format = image::guess_format(content).map_err(|e| KioskError::BlobInvalid(e.to_string()))?;
    if !matches!(format, image::ImageFormat::Jpeg | image::ImageFormat::Png) {
        return Err(KioskError::BlobInvalid(format!("{format:?}")));
    }
    let reader = image::ImageReader::with_format(std::io::Cursor::new(content), format);
    reader.into_dimensions().map_err(|e| KioskError::BlobInvalid(e.to_string()))?;
    app.blobs.put(content)?;
    Ok(())
}

fn is_name(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
