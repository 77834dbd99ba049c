//! vcs-revision

use super::{Advice, Case, Cause, find, statement::Statement};
use crate::model::{CauseId, Difference, Evidence, Role};
use std::cell::LazyCell;

/// Parts of a key that names a commit; with any other part it may say which is asked for.
const PARTS: &[&str] = &[
    "commit",
    "revision",
    "git",
    "vcs",
    "changeset",
    "githash",
    "gitcommit",
    "hash",
    "id",
    "full",
    "short",
    "abbrev",
    "long",
    "build",
    "built",
    "version",
    "source",
    "scm",
    "hg",
    "svn",
    "sha",
    "head",
    "rev",
    "current",
    "app",
    "my",
    "of",
    "from",
    "at",
    "on",
    "define",
    "the",
    "string",
    "str",
    "static",
    "const",
    "char",
];

/// Of those, the ones that say it.
const WORDS: &[&str] = &["commit", "revision", "git", "vcs", "changeset", "githash", "gitcommit"];

/// What files say that fetch sources of others.
const FETCH: &[&str] = &[
    "git_repository",
    "http_archive",
    "go_repository",
    "git clone",
    "git+http",
    "git+ssh",
    "git fetch",
    "git checkout",
    "git_tag",
    "fetchcontent",
    "externalproject",
    ".git\"",
    ".git'",
    ".git\n",
    "\"git://",
    "git@",
    "submodule",
    "uses:",
    "fetchgit",
    "fetchfromgithub",
    "repository:",
    "repository =",
    "repo:",
    "repo =",
    "checkout",
    "remote =",
    "remote:",
    "\nurl:",
    "\nurl =",
    "image:",
    "\"url\":",
    "\"remote\":",
    "\"repo\":",
    "\"repository\":",
];

/// Names of files that fetch.
const FETCHERS: &[&str] = &[
    "workspace",
    "build",
    "build.bazel",
    "module.bazel",
    "cmakelists.txt",
    "package.json",
    "cargo.toml",
    "dockerfile",
    "containerfile",
    "pkgbuild",
    "jenkinsfile",
    "gemfile",
    "podfile",
    "package.swift",
    "flake.nix",
    "west.yml",
    "composer.json",
    "chart.yaml",
    "pyproject.toml",
    "requirements.txt",
    "makefile",
    "go.mod",
    "go.sum",
    ".gitmodules",
    ".gitlab-ci.yml",
];

/// Whether a file says what to fetch, by its name or what it says around the value.
fn fetches(case: &Case<'_>) -> bool {
    if lock(case) {
        return true;
    }
    let Some(member) = case.survey.container(case) else {
        return false;
    };
    let name = member.name.to_lowercase();
    let suffix = [
        ".bzl",
        ".cmake",
        ".nix",
        ".tf",
        ".bb",
        ".mk",
        ".wrap",
        ".spec",
        ".ebuild",
        ".dockerfile",
        ".gradle",
        ".bazel",
    ];
    if FETCHERS.contains(&name.as_str()) || suffix.iter().any(|suffix| name.ends_with(suffix)) {
        return true;
    }
    if matches!(case.format, "elf" | "pe" | "macho") || name.ends_with(".html") || name.ends_with(".properties") {
        return false;
    }
    let text = member.near(case, 600);
    FETCH.iter().any(|word| text.contains(word))
}

/// Whether the key or the words right before a hash say that it names the commit of this build.
fn named(before: &str) -> bool {
    let narrow = before.rsplit([';', '{', '}', ',', '|']).next().unwrap_or_default();
    let text = narrow.trim_end_matches(|c: char| !c.is_alphanumeric());
    let words = text.rsplit(|c: char| !(c.is_alphanumeric() || "_-.".contains(c)));
    let mut sure = false;
    for word in words.filter(|word| !word.is_empty()).take(2) {
        let parts = || word.split(['_', '-', '.']).filter(|part| !part.is_empty());
        if !parts().all(|part| PARTS.contains(&part)) {
            break;
        }
        sure |= parts().any(|part| WORDS.contains(&part));
    }
    sure
}

