//! Trades (操作项目) and kinds of examination, as data.

use crate::ids::{CategoryId, TradeId};
use thiserror::Error;

/// What a certificate is examined for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ExamKind {
    /// 初次取证: first issue.
    First,
    /// 复审: review in the middle of the validity.
    Review,
    /// 延期换证: renewal at its end.
    Renewal,
}

/// Who is examined in a trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TradeKind {
    /// 特种作业: theory and practical.
    Operation,
    /// 主要负责人, 安全生产管理人员: theory only.
    Managers,
}

/// Least schooling asked for (总局令30 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Education {
    /// Below 初中.
    Primary,
    /// 初中.
    Junior,
    /// 高中 or equal.
    Senior,
    /// 大专 and above.
    College,
}

/// One category (作业类别) of trades.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// The product's own id.
    pub id: CategoryId,
    /// Number in the catalogue of 总局令30, from 1.
    pub number: u32,
    /// Chinese name, for example 电工作业.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
}

/// One trade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trade {
    /// The product's own id; two official code orders exist for the electric items, so neither is a key.
    pub id: TradeId,
    /// Category of the trade.
    pub category: CategoryId,
    /// Full Chinese name, for example 低压电工作业.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Who is examined.
    pub kind: TradeKind,
    /// Coal mine trades are examined in the national system, never here (seed notice of Xuchang, item 4).
    pub national_system: bool,
    /// Least schooling.
    pub min_education: Education,
    /// Hours of the first training in all, where a source gives them; for some trades only this sum is known.
    pub total_hours: Option<u32>,
    /// Theory hours of the first training, where the syllabus gives them.
    pub theory_hours: Option<u32>,
    /// Practical hours of the first training.
    pub practical_hours: Option<u32>,
    /// Hours of the training for review and renewal.
    pub review_hours: u32,
    /// Whether a practical examination follows the theory for a first issue.
    pub practical: bool,
}

/// Why no session can be held for a trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TradeRefusal {
    /// Coal mine trades.
    #[error("coal mine trades are examined in the national safety examination system, not here")]
    NationalSystem,
}

impl Trade {
    /// Whether a session may be held here.
    ///
    /// # Errors
    /// [`TradeRefusal::NationalSystem`] for coal mine trades.
    pub const fn may_be_examined_here(&self) -> Result<(), TradeRefusal> {
        if self.national_system { Err(TradeRefusal::NationalSystem) } else { Ok(()) }
    }

    /// Whether this kind of examination has a practical part. Reviews and renewals are theory only by default.
    #[must_use]
    pub fn has_practical(&self, kind: ExamKind) -> bool {
        self.practical && kind == ExamKind::First
    }
}

macro_rules! words {
    ($type:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $type {
            /// The word used on the wire and in files.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// From the word used on the wire and in files.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use words;

words!(ExamKind { First = "first", Review = "review", Renewal = "renewal" });
words!(TradeKind { Operation = "operation", Managers = "managers" });
words!(Education { Primary = "primary", Junior = "junior", Senior = "senior", College = "college" });
