//! The time of the build in what Gradle makes.

use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    rule::{build_file, limit, mask},
};

/// The rule.
pub static RULE: Rule = Rule {
    id: "gradle-date",
    languages: &[Language::Gradle],
    cause: "embedded-timestamp",
    confidence: Confidence::High,
    what: "A Gradle build puts the time of the build into a manifest, a version or a constant",
    why: "The clock differs in each build. Timing, messages and new Date(x) of a given time do not matter, nor does a build that takes \
          SOURCE_DATE_EPOCH.",
    fix: "leave it out, or take System.getenv(\"SOURCE_DATE_EPOCH\")",
    references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
    triggers: &["Date()", ".now(", "currentTimeMillis"],
    check,
};

/// What reads the clock.
const CLOCKS: &[&str] = &[
    "new Date()",
    "Date()",
    "LocalDate.now()",
    "LocalDateTime.now()",
    "ZonedDateTime.now()",
    "OffsetDateTime.now()",
    "Instant.now()",
    "System.currentTimeMillis()",
];

/// Words that keep what stands in their line.
const KEEPS: &[&str] = &[
    "attributes",
    "buildConfigField",
    "resValue",
    "expand",
    "filter(",
    "manifest",
    "version",
    "Version",
    "Date\"",
    "Date'",
    "Time\"",
    "Time'",
    "date\"",
    "date'",
    "\": ",
    "': ",
    "\" to ",
    "put(",
    ".text =",
    "write(",
    "writeText(",
    "setProperty(",
    "ext.",
];

/// A line of code: where it starts, as it is written, and without comments and strings.
struct Line<'c> {
    start: usize,
    text: &'c str,
    live: &'c str,
}

impl Line<'_> {
    /// Whether it says something to a person, or takes a time.
    fn is_aside(&self) -> bool {
        [
            "println",
            "print ",
            "logger.",
            "lifecycle(",
            "log.",
            "elapsed",
            "duration",
            "Duration",
            "took",
            "start",
            "throw ",
        ]
        .iter()
        .any(|word| self.live.contains(word))
            // The name of a log.
            || self.text.contains(".log\"")
    }
}

/// The name that a line sets: `def x = …`, `ext.x = …`, `val x = …`.
fn set_by<'c>(line: &Line<'c>) -> Option<&'c str> {
    let (left, right) = line.live.split_once('=')?;
    if right.starts_with('=') {
        return None;
    }
    let name = left.split_whitespace().next_back()?.rsplit('.').next()?;
    name.chars().all(|c| c.is_alphanumeric() || c == '_').then_some(name)
}

/// Whether a text has this word, on its own.
fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

/// Whether what a line sets is used where it is kept, maybe by way of other names. What a closure does with it is not followed.
fn used(lines: &[Line<'_>], line: &Line<'_>, hops: u8) -> bool {
    let Some(name) = set_by(line) else { return false };
    lines
        .iter()
        .filter(|other| other.start != line.start && has_word(other.live, name))
        .filter(|other| !other.is_aside() && !other.live.contains('-'))
        .any(|other| keeps(other) || (hops > 0 && !other.live.contains("= {") && used(lines, other, hops - 1)))
}

/// Whether a line has a word that keeps what stands in it.
fn keeps(line: &Line<'_>) -> bool {
    KEEPS.iter().any(|word| line.text.contains(word))
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if build_file::is_test_path(code.path) || code.text.contains("SOURCE_DATE_EPOCH") {
        return;
    }
    let masked = mask::code(&code.text, &mask::GROOVY);
    let mut lines = Vec::new();
    let mut start = 0;
    for text in code.text.split_inclusive('\n') {
        let end = start + text.len();
        lines.push(Line {
            start,
            text,
            live: masked.get(start..end).unwrap_or(""),
        });
        start = end;
    }
    let reads = lines.iter().filter_map(|line| {
        let (at, clock) = CLOCKS.iter().find_map(|clock| Some((line.live.find(clock)?, clock)))?;
        Some((line, at, clock))
    });
    for (line, at, clock) in reads.take(limit::MOST) {
        let before = line.live.get(..at).unwrap_or("").trim_end();
        let after = line.live.get(at + clock.len()..).unwrap_or("").trim_start();
        // `Date()` is a part of `new Date()`, `LocalDate()`; a difference of two times is a duration.
        let part = *clock == "Date()"
            && before.ends_with(|c: char| c.is_alphanumeric() || c == '.')
            && !before.ends_with("new");
        if part || before.ends_with(['-', '<', '>']) || after.starts_with(['-', '<', '>']) || line.is_aside() {
            continue;
        }
        let kept = keeps(line);
        if kept || used(&lines, line, 2) {
            let from = line.start + at;
            hits.at(
                from..from + clock.len(),
                format!("`{clock}` puts the time of the build into the output"),
            );
        }
    }
}
