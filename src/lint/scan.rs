//! The driver: which files, in parallel, and one report.

use super::{
    Rule, allow,
    config::{Exception, FILE, globs},
    fix::{Fixed, fixed},
    judge::{Judge, Judged, Subject, fingerprint, subject_language},
    language::{Named, named},
    rule,
    select::Rules,
};
use crate::{
    bytes::{
        plain, reach,
        walk::{self, Kind, normalise},
    },
    model::{
        Level, LintAllowed, LintFinding, LintReport, LintSkipped, LintSummary, LintTrouble, Region, RuleHelp, Tool,
    },
};
use ignore::gitignore::Gitignore;
use rayon::prelude::*;
use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read},
    os::unix::ffi::OsStrExt,
    path::Path,
};

/// Larger files are not looked at, in bytes: nobody has written them by hand.
const LARGEST: u64 = 4 << 20;
/// Paths that are listed of what was skipped.
const LISTED: usize = 20;
/// Folders that hold no source of this project.
const FOREIGN: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    ".bzr",
    "_darcs",
    "CVS",
    ".pc",
    "node_modules",
    ".tox",
    ".venv",
];
/// What the tag of a cache folder starts with: <https://bford.info/cachedir/>.
const TAG: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";

/// What to lint, and how.
pub struct Job {
    /// Files and folders, relative to the current folder or absolute. A file is looked at whatever its folder.
    pub paths: Vec<Vec<u8>>,
    /// The rules to run.
    pub rules: Vec<&'static Rule>,
    /// Whether comments that silence nothing are told, and those without a reason.
    pub own: [bool; 2],
    /// What is left out, in the syntax of `.gitignore`, relative to `root`.
    pub exclude: Vec<String>,
    /// Exceptions; their paths are relative to `root`.
    pub exceptions: Vec<Exception>,
    /// The folder of the configuration.
    pub root: Vec<u8>,
    /// Whether the report is of what is left once the certain fixes are applied.
    pub fix: bool,
}

/// What came of it.
pub struct Scanned {
    /// The report.
    pub report: LintReport,
    /// Files that can be mended, by path; found only if asked for.
    pub fixed: Vec<Fixed>,
}

/// A file to look at.
struct Candidate {
    path: Vec<u8>,
    /// Length of the part of the path above which no sibling is looked for.
    base: usize,
}

/// What came of one file.
#[derive(Default)]
struct Outcome {
    shown: String,
    judged: Option<Judged>,
    skipped: Option<&'static str>,
    trouble: Option<String>,
    fixed: Option<Fixed>,
}

/// Lints, on the current rayon pool. The report depends on the files only.
///
/// # Errors
/// A glob that can't be read, or rules that can't be looked for.
pub fn scan(job: &Job) -> Result<Scanned, String> {
    let judge = Judge {
        rules: Rules::new(&job.rules)?,
        own: job.own,
        exceptions: job.exceptions.clone(),
    };
    let exclude = globs(&job.exclude)?;
    let mut troubles = Vec::new();
    let (candidates, whole) = candidates(job, &exclude, &mut troubles);
    let outcomes: Vec<Outcome> = candidates
        .par_iter()
        .map(|candidate| one(&judge, job, candidate))
        .collect();
    let mut gathered = Gathered {
        troubles,
        used: vec![false; job.exceptions.len()],
        ..Gathered::default()
    };
    for outcome in outcomes {
        gathered.add(outcome);
    }
    if whole && job.own[0] {
        gathered.stale(&job.exceptions, &job.rules, &join(&job.root, FILE.as_bytes()));
    }
    Ok(gathered.finish())
}

