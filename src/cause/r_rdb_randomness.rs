//! r-rdb-randomness

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Role};

/// R's environments, written in the order of their tables.
pub struct RRdbRandomness;

impl Cause for RRdbRandomness {
    fn id(&self) -> CauseId {
        "r-rdb-randomness"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "R wrote the same objects in another order.",
            why: "An environment is written as the hash table that it is: the order follows from how its entries came in, and from how large the table was.",
            fix: "assign in a sorted order, or write a sorted list (mget(sort(ls(e)), envir = e)) in place of the environment; build packages in one folder with one locale, by R 4 or later",
            references: &[
                "https://tests.reproducible-builds.org/debian/issues/randomness_in_r_rdb_rds_databases_issue.html",
            ],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["readdir_order", "locale", "random", "parallelism"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let own = matches!(case.format, "rds" | "rdb")
            && matches!(case.role, Role::String | Role::Content | Role::Presence | Role::Order);
        let member = case.survey.container(case).filter(|_| own)?;
        // What an environment holds may still be bound to other names.
        shuffled(&member.a, &member.b).then(|| Evidence::likely(case.open.to_vec()).map(Evidence::hint))?
    }
}

/// Larger objects are not looked at.
const LARGEST: usize = 4 << 20;

/// Whether two objects hold the same texts in another order, and are equally long.
fn shuffled(a: &[u8], b: &[u8]) -> bool {
    let text = |c: &u8| c.is_ascii_graphic() || *c == b' ' || *c >= 0x80;
    let texts = |bytes: &'_ [u8]| -> Vec<Vec<u8>> {
        let runs = bytes.split(|c| !text(c)).filter(|run| run.len() > 2);
        runs.map(<[u8]>::to_vec).collect()
    };
    if a.len() != b.len() || a.len() > LARGEST {
        return false;
    }
    let (mut x, mut y) = (texts(a), texts(b));
    let moved = x != y;
    x.sort_unstable();
    y.sort_unstable();
    moved && x == y
}
