//! Versions of npm packages that are chosen on the day of the build.

use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::{above, span},
    rule::{build_file, place::words},
};
use std::collections::BTreeMap;
use tree_sitter::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "npm-floating",
    languages: &[Language::PackageJson, Language::Shell],
    cause: "dependency-drift",
    confidence: Confidence::Medium,
    what: "A dependency's version is chosen by npm on the day of the build",
    why: "Without a lock file, `latest`, `*` and ranges give what the registry has that day; `npm install` in CI may change the \
          lock file. Ranges of a package that others depend on are theirs to lock: only a private package's are reported.",
    fix: "commit package-lock.json, and install with `npm ci`",
    references: &["https://docs.npmjs.com/cli/commands/npm-ci"],
    triggers: &["ependencies", "npm i"],
    check,
};

/// Names of lock files.
const LOCKS: &[&str] = &[
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "bun.lockb",
];

/// The key and the value of a pair, without their quotes.
fn pair<'c>(code: &'c Code<'_>, node: Node<'_>) -> (&'c str, &'c str) {
    let text = |field: &str| {
        node.child_by_field_name(field)
            .map_or("", |it| code.of(it).trim_matches('"'))
    };
    (text("key"), text("value"))
}

/// Whether a package has scripts, and none of them makes anything: no version of a linter gets into what is built.
fn only_looks(code: &Code<'_>, pairs: &[Node<'_>]) -> bool {
    const WORDS: &[&str] = &[
        "build",
        "bundle",
        "compile",
        "deploy",
        "dist",
        "gen",
        "generate",
        "install",
        "make",
        "pack",
        "package",
        "postinstall",
        "prepack",
        "prepare",
        "prepublish",
        "prepublishOnly",
        "preinstall",
        "publish",
        "release",
        "transpile",
        "webpack",
    ];
    let mut scripts = pairs
        .iter()
        .filter(|it| above(**it, &["pair"]).is_some_and(|list| pair(code, list).0 == "scripts"))
        .map(|it| pair(code, *it).0)
        .peekable();
    scripts.peek().is_some() && !scripts.any(|name| words(name).any(|word| WORDS.contains(&word)))
}

/// A package's own file: what it depends on.
fn manifest(code: &Code<'_>, hits: &mut Hits) {
    if build_file::is_test_path(code.path) || LOCKS.iter().any(|lock| code.sibling(lock)) {
        return;
    }
    let pairs = code.nodes(&["pair"]);
    let private = pairs.iter().any(|it| pair(code, *it) == ("private", "true"));
    let only_looks = only_looks(code, &pairs);
    if private && only_looks {
        return;
    }
    // Of each list only the first place is told, with the number of the others.
    let mut first: BTreeMap<usize, (Node<'_>, &str, usize)> = BTreeMap::new();
    let mut ranged = None;
    for node in pairs {
        let list = above(node, &["pair"]).filter(|it| matches!(pair(code, *it).0, "dependencies" | "devDependencies"));
        // The list is the package's own: two levels below the root.
        let Some(list) = list.filter(|list| above(*list, &["pair"]).is_none()) else {
            continue;
        };
        if only_looks && pair(code, list).0 == "devDependencies" {
            continue;
        }
        let Some(value) = node.child_by_field_name("value") else {
            continue;
        };
        let (name, version) = pair(code, node);
        if matches!(version, "latest" | "*" | "x" | "next" | "") {
            first.entry(list.start_byte()).or_insert((value, name, 0)).2 += 1;
        } else if private && version.starts_with(['^', '~', '>']) {
            ranged.get_or_insert(value);
        }
    }
    for (value, name, count) in first.into_values() {
        let others = match count {
            1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        hits.at(
            span(value),
            format!("`{name}`{others} is whatever version the registry has on the day of the build"),
        );
    }
    if let Some(value) = ranged {
        hits.at(
            span(value),
            "ranges without a lock file: each build may get other versions",
        );
    }
    hits.0.sort_by_key(|hit| hit.span.start);
}

/// `npm install` of what package.json names, in a CI's commands.
fn commands(code: &Code<'_>, hits: &mut Hits) {
    let ci = code.path.contains(".github/workflows/")
        || code.path.contains(".gitlab-ci")
        || code.path.contains(".circleci/");
    if !ci {
        return;
    }
    for node in code.nodes(&["command"]) {
        let words: Vec<&str> = code.of(node).split_whitespace().collect();
        let bare = words
            .iter()
            .skip(2)
            .all(|word| word.starts_with("--") && !matches!(*word, "--global" | "--package-lock-only"));
        if words.first() == Some(&"npm") && matches!(words.get(1), Some(&("install" | "i"))) && bare {
            hits.at(
                span(node),
                "`npm install` may choose other versions than the lock file's; `npm ci` does not",
            );
        }
    }
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if code.language == Language::Shell {
        commands(code, hits);
    } else {
        manifest(code, hits);
    }
}
