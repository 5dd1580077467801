//! The rule set of a place in one version: every number that law or notice sets, as data.
//!
//! A rule set is immutable once in force. A session is bound to one when it is created, and every decision keeps
//! its id. Files are read by [`crate::wire::ruleset`].

use crate::bank::QuestionType;
use crate::grading::PassMark;
use crate::identity::IdentityRules;
use crate::ids::{RuleSetId, TradeId};
use crate::paper::Share;
use crate::retirement::RetirementClass;
use crate::time::Date;

/// Every number and name that a place's rules set.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSet {
    /// `place@version`.
    pub id: RuleSetId,
    /// First day in force.
    pub in_force_from: Date,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Theory examination.
    pub theory: TheoryRules,
    /// Practical examination.
    pub practical: PracticalRules,
    /// Invigilators and examiners.
    pub staff: StaffRules,
    /// Sessions, resits, results.
    pub exam: ExamRules,
    /// Queue at the kiosk.
    pub queue: QueueRules,
    /// Certificates.
    pub certificate: CertificateRules,
    /// Who may sit.
    pub eligibility: EligibilityRules,
    /// Documents at check-in.
    pub identity: IdentityRules,
}

/// Theory examination.
#[derive(Debug, Clone, PartialEq)]
pub struct TheoryRules {
    /// Length of the examination in minutes.
    pub minutes: u32,
    /// Points needed, out of [`TheoryRules::total`].
    pub pass_mark: u32,
    /// Points of a full paper.
    pub total: u32,
    /// Question sets in force for each trade.
    pub sets: u32,
    /// Entry opens so many minutes before the start.
    pub enter_early_minutes: u32,
    /// No entry later than so many minutes after the start.
    pub late_minutes: u32,
    /// Nobody leaves earlier than so many minutes after the start.
    pub leave_after_minutes: u32,
    /// An answer that was given before the end may come in so many seconds after it, from a seat that was cut off.
    pub late_answer_seconds: u32,
    /// Two signatures may give one person at most so many minutes more.
    pub most_extra_minutes: u32,
    /// Whether the score is told at the seat when the paper is handed in.
    pub score_at_hand_in: bool,
    /// Whether examinees may hear the questions of their paper.
    pub read_aloud: bool,
    /// Whether neighbours in the room get different sets where that is possible.
    pub avoid_neighbour_sets: bool,
    /// A set that more examinees than this have seen should be replaced.
    pub most_exposure: u32,
    /// Blueprints; see [`TheoryRules::blueprint`].
    pub blueprints: Vec<(TradeSelector, Blueprint)>,
    /// Shares of a blueprint by subject and difficulty; see [`TheoryRules::shares`].
    pub shares: Vec<(TradeSelector, Share)>,
}

/// Which trades a row of a rule set speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TradeSelector {
    /// Every trade that no other row names.
    Any,
    /// One trade.
    One(TradeId),
}

/// How a paper is put together: so many questions of each type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blueprint {
    /// 判断题.
    pub true_false: u32,
    /// 单选题.
    pub single: u32,
    /// 多选题.
    pub multiple: u32,
    /// Points of each question.
    pub points: u32,
}

/// Practical examination.
#[derive(Debug, Clone, PartialEq)]
pub struct PracticalRules {
    /// Points needed out of 100.
    pub pass_mark: u32,
    /// Totals of the two examiners on one sheet that differ by more than this go to the lead examiner.
    pub difference_settled_by_lead: u32,
    /// Weights; see [`PracticalRules::weights`].
    pub weights: Vec<(TradeSelector, PracticalWeights)>,
}

/// Weights of K1–K4 in per cent and the time for all four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PracticalWeights {
    /// Per cent of K1, K2, K3, K4; they add up to 100.
    pub k: [u32; 4],
    /// Minutes for the whole practical.
    pub minutes: u32,
}

/// Invigilators and examiners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaffRules {
    /// Invigilators for each room.
    pub invigilators_per_room: u32,
    /// Candidates for each room at most.
    pub room_capacity: u32,
    /// Examiners for each station.
    pub examiners_per_station: u32,
    /// Reserve invigilators drawn for a session.
    pub reserves_invigilators: u32,
    /// Reserve examiners drawn for a session.
    pub reserves_examiners: u32,
    /// Who stays away without a reason is barred so many days.
    pub no_show_bar_days: u32,
    /// Sessions a person may take in a week.
    pub max_sessions_per_week: u32,
    /// The place is told so many hours before the start.
    pub place_told_hours_before: u32,
    /// Minutes that the way from one exam point to another takes, as long as no distances are known.
    pub travel_minutes: u32,
    /// Whether staff crosses over between exam points.
    pub cross_points: CrossPoints,
    /// Whether somebody may be drawn for an exam point outside the own pool.
    pub other_pools: bool,
    /// Pairings of a post and a person that come up in more than so many percent of the trial draws are shown.
    pub pairing_cap_percent: u32,
}

/// Whether staff crosses over between exam points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrossPoints {
    /// As the draw has it.
    Free,
    /// Nobody works at one exam point twice running.
    Required,
    /// Everybody works at the exam point of the own pool only.
    OwnPoint,
}

