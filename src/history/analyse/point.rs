//! One result of one artifact.

use crate::{
    history::moment,
    model::{Outcome, RunPoint},
};

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
    pub fn good(&self) -> bool {
        self.outcome == Outcome::Reproduced
    }

    pub fn report(&self) -> RunPoint {
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
