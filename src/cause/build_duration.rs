//! build-duration

use super::{Advice, Case, Cause, document, find, statement::Statement};
use crate::model::{CauseId, Change, Evidence};

/// How long a step took.
pub struct BuildDuration;

impl Cause for BuildDuration {
    fn id(&self) -> CauseId {
        "build-duration"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The output says how long a step of the build took.",
            why: "Test reports, galleries and logs measure the time, which no two runs have in common.",
            fix: "do not ship timings: leave test reports and logs out of the package; sphinx-gallery: min_reported_time and show_memory; pytest: --durations=0 and no junit file",
            references: &["https://reproducible-builds.org/docs/timestamps/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["time", "parallelism", "cpu_count"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let read = document::prose(case) || document::build_record(case) || case.survey.commented(case, case.open);
        let part = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b':' | 0xc2 | 0xb5 | 0xce | 0xbc);
        let claims = find::words(case, part, |pair| {
            let (x, y) = find::sides(case, pair);
            let (x, y) = (measured(x), measured(y));
            let unit = x.is_some_and(|x| y.is_some_and(|y| x.named() && y.named())) || unit_behind(case, pair);
            x.is_some() && y.is_some() && timed(case, pair, unit, read) && !Statement::of(case, pair).limited()
        });
        Evidence::likely(claims)
    }
}

/// A length of time.
#[derive(Clone, Copy, PartialEq)]
enum Measured {
    /// `1.25`: a fraction.
    Plain,
    /// `3`: a number that may count anything.
    Whole,
    /// `1.25s`, `0m1.250s`: with its unit.
    Unit,
    /// `0:00:01.2`: hours, minutes and seconds.
    Clock,
}

impl Measured {
    /// Whether it says by itself that it is a time.
    fn named(self) -> bool {
        matches!(self, Measured::Unit | Measured::Clock)
    }
}

const UNITS: &[&str] = &[
    "s",
    "sec",
    "secs",
    "second",
    "seconds",
    "ms",
    "msec",
    "millis",
    "millisecond",
    "milliseconds",
    "us",
    "µs",
    "μs",
    "usec",
    "ns",
    "m",
    "min",
    "mins",
    "minute",
    "minutes",
    "h",
    "hour",
    "hours",
];

/// How a length of time is written; less than a week.
fn measured(text: &[u8]) -> Option<Measured> {
    let text = std::str::from_utf8(text).ok()?.trim_end_matches(['.', ':']);
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 24 {
        return None;
    }
    let number = |text: &str| text.bytes().all(|c| c.is_ascii_digit()) && text.len() <= 9 && !text.is_empty();
    let decimal = |text: &str| match text.split_once('.') {
        Some((whole, part)) => number(whole) && number(part),
        None => number(text),
    };
    if text.contains(':') {
        let parts: Vec<&str> = text.split(':').collect();
        let (last, first) = parts.split_last()?;
        let fits = first.len() <= 2 && decimal(last) && first.iter().all(|part| number(part) && part.len() <= 2);
        return fits.then_some(Measured::Clock);
    }
    if decimal(text) {
        return Some(if text.contains('.') {
            Measured::Plain
        } else {
            Measured::Whole
        });
    }
    // `1h2m3.5s`: numbers, each with a unit.
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| !(c.is_ascii_digit() || c == '.'))
            .filter(|&end| end > 0)?;
        let behind = &rest[end..];
        let unit = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
        if !decimal(&rest[..end]) || !UNITS.contains(&&behind[..unit]) {
            return None;
        }
        rest = &behind[unit..];
    }
    Some(Measured::Unit)
}

/// The word behind a number on both sides, one blank behind it.
fn behind<'c>(case: &'c Case<'_>, pair: Change) -> Option<&'c str> {
    let word = |unit: &'c [u8], at: usize| {
        let rest = unit.get(at..)?.strip_prefix(b" ")?;
        let length = rest
            .iter()
            .take_while(|c| c.is_ascii_alphabetic() || **c >= 0x80)
            .count();
        std::str::from_utf8(&rest[..length.min(16)]).ok()
    };
    let (x, y) = (word(&case.a.unit, pair.a.end)?, word(&case.b.unit, pair.b.end)?);
    // One second, two seconds.
    (x.trim_end_matches('s') == y.trim_end_matches('s')).then_some(x)
}

/// Whether a unit stands behind the number on both sides: `1.25 seconds`.
fn unit_behind(case: &Case<'_>, pair: Change) -> bool {
    behind(case, pair).is_some_and(|word| UNITS.contains(&word) || MEASURES.contains(&word))
}

/// What is measured, behind the number: `1 wallclock secs ( 0.02 usr  0.00 sys = 0.03 CPU)`.
const MEASURES: &[&str] = &[
    "wallclock",
    "usr",
    "sys",
    "cusr",
    "csys",
    "CPU",
    "cpu",
    "elapsed",
    "real",
    "user",
];

