//! rpath-build-path

use super::{Advice, Case, Cause, find, path};
use crate::model::{CauseId, Evidence};

/// `DT_RPATH`, `DT_RUNPATH` and `LC_RPATH`.
pub struct RpathBuildPath;

impl Cause for RpathBuildPath {
    fn id(&self) -> CauseId {
        "rpath-build-path"
    }
    fn group(&self) -> &'static str {
        "path"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::FOLDERS
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The run-time library search path names the directory of the build.",
            why: "The linker was given -rpath with a build directory, so that tests run before the installation.",
            fix: "CMAKE_BUILD_RPATH_USE_ORIGIN or CMAKE_SKIP_BUILD_RPATH; -Wl,-rpath,'$ORIGIN'; patchelf --remove-rpath",
            references: &["https://reproducible-builds.org/docs/build-path/"],
        }
    }
    fn consistent(&self) -> bool {
        true
    }
    fn variations(&self) -> &'static [&'static str] {
        &["build_path"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let name = case.name().to_ascii_lowercase();
        if !(name.contains("rpath") || name.contains("runpath")) || !find::textual(case) {
            return None;
        }
        Evidence::likely(
            path::pairs(case, case.open)
                .into_iter()
                .filter(|(_, roots)| {
                    let recorded = case.survey.roots.iter().any(|(known, _)| known == roots);
                    // A loader looks there: a folder of another name, or one that others may write to, is no build folder.
                    path::alike(roots) && (recorded || path::building(&roots.0) && path::building(&roots.1))
                })
                .map(|(change, _)| change)
                .collect(),
        )
    }
}
