//! The practical examination: score sheets K1–K4, two examiners on their own, veto items, weights.
//!
//! Each sheet is out of 100 points. Two examiners mark it without seeing each other's marks; the sheet's points are
//! the mean of both, kept in half points so that no rounding decides. Where they differ by more than the rule set
//! allows, or only one of them saw a veto item (否决项) failed, the lead examiner marks the sheet as well and decides.
//! A veto item that is established as failed fails the whole practical, whatever the sum.

use crate::ids::SheetCode;
use crate::trade::words;
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// Points of a full sheet.
pub const SHEET_POINTS: u32 = 100;

/// Which of the four parts of the practical.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KPart {
    /// 安全用具使用: use of safety equipment.
    K1,
    /// 安全操作技术: safe operation.
    K2,
    /// 作业现场安全隐患排除: finding and removing hazards.
    K3,
    /// 作业现场应急处置: emergency response.
    K4,
}

words!(KPart { K1 = "K1", K2 = "K2", K3 = "K3", K4 = "K4" });

impl KPart {
    /// All parts in order.
    pub const ALL: [Self; 4] = [Self::K1, Self::K2, Self::K3, Self::K4];
}

/// A score sheet: what is done and what each step is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    parts: SheetParts,
}

/// The parts of a [`Sheet`] before they are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetParts {
    /// Code, for example `K1-1`.
    pub code: SheetCode,
    /// Part of the practical.
    pub part: KPart,
    /// Chinese title.
    pub title_zh: String,
    /// English title.
    pub title_en: String,
    /// Time for the sheet in minutes.
    pub minutes: u32,
    /// Steps that are marked; their points add up to [`SHEET_POINTS`].
    pub items: Vec<Item>,
    /// What fails the whole practical.
    pub vetoes: Vec<Veto>,
}

/// A step that is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Code, once on a sheet.
    pub code: String,
    /// Chinese text.
    pub text_zh: String,
    /// English text.
    pub text_en: String,
    /// Most points, 1 to 100.
    pub points: u32,
}

/// Something that fails the whole practical (否决项).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Veto {
    /// Code, once on a sheet.
    pub code: String,
    /// Chinese text.
    pub text_zh: String,
    /// English text.
    pub text_en: String,
}

/// Why parts make no sheet.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SheetError {
    /// A code is empty or stands twice.
    #[error("sheet {sheet}: code '{code}' is empty or stands twice")]
    Code {
        /// The sheet.
        sheet: SheetCode,
        /// The code.
        code: String,
    },
    /// A text is empty.
    #[error("sheet {sheet}: '{code}' has an empty text")]
    Text {
        /// The sheet.
        sheet: SheetCode,
        /// Item, veto or the sheet itself.
        code: String,
    },
    /// The time is nought.
    #[error("sheet {0}: the time is 0 minutes")]
    Minutes(SheetCode),
    /// An item without points.
    #[error("sheet {sheet}: item '{code}' is worth 0 points")]
    NoPoints {
        /// The sheet.
        sheet: SheetCode,
        /// The item.
        code: String,
    },
    /// The items do not add up.
    #[error("sheet {sheet}: the items add up to {sum} points, not to {SHEET_POINTS}")]
    Sum {
        /// The sheet.
        sheet: SheetCode,
        /// What they add up to.
        sum: u32,
    },
}

/// What an examiner wrote down for a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// Points by the code of the item.
    pub points: BTreeMap<String, u32>,
    /// Codes of the veto items that were failed.
    pub failed: BTreeSet<String>,
}

/// The marks of one examiner, checked against the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExaminerSheet {
    sheet: SheetCode,
    marks: Marks,
    total: u32,
}

/// Why marks do not fit a sheet. All that is missing is named at once.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MarksError {
    /// Items without points.
    #[error("no points for: {}", .0.join(", "))]
    Missing(Vec<String>),
    /// The sheet has no such item.
    #[error("the sheet has no item '{0}'")]
    UnknownItem(String),
    /// The sheet has no such veto item.
    #[error("the sheet has no veto item '{0}'")]
    UnknownVeto(String),
    /// More points than the item is worth.
    #[error("{given} points for item '{code}', which is worth {most}")]
    TooMany {
        /// The item.
        code: String,
        /// Points given.
        given: u32,
        /// Most points.
        most: u32,
    },
}

/// Why marks cannot be combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CombineError {
    /// The marks belong to different sheets.
    #[error("the marks belong to different sheets")]
    OtherSheet,
}

/// What two examiners, and the lead where needed, made of one sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetOutcome {
    /// Points.
    pub score: SheetScore,
    /// Veto items.
    pub veto: VetoOutcome,
}