crate::trade::words!(CrossPoints { Free = "free", Required = "required", OwnPoint = "own_point" });

/// Sessions, resits, results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExamRules {
    /// Days from application to session.
    pub application_to_session_days: u32,
    /// Resits of a failed part.
    pub resits: u32,
    /// Days within which a resit must be taken.
    pub resit_window_days: u32,
    /// Months that a passed part is kept.
    pub passed_part_kept_months: u32,
    /// Working days to the publication of results.
    pub results_working_days: u32,
    /// Working days after the publication in which a candidate may ask that the own result be looked at again.
    pub recheck_working_days: u32,
}

/// Queue at the kiosk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueRules {
    /// A called person may be called again after so many seconds.
    pub recall_after_seconds: u32,
    /// Who was called so often without coming may be passed over.
    pub pass_over_after_calls: u32,
    /// Who was passed over comes back behind so many people.
    pub requeue_after: u32,
    /// Between two others at most so many people with priority are called; 0 gives nobody priority.
    pub priority_between: u32,
    /// Who was passed over so often without coming is not called again until he comes back himself; 0 is never.
    pub set_aside_after: u32,
    /// A call is spoken so often, 1–5.
    pub announce_times: u32,
}

impl QueueRules {
    /// The rules for a person of whose session nothing is known: those of the national rule set.
    pub const WITHOUT_SESSION: Self = Self {
        recall_after_seconds: 60,
        pass_over_after_calls: 2,
        requeue_after: 3,
        priority_between: 2,
        set_aside_after: 3,
        announce_times: 2,
    };
}

/// Certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRules {
    /// Years of validity of an operation certificate.
    pub valid_years: u32,
    /// Years after which it is reviewed.
    pub review_years: u32,
    /// The application for review opens so many days before it is due.
    pub review_open_days: u32,
    /// Working days to a first issue.
    pub first_working_days: u32,
    /// Working days to the issue after a review.
    pub review_working_days: u32,
    /// Working days to the issue after a renewal.
    pub renewal_working_days: u32,
    /// Years of validity of a manager's certificate.
    pub managers_valid_years: u32,
    /// Issuing authority, Chinese.
    pub authority_zh: String,
    /// Issuing authority, English.
    pub authority_en: String,
}

/// Who may sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EligibilityRules {
    /// Least age in full years on the exam day.
    pub min_age: u32,
    /// Which retirement scale applies to women.
    pub female_retirement: RetirementClass,
    /// Years blocked after a revocation for false data or fraud.
    pub fraud_block_years: u32,
    /// Months away from the trade after which the practical is asked for again.
    pub away_practical_months: u32,
}

impl TheoryRules {
    /// Points needed, out of those of a full paper.
    #[must_use]
    pub const fn mark(&self) -> PassMark {
        PassMark { mark: self.pass_mark, of: self.total }
    }

    /// The blueprint for a trade: its own row, else the row for all.
    #[must_use]
    pub fn blueprint(&self, trade: &TradeId) -> Option<Blueprint> {
        select(&self.blueprints, trade)
    }

    /// The shares for a trade: its own rows, else those for all; questions of a type that no row speaks of come from
    /// the whole type. Empty if the rules ask for none.
    #[must_use]
    pub fn shares(&self, trade: &TradeId) -> Vec<Share> {
        let of = |wanted: &TradeSelector| -> Vec<Share> {
            self.shares.iter().filter(|(s, _)| s == wanted).map(|(_, share)| share.clone()).collect()
        };
        let mut shares = of(&TradeSelector::One(trade.clone()));
        if shares.is_empty() {
            shares = of(&TradeSelector::Any);
        }
        let Some(blueprint) = self.blueprint(trade).filter(|_| !shares.is_empty()) else { return shares };
        let whole = [
            (QuestionType::TrueFalse, blueprint.true_false),
            (QuestionType::Single, blueprint.single),
            (QuestionType::Multiple, blueprint.multiple),
        ];
        for (kind, count) in whole {
            let named = shares.iter().filter(|share| share.kind == kind).map(|share| share.count);
            let rest = count.saturating_sub(named.fold(0, u32::saturating_add));
            if rest > 0 {
                shares.push(Share { kind, subject: None, difficulty: None, count: rest });
            }
        }
        shares
    }
}

impl PracticalRules {
    /// The weights for a trade: its own row, else the row for all.
    #[must_use]
    pub fn weights(&self, trade: &TradeId) -> Option<PracticalWeights> {
        select(&self.weights, trade)
    }
}

impl Blueprint {
    /// Questions on a paper.
    #[must_use]
    pub const fn questions(&self) -> u32 {
        self.true_false + self.single + self.multiple
    }
}

fn select<T: Copy>(rows: &[(TradeSelector, T)], trade: &TradeId) -> Option<T> {
    let own = rows.iter().find(|(s, _)| matches!(s, TradeSelector::One(id) if id == trade));
    own.or_else(|| rows.iter().find(|(s, _)| *s == TradeSelector::Any)).map(|(_, value)| *value)
}
