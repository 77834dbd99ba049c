//! From what is recorded to the report: the rate over time, each artifact's course, what changed when it went wrong.
//!
//! The window chooses what is counted. An artifact's course (its streak, what was last reproduced, what changed) is that of all runs up to the
//! newest, so that a window of one night still knows the night before.

mod change;
mod fold;
mod point;
mod say;
mod series;
#[cfg(test)]
mod tests;

use super::{
    Error, moment,
    moment::Span,
    store::{Filter, History},
};
use crate::{
    model::{ArtifactHistory, Bucket, CauseCount, Checks, Count, HistoryReport, Outcome, RunKind, Tool, Window},
    notation::calendar,
};
use change::Compare;
use fold::Fold;
use std::collections::BTreeMap;

/// Causes that are listed.
const CAUSES: usize = 100;

/// What is asked of a history.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Only this project.
    pub project: Option<String>,
    /// Only this command.
    pub kind: Option<RunKind>,
    /// Only artifacts that this glob matches.
    pub artifact: Option<String>,
    /// Count only runs at this moment or later.
    pub since: Option<i64>,
    /// Count only the newest so many runs.
    pub last: Option<usize>,
    /// The rate must not lie below this.
    pub fail_below: Option<f64>,
    /// No artifact's newest run may fail where the one before did not.
    pub fail_on_regression: bool,
}

/// The report on a history; of none, the report that there is no run.
///
/// # Errors
/// The glob is none, the file is damaged, or holds more than can be told apart.
pub fn analyse(history: Option<&History>, asked: &Asked) -> Result<HistoryReport, Error> {
    let glob = match &asked.artifact {
        Some(text) => Some(
            globset::GlobBuilder::new(text)
                .literal_separator(true)
                .build()
                .map_err(|error| Error::usage(format!("--artifact {text:?}: {}", error.kind())).because(error))?
                .compile_matcher(),
        ),
        None => None,
    };
    let mut fold = Fold::new(asked, glob);
    if let Some(history) = history {
        let filter = Filter {
            project: asked.project.clone(),
            kind: asked.kind,
        };
        fold.first = match asked.last {
            Some(last) => history.nth_newest(&filter, last)?,
            None => None,
        };
        history.rows(&filter, &mut |row| fold.row(row))?;
        fold.end()?;
    }
    fold.report(history)
}

impl Fold<'_> {
    fn report(self, history: Option<&History>) -> Result<HistoryReport, Error> {
        let mut artifacts = Vec::new();
        let mut compare = Compare::new(history);
        for (key, series) in self.series {
            if series.count.results > 0
                && let Some(one) = series.report(key, &mut compare)?
            {
                artifacts.push(one);
            }
        }
        // What is wrong comes first; the order of the keys breaks ties.
        artifacts.sort_by_key(|a: &ArtifactHistory| {
            let good = a.newest.outcome == Outcome::Reproduced;
            (!a.regression, good, good && a.count.reproduced == a.count.results)
        });
        let mut causes: Vec<CauseCount> = self
            .causes
            .into_iter()
            .map(|(cause, (count, artifacts))| CauseCount {
                cause,
                count,
                artifacts: artifacts.len(),
            })
            .collect();
        causes.sort_by_key(|one| std::cmp::Reverse((one.count, one.artifacts)));
        causes.truncate(CAUSES);
        let (span, buckets) = buckets(&self.days);
        let mut notes = Vec::new();
        if self.runs == 0 {
            let asked = self.asked;
            let chosen =
                asked.project.is_some() || asked.kind.is_some() || asked.artifact.is_some() || asked.since.is_some();
            let note = match chosen {
                true => "no recorded run is of what was asked for",
                false => {
                    "no run is recorded: `repro gate --record-history` and `repro build --record-history` record theirs"
                }
            };
            notes.push(note.to_owned());
        }
        if compare.left > 0 {
            notes.push(format!(
                "the environments of {} artifacts were not compared: choose some with --artifact",
                compare.left
            ));
        }
        Ok(HistoryReport {
            schema_version: 1,
            tool: Tool::SELF,
            window: Window {
                project: self.asked.project.clone(),
                kind: self.asked.kind,
                artifact: self.asked.artifact.clone(),
                since: self.asked.since.map(moment::text),
                last: self.asked.last,
                from: self.moments.map(|(from, _)| moment::text(from)),
                to: self.moments.map(|(_, to)| moment::text(to)),
            },
            runs: self.runs,
            count: self.count,
            bucket: span.word(),
            buckets,
            checks: checks(self.asked, &self.count, &artifacts),
            artifacts,
            causes,
            newest: self.newest.into_iter().collect(),
            notes,
        })
    }
}

/// Days put together to spans of which there are not too many.
fn buckets(days: &BTreeMap<i64, (usize, Count)>) -> (Span, Vec<Bucket>) {
    let (Some((first, _)), Some((last, _))) = (days.first_key_value(), days.last_key_value()) else {
        return (Span::Day, Vec::new());
    };
    let span = Span::fitting(*first, *last);
    let mut all: BTreeMap<(i64, i64), (usize, Count)> = BTreeMap::new();
    for (day, (runs, count)) in days {
        let known = all.entry(span.around(*day)).or_default();
        known.0 += runs;
        known.1.merge(*count);
    }
    let bucket = |((from, until), (runs, count))| Bucket {
        days: (from, until),
        from: calendar::date(from),
        until: calendar::date(until),
        runs,
        count,
    };
    (span, all.into_iter().map(bucket).collect())
}

fn checks(asked: &Asked, count: &Count, artifacts: &[ArtifactHistory]) -> Checks {
    let regressions: Vec<&ArtifactHistory> = artifacts.iter().filter(|artifact| artifact.regression).collect();
    let mut failed = Vec::new();
    if let (Some(limit), Some(rate)) = (asked.fail_below, count.rate)
        && rate < limit
    {
        failed.push(format!(
            "the rate is {}, below {limit}: {} of {} results are reproductions",
            count.percent(),
            count.reproduced,
            count.results
        ));
    }
    if asked.fail_on_regression {
        let line = |artifact: &&ArtifactHistory| format!("{}: {}", say::name(artifact), artifact.summary);
        failed.extend(regressions.iter().map(line));
    }
    Checks {
        fail_below: asked.fail_below,
        fail_on_regression: asked.fail_on_regression,
        regressions: regressions.len(),
        failed,
    }
}
