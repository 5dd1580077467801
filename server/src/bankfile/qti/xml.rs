//! XML as a small tree: no document type, no entities but the five of XML itself, bounded in depth and in number.
//!
//! QTI 2 writes `choiceInteraction responseIdentifier`, QTI 3 `qti-choice-interaction response-identifier`. Here both
//! are `choiceinteraction` and `responseidentifier`, so that all that follows reads one language.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Deepest nesting; an item has some ten levels.
const MAX_DEPTH: usize = 60;

/// Most elements of a document.
const MAX_NODES: usize = 200_000;

/// An element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Node {
    /// Its local name without the `qti-` of QTI 3, without dashes, in small letters.
    pub(super) name: String,
    /// Attributes, their names in the same form.
    attributes: Vec<(String, String)>,
    /// What is in it.
    pub(super) children: Vec<Child>,
}

/// What is in an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Child {
    /// An element.
    Element(Node),
    /// Text between elements.
    Text(String),
}

impl Node {
    /// Reads a document. Nothing if it is not well-formed, declares a document type or is larger than allowed.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        let mut open: Vec<Self> = Vec::new();
        let mut root: Option<Self> = None;
        let mut count = 0_usize;
        loop {
            match reader.read_event().ok()? {
                Event::Start(start) => {
                    count += 1;
                    if root.is_some() || open.len() >= MAX_DEPTH || count > MAX_NODES {
                        return None;
                    }
                    open.push(Self::begin(&start)?);
                }
                Event::End(_) => {
                    let done = open.pop()?;
                    match open.last_mut() {
                        Some(above) => above.children.push(Child::Element(done)),
                        None => root = Some(done),
                    }
                }
                Event::Text(text) => add(&mut open, &text.xml10_content()),
                Event::CData(text) => add(&mut open, &text.xml10_content()),
                Event::GeneralRef(entity) => match entity.resolve_char_ref().ok()? {
                    Some(c) => add(&mut open, c.encode_utf8(&mut [0; 4])),
                    None => add(&mut open, predefined(&entity.xml10_content())?),
                },
                Event::DocType(_) => return None,
                Event::Eof => return root.filter(|_| open.is_empty()),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Empty(_) => {}
            }
        }
    }

    fn begin(start: &BytesStart<'_>) -> Option<Self> {
        let mut node = Self { name: plain(start.local_name().as_ref()), ..Self::default() };
        for attribute in start.attributes() {
            let attribute = attribute.ok()?;
            let value = attribute.normalized_value(XmlVersion::Explicit1_0).ok()?;
            node.attributes.push((plain(attribute.key.local_name().as_ref()), value.into_owned()));
        }
        Some(node)
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(held, _)| held == name).map(|(_, value)| value.trim())
    }

    /// The elements in it.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            Child::Element(node) => Some(node),
            Child::Text(_) => None,
        })
    }

    /// The first element of this name in it.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.elements().find(|node| node.name == name)
    }

    /// Itself and all below it, in the order of the document.
    pub(super) fn all(&self) -> Vec<&Self> {
        let mut found = vec![self];
        let mut at = 0;
        // Depth first without recursion: what is below stands before what follows.
        while let Some(node) = found.get(at).copied() {
            at += 1;
            let below: Vec<&Self> = node.elements().collect();
            found.splice(at..at, below);
        }
        found
    }

    /// The text directly in it.
    pub(super) fn own_text(&self) -> String {
        let texts = self.children.iter().filter_map(|child| match child {
            Child::Text(text) => Some(text.as_str()),
            Child::Element(_) => None,
        });
        texts.collect::<String>().trim().to_owned()
    }
}

fn add(open: &mut [Node], text: &str) {
    let Some(node) = open.last_mut() else { return };
    match node.children.last_mut() {
        Some(Child::Text(before)) => before.push_str(text),
        _ => node.children.push(Child::Text(text.to_owned())),
    }
}

fn predefined(name: &str) -> Option<&'static str> {
    Some(match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => return None,
    })
}

/// A name as both versions of QTI have it.
fn plain(name: &str) -> String {
    let name = name.strip_prefix("qti-").unwrap_or(name);
    name.chars().filter(|c| *c != '-').flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_are_read_as_one_language() {
        let two = Node::parse(r#"<p:choiceInteraction xmlns:p="u" responseIdentifier=" R "><prompt>甲&#x4e59;&amp;<![CDATA[<]]></prompt></p:choiceInteraction>"#).unwrap();
        let three = Node::parse(r#"<?xml version="1.0"?><!-- x --><qti-choice-interaction response-identifier="R"><qti-prompt>甲乙&amp;&lt;</qti-prompt></qti-choice-interaction>"#).unwrap();
        for root in [two, three] {
            assert_eq!(
                (root.name.as_str(), root.attribute("responseidentifier")),
                ("choiceinteraction", Some("R"))
            );
            assert_eq!(root.child("prompt").unwrap().own_text(), "甲乙&<");
        }
    }

    #[test]
    fn all_elements_come_in_the_order_of_the_document() {
        let root = Node::parse("<a><b><c/></b><d><e/></d></a>").unwrap();
        assert_eq!(root.all().iter().map(|n| n.name.as_str()).collect::<String>(), "abcde");
    }

    #[test]
    fn what_could_do_harm_is_not_read() {
        let deep = "<a>".repeat(MAX_DEPTH + 1) + &"</a>".repeat(MAX_DEPTH + 1);
        let many = format!("<a>{}</a>", "<b/>".repeat(MAX_NODES));
        let bomb = r#"<!DOCTYPE a [<!ENTITY x "xxxxxxxx"><!ENTITY y "&x;&x;">]><a>&y;</a>"#;
        let table = [
            ("a document type", "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>"),
            ("entities", bomb),
            ("an unknown entity", "<a>&nbsp;</a>"),
            ("too deep", &deep),
            ("too many", &many),
            ("not closed", "<a><b></a>"),
            ("two roots", "<a/><b/>"),
            ("half", "<a"),
            ("nothing", ""),
            ("an attribute twice", r#"<a b="1" b="2"/>"#),
        ];
        for (what, text) in table {
            assert_eq!(Node::parse(text), None, "{what}");
        }
    }
}