/// The files to look at, by path, and whether they are all of the configuration's folder.
fn candidates(job: &Job, exclude: &Gitignore, troubles: &mut Vec<LintTrouble>) -> (Vec<Candidate>, bool) {
    let mut found: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    let mut whole = false;
    for given in &job.paths {
        let path = normalise(given);
        let trouble = |reason: String, troubles: &mut Vec<LintTrouble>| {
            troubles.push(LintTrouble {
                path: shown(&path),
                reason,
            });
        };
        let stat = reach(CWD, &path, |at, rest| rustix::fs::statat(at, rest, AtFlags::empty()));
        let kind = match stat {
            Ok(stat) => Kind::of_mode(stat.st_mode),
            Err(error) => {
                trouble(plain(&error.into()), troubles);
                continue;
            }
        };
        match kind {
            Some(Kind::File) => {
                let base = base(&path, None);
                if !excluded(exclude, &job.root, &path) {
                    found.insert(path, base);
                }
            }
            Some(Kind::Dir) => {
                whole |= path == job.root || path == b".";
                let options = walk::Options {
                    exclude: FOREIGN.iter().map(|name| format!("{name}/")).collect(),
                    ignore_files: true,
                    ..walk::Options::default()
                };
                let tree = match walk::walk(CWD, std::slice::from_ref(&path), &options) {
                    Ok(tree) => tree,
                    Err(problem) => {
                        trouble(plain(&problem.error), troubles);
                        continue;
                    }
                };
                for problem in &tree.problems {
                    if !excluded(exclude, &job.root, &problem.path) {
                        troubles.push(LintTrouble {
                            path: shown(&problem.path),
                            reason: plain(&problem.error),
                        });
                    }
                }
                let base = base(&path, Some(&path));
                let mut files = Vec::new();
                let mut caches = BTreeSet::new();
                let mut buffer = Vec::new();
                for index in 0..tree.len() {
                    if tree.kind(index) != Kind::File {
                        continue;
                    }
                    tree.path(index, &mut buffer);
                    let (folder, name) = split(&buffer);
                    if name == b"CACHEDIR.TAG" && folder != path && tagged(&buffer) {
                        caches.insert(folder.to_vec());
                    }
                    if named(&String::from_utf8_lossy(&buffer)) != Named::Not {
                        files.push(buffer.clone());
                    }
                }
                files.retain(|file| !in_any(&caches, file) && !excluded(exclude, &job.root, file));
                found.extend(files.into_iter().map(|file| (file, base)));
            }
            _ => trouble("is no file and no folder".to_owned(), troubles),
        }
    }
    let candidates = found.into_iter().map(|(path, base)| Candidate { path, base });
    (candidates.collect(), whole)
}

/// How much of a path is above every sibling: nothing if it is relative to where the command runs and stays below it.
fn base(path: &[u8], folder: Option<&[u8]>) -> usize {
    let below = !path.starts_with(b"/") && !path.starts_with(b"../") && path != b"..";
    match folder {
        _ if below => 0,
        Some(folder) => folder.len(),
        None => split(path).0.len(),
    }
}

/// Folder and name; the folder of a lone name is empty.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(0) => (b"/", path.get(1..).unwrap_or_default()),
        Some(at) => (
            path.get(..at).unwrap_or_default(),
            path.get(at + 1..).unwrap_or_default(),
        ),
        None => (b"", path),
    }
}

fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    match folder {
        b"" | b"." => name.to_vec(),
        _ if folder.ends_with(b"/") => [folder, name].concat(),
        _ => [folder, b"/", name].concat(),
    }
}

/// Whether a path lies below one of the folders.
fn in_any(folders: &BTreeSet<Vec<u8>>, path: &[u8]) -> bool {
    if folders.is_empty() {
        return false;
    }
    let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    ends.map(|(at, _)| path.get(..at).unwrap_or_default())
        .any(|above| folders.contains(above))
}

/// The path as the configuration sees it.
fn inner<'p>(root: &[u8], path: &'p [u8]) -> &'p [u8] {
    let below = path.strip_prefix(root).and_then(|rest| rest.strip_prefix(b"/"));
    below.unwrap_or(path)
}

fn excluded(exclude: &Gitignore, root: &[u8], path: &[u8]) -> bool {
    if exclude.is_empty() {
        return false;
    }
    let mut path = inner(root, path);
    while let Some(rest) = path.strip_prefix(b"/") {
        path = rest;
    }
    let path = Path::new(std::ffi::OsStr::from_bytes(path));
    exclude.matched_path_or_any_parents(path, false).is_ignore()
}

