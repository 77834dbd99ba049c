//! What the tools of a build offer against a variation: told only where the build ran the tool, or, if nobody watched, where its files are.

use super::sandbox::Trace;
use crate::model::ToolAdvice;
use std::{collections::BTreeSet, path::Path};

/// What one tool offers.
struct Offer {
    tool: &'static str,
    /// Names of programs, as they are run.
    programs: &'static [&'static str],
    /// Files at the root of a source tree that is built with it.
    files: &'static [&'static str],
    against: &'static [&'static str],
    text: &'static str,
}

const TIMES: &[&str] = &["time", "mtime", "timezone"];
const PATHS: &[&str] = &["build_path"];

/// Each tool's, the one that drives the others first.
const OFFERS: &[Offer] = &[
    Offer {
        tool: "dh",
        programs: &["dh"],
        files: &["debian/rules"],
        against: PATHS,
        text: "in debian/rules: export DEB_BUILD_MAINT_OPTIONS = reproducible=+fixfilepath, where CFLAGS are those of dpkg-buildflags",
    },
    Offer {
        tool: "dh",
        programs: &["dh"],
        files: &["debian/rules"],
        against: TIMES,
        text: "SOURCE_DATE_EPOCH is set from debian/changelog: let the upstream build take it instead of the clock",
    },
    Offer {
        tool: "dh",
        programs: &["dh"],
        files: &["debian/rules"],
        against: &["locale"],
        text: "in debian/rules: export LC_ALL = C.UTF-8",
    },
    Offer {
        tool: "setup.py",
        programs: &["setup.py", "pip", "pyproject_hooks", "_in_process.py"],
        files: &["setup.py", "pyproject.toml"],
        against: TIMES,
        text: "a wheel takes its times from SOURCE_DATE_EPOCH: export SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) before pip wheel",
    },
    Offer {
        tool: "setup.py",
        programs: &["setup.py", "pip", "_in_process.py"],
        files: &["setup.py", "pyproject.toml"],
        against: &["umask"],
        text: "a wheel keeps the permissions of files that the build makes: umask 022 before pip wheel",
    },
    Offer {
        tool: "go",
        programs: &["go"],
        files: &["go.mod"],
        against: &["build_path", "home"],
        text: "go build -trimpath (or GOFLAGS=-trimpath)",
    },
    Offer {
        tool: "cargo",
        programs: &["cargo"],
        files: &["Cargo.toml"],
        against: PATHS,
        text: "RUSTFLAGS=\"--remap-path-prefix=$PWD=.\" cargo build",
    },
    Offer {
        tool: "cargo",
        programs: &["cargo"],
        files: &["Cargo.toml"],
        against: &["home"],
        text: "RUSTFLAGS=\"--remap-path-prefix=$CARGO_HOME=cargo\" cargo build; or cargo vendor",
    },
    Offer {
        tool: "cpack",
        programs: &["cpack"],
        files: &["CPackConfig.cmake"],
        against: TIMES,
        text: "SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) cpack: its archives and packages take their times from it",
    },
    Offer {
        tool: "cmake",
        programs: &["cmake"],
        files: &["CMakeLists.txt"],
        against: PATHS,
        text: "cmake -DCMAKE_BUILD_RPATH_USE_ORIGIN=ON for the rpath of programs in the build tree; CFLAGS and CXXFLAGS=-ffile-prefix-map=$PWD=. for the rest",
    },
    Offer {
        tool: "meson",
        programs: &["meson"],
        files: &["meson.build"],
        against: PATHS,
        text: "CFLAGS and CXXFLAGS=-ffile-prefix-map=$PWD=. before meson setup",
    },
    Offer {
        tool: "maven",
        programs: &["mvn", "mvnw"],
        files: &["pom.xml"],
        against: TIMES,
        text: "in pom.xml: <project.build.outputTimestamp>, a fixed time among the properties",
    },
    Offer {
        tool: "gradle",
        programs: &["gradle", "gradlew"],
        files: &["build.gradle", "build.gradle.kts"],
        against: &["time", "mtime", "readdir_order", "filesystem"],
        text: "tasks.withType(AbstractArchiveTask) { preserveFileTimestamps = false; reproducibleFileOrder = true }",
    },
    Offer {
        tool: "javadoc",
        programs: &["javadoc"],
        files: &[],
        against: TIMES,
        text: "javadoc -notimestamp",
    },
    Offer {
        tool: "doxygen",
        programs: &["doxygen"],
        files: &[],
        against: TIMES,
        text: "HTML_TIMESTAMP = NO (TIMESTAMP = NO from 1.9.7 on)",
    },
    Offer {
        tool: "sphinx-build",
        programs: &["sphinx-build"],
        files: &["conf.py", "docs/conf.py"],
        against: TIMES,
        text: "SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) sphinx-build: the year and the date of pages are taken from it",
    },
    Offer {
        tool: "latex",
        programs: &["pdflatex", "xelatex", "lualatex", "latexmk", "pdftex"],
        files: &[],
        against: TIMES,
        text: "SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) FORCE_SOURCE_DATE=1 latexmk",
    },
    Offer {
        tool: "buildah",
        programs: &["buildah"],
        files: &["Containerfile", "Dockerfile"],
        against: TIMES,
        text: "buildah build --timestamp $(git log -1 --format=%ct)",
    },
];

