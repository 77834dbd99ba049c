//! Who is told of a rebuild beside the reader of the report: `repro verify` by a signed statement, `repro history` by a row.

use super::{Args, Error};
use crate::cli::attest;
use repro::{
    attest::{
        key::Signer,
        statement::{self, Expected, Facts, Made},
    },
    history::{store::History, take},
    model::{NewRun, PublishedReport, RunKind},
    rebuild::config,
};
use std::{fs, path::PathBuf};

/// Longest reason in a statement, in bytes.
const REASON: usize = 1000;

/// What was asked for, opened before anything is built.
pub(super) struct Telling {
    statements: Option<(PathBuf, Signer)>,
    history: Option<History>,
}

impl Telling {
    /// Reads the key and opens the history.
    pub fn open(args: &Args) -> Result<Self, Error> {
        let statements = match (&args.attest, &args.key) {
            (Some(folder), Some(key)) => {
                fs::create_dir_all(folder).map_err(|error| Error::at(folder.display(), error))?;
                Some((folder.clone(), attest::signer(key, args.password_file.as_deref())?))
            }
            _ => None,
        };
        let history = args.record_history.as_deref().map(History::write).transpose()?;
        Ok(Self { statements, history })
    }

    /// Tells them.
    pub fn tell(&mut self, report: &PublishedReport) -> Result<(), Error> {
        if let Some((folder, signer)) = &self.statements
            && let Some(facts) = facts(report, signer)
        {
            let written = statement::statements(&facts)?;
            for statement in &written {
                attest::envelope(folder, statement, written.len(), signer)?;
            }
        }
        if let Some(history) = &mut self.history {
            history.record(&run(report))?;
        }
        Ok(())
    }
}

/// What there is to state; nothing, where there is no artifact or nothing was tried.
fn facts(report: &PublishedReport, signer: &Signer) -> Option<Facts> {
    let artifact = report.artifact.as_ref()?;
    let plan = report.plan.as_ref()?;
    if report.built.is_none() && report.failure.is_none() {
        return None;
    }
    let failed = report.failure.as_ref().filter(|_| report.built.is_none());
    let step = |(number, words): (usize, &Vec<String>)| config::step(&format!("step {}", number + 1), words.clone());
    Some(Facts {
        artifacts: vec![Made {
            name: artifact.path.clone(),
            built: report.built.as_ref().map(Expected::of),
            expected: Some(Expected {
                sha256: artifact.sha256.clone(),
                blake3: None,
            }),
        }],
        failed: failed.map(|why| shortened(&told(report, why))),
        source_uri: package(report),
        steps: plan.steps.iter().enumerate().map(step).collect(),
        globs: plan.artifacts.clone(),
        builder: format!("tag:repro,2026:rebuilder/{}", signer.id()),
        finished: now(),
        signer: signer.id().to_owned(),
        ..Facts::default()
    })
}

/// A package URL: where the source was taken from.
fn package(report: &PublishedReport) -> Option<String> {
    let plan = report.plan.as_ref()?;
    let kind = match report.ecosystem.as_str() {
        "pypi" => "pypi",
        "npm" => "npm",
        "crates" => "cargo",
        "debian" => "deb/debian",
        _ => return None,
    };
    let name = plan.name.replace('@', "%40");
    Some(format!("pkg:{kind}/{name}@{}", plan.version))
}

/// Why it failed, with the line that says most first: who reads a list sees only that.
fn told(report: &PublishedReport, why: &str) -> String {
    format!("{}\n{why}", report.summary)
}

fn shortened(why: &str) -> String {
    let mut end = why.len().min(REASON);
    while !why.is_char_boundary(end) {
        end -= 1;
    }
    why[..end].to_owned()
}

fn run(report: &PublishedReport) -> NewRun {
    let (verdict, results) = take::published(report);
    NewRun {
        at: now(),
        // What was published is what is locked.
        kind: RunKind::Gate,
        project: report.subject.clone(),
        verdict: verdict.to_owned(),
        reason: report.failure.as_ref().map(|why| told(report, why)),
        commit: None,
        source: None,
        command: None,
        environment: None,
        results,
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "a statement and a history are of moments; no report shows this one but theirs"
)]
fn now() -> i64 {
    if let Some(epoch) = std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|text| text.parse().ok())
    {
        return epoch;
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
