//! Facts of duties after their draw: what those who were drawn answer, who steps in, and what people exchange.

use super::DutyRecord;
use serde::{Deserialize, Serialize};

/// Somebody who was drawn answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DutyAnswered {
    /// Session id.
    pub session: String,
    /// Post code.
    pub post: String,
    /// Staff code.
    pub staff: String,
    /// `confirmed` or `declined`.
    pub answer: String,
    /// Why not; empty for who confirms.
    pub reason: String,
}

/// Somebody left a post, and the next reserve has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DutyPassed {
    /// Session id.
    pub session: String,
    /// Post code.
    pub post: String,
    /// Who left it: staff code.
    pub left: String,
    /// `declined` or `absent`.
    pub why: String,
    /// Who has it now: staff code. None: no reserve was left, and the post is open.
    pub to: Option<String>,
    /// The post of the reserve who stepped in.
    pub reserve: Option<String>,
    /// Who was absent is barred from the pool up to and including this day, `YYYY-MM-DD`.
    pub barred_until: Option<String>,
}

/// Open posts of a session were filled by a supplementary draw.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DutiesFilled {
    /// Session id.
    pub session: String,
    /// Draw id.
    pub draw: String,
    /// Who has which post now.
    pub duties: Vec<DutyRecord>,
}

/// Somebody asks that two people exchange their posts; a second person has to agree.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SwapProposed {
    /// Id of the swap.
    pub swap: String,
    /// Session id.
    pub session: String,
    /// The two posts.
    pub posts: [String; 2],
    /// Who has them now: staff codes.
    pub staff: [String; 2],
    /// Why; everybody can read it.
    pub reason: String,
}

/// A second person decided about a swap.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SwapDecided {
    /// Id of the swap.
    pub swap: String,
    /// Session id.
    pub session: String,
    /// Whether it was agreed; then the two have exchanged their posts.
    pub agreed: bool,
    /// The two posts.
    pub posts: [String; 2],
    /// Who had them before: staff codes.
    pub staff: [String; 2],
    /// Why; everybody can read it.
    pub reason: String,
}