/// 7 to 40 lower-case hexadecimal digits (git abbreviates to 7 or more).
fn revision(text: &[u8]) -> bool {
    (7..=40).contains(&text.len()) && text.iter().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(c))
}

/// A file that pins what others provide.
fn lock(difference: &Difference) -> bool {
    let pins = |name: &str| {
        name.ends_with(".lock") || name.ends_with("-lock.json") || matches!(name, "go.sum" | "go.mod" | ".gitmodules")
    };
    difference.address.split('/').any(pins)
}

/// The tag of what `git describe` prints: `TAG-N-gHASH`, `TAG-dirty` or both.
fn described(text: &[u8]) -> Option<&[u8]> {
    let clean = text.strip_suffix(b"-dirty").or_else(|| text.strip_suffix(b"+dirty"));
    let rest = clean.unwrap_or(text);
    let Some(at) = memchr::memmem::rfind(rest, b"-g") else {
        return clean;
    };
    let (count_end, hash) = (at, &rest[at + 2..]);
    let start = memchr::memrchr(b'-', &rest[..count_end])?;
    let count = &rest[start + 1..count_end];
    (revision(hash) && !count.is_empty() && count.iter().all(u8::is_ascii_digit)).then(|| &rest[..start])
}

/// Hexadecimal commit names where a text says that they are.
pub struct VcsRevision;

impl Cause for VcsRevision {
    fn id(&self) -> CauseId {
        "vcs-revision"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The output contains a revision of the version control system.",
            why: "The build asked git (or the like) for the commit, or whether the tree is clean; a release tarball and a checkout answer differently.",
            fix: "write the version to a file in the release tarball; go build -buildvcs=false; git describe --abbrev=12; build from a clean tree",
            references: &["https://reproducible-builds.org/docs/version-information/"],
        }
    }
    fn consistent(&self) -> bool {
        true
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let fetching = LazyCell::new(|| fetches(case));
        let statement = |pair| Statement::of(case, pair);
        let holder = match case.role {
            Role::Text => String::new(),
            _ => find::before(case.name().as_bytes(), case.name().len(), 60).replace('/', " "),
        };
        let part = |c: u8| c.is_ascii_hexdigit() || c.is_ascii_alphanumeric();
        let accept = |pair: crate::model::Change| {
            let (x, y) = find::sides(case, pair);
            let before = find::before(&case.a.unit, pair.a.start, 160);
            // Which sources to fetch, not which were built.
            if before.contains("://") || before.ends_with(['/', '@']) {
                return false;
            }
            let before = find::before(&case.a.unit, pair.a.start, 48);
            // `git describe` puts a `g` before the hash: v1.2-3-gabcdef0.
            let (x, y, described) = match (x.strip_prefix(b"g"), y.strip_prefix(b"g")) {
                (Some(x), Some(y)) if before.ends_with('-') => (x, y, true),
                _ => (x, y, false),
            };
            // A short number is a number.
            let hash = |text: &[u8]| revision(text) && (text.len() == 40 || text.iter().any(u8::is_ascii_alphabetic));
            hash(x)
                && hash(y)
                && !find::says(&before, &["key"])
                && (described || named(&before) || named(&holder))
                && !*fetching
                && !statement(pair).limited()
        };
        let mut claims = find::words(
            case,
            |c| c.is_ascii_alphanumeric() || b"-+._~".contains(&c),
            |pair| {
                let (x, y) = find::sides(case, pair);
                let before = find::before(&case.a.unit, pair.a.start, 80);
                if before.ends_with(['/', '@', ':', '=']) {
                    return false;
                }
                described(x).is_some_and(|x| described(y).is_some_and(|y| x == y))
                    && !*fetching
                    && !statement(pair).limited()
            },
        );
        claims.extend(
            find::words(case, part, accept)
                .into_iter()
                .filter(|c| !claims.iter().any(|d| d.a.contains(c.a)))
                .collect::<Vec<_>>(),
        );
        Evidence::likely(claims)
    }
}
