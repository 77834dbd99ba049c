//! hash-order

use super::{
    Advice, Cause, Survey, find,
    list::{Permuted, in_line, set},
};
use crate::model::{CauseId, Confidence, Difference, Evidence, Order, Role};

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
    fn examine(&self, difference: &Difference, _survey: &Survey) -> Option<Evidence> {
        if difference.role == Role::Order {
            let list = Permuted::of(difference);
            return match difference.order {
                Order::Keys => Some(Evidence::whole(difference).with(Confidence::Likely)),
                Order::Lines if list.plain() && list.sorted() && list.many() => {
                    Some(Evidence::whole(difference).with(Confidence::Likely))
                }
                Order::Items if list.plain() && set(key(difference)) => {
                    Some(Evidence::whole(difference).with(Confidence::Likely))
                }
                // Nothing says that these lines are a set.
                Order::Lines if list.plain() => Some(Evidence::whole(difference).with(Confidence::Possible)),
                _ => None,
            };
        }
        if !find::textual(difference) {
            return None;
        }
        // The order of arguments, options and preferences means something.
        let list = in_line(difference).filter(|list| list.plain() && (list.set() || list.quoted()))?;
        Evidence::likely(vec![list.change])
    }
}

/// The key under which a list stands.
fn key(difference: &Difference) -> &str {
    let name = difference.name();
    let name = name.strip_suffix("/order").unwrap_or(name);
    name.rsplit('/').next().unwrap_or_default()
}
