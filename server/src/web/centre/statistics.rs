//! Statistics of a trade's sets: what the papers that were sat say about questions and sets, and whether the sets are
//! equally hard.

use crate::app::App;
use crate::app::statistics::{self as cases, MOST_PAPERS, TradeStatistics};
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::web::page::{Frame, Visitor};
use crate::web::plot::{Kind, Plot, Series};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use shared::bank::Question;
use shared::statistics::{Difference, QuestionStatistics, SIGNIFICANT, SetStatistics, Test};

/// Facility below which a question is too hard, and above which too easy, to tell anybody apart.
const HARD: f64 = 0.2;
const EASY: f64 = 0.95;

/// Correlation with the rest of the paper below which a question does not measure what the others do.
const WEAK: f64 = 0.1;

/// Fewest papers of a set from which a question is marked.
const FEWEST: usize = 20;

/// Bars of a distribution.
const BARS: usize = 10;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/banks/{trade}/statistics", web::get().to(show));
}

#[derive(Deserialize)]
struct Asked {
    draw: Option<String>,
    set: Option<u32>,
}

#[derive(Template)]
#[template(path = "banks/statistics.html")]
struct StatisticsPage<'a> {
    frame: &'a Frame,
    of: TradeStatistics,
    /// The set whose questions are shown.
    number: u32,
    plots: Vec<Plot>,
}

/// A question of the set that is shown.
struct Row<'a> {
    place: usize,
    statistics: &'a QuestionStatistics,
    question: Option<&'a Question>,
    exposure: usize,
    /// Words of what stands out.
    marks: Vec<&'static str>,
}

impl StatisticsPage<'_> {
    fn rows(&self) -> Vec<Row<'_>> {
        let set = self.of.sets.iter().find(|(number, _)| *number == self.number).map(|(_, set)| set);
        let rows = set.iter().flat_map(|set| &set.questions).enumerate().map(|(at, statistics)| Row {
            place: at + 1,
            question: self.of.questions.get(&statistics.question),
            exposure: self.of.exposure.get(&statistics.question).copied().unwrap_or(0),
            marks: marks(statistics),
            statistics,
        });
        rows.collect()
    }

    /// Differences that chance does not explain.
    fn alarms(&self) -> Vec<&Difference> {
        self.of.drift.iter().filter(|difference| difference.is_significant()).collect()
    }

    fn alarm(&self, difference: &Difference) -> String {
        let id = match difference.test {
            Test::FisherExact => "page-statistics-alarm-passed",
            Test::WelchT => "page-statistics-alarm-mean",
        };
        self.frame.with(
            id,
            &[
                ("set", difference.set.clone()),
                ("own", fixed(difference.of_set, 1)),
                ("others", fixed(difference.of_others, 1)),
                ("p", p_value(difference.p_holm)),
            ],
        )
    }

    /// Corrected p value of a set by a test.
    fn p(&self, number: &u32, test: &str) -> String {
        let of = |d: &&Difference| d.set == number.to_string() && d.test.word() == test;
        self.of.drift.iter().find(of).map_or_else(|| "–".to_owned(), |d| p_value(d.p_holm))
    }

    fn rate(&self, set: &SetStatistics) -> String {
        if set.sheets == 0 {
            return "–".to_owned();
        }
        format!("{}%", fixed(set.passed as f64 * 100.0 / set.sheets as f64, 1))
    }

    fn mean(&self, set: &SetStatistics) -> String {
        if set.sheets == 0 { "–".to_owned() } else { format!("{} / {}", fixed(set.mean, 1), set.total) }
    }

    /// Whether there are so few papers that hardly any difference would be told, and none is.
    fn is_few(&self) -> bool {
        let most = self.of.sets.iter().map(|(_, set)| set.sheets).max().unwrap_or(0);
        most < FEWEST && self.alarms().is_empty()
    }

    fn number(&self, value: &f64, places: usize) -> String {
        fixed(*value, places)
    }

    fn maybe(&self, value: &Option<f64>, places: usize) -> String {
        value.map_or_else(|| "–".to_owned(), |value| fixed(value, places))
    }

    /// Letter, how often it was chosen, and whether it is right.
    fn options(&self, row: &Row<'_>) -> Vec<(char, usize, bool)> {
        let counts = &row.statistics.options;
        let room = row.question.map_or(counts.len(), |question| question.choices().len());
        let letters = ('A'..='Z').take(room).enumerate();
        letters
            .map(|(at, letter)| {
                let key = self.of.keys.get(&row.statistics.question);
                let right = key.is_some_and(|key| key.names(at));
                (letter, counts.get(at).copied().unwrap_or(0), right)
            })
            .collect()
    }

    fn mark(&self, word: &str) -> String {
        self.frame.t(&format!("page-statistics-mark-{word}"))
    }

    fn state(&self, word: &str) -> String {
        self.frame.t(&format!("page-banks-sets-{}", word.replace('_', "-")))
    }

    fn is_cut(&self) -> bool {
        i64::try_from(self.of.papers).is_ok_and(|papers| papers >= MOST_PAPERS)
    }

    fn level(&self) -> String {
        fixed(SIGNIFICANT, 2)
    }
}

