//! The time and the build folder in pages of Doxygen.

use crate::lint::{Code, Confidence, Hits, Language, Rule};
use std::ops::Range;

/// The rule.
pub static RULE: Rule = Rule {
    id: "doxygen-timestamp",
    languages: &[Language::Doxyfile],
    cause: "doc-generator-date",
    confidence: Confidence::High,
    what: "Doxygen writes the time of the build, or the build folder, into its pages",
    why: "HTML_TIMESTAMP and its like print the clock; FULL_PATH_NAMES prints the whole path of an absolute INPUT unless \
          STRIP_FROM_PATH takes its beginning away.",
    fix: "HTML_TIMESTAMP = NO, TIMESTAMP = NO, STRIP_FROM_PATH = the source's folder",
    references: &["https://www.doxygen.nl/manual/config.html#cfg_timestamp"],
    triggers: &["TIMESTAMP", "FULL_PATH_NAMES"],
    check,
};

/// A setting: its key and value, and where the value stands.
struct Setting<'c> {
    key: &'c str,
    value: &'c str,
    place: Range<usize>,
}

/// The settings of the file, in their order. A value that goes on in the next line counts by its first.
fn settings<'c>(code: &'c Code<'_>) -> Vec<Setting<'c>> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in code.text.split_inclusive('\n') {
        let here = start;
        start += line.len();
        let Some((key, rest)) = line.split_once('=') else {
            continue;
        };
        let key = key.trim().trim_end_matches('+').trim_end();
        let value = rest.trim();
        if key.starts_with('#') || key.is_empty() {
            continue;
        }
        let at = here + line.len() - rest.len() + (rest.len() - rest.trim_start().len());
        found.push(Setting {
            key,
            value,
            place: at..at + value.len(),
        });
    }
    found
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    let settings = settings(code);
    // The last setting of a key counts.
    let last = |key: &str| settings.iter().rev().find(|it| it.key == key);
    for key in ["HTML_TIMESTAMP", "LATEX_TIMESTAMP", "TIMESTAMP", "DOCBOOK_TIMESTAMP"] {
        let Some(setting) = last(key) else { continue };
        // TIMESTAMP may also be DATE or DATETIME.
        if ["YES", "DATE", "DATETIME"]
            .iter()
            .any(|it| setting.value.eq_ignore_ascii_case(it))
        {
            hits.fixable(
                setting.place.clone(),
                format!("`{key}` writes the time of the build into each page"),
                setting.place.clone(),
                "NO",
            );
        }
    }
    if let Some(full) = last("FULL_PATH_NAMES").filter(|it| it.value.eq_ignore_ascii_case("YES")) {
        let absolute = last("INPUT").is_some_and(|it| it.value.trim_start_matches('"').starts_with('/'));
        let stripped = last("STRIP_FROM_PATH").is_some_and(|it| !it.value.is_empty());
        if absolute && !stripped {
            hits.at(
                full.place.clone(),
                "whole paths of an absolute INPUT are written into the pages",
            );
        }
    }
    hits.0.sort_by_key(|hit| hit.span.start);
}
