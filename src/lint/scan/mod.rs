//! The driver: which files, in parallel, and one report.

mod around;
mod files;
mod gather;
mod gitignore;
mod reach;

use self::{
    around::{Around, Tree},
    files::{Candidate, Content, beside, candidates, inner, join, read, shown, size},
    gather::Gathered,
};
use super::{
    Confidence, Rule, allow,
    config::{Exception, globs},
    fix::{Fixed, fixed},
    judge::{Judge, Judged, subject_language},
    language::{Named, named},
    rule,
    select::Rules,
    subject::Subject,
};
use crate::{
    bytes::{Error, plain, settings::FILE},
    model::{LintReport, Meter},
};
use rayon::prelude::*;
use tracing::{debug_span, info_span};

/// What to lint, and how.
pub struct Job {
    /// Files and folders, relative to the current folder or absolute. A file is looked at whatever its folder.
    pub paths: Vec<Vec<u8>>,
    /// The rules to run.
    pub rules: Vec<&'static Rule>,
    /// How sure a finding must be, but for rules that are named.
    pub confidence: Confidence,
    /// Rules of which everything is shown.
    pub named: Vec<String>,
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

/// What came of one file.
#[derive(Default)]
struct Outcome {
    shown: String,
    judged: Option<Judged>,
    skipped: Option<&'static str>,
    trouble: Option<String>,
    fixed: Option<Fixed>,
}

/// Lints, on the current rayon pool, and counts what is done. The report depends on the files only.
///
/// # Errors
/// A glob that can't be read, or rules that can't be looked for.
pub fn scan(job: &Job, meter: &Meter) -> Result<Scanned, Error> {
    let _step = info_span!("scan").entered();
    let judge = Judge {
        rules: Rules::new(&job.rules)?,
        confidence: job.confidence,
        named: job.named.clone(),
        own: job.own,
        exceptions: job.exceptions.clone(),
    };
    let exclude = globs(&job.exclude)?;
    let mut troubles = Vec::new();
    let files = candidates(job, &exclude, &mut troubles);
    let tree = Tree::default();
    let sizes: Vec<u64> = files.candidates.par_iter().map(|it| size(&it.path)).collect();
    meter.expect(sizes.iter().sum());
    let outcomes: Vec<Outcome> = files
        .candidates
        .par_iter()
        .zip(&sizes)
        .map(|(candidate, size)| {
            let around = Around {
                candidate,
                files: &files,
                tree: &tree,
            };
            let outcome = one(&judge, job, candidate, &around);
            meter.file();
            meter.done(*size);
            outcome
        })
        .collect();
    let mut gathered = Gathered::new(troubles, job.exceptions.len());
    for outcome in outcomes {
        gathered.add(outcome);
    }
    if files.whole && job.own[0] {
        gathered.stale(&job.exceptions, &job.rules, &join(&job.root, FILE.as_bytes()));
    }
    Ok(gathered.finish())
}

fn one(judge: &Judge, job: &Job, candidate: &Candidate, around: &Around<'_>) -> Outcome {
    let mut outcome = Outcome {
        shown: shown(&candidate.path),
        ..Outcome::default()
    };
    let _step = debug_span!("lint", file = ?outcome.shown).entered();
    let script = named(&outcome.shown) == Named::Script;
    let (text, whole) = match read(&candidate.path, script) {
        Ok(Content::Text(text)) => (text, true),
        Ok(Content::Other(text)) => (text, false),
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
        around,
    };
    let mut judged = judge.judge(&subject);
    if job.fix {
        match fixed(judge, &subject, &judged) {
            Ok(Some(_)) if !whole => outcome.trouble = Some("not fixed: it is not UTF-8".to_owned()),
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

/// A rule of the registry, or one about allow comments.
pub fn named_rule(id: &str) -> Option<&'static Rule> {
    rule::by_id(id).or_else(|| allow::OWN.iter().find(|own| own.id == id).copied())
}
