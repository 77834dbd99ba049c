//! pgo-profile

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Kind, Role};

/// What a training run measured, and the code that was made by it.
pub struct PgoProfile;

impl Cause for PgoProfile {
    fn id(&self) -> CauseId {
        "pgo-profile"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Code was laid out by the profile of a training run.",
            why: "Profile-guided optimisation inlines, splits and places functions by what a run measured, and no two runs measure the same.",
            fix: "keep the profile (.gcda, .profdata, default.pgo) beside the source and build from it; a training run with fixed inputs, one thread and -fprofile-update=atomic; else build without PGO",
            references: &["https://github.com/bmwiedemann/theunreproduciblepackage/tree/master/pgo"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["time", "cpu_count", "parallelism", "random", "aslr"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let member = case.survey.container(case)?;
        let profile = || [&member.a, &member.b].into_iter().all(|bytes| measured(bytes));
        let placed = matches!(case.role, Role::Code | Role::Order | Role::Presence) && profiled(case);
        // Other code is other code, whoever chose it.
        (placed || profile()).then(|| Evidence::whole(case).hint())
    }
}

/// Whether a program records on both sides that a profile decided where its code lies.
pub(super) fn profiled(case: &Case<'_>) -> bool {
    let member = case.survey.container(case).filter(|_| case.kind == Kind::Executable);
    member.is_some_and(|member| member.says_on_both_sides(PROFILED))
}

/// Whether a file is a profile by its magic number: gcc's, LLVM's raw and indexed ones.
fn measured(bytes: &[u8]) -> bool {
    let magics: [&[u8]; 4] = [b"adcg", b"gcda", b"\x81rforpl\xff", b"\xfflprofi\x81"];
    magics.into_iter().any(|magic| bytes.starts_with(magic))
}

/// Options that a compiler records of code that it made by a profile.
const PROFILED: &[&str] = &[
    "-fprofile-use",
    "-fauto-profile",
    "-fprofile-instr-use",
    "-fprofile-sample-use",
    "profile-use=",
];
