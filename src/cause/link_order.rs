//! link-order

use super::{Advice, Case, Cause, pgo_profile};
use crate::model::{CauseId, Evidence, Order, Role};

/// Functions and sections in another order.
pub struct LinkOrder;

impl Cause for LinkOrder {
    fn id(&self) -> CauseId {
        "link-order"
    }
    fn group(&self) -> &'static str {
        "order"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Functions or sections were linked in another order.",
            why: "The list of objects came from a directory or a glob that was not sorted.",
            fix: "sort the objects before linking: $(sort $(wildcard *.o)); list(SORT …) after file(GLOB …)",
            references: &["https://reproducible-builds.org/docs/stable-inputs/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["readdir_order", "locale"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        // A profile orders functions, too.
        let linked = case.role == Role::Order && case.order == Order::Link && !pgo_profile::profiled(case);
        linked.then(|| Evidence::whole(case))
    }
}
