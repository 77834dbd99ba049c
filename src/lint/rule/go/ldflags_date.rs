//! The time of the build in a Go variable.

use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    rule::{build_file, limit},
};
use regex::Regex;
use std::sync::LazyLock;

/// The rule.
pub static RULE: Rule = Rule {
    id: "go-ldflags-date",
    languages: &[Language::Shell, Language::Make, Language::Workflow],
    cause: "embedded-timestamp",
    confidence: Confidence::High,
    what: "The linker sets a Go variable to the current time",
    why: "-X main.date=$(date) puts the time of the build into the binary. A date of SOURCE_DATE_EPOCH or of the commit does not \
          matter.",
    fix: "-X main.date=$(date -u -d \"@$SOURCE_DATE_EPOCH\" +%FT%TZ), or the date of the commit (git log -1 --format=%cI)",
    references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
    triggers: &["-X"],
    check,
};

/// `-X path.name=value`, up to the next blank outside of brackets: `$(date -u)` has blanks.
static SETS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"-X[ =]?['"\\]*[A-Za-z0-9_$(){}./-]+\.[A-Za-z_][A-Za-z0-9_]*=['"\\]*((?:\$\([^()\n]*\)|`[^`\n]*`|\$\{[^}\n]*\}|[^\s'"])*)"#).ok()
});

/// A variable that is set to the time: of make, or of the shell.
static HOLDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?m)^[ \t]*(?:export[ \t]+|local[ \t]+|readonly[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*(?:=|:=|::=|\?=)[ \t]*["']?(\$\(shell[ \t]+date\b[^\n]*|\$\(date\b[^\n]*|`date\b[^\n]*)"#).ok()
});

/// Whether a command takes its time from something stable.
fn is_stable(text: &str) -> bool {
    [
        "SOURCE_DATE_EPOCH",
        "git ",
        "-r ",
        "--reference",
        "changelog",
        " -d",
        "--date",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// Whether a position is in a comment.
fn commented(text: &str, at: usize) -> bool {
    let line = text
        .get(..at)
        .map_or(0, |before| before.rfind('\n').map_or(0, |line| line + 1));
    text.get(line..at)
        .is_some_and(|line| line.trim_start().starts_with('#') || line.contains(" # "))
}

/// `-X main.date={{.Date}}` of GoReleaser: the time of the build; `.CommitDate` is the commit's.
static TEMPLATE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"-X[ =]?'?[A-Za-z0-9_./-]+=\{\{-? *\.(?:Date|Now|Timestamp)\b[^}\n]*\}\}").ok());

fn releaser(code: &Code<'_>, hits: &mut Hits) {
    let Some(template) = TEMPLATE.as_ref() else { return };
    for found in template.find_iter(&code.text).take(limit::MOST) {
        if !commented(&code.text, found.start()) {
            hits.at(found.range(), "the time of the build becomes part of the binary");
        }
    }
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    let (Some(sets), Some(holds)) = (SETS.as_ref(), HOLDS.as_ref()) else {
        return;
    };
    if build_file::is_test_path(code.path) || code.text.contains("SOURCE_DATE_EPOCH") {
        return;
    }
    if code.language == Language::Workflow {
        releaser(code, hits);
        return;
    }
    let held: Vec<&str> = holds
        .captures_iter(&code.text)
        .filter(|it| it.get(2).is_some_and(|command| !is_stable(command.as_str())))
        .filter_map(|it| it.get(1))
        .map(|it| it.as_str())
        .collect();
    for found in sets.captures_iter(&code.text).take(limit::MOST) {
        let (Some(whole), Some(value)) = (found.get(0), found.get(1)) else {
            continue;
        };
        let text = value.as_str();
        if commented(&code.text, whole.start()) {
            continue;
        }
        // In a makefile `$(date …)` would be a variable; `$$(date …)` of a recipe is seen as shell.
        let direct = match code.language {
            Language::Make => text.contains("$(shell date"),
            _ => (text.contains("$(date") || text.contains("`date")) && !text.contains("$$"),
        };
        let by_name = held.iter().any(|name| {
            [format!("$({name})"), format!("${{{name}}}"), format!("${name}")]
                .iter()
                .any(|it| text == it)
        });
        if (direct && !is_stable(text)) || by_name {
            hits.at(whole.range(), "the time of the build becomes part of the binary");
        }
    }
}