/// Words right before a length of time that say that something took it.
const TOOK: &[&str] = &[
    "took",
    "elapsed",
    "duration",
    "runtime",
    "time taken",
    "total time",
    "running time",
    "execution time",
    "elapsed time",
    "running time of the script",
    "cpu time",
    "wall time",
    "build time",
    "compile time",
    "time elapsed",
    "real",
    "user",
    "sys",
    "wall clock",
    "elapsed_time",
    "build_duration",
    "elapsed_seconds",
    "duration_ms",
    "duration_seconds",
    "took_ms",
    "elapsed_ms",
    "wall_time",
    "cpu_time",
];
/// Words that say that something came to its end, before `in` and a time.
const ENDED: &[&str] = &[
    "finished",
    "done",
    "completed",
    "complete",
    "built",
    "passed",
    "failed",
    "compiled",
    "tests",
    "test",
    "bundled",
    "generated",
    "successful",
    "succeeded",
    "processed",
    "rendered",
    "ready",
    "files",
    "modules",
    "warnings",
    "errors",
    "skipped",
    "written",
    "created",
    "installed",
    "packaged",
    "linked",
    "loaded",
    "ended",
    "converted",
    "targets",
    "pages",
    "assertions",
    "checked",
    "analyzed",
];
/// Words that set a time, and do not measure it.
const SET: &[&str] = &[
    "timeout",
    "wait",
    "waits",
    "waiting",
    "sleep",
    "sleeps",
    "delay",
    "retry",
    "retries",
    "interval",
    "every",
    "refresh",
    "refreshed",
    "poll",
    "polls",
    "cache",
    "cached",
    "budget",
    "session",
    "idle",
    "backoff",
    "debounce",
    "period",
    "default",
    "will",
    "must",
    "should",
    "least",
    "most",
    "than",
    "up",
];

/// Whether the words around a length of time say that it was measured.
fn timed(case: &Case<'_>, pair: Change, unit: bool, read: bool) -> bool {
    let before = find::before(&case.a.unit, pair.a.start, 160);
    if find::says(&before, SET) {
        return false;
    }
    if attribute(case, &before) {
        return true;
    }
    let words = before.trim_end_matches([' ', '\t', ':', '=', '(', '"', '\'', '~', '*', '`', '>', '.', '#', '|']);
    let ends = |all: &[&str]| {
        all.iter().any(|word| {
            let stem = words.strip_suffix(word);
            stem.is_some_and(|stem| !stem.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        })
    };
    let ended = || ends(&["in"]) && find::says(&before, ENDED);
    // `0 minutes 1.2 seconds`: the first unit stands before the number.
    let counted = |before: &str| {
        let tail = before.rsplit(['(', ':']).next().unwrap_or_default();
        let mut words = tail.split_whitespace();
        words.any(|word| UNITS.contains(&word))
    };
    let both = || counted(&before) && TOOK.iter().any(|word| before.contains(word));
    let logged =
        || document::log(case) && unit && (before.ends_with('(') || before.ends_with('[') || before.ends_with(' '));
    let outcome = || (before.ends_with('(') || before.ends_with("  ")) && find::says(&before, OUTCOMES);
    let measured = || behind(case, pair).is_some_and(|word| MEASURES.contains(&word));
    (read && (measured() || ends(TOOK) || unit && (ended() || both() || outcome() || total(&before)))) || logged()
}

/// Words that say how a test ended.
const OUTCOMES: &[&str] = &[
    "pass", "passed", "ok", "fail", "failed", "skip", "skipped", "test", "done", "built",
];

/// Whether the key before a time says that it is that of a whole: `Total Test time (real) = `.
fn total(before: &str) -> bool {
    let key = before.trim_end().strip_suffix(['=', ':']).unwrap_or_default();
    let measured = [
        "total",
        "real",
        "elapsed",
        "cpu",
        "wall",
        "running",
        "execution",
        "user",
        "sys",
    ];
    find::says(key, &["time"]) && find::says(key, &measured) && key.len() < 60
}

/// The time of a test in a report of tests: `<testcase name="…" time="0.01">`.
fn attribute(case: &Case<'_>, before: &str) -> bool {
    let tag = before.rsplit('<').next().unwrap_or_default();
    let long = || find::before(&case.a.unit, before.len().max(1).min(case.a.unit.len()), 4096);
    let tests = |text: &str| {
        ["testsuite", "testcase", "testsuites"]
            .iter()
            .any(|name| text.starts_with(name))
    };
    before.ends_with(" time=\"") && (tests(tag) || tests(long().rsplit('<').next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        for (text, kind) in [
            ("1.25s", Some(Measured::Unit)),
            ("0m1.250s", Some(Measured::Unit)),
            ("12ms", Some(Measured::Unit)),
            ("0:00:01.2", Some(Measured::Clock)),
            ("1.25", Some(Measured::Plain)),
            ("3", Some(Measured::Whole)),
            ("v1.2", None),
            ("1.2.3", None),
            ("3rd", None),
            ("12:00:00:00", None),
        ] {
            assert!(measured(text.as_bytes()) == kind, "{text}");
        }
    }
}
