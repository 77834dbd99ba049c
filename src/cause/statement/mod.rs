//! What is said of a value in its own statement: that a build wrote it, or that something is decided by it.
//!
//! Evidence must stand in the same statement and right before the value; a word that limits, grants or pins is looked for wider, on
//! both sides. A key counts only if all of its parts are words of recording: `expires_built_at` and `build_date_max` are none.

use super::{Case, find};
use crate::model::{Change, Role};

/// Beginnings of words that decide something: with one of them in the statement, no value is that of a build.
const LIMITS: &[&str] = &[
    "expir",
    "valid",
    "until",
    "deadline",
    "embarg",
    "trial",
    "grant",
    "revo",
    "licence",
    "license",
    "cutoff",
    "threshold",
    "notbefore",
    "notafter",
    "token",
    "secret",
    "password",
    "passwd",
    "certificate",
    "credential",
    "allow",
    "block",
    "deny",
    "denied",
    "permit",
    "forbid",
    "vulnerab",
    "affected",
    "blacklist",
    "whitelist",
    "limit",
    "quota",
    "lifetime",
    "maxage",
    "retention",
    "lease",
    "sunset",
    "obsolete",
    "account",
    "iban",
    "schedul",
    "oncalendar",
    "cron",
    "trigger",
    "detonat",
    "activat",
    "minimum",
    "maximum",
    "earliest",
    "latest",
    "oldest",
    "newest",
    "require",
    "reject",
    "trusted",
    "supported",
    "unlock",
    "renew",
    "enforce",
    "evaluation",
    "rollback",
    "freshness",
    "kill",
    "suspend",
    "disable",
    "enable",
    "payout",
    "invoice",
    "payment",
    "warrant",
    "subscri",
    "quarant",
    "policy",
    "refus",
    "exempt",
    "exclu",
    "prohibit",
    "accept",
    "exploit",
];

/// Whole words that decide something.
const LIMIT_WORDS: &[&str] = &[
    "before",
    "after",
    "since",
    "eol",
    "end",
    "ends",
    "ending",
    "min",
    "max",
    "next",
    "nightly",
    "till",
    "nbf",
    "exp",
    "iat",
    "ttl",
    "due",
    "ban",
    "banned",
    "unless",
    "grace",
    "remaining",
    "pin",
    "pinned",
    "lifts",
    "cert",
    "crl",
    "effective",
];

/// Words that decide something where they stand right beside the value.
const BESIDE: &[&str] = &[
    "snapshot", "from", "not", "to", "runs", "starts", "start", "begin", "begins", "key", "skip", "ignore", "only",
    "else", "then", "if", "when", "while", "return", "lock", "locked", "release", "released", "releases", "through",
    "thru", "plus", "within",
];

/// Of [`LIMITS`], those that speak of a value also from the lines beside it.
const NEAR: &[&str] = &[
    "expir",
    "trial",
    "embargo",
    "revo",
    "deadline",
    "not_before",
    "not_after",
    "notbefore",
    "notafter",
    "nbf",
    "ttl",
    "grace",
    "lifetime",
    "max_age",
    "maxage",
    "max-age",
    "lease",
    "valid_for",
    "valid for",
    "valid_days",
    "validity",
    "vulnerab",
    "blocked",
    "denied",
    "deny",
    "allowed",
    "banned",
    "whitelist",
    "blacklist",
    "retention",
    "killswitch",
    "kill_switch",
    "threshold",
    "affected",
    "rollback",
    "period",
    "max_days",
    "days_left",
    "period_days",
    "refuse",
];

/// Words that say that something was made.
const MADE: &[&str] = &[
    "build",
    "built",
    "builddate",
    "buildtime",
    "buildtimestamp",
    "buildstamp",
    "generated",
    "compiled",
    "compile",
    "compilation",
    "configured",
    "packaged",
    "rendered",
    "generation",
    "produced",
    "assembled",
    "linked",
    "prebuilt",
    "rebuilt",
    "creation",
    "creationdate",
    "__date__",
    "__time__",
    "__timestamp__",
    "builtat",
    "buildat",
    "builton",
];

/// Words that say so only in prose: as keys of data they speak of anything.
const PROSE: &[&str] = &[
    "created",
    "made",
    "written",
    "modified",
    "changed",
    "updated",
    "converted",
    "exported",
    "dumped",
    "saved",
];

