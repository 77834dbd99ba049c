//! Tells by a file's path whether the build runs it: the same line matters in `setup.py`, and does not in a server.

pub(crate) use super::place::is_test_path;
use super::place::words;

/// Folders of build machinery.
const BUILD_FOLDERS: &[&str] = &[
    "build",
    "build-aux",
    "build-scripts",
    "build-tools",
    "build_scripts",
    "build_tools",
    "buildscripts",
    "buildtools",
    "buildutils",
    "cmake",
    "codegen",
    "debian",
    "doc",
    "docs",
    "generators",
    "packaging",
];

/// Words of a file's name that say that it makes something.
const BUILD_WORDS: &[&str] = &[
    "autogen",
    "bootstrap",
    "build",
    "buildinf",
    "compile",
    "configure",
    "create",
    "dist",
    "embed",
    "gulpfile",
    "gruntfile",
    "make",
    "makefile",
    "mk",
    "pack",
    "package",
    "pkg",
    "rakefile",
    "release",
    "sconscript",
    "sconstruct",
    "setup",
    "tarball",
    "version",
    "wscript",
];

/// Words that begin like `gen…` and mean something else.
const NOT_GENERATOR: &[&str] = &[
    "gender", "gene", "genea", "general", "generic", "genesis", "genetic", "genom", "genre", "gentoo", "genuine",
    "genus",
];

/// Words of a file's name that say that it only looks.
const LOOKING: &[&str] = &[
    "check", "checker", "lint", "report", "scan", "show", "stats", "unused", "verify",
];

/// The words of a file's name, in lower case: `gen_Table-2.py` gives `gen`, `table`, `2`.
fn names(path: &str) -> Vec<String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    words(stem).map(str::to_ascii_lowercase).collect()
}

/// Whether a file's name says that it generates another: `gen_table.py`, `mkbuildinf.pl`, `generate-docs.js`.
pub(crate) fn is_generator(path: &str) -> bool {
    let makes = |word: &str| {
        word == "codegen"
            || word == "mk"
            || (word.starts_with("mk") && word.len() > 4 && !word.starts_with("mkdir") && !word.starts_with("mktemp"))
            || (word.starts_with("gen") && !NOT_GENERATOR.iter().any(|other| word.starts_with(other))
                || word.starts_with("generat"))
    };
    let words = names(path);
    // `generator.py` alone is somebody's library.
    let library = matches!(words.as_slice(), [word] if matches!(word.as_str(), "codegen" | "generator" | "generators"));
    !library && !is_test_path(path) && words.iter().any(|word| makes(word))
}

/// Folders of other projects' sources.
const OTHERS: &[&str] = &[
    "3rdparty",
    "contrib-src",
    "deps",
    "extern",
    "external",
    "node_modules",
    "subprojects",
    "third-party",
    "third_party",
    "thirdparty",
    "vendor",
    "vendored",
];

/// Whether a path lies in another project's sources: their CI does not run here.
pub(crate) fn is_vendored(path: &str) -> bool {
    path.split('/')
        .any(|part| OTHERS.contains(&part.to_ascii_lowercase().as_str()))
}

/// Whether a path lies in what a package manager has put there, of which the compiler takes the sources and nobody runs a script.
pub(crate) fn is_fetched(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "vendor" | "node_modules"))
}

/// Whether the build runs a file, as far as its path says.
pub(crate) fn is_build_script(path: &str) -> bool {
    let (folders, _) = path.rsplit_once('/').unwrap_or(("", path));
    let names = names(path);
    let any = |of: &[&str]| names.iter().any(|word| of.contains(&word.as_str()));
    if is_test_path(path) || any(LOOKING) {
        return false;
    }
    // What lies deeper below debian/ is installed.
    let below = |folder: &str| folder != "debian" || folders.ends_with("debian");
    is_generator(path)
        || any(BUILD_WORDS)
        || folders
            .split('/')
            .any(|folder| BUILD_FOLDERS.contains(&folder.to_ascii_lowercase().as_str()) && below(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_the_build_runs() {
        for path in [
            "setup.py",
            "a/build_info.py",
            "x/mkbuildinf.pl",
            "gen-table.js",
            "generate.py",
            "docs/conf.py",
        ] {
            assert!(is_build_script(path), "{path}");
        }
        for path in [
            "src/server.py",
            "general.py",
            "src/generic.py",
            "tests/setup.py",
            "examples/build.py",
            "mkdirs.py",
        ] {
            assert!(!is_build_script(path), "{path}");
        }
        assert!(is_test_path("src/test/java/A.java"));
        assert!(!is_test_path("src/latest/a.c"));
    }
}
