//! compiler-random-seed

use super::{Advice, Case, Cause, find};
use crate::model::{CauseId, Evidence, Kind, Role};

/// Names to which a compiler adds a random number.
pub struct CompilerRandomSeed;

impl Cause for CompilerRandomSeed {
    fn id(&self) -> CauseId {
        "compiler-random-seed"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Symbol or section names end in a random number.",
            why: "gcc adds one to the names of LTO sections and of constructors where no global symbol names the file, and stamps notes of coverage with one.",
            fix: "-frandom-seed=$@ ; -flto-partition=none; strip LTO sections from what is shipped (strip --remove-section=.gnu.lto_*)",
            references: &["https://reproducible-builds.org/docs/randomness/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["random", "pid", "time"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        // What ties the notes of a compilation to the counts of its runs.
        if case.role == Role::Identifier && case.kind == Kind::Data && case.name() == "stamp" && case.both() {
            return Some(Evidence::whole(case));
        }
        if !matches!(case.role, Role::Name | Role::String | Role::Reference | Role::Text) {
            return None;
        }
        let part = |c: u8| c.is_ascii_alphanumeric() || b"_.$".contains(&c);
        Evidence::likely(find::words(case, part, |pair| {
            let (x, y) = find::sides(case, pair);
            seed(x).is_some_and(|stem| seed(y) == Some(stem))
        }))
    }
}

/// The name without its random number.
fn seed(name: &[u8]) -> Option<&[u8]> {
    let (mark, digits): (u8, fn(&u8) -> bool) = if name.starts_with(b".gnu.lto_") || name.starts_with(b".gnu.debuglto_")
    {
        (b'.', u8::is_ascii_hexdigit)
    } else if name.starts_with(b"_GLOBAL__") {
        (b'_', u8::is_ascii_hexdigit)
    } else if memchr::memmem::find(name, b".lto_priv.").is_some() || memchr::memmem::find(name, b".llvm.").is_some() {
        (b'.', u8::is_ascii_digit)
    } else {
        return None;
    };
    let at = name.iter().rposition(|&c| c == mark)? + 1;
    let number = &name[at..];
    let enough = mark == b'.' && name.starts_with(b".gnu") && number.len() < 8;
    (!number.is_empty() && number.len() <= 20 && !enough && number.iter().all(digits)).then_some(&name[..at])
}