/// What stands out about a question.
fn marks(of: &QuestionStatistics) -> Vec<&'static str> {
    let mut marks = Vec::new();
    if of.asked < FEWEST {
        return marks;
    }
    if of.facility < HARD {
        marks.push("hard");
    }
    if of.facility > EASY {
        marks.push("easy");
    }
    match of.point_biserial {
        Some(r) if r < 0.0 => marks.push("negative"),
        Some(r) if r < WEAK && of.facility <= EASY => marks.push("weak"),
        _ => {}
    }
    marks
}

/// A number with so many places behind the point; no minus before a zero.
fn fixed(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_owned(),
        _ => text,
    }
}

fn p_value(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { fixed(p, 3) }
}

/// Whole numbers that a figure shows.
fn whole(value: f64) -> i64 {
    // Far inside what a float holds exactly.
    value.round().clamp(0.0, 1e9) as i64
}

fn plots(frame: &Frame, of: &TradeStatistics) -> Vec<Plot> {
    let labels = || of.sets.iter().map(|(number, _)| number.to_string()).collect::<Vec<_>>();
    let of_sets = |value: &dyn Fn(&SetStatistics) -> f64| {
        of.sets.iter().map(|(_, set)| whole(value(set))).collect::<Vec<i64>>()
    };
    let share = |part: f64, whole: f64| if whole > 0.0 { part * 100.0 / whole } else { 0.0 };
    let plot =
        |id: &'static str, along: &str, labels: Vec<String>, values: Vec<i64>, top: Option<i64>| Plot {
            id,
            title: frame.t(&format!("page-statistics-{id}")),
            desc: frame.t(&format!("page-statistics-{id}-what")),
            along: frame.t(along),
            labels,
            names: Vec::new(),
            series: vec![Series { name: frame.t(&format!("page-statistics-{id}-of")), tone: "info", values }],
            kind: Kind::Bars,
            top,
            unit: if top.is_some() { "%" } else { "" },
        };
    let rates = of_sets(&|set| share(set.passed as f64, set.sheets as f64));
    let means = of_sets(&|set| share(set.mean, set.total as f64));
    let questions = || of.sets.iter().flat_map(|(_, set)| &set.questions).filter(|q| q.asked > 0);
    let bins = |values: &mut dyn Iterator<Item = f64>| {
        let mut bars = vec![0_i64; BARS];
        for value in values {
            let at = usize::try_from(whole((value * BARS as f64).floor())).unwrap_or(0).min(BARS - 1);
            if let Some(bar) = bars.get_mut(at) {
                *bar += 1;
            }
        }
        bars
    };
    let steps = || (0..BARS).map(|at| fixed(at as f64 / BARS as f64, 1)).collect::<Vec<_>>();
    let facility = bins(&mut questions().map(|q| q.facility));
    let telling = bins(&mut questions().filter_map(|q| q.discrimination));
    vec![
        plot("plot-rate", "page-statistics-set", labels(), rates, Some(100)),
        plot("plot-mean", "page-statistics-set", labels(), means, Some(100)),
        plot("plot-facility", "page-statistics-facility", steps(), facility, None),
        plot("plot-discrimination", "page-statistics-discrimination", steps(), telling, None),
    ]
}

async fn show(
    app: Data<App>,
    visitor: Visitor,
    trade: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let (worker, person, asked) = (app.get_ref().clone(), visitor.person.clone(), asked.into_inner());
    let draw = asked.draw.filter(|draw| !draw.is_empty());
    let of = block(move || cases::of_trade(&worker, &person, &trade, draw.as_deref())).await?;
    let frame = &visitor.frame;
    let number = asked.set.or_else(|| of.sets.first().map(|(number, _)| *number)).unwrap_or(1);
    let plots = if of.papers == 0 { Vec::new() } else { plots(frame, &of) };
    frame.answer(StatusCode::OK, &StatisticsPage { frame, of, number, plots })
}
