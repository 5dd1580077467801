//! The certificate on A4: both sides of the card (ISO/IEC 7810 ID-1, 85.60 × 53.98 mm) to cut out, all fields in both
//! languages, and what its QR code is and is not.

use super::canvas::Frame;
use super::fonts::Style;
use super::{Canvas, Ink, Paper, PdfError, Rendered};
use crate::text::{Lang, text};
use shared::certificate::code::CertificateClaims;
use shared::idnumber::Sex;
use shared::time::Instant;

/// What a certificate says, next to its claims.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// What the QR code says too.
    pub claims: CertificateClaims,
    /// Text of the QR code.
    pub code: String,
    /// Portrait, JPEG.
    pub portrait: Vec<u8>,
    /// Category and trade in English.
    pub trade_en: (String, String),
    /// Issuing authority in English.
    pub issuer_en: String,
    /// A manager's certificate has a name of its own.
    pub managers: bool,
    /// When it was issued.
    pub issued_at: Instant,
}

const CARD: (f32, f32) = (85.6, 53.98);
const FRONT: Frame = Frame::new(16.0, 58.0, CARD.0, CARD.1);
const BACK: Frame = Frame::new(108.4, 58.0, CARD.0, CARD.1);
const LEFT: f32 = 16.0;
const RIGHT: f32 = 194.0;

/// Draws the certificate.
///
/// # Errors
/// [`PdfError`] if there is no face to write with or the portrait cannot be read.
pub fn render(certificate: &Certificate) -> Result<Rendered, PdfError> {
    let mut canvas = Canvas::new(Paper::A4)?;
    let title = if certificate.managers { "pdf-managers-title" } else { "pdf-certificate-title" };
    frame(&mut canvas, title, certificate);
    front(&mut canvas, title, certificate)?;
    back(&mut canvas, certificate)?;
    let y = table(&mut canvas, certificate);
    notice(&mut canvas, certificate, y);
    let name = format!("{} {}", text(Lang::Zh, title), certificate.claims.certificate_id);
    canvas.finish(&name, certificate.issued_at)
}

fn frame(canvas: &mut Canvas, title: &str, certificate: &Certificate) {
    canvas.outline(Frame::new(7.0, 7.0, 196.0, 283.0), 0.0, 2.2, Ink::NAVY);
    canvas.outline(Frame::new(8.6, 8.6, 192.8, 279.8), 0.0, 0.5, Ink::NAVY);
    let claims = &certificate.claims;
    canvas.centred(105.0, 24.0, 11.0, Style::Title, Ink::NAVY, &claims.issuer);
    canvas.centred(105.0, 37.0, 26.0, Style::Title, Ink::BLACK, &text(Lang::Zh, title));
    canvas.centred(105.0, 44.0, 10.5, Style::Body, Ink::GREY, &text(Lang::En, title));
    canvas.rule((70.0, 48.5), (140.0, 48.5), 0.8, Ink::RED);
    for (card, label) in [(FRONT, "pdf-card-front"), (BACK, "pdf-card-back")] {
        let label = format!("{} · {}", text(Lang::Zh, label), text(Lang::En, label));
        canvas.centred(card.x + card.width / 2.0, card.y - 2.2, 7.0, Style::Body, Ink::GREY, &label);
    }
}

fn front(canvas: &mut Canvas, title: &str, certificate: &Certificate) -> Result<(), PdfError> {
    let claims = &certificate.claims;
    canvas.fill(FRONT, 3.2, Ink::WASH);
    canvas.fill(Frame::new(FRONT.x, FRONT.y + 3.2, CARD.0, 7.3), 0.0, Ink::NAVY);
    canvas.fill(Frame::new(FRONT.x, FRONT.y, CARD.0, 8.0), 3.2, Ink::NAVY);
    let middle = FRONT.x + CARD.0 / 2.0;
    canvas.centred(middle, FRONT.y + 7.2, 12.5, Style::Title, Ink::WHITE, &text(Lang::Zh, title));
    let photo = Frame::new(FRONT.x + CARD.0 - 25.5, FRONT.y + 13.5, 22.0, 28.0);
    canvas.picture(photo, &certificate.portrait)?;
    canvas.outline(photo, 0.0, 0.4, Ink::PALE);
    let rows = [
        ("pdf-name", claims.name.as_str().to_owned()),
        ("pdf-sex", text(Lang::Zh, sex(claims.sex))),
        ("pdf-certificate-number", claims.number.as_str().to_owned()),
        ("pdf-category", claims.category_zh.clone()),
        ("pdf-item", claims.trade_zh.clone()),
    ];
    let mut y = FRONT.y + 17.0;
    for (label, value) in rows {
        canvas.text(FRONT.x + 4.0, y, 7.0, Style::Body, Ink::GREY, &text(Lang::Zh, label));
        canvas.fitted((FRONT.x + 17.5, y), 8.8, 41.0, Style::Body, Ink::BLACK, &value);
        y += 6.2;
    }
    canvas.rule((FRONT.x + 4.0, FRONT.y + 46.0), (FRONT.x + CARD.0 - 4.0, FRONT.y + 46.0), 0.4, Ink::PALE);
    let issuer = format!("{}  {}", text(Lang::Zh, "pdf-issuer"), claims.issuer);
    canvas.fitted((FRONT.x + 4.0, FRONT.y + 50.4), 7.4, CARD.0 - 8.0, Style::Body, Ink::BLACK, &issuer);
    canvas.outline(FRONT, 3.2, 0.6, Ink::NAVY);
    Ok(())
}

