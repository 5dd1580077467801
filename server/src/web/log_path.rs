//! The way of an entry to the root of the log as a figure: at each step the hash so far, and the one it is joined with.

use super::page::Frame;
use super::parts::Html;
use crate::app::log::explore::EntryShown;
use shared::log::Hash;

/// Width of the figure, and height of a step.
const WIDTH: u32 = 480;
const STEP: u32 = 34;
/// Where the way goes up, and where the others stand on its left and right.
const MIDDLE: u32 = 240;
const LEFT: u32 = 90;
const RIGHT: u32 = 390;
/// Characters of a hash that are written.
const DIGITS: usize = 8;

/// The figure; the same stands in a list beside it.
pub(super) fn figure(frame: &Frame, entry: &EntryShown) -> Html {
    let steps = u32::try_from(entry.way.len()).unwrap_or(0);
    let height = STEP * (steps + 2);
    let bottom = height - STEP;
    let mut body = String::new();
    for (step, joint) in (0..).zip(&entry.way) {
        let y = bottom - STEP * step;
        let other = if joint.left { LEFT } else { RIGHT };
        let above = y - STEP;
        body.push_str(&line((MIDDLE, y), (MIDDLE, above)));
        let between = y - STEP / 2;
        body.push_str(&line((other, y), (other, between)));
        body.push_str(&line((other, between), (MIDDLE, between)));
        body.push_str(&node((other, y), "info", &joint.other));
    }
    body.push_str(&node((MIDDLE, bottom), "accent", &entry.inclusion.leaf));
    for (step, joint) in (1..).zip(&entry.way) {
        let tone = if step == steps { "good" } else { "accent" };
        body.push_str(&node((MIDDLE, bottom - STEP * step), tone, &joint.joined));
    }
    let title = frame.t("page-log-way");
    let desc = frame.t1("page-log-way-what", "steps", steps);
    Html::trusted(format!(
        r#"<svg class="plot-figure" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="way-title way-desc"><title id="way-title">{title}</title><desc id="way-desc">{desc}</desc>{body}</svg>"#
    ))
}

fn line((x1, y1): (u32, u32), (x2, y2): (u32, u32)) -> String {
    format!(r#"<line class="plot-grid" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"></line>"#)
}

fn node((x, y): (u32, u32), tone: &str, hash: &Hash) -> String {
    let digits: String = hex::encode(hash).chars().take(DIGITS).collect();
    format!(
        r#"<circle class="plot-bar plot-{tone}" cx="{x}" cy="{y}" r="6"></circle><text class="plot-text" x="{}" y="{}">{digits}</text>"#,
        x + 11,
        y + 5
    )
}