fn shown(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

fn open(path: &[u8]) -> io::Result<File> {
    // A pipe that has taken a file's place is not waited for.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = reach(CWD, path, |at, rest| rustix::fs::openat(at, rest, flags, Mode::empty()))?;
    Ok(File::from(file))
}

/// Whether a file is the tag of a cache folder.
fn tagged(path: &[u8]) -> bool {
    let mut head = Vec::new();
    let read = open(path).and_then(|file| file.take(TAG.len() as u64).read_to_end(&mut head));
    read.is_ok() && head == TAG
}

enum Content {
    Text(String),
    Skipped(&'static str),
    /// Nothing for a linter.
    Foreign,
}

fn read(path: &[u8], script: bool) -> io::Result<Content> {
    let mut file = open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("no regular file any more"));
    }
    let mut bytes = Vec::new();
    if script {
        // Most files without an extension are no scripts.
        (&mut file).take(2).read_to_end(&mut bytes)?;
        if bytes != b"#!" {
            return Ok(Content::Foreign);
        }
    }
    if metadata.len() > LARGEST {
        return Ok(Content::Skipped("larger than 4 MiB"));
    }
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Ok(Content::Skipped("larger than 4 MiB"));
    }
    if bytes.contains(&0) {
        return Ok(Content::Skipped("not text"));
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => Content::Text(text),
        Err(_) => Content::Skipped("not UTF-8"),
    })
}

fn one(judge: &Judge, job: &Job, candidate: &Candidate) -> Outcome {
    let mut outcome = Outcome {
        shown: shown(&candidate.path),
        ..Outcome::default()
    };
    let script = named(&outcome.shown) == Named::Script;
    let text = match read(&candidate.path, script) {
        Ok(Content::Text(text)) => text,
        Ok(Content::Skipped(reason)) => {
            outcome.skipped = Some(reason);
            return outcome;
        }
        Ok(Content::Foreign) => return outcome,
        Err(error) => {
            outcome.trouble = Some(plain(&error));
            return outcome;
        }
    };
    let language = match subject_language(&outcome.shown, &text) {
        Ok(Some(language)) => language,
        Ok(None) => return outcome,
        Err(reason) => {
            outcome.skipped = Some(reason);
            return outcome;
        }
    };
    let siblings = |name: &str| beside(candidate, name);
    let inner = shown(inner(&job.root, &candidate.path));
    let seen = candidate.path.get(candidate.base..).unwrap_or_default();
    let seen = shown(seen.strip_prefix(b"/").unwrap_or(seen));
    let subject = Subject {
        path: &outcome.shown,
        seen: &seen,
        inner: &inner,
        text: &text,
        language,
        siblings: &siblings,
    };
    let mut judged = judge.judge(&subject);
    if job.fix {
        match fixed(judge, &subject, &judged) {
            Ok(Some((after, left, count))) => {
                judged = left;
                outcome.fixed = Some(Fixed {
                    path: candidate.path.clone(),
                    shown: outcome.shown.clone(),
                    before: text,
                    after,
                    count,
                });
            }
            Ok(None) => {}
            Err(reason) => outcome.trouble = Some(reason.to_owned()),
        }
    }
    if judged.given_up {
        outcome.skipped = Some("nested too deep, or too hard to parse");
    } else if judged.full {
        outcome.skipped = Some("too many findings: the rest is not told");
    }
    outcome.judged = Some(judged);
    outcome
}

/// Whether a name lies beside a file or above, as far up as siblings are looked for.
fn beside(candidate: &Candidate, name: &str) -> bool {
    let mut folder = split(&candidate.path).0;
    loop {
        let path = join(folder, name.as_bytes());
        let found = reach(CWD, &path, |at, rest| rustix::fs::statat(at, rest, AtFlags::empty()));
        if found.is_ok() {
            return true;
        }
        let above = split(folder).0;
        if folder.is_empty() || folder.len() <= candidate.base || above.len() < candidate.base || above == folder {
            return false;
        }
        folder = above;
    }
}

/// The report while it grows.
#[derive(Default)]
struct Gathered {
    findings: Vec<LintFinding>,
    allowed: Vec<LintAllowed>,
    skipped: BTreeMap<&'static str, LintSkipped>,
    troubles: Vec<LintTrouble>,
    fixed: Vec<Fixed>,
    used: Vec<bool>,
    files: usize,
}

