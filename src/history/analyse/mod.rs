//! From what is recorded to the report: the rate over time, each artifact's course, what changed when it went wrong.
//!
//! The window chooses what is counted. An artifact's course (its streak, what was last reproduced, what changed) is that of all runs up to the
//! newest, so that a window of one night still knows the night before.

mod change;
mod say;
mod series;
#[cfg(test)]
mod tests;

use super::{
    Error, moment,
    moment::Span,
    store::{Filter, History, Row},
};
use crate::{
    model::{
        ArtifactHistory, Bucket, CauseCount, Checks, Count, HistoryReport, Outcome, RunKind, RunLine, Tool, Window,
    },
    notation::calendar::{self, DAY},
};
use change::Compare;
use globset::GlobMatcher;
use series::{Key, Point, Series};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Artifacts that are told apart.
const ARTIFACTS: usize = 200_000;
/// Runs in the list of the newest.
const NEWEST: usize = 20;
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
                .map_err(|error| Error::new(format!("--artifact {text:?}: {}", error.kind())))?
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
        fold.end_run()?;
    }
    fold.report(history)
}

/// The run whose rows are being read.
struct Run {
    id: i64,
    at: i64,
    kind: RunKind,
    project: String,
    verdict: String,
    reason: Option<String>,
    commit: Option<String>,
    /// Whether it is in the window.
    counts: bool,
    /// Whether it had any result.
    judged: bool,
    /// Those that are asked for.
    paths: BTreeSet<String>,
    count: Count,
}

struct Fold<'a> {
    asked: &'a Asked,
    glob: Option<GlobMatcher>,
    /// Moment and number of the first run that counts.
    first: Option<(i64, i64)>,
    run: Option<Run>,
    series: BTreeMap<Key, Series>,
    /// What the last run of a project and command that judged anything judged.
    alive: BTreeMap<(String, RunKind), BTreeSet<String>>,
    runs: usize,
    count: Count,
    days: BTreeMap<i64, (usize, Count)>,
    causes: BTreeMap<Option<String>, (usize, BTreeSet<Key>)>,
    newest: VecDeque<RunLine>,
    moments: Option<(i64, i64)>,
}

impl<'a> Fold<'a> {
    fn new(asked: &'a Asked, glob: Option<GlobMatcher>) -> Self {
        Self {
            asked,
            glob,
            first: None,
            run: None,
            series: BTreeMap::new(),
            alive: BTreeMap::new(),
            runs: 0,
            count: Count::default(),
            days: BTreeMap::new(),
            causes: BTreeMap::new(),
            newest: VecDeque::new(),
            moments: None,
        }
    }

    fn row(&mut self, row: Row) -> Result<(), Error> {
        if self.run.as_ref().is_none_or(|run| run.id != row.run) {
            self.end_run()?;
            let counts = self.asked.since.is_none_or(|since| row.at >= since)
                && self.first.is_none_or(|first| (row.at, row.run) >= first);
            self.run = Some(Run {
                id: row.run,
                at: row.at,
                kind: row.kind,
                project: row.project,
                verdict: row.verdict,
                reason: row.reason,
                commit: row.commit,
                counts,
                judged: false,
                paths: BTreeSet::new(),
                count: Count::default(),
            });
        }
        let (Some(run), Some(result)) = (&mut self.run, row.result) else {
            return Ok(());
        };
        run.judged = true;
        if self.glob.as_ref().is_some_and(|glob| !glob.is_match(&result.path)) {
            return Ok(());
        }
        run.paths.insert(result.path.clone());
        let point = Point {
            run: run.id,
            at: run.at,
            commit: run.commit.clone(),
            outcome: result.outcome,
            state: result.state,
            sha256: result.sha256,
            locked: result.locked,
            cause: result.cause,
            why: result.why,
        };
        self.point(result.path, point)
    }

    /// Takes in a result of the run that is being read.
    fn point(&mut self, path: String, point: Point) -> Result<(), Error> {
        let Some(run) = &mut self.run else { return Ok(()) };
        let key = Key {
            project: run.project.clone(),
            kind: run.kind,
            path,
        };
        if run.counts {
            run.count.add(point.outcome);
            if point.outcome != Outcome::Reproduced {
                let (count, artifacts) = self.causes.entry(point.cause.clone()).or_default();
                *count += 1;
                artifacts.insert(key.clone());
            }
        }
        let counts = run.counts;
        self.series.entry(key).or_default().push(point, counts);
        if self.series.len() > ARTIFACTS {
            return Err(Error::new(format!(
                "more than {ARTIFACTS} artifacts are recorded: choose some with --artifact or --project"
            )));
        }
        Ok(())
    }

    fn end_run(&mut self) -> Result<(), Error> {
        let Some(run) = &self.run else { return Ok(()) };
        let group = (run.project.clone(), run.kind);
        if run.judged {
            if !run.paths.is_empty() {
                self.alive.insert(group, run.paths.clone());
            }
        } else {
            // Nothing was there to judge: that is no success of any artifact that the run before had.
            let point = Point {
                run: run.id,
                at: run.at,
                commit: run.commit.clone(),
                outcome: match run.verdict.as_str() {
                    "reject" => Outcome::Failed,
                    _ => Outcome::Unknown,
                },
                state: run.verdict.clone(),
                sha256: None,
                locked: None,
                cause: None,
                why: run.reason.clone(),
            };
            let mut paths = self.alive.get(&group).cloned().unwrap_or_default();
            if paths.is_empty() && self.glob.is_none() {
                paths.insert(String::new());
            }
            for path in paths {
                self.point(path, point.clone())?;
            }
        }
        let Some(run) = self.run.take() else { return Ok(()) };
        if !run.counts || run.count.results == 0 {
            return Ok(());
        }
        self.runs += 1;
        self.moments = Some((self.moments.map_or(run.at, |(from, _)| from), run.at));
        let day = self.days.entry(run.at.div_euclid(DAY)).or_default();
        day.0 += 1;
        day.1.merge(run.count);
        self.count.merge(run.count);
        self.newest.push_front(RunLine {
            run: run.id,
            at: moment::text(run.at),
            project: run.project,
            kind: run.kind,
            verdict: run.verdict,
            commit: run.commit,
            count: run.count,
        });
        self.newest.truncate(NEWEST);
        Ok(())
    }

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
                true => "no run that is recorded is of what was asked for",
                false => {
                    "no run is recorded: `repro gate --record-history` and `repro build --record-history` record theirs"
                }
            };
            notes.push(note.to_owned());
        }
        Ok(HistoryReport {
            schema_version: 1,
            tool: Tool {
                name: "repro",
                version: env!("CARGO_PKG_VERSION"),
            },
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
