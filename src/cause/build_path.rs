//! build-path

use super::{Advice, Case, Cause, Fix, Survey, find, path};
use crate::model::{CauseId, Change, Evidence, Kind};

/// By what made the file.
const FIXES: &[Fix] = &[
    Fix {
        formats: &["json"],
        names: &["direct_url.json"],
        made_by: &[],
        fix: "install from an index or a wheel by name: pip writes direct_url.json only for a path or URL that it is given; or leave the file out",
    },
    Fix {
        formats: &["pyc"],
        names: &[],
        made_by: &[],
        fix: "python -m compileall -s $PWD -p /usr/lib/… (strip and prepend a prefix); or compile in the folder where it is installed",
    },
    Fix {
        formats: &["elf", "macho", "pe", "coff"],
        names: &[],
        made_by: &["rustc version"],
        fix: "rustc --remap-path-prefix=$PWD=. (RUSTFLAGS; Cargo: trim-paths where it is stable)",
    },
    Fix {
        formats: &["elf", "macho", "pe"],
        names: &[],
        made_by: &["go.buildid", "go build id", "cmd/compile"],
        fix: "go build -trimpath",
    },
    Fix {
        formats: &["elf", "macho", "coff"],
        names: &[],
        made_by: &["clang version", "gcc: (", "gnu c", "gnu as"],
        fix: "-ffile-prefix-map=$PWD=. (gcc 8, clang 10) for C and C++; -Wa,--debug-prefix-map=$PWD=. for assembler; or build in a fixed path",
    },
    Fix {
        formats: &["rds", "rdb"],
        names: &[],
        made_by: &[],
        fix: "R CMD INSTALL with --no-keep-source and options(keep.source = FALSE), in a fixed path",
    },
    Fix {
        formats: &[],
        names: &[".html", ".js", ".xml"],
        made_by: &["doxygen"],
        fix: "Doxygen: FULL_PATH_NAMES = NO, or STRIP_FROM_PATH = the folder of the sources",
    },
    Fix {
        formats: &[],
        names: &[".la"],
        made_by: &[],
        fix: "build in a fixed path; or leave .la files out of what is shipped (Debian: rm -f debian/*/usr/lib/*/*.la)",
    },
    Fix {
        formats: &[],
        names: &[".pc"],
        made_by: &[],
        fix: "give prefix, libdir and flags from configure's variables, not from the build folder",
    },
    Fix {
        formats: &[],
        names: &[".cmake"],
        made_by: &[],
        fix: "CMake: BUILD_INTERFACE and INSTALL_INTERFACE for include folders, so that no build folder is exported",
    },
];

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
            what: "The output contains the directory of the build.",
            why: "Compilers and generators record source paths: in debug information, in messages, in configuration.",
            fix: "-ffile-prefix-map=$PWD=. (gcc 8, clang 10); rustc --remap-path-prefix; go build -trimpath; erlc +deterministic; BUILD_PATH_PREFIX_MAP (OCaml); python -m compileall -s; or build in a fixed path",
            references: &["https://reproducible-builds.org/docs/build-path/"],
        }
    }
    fn consistent(&self) -> bool {
        true
    }
    fn fixes(&self) -> &'static [Fix] {
        FIXES
    }
    fn variations(&self) -> &'static [&'static str] {
        &["build_path", "home", "tmpdir"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let known = |roots: &path::Roots| case.survey.roots.iter().any(|(r, _)| r == roots);
        let shown = |change: &Change, roots: &path::Roots| {
            // Elsewhere the folder of the build is one that a record of the same pair shows, and nobody else's.
            path::records(case, case.survey, change, roots)
                || path::alike(roots) && (known(roots) || below(roots, case.survey))
                || data(case, change, roots)
        };
        Evidence::likely(
            path::pairs(case, case.open)
                .into_iter()
                .filter(|(change, roots)| !homes(roots) && shown(change, roots))
                .map(|(change, _)| change)
                .collect(),
        )
    }
}

/// A program's folder of data, or a source, below a folder in which things are built; not what it could run or load.
fn data(case: &Case<'_>, change: &Change, roots: &path::Roots) -> bool {
    const DATA: &[&[u8]] = &[
        b"share", b"src", b"include", b"doc", b"man", b"locale", b"test", b"tests",
    ];
    const SOURCES: &[&[u8]] = &[
        b"c", b"cc", b"cpp", b"cxx", b"h", b"hpp", b"rs", b"go", b"f90", b"adb", b"pas",
    ];
    let rest = case.a.unit.get(change.a.end..).unwrap_or_default();
    let Some(rest) = rest.strip_prefix(b"/") else {
        return false;
    };
    let rest = rest
        .split(|&c| c == 0 || c.is_ascii_whitespace())
        .next()
        .unwrap_or_default();
    let first = rest.split(|&c| c == b'/').next().unwrap_or_default();
    let file = rest.rsplit(|&c| c == b'/').next().unwrap_or_default();
    let suffix = file.iter().rposition(|&c| c == b'.').map(|dot| &file[dot + 1..]);
    let source = suffix.is_some_and(|suffix| SOURCES.contains(&suffix));
    case.kind == Kind::Executable
        && path::alike(roots)
        && path::buildish(&roots.0)
        && path::buildish(&roots.1)
        && (source || suffix.is_none() && DATA.contains(&first))
}
