//! The course of one artifact.

use super::{change::Compare, point::Point, say};
use crate::{
    history::Error,
    model::{ArtifactHistory, Count, Outcome, RunKind},
};
use std::{collections::VecDeque, rc::Rc};

/// Outcomes that are kept for the strip.
const STRIP: usize = 60;

/// Which artifact: that of another command is another one, for the two ask different questions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub project: String,
    pub kind: RunKind,
    pub path: String,
}

/// Results in order of time, as far as they must be remembered.
#[derive(Debug, Default)]
pub(super) struct Series {
    /// Those in the window.
    pub count: Count,
    /// All of them.
    total: usize,
    newest: Option<Rc<Point>>,
    /// Whether the newest lies in the window.
    counts: bool,
    streak: usize,
    longest: usize,
    last_good: Option<Rc<Point>>,
    first_bad: Option<Rc<Point>>,
    /// Length of the good streak that the present bad one ended.
    before: usize,
    strip: VecDeque<Outcome>,
}

/// Runs in a row that had nothing to judge: none of them is a success of any artifact that was there before.
#[derive(Debug)]
pub(super) struct Silence {
    first: Rc<Point>,
    last: Rc<Point>,
    runs: usize,
    /// Of those in the window.
    pub count: Count,
    /// Whether the last lies in the window.
    counts: bool,
    /// The last outcomes.
    strip: VecDeque<Outcome>,
}

impl Silence {
    /// One more of them, behind those that there are.
    pub fn more(before: &mut Option<Self>, point: Point, counts: bool) {
        let point = Rc::new(point);
        let all = before.get_or_insert_with(|| Self {
            first: point.clone(),
            last: point.clone(),
            runs: 0,
            count: Count::default(),
            counts,
            strip: VecDeque::new(),
        });
        all.runs += 1;
        all.counts = counts;
        if counts {
            all.count.add(point.outcome);
        }
        keep(&mut all.strip, point.outcome);
        all.last = point;
    }
}

fn keep(strip: &mut VecDeque<Outcome>, outcome: Outcome) {
    strip.push_back(outcome);
    if strip.len() > STRIP {
        strip.pop_front();
    }
}

impl Series {
    /// All runs of a silence at once: an artifact takes as long for a thousand as for one.
    pub fn silent(&mut self, silence: &Silence) {
        self.push(silence.first.clone(), false);
        let more = silence.runs.saturating_sub(1);
        (self.total, self.streak) = (self.total + more, self.streak + more);
        self.count.merge(silence.count);
        self.counts = silence.counts;
        self.strip.pop_back();
        for outcome in &silence.strip {
            keep(&mut self.strip, *outcome);
        }
        self.newest = Some(silence.last.clone());
    }

    pub fn push(&mut self, point: Rc<Point>, counts: bool) {
        let was = self.newest.as_ref().map(|newest| newest.good());
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
        keep(&mut self.strip, point.outcome);
        self.newest = Some(point);
    }

    /// The artifact's part of the report.
    pub fn report(self, key: Key, compare: &mut Compare<'_>) -> Result<Option<ArtifactHistory>, Error> {
        let Some(newest) = &self.newest else { return Ok(None) };
        let changed = match (&self.last_good, &self.first_bad) {
            (Some(good), Some(bad)) => Some(compare.changed(good, bad)?),
            _ => None,
        };
        let mut artifact = ArtifactHistory {
            project: key.project,
            kind: key.kind,
            path: key.path,
            count: self.count,
            newest: newest.report(),
            streak: self.streak,
            longest: self.longest,
            last_reproduced: self.last_good.as_ref().map(|point| point.report()),
            first_failure: self.first_bad.as_ref().map(|point| point.report()),
            reproduced_before: self.before,
            regression: self.counts && !newest.good() && self.streak == 1 && self.before > 0,
            changed,
            summary: String::new(),
            strip: self.strip.into_iter().collect(),
        };
        artifact.summary = say::course(&artifact, self.streak == self.total);
        Ok(Some(artifact))
    }
}
