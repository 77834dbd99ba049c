//! The rate over time as inline SVG: a column for each span of time, as wide as the span, split by outcome.

use crate::{
    model::{Bucket, HistoryReport, Outcome},
    report::parts::{html::frame::escape, words::counted},
};
use std::io::{self, Write};

/// Height of the picture, and where the plot lies in it.
const HEIGHT: f64 = 270.0;
const LEFT: f64 = 52.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 226.0;
/// Widest column, and what lies between two of them.
const WIDEST: f64 = 44.0;
const GAP: f64 = 2.0;
/// The chart at two widths, of which the page shows the one that fits: its letters are the page's, so it can't be scaled.
const WIDE: Width = Width {
    name: "wide",
    width: 1000.0,
    dates: 9,
};
const NARROW: Width = Width {
    name: "narrow",
    width: 360.0,
    dates: 3,
};

struct Width {
    name: &'static str,
    width: f64,
    /// Dates below the chart.
    dates: usize,
}

/// The chart, with a title and a description for who does not see it.
pub(super) fn write(report: &HistoryReport, out: &mut dyn Write) -> io::Result<()> {
    picture(report, &WIDE, out)?;
    picture(report, &NARROW, out)
}

fn picture(report: &HistoryReport, size: &Width, out: &mut dyn Write) -> io::Result<()> {
    let right = size.width - 12.0;
    let (Some(first), Some(last)) = (report.buckets.first(), report.buckets.last()) else {
        return Ok(());
    };
    let name = size.name;
    let (from, until) = (first.days.0, last.days.1);
    let x = |day: i64| LEFT + (right - LEFT) * (day - from) as f64 / (until - from).max(1) as f64;
    writeln!(
        out,
        "<svg class=\"chart {name}\" role=\"img\" aria-labelledby=\"{name}-title {name}-text\" viewBox=\"0 0 {} {HEIGHT}\">\n\
         <title id=\"{name}-title\">Share of results that are reproductions, by {}</title>\n\
         <desc id=\"{name}-text\">From {} to {}. {}</desc>",
        size.width,
        report.bucket,
        first.from,
        last.until,
        escape(&described(report))
    )?;
    for percent in [0, 25, 50, 75, 100] {
        let at = y(f64::from(percent) / 100.0);
        writeln!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{percent}%</text>",
            LEFT - 8.0,
            at + 4.5
        )?;
    }
    for bucket in &report.buckets {
        let (a, b) = (x(bucket.days.0), x(bucket.days.1));
        let width = (b - a - GAP).clamp(1.0, WIDEST);
        column(bucket, (a + b - width) / 2.0, width, out)?;
    }
    if let Some(limit) = report.checks.fail_below {
        let at = y(limit);
        writeln!(
            out,
            "<line class=\"limit\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{at:.1}\" y2=\"{at:.1}\">\
             <title>--fail-below {limit}</title></line>"
        )?;
    }
    let every = report.buckets.len().div_ceil(size.dates).max(1);
    let mut free = f64::MIN;
    for bucket in report.buckets.iter().step_by(every) {
        let middle = (x(bucket.days.0) + x(bucket.days.1)) / 2.0;
        // A date is some 76 wide.
        if middle - 42.0 < free {
            continue;
        }
        free = middle + 42.0;
        let middle = middle.clamp(LEFT, right - 38.0);
        let date = match report.bucket {
            "month" => bucket.from.get(..7),
            "year" => bucket.from.get(..4),
            _ => None,
        };
        writeln!(
            out,
            "<text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            BOTTOM + 24.0,
            date.unwrap_or(&bucket.from)
        )?;
    }
    writeln!(out, "</svg>")
}

fn y(share: f64) -> f64 {
    BOTTOM - (BOTTOM - TOP) * share
}

/// What was reproduced from the bottom up, then what was not judged, and what failed on top.
fn column(bucket: &Bucket, left: f64, width: f64, out: &mut dyn Write) -> io::Result<()> {
    let count = &bucket.count;
    let share = |part: usize| part as f64 / count.results.max(1) as f64;
    write!(
        out,
        "<g><title>{} to {}: {}, {} of {} in {}</title>",
        bucket.from,
        bucket.until,
        count.percent(),
        count.reproduced,
        counted(count.results, "result"),
        counted(bucket.runs, "run")
    )?;
    let mut below = 0;
    for (class, part) in [
        ("good", count.reproduced),
        ("open", count.unknown),
        ("bad", count.failed),
    ] {
        if part > 0 {
            let (low, high) = (y(share(below)), y(share(below + part)));
            write!(
                out,
                "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{high:.1}\" width=\"{width:.1}\" height=\"{:.1}\"/>",
                (low - high).max(1.5)
            )?;
        }
        below += part;
    }
    writeln!(out, "</g>")
}

fn described(report: &HistoryReport) -> String {
    let share = |bucket: &&Bucket| (bucket.count.reproduced * 1_000_000).checked_div(bucket.count.results);
    let worst = report.buckets.iter().min_by_key(share);
    let worst = worst.map(|bucket| format!("The lowest is {}, from {} on.", bucket.count.percent(), bucket.from));
    format!("Over all {}. {}", report.count.percent(), worst.unwrap_or_default())
}

/// Width of one outcome in a strip.
const CELL: usize = 7;

/// An artifact's newest outcomes, oldest first: what failed hangs lower, so that it shows without colour, too.
pub(super) fn strip(outcomes: &[Outcome], label: &str, out: &mut dyn Write) -> io::Result<()> {
    let width = outcomes.len() * CELL;
    write!(
        out,
        "<svg class=\"strip\" role=\"img\" aria-label=\"{}\" width=\"{width}\" height=\"22\" viewBox=\"0 0 {width} 22\">",
        escape(label)
    )?;
    for (place, outcome) in outcomes.iter().enumerate() {
        let (class, top) = match outcome {
            Outcome::Reproduced => ("good", 2),
            Outcome::Failed => ("bad", 8),
            Outcome::Unknown => ("open", 8),
        };
        write!(
            out,
            "<rect class=\"{class}\" x=\"{}\" y=\"{top}\" width=\"{}\" height=\"12\"/>",
            place * CELL,
            CELL - 2
        )?;
    }
    write!(out, "</svg>")
}
