//! A folder's names in the order in which the file system gives them.

use super::{super::limit::MOST, in_build, line};
use crate::lint::{Code, Confidence, Hits, Language, Rule, rule::mask};
use regex::Regex;
use std::sync::LazyLock;

/// The rule.
pub static RULE: Rule = Rule {
    id: "rb-dir",
    languages: &[Language::Ruby],
    cause: "readdir-order",
    confidence: Confidence::Medium,
    what: "A gem's documents, an extension's sources, or another list that is kept, come from a folder without sorting",
    why: "Dir.entries, Dir.children, Dir.each_child and Find.find give the file system's order; Dir[] and Dir.glob do before Ruby 3.0, \
          and are not reported where the gem requires 3.0. RubyGems sorts `files` and `test_files` itself. Deleting and copying one by \
          one do not matter.",
    fix: ".sort",
    references: &["https://docs.ruby-lang.org/en/3.0/NEWS_rdoc.html"],
    triggers: &["Dir", "Find.find"],
    check,
};

static LISTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b(Dir\[|Dir\.glob\b|Dir\.(?:entries|children|each_child|foreach)\b|Find\.find\b)").ok()
});

static KEEPS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\.(?:extra_rdoc_files|executables)\s*(?:\+=|\|=|=|<<|\.concat|\.push)|\$(?:objs|srcs)\s*\+?=").ok()
});

/// Whether the gem says that it runs on Ruby 3 only: sorted since then.
fn requires_three(text: &str) -> bool {
    text.lines()
        .filter(|line| line.contains("required_ruby_version"))
        .any(|line| {
            line.split(['"', '\''])
                .filter_map(|part| {
                    part.trim_start_matches(['>', '=', '~', ' '])
                        .split('.')
                        .next()?
                        .trim()
                        .parse::<u32>()
                        .ok()
                })
                .any(|major| major >= 3)
        })
}

/// Whether the argument that starts at a place is one name without a wildcard: a list of one has no order.
fn names_one(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or("").trim_start_matches(['(', ' ']);
    let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        return false;
    };
    let mut parts = rest.splitn(3, quote);
    let name = parts.nth(1).unwrap_or("*");
    let alone = parts.next().unwrap_or("").trim_start().starts_with([')', ']']);
    alone && !name.contains(['*', '?', '[', '{', '#'])
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    let (Some(lists), Some(keeps)) = (LISTS.as_ref(), KEEPS.as_ref()) else {
        return;
    };
    if !in_build(code) {
        return;
    }
    let text = mask::code(&code.text, &mask::RUBY);
    let sorted_itself = requires_three(&code.text);
    for found in lists.find_iter(&text).take(MOST) {
        let name = found.as_str();
        let globs = name.starts_with("Dir[") || name == "Dir.glob";
        if globs && (sorted_itself || names_one(&code.text, found.end())) {
            continue;
        }
        let (start, live) = line(&text, found.start());
        let before = live.get(..found.start() - start).unwrap_or("").trim();
        let after = live.get(found.end() - start..).unwrap_or("");
        let harmless = [
            "sort",
            ".any?",
            ".empty?",
            ".size",
            ".count",
            ".length",
            ".first",
            ".include?",
            ".max",
            ".min",
            "rm",
            "File.delete",
            "cp",
        ];
        if harmless.iter().any(|word| after.contains(word))
            || before.contains("rm")
            || before.contains("CLEAN")
            || before.contains("CLOBBER")
        {
            continue;
        }
        // A gem's list of files, or the sources of an extension.
        let kept = keeps.is_match(before);
        let body = text.get(found.end()..).unwrap_or("");
        let written = !globs && (after.contains(" do ") || after.contains("{ |") || after.contains("{|")) && {
            let block: String = body
                .lines()
                .take(12)
                .take_while(|line| line.trim() != "end")
                .collect::<Vec<_>>()
                .join("\n");
            ["<<", ".puts", ".write", ".print"]
                .iter()
                .any(|word| block.contains(word))
        };
        if kept || written {
            let end = if name.ends_with('[') {
                found.end() - 1
            } else {
                found.end()
            };
            hits.at(
                found.start()..end,
                "names come in the file system's order, and the list is kept",
            );
        }
    }
}
