//! From facts to the gate's verdict. Looks at nothing itself.

pub use super::facts::{Compared, Facts};

use super::{Allow, Error, Policy, differing::differing, facts::Rule};
use crate::{
    bytes::digest::Algorithm,
    model::{ArtifactState, Enforce, GateArtifact, GateReport, GateRule, GateVerdict, RuleState, Tool},
    rebuild::artifacts::Patterns,
};
use std::path::Path;

/// Judges every artifact.
///
/// # Errors
/// A glob can't be read.
pub fn judge(policy: &Policy, mut facts: Facts<'_>) -> Result<GateReport, Error> {
    let expired = |rule: &Allow| rule.until.as_deref().is_some_and(|day| day < facts.today);
    let mut rules = Vec::new();
    for (number, rule) in policy.allow.iter().enumerate().filter(|(_, rule)| !expired(rule)) {
        rules.push(Rule {
            number,
            patterns: Patterns::new(std::slice::from_ref(&rule.artifact))?,
            causes: &rule.causes,
            reason: &rule.reason,
            plausible: rule.accept.is_some(),
        });
    }
    let identical = match policy.identical.as_slice() {
        [] => None,
        globs => Some(Patterns::new(globs)?),
    };
    let (enforce, share) = (policy.enforce.unwrap_or_default(), policy.enforce_share.unwrap_or(1.0));
    let mut used = vec![false; policy.allow.len()];
    let mut paths: Vec<&String> = facts.lock.artifacts.keys().chain(facts.found.keys()).collect();
    paths.sort();
    paths.dedup();
    let mut artifacts = Vec::new();
    for path in paths {
        let strict = identical.as_ref().is_some_and(|globs| globs.is_match(Path::new(path)));
        let compared = facts.compared.remove(path);
        // Only what differs by known causes can be excused.
        let excusable = |rule: &&Rule<'_>| compared.is_some() && rule.patterns.is_match(Path::new(path));
        let rules: Vec<&Rule<'_>> = rules.iter().filter(excusable).collect();
        let mut artifact = one(path, &facts, compared, if strict { &[] } else { &rules });
        if strict && artifact.state == ArtifactState::Differs && !rules.is_empty() {
            artifact.why.push_str("; it must be identical, so no rule excuses it");
        }
        for (finding, rule) in artifact.findings.iter().flat_map(|f| rules.iter().map(move |r| (f, r))) {
            if rule.causes.iter().any(|cause| cause == finding.cause) {
                used[rule.number] = true;
            }
        }
        // The share is one of locked artifacts: what is new must not choose its name by it, and what can't be read is trouble for all.
        artifact.enforced = match artifact.state {
            ArtifactState::Unreadable => true,
            ArtifactState::Extra => enforce == Enforce::Block,
            _ => enforce == Enforce::Block && within(path, share),
        };
        artifacts.push(artifact);
    }
    // Asked for by name, so whatever share of the others is enforced.
    artifacts.extend(facts.unmatched.iter().map(|word| GateArtifact {
        state: ArtifactState::Missing,
        enforced: enforce == Enforce::Block,
        why: "nothing of that name is locked or built".to_owned(),
        fix: format!("build it, or name what {} has", facts.name),
        ..blank(word)
    }));
    let rules = policy.allow.iter().zip(&used).map(|(rule, used)| GateRule {
        artifact: rule.artifact.clone(),
        causes: rule.causes.clone(),
        accept: rule.accept,
        reason: rule.reason.clone(),
        until: rule.until.clone(),
        state: match (expired(rule), used) {
            (true, _) => RuleState::Expired,
            (_, true) => RuleState::Used,
            _ => RuleState::Stale,
        },
    });
    let mut rules: Vec<GateRule> = rules.collect();
    for glob in &policy.identical {
        let patterns = Patterns::new(std::slice::from_ref(glob))?;
        if !artifacts
            .iter()
            .any(|artifact| patterns.is_match(Path::new(&artifact.path)))
        {
            rules.push(GateRule {
                artifact: glob.clone(),
                causes: Vec::new(),
                accept: None,
                reason: "identical".to_owned(),
                until: None,
                state: RuleState::Stale,
            });
        }
    }
    if facts.blind && facts.strict {
        facts
            .notes
            .push("--strict: where nothing says what is an artifact, nothing can be extra".to_owned());
    }
    let useless = facts.strict && (facts.blind || rules.iter().any(|rule| rule.state != RuleState::Used));
    let verdict = match verdict(&artifacts, enforce) {
        GateVerdict::Pass | GateVerdict::Warn if useless => GateVerdict::Reject,
        GateVerdict::Pass | GateVerdict::Warn if facts.reason.is_some() => GateVerdict::Undetermined,
        verdict => verdict,
    };
    Ok(GateReport {
        schema_version: 1,
        tool: Tool::SELF,
        lock: facts.name.to_owned(),
        verdict,
        summary: summary(&artifacts, facts.name),
        enforce,
        enforce_share: share,
        strict: facts.strict,
        reason: facts.reason,
        artifacts,
        rules,
        notes: facts.notes,
    })
}

