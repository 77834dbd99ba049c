//! readdir-order

use super::{Advice, Case, Cause, Made, list::Permuted};
use crate::model::{CauseId, Evidence, Order, Role};

/// Members and file lists in the order in which a directory was read.
pub struct ReaddirOrder;

impl Cause for ReaddirOrder {
    fn id(&self) -> CauseId {
        "readdir-order"
    }
    fn group(&self) -> &'static str {
        "order"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Files stand in the order in which the directory listed them.",
            why: "readdir, glob and find give names in the order of the file system, which differs from machine to machine.",
            fix: "sort: tar --sort=name; find … | LC_ALL=C sort; $(sort $(wildcard …)) in make; sorted(os.listdir()); list(SORT …) in CMake",
            references: &[
                "https://reproducible-builds.org/docs/stable-inputs/",
                "https://reproducible-builds.org/docs/archives/",
            ],
        }
    }
    fn fix_for(&self, made: Made<'_>) -> Option<&'static str> {
        Some(if made.of("tar") {
            "tar --sort=name"
        } else if made.of("zip") {
            "find . -type f | LC_ALL=C sort | zip -X -@ FILE"
        } else if made.of("ar") {
            "name the objects in order: $(sort $(wildcard *.o)) in make, list(SORT …) in CMake"
        } else {
            return None;
        })
    }
    fn variations(&self) -> &'static [&'static str] {
        &["readdir_order", "locale"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.role != Role::Order {
            return None;
        }
        let list = Permuted::of(case);
        let benign = match case.order {
            Order::Members => return Some(Evidence::field(case)),
            Order::Lines | Order::Items => list.plain() && list.files(),
            _ => false,
        };
        // Without a sorted side the order of an array, unlike that of a list of files, may mean something.
        (benign && (case.order == Order::Lines && list.many() || list.sorted() && list.many()))
            .then(|| Evidence::whole(case))
    }
}
