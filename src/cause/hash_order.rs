//! hash-order

use super::{
    Advice, Cause, Survey, find,
    list::{Permuted, in_line},
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
                Order::Lines if list.plain() && list.sorted() => {
                    Some(Evidence::whole(difference).with(Confidence::Likely))
                }
                // Nothing says that this list is a set.
                Order::Items | Order::Lines if list.plain() => {
                    Some(Evidence::whole(difference).with(Confidence::Possible))
                }
                _ => None,
            };
        }
        if !find::textual(difference) {
            return None;
        }
        let list = in_line(difference)?;
        // The order of arguments and options means something; the fields of a control file or manifest are sets.
        let set = list.header() || list.quoted() || list.sorted() && list.items.0.len() > 2;
        let confidence = if set { Confidence::Likely } else { Confidence::Possible };
        list.plain()
            .then(|| Evidence::likely(vec![list.change]))?
            .map(|evidence| evidence.with(confidence))
    }
}