/// Whether an artifact is among the share that is enforced. The same path gives the same answer each time, and what a smaller share
/// holds a larger one holds too.
fn within(path: &str, share: f64) -> bool {
    let digest = Algorithm::Blake3.digest(path.as_bytes());
    let number = digest
        .as_bytes()
        .iter()
        .take(6)
        .fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
    #[allow(clippy::cast_precision_loss, reason = "48 bits fit")]
    let place = number as f64 / (1_u64 << 48) as f64;
    place < share
}

fn good(artifact: &GateArtifact) -> bool {
    matches!(artifact.state, ArtifactState::Same | ArtifactState::Accepted)
}

fn verdict(artifacts: &[GateArtifact], enforce: Enforce) -> GateVerdict {
    if artifacts.iter().any(|a| a.state == ArtifactState::Unreadable) {
        return GateVerdict::Undetermined;
    }
    // A gate that looks at nothing lets everything through.
    if artifacts.is_empty() {
        return match enforce {
            Enforce::Block => GateVerdict::Reject,
            Enforce::Warn => GateVerdict::Warn,
        };
    }
    if artifacts.iter().any(|a| !good(a) && a.enforced) {
        GateVerdict::Reject
    } else if artifacts.iter().any(|a| !good(a)) {
        GateVerdict::Warn
    } else {
        GateVerdict::Pass
    }
}

fn summary(artifacts: &[GateArtifact], lock: &str) -> String {
    if artifacts.is_empty() {
        return format!("no artifact: nothing is locked in {lock} or matches the artifacts' globs");
    }
    let count = |state| artifacts.iter().filter(|a| a.state == state).count();
    let words = [
        (ArtifactState::Same, "as locked"),
        (ArtifactState::Accepted, "accepted by the policy"),
        (ArtifactState::Differs, "not as locked"),
        (ArtifactState::Missing, "missing"),
        (ArtifactState::Extra, "not locked"),
        (ArtifactState::Unreadable, "unreadable"),
    ];
    let parts: Vec<String> = words
        .into_iter()
        .filter(|(state, _)| count(*state) > 0)
        .map(|(state, word)| format!("{} {word}", count(state)))
        .collect();
    parts.join(", ")
}

/// An artifact of which nothing is known yet.
fn blank(path: &str) -> GateArtifact {
    GateArtifact {
        path: path.to_owned(),
        state: ArtifactState::Same,
        enforced: false,
        locked: None,
        found: None,
        why: String::new(),
        fix: String::new(),
        reference: None,
        accepted: Vec::new(),
        findings: Vec::new(),
        unexplained: Vec::new(),
        unexplained_count: 0,
        records: Vec::new(),
        layout: None,
    }
}

fn one(path: &str, facts: &Facts<'_>, compared: Option<Compared>, rules: &[&Rule<'_>]) -> GateArtifact {
    let locked = facts.lock.artifacts.get(path).map(|locked| &locked.digests);
    let found = facts.found.get(path);
    let mut artifact = GateArtifact {
        locked: locked.cloned(),
        found: found.and_then(|found| found.as_ref().ok()).cloned(),
        ..blank(path)
    };
    let relock = format!("if the change is meant: `repro lock`, and commit {}", facts.name);
    let mut set = |state, why: String, fix: String| (artifact.state, artifact.why, artifact.fix) = (state, why, fix);
    match (locked, found) {
        (_, Some(Err(why))) => set(
            ArtifactState::Unreadable,
            why.to_string(),
            "make it readable for the gate".to_owned(),
        ),
        (Some(_), None) => set(
            ArtifactState::Missing,
            "is locked, and was not built".to_owned(),
            format!("build it; {relock}"),
        ),
        (None, Some(Ok(_))) => set(
            ArtifactState::Extra,
            format!("was built, and is not in {}", facts.name),
            relock,
        ),
        (Some(locked), Some(Ok(found))) if locked != found => {
            return differing(artifact, (locked, found), facts, compared, rules, &relock);
        }
        (Some(_), Some(Ok(_))) => {
            if let Some(target) = facts.leading.get(path) {
                set(
                    ArtifactState::Differs,
                    format!("is the locked link, and leads to {target}, which is not locked"),
                    "lock what it leads to, or leave the link out".to_owned(),
                );
            }
        }
        (None, None) => {}
    }
    artifact
}
