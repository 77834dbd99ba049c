//! locale-collation

use super::{
    Advice, Case, Cause, document, find,
    list::{Permuted, in_line},
};
use crate::model::{CauseId, Evidence, Order, Role};

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
    fn variations(&self) -> &'static [&'static str] {
        &["locale", "readdir_order"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.role == Role::Order {
            let list = Permuted::of(case);
            let sorted = matches!(case.order, Order::Members | Order::Lines | Order::Items)
                && (case.order == Order::Members
                    || case.order == Order::Lines && list.words() && list.names() && named(case, &list))
                && list.collated();
            return sorted.then(|| match case.order {
                Order::Members => Evidence::field(case),
                _ => Evidence::whole(case),
            });
        }
        if !find::textual(case) {
            return None;
        }
        let list =
            in_line(case).filter(|list| list.plain() && list.set() && list.items.0.len() > 4 && list.collated())?;
        Evidence::likely(vec![list.change])
    }
}

/// A file that is a list of names.
fn named(case: &Case<'_>, list: &Permuted<'_>) -> bool {
    let name = document::name(case, case.survey);
    let list_file = matches!(
        document::suffix(&name),
        "list" | "files" | "lst" | "filelist" | "packlist" | "names"
    );
    list.digests() || list_file || document::suffix(&name) == "txt" && document::prose(case)
}
