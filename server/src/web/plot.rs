//! Figures as SVG made here: bars that stand on each other, and lines. What a figure shows stands in a table as well.

use super::parts::Html;

/// Width and height of a figure in its own units; it grows and shrinks with the page.
const SIZE: (f64, f64) = (480.0, 208.0);
/// Left, top, right and bottom of the part in which bars and lines are drawn.
const FRAME: (f64, f64, f64, f64) = (42.0, 18.0, 474.0, 176.0);
/// Width of a character of a label.
const LETTER: f64 = 8.0;
/// Most bars that have their number written above them.
const NUMBERED: usize = 14;

/// A figure.
pub(super) struct Plot {
    /// Unique on the page.
    pub(super) id: &'static str,
    /// What it shows, in a few words.
    pub(super) title: String,
    /// What can be seen in it, in a sentence.
    pub(super) desc: String,
    /// What the labels are: head of the table's first column.
    pub(super) along: String,
    /// Labels from left to right.
    pub(super) labels: Vec<String>,
    /// What the labels stand for, in full; the labels themselves where there is nothing more to say.
    pub(super) names: Vec<String>,
    /// Rows of numbers, each with one for every label.
    pub(super) series: Vec<Series>,
    /// How it is drawn.
    pub(super) kind: Kind,
    /// Upper end of the scale, where it is given.
    pub(super) top: Option<i64>,
    /// Written behind every number of the scale.
    pub(super) unit: &'static str,
}

/// A row of numbers.
pub(super) struct Series {
    /// Its name.
    pub(super) name: String,
    /// Colour: a word of the style sheet.
    pub(super) tone: &'static str,
    /// The numbers; none is below zero.
    pub(super) values: Vec<i64>,
}

/// How a figure is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Bars; those of further rows stand on those before.
    Bars,
    /// A line with the area below it.
    Line,
}

impl Plot {
    /// Whether there is nothing to be seen.
    pub(super) fn is_empty(&self) -> bool {
        self.labels.is_empty() || self.series.iter().all(|s| s.values.iter().all(|v| *v == 0))
    }

    /// The rows of the table: the label and its numbers.
    pub(super) fn rows(&self) -> Vec<(&str, Vec<i64>)> {
        let of = |at: usize| self.series.iter().map(|s| s.values.get(at).copied().unwrap_or(0)).collect();
        (0..self.labels.len()).map(|at| (self.name(at), of(at))).collect()
    }

    /// What a label stands for.
    fn name(&self, at: usize) -> &str {
        self.names.get(at).or_else(|| self.labels.get(at)).map_or("", String::as_str)
    }

    /// The figure itself.
    pub(super) fn svg(&self) -> Html {
        let (id, title, desc) = (self.id, escaped(&self.title), escaped(&self.desc));
        let (top, step) = scale(self.top.unwrap_or_else(|| self.highest()));
        let body = match self.kind {
            Kind::Bars => self.bars(top),
            Kind::Line => self.lines(top),
        };
        Html::trusted(format!(
            r#"<svg class="plot-figure" viewBox="0 0 {} {}" role="img" aria-labelledby="{id}-title {id}-desc"><title id="{id}-title">{title}</title><desc id="{id}-desc">{desc}</desc>{}{body}{}</svg>"#,
            SIZE.0,
            SIZE.1,
            self.grid(top, step),
            self.below(),
        ))
    }

    /// The highest bar or point.
    fn highest(&self) -> i64 {
        let heights = (0..self.labels.len()).map(|at| {
            let here = self.series.iter().filter_map(|s| s.values.get(at));
            match self.kind {
                Kind::Bars => here.sum::<i64>(),
                Kind::Line => here.copied().max().unwrap_or(0),
            }
        });
        heights.max().unwrap_or(0)
    }

    fn grid(&self, top: i64, step: i64) -> String {
        let (left, _, right, _) = FRAME;
        let mut lines = String::new();
        let mut value = 0;
        while value <= top {
            let y = height(value, top);
            lines.push_str(&format!(
                r#"<line class="plot-grid" x1="{left}" y1="{y:.1}" x2="{right}" y2="{y:.1}"></line><text class="plot-text" x="{:.1}" y="{:.1}" text-anchor="end">{value}{}</text>"#,
                left - 6.0,
                y + 4.5,
                self.unit,
            ));
            value += step;
        }
        lines
    }

