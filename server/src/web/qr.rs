//! A QR code as a picture in the page, for a screen that another device reads.

use super::parts::Html;
use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code (ISO/IEC 18004).
const QUIET: usize = 4;

/// The code as SVG, named for screen readers; nothing if the text is too long for one.
#[must_use]
pub fn svg(text: &str, label: &str) -> Option<Html> {
    let (side, path) = drawn(text)?;
    Some(Html::trusted(format!(
        r#"<svg class="qr" viewBox="0 0 {side} {side}" role="img" aria-label="{label}" shape-rendering="crispEdges"><rect class="qr-light" width="{side}" height="{side}"></rect><path class="qr-dark" d="{path}"></path></svg>"#
    )))
}

/// The code as a file of its own, black on white; nothing if the text is too long for one.
#[must_use]
pub fn file(text: &str) -> Option<String> {
    let (side, path) = drawn(text)?;
    Some(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><rect fill="#fff" width="{side}" height="{side}"/><path fill="#000" d="{path}"/></svg>"##
    ))
}

/// Modules of a side with the quiet zone, and the dark ones as a path.
fn drawn(text: &str) -> Option<(usize, String)> {
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
    Some((width + 2 * QUIET, path))
}
