//! ldconfig-cache

use super::{Advice, Case, Cause, installed};
use crate::model::{CauseId, Evidence, Order, Role};

/// Inodes and times of libraries in the cache that ldconfig keeps for itself.
pub struct LdconfigCache;

impl Cause for LdconfigCache {
    fn id(&self) -> CauseId {
        "ldconfig-cache"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "An image holds ldconfig's cache of the file system that it was made on.",
            why: "ldconfig keeps inode and change time of each library in /var/cache/ldconfig/aux-cache, in an order that follows from these.",
            fix: "rm -f /var/cache/ldconfig/aux-cache at the end: ldconfig makes it anew; ld.so does not read it",
            references: &["https://reproducible-builds.org/docs/system-images/"],
        }
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let told = match case.role {
            Role::Inode => true,
            Role::Timestamp => case.timed(),
            Role::Order => case.order == Order::Keys,
            _ => false,
        };
        (told && case.both() && installed::file(case, "var/cache/ldconfig/aux-cache")).then(|| Evidence::whole(case))
    }
}
