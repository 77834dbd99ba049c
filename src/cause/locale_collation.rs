//! locale-collation

use super::{
    Advice, Cause, Survey, find,
    list::{Permuted, in_line},
};
use crate::model::{CauseId, Confidence, Difference, Evidence, Order, Role};

/// Lists sorted in the order of a locale.
pub struct LocaleCollation;

impl Cause for LocaleCollation {
    fn id(&self) -> CauseId {
        "locale-collation"
    }
    fn group(&self) -> &'static str {
        "order"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A list was sorted in the order of another locale.",
            why: "sort, ls and ranges such as [a-z] follow LC_COLLATE: C sorts by bytes, most other locales without regard to case and punctuation.",
            fix: "LC_ALL=C (or C.UTF-8) for sort, ls and join",
            references: &[
                "https://reproducible-builds.org/docs/locales/",
                "https://reproducible-builds.org/docs/stable-inputs/",
            ],
        }
    }
    fn examine(&self, difference: &Difference, _survey: &Survey) -> Option<Evidence> {
        if difference.role == Role::Order {
            let list = Permuted::of(difference);
            let sorted = matches!(difference.order, Order::Members | Order::Lines | Order::Items)
                && (difference.order == Order::Members || list.words())
                && list.collated();
            return sorted.then(|| Evidence::whole(difference).with(Confidence::Likely));
        }
        if !find::textual(difference) {
            return None;
        }
        let list = in_line(difference).filter(|list| list.plain() && list.collated())?;
        Evidence::likely(vec![list.change])
    }
}
