//! compiled-heap-image

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Role};

/// What a language's runtime had in memory, written out.
pub struct CompiledHeapImage;

impl Cause for CompiledHeapImage {
    fn id(&self) -> CauseId {
        "compiled-heap-image"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A compiler wrote out what it had in memory.",
            why: "Images and compiled files of Lisp, OCaml, Raku and their kin hold symbols that were numbered as they were made, tables in the order of addresses, and the addresses.",
            fix: "compile each file in a process of its own, in a fixed order and a fixed folder (BUILD_PATH_PREFIX_MAP for OCaml); setarch -R for images; gensym counters that begin anew for each file",
            references: &["https://reproducible-builds.org/docs/randomness/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["aslr", "random", "build_path", "time"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let readable = matches!(
            case.role,
            Role::Content | Role::Text | Role::Presence | Role::Data | Role::String
        );
        let member = case.survey.container(case).filter(|_| readable)?;
        let image = [&member.a, &member.b].into_iter().all(|bytes| image(bytes));
        // It may be another program as well.
        image.then(|| Evidence::likely(case.open.to_vec()).map(Evidence::hint))?
    }
}

/// Whether a file is such an image, by its first bytes.
fn image(bytes: &[u8]) -> bool {
    let magics: [&[u8]; 8] = [
        b"# FASL",
        b"LCBS",
        b";ELC",
        b"DUMPEDGNUEMACS",
        b"Caml1999",
        b"MOARVM\r\n",
        b"\xa2\xab\x0b\xf0",
        b"YARB",
    ];
    magics.into_iter().any(|magic| bytes.starts_with(magic))
}
