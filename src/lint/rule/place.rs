//! What a file is for, as far as its path says.

/// Folders of which nothing gets into what is built.
const TESTS: &[&str] = &[
    "t",
    "test",
    "tests",
    "testing",
    "testsuite",
    "testsuites",
    "unittests",
    "testdata",
    "test-data",
    "testcases",
    "selftest",
    "selftests",
    "autopkgtest",
    "spec",
    "specs",
    "fixtures",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "perf",
    "fuzz",
    "fuzzing",
];

/// Whether the file belongs to tests, examples or benchmarks.
pub fn is_test_path(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    folders
        .split('/')
        .any(|folder| TESTS.iter().any(|test| folder.eq_ignore_ascii_case(test)))
        || is_test_name(name)
}

/// `test_x.py`, `x_test.go`, `x-tests.sh`, `runtests.sh`.
fn is_test_name(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    words(&stem).any(|word| {
        matches!(
            word,
            "test" | "tests" | "bench" | "benchmark" | "runtest" | "runtests" | "testlib"
        )
    })
}

/// A name's words: what letters and digits are between anything else.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Whether the file is a makefile: what recipes it has comes as shell, too.
pub fn is_makefile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    lower.contains("makefile")
        || [".mk", ".mak", ".make", ".am"].iter().any(|end| lower.ends_with(end))
        || path == "debian/rules"
        || path.ends_with("/debian/rules")
}

/// Whether the file is a recipe of a container image: what it writes outside of the work folder stays, too.
pub fn is_image(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.starts_with("dockerfile")
        || name.starts_with("containerfile")
        || name.ends_with(".dockerfile")
        || name.ends_with(".containerfile")
}

/// Whether a script is run where the program is installed, or by hand, and not by a build.
pub fn is_run_later(path: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "init.d",
        "cron",
        "cron.d",
        "cron.daily",
        "systemd",
        "hooks",
        "cgi-bin",
        "completion",
        "completions",
        "dracut",
        "initramfs",
        "etc",
        "skel",
        "contrib",
        "backup",
        "deploy",
        "ops",
        "netplug",
        "udhcp",
        "initscripts",
    ];
    const NAMES: &[&str] = &[
        "postinst", "preinst", "prerm", "postrm", "init", "cron", "service", "daemon", "config",
    ];
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    folders.split('/').any(|folder| FOLDERS.contains(&folder))
        || words(name).any(|word| NAMES.contains(&word) && word.len() > 6)
        || (folders.rsplit('/').next() == Some("debian")
            && name.rsplit('.').next().is_some_and(|end| NAMES.contains(&end)))
}

/// Whether a source is of a program that the build itself runs, by its name: `gen_tables.c`, `mkbuiltins.c`, `bin2c.c`, `codegen/x.cc`.
pub fn is_generator(path: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "codegen",
        "generator",
        "generators",
        "buildtools",
        "build-tools",
        "build_tools",
        "hosttools",
        "host-tools",
        "mktools",
    ];
    const STARTS: &[&str] = &["gen", "mk", "make", "bin2", "txt2", "file2", "embed", "build"];
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    // "general", "generic" and "genre" are not what generates.
    let plain = ["general", "generic", "genre", "genuine", "gene_"];
    folders.split('/').any(|folder| FOLDERS.contains(&folder))
        || (STARTS.iter().any(|start| stem.starts_with(start)) && !plain.iter().any(|start| stem.starts_with(start)))
        || stem.contains("codegen")
        || stem.contains("generat")
        || stem.ends_with("2c")
        || stem.ends_with("2h")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_say_what_a_file_is_for() {
        for path in [
            "tests/a.sh",
            "src/t/x.sh",
            "lib/test_x.py",
            "x-tests.sh",
            "Examples/Makefile",
        ] {
            assert!(is_test_path(path), "{path}");
        }
        for path in ["latest/a.sh", "src/contest.c", "attest.sh", "Makefile"] {
            assert!(!is_test_path(path), "{path}");
        }
        for path in ["gen_tables.c", "src/mkbuiltins.c", "bin2c.c", "codegen/x.cc"] {
            assert!(is_generator(path), "{path}");
        }
        for path in ["src/general.c", "readdir.c", "src/generic/x.c"] {
            assert!(!is_generator(path), "{path}");
        }
        assert!(is_makefile("debian/rules") && is_makefile("a/Makefile.am") && !is_makefile("make.sh"));
    }
}
