//! java-bytecode-nondeterminism

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Kind, Role};

/// Bytecode that is written out the same on both sides, with each index as what it stands for.
pub struct JavaBytecodeNondeterminism;

impl Cause for JavaBytecodeNondeterminism {
    fn id(&self) -> CauseId {
        "java-bytecode-nondeterminism"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The same bytecode has its constants in another order.",
            why: "A compiler or a tool that changes classes adds constants and attributes in the order of a hash table or of its threads, or another version of it does.",
            fix: "the same JDK and the same versions of what changes classes (ASM, annotation processors, weavers); one thread for these; LinkedHashMap in tools of your own",
            references: &[
                "https://docs.oracle.com/javase/specs/jvms/se21/html/jvms-4.html#jvms-4.4",
                "https://reproducible-builds.org/docs/jvm/",
            ],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["random", "parallelism"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let same = case.kind == Kind::Bytecode && case.role == Role::Compression && case.both();
        same.then(|| Evidence::field(case))
    }
}
