//! build-path

use super::{Advice, Case, Cause, Made, Survey, find, path};
use crate::model::{CauseId, Evidence, Kind};

/// Two home folders: the user differs, not where it was built.
fn homes((a, b): &path::Roots) -> bool {
    let home = |root: &[u8]| root.strip_prefix(b"/home/").is_some_and(|rest| !rest.contains(&b'/'));
    home(a) && home(b)
}

/// True when the two paths lie below a pair of roots that other differences show.
fn below((a, b): &path::Roots, survey: &Survey) -> bool {
    survey
        .roots
        .iter()
        .any(|((x, y), _)| match (a.strip_prefix(&x[..]), b.strip_prefix(&y[..])) {
            (Some(p), Some(q)) => p == q && (p.is_empty() || p[0] == b'/'),
            _ => false,
        })
}

/// Paths with a common rest below two different roots, in which things are built.
pub struct BuildPath;

impl Cause for BuildPath {
    fn id(&self) -> CauseId {
        "build-path"
    }
    fn group(&self) -> &'static str {
        "path"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::FOLDERS
    }
    fn adopts(&self) -> &'static [super::FactKind] {
        super::known::FOLDERS
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The directory of the build stands in the output.",
            why: "Compilers and generators record source paths: in debug information, in messages, in configuration.",
            fix: "-ffile-prefix-map=$PWD=. (gcc 8, clang 10); rustc --remap-path-prefix; go build -trimpath; erlc +deterministic; BUILD_PATH_PREFIX_MAP (OCaml); python -m compileall -s; or build in a fixed path",
            references: &["https://reproducible-builds.org/docs/build-path/"],
        }
    }
    fn fix_for(&self, made: Made<'_>) -> Option<&'static str> {
        let compiled = made.difference.kind == Kind::Executable;
        Some(if made.named(&["direct_url.json", ".dist-info/record"]) {
            "pip notes the folder that it installed from: install the wheel by name (--no-index --find-links DIR), or remove direct_url.json"
        } else if made.named(&[".pyc"]) {
            "python -m compileall -s $DESTDIR; or build in a fixed path"
        } else if made.named(&[".beam"]) {
            "erlc +deterministic"
        } else if made.named(&[".pc", ".cmake", "-config", ".la"]) {
            "write the path from the prefix (${pcfiledir}, ${CMAKE_CURRENT_LIST_DIR}), not from the build's folder"
        } else if compiled && made.says(&[".rs", ".cargo/"]) {
            "rustc --remap-path-prefix=$PWD=. (RUSTFLAGS), for the registry too: $CARGO_HOME=/cargo"
        } else if compiled && made.says(&[".go"]) {
            "go build -trimpath"
        } else if compiled && made.says(&[".ml"]) {
            "BUILD_PATH_PREFIX_MAP"
        } else if compiled {
            "-ffile-prefix-map=$PWD=. (gcc 8, clang 10); or build in a fixed path"
        } else if matches!(made.difference.kind, Kind::Text | Kind::Data) {
            "write the path relative to the root of the source; or build in a fixed path"
        } else {
            return None;
        })
    }
    fn consistent(&self) -> bool {
        true
    }
    fn variations(&self) -> &'static [&'static str] {
        &["build_path", "home", "tmpdir"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let known = |roots: &path::Roots| case.survey.roots.iter().any(|(r, _)| r == roots);
        Evidence::likely(
            path::pairs(case, case.open)
                .into_iter()
                .filter(|(_, roots)| !homes(roots) && (known(roots) || below(roots, case.survey)))
                .map(|(change, _)| change)
                .collect(),
        )
    }
}
