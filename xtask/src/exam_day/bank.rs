//! The right answers, from the bank file that is imported: what a well-prepared candidate knows.

use crate::fail::{Context, Fail, Outcome};
use serde::Deserialize;
use shared::bank::{self, RawRow};
use std::collections::HashMap;
use std::path::Path;

/// The right options by title and options.
#[derive(Debug)]
pub struct Knowledge {
    by_question: HashMap<(String, Vec<String>), Vec<String>>,
}

#[derive(Deserialize)]
struct Row {
    category: String,
    title: String,
    choices: String,
    answers: String,
}

impl Knowledge {
    /// Reads a bank in JSON.
    ///
    /// # Errors
    /// If the file cannot be read or holds no question.
    pub fn read(path: &Path) -> Outcome<Self> {
        let text = std::fs::read_to_string(path).or_fail(path.display())?;
        let rows: Vec<Row> =
            serde_json::from_str(&text).or_fail(format!("{}: a bank in JSON is needed", path.display()))?;
        let mut by_question = HashMap::new();
        for row in rows {
            let raw = RawRow {
                category: row.category,
                title: row.title,
                choices: row.choices,
                answers: row.answers,
                ..RawRow::default()
            };
            let Ok(question) = bank::question(&raw) else { continue };
            let right =
                question.answer().indices().filter_map(|at| question.choices().get(at).cloned()).collect();
            by_question.insert(key(question.title(), question.choices()), right);
        }
        if by_question.is_empty() {
            return Err(Fail::new(format!("{} holds no question", path.display())));
        }
        Ok(Self { by_question })
    }

    /// The letters of the right options in the order in which a paper shows them.
    ///
    /// # Errors
    /// If the bank has no such question.
    pub fn right(&self, title: &str, shown: &[String]) -> Outcome<String> {
        let right = self.by_question.get(&key(title, shown));
        let right = right.or_fail(format!("the bank has no question '{title}' with these options"))?;
        let letters = shown.iter().zip('A'..='Z').filter(|(text, _)| right.contains(text));
        Ok(letters.map(|(_, letter)| letter).collect())
    }

    /// Letters that are wrong: the first option that isn't among the right ones.
    ///
    /// # Errors
    /// If the bank has no such question, or every option is right.
    pub fn wrong(&self, title: &str, shown: &[String]) -> Outcome<String> {
        let right = self.right(title, shown)?;
        let wrong =
            shown.iter().zip('A'..='Z').map(|(_, letter)| letter).find(|letter| !right.contains(*letter));
        wrong.map(String::from).or_fail("every option is right")
    }
}

/// The options in an order of their own: a paper may show them in any.
fn key(title: &str, choices: &[String]) -> (String, Vec<String>) {
    let mut choices = choices.to_vec();
    choices.sort();
    (title.to_owned(), choices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_letter_follows_the_option() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("bank.json");
        let bank = r#"[{"category":"单选题","title":"甲","choices":"**A、一**B、二**C、三","answers":"B"}]"#;
        std::fs::write(&path, bank).unwrap();
        let knowledge = Knowledge::read(&path).unwrap();
        let shown: Vec<String> = ["三", "二", "一"].map(str::to_owned).to_vec();
        assert_eq!(knowledge.right("甲", &shown).unwrap(), "B");
        let shown: Vec<String> = ["二", "三", "一"].map(str::to_owned).to_vec();
        assert_eq!(knowledge.right("甲", &shown).unwrap(), "A");
        assert_eq!(knowledge.wrong("甲", &shown).unwrap(), "B");
        assert!(knowledge.right("乙", &shown).is_err());
    }
}