/// Points of one sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetScore {
    /// The examiners are close enough.
    Agreed {
        /// The mean of both, in half points: 0 to 200.
        half_points: u32,
    },
    /// They are not, and the lead has not marked the sheet.
    NeedsLead {
        /// By how many points they differ.
        difference: u32,
    },
    /// They were not, and the lead's marks count.
    Settled {
        /// The lead's points, in half points: 0 to 200.
        half_points: u32,
    },
}

/// Veto items of one sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VetoOutcome {
    /// None was failed.
    Clear,
    /// One examiner alone saw these failed, and the lead has not marked the sheet.
    Disputed(BTreeSet<String>),
    /// These were failed: both examiners saw it, or one and the lead.
    Failed(BTreeSet<String>),
}

/// The whole practical.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticalOutcome {
    /// Weighted points out of 100 in hundredths: 0 to 10,000. Half a hundredth is dropped for showing; the pass mark is
    /// compared before that.
    pub hundredths: u32,
    /// Whether the practical is passed.
    pub passed: bool,
    /// Parts with a failed veto item.
    pub vetoed: Vec<KPart>,
}

/// Sheets that the lead examiner must mark before there is an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the lead examiner must mark first: {}", .0.iter().map(|part| part.word()).collect::<Vec<_>>().join(", "))]
pub struct NeedsLead(pub Vec<KPart>);

impl Sheet {
    /// Checks that the parts agree: codes once, texts there, items worth 100 points together.
    ///
    /// # Errors
    /// [`SheetError`] names the sheet and what is wrong.
    pub fn new(parts: SheetParts) -> Result<Self, SheetError> {
        let sheet = || parts.code.clone();
        let own = (parts.code.as_str(), &parts.title_zh, &parts.title_en);
        let items = parts.items.iter().map(|item| (item.code.as_str(), &item.text_zh, &item.text_en));
        let vetoes = parts.vetoes.iter().map(|veto| (veto.code.as_str(), &veto.text_zh, &veto.text_en));
        for (code, zh, en) in items.clone().chain(vetoes.clone()).chain([own]) {
            if zh.trim().is_empty() || en.trim().is_empty() {
                return Err(SheetError::Text { sheet: sheet(), code: code.to_owned() });
            }
        }
        // Items and veto items share one name space, so that a mark can't be taken for the other kind.
        let mut codes = BTreeSet::new();
        for (code, ..) in items.chain(vetoes) {
            if code.trim().is_empty() || !codes.insert(code) {
                return Err(SheetError::Code { sheet: sheet(), code: code.to_owned() });
            }
        }
        if parts.minutes == 0 {
            return Err(SheetError::Minutes(sheet()));
        }
        if let Some(item) = parts.items.iter().find(|item| item.points == 0) {
            return Err(SheetError::NoPoints { sheet: sheet(), code: item.code.clone() });
        }
        let sum = parts.items.iter().fold(0_u32, |sum, item| sum.saturating_add(item.points));
        if sum != SHEET_POINTS {
            return Err(SheetError::Sum { sheet: sheet(), sum });
        }
        Ok(Self { parts })
    }

    /// Code, for example `K1-1`.
    #[must_use]
    pub const fn code(&self) -> &SheetCode {
        &self.parts.code
    }

    /// Part of the practical.
    #[must_use]
    pub const fn part(&self) -> KPart {
        self.parts.part
    }

    /// Chinese title.
    #[must_use]
    pub fn title_zh(&self) -> &str {
        &self.parts.title_zh
    }

    /// English title.
    #[must_use]
    pub fn title_en(&self) -> &str {
        &self.parts.title_en
    }

    /// Time in minutes, at least 1.
    #[must_use]
    pub const fn minutes(&self) -> u32 {
        self.parts.minutes
    }

    /// Steps that are marked, in order.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.parts.items
    }

    /// What fails the whole practical.
    #[must_use]
    pub fn vetoes(&self) -> &[Veto] {
        &self.parts.vetoes
    }
}

impl ExaminerSheet {
    /// Checks marks against their sheet: every item marked from 0 to its points, only its own veto items.
    ///
    /// # Errors
    /// [`MarksError`] names the item.
    pub fn new(sheet: &Sheet, marks: Marks) -> Result<Self, MarksError> {
        let items = sheet.items();
        for (code, given) in &marks.points {
            let item = items.iter().find(|item| item.code == *code);
            let most = item.ok_or_else(|| MarksError::UnknownItem(code.clone()))?.points;
            if *given > most {
                return Err(MarksError::TooMany { code: code.clone(), given: *given, most });
            }
        }
        let missing = items.iter().filter(|item| !marks.points.contains_key(&item.code));
        let missing: Vec<String> = missing.map(|item| item.code.clone()).collect();
        if !missing.is_empty() {
            return Err(MarksError::Missing(missing));
        }
        let unknown = marks.failed.iter().find(|code| !sheet.vetoes().iter().any(|veto| veto.code == **code));
        if let Some(code) = unknown {
            return Err(MarksError::UnknownVeto(code.clone()));
        }
        let total = marks.points.values().fold(0_u32, |sum, points| sum.saturating_add(*points));
        Ok(Self { sheet: sheet.code().clone(), marks, total })
    }

