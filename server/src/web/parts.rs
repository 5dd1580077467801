//! Small pieces of HTML that many pages use, each made in one place.

use crate::app::overview::{STAGES, Stage, StageCounts};
use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use std::fmt;

/// HTML that needs no escaping. Nothing that a person typed ever goes in unescaped.
#[derive(Debug, Clone)]
pub struct Html(String);

/// A part of the progress bar.
pub struct Segment {
    /// Left edge, 0–1000.
    pub x: usize,
    /// Width, 0–1000.
    pub width: usize,
    /// Word of the stage.
    pub word: &'static str,
}

/// Pages that so many lines fill, at so many a page; one at least.
#[must_use]
pub(super) const fn pages_of(lines: i64, a_page: i64) -> i64 {
    (if lines > 1 { lines - 1 } else { 0 }) / a_page + 1
}

impl Html {
    /// HTML that was made here, of parts that need no escaping.
    #[must_use]
    pub(super) const fn trusted(html: String) -> Self {
        Self(html)
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

/// A document about a person: shown by the browser, kept in no cache. `name` is without its ending and made of letters that
/// need no quoting.
pub fn pdf(name: &str, content: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((CACHE_CONTROL, "no-store, private"))
        .insert_header((CONTENT_DISPOSITION, format!("inline; filename=\"{name}.pdf\"")))
        .body(content)
}

/// An icon of `assets/icons.svg`; it says nothing to screen readers, the word beside it does.
#[must_use]
pub fn icon(name: &'static str) -> Html {
    let url = super::assets::url("icons.svg");
    Html(format!(
        r##"<svg class="icon" aria-hidden="true" focusable="false"><use href="{url}#i-{name}"></use></svg>"##
    ))
}

/// Name of the icon of a stage.
#[must_use]
pub const fn stage_icon(stage: Stage) -> &'static str {
    match stage {
        Stage::Expected => "clock",
        Stage::CheckedIn => "scan",
        Stage::Waiting => "queue",
        Stage::Admitted => "door",
        Stage::InRoom => "pencil",
        Stage::TheoryDone => "sheet",
        Stage::Practical => "tools",
        Stage::Passed => "check",
        Stage::Failed => "cross",
        Stage::Absent => "dash",
        Stage::Removed => "ban",
    }
}

/// The progress bar of a session: one part for each stage that somebody has reached.
#[must_use]
pub fn segments(counts: &StageCounts) -> Vec<Segment> {
    let total: usize = counts.values().sum();
    let mut before = 0;
    let mut segments = Vec::new();
    for stage in STAGES {
        let Some(count) = counts.get(&stage).copied().filter(|c| *c > 0) else { continue };
        let x = before * 1000 / total;
        before += count;
        segments.push(Segment { x, width: before * 1000 / total - x, word: stage.word() });
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_has_a_page_and_nothing_has_one_too() {
        for (lines, pages) in [(0, 1), (1, 1), (25, 1), (26, 2), (50, 2), (51, 3)] {
            assert_eq!(pages_of(lines, 25), pages, "{lines}");
        }
    }

    #[test]
    fn the_parts_of_the_bar_fill_it_without_a_gap() {
        let counts = StageCounts::from([(Stage::Expected, 7), (Stage::InRoom, 13), (Stage::Passed, 3)]);
        let parts = segments(&counts);
        assert_eq!(parts.first().unwrap().word, "expected");
        let mut edge = 0;
        for part in &parts {
            assert_eq!(part.x, edge);
            edge += part.width;
        }
        assert_eq!(edge, 1000);
        assert!(segments(&StageCounts::new()).is_empty());
    }
}
