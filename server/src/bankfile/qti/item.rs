//! One item of QTI 2.2 or 3.0 as a row of a bank.

use super::scoring;
use super::xml::{Child, Node};
use shared::bank::{QuestionType, RawRow, RefusalReason, says_true};

/// What an item points at beside its own text: looked up by the package.
pub(super) trait Pictures {
    /// Takes the picture at an address, as the item gives it, and answers its SHA-256.
    fn take(&mut self, address: &str) -> Result<String, RefusalReason>;
}

/// The letter of an option.
const LETTERS: std::ops::RangeInclusive<char> = 'A'..='Z';

/// The row of an item. One that is no question here carries the reason.
pub(super) fn row(text: &str, row: u32, pictures: &mut dyn Pictures) -> RawRow {
    let Some(item) = Node::parse(text) else {
        return RawRow { row, refused: Some(RefusalReason::ItemUnreadable), ..RawRow::default() };
    };
    let title = item.attribute("title").unwrap_or_default().to_owned();
    match read(&item, row, pictures) {
        Ok(raw) => raw,
        Err(reason) => RawRow { row, title, refused: Some(reason), ..RawRow::default() },
    }
}

fn read(item: &Node, row: u32, pictures: &mut dyn Pictures) -> Result<RawRow, RefusalReason> {
    if item.name != "assessmentitem" {
        return Err(RefusalReason::ItemUnreadable);
    }
    let all = item.all();
    plain_item(item, &all)?;
    let body = item.child("itembody").ok_or(RefusalReason::EmptyTitle)?;
    let interactions: Vec<&&Node> = all.iter().filter(|n| n.name.ends_with("interaction")).collect();
    let [interaction] = interactions.as_slice() else { return Err(RefusalReason::Interaction) };
    if interaction.name != "choiceinteraction" {
        return Err(RefusalReason::Interaction);
    }
    let declaration = declaration(item, interaction)?;
    let several = match declaration.attribute("cardinality") {
        Some("single") => false,
        Some("multiple") => true,
        _ => return Err(RefusalReason::Interaction),
    };
    let options: Vec<&Node> = interaction.elements().filter(|n| n.name == "simplechoice").collect();
    let ids: Vec<&str> = options.iter().filter_map(|n| n.attribute("identifier")).collect();
    let mut distinct = ids.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if ids.len() != options.len() || distinct.len() != ids.len() || ids.len() > 26 {
        return Err(RefusalReason::OptionLetters);
    }
    let right = scoring::right(item, declaration, &ids, several)?;
    let most = limit(interaction, "maxchoices", usize::from(!several))?;
    let least = limit(interaction, "minchoices", 0)?;
    // A limit that keeps the right options from being chosen makes another question of it.
    if (most != 0 && right.len() > most) || right.len() < least {
        return Err(RefusalReason::Scoring);
    }
    if right.iter().any(|id| !ids.contains(&id.as_str())) {
        return Err(RefusalReason::AnswerNotAnOption);
    }
    let answers = ids.iter().zip(LETTERS).filter(|(id, _)| right.contains(**id)).map(|(_, letter)| letter);
    let answers: String = answers.collect();
    let options = options.into_iter().map(option_text).collect::<Result<Vec<_>, _>>()?;
    let mut prose = Prose::default();
    prose.read(body)?;
    let kind = kind(body, &options, several && most != 1);
    let data = |name: &str| body.attribute(name).unwrap_or_default().to_owned();
    let picture = match prose.pictures.as_slice() {
        [] => None,
        [address] => Some(pictures.take(address)?),
        _ => return Err(RefusalReason::PicturePlace),
    };
    Ok(RawRow {
        row,
        trade: Some(data("datakaodiantrade")).filter(|trade| !trade.is_empty()),
        category: kind.chinese().to_owned(),
        title: prose.text,
        options: Some(options),
        answers,
        reason: reason(item, prose.reason),
        subject: data("datakaodiansubject"),
        key_point: data("datakaodiankeypoint"),
        difficulty: data("datakaodiandifficulty"),
        picture,
        ..RawRow::default()
    })
}

/// That the item is the same for everybody and stays what it is.
fn plain_item(item: &Node, all: &[&Node]) -> Result<(), RefusalReason> {
    let has = |name: &str| all.iter().any(|node| node.name == name);
    if item.attribute("adaptive") == Some("true") || item.attribute("adaptive") == Some("1") {
        return Err(RefusalReason::Adaptive);
    }
    if has("templatedeclaration") || has("templateprocessing") || has("templateconstraint") {
        return Err(RefusalReason::Template);
    }
    if has("assessmentstimulusref") || has("companionmaterialsinfo") {
        return Err(RefusalReason::Content);
    }
    Ok(())
}

fn declaration<'a>(item: &'a Node, interaction: &Node) -> Result<&'a Node, RefusalReason> {
    let declared: Vec<&Node> = item.elements().filter(|n| n.name == "responsedeclaration").collect();
    let [one] = declared.as_slice() else { return Err(RefusalReason::Interaction) };
    let same = one.attribute("identifier").is_some()
        && one.attribute("identifier") == interaction.attribute("responseidentifier");
    if same && one.attribute("basetype") == Some("identifier") {
        Ok(*one)
    } else {
        Err(RefusalReason::Interaction)
    }
}

fn limit(interaction: &Node, name: &str, otherwise: usize) -> Result<usize, RefusalReason> {
    interaction
        .attribute(name)
        .map_or(Ok(otherwise), |text| text.parse().map_err(|_| RefusalReason::Interaction))
}