fn back(canvas: &mut Canvas, certificate: &Certificate) -> Result<(), PdfError> {
    let claims = &certificate.claims;
    canvas.qr((BACK.x + 1.5, BACK.y + 3.0), 41.0, &certificate.code)?;
    let middle = BACK.x + 22.0;
    canvas.centred(middle, BACK.y + 46.6, 5.8, Style::Body, Ink::RED, &text(Lang::Zh, "pdf-code-own"));
    canvas.centred(middle, BACK.y + 49.6, 4.4, Style::Body, Ink::RED, &text(Lang::En, "pdf-code-own"));
    let rows = [
        ("pdf-first-issued", claims.first_issued.to_string()),
        ("pdf-valid-from", claims.valid_from.to_string()),
        ("pdf-valid-to", claims.valid_to.to_string()),
        ("pdf-review-due", claims.review_due.to_string()),
    ];
    let x = BACK.x + 46.0;
    let mut y = BACK.y + 8.0;
    for (label, value) in rows {
        let label = format!("{} {}", text(Lang::Zh, label), text(Lang::En, label));
        canvas.fitted((x, y), 6.2, 37.0, Style::Body, Ink::GREY, &label);
        canvas.text(x, y + 4.4, 9.5, Style::Body, Ink::BLACK, &value);
        y += 10.6;
    }
    canvas.fitted((x, BACK.y + 50.2), 5.4, 37.0, Style::Body, Ink::GREY, claims.certificate_id.as_str());
    canvas.outline(BACK, 3.2, 0.6, Ink::NAVY);
    Ok(())
}

fn table(canvas: &mut Canvas, certificate: &Certificate) -> f32 {
    let claims = &certificate.claims;
    let (category_en, item_en) = certificate.trade_en.clone();
    let sex_en = text(Lang::En, sex(claims.sex));
    let rows = [
        ("pdf-name", claims.name.as_str().to_owned(), String::new()),
        ("pdf-sex", text(Lang::Zh, sex(claims.sex)), sex_en),
        ("pdf-certificate-number", claims.number.as_str().to_owned(), String::new()),
        ("pdf-category", claims.category_zh.clone(), category_en),
        ("pdf-item", claims.trade_zh.clone(), item_en),
        ("pdf-first-issued", claims.first_issued.to_string(), String::new()),
        ("pdf-validity", format!("{} — {}", claims.valid_from, claims.valid_to), String::new()),
        ("pdf-review-due", claims.review_due.to_string(), String::new()),
        ("pdf-issuer", claims.issuer.clone(), certificate.issuer_en.clone()),
        ("pdf-certificate-id", claims.certificate_id.to_string(), String::new()),
    ];
    let mut y = 121.0;
    for (label, zh, en) in rows {
        canvas.fill(Frame::new(LEFT, y, 46.0, 10.6), 0.0, Ink::WASH);
        canvas.text(LEFT + 3.0, y + 4.8, 9.0, Style::Body, Ink::BLACK, &text(Lang::Zh, label));
        canvas.text(LEFT + 3.0, y + 8.4, 6.2, Style::Body, Ink::GREY, &text(Lang::En, label));
        let base = if en.is_empty() { y + 6.8 } else { y + 5.2 };
        canvas.fitted((LEFT + 50.0, base), 11.0, 126.0, Style::Body, Ink::BLACK, &zh);
        canvas.fitted((LEFT + 50.0, y + 8.9), 7.0, 126.0, Style::Body, Ink::GREY, &en);
        canvas.rule((LEFT, y), (RIGHT, y), 0.4, Ink::PALE);
        y += 10.6;
    }
    canvas.outline(Frame::new(LEFT, 121.0, RIGHT - LEFT, y - 121.0), 0.0, 0.8, Ink::NAVY);
    y
}

fn notice(canvas: &mut Canvas, certificate: &Certificate, y: f32) {
    let mut y = y + 9.0;
    canvas.text(LEFT, y, 10.0, Style::Title, Ink::RED, &text(Lang::Zh, "pdf-code-title"));
    y += 5.6;
    for number in 1..=3 {
        let id = format!("pdf-code-text-{number}");
        y = canvas.paragraph((LEFT, y), RIGHT - LEFT, 8.2, Ink::BLACK, &text(Lang::Zh, &id));
        y = canvas.paragraph((LEFT, y - 0.4), RIGHT - LEFT, 6.8, Ink::GREY, &text(Lang::En, &id)) + 1.0;
    }
    let at = certificate.issued_at.date_in_china();
    canvas.right(RIGHT, 274.0, 10.0, Style::Title, Ink::BLACK, &certificate.claims.issuer);
    canvas.right(RIGHT, 280.0, 9.0, Style::Body, Ink::BLACK, &at.to_string());
}

const fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "pdf-sex-male",
        Sex::Female => "pdf-sex-female",
    }
}