    /// The sheet.
    #[must_use]
    pub const fn sheet(&self) -> &SheetCode {
        &self.sheet
    }

    /// The marks.
    #[must_use]
    pub const fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Sum of the points, 0 to 100.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.total
    }
}

impl SheetOutcome {
    /// Whether the lead examiner must mark the sheet.
    #[must_use]
    pub const fn needs_lead(&self) -> bool {
        matches!(self.score, SheetScore::NeedsLead { .. }) || matches!(self.veto, VetoOutcome::Disputed(_))
    }
}

/// Puts the marks of two examiners together. `tolerance` is the difference in points that still counts as agreement
/// ([`crate::rules::PracticalRules::difference_settled_by_lead`]). The lead's marks count only where the two disagree:
/// his points where theirs lie too far apart, his word on a veto item that one of them alone saw failed.
///
/// # Errors
/// [`CombineError::OtherSheet`] if the marks are not all of one sheet.
pub fn combine(
    a: &ExaminerSheet,
    b: &ExaminerSheet,
    lead: Option<&ExaminerSheet>,
    tolerance: u32,
) -> Result<SheetOutcome, CombineError> {
    if a.sheet != b.sheet || lead.is_some_and(|lead| lead.sheet != a.sheet) {
        return Err(CombineError::OtherSheet);
    }
    let difference = a.total.abs_diff(b.total);
    let score = match lead {
        _ if difference <= tolerance => SheetScore::Agreed { half_points: a.total.saturating_add(b.total) },
        Some(lead) => SheetScore::Settled { half_points: lead.total.saturating_mul(2) },
        None => SheetScore::NeedsLead { difference },
    };
    Ok(SheetOutcome {
        score,
        veto: veto(&a.marks.failed, &b.marks.failed, lead.map(|lead| &lead.marks.failed)),
    })
}

/// The outcome of the whole practical from its sheets in the order K1 to K4. `weights` are in per cent and add up to
/// 100; `pass_mark` is out of 100 points.
///
/// # Errors
/// [`NeedsLead`] names the parts that the lead examiner must mark first.
pub fn outcome(
    sheets: &[SheetOutcome; 4],
    weights: &[u32; 4],
    pass_mark: u32,
) -> Result<PracticalOutcome, NeedsLead> {
    let open: Vec<KPart> =
        parts(sheets).filter(|(_, sheet)| sheet.needs_lead()).map(|(part, _)| part).collect();
    // In half points times per cent, a full practical is 200 × 100: nothing is rounded before the comparison.
    let mut sum = 0_u32;
    for ((_, sheet), weight) in parts(sheets).zip(weights) {
        let half_points = match sheet.score {
            SheetScore::Agreed { half_points } | SheetScore::Settled { half_points } => half_points,
            SheetScore::NeedsLead { .. } => 0,
        };
        sum = sum.saturating_add(half_points.saturating_mul(*weight));
    }
    if !open.is_empty() {
        return Err(NeedsLead(open));
    }
    let failed = parts(sheets).filter(|(_, sheet)| matches!(sheet.veto, VetoOutcome::Failed(_)));
    let vetoed: Vec<KPart> = failed.map(|(part, _)| part).collect();
    let passed = vetoed.is_empty() && sum >= pass_mark.saturating_mul(200);
    Ok(PracticalOutcome { hundredths: sum / 2, passed, vetoed })
}

fn parts(sheets: &[SheetOutcome; 4]) -> impl Iterator<Item = (KPart, &SheetOutcome)> {
    KPart::ALL.into_iter().zip(sheets)
}

fn veto(a: &BTreeSet<String>, b: &BTreeSet<String>, lead: Option<&BTreeSet<String>>) -> VetoOutcome {
    let mut failed: BTreeSet<String> = a.intersection(b).cloned().collect();
    let disputed: BTreeSet<String> = a.symmetric_difference(b).cloned().collect();
    match lead {
        Some(lead) => failed.extend(disputed.intersection(lead).cloned()),
        // What both saw fails the practical already; a further item in dispute changes nothing.
        None if failed.is_empty() && !disputed.is_empty() => return VetoOutcome::Disputed(disputed),
        None => {}
    }
    if failed.is_empty() { VetoOutcome::Clear } else { VetoOutcome::Failed(failed) }
}

#[cfg(test)]
#[path = "practical_tests.rs"]
mod tests;