/// Words that may stand beside those in a key, and between those and a value.
const NEUTRAL: &[&str] = &[
    "date",
    "time",
    "at",
    "on",
    "timestamp",
    "stamp",
    "datetime",
    "epoch",
    "utc",
    "gmt",
    "iso",
    "string",
    "str",
    "text",
    "unix",
    "seconds",
    "sec",
    "secs",
    "ms",
    "days",
    "day",
    "hex",
    "int",
    "source",
    "the",
    "of",
    "was",
    "is",
    "by",
    "in",
    "with",
    "using",
    "number",
    "last",
    "version",
    "ver",
    "info",
    "mtime",
    "year",
    "local",
    "char",
    "const",
    "static",
    "var",
    "let",
    "define",
    "x",
    "d",
    "dc",
    "meta",
    "org",
    "label",
    "schema",
    "io",
    "opencontainers",
    "image",
    "app",
    "tool",
    "project",
    "package",
    "pkg",
    "lib",
    "library",
    "doc",
    "docs",
    "page",
    "site",
    "kernel",
    "firmware",
    "fw",
    "module",
    "program",
    "product",
    "binary",
    "bin",
    "file",
    "this",
    "automatically",
    "autogenerated",
    "auto",
    "host",
    "machine",
    "property",
    "value",
    "content",
    "name",
    "data",
    "k",
    "v",
    "my",
    "self",
    "_",
];

/// How far evidence may stand before a value.
const REACH: usize = 160;
/// How far around a value a limit is looked for.
const WIDE: usize = 120;
/// How many other words may stand between `generated by …` and a value.
const OTHERS: usize = 6;

/// The text around one value of side a, in lower case.
pub struct Statement {
    before: String,
    after: String,
    /// The keys that hold it.
    keys: String,
    /// The file that holds it.
    file: String,
    /// The file holds nothing else.
    whole: bool,
    /// A comment that nothing acts on.
    comment: bool,
    /// The lines beside it decide something.
    near: bool,
}

impl Statement {
    /// The statement of a value.
    pub fn of(case: &Case<'_>, pair: Change) -> Self {
        let unit = &case.a.unit[..];
        let member = case.survey.container(case);
        let comment = case.survey.commented(case.difference, &[pair]);
        let before = find::before(unit, pair.a.start, REACH);
        let rest = &unit[pair.a.end..unit.len().min(pair.a.end + WIDE)];
        let rest = rest.split(|&c| c == b'\n' || c == 0).next().unwrap_or_default();
        let lower = |name: &str| find::before(name.as_bytes(), name.len(), 200);
        let keyed = case.role != Role::Text && !case.address.contains(".debug_");
        let keys = if keyed { lower(case.name()) } else { String::new() };
        let file = member.map_or(String::new(), |member| lower(&member.name));
        let whole = member.is_some_and(|member| member.a.trim_ascii() == &unit[pair.a.start..pair.a.end]);
        let near = !comment
            && !matches!(case.format, "elf" | "pe" | "macho")
            && member.is_some_and(|member| {
                let at = case.a.span.start;
                let (from, to) = (
                    at.saturating_sub(300),
                    member.a.len().min(case.a.span.end.saturating_add(300)),
                );
                let text = member.a.get(from..to).unwrap_or_default();
                let text = String::from_utf8_lossy(text).to_lowercase();
                NEAR.iter().any(|word| stems(&text, word)) || text.contains("_days") || read(case, pair, &member.a)
            });
        Self {
            before,
            after: String::from_utf8_lossy(rest).to_lowercase(),
            keys,
            file,
            whole,
            comment,
            near,
        }
    }

    /// Whether something is decided by the value.
    pub fn limited(&self) -> bool {
        let (before, after) = (self.narrow(), self.following());
        let strong = |text: &str, n: usize| LIMITS[..n].iter().any(|stem| stems(text, stem));
        // What a comment says decides little: the language doesn't read it.
        if self.comment {
            return strong(before, 8) || strong(after, 8);
        }
        let beside = after.split_whitespace().next().unwrap_or_default();
        self.near
            || limits(before)
            || limits(after)
            || find::says(beside, BESIDE)
            || strong(&self.before, 12)
            || strong(&self.after, 12)
            || limits(&self.keys)
            || limits(&self.file)
    }

    /// Whether its own statement says that a build wrote it, or it stands where nothing acts on it.
    pub fn recorded(&self) -> bool {
        !self.limited() && (self.comment || self.made() || self.document())
    }

    /// Whether the key right before it says that a build wrote it.
    pub fn keyed(&self) -> bool {
        let key = self.narrow().trim_end_matches([' ', '\t', '"', '\'', '=', ':', '>']);
        let word = key
            .rsplit(|c: char| c.is_whitespace() || c == '<' || c == '"')
            .next()
            .unwrap_or_default();
        key.len() < self.narrow().len() && self.key(word) == Some(true)
    }

