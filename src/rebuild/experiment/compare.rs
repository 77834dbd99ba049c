//! What differs between the artifacts of two runs, and what `diff` says of it.

use crate::{
    bytes::plain,
    diff::{self, Input, Options},
    model::{Confidence, Finding, Layout, Place, Record},
    rebuild::{artifacts, runner::Run, sandbox::RunResult},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Artifacts that are looked into; if thousands differ, these show why.
const ARTIFACTS: usize = 50;

/// What two builds in the control environment have in common.
#[derive(Debug)]
pub(super) struct Control {
    /// The run that others are compared with.
    pub(super) id: usize,
    /// Digests of the artifacts that both gave.
    stable: BTreeMap<String, String>,
    /// Artifacts that differ, or that just one has.
    pub(super) unstable: Vec<String>,
    /// Written files of which that is true.
    unsteady: BTreeSet<String>,
}

/// Names whose values differ, or that just one has.
fn differing(a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) -> BTreeSet<String> {
    let names = a.keys().chain(b.keys());
    names.filter(|name| a.get(*name) != b.get(*name)).cloned().collect()
}

impl Control {
    pub(super) fn of(id: usize, first: &RunResult, second: &RunResult) -> Self {
        let unstable = differing(&first.artifacts, &second.artifacts);
        let stable = first.artifacts.iter().filter(|(name, _)| !unstable.contains(*name));
        Self {
            id,
            stable: stable.map(|(name, digest)| (name.clone(), digest.clone())).collect(),
            unstable: unstable.into_iter().collect(),
            unsteady: differing(&first.written, &second.written),
        }
    }
    /// Whether nothing can be compared.
    pub(super) fn nothing_stable(&self) -> bool {
        self.stable.is_empty()
    }
    /// The artifacts of a run that are not the control's.
    pub(super) fn differing(&self, result: &RunResult) -> Vec<String> {
        let all = differing(&self.stable, &result.artifacts);
        // Where the control itself makes now this, now that file, one more says nothing.
        let named_by_chance = |name: &String| !self.stable.contains_key(name) && !self.unstable.is_empty();
        all.into_iter().filter(|name| !named_by_chance(name)).collect()
    }
    /// The files that the control wrote otherwise, or not at all.
    pub(super) fn written(&self, control: &RunResult, result: &RunResult) -> BTreeSet<String> {
        let all = differing(&control.written, &result.written);
        all.difference(&self.unsteady).cloned().collect()
    }
    /// Whether two runs gave the same of the stable artifacts.
    pub(super) fn alike(&self, a: &RunResult, b: &RunResult) -> bool {
        let names = self.stable.keys();
        names
            .into_iter()
            .all(|name| a.artifacts.get(name) == b.artifacts.get(name))
            && self.stable.keys().any(|name| a.artifacts.contains_key(name))
    }
}

/// What `diff` says, over several artifacts; addresses begin with the artifact's path.
#[derive(Debug, Default)]
pub(super) struct Explained {
    pub(super) findings: Vec<Finding>,
    pub(super) unexplained: Vec<Place>,
    /// Of each artifact, if they are asked for.
    pub(super) layouts: Vec<Layout>,
}

/// Compares the artifacts of two runs; `details` are for a page.
pub(super) fn explain(x: &Run, y: &Run, artifacts: &[String], details: bool) -> Explained {
    let mut all = Explained::default();
    for artifact in artifacts.iter().take(ARTIFACTS) {
        let path = |folder: &Path| artifacts::folder(folder).join(artifact);
        let (a, b) = (path(&x.folder), path(&y.folder));
        match (a.symlink_metadata().is_ok(), b.symlink_metadata().is_ok()) {
            (true, true) => match (Input::open(&a), Input::open(&b)) {
                (Ok(a), Ok(b)) => all.add(artifact, (&a, &b), [&x.known, &y.known], details),
                (Err(error), _) | (_, Err(error)) => {
                    all.note(artifact, format!("can't be compared: {}", plain(&error)));
                }
            },
            (true, false) => all.note(artifact, "only in a".to_owned()),
            (false, _) => all.note(artifact, "only in b".to_owned()),
        }
    }
    let more = artifacts.len().saturating_sub(ARTIFACTS);
    if more > 0 {
        all.note("", format!("{more} more artifacts differ; they were not looked into"));
    }
    all.sort();
    all
}

/// The length of a container's address, when the artifact's path comes before it.
fn within(container: &mut usize, artifact: &str) {
    *container = match *container {
        0 => artifact.len(),
        inner => artifact.len() + 1 + inner,
    };
}

impl Explained {
    fn add(&mut self, artifact: &str, (a, b): (&Input, &Input), records: [&Record; 2], details: bool) {
        let options = Options {
            details,
            records: Some(records),
            ..Options::default()
        };
        let report = diff::diff(a, b, &options);
        let below = |address: &str| match address {
            "" => artifact.to_owned(),
            inner => format!("{artifact}/{inner}"),
        };
        for mut finding in report.findings {
            finding.address = below(&finding.address);
            // This is the experiment.
            finding.settle = None;
            for excerpt in &mut finding.excerpts {
                within(&mut excerpt.container, artifact);
                excerpt.address = below(&excerpt.address);
            }
            self.findings.push(finding);
        }
        for mut place in report.unexplained {
            within(&mut place.container, artifact);
            place.address = below(&place.address);
            if let Some(excerpt) = &mut place.excerpt {
                within(&mut excerpt.container, artifact);
                excerpt.address = below(&excerpt.address);
            }
            self.unexplained.push(place);
        }
        for open in report.undetermined {
            self.note(&below(&open.address), open.reason);
        }
        if let Some(mut layout) = report.layout {
            for pair in &mut layout.pairs {
                if pair.address.is_empty() {
                    artifact.clone_into(&mut pair.name);
                }
                pair.address = below(&pair.address);
            }
            self.layouts.push(layout);
        }
    }
    fn note(&mut self, address: &str, summary: String) {
        self.unexplained.push(Place {
            address: address.to_owned(),
            format: "",
            container: address.len(),
            rank: 0,
            summary,
            a: String::new(),
            b: String::new(),
            marks: [Vec::new(), Vec::new()],
            spans: Vec::new(),
            excerpt: None,
        });
    }
    /// As `diff` orders them: root causes first.
    pub(super) fn sort(&mut self) {
        let possible = |finding: &Finding| finding.confidence == Confidence::Possible;
        self.findings
            .sort_by_key(|finding| (finding.knock_on, possible(finding)));
    }
    /// Root causes, each once, in order.
    pub(super) fn causes(&self) -> Vec<&'static str> {
        let mut causes = Vec::new();
        for finding in self.findings.iter().filter(|finding| !finding.knock_on) {
            if !causes.contains(&finding.cause) {
                causes.push(finding.cause);
            }
        }
        if causes.is_empty() {
            causes.extend(self.findings.iter().map(|finding| finding.cause).take(1));
        }
        causes
    }
}
