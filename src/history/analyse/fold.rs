//! Rows taken in one by one: what is counted, and the course of each artifact.

use super::{
    Asked,
    point::Point,
    series::{Key, Series, Silence},
};
use crate::{
    history::{Error, moment, store::Row},
    model::{Count, Outcome, RunKind, RunLine},
    notation::calendar::DAY,
};
use globset::GlobMatcher;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    rc::Rc,
};

/// Artifacts that are told apart.
const ARTIFACTS: usize = 200_000;
/// Runs in the list of the newest.
const NEWEST: usize = 20;

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

/// What the last run of a project and command that judged anything judged, and the runs since.
#[derive(Default)]
struct Alive {
    paths: BTreeSet<String>,
    silence: Option<Silence>,
}

pub(super) struct Fold<'a> {
    pub asked: &'a Asked,
    glob: Option<GlobMatcher>,
    /// Moment and number of the first run that counts.
    pub first: Option<(i64, i64)>,
    run: Option<Run>,
    pub(crate) series: BTreeMap<Key, Series>,
    alive: BTreeMap<(String, RunKind), Alive>,
    pub runs: usize,
    pub count: Count,
    pub days: BTreeMap<i64, (usize, Count)>,
    pub causes: BTreeMap<Option<String>, (usize, BTreeSet<Key>)>,
    pub newest: VecDeque<RunLine>,
    pub moments: Option<(i64, i64)>,
}

impl<'a> Fold<'a> {
    pub fn new(asked: &'a Asked, glob: Option<GlobMatcher>) -> Self {
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

    pub fn row(&mut self, row: Row) -> Result<(), Error> {
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
        if run.paths.insert(result.path.clone()) && run.paths.len() == 1 {
            let group = (run.project.clone(), run.kind);
            self.break_silence(&group);
        }
        let Some(run) = &self.run else { return Ok(()) };
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

    /// After the last row.
    pub fn end(&mut self) -> Result<(), Error> {
        self.end_run()?;
        for group in self.alive.keys().cloned().collect::<Vec<_>>() {
            self.break_silence(&group);
        }
        Ok(())
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
        self.series.entry(key).or_default().push(Rc::new(point), counts);
        if self.series.len() > ARTIFACTS {
            return Err(Error::usage(format!(
                "more than {ARTIFACTS} artifacts are recorded: choose some with --artifact or --project"
            )));
        }
        Ok(())
    }

    fn end_run(&mut self) -> Result<(), Error> {
        let Some(run) = &self.run else { return Ok(()) };
        let group = (run.project.clone(), run.kind);
        if !run.judged {
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
            self.silent(group, point)?;
        } else if !run.paths.is_empty() {
            let paths = run.paths.clone();
            self.alive.entry(group).or_default().paths = paths;
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

    /// Nothing was there to judge: that is no success of any artifact that the run before had.
    fn silent(&mut self, group: (String, RunKind), point: Point) -> Result<(), Error> {
        let alive = self.alive.entry(group).or_default();
        if alive.paths.is_empty() {
            return match self.glob {
                Some(_) => Ok(()),
                None => self.point(String::new(), point),
            };
        }
        let Some(run) = &mut self.run else { return Ok(()) };
        if run.counts {
            run.count.add_many(point.outcome, alive.paths.len());
        }
        Silence::more(&mut alive.silence, point, run.counts);
        Ok(())
    }

    /// Gives each artifact its part of the runs that judged nothing, which all of them share.
    fn break_silence(&mut self, group: &(String, RunKind)) {
        let Some(alive) = self.alive.get_mut(group) else { return };
        let Some(silence) = alive.silence.take() else { return };
        for path in &alive.paths {
            let key = Key {
                project: group.0.clone(),
                kind: group.1,
                path: path.clone(),
            };
            if silence.count.results > 0 {
                let (count, artifacts) = self.causes.entry(None).or_default();
                *count += silence.count.results;
                artifacts.insert(key.clone());
            }
            self.series.entry(key).or_default().silent(&silence);
        }
    }
}
