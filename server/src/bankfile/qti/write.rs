//! Questions as a package of QTI 3.0. What says nothing to others, the type and the tags, stands in attributes that QTI
//! leaves to everybody (`data-…`), so that the package is read back as what it was.

use super::super::picture::kept_kind;
use crate::bankfile::{Entry, WriteError};
use quick_xml::escape::escape;
use shared::bank::{QuestionType, digest};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const ITEM: &str = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0";
const PACKAGE: &str = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1";
const MATCH: &str = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml";

/// Longest title of an item; the whole text stands in its body.
const TITLE: usize = 40;

/// Writes questions with the pictures that they name, by SHA-256. The same questions give the same bytes.
///
/// # Errors
/// [`WriteError`] if a picture is not there, or the ZIP cannot be made.
pub fn package(entries: &[Entry<'_>], pictures: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, WriteError> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut resources = String::new();
    let mut used = BTreeMap::new();
    for (number, entry) in (1_u32..).zip(entries) {
        let id = format!("q{number:05}");
        let picture = match entry.question.picture() {
            None => None,
            Some(name) => {
                let content = pictures.get(name).ok_or_else(|| WriteError::Picture(name.to_owned()))?;
                let path = format!("pictures/{name}.{}", kept_kind(content).ending());
                used.insert(path.clone(), content);
                Some(path)
            }
        };
        zip.start_file(format!("items/{id}.xml"), options)?;
        zip.write_all(item(&id, *entry, picture.as_deref())?.as_bytes())?;
        resource(&mut resources, &id, picture.as_deref())?;
    }
    for (path, content) in used {
        zip.start_file(path, options)?;
        zip.write_all(content)?;
    }
    zip.start_file("imsmanifest.xml", options)?;
    zip.write_all(manifest(&resources)?.as_bytes())?;
    Ok(zip.finish()?.into_inner())
}

fn manifest(resources: &str) -> Result<String, WriteError> {
    let mut xml = String::from(HEAD);
    write!(
        xml,
        "<manifest xmlns=\"{PACKAGE}\" identifier=\"kaodian-bank\">\n\
         <metadata><schema>QTI Package</schema><schemaversion>3.0.0</schemaversion></metadata>\n\
         <organizations/>\n<resources>\n{resources}</resources>\n</manifest>\n"
    )?;
    Ok(xml)
}

fn resource(xml: &mut String, id: &str, picture: Option<&str>) -> Result<(), WriteError> {
    write!(xml, "<resource identifier=\"{id}\" type=\"imsqti_item_xmlv3p0\" href=\"items/{id}.xml\">")?;
    write!(xml, "<file href=\"items/{id}.xml\"/>")?;
    if let Some(path) = picture {
        write!(xml, "<file href=\"{path}\"/>")?;
    }
    xml.push_str("</resource>\n");
    Ok(())
}

fn item(id: &str, entry: Entry<'_>, picture: Option<&str>) -> Result<String, WriteError> {
    let Entry { question, trade } = entry;
    let tags = question.tags();
    let several = question.kind() == QuestionType::Multiple;
    let (cardinality, most) = if several { ("multiple", 0) } else { ("single", 1) };
    let title: String = question.title().chars().take(TITLE).collect();
    let mut xml = String::from(HEAD);
    writeln!(
        xml,
        "<qti-assessment-item xmlns=\"{ITEM}\" identifier=\"{id}\" title=\"{}\" label=\"{}\" xml:lang=\"zh-CN\" \
         adaptive=\"false\" time-dependent=\"false\">",
        text(&title),
        hex::encode(digest(question)),
    )?;
    writeln!(
        xml,
        "<qti-response-declaration identifier=\"RESPONSE\" cardinality=\"{cardinality}\" base-type=\"identifier\">"
    )?;
    xml.push_str("<qti-correct-response>");
    for letter in question.answer().letters().chars() {
        write!(xml, "<qti-value>{letter}</qti-value>")?;
    }
    xml.push_str("</qti-correct-response>\n</qti-response-declaration>\n");
    xml.push_str(
        "<qti-outcome-declaration identifier=\"SCORE\" cardinality=\"single\" base-type=\"float\"/>\n<qti-item-body",
    );
    let difficulty = tags.difficulty.map(|d| d.number().to_string()).unwrap_or_default();
    let data = [
        ("kind", question.kind().word()),
        ("trade", trade.unwrap_or_default()),
        ("subject", &tags.subject),
        ("key-point", &tags.key_point),
        ("difficulty", &difficulty),
    ];
    for (name, value) in data.into_iter().filter(|(_, value)| !value.is_empty()) {
        write!(xml, " data-kaodian-{name}=\"{}\"", text(value))?;
    }
    xml.push_str(">\n");
    if !question.reason().is_empty() {
        let reason = text(question.reason());
        writeln!(
            xml,
            "<qti-rubric-block use=\"scoring\" view=\"author scorer\"><qti-content-body><p>{reason}</p></qti-content-body></qti-rubric-block>"
        )?;
    }
    if let Some(path) = picture {
        writeln!(xml, "<p><img src=\"../{path}\" alt=\"\"/></p>")?;
    }
    write!(
        xml,
        "<qti-choice-interaction response-identifier=\"RESPONSE\" shuffle=\"{}\" max-choices=\"{most}\">\n<qti-prompt>{}</qti-prompt>\n",
        question.kind() != QuestionType::TrueFalse,
        text(question.title()),
    )?;
    for (option, letter) in question.choices().iter().zip('A'..='Z') {
        writeln!(xml, "<qti-simple-choice identifier=\"{letter}\">{}</qti-simple-choice>", text(option))?;
    }
    write!(
        xml,
        "</qti-choice-interaction>\n</qti-item-body>\n<qti-response-processing template=\"{MATCH}\"/>\n</qti-assessment-item>\n"
    )?;
    Ok(xml)
}

/// A text as XML may hold it: what no XML can hold is shown as lost.
fn text(text: &str) -> String {
    let legal = |c: char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    escape(text.chars().map(|c| if legal(c) { c } else { char::REPLACEMENT_CHARACTER }).collect::<String>())
        .into_owned()
}