    /// Whether the key right before it, if any, says no more than that it is some time.
    pub fn plain(&self) -> bool {
        let text = if self.bare() {
            self.keys.rsplit('/').next().unwrap_or_default()
        } else {
            self.narrow()
        };
        let key = text.trim_end_matches([' ', '\t', '"', '\'', '=', ':', '>', '(']);
        let word = key
            .rsplit(|c: char| !(c.is_alphanumeric() || "_-.".contains(c)))
            .next()
            .unwrap_or_default();
        PROSE.contains(&word) || word == "serial" || self.key(word).is_some() || self.bare() && word.is_empty()
    }

    /// Whether it is in a comment that nothing acts on.
    pub fn commented(&self) -> bool {
        self.comment
    }

    /// Whether nothing but punctuation stands before it.
    pub fn bare(&self) -> bool {
        !self.before.contains(|c: char| c.is_alphanumeric())
    }

    /// Of a program's string: nothing stands before the value, or words of making, or a banner with a version.
    pub fn made_or_bannered(&self) -> bool {
        let mut words = self
            .narrow()
            .split(|c: char| c.is_whitespace() || "(),[]".contains(c))
            .filter(|w| !w.is_empty());
        let version = |word: &str| {
            let word = word.strip_prefix('v').unwrap_or(word);
            word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit())
        };
        self.bare()
            || self.made()
            || words.clone().count() <= 4 && words.any(version) && !self.narrow().trim_end().ends_with(['=', ':'])
    }

    /// What stands before the value in its own statement.
    pub fn narrow(&self) -> &str {
        let end = self.before.rfind([';', '|', '{', '}', '\0']);
        &self.before[end.map_or(0, |end| end + 1)..]
    }

    fn following(&self) -> &str {
        let end = self.after.find([';', '|', '{', '}', '\0']);
        &self.after[..end.unwrap_or(self.after.len())]
    }

    /// Dates that a known document has in a place of its own.
    fn document(&self) -> bool {
        let (before, keys) = (self.before.trim_start(), self.keys.as_str());
        // R writes `Built: R 4.2.2; ; 2026-11-29 21:15:40 UTC; unix`; SPDX and CycloneDX say when the list was made.
        let field = [
            "<dc:date>",
            "<dcterms:created>",
            "<dcterms:modified>",
            "<xmp:createdate>",
            "<xmp:modifydate>",
            "<xmp:metadatadate>",
        ];
        before.starts_with("built: r ")
            || before.starts_with("bnd-last_modified:")
            || field.iter().any(|tag| before.ends_with(tag))
            || self.bare() && ["creation_info/created", "metadata/timestamp"].contains(&keys)
    }

    /// Whether the words before it say that something was made then.
    fn made(&self) -> bool {
        let mut text = self.narrow();
        if self.bare() {
            let key = self.keys.rsplit('/').next().unwrap_or_default();
            let stem = self.file.rsplit_once('.').map_or(&self.file[..], |(stem, _)| stem);
            let stamp =
                |name: &str| self.whole && ["stamp", "timestamp", "epoch"].iter().any(|word| name.contains(word));
            return self.key(key) == Some(true)
                || self.whole && self.key(stem) == Some(true)
                || self.key(stem).is_some() && stamp(stem);
        }
        if let Some(open) = text.rfind('>') {
            // The tag that holds the value.
            let tag = text[..open].rsplit('<').next().unwrap_or_default();
            if text[open + 1..].trim().is_empty() && !tag.starts_with('/') {
                text = &text[..open];
            }
        }
        let trimmed = text.trim_end_matches([' ', '\t', '"', '\'', '(', '[', '*', '\\']);
        let strict = trimmed.ends_with(['=', ':']) || text.ends_with('>');
        let (mut others, mut joined) = (0, false);
        let words = trimmed.rsplit(|c: char| !(c.is_alphanumeric() || "_-.".contains(c)));
        let words: Vec<&str> = words
            .map(|word| word.trim_matches(['-', '.']))
            .filter(|word| !word.is_empty())
            .take(12)
            .collect();
        for (i, word) in words.iter().enumerate() {
            if BESIDE.contains(word) {
                return false;
            }
            let asked = |words: &[&str]| {
                words
                    .get(i + 1)
                    .is_some_and(|before| matches!(*before, "last" | "was" | "automatically"))
            };
            if PROSE.contains(word) && (joined && !strict || asked(&words)) {
                return true;
            }
            joined |= matches!(*word, "on" | "at" | "by" | "with" | "using");
            match self.key(word) {
                Some(true) => return others == 0 || joined,
                Some(false) => continue,
                None => {}
            }
            let number = word.starts_with(|c: char| c.is_ascii_digit()) || word.starts_with('v') && word.contains('.');
            others += usize::from(!number);
            if strict && i == 0 || others > OTHERS {
                return false;
            }
        }
        false
    }

    /// Whether all parts of a key are words of recording, and whether one says that something was made; none if there is another.
    fn key(&self, word: &str) -> Option<bool> {
        let mut made = MADE.contains(&word);
        if made || word.is_empty() {
            return made.then_some(true);
        }
        for part in word.split(['_', '-', '.', ':']).filter(|part| !part.is_empty()) {
            let own = || part.len() > 2 && self.file.split(['_', '-', '.']).any(|name| name == part);
            match () {
                () if MADE.contains(&part) => made = true,
                () if NEUTRAL.contains(&part) => {}
                () if own() && !limits(part) => {}
                () => return None,
            }
        }
        Some(made)
    }
}