    /// The labels below, as many as there is room for.
    fn below(&self) -> String {
        let longest = self.labels.iter().map(|label| wide(label)).max().unwrap_or(0);
        let needed = float(i64::try_from(longest + 1).unwrap_or(1)) * LETTER;
        let every =
            (1..=self.labels.len()).find(|n| float(i64::try_from(*n).unwrap_or(1)) * self.slot() >= needed);
        let every = every.unwrap_or(self.labels.len()).max(1);
        let shown = self.labels.iter().enumerate().filter(|(at, _)| at % every == 0);
        let written = shown.map(|(at, label)| {
            let (x, y) = (self.middle(at), FRAME.3 + 19.0);
            let label = escaped(label);
            format!(r#"<text class="plot-text" x="{x:.1}" y="{y:.1}" text-anchor="middle">{label}</text>"#)
        });
        written.collect()
    }

    fn bars(&self, top: i64) -> String {
        let width = (self.slot() * 0.72).min(46.0);
        let mut bars = String::new();
        for at in 0..self.labels.len() {
            let (mut below, x) = (0, self.middle(at) - width / 2.0);
            for series in &self.series {
                let value = series.values.get(at).copied().unwrap_or(0);
                if value == 0 {
                    continue;
                }
                let (y, foot) = (height(below + value, top), height(below, top));
                let what =
                    format!("{} · {} {value}{}", escaped(self.name(at)), escaped(&series.name), self.unit);
                bars.push_str(&format!(
                    r#"<rect class="plot-bar plot-{}" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{:.1}"><title>{what}</title></rect>"#,
                    series.tone,
                    (foot - y).max(0.5),
                ));
                below += value;
            }
            if below > 0 && self.labels.len() <= NUMBERED {
                let (x, y) = (self.middle(at), height(below, top) - 4.0);
                bars.push_str(&format!(
                    r#"<text class="plot-number" x="{x:.1}" y="{y:.1}" text-anchor="middle">{below}{}</text>"#,
                    self.unit
                ));
            }
        }
        bars
    }

    fn lines(&self, top: i64) -> String {
        let drawn = self.series.iter().map(|series| {
            let points = series.values.iter().enumerate().take(self.labels.len());
            let points: Vec<String> =
                points.map(|(at, v)| format!("{:.1},{:.1}", self.middle(at), height(*v, top))).collect();
            let (first, last) = (self.middle(0), self.middle(self.labels.len().saturating_sub(1)));
            let (along, foot) = (points.join(" "), FRAME.3);
            format!(
                r#"<polygon class="plot-area plot-{0}" points="{first:.1},{foot} {along} {last:.1},{foot}"></polygon><polyline class="plot-line plot-{0}" points="{along}"></polyline>"#,
                series.tone
            )
        });
        drawn.collect()
    }

    /// Width of what belongs to one label.
    fn slot(&self) -> f64 {
        (FRAME.2 - FRAME.0) / float(i64::try_from(self.labels.len().max(1)).unwrap_or(1))
    }

    fn middle(&self, at: usize) -> f64 {
        FRAME.0 + self.slot() * (float(i64::try_from(at).unwrap_or(0)) + 0.5)
    }
}

/// Where a value stands.
fn height(value: i64, top: i64) -> f64 {
    let (_, upper, _, foot) = FRAME;
    foot - (foot - upper) * float(value.clamp(0, top.max(1))) / float(top.max(1))
}

/// The upper end of a scale and the step of its lines: 1, 2 or 5 times a power of ten, with at most five steps.
fn scale(highest: i64) -> (i64, i64) {
    let highest = highest.clamp(1, 1_000_000);
    let mut power = 1;
    loop {
        for step in [power, power * 2, power * 5] {
            if step * 5 >= highest {
                return (highest.div_euclid(step) * step + if highest % step == 0 { 0 } else { step }, step);
            }
        }
        power *= 10;
    }
}

/// How many narrow characters a text is wide; Chinese ones are wide.
fn wide(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// Numbers of people are small enough for this to be exact.
fn float(value: i64) -> f64 {
    i32::try_from(value).map_or(f64::from(i32::MAX), f64::from)
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(kind: Kind, labels: &[&str], values: &[&[i64]]) -> Plot {
        Plot {
            id: "p",
            title: "A <b>".into(),
            desc: "\"D\"".into(),
            along: "x".into(),
            labels: labels.iter().map(|l| (*l).to_owned()).collect(),
            names: Vec::new(),
            series: values
                .iter()
                .map(|v| Series { name: "s&t".into(), tone: "info", values: v.to_vec() })
                .collect(),
            kind,
            top: None,
            unit: "",
        }
    }

    #[test]
    fn a_scale_has_few_round_steps_and_holds_the_highest_value() {
        for (highest, expected) in [
            (0, (1, 1)),
            (1, (1, 1)),
            (5, (5, 1)),
            (6, (6, 2)),
            (11, (15, 5)),
            (43, (50, 10)),
            (100, (100, 20)),
        ] {
            let (top, step) = scale(highest);
            assert_eq!((top, step), expected, "{highest}");
            assert!(top >= highest && top % step == 0 && top / step <= 5);
        }
    }

    #[test]
    fn bars_stand_on_each_other_and_what_is_written_is_escaped() {
        let svg = plot(Kind::Bars, &["<1>", "2"], &[&[1, 0], &[3, 2]]).svg().to_string();
        assert_eq!(svg.matches("<rect").count(), 3, "no bar for nothing: {svg}");
        assert!(svg.contains("A &lt;b&gt;") && svg.contains("&lt;1&gt; · s&amp;t 1"), "{svg}");
        assert!(svg.contains(">4</text>"), "the whole height is written: {svg}");
        assert!(!svg.contains("style="), "{svg}");
    }

    #[test]
    fn a_line_has_a_point_for_every_label_and_stays_in_the_frame() {
        let svg = plot(Kind::Line, &["a", "b", "c"], &[&[0, 9, 4]]).svg().to_string();
        let points = svg.split("plot-line plot-info\" points=\"").nth(1).unwrap().split('"').next().unwrap();
        let points: Vec<(f64, f64)> = points
            .split(' ')
            .map(|p| p.split_once(',').unwrap())
            .map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()))
            .collect();
        assert_eq!(points.len(), 3);
        for (x, y) in points {
            assert!((FRAME.0..=FRAME.2).contains(&x) && (FRAME.1..=FRAME.3).contains(&y), "{x} {y}");
        }
    }

    #[test]
    fn there_is_a_row_of_the_table_for_every_label() {
        let plot = plot(Kind::Bars, &["a", "b"], &[&[1, 2], &[3]]);
        assert_eq!(plot.rows(), [("a", vec![1, 3]), ("b", vec![2, 0])]);
        assert!(!plot.is_empty());
        assert!(super::tests::plot(Kind::Line, &["a"], &[&[0]]).is_empty());
    }
}
