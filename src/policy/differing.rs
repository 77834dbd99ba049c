//! An artifact that is not the locked bytes: by which causes, and whether the policy excuses them.

use super::{
    facts::{Compared, Facts, Rule},
    since,
};
use crate::model::{
    AcceptedCause, ArtifactState, CauseId, Confidence, DiffReport, Digests, Finding, GateArtifact, ReferenceKind,
    Verdict, Warrant,
};

/// An artifact with other bytes than the locked ones.
pub(super) fn differing(
    mut artifact: GateArtifact,
    (locked, found): (&Digests, &Digests),
    facts: &Facts<'_>,
    compared: Option<Compared>,
    rules: &[&Rule<'_>],
    relock: &str,
) -> GateArtifact {
    artifact.state = ArtifactState::Differs;
    let sizes = match locked.size == found.size {
        true => format!("{} bytes", found.size),
        false => format!("{} bytes, {} locked", found.size, locked.size),
    };
    if locked.symlink || found.symlink {
        artifact.why = match (locked.symlink, found.symlink) {
            (true, true) => "is a link to another target than the locked one",
            (true, false) => "is a file, where a link is locked",
            _ => "is a link, where a file is locked",
        }
        .to_owned();
        artifact.fix = relock.to_owned();
        return artifact;
    }
    let Some(compared) = compared else {
        artifact.why = format!("is not the locked bytes ({sizes}), and there is no reference to compare with");
        artifact.fix = match facts.reference {
            true => relock.to_owned(),
            false => format!("to see what differs: --reference DIR, or `command` in [build] of repro.toml; {relock}"),
        };
        return artifact;
    };
    let Compared { reference, report } = compared;
    match (&report, reference.locked) {
        (None, _) => {
            let by = match reference.kind {
                ReferenceKind::Rebuilt => "a second build of this source gives the same",
                ReferenceKind::Given => "the reference is the same",
            };
            let changed = since::changed(facts, &artifact.path);
            artifact.why = format!("is not the locked bytes ({sizes}), and {by}: {changed} since it was locked");
            artifact.fix = relock.to_owned();
        }
        (Some(report), locked) => {
            let causes = named(&report.findings);
            let open = match report.unexplained_count {
                0 => String::new(),
                1 => "1 unexplained difference".to_owned(),
                count => format!("{count} unexplained differences"),
            };
            let parts: Vec<&str> = causes
                .iter()
                .copied()
                .chain([open.as_str()])
                .filter(|p| !p.is_empty())
                .collect();
            let list = match parts.is_empty() {
                true => "what could not be compared".to_owned(),
                false => parts.join(", "),
            };
            artifact.why = match (locked, reference.kind) {
                (true, _) => format!("differs from the locked bytes by {list}"),
                (false, ReferenceKind::Rebuilt) => {
                    format!("is not the locked bytes; from a second build of this source it differs by {list}")
                }
                (false, ReferenceKind::Given) => {
                    format!("is not the locked bytes, nor is the reference, from which it differs by {list}")
                }
            };
            let root = report.findings.iter().find(|f| !f.knock_on).or(report.findings.first());
            artifact.fix = root.map_or_else(|| relock.to_owned(), |finding| finding.fix.clone());
            if locked && !rules.is_empty() {
                match accepted(report, rules) {
                    Ok(accepted) => {
                        artifact.state = ArtifactState::Accepted;
                        artifact.accepted = accepted;
                    }
                    Err(barred) => artifact.why.extend(barred.words().map(|why| format!("; {why}"))),
                }
            }
        }
    }
    if let Some(report) = report {
        artifact.findings = report.findings;
        artifact.unexplained = report.unexplained;
        artifact.unexplained_count = report.unexplained_count;
        artifact.records = report.records;
        artifact.layout = report.layout;
    }
    artifact.reference = Some(reference);
    artifact
}

/// Ids of the root causes, or of what follows where nothing else differs.
fn named(findings: &[Finding]) -> Vec<&'static str> {
    let roots = findings.iter().any(|finding| !finding.knock_on);
    let mut names = Vec::new();
    for finding in findings.iter().filter(|finding| !(roots && finding.knock_on)) {
        if !names.contains(&finding.cause) {
            names.push(finding.cause);
        }
    }
    names
}

/// The causes and the policy's reasons, if every difference is one that a rule accepts; else what stands in the way.
///
/// Only what is recomputed from accepted bytes follows from them. A signature, a build ID or another identifier is not: it needs a rule
/// of its own.
fn accepted(report: &DiffReport, rules: &[&Rule<'_>]) -> Result<Vec<AcceptedCause>, Barred> {
    if !matches!(report.verdict, Verdict::Explained | Verdict::Plausible) {
        return Err(Barred::default());
    }
    let explains = |finding: &&Finding| finding.confidence != Confidence::Possible;
    let derived = |finding: &&Finding| finding.warrant == Some(Warrant::Derived);
    let findings: Vec<&Finding> = report.findings.iter().filter(explains).collect();
    // Where all is derived, there is nothing accepted that it could follow from.
    let alone = findings.iter().all(derived);
    let mut accepted: Vec<AcceptedCause> = Vec::new();
    let mut barred = Barred::default();
    for finding in findings.into_iter().filter(|finding| alone || !derived(finding)) {
        let plausible = finding.warrant.is_none();
        let names = |rule: &&&Rule<'_>| rule.causes.iter().any(|cause| cause == finding.cause);
        let mut named = rules.iter().filter(names).peekable();
        let is_named = named.peek().is_some();
        let Some(rule) = named.find(|rule| rule.plausible || !plausible) else {
            let list = if is_named {
                &mut barred.unproved
            } else {
                &mut barred.unnamed
            };
            if !list.contains(&finding.cause) {
                list.push(finding.cause);
            }
            continue;
        };
        let new = AcceptedCause {
            cause: finding.cause.to_owned(),
            reason: rule.reason.to_owned(),
            plausible,
        };
        match accepted.iter_mut().find(|known| known.cause == new.cause) {
            // The weaker ground is the one to be told.
            Some(known) if plausible && !known.plausible => *known = new,
            Some(_) => {}
            None => accepted.push(new),
        }
    }
    match barred.words().next().is_none() && !accepted.is_empty() {
        true => Ok(accepted),
        false => Err(barred),
    }
}

/// Causes that stand in the way of acceptance.
#[derive(Default)]
struct Barred {
    /// No rule names them.
    unnamed: Vec<CauseId>,
    /// A rule names them, but only for what has a warrant.
    unproved: Vec<CauseId>,
}

impl Barred {
    fn words(&self) -> impl Iterator<Item = String> {
        let unnamed = (!self.unnamed.is_empty()).then(|| format!("no rule names {}", self.unnamed.join(", ")));
        let unproved = (!self.unproved.is_empty()).then(|| {
            format!(
                "nothing but its form speaks for {}, which a rule must accept as \"plausible\"",
                self.unproved.join(", ")
            )
        });
        unnamed.into_iter().chain(unproved)
    }
}
