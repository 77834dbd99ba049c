//! parallel-race

use super::{Advice, Case, Cause, document, list::Permuted, passage::Reading};
use crate::model::{CauseId, Evidence, Order, Role};

/// What was done at the same time, in the order in which it was done.
pub struct ParallelRace;

impl Cause for ParallelRace {
    fn id(&self) -> CauseId {
        "parallel-race"
    }
    fn group(&self) -> &'static str {
        "order"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Steps that ran at the same time are listed in the order in which they were done.",
            why: "make -j, thread pools and asynchronous tasks finish in another order in each run, and each writes when it is done.",
            fix: "collect the results and sort them before they are written; make: --output-sync does not order, so .NOTPARALLEL or -j1 for what writes one file; do not ship logs",
            references: &["https://reproducible-builds.org/docs/stable-outputs/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["parallelism", "cpu_count"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let ordered = case.role == Role::Order && case.order == Order::Lines;
        let list = Permuted::of(case);
        let shuffled = || case.survey.passage(Reading::Shuffled, case).is_some();
        // Nothing but a log is known to be written by steps, and nobody runs one.
        if document::log(case) && (ordered && !list.plain() || shuffled()) {
            return Some(Evidence::whole(case));
        }
        (ordered && document::prose(case) && list.steps()).then(|| Evidence::whole(case).hint())
    }
}
