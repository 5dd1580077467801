//! Items and packages of both versions, written by hand.

use crate::bankfile::{BankFile, read};
use image::{DynamicImage, ImageFormat, RgbImage};
use shared::bank::{RawRow, check};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

/// An item of QTI 2.2 with this body of its response declaration, this inside of its item body, and these rules.
fn two(cardinality: &str, declared: &str, body: &str, rules: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
        <assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="i" title="甲题" adaptive="false" timeDependent="false">
        <responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="identifier">{declared}</responseDeclaration>
        <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
        <itemBody>{body}</itemBody>{rules}</assessmentItem>"#
    )
}

fn right(ids: &str) -> String {
    let values: String = ids.split(' ').map(|id| format!("<value>{id}</value>")).collect();
    format!("<correctResponse>{values}</correctResponse>")
}

fn choice(most: u32, prompt: &str, options: &[(&str, &str)]) -> String {
    let options: String = options
        .iter()
        .map(|(id, text)| format!(r#"<simpleChoice identifier="{id}">{text}</simpleChoice>"#))
        .collect();
    format!(
        r#"<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="{most}"><prompt>{prompt}</prompt>{options}</choiceInteraction>"#
    )
}

const MATCH: &str = r#"<responseProcessing template="http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct"/>"#;
const MAP: &str =
    r#"<responseProcessing template="http://www.imsglobal.org/question/qti_v2p2/rptemplates/map_response"/>"#;
const METALS: [(&str, &str); 3] = [("x", "铜"), ("y", "铁"), ("z", "铝")];

fn metals() -> String {
    choice(1, "导电性最好的是()。", &METALS)
}

fn mapped(attributes: &str, entries: &[(&str, &str)]) -> String {
    let entries: String = entries
        .iter()
        .map(|(key, value)| format!(r#"<mapEntry mapKey="{key}" mappedValue="{value}"/>"#))
        .collect();
    format!("<mapping {attributes}>{entries}</mapping>")
}

fn one(text: &str) -> RawRow {
    read("item.xml", text.as_bytes()).unwrap().rows.remove(0)
}

/// Type, title, options and answer as they would be asked, or the reason why not.
fn asked(text: &str) -> Result<(String, String, String, String), String> {
    let question = shared::bank::question(&one(text)).map_err(|reason| reason.word().to_owned())?;
    let options = question.choices().join("|");
    Ok((question.kind().word().to_owned(), question.title().to_owned(), options, question.answer().letters()))
}

#[test]
fn what_can_be_asked_here_is_read_from_both_versions() {
    let three = r#"<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="i" title="乙" adaptive="false" time-dependent="false">
        <qti-response-declaration identifier="RESPONSE" cardinality="multiple" base-type="identifier"><qti-correct-response><qti-value>c</qti-value><qti-value>a</qti-value></qti-correct-response></qti-response-declaration>
        <qti-item-body><p>共同的<b>题干</b>。</p><qti-choice-interaction response-identifier="RESPONSE" max-choices="0"><qti-prompt>选出 <em>所有</em> 正确的</qti-prompt>
        <qti-simple-choice identifier="a"><p>1 m<sup>2</sup></p></qti-simple-choice><qti-simple-choice identifier="b">&lt;2</qti-simple-choice><qti-simple-choice identifier="c">H<sub>2</sub>O</qti-simple-choice></qti-choice-interaction></qti-item-body>
        <qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/></qti-assessment-item>"#;
    let written_out = r#"<responseProcessing><responseCondition><responseIf><match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match><setOutcomeValue identifier="SCORE"><baseValue baseType="float">2</baseValue></setOutcomeValue></responseIf><responseElse><setOutcomeValue identifier="SCORE"><baseValue baseType="float">0</baseValue></setOutcomeValue></responseElse></responseCondition></responseProcessing>"#;
    let truths = |a: &str, b: &str| choice(1, "问", &[("p", a), ("q", b)]);
    let table = [
        (two("single", &right("x"), &metals(), MATCH), "single", "导电性最好的是()。", "铜|铁|铝", "A"),
        (two("single", &right("y"), &metals(), ""), "single", "导电性最好的是()。", "铜|铁|铝", "B"),
        (two("single", &right("z"), &metals(), written_out), "single", "导电性最好的是()。", "铜|铁|铝", "C"),
        (
            two("single", &mapped("defaultValue=\"0\"", &[("y", "1.5")]), &metals(), MAP),
            "single",
            "导电性最好的是()。",
            "铜|铁|铝",
            "B",
        ),
        (
            two(
                "multiple",
                &mapped("lowerBound=\"0\" defaultValue=\"-1\"", &[("y", "1")]),
                &choice(0, "问", &METALS),
                MAP,
            ),
            "multiple",
            "问",
            "铜|铁|铝",
            "B",
        ),
        (
            two("multiple", &right("z x"), &choice(0, "问", &METALS), MATCH),
            "multiple",
            "问",
            "铜|铁|铝",
            "AC",
        ),
        (two("single", &right("p"), &truths("正确", "错误"), MATCH), "true_false", "问", "正确|错误", "A"),
        (two("single", &right("p"), &truths("False", "True"), MATCH), "true_false", "问", "True|False", "B"),
        (three.to_owned(), "multiple", "共同的题干。 选出 所有 正确的", "1 m²|<2|H₂O", "AC"),
    ];
    for (text, kind, title, options, answer) in table {
        let expected = (kind.to_owned(), title.to_owned(), options.to_owned(), answer.to_owned());
        assert_eq!(asked(&text), Ok(expected), "{text}");
    }
}

#[test]
fn whatever_an_item_asks_beyond_is_refused_with_its_reason() {
    let item = |body: &str| two("single", &right("x"), body, MATCH);
    let scored = |rules: &str| two("single", &right("x"), &metals(), rules);
    let table = [
        (item("<textEntryInteraction responseIdentifier=\"RESPONSE\"/>"), "interaction"),
        (item(&(metals() + &metals())), "interaction"),
        (item("<p>没有题</p>"), "interaction"),
        (two("ordered", &right("x y"), &metals(), MATCH), "interaction"),
        (
            item(&metals()).replace("responseIdentifier=\"RESPONSE\"", "responseIdentifier=\"OTHER\""),
            "interaction",
        ),
        (item(&metals()).replace("adaptive=\"false\"", "adaptive=\"true\""), "adaptive"),
        (
            item(&metals()).replace("<itemBody>", "<templateDeclaration identifier=\"N\"/><itemBody>"),
            "template",
        ),
        (scored(MAP), "scoring"),
        (scored("<responseProcessing template=\"http://example.org/own\"/>"), "scoring"),
        (
            scored(
                "<responseProcessing><setOutcomeValue identifier=\"SCORE\"><random/></setOutcomeValue></responseProcessing>",
            ),
            "scoring",
        ),
        (two("multiple", &mapped("", &[("x", "1"), ("y", "1")]), &choice(0, "问", &METALS), MAP), "scoring"),
        (two("single", &mapped("", &[("x", "1"), ("y", "0.5")]), &metals(), MAP), "scoring"),
        (two("single", &(right("y") + &mapped("", &[("x", "1")])), &metals(), MAP), "scoring"),
        (two("multiple", &right("x y z"), &choice(2, "问", &METALS), MATCH), "scoring"),
        (two("single", "", &metals(), MATCH), "answer_missing"),
        (two("single", &right("w"), &metals(), MATCH), "answer_not_an_option"),
        (two("single", &right("x y"), &metals(), MATCH), "scoring"),
        (item(&choice(1, "", &METALS)), "empty_title"),
        (item(&choice(1, "问", &[("x", "铜"), ("y", " ")])), "empty_option"),
        (item(&choice(1, "问", &[("x", "铜"), ("x", "铁")])), "option_letters"),
        (item(&(metals() + "<table><tr><td>1</td></tr></table>")), "content"),
        (item(&(metals() + "<p><math xmlns=\"u\"><mi>x</mi></math></p>")), "content"),
        (item(&choice(1, "10<sup>甲</sup>", &METALS)), "content"),
        (item(&(metals() + "<p><img src=\"a.png\" alt=\"\"/></p>")), "picture_missing"),
        (item(&(metals() + "<img src=\"a.png\"/><img src=\"b.png\"/>")), "picture_place"),
        (item(&choice(1, "问", &[("x", "<img src=\"a.png\"/>"), ("y", "铁")])), "picture_place"),
        (item(&metals()).replace("<itemBody>", "<itemBody"), "item_unreadable"),
        ("<!DOCTYPE x [<!ENTITY y \"z\">]><assessmentItem/>".to_owned(), "item_unreadable"),
        ("<questestinterop/>".to_owned(), "item_unreadable"),
    ];
    for (text, reason) in table {
        assert_eq!(asked(&text), Err(reason.to_owned()), "{text}");
    }
}

#[test]
fn what_is_said_to_those_who_mark_is_the_explanation() {
    let told = "<modalFeedback outcomeIdentifier=\"F\" identifier=\"f\" showHide=\"show\">铜的电阻率最小</modalFeedback>";
    let item = two("single", &right("x"), &metals(), MATCH);
    assert_eq!(
        one(&item.replace("</assessmentItem>", &format!("{told}</assessmentItem>"))).reason,
        "铜的电阻率最小"
    );
    let rubric = "<rubricBlock view=\"scorer\">见课本</rubricBlock><rubricBlock view=\"candidate\">一题一分。</rubricBlock>";
    let row = one(&two("single", &right("x"), &format!("{rubric}{}", metals()), MATCH));
    assert_eq!((row.reason.trim(), row.title.trim().starts_with("一题一分")), ("见课本", true));
}

fn png(side: u32) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(RgbImage::new(side, side)).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn manifest(items: &[&str]) -> String {
    let resources: String = items
        .iter()
        .map(|href| format!(r#"<resource identifier="r" type="imsqti_item_xmlv2p2" href="{href}"/>"#))
        .collect();
    format!(
        r#"<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m"><organizations/><resources>
        <resource identifier="t" type="imsqti_test_xmlv2p2" href="test.xml"/>{resources}</resources></manifest>"#
    )
}

#[test]
fn a_package_is_read_item_by_item_with_its_pictures() {
    let pictured = |address: &str| {
        two("single", &right("x"), &format!("<p><img src=\"{address}\" alt=\"\"/></p>{}", metals()), MATCH)
    };
    let (good, other) = (pictured("../img/a%20b.png"), pictured("../img/b.svg"));
    let list = manifest(&["items/1.xml", "items/2.xml", "items/3.xml", "../out.xml", "items/4.xml"]);
    let package = zipped(&[
        ("imsmanifest.xml", list.as_bytes()),
        ("items/1.xml", good.as_bytes()),
        ("items/2.xml", other.as_bytes()),
        ("items/4.xml", two("single", &right("x"), &metals(), MATCH).as_bytes()),
        ("img/a b.png", &png(8)),
        ("img/b.svg", b"<svg/>"),
    ]);
    let BankFile { rows, pictures } = read("bank.zip", &package).unwrap();
    let report = check(&rows);
    assert_eq!(report.accepted.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [1, 5]);
    let refused: Vec<(u32, &str)> = report.refused.iter().map(|r| (r.row, r.reason.word())).collect();
    assert_eq!(refused, [(2, "picture_unreadable"), (3, "item_unreadable"), (4, "item_unreadable")]);
    let name = report.accepted[0].1.picture().unwrap();
    assert_eq!(pictures.get(name), Some(&png(8)));
    assert_eq!(report.accepted[1].1.picture(), None);
    assert!(report.suspect.is_empty(), "another picture makes another question: {:?}", report.suspect);
}

#[test]
fn a_zip_that_unfolds_without_end_is_not_unpacked() {
    let bomb = vec![b' '; 9 * 1024 * 1024];
    let list = manifest(&["1.xml"; 40]);
    let package = zipped(&[("imsmanifest.xml", list.as_bytes()), ("1.xml", &bomb)]);
    assert!(package.len() < 100_000);
    let error = read("bank.zip", &package).unwrap_err().to_string();
    assert!(error.contains("larger than is allowed"), "{error}");
    let alone = zipped(&[("imsmanifest.xml", &bomb)]);
    assert!(read("bank.zip", &alone).unwrap_err().to_string().contains("imsmanifest.xml cannot be read"));
}
