//! The time of the build in what a script writes.

use super::{super::limit::MOST, has_word, in_build, is_word, statement};
use crate::lint::{Code, Confidence, Hits, Language, Rule, rule::mask};

/// The rule.
pub static RULE: Rule = Rule {
    id: "pl-localtime",
    languages: &[Language::Perl],
    cause: "embedded-timestamp",
    confidence: Confidence::Medium,
    what: "A script writes the time at which it runs",
    why: "The clock differs in each build. The time of a file, messages and log lines do not matter, nor does a script that takes \
          SOURCE_DATE_EPOCH.",
    fix: "gmtime($ENV{SOURCE_DATE_EPOCH} // time)",
    references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
    triggers: &["localtime", "gmtime"],
    check,
};

/// The variable that a statement sets, with its sign: `my $now = …`, `my (undef, $d, $m) = …` gives all.
fn set_by(before: &str) -> Vec<String> {
    let Some((left, _)) = before.rsplit_once('=') else {
        return Vec::new();
    };
    left.split(|c: char| !(c.is_alphanumeric() || "_$@".contains(c)))
        .filter(|word| word.starts_with(['$', '@']) && word.len() > 1)
        .map(|word| word.get(1..).unwrap_or("").to_owned())
        .collect()
}

/// Whether a statement only tells a person, or a log.
fn is_aside(text: &str) -> bool {
    ["STDERR", "warn", "die", "LOG", "log", "logger", "carp"]
        .iter()
        .any(|word| has_word(text, word))
}

/// Whether a variable's value is written: printed, joined, formatted into what is kept.
fn written(original: &str, name: &str) -> bool {
    ["$", "$$", "@"].iter().any(|sign| {
        let variable = format!("{sign}{name}");
        original.match_indices(&variable).any(|(at, _)| {
            if original
                .get(at + variable.len()..)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
            {
                return false;
            }
            let start = original
                .get(..at)
                .and_then(|before| before.rfind(';'))
                .map_or(0, |start| start + 1);
            let text = original.get(start..at).unwrap_or("");
            let writes = ["print", "printf", "say", "=~ s"]
                .iter()
                .any(|word| text.contains(word));
            writes && !is_aside(text) && !text.trim_start().starts_with('#')
        })
    })
}

/// The variables that are set from one.
fn derived(text: &str, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, sign) in text.match_indices(['$', '@']) {
        let after = text.get(at + sign.len()..).unwrap_or("");
        let is_it = after
            .strip_prefix(name)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
        // A script that sets more variables from one time is nobody's.
        if is_it && found.len() < 20 {
            let place = statement(text, at);
            found.extend(set_by(text.get(place.start..at).unwrap_or("")));
        }
    }
    found
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !in_build(code) || code.text.contains("SOURCE_DATE_EPOCH") {
        return;
    }
    let text = mask::perl(&code.text);
    for word in ["localtime", "gmtime"] {
        for (at, _) in text
            .match_indices(word)
            .filter(|(at, _)| is_word(&text, *at, word.len()))
            .take(MOST)
        {
            let rest = text.get(at + word.len()..).unwrap_or("").trim_start();
            let inner = rest.strip_prefix('(').map_or(rest, str::trim_start);
            // No argument, or the time of now: `localtime()`, `localtime;`, `localtime(time)`, `localtime time`.
            let now = ["time", "time()"].iter().any(|it| {
                inner.strip_prefix(it).is_some_and(|after| {
                    !after.starts_with(|c: char| c.is_alphanumeric() || "_(-".contains(c))
                        && !after.trim_start().starts_with('-')
                })
            });
            let none = rest.starts_with([';', ')', ',', '.', '}', '?', ':']) || inner.starts_with(')');
            if !now && !none {
                continue;
            }
            let place = statement(&text, at);
            let before = text.get(place.start..at).unwrap_or("");
            if is_aside(before) || has_word(before, "sub") {
                continue;
            }
            let direct = ["print", "printf", "say"].iter().any(|it| has_word(before, it));
            let names = set_by(before);
            // `my @t = localtime(); my $year = $t[5] + 1900;`
            let derived: Vec<String> = names.iter().flat_map(|name| derived(&text, name)).collect();
            if direct || names.iter().chain(&derived).any(|name| written(&code.text, name)) {
                hits.at(
                    at..at + word.len(),
                    format!("`{word}` puts the time of the build into the output"),
                );
            }
        }
    }
    hits.0.sort_by_key(|hit| hit.span.start);
}
