//! aslr-pointer

use super::{Advice, Case, Cause, find};
use crate::model::{CauseId, Evidence};

/// User-space addresses of x86-64 whose low 12 bits are equal.
pub struct AslrPointer;

impl Cause for AslrPointer {
    fn id(&self) -> CauseId {
        "aslr-pointer"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A memory address was written out.",
            why: "Addresses vary with address space layout randomisation: printed objects, tables sorted by address.",
            fix: "do not print addresses (Python: a repr without one); sort by name; setarch -R to confirm",
            references: &["https://reproducible-builds.org/docs/randomness/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["aslr"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let part = |c: u8| c.is_ascii_alphanumeric();
        let pointer = |text: &[u8]| {
            text.len() == 14
                && (text.starts_with(b"0x7") || text.starts_with(b"0x55") || text.starts_with(b"0x56"))
                && text[2..].iter().all(u8::is_ascii_hexdigit)
        };
        // Pages move, the place in a page does not.
        let accept = |pair| {
            let (x, y) = find::sides(case, pair);
            pointer(x) && pointer(y) && x[11..] == y[11..]
        };
        let found = find::words(case, part, accept);
        // Printed as objects and symbols are: `<Name object at 0x…>`, `name at 0x…`; elsewhere something may go there.
        let printed = |pair: &crate::model::Change| {
            let before = find::before(&case.a.unit, pair.a.start, 80);
            let acts = [
                "jump", "call", "load", "break", "patch", "hook", "entry", "map", "write", "base",
            ];
            before.strip_suffix(" at ").is_some_and(|name| !find::says(name, &acts))
        };
        match found.iter().all(printed) {
            true => Evidence::likely(found),
            false => Evidence::likely(found).map(Evidence::hint),
        }
    }
}