/// The type that the item names, if it comes from here and may be so; else what its options say.
fn kind(body: &Node, options: &[String], several: bool) -> QuestionType {
    let named = body.attribute("datakaodiankind").and_then(QuestionType::from_word);
    let truths: Vec<Option<bool>> = options.iter().map(|option| says_true(option)).collect();
    let judged = matches!(truths.as_slice(), [Some(a), Some(b)] if a != b);
    match named {
        _ if several => QuestionType::Multiple,
        Some(QuestionType::Single) => QuestionType::Single,
        _ if judged => QuestionType::TrueFalse,
        _ => QuestionType::Single,
    }
}

fn option_text(option: &Node) -> Result<String, RefusalReason> {
    let mut prose = Prose::default();
    prose.read(option)?;
    if prose.pictures.is_empty() { Ok(prose.text) } else { Err(RefusalReason::PicturePlace) }
}

/// What the item tells those who mark it; else what it tells the examinee afterwards.
fn reason(item: &Node, rubric: String) -> String {
    if !rubric.trim().is_empty() {
        return rubric;
    }
    let mut prose = Prose::default();
    let told = item.elements().filter(|n| n.name == "modalfeedback").try_for_each(|n| prose.read(n));
    // What cannot be read as text is only a remark; the question stands without it.
    if told.is_ok() && prose.pictures.is_empty() { prose.text } else { String::new() }
}

/// Text and pictures of a body, without its options.
#[derive(Debug, Default)]
struct Prose {
    text: String,
    pictures: Vec<String>,
    reason: String,
}

impl Prose {
    fn read(&mut self, node: &Node) -> Result<(), RefusalReason> {
        for child in &node.children {
            match child {
                Child::Text(text) => self.text.push_str(text),
                Child::Element(element) => self.element(element)?,
            }
        }
        Ok(())
    }

    fn element(&mut self, node: &Node) -> Result<(), RefusalReason> {
        match node.name.as_str() {
            "img" => {
                let address = node.attribute("src").or_else(|| node.attribute("data"));
                self.pictures.push(address.ok_or(RefusalReason::PictureMissing)?.to_owned());
                Ok(())
            }
            "object" if node.attribute("type").is_some_and(|kind| kind.starts_with("image/")) => {
                self.pictures.push(node.attribute("data").ok_or(RefusalReason::PictureMissing)?.to_owned());
                Ok(())
            }
            "picture" | "figure" | "contentbody" | "simplechoicegroup" => self.read(node),
            "br" | "hr" => {
                self.text.push(' ');
                Ok(())
            }
            "sup" => self.raised(node, '⁰', SUPERSCRIPTS),
            "sub" => self.raised(node, '₀', SUBSCRIPTS),
            "rubricblock" => self.rubric(node),
            // The options are read apart, what is said of them is not shown.
            "simplechoice" | "feedbackinline" | "stylesheet" | "label" => Ok(()),
            "p" | "div" | "prompt" | "choiceinteraction" | "ul" | "ol" | "li" | "blockquote" | "pre"
            | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "figcaption" | "section" | "article" => {
                self.text.push(' ');
                self.read(node)?;
                self.text.push(' ');
                Ok(())
            }
            "span" | "b" | "strong" | "i" | "em" | "u" | "small" | "big" | "tt" | "code" | "kbd" | "samp"
            | "var" | "q" | "cite" | "dfn" | "abbr" | "acronym" | "a" | "bdi" | "bdo" => self.read(node),
            _ => Err(RefusalReason::Content),
        }
    }

    /// For those who mark or write, it is the explanation; for the examinee, it belongs to the text.
    fn rubric(&mut self, node: &Node) -> Result<(), RefusalReason> {
        if node.attribute("view").is_some_and(|view| view.split_whitespace().any(|who| who == "candidate")) {
            self.text.push(' ');
            self.read(node)?;
            self.text.push(' ');
            return Ok(());
        }
        let mut apart = Self::default();
        if apart.read(node).is_ok() {
            self.reason.push(' ');
            self.reason.push_str(&apart.text);
        }
        Ok(())
    }

    /// 10² is not 102: what stands above or below the line gets the character for it, or is not read.
    fn raised(&mut self, node: &Node, zero: char, table: [(char, char); 6]) -> Result<(), RefusalReason> {
        let mut apart = Self::default();
        apart.read(node)?;
        if !apart.pictures.is_empty() {
            return Err(RefusalReason::Content);
        }
        for c in apart.text.trim().chars() {
            let found = table.iter().find(|(plain, _)| *plain == c).map(|(_, raised)| *raised);
            let shown = found.or_else(|| digit(c, zero)).ok_or(RefusalReason::Content)?;
            self.text.push(shown);
        }
        Ok(())
    }
}

const SUPERSCRIPTS: [(char, char); 6] =
    [('1', '¹'), ('2', '²'), ('3', '³'), ('+', '⁺'), ('-', '⁻'), ('n', 'ⁿ')];
const SUBSCRIPTS: [(char, char); 6] =
    [('+', '₊'), ('-', '₋'), ('n', 'ₙ'), ('x', 'ₓ'), ('a', 'ₐ'), ('e', 'ₑ')];

fn digit(c: char, zero: char) -> Option<char> {
    char::from_u32(u32::from(zero).checked_add(c.to_digit(10)?)?)
}
