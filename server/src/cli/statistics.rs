//! Statistics of questions and sets from files.

use super::grade::key_and_sheets;
use super::{Answer, Outcome, print};
use clap::Args;
use serde_json::{Map, Value, json};
use shared::grading::{passed, sets_with_sheets};
use shared::statistics::{Outcomes, QuestionStatistics, SetStatistics, drift, of_set, rounded};
use std::path::PathBuf;

/// Arguments of `item-statistics`.
#[derive(Args)]
pub struct ItemStatistics {
    /// Key: `set,question,answer,points`.
    #[arg(long, value_name = "KEY.csv")]
    key: PathBuf,
    /// Sheets: `sheet,set,answers`.
    #[arg(long, value_name = "SHEETS.csv")]
    sheets: PathBuf,
    /// Per cent of the points needed to pass.
    #[arg(long, default_value_t = 80)]
    pass_percent: u32,
    /// `json` prints the whole report on standard output, `text` a summary.
    #[arg(long, default_value = "json", value_parser = ["json", "text"])]
    report: String,
}

impl ItemStatistics {
    /// Runs the command.
    pub fn run(self) -> Answer {
        let (key, sheets) = key_and_sheets(&self.key, &self.sheets)?;
        let sets = sets_with_sheets(&key, &sheets)?;
        let sets: Vec<SetStatistics> = sets.iter().map(|set| of_set(set, self.pass_percent)).collect();
        let outcomes: Vec<Outcomes> = sets.iter().map(|set| outcomes(set, self.pass_percent)).collect();
        let drift = drift(&outcomes);
        if self.report == "text" {
            for set in &sets {
                eprintln!(
                    "set {}: {} sheets, {} passed, mean {}",
                    set.set,
                    set.sheets,
                    set.passed,
                    rounded(set.mean)
                );
            }
            for d in drift.iter().filter(|d| d.is_significant()) {
                eprintln!("set {} differs: {} p {}", d.set, d.test.word(), rounded(d.p_holm));
            }
            return Ok(Outcome::Yes);
        }
        let drift: Vec<Value> = drift
            .iter()
            .map(|d| {
                json!({
                    "set": d.set, "test": d.test.word(), "of_set": rounded(d.of_set), "of_others": rounded(d.of_others),
                    "p": d.p, "p_holm": d.p_holm, "differs": d.is_significant(),
                })
            })
            .collect();
        print(&json!({ "sets": sets.iter().map(set_json).collect::<Vec<_>>(), "drift": drift }));
        Ok(Outcome::Yes)
    }
}

fn outcomes(set: &SetStatistics, pass_percent: u32) -> Outcomes {
    let total = u32::try_from(set.total).unwrap_or(u32::MAX);
    let points = || set.points.iter().map(|points| u32::try_from(*points).unwrap_or(u32::MAX));
    Outcomes {
        set: set.set.clone(),
        percents: points().map(|points| f64::from(points) * 100.0 / f64::from(total.max(1))).collect(),
        passed: points().filter(|points| passed(*points, total, pass_percent)).count(),
    }
}

fn set_json(set: &SetStatistics) -> Value {
    json!({
        "set": set.set,
        "sheets": set.sheets,
        "passed": set.passed,
        "total": set.total,
        "mean": rounded(set.mean),
        "sd": set.sd.map(rounded),
        "kr20": set.kr20.map(rounded),
        "sem": set.sem.map(rounded),
        "questions": set.questions.iter().map(question_json).collect::<Vec<_>>(),
    })
}

fn question_json(question: &QuestionStatistics) -> Value {
    let letters = ('A'..='Z').zip(&question.options);
    let options: Map<String, Value> =
        letters.map(|(letter, count)| (letter.to_string(), json!(count))).collect();
    json!({
        "question": question.question,
        "asked": question.asked,
        "right": question.right,
        "facility": rounded(question.facility),
        "discrimination": question.discrimination.map(rounded),
        "point_biserial": question.point_biserial.map(rounded),
        "options": options,
        "unanswered": question.unanswered,
    })
}
