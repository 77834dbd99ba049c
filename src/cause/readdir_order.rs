//! readdir-order

use super::{Advice, Case, Cause, Fix, document, list::Permuted};
use crate::model::{CauseId, Evidence, Kind, Order, Role};

/// By what made the file.
const FIXES: &[Fix] = &[
    Fix {
        formats: &["tar"],
        names: &[],
        made_by: &[],
        fix: "tar --sort=name; Python: tarfile.add of sorted(os.listdir()), one by one",
    },
    Fix {
        formats: &["zip"],
        names: &[],
        made_by: &[],
        fix: "find … | LC_ALL=C sort | zip -X -@; Gradle: reproducibleFileOrder = true",
    },
    Fix {
        formats: &["ar"],
        names: &[],
        made_by: &[],
        fix: "sort the objects: $(sort $(wildcard *.o)) in make; list(SORT …) after file(GLOB) in CMake",
    },
];

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
            what: "Files have the order in which the directory listed them.",
            why: "readdir, glob and find give names in the order of the file system, which differs from machine to machine.",
            fix: "sort: tar --sort=name; find … | LC_ALL=C sort; $(sort $(wildcard …)) in make; sorted(os.listdir()); list(SORT …) in CMake",
            references: &[
                "https://reproducible-builds.org/docs/stable-inputs/",
                "https://reproducible-builds.org/docs/archives/",
            ],
        }
    }
    fn fixes(&self) -> &'static [Fix] {
        FIXES
    }
    fn variations(&self) -> &'static [&'static str] {
        &["readdir_order", "locale"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.role != Role::Order {
            return None;
        }
        let list = Permuted::of(case);
        let suffix = document::name(case, case.survey);
        let suffix = document::suffix(&suffix);
        let files =
            matches!(suffix, "list" | "files" | "lst" | "filelist" | "packlist") && list.installed() && list.plain();
        match case.order {
            // A file system is not extracted: who lists the folder gets this order, and some loaders want a file to be the first.
            Order::Members if case.kind == Kind::Volume => Some(Evidence::whole(case)),
            Order::Members => Some(Evidence::field(case)),
            Order::Lines if list.digests() && list.plain() || files => Some(Evidence::whole(case)),
            // The order of others may be the order in which they are searched, loaded or tried.
            _ => None,
        }
    }
}
