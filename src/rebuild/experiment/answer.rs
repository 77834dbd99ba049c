//! What the experiment knows so far, and the verdict that follows.

use crate::model::{BuildPins, BuildVerdict, Guilty, NotTested, Unstable};

/// What is known so far.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) verdict: Option<BuildVerdict>,
    pub(super) reason: Option<String>,
    pub(super) pins: Option<BuildPins>,
    pub(super) unstable: Vec<Unstable>,
    pub(super) guilty: Vec<Guilty>,
    /// Values that could not be tested.
    pub(super) untested: Vec<NotTested>,
    /// Every variation was decided.
    pub(super) complete: bool,
    /// Something stood in the way of an answer.
    pub(super) open: bool,
}

impl Answer {
    /// There is no full answer, for this reason.
    pub(super) fn open(&mut self, reason: String) {
        self.open = true;
        self.reason.get_or_insert(reason);
    }
    pub(super) fn verdict(&self) -> BuildVerdict {
        if let Some(verdict) = self.verdict {
            verdict
        } else if !self.unstable.is_empty() {
            BuildVerdict::IntrinsicallyUnstable
        } else if !self.guilty.is_empty() {
            BuildVerdict::Unreproducible
        } else if self.open || !self.complete {
            BuildVerdict::Undetermined
        } else {
            BuildVerdict::Reproducible
        }
    }
    pub(super) fn blamed(&self, name: &String) -> bool {
        let by = |guilty: &Guilty| {
            [&guilty.variations, &guilty.captured, &guilty.mixed]
                .iter()
                .any(|names| names.contains(name))
        };
        self.guilty.iter().any(by)
    }
    pub(super) fn undecided(&self, names: &[String]) -> Vec<String> {
        let open = |name: &&String| !self.complete && !self.blamed(name);
        names.iter().filter(open).cloned().collect()
    }
}