impl Gathered {
    fn add(&mut self, outcome: Outcome) {
        if let Some(judged) = outcome.judged {
            self.files += 1;
            self.findings.extend(judged.findings);
            self.allowed.extend(judged.allowed);
            for index in judged.used {
                if let Some(used) = self.used.get_mut(index) {
                    *used = true;
                }
            }
        }
        if let Some(reason) = outcome.skipped {
            let entry = self.skipped.entry(reason).or_insert_with(|| LintSkipped {
                reason,
                count: 0,
                paths: Vec::new(),
            });
            entry.count += 1;
            if entry.paths.len() < LISTED {
                entry.paths.push(outcome.shown.clone());
            }
        }
        if let Some(reason) = outcome.trouble {
            self.troubles.push(LintTrouble {
                path: outcome.shown,
                reason,
            });
        }
        self.fixed.extend(outcome.fixed);
    }

    /// Exceptions of the configuration that excuse nothing.
    fn stale(&mut self, exceptions: &[Exception], rules: &[&'static Rule], file: &[u8]) {
        let run = |id: &str| rules.iter().any(|rule| rule.id == id);
        for (exception, used) in exceptions.iter().zip(&self.used) {
            if *used || !run(&exception.rule) {
                continue;
            }
            let path = shown(file);
            let snippet = format!("rule = {:?}, path = {:?}", exception.rule, exception.path);
            self.findings.push(LintFinding {
                rule: allow::UNUSED.id,
                cause: None,
                confidence: allow::UNUSED.confidence.word(),
                level: Level::Note,
                region: Region {
                    line: exception.line,
                    column: 1,
                    end_line: exception.line,
                    end_column: 1,
                },
                message: format!("{} finds nothing in {}", exception.rule, exception.path),
                marked: 0..snippet.chars().count(),
                fix: allow::UNUSED.fix,
                edit: None,
                fingerprint: fingerprint(&[allow::UNUSED.id, &path, &snippet]),
                snippet,
                path,
            });
        }
        self.findings
            .sort_by(|x, y| (&x.path, x.region, x.rule).cmp(&(&y.path, y.region, y.rule)));
    }

    fn finish(mut self) -> Scanned {
        self.troubles.sort_by(|x, y| x.path.cmp(&y.path));
        let mut summary = LintSummary {
            files: self.files,
            allowed: self.allowed.len(),
            ..LintSummary::default()
        };
        let mut paths = BTreeSet::new();
        let mut ids = BTreeSet::new();
        for finding in &self.findings {
            ids.insert(finding.rule);
            if finding.level == Level::Note {
                summary.notes += 1;
                continue;
            }
            paths.insert(finding.path.as_str());
            summary.findings += 1;
            summary.fixable += usize::from(finding.edit.is_some());
            match finding.confidence {
                "high" => summary.high += 1,
                "medium" => summary.medium += 1,
                _ => summary.low += 1,
            }
        }
        summary.files_with_findings = paths.len();
        ids.extend(self.allowed.iter().map(|allowed| allowed.finding.rule));
        let report = LintReport {
            schema_version: 1,
            tool: Tool {
                name: "repro",
                version: env!("CARGO_PKG_VERSION"),
            },
            summary,
            rules: ids.into_iter().filter_map(named_rule).map(help).collect(),
            findings: self.findings,
            allowed: self.allowed,
            skipped: self.skipped.into_values().collect(),
            troubles: self.troubles,
        };
        Scanned {
            report,
            fixed: self.fixed,
        }
    }
}

/// A rule of the registry, or one about allow comments.
pub fn named_rule(id: &str) -> Option<&'static Rule> {
    rule::by_id(id).or_else(|| allow::OWN.iter().find(|own| own.id == id).copied())
}

/// What a rule is, for reports.
fn help(rule: &'static Rule) -> RuleHelp {
    RuleHelp {
        id: rule.id,
        group: "lint",
        // A sentence, where the registry may have a heading.
        what: format!("{}.", rule.what.trim_end_matches('.')),
        why: rule.why.to_owned(),
        fix: rule.fix.to_owned(),
        references: rule.references.to_vec(),
    }
}
