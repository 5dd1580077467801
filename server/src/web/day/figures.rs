//! The figures of the day: from the numbers of the use case to what is drawn.

use crate::app::overview::day::{Day, DueLine};
use crate::app::overview::figures::{Flow, Rate};
use crate::web::page::Frame;
use crate::web::plot::{Kind, Plot, Series};
use shared::time::Date;
use std::collections::BTreeMap;

/// The day's flow and queue, and for the centre the last pass rates and the deadlines; those that show something.
pub(super) fn plots(frame: &Frame, day: &Day, centre: bool) -> Vec<Plot> {
    let mut plots = Vec::new();
    if !day.sessions.is_empty() {
        plots.extend(course(frame, &day.flow));
    }
    if centre {
        plots.extend([rates(frame, &day.rates), deadlines(frame, &day.due, day.today)]);
    }
    plots.retain(|plot| !plot.is_empty());
    plots
}

/// How people flow through the day, and how many wait.
pub(in crate::web) fn course(frame: &Frame, of: &Flow) -> [Plot; 2] {
    [flow(frame, of), queue(frame, of)]
}

fn quarters(flow: &Flow) -> Vec<String> {
    flow.quarters.iter().map(|begin| begin.time_in_china()).collect()
}

fn flow(frame: &Frame, flow: &Flow) -> Plot {
    let row = |word: &str, tone, values: &[i64]| Series {
        name: frame.t(&format!("page-plot-{word}")),
        tone,
        values: values.to_vec(),
    };
    let sum = |values: &[i64]| values.iter().sum::<i64>().to_string();
    let counts =
        [("came", sum(&flow.came)), ("handed", sum(&flow.handed_in)), ("practical", sum(&flow.practical))];
    Plot {
        id: "plot-flow",
        title: frame.t("page-plot-flow"),
        desc: frame.with("page-plot-flow-what", &counts),
        along: frame.t("page-plot-quarter"),
        labels: quarters(flow),
        names: Vec::new(),
        series: vec![
            row("came", "info", &flow.came),
            row("handed", "accent", &flow.handed_in),
            row("practical", "violet", &flow.practical),
        ],
        kind: Kind::Bars,
        top: None,
        unit: "",
    }
}

fn queue(frame: &Frame, flow: &Flow) -> Plot {
    let longest = flow.queue.iter().copied().max().unwrap_or(0);
    let now = flow.queue.last().copied().unwrap_or(0);
    Plot {
        id: "plot-queue",
        title: frame.t("page-plot-queue"),
        desc: frame.t2("page-plot-queue-what", "longest", longest, "last", now),
        along: frame.t("page-plot-quarter"),
        labels: quarters(flow),
        names: Vec::new(),
        series: vec![Series { name: frame.t("page-plot-waiting"), tone: "info", values: flow.queue.clone() }],
        kind: Kind::Line,
        top: None,
        unit: "",
    }
}

fn rates(frame: &Frame, rates: &[Rate]) -> Plot {
    let (came, passed) = rates.iter().fold((0, 0), |(c, p), r| (c + r.came, p + r.passed));
    let label = |rate: &Rate| {
        let day = Date::parse(&rate.session.row.day);
        day.map_or_else(|_| rate.session.row.day.clone(), |d| format!("{}/{}", d.month(), d.day()))
    };
    let name = |rate: &Rate| {
        let (row, of) = (&rate.session.row, &rate.session);
        let (time, trade, point) =
            (frame.time(&row.starts_at), frame.named(&of.trade), frame.named(&of.point));
        format!("{} {time} {trade} · {point}", row.day)
    };
    Plot {
        id: "plot-rates",
        title: frame.t("page-plot-rates"),
        desc: frame.with(
            "page-plot-rates-what",
            &[("count", rates.len().to_string()), ("came", came.to_string()), ("passed", passed.to_string())],
        ),
        along: frame.t("page-session"),
        labels: rates.iter().map(label).collect(),
        names: rates.iter().map(name).collect(),
        series: vec![Series {
            name: frame.t("page-plot-rate"),
            tone: "good",
            values: rates.iter().map(Rate::percent).collect(),
        }],
        kind: Kind::Bars,
        top: Some(100),
        unit: "%",
    }
}

/// Certificates that are still to be printed, by their last day; those without one come last.
fn deadlines(frame: &Frame, due: &[DueLine], today: Date) -> Plot {
    let mut open: BTreeMap<(bool, Option<Date>), i64> = BTreeMap::new();
    for line in due {
        *open.entry((line.due.is_none(), line.due)).or_default() += line.open();
    }
    let row = |word: &str, tone, belongs: &dyn Fn(Option<Date>) -> bool| Series {
        name: frame.t(&format!("page-plot-due-{word}")),
        tone,
        values: open.iter().map(|((_, day), n)| if belongs(*day) { *n } else { 0 }).collect(),
    };
    let label = |day: Option<Date>| {
        day.map_or_else(|| frame.t("page-calendar-missing"), |d| format!("{}/{}", d.month(), d.day()))
    };
    Plot {
        id: "plot-due",
        title: frame.t("page-plot-due"),
        desc: frame.t1("page-plot-due-what", "count", open.values().sum::<i64>()),
        along: frame.t("page-due-day"),
        labels: open.keys().map(|(_, day)| label(*day)).collect(),
        names: open
            .keys()
            .map(|(_, day)| day.map_or_else(|| label(None), |d| frame.short_date(&d)))
            .collect(),
        series: vec![
            row("late", "bad", &|day| day.is_some_and(|d| d < today)),
            row("today", "warn", &|day| day == Some(today)),
            row("later", "accent", &|day| day.is_none_or(|d| d > today)),
        ],
        kind: Kind::Bars,
        top: None,
        unit: "",
    }
}
