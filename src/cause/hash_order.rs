//! hash-order

use super::{
    Advice, Case, Cause, find,
    list::{Permuted, in_line, set},
};
use crate::model::{CauseId, Difference, Evidence, Order, Role};

/// Sets and maps written in the order of a hash table.
pub struct HashOrder;

impl Cause for HashOrder {
    fn id(&self) -> CauseId {
        "hash-order"
    }
    fn group(&self) -> &'static str {
        "order"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The items of a set stand in the order of a hash table.",
            why: "Hash tables are walked in an order that changes with their seed: Python, Perl, Go and Rust draw it at each start.",
            fix: "sort before writing; PYTHONHASHSEED=0; PERL_HASH_SEED=0; LinkedHashMap or TreeMap; BTreeMap or IndexMap; Go: sort the keys",
            references: &["https://reproducible-builds.org/docs/stable-outputs/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["random", "readdir_order", "env", "aslr"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.role == Role::Order {
            let list = Permuted::of(case);
            return match case.order {
                Order::Keys => Some(Evidence::whole(case)),
                Order::Lines if list.plain() && list.sorted() && list.many() => Some(Evidence::whole(case)),
                Order::Items if list.plain() && set(key(case)) => Some(Evidence::whole(case)),
                // Nothing says that these lines are a set.
                Order::Lines if list.plain() => Some(Evidence::whole(case).hint()),
                _ => None,
            };
        }
        if !find::textual(case) {
            return None;
        }
        // The order of arguments, options and preferences means something.
        let list = in_line(case).filter(|list| list.plain() && (list.set() || list.quoted()))?;
        Evidence::likely(vec![list.change])
    }
}

/// The key under which a list stands.
fn key(difference: &Difference) -> &str {
    let name = difference.name();
    let name = name.strip_suffix("/order").unwrap_or(name);
    name.rsplit('/').next().unwrap_or_default()
}
