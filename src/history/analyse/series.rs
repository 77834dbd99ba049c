//! The course of one artifact.

use super::{change::Compare, say};
use crate::{
    history::{Error, moment},
    model::{ArtifactHistory, Count, Outcome, RunKind, RunPoint},
};
use std::collections::VecDeque;

/// Outcomes that are kept for the strip.
const STRIP: usize = 60;

/// Which artifact: that of another command is another one, for the two ask different questions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub project: String,
    pub kind: RunKind,
    pub path: String,
}

/// One result.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub run: i64,
    pub at: i64,
    pub commit: Option<String>,
    pub outcome: Outcome,
    pub state: String,
    pub sha256: Option<String>,
    pub locked: Option<String>,
    pub cause: Option<String>,
    pub why: Option<String>,
}

impl Point {
    fn good(&self) -> bool {
        self.outcome == Outcome::Reproduced
    }

    fn report(&self) -> RunPoint {
        RunPoint {
            run: self.run,
            at: moment::text(self.at),
            commit: self.commit.clone(),
            outcome: self.outcome,
            state: self.state.clone(),
            sha256: self.sha256.clone(),
            cause: self.cause.clone(),
            why: self.why.clone(),
        }
    }
}

/// Results in order of time, as far as they must be remembered.
#[derive(Debug, Default)]
pub(super) struct Series {
    /// Those in the window.
    pub count: Count,
    /// All of them.
    pub total: usize,
    newest: Option<Point>,
    /// Whether the newest lies in the window.
    counts: bool,
    pub streak: usize,
    longest: usize,
    last_good: Option<Point>,
    first_bad: Option<Point>,
    /// Length of the good streak that the present bad one ended.
    pub before: usize,
    strip: VecDeque<Outcome>,
}

impl Series {
    pub fn push(&mut self, point: Point, counts: bool) {
        let was = self.newest.as_ref().map(Point::good);
        let good = point.good();
        self.total += 1;
        self.counts = counts;
        if counts {
            self.count.add(point.outcome);
        }
        if was == Some(good) {
            self.streak += 1;
        } else {
            self.before = match good {
                true => 0,
                false => self.streak,
            };
            self.streak = 1;
            self.first_bad = (!good).then(|| point.clone());
        }
        if good {
            self.longest = self.longest.max(self.streak);
            self.last_good = Some(point.clone());
        }
        self.strip.push_back(point.outcome);
        if self.strip.len() > STRIP {
            self.strip.pop_front();
        }
        self.newest = Some(point);
    }

    /// The artifact's part of the report.
    pub fn report(self, key: Key, compare: &mut Compare<'_>) -> Result<Option<ArtifactHistory>, Error> {
        let Some(newest) = &self.newest else { return Ok(None) };
        let changed = match (&self.last_good, &self.first_bad) {
            (Some(good), Some(bad)) => Some(compare.changed(good, bad)?),
            _ => None,
        };
        let summary = say::course(&self, newest.good(), changed.as_ref());
        Ok(Some(ArtifactHistory {
            project: key.project,
            kind: key.kind,
            path: key.path,
            count: self.count,
            newest: newest.report(),
            streak: self.streak,
            longest: self.longest,
            last_reproduced: self.last_good.as_ref().map(Point::report),
            first_failure: self.first_bad.as_ref().map(Point::report),
            reproduced_before: self.before,
            regression: self.counts && !newest.good() && self.streak == 1 && self.before > 0,
            changed,
            summary,
            strip: self.strip.into_iter().collect(),
        }))
    }
}
