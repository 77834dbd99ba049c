//! `repro: allow(rule, rule) reason` in a comment: silences the rules on its own line, or alone on a line on the one below.

use super::{Code, Confidence, Hits, Rule};
use std::ops::Range;

/// The word that such comments begin with.
const WORD: &str = "repro:";

/// Rules about these comments.
pub static OWN: &[&Rule] = &[&UNUSED, &WITHOUT_REASON];

/// A comment that silences nothing.
pub static UNUSED: Rule = Rule {
    id: "lint-allow-unused",
    languages: &[],
    cause: "",
    confidence: Confidence::Low,
    what: "An allow comment, or an exception in repro.toml, that silences nothing",
    why: "What it once excused is gone; left standing, it would excuse the next mistake in this place. A note: it fails nothing.",
    fix: "remove it",
    references: &[],
    triggers: &[],
    check: nothing,
};

/// A comment that does not say why.
pub static WITHOUT_REASON: Rule = Rule {
    id: "lint-allow-without-reason",
    languages: &[],
    cause: "",
    confidence: Confidence::High,
    what: "An allow comment without a reason",
    why: "Whoever reads it later cannot tell whether it still holds. Until it says why, it silences nothing.",
    fix: "write the reason behind the bracket: repro: allow(rule) the reason",
    references: &[],
    triggers: &[],
    check: nothing,
};

/// These are found while comments are read, not in code.
fn nothing(_: &Code<'_>, _: &mut Hits) {}

/// One such comment.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Allow {
    /// From the word to the end of the comment.
    pub(super) span: Range<usize>,
    /// Ids of rules.
    pub(super) rules: Vec<String>,
    /// Empty if there is none.
    pub(super) reason: String,
    /// Whether nothing else stands on its line.
    pub(super) alone: bool,
}

/// What comments begin with.
const LEADERS: &[&str] = &["#", "//", "/*", "*", "<!--", "dnl", "%", "--", ";", "\"\"\""];

/// Most comments of one file.
const MOST: usize = 1_000;
/// No comment is longer, and none stands farther behind the start of its line, in bytes.
const LONGEST: usize = 1_000;

/// The allow comments of a text, in order.
pub(super) fn comments(text: &str) -> Vec<Allow> {
    let found = text.match_indices(WORD).filter_map(|(at, _)| comment(text, at));
    found.take(MOST).collect()
}

fn comment(text: &str, at: usize) -> Option<Allow> {
    let window = text.get(text.floor_char_boundary(at.saturating_sub(LONGEST))..at)?;
    let before = window.rsplit('\n').next()?.trim_end();
    let leader = LEADERS.iter().find(|leader| before.ends_with(**leader))?;
    // Leaders are often doubled: `##`, `///`.
    let code = before.trim_end_matches(leader).trim();
    let line = text.get(at..text.floor_char_boundary(at + LONGEST))?.lines().next()?;
    let rest = line.get(WORD.len()..)?.trim_start().strip_prefix("allow")?.trim_start();
    let (list, reason) = rest.strip_prefix('(')?.split_once(')')?;
    let rules: Vec<String> = list
        .split(',')
        .map(|rule| rule.trim().to_owned())
        .filter(|rule| !rule.is_empty())
        .collect();
    let mut reason = reason.trim();
    for end in ["*/", "-->", "\"\"\""] {
        reason = reason.strip_suffix(end).unwrap_or(reason).trim_end();
    }
    let reason = reason.trim_start_matches([':', '-', '–', '—']).trim();
    Some(Allow {
        span: at..at + line.trim_end().len(),
        rules,
        reason: reason.to_owned(),
        alone: code.is_empty(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn one(text: &str) -> Allow {
        let mut all = comments(text);
        assert_eq!(all.len(), 1, "{text}");
        all.remove(0)
    }

    #[test]
    fn comments_of_every_kind() {
        for text in [
            "# repro: allow(sh-date) a log line",
            "// repro: allow(sh-date): a log line",
            "/* repro:allow( sh-date ) a log line */",
            "<!-- repro: allow(sh-date) — a log line -->",
            "dnl repro: allow(sh-date) a log line",
            "  ## repro: allow (sh-date) a log line  ",
        ] {
            let allow = one(text);
            assert_eq!(
                (allow.rules.as_slice(), allow.reason.as_str()),
                (&["sh-date".to_owned()][..], "a log line")
            );
            assert!(allow.alone, "{text}");
        }
        let allow = one("x = 1  # repro: allow(a, b)\n");
        assert_eq!(allow.rules, ["a", "b"]);
        assert_eq!(allow.reason, "");
        assert!(!allow.alone);
    }

    #[test]
    fn what_is_none() {
        for text in [
            "repro: allow(x) y",
            "\"repro: allow(x) y\"",
            "# repro: allow x",
            "# repro: allow(x",
            "# repro: ",
        ] {
            assert_eq!(comments(text), [], "{text}");
        }
    }
}
