//! A QR code as a picture in the page, for a screen that another device reads.

use super::parts::Html;
use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code (ISO/IEC 18004).
const QUIET: usize = 4;

/// The code as SVG, named for screen readers; nothing if the text is too long for one.
#[must_use]
pub fn svg(text: &str, label: &str) -> Option<Html> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (row, line) in code.to_colors().chunks(width).enumerate() {
        for (column, color) in line.iter().enumerate() {
            if *color == Color::Dark {
                path.push_str(&format!("M{} {}h1v1h-1z", column + QUIET, row + QUIET));
            }
        }
    }
    let side = width + 2 * QUIET;
    Some(Html::trusted(format!(
        r#"<svg class="qr" viewBox="0 0 {side} {side}" role="img" aria-label="{label}" shape-rendering="crispEdges"><rect class="qr-light" width="{side}" height="{side}"></rect><path class="qr-dark" d="{path}"></path></svg>"#
    )))
}