/// How far around a statement its key is looked for.
const READ: usize = 8 << 10;

/// Whether the key of a value is compared, or read as a date, elsewhere in its text: what looks like a record decides something.
fn read(case: &Case<'_>, pair: Change, text: &[u8]) -> bool {
    let unit = &case.a.unit[..pair.a.start];
    let word = |c: &u8| c.is_ascii_alphanumeric() || *c == b'_';
    let end = unit.iter().rposition(word).map_or(0, |i| i + 1);
    let start = unit[..end].iter().rposition(|c| !word(c)).map_or(0, |i| i + 1);
    let key = &unit[start..end];
    let own = case.a.span.start.saturating_add(start);
    if key.len() < 4 || case.role != Role::Text || unit.len() - end > 4 {
        return false;
    }
    let from = case.a.span.start.saturating_sub(READ);
    let near = text
        .get(from..text.len().min(case.a.span.end.saturating_add(READ)))
        .unwrap_or_default();
    let uses = memchr::memmem::find_iter(near, key)
        .filter(|at| from + at != own)
        .take(64);
    let whole = |at: &usize| {
        let edge = |c: Option<&u8>| c.is_none_or(|c| !word(c));
        edge(at.checked_sub(1).and_then(|i| near.get(i))) && edge(near.get(at + key.len()))
    };
    uses.filter(whole).any(|at| {
        let before = String::from_utf8_lossy(&near[at.saturating_sub(40)..at]).to_lowercase();
        let before = before.rsplit('\n').next().unwrap_or_default();
        let after = String::from_utf8_lossy(&near[at + key.len()..near.len().min(at + key.len() + 12)]).into_owned();
        let left = before.trim_end_matches([' ', '"', '\'', '$', '{', '(', '\\']);
        let right = after.trim_start_matches([' ', '"', '\'', '}', ')']);
        let compared = |text: &str, at_end: bool| {
            ["<", ">", "<=", ">=", "==", "!="].iter().any(|sign| {
                if at_end {
                    text.ends_with(sign)
                } else {
                    text.starts_with(sign)
                }
            })
        };
        let shifts =
            left.ends_with("<<") || left.ends_with("#include <") || right.starts_with("<<") || right.starts_with("</");
        let tests = ["-gt", "-lt", "-ge", "-le", "-eq", "-ne"]
            .iter()
            .any(|t| left.ends_with(t) || right.starts_with(t));
        let parsed = [
            "date",
            "parse",
            "strptime",
            "fromisoformat",
            "moment",
            "strtotime",
            "-d",
        ]
        .iter()
        .any(|t| left.ends_with(t));
        let opened = before.trim_end_matches(['"', '\'', '$', '{']).ends_with(['(', ' ']);
        let elapsed = left.ends_with('-') && ["now", "time", "%s"].iter().any(|t| before.contains(t));
        tests
            || parsed && opened && left.len() < before.len()
            || elapsed
            || !shifts && (compared(left, true) || compared(right, false))
    })
}

/// Whether a text has a word that decides something.
pub fn limits(text: &str) -> bool {
    LIMITS.iter().any(|stem| stems(text, stem)) || find::says(text, LIMIT_WORDS)
}

/// Whether a word of the text begins so; parts of a word that a sign joins are words.
fn stems(text: &str, stem: &str) -> bool {
    text.match_indices(stem).any(|(i, _)| {
        !text[..i].ends_with(|c: char| c.is_ascii_alphabetic())
            || text[..i].ends_with("in")
            || text[..i].ends_with("un")
    })
}