/// What the tools of a build offer against these variations.
pub(super) fn of(variations: &[String], trace: Option<&Trace>, source: &Path) -> Vec<ToolAdvice> {
    let ran = trace.map(programs);
    let used = |offer: &Offer| match &ran {
        Some(ran) => offer.programs.iter().any(|program| ran.contains(*program)),
        None => offer.files.iter().any(|file| source.join(file).is_file()),
    };
    let against = |offer: &Offer| variations.iter().any(|name| offer.against.contains(&name.as_str()));
    let offers = OFFERS.iter().filter(|offer| against(offer) && used(offer));
    offers
        .map(|offer| ToolAdvice {
            tool: offer.tool,
            text: offer.text,
        })
        .collect()
}

/// Names of the programs of a build, and of the scripts and modules that interpreters were given.
fn programs(trace: &Trace) -> BTreeSet<&str> {
    let words = trace.processes.iter().flat_map(|process| {
        let interpreted = process.command.iter().skip(1).take(3);
        process.command.first().into_iter().chain(interpreted)
    });
    words.filter_map(|word| word.rsplit('/').next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rebuild::{sandbox::Process, variation::VARIATIONS};

    fn trace(command: &str) -> Trace {
        Trace {
            processes: vec![Process {
                parent: None,
                program: String::new(),
                command: command.split(' ').map(str::to_owned).collect(),
            }],
            ..Trace::default()
        }
    }

    #[test]
    fn each_is_against_known_variations() {
        for offer in OFFERS {
            let known = |name: &&str| VARIATIONS.iter().any(|variation| variation.name() == *name);
            assert!(offer.against.iter().all(known), "{}", offer.text);
        }
    }

    #[test]
    fn only_the_tools_that_ran_offer_something() {
        let tools = |command: &str, variation: &str| {
            let found = of(&[variation.to_owned()], Some(&trace(command)), Path::new("/"));
            found.iter().map(|advice| advice.tool).collect::<Vec<_>>()
        };
        assert_eq!(tools("/usr/bin/go build ./...", "build_path"), ["go"]);
        assert_eq!(tools("/usr/bin/perl /usr/bin/dh build", "time"), ["dh"]);
        assert_eq!(tools("python3 setup.py bdist_wheel", "mtime"), ["setup.py"]);
        assert_eq!(tools("python3 -m pip wheel .", "umask"), ["setup.py"]);
        assert_eq!(tools("cpack -G TGZ", "time"), ["cpack"]);
        assert!(tools("go build", "pid").is_empty() && tools("gofmt -l .", "build_path").is_empty());
    }

    #[test]
    fn without_a_trace_the_files_tell() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("go.mod"), "module x").unwrap();
        let found = of(&["build_path".to_owned()], None, folder.path());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].tool, "go");
    }
}
