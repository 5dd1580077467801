//! How many certificates a second are drawn, next to what the library takes for a page with one line in the same face:
//! `cargo xtask bench documents`.

#[path = "../../shared/benches/ratio/mod.rs"]
mod ratio;

use printpdf::{Mm, Op, PdfDocument, PdfFontHandle, PdfPage, Pt, TextItem};
use ratio::{Side, compare};
use server::pdf::certificate::{self, Certificate};
use server::pdf::fonts::{FontError, fonts};
use server::pdf::{PdfError, Rendered};
use server::portrait;
use shared::certificate::CertificateNumber;
use shared::certificate::code::{self, CertificateClaims};
use shared::idnumber::IdNumber;
use shared::ids::{CertificateId, TradeId};
use shared::person::Name;
use shared::time::{Date, Instant};
use std::hint::black_box;

/// Documents in a turn.
const COUNT: usize = 4;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let certificate = certificate()?;
    match certificate::render(&certificate) {
        Err(PdfError::Font(missing @ FontError::Missing(..))) => {
            println!("documents: skipped, {missing}");
            return Ok(());
        }
        rendered => println!("a certificate has {} bytes\n", rendered?.bytes.len()),
    }
    compare(
        "documents a second",
        Side::new("certificate", COUNT, || times(|| certificate::render(&certificate))),
        Side::new("the library: a page with one line", COUNT, || times(bare)),
    )?;
    Ok(())
}

fn times(one: impl Fn() -> Result<Rendered, PdfError>) -> Result<(), PdfError> {
    (0..COUNT).try_for_each(|_| one().map(|document| drop(black_box(document))))
}

/// One line on one page, in the face that certificates are written in.
fn bare() -> Result<Rendered, PdfError> {
    let face = fonts()?.face(0).cloned().ok_or_else(|| PdfError::Library("no face".to_owned()))?;
    let mut document = PdfDocument::new("bare");
    let id = document.add_font(&face);
    let line = vec![
        Op::StartTextSection,
        Op::SetFont { font: PdfFontHandle::External(id), size: Pt(12.0) },
        Op::ShowText { items: vec![TextItem::Text("低压电工作业".to_owned())] },
        Op::EndTextSection,
    ];
    let bytes = document
        .with_pages(vec![PdfPage::new(Mm(210.0), Mm(297.0), line)])
        .save(&printpdf::PdfSaveOptions::default(), &mut Vec::new());
    Ok(Rendered { bytes, missing: Vec::new() })
}

fn certificate() -> Result<Certificate, Box<dyn std::error::Error>> {
    let number = CertificateNumber::of(&IdNumber::parse("11010519491231002X")?);
    let claims = CertificateClaims {
        sex: number.id_number().sex(),
        number,
        name: Name::parse("欧阳明远")?,
        category_zh: "电工作业".into(),
        trade_zh: "低压电工作业".into(),
        trade_id: TradeId::parse("electrician-low-voltage")?,
        first_issued: Date::parse("2026-09-28")?,
        valid_from: Date::parse("2026-09-28")?,
        valid_to: Date::parse("2032-09-27")?,
        review_due: Date::parse("2029-09-27")?,
        issuer: "演示市应急管理局".into(),
        certificate_id: CertificateId::parse("C-2026092801-0007")?,
    };
    let key = ed25519_dalek::SigningKey::from_bytes(&[3; 32]);
    Ok(Certificate {
        code: code::sign(&claims, "certificate-1", &key)?,
        claims,
        portrait: portrait::encode(&portrait::portrait("bench"))?,
        trade_en: ("Electrical work".into(), "Low-voltage electrician".into()),
        issuer_en: "Demonstration City Emergency Management Bureau".into(),
        managers: false,
        issued_at: Instant::parse("2026-09-28T16:20:00+08:00")?,
    })
}
