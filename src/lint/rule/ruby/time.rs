//! The time of the build in a gem.

use super::{super::limit::MOST, in_build, line};
use crate::lint::{Code, Confidence, Hits, Language, Rule, rule::mask};
use regex::Regex;
use std::sync::LazyLock;

/// The rule.
pub static RULE: Rule = Rule {
    id: "rb-time",
    languages: &[Language::Ruby],
    cause: "embedded-timestamp",
    confidence: Confidence::High,
    what: "A gemspec or rakefile puts the time of the build into its output",
    why: "The clock differs in each build. Timing and messages do not matter, nor does a file that takes SOURCE_DATE_EPOCH.",
    fix: "Time.at(ENV[\"SOURCE_DATE_EPOCH\"].to_i).utc, or no date: RubyGems sets one by itself",
    references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
    triggers: &["Time.now", "Date.today", "DateTime.now", "Time.new"],
    check,
};

static CLOCK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b(?:Time\.now|Date\.today|DateTime\.now|Time\.new\b(?:\(\))?)").ok());

fn check(code: &Code<'_>, hits: &mut Hits) {
    let Some(clock) = CLOCK.as_ref() else { return };
    if !in_build(code) || code.text.contains("SOURCE_DATE_EPOCH") {
        return;
    }
    let text = mask::code(&code.text, &mask::RUBY);
    for found in clock.find_iter(&text).take(MOST) {
        let (start, live) = line(&text, found.start());
        let before = live.get(..found.start() - start).unwrap_or("");
        let after = live.get(found.end() - start..).unwrap_or("").trim_start();
        let given = found.as_str() == "Time.new" && after.starts_with(['(', '2']);
        let timing = after.starts_with('-') || before.trim_end().ends_with(['-', '<', '>']);
        let said = ["puts", "warn", "p ", "print", "logger", "log", "raise", "abort"]
            .iter()
            .any(|word| before.trim_start().starts_with(word) && !before.contains(".puts"));
        if given || timing || said {
            continue;
        }
        let text_of = [
            ".strftime",
            ".year",
            ".to_s",
            ".iso8601",
            ".to_i",
            ".utc",
            ".xmlschema",
            ".rfc2822",
            ".httpdate",
        ]
        .iter()
        .any(|word| after.starts_with(word));
        let kept = before.contains(".date")
            || before.contains(".version")
            || before.contains("#{")
            || before.contains("<<")
            || before.contains(".puts")
            || before.contains(".write");
        let name = before.split_once('=').map_or("", |(left, _)| left.trim());
        // `started = Time.now` is for timing.
        let start_of = ["start", "begin", "t0", "t1", "before", "now"]
            .iter()
            .any(|word| name.to_ascii_lowercase().contains(word))
            && !text_of;
        if kept || (text_of && !name.is_empty() && !start_of) {
            hits.at(
                found.range(),
                format!("`{}` puts the time of the build into the output", found.as_str()),
            );
        }
    }
}
