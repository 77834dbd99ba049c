//! What a file is for, as far as its path says.

/// Folders of which nothing gets into what is built.
const TESTS: &[&str] = &[
    "__tests__",
    "autopkgtest",
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "ctest",
    "demo",
    "demos",
    "e2e",
    "example",
    "examples",
    "fixture",
    "fixtures",
    "functional",
    "fuzz",
    "fuzzing",
    "integration",
    "perf",
    "qa",
    "sample",
    "samples",
    "selftest",
    "selftests",
    "spec",
    "specs",
    "t",
    "test",
    "test-data",
    "test_data",
    "testcases",
    "testdata",
    "testing",
    "tests",
    "testsuite",
    "testsuites",
    "unittest",
    "unittests",
    "xt",
];

/// Whether the file belongs to tests, examples or benchmarks.
pub(crate) fn is_test_path(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_aside = |folder: &str| {
        let lower = folder.to_ascii_lowercase();
        let mut parts = words(&lower);
        // Gradle's source sets: `integTest`, `androidTest`, `testFixtures`.
        is_camel_test(folder)
            || TESTS.contains(&lower.as_str())
            || parts.any(|part| {
                matches!(
                    part,
                    "test" | "tests" | "testing" | "performance" | "sample" | "samples" | "example" | "examples"
                )
            })
            || lower.contains("fuzz")
    };
    folders.split('/').any(is_aside) || is_test_name(name)
}

/// `integTest`, `FooTests`, `testFixtures`.
fn is_camel_test(name: &str) -> bool {
    let after = |start: &str| {
        name.strip_prefix(start)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    };
    name.ends_with("Test") || name.ends_with("Tests") || after("test")
}

/// `test_x.py`, `x_test.go`, `x-tests.sh`, `runtests.sh`.
fn is_test_name(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    if is_camel_test(stem) {
        return true;
    }
    let stem = stem.to_ascii_lowercase();
    words(&stem).any(|word| {
        matches!(
            word,
            "test"
                | "tests"
                | "bench"
                | "benchmark"
                | "conftest"
                | "e2e"
                | "runtest"
                | "runtests"
                | "smoke"
                | "testlib"
        ) || word.contains("fuzz")
            || word.ends_with("unittest")
    })
}

/// A name's words: what letters and digits are between anything else.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Whether the file is a makefile: what recipes it has comes as shell, too.
pub(crate) fn is_makefile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    lower.contains("makefile")
        || [".mk", ".mak", ".make", ".am"].iter().any(|end| lower.ends_with(end))
        || path == "debian/rules"
        || path.ends_with("/debian/rules")
}

/// Whether the file is a workflow of GitHub or a pipeline of GitLab.
pub(crate) fn is_workflow(path: &str) -> bool {
    path.ends_with(".yml") || path.ends_with(".yaml")
}

/// Whether a file makes keys or certificates, which are to be random.
pub(crate) fn makes_secrets(path: &str) -> bool {
    const WORDS: &[&str] = &[
        "ca",
        "cert",
        "certs",
        "certificate",
        "certificates",
        "key",
        "keys",
        "otp",
        "passwd",
        "password",
        "secret",
        "secrets",
        "token",
        "u2f",
    ];
    let lower = path.to_ascii_lowercase();
    words(&lower).any(|word| WORDS.contains(&word))
}

/// Whether the file is a recipe of a container image: what it writes outside of the work folder stays, too.
pub(crate) fn is_image(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.starts_with("dockerfile")
        || name.starts_with("containerfile")
        || name.ends_with(".dockerfile")
        || name.ends_with(".containerfile")
}

/// Whether a script is run where the program is installed, or by hand, and not by a build.
pub(crate) fn is_run_later(path: &str) -> bool {
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
        "vagrant",
        "netplug",
        "udhcp",
        "initscripts",
    ];
    const NAMES: &[&str] = &[
        "postinst",
        "preinst",
        "prerm",
        "postrm",
        "backup",
        "rotate",
        "logrotate",
        "cron",
        "daemon",
        "watchdog",
        "announce",
        "deploy",
    ];
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    folders.split('/').any(|folder| FOLDERS.contains(&folder))
        || words(name).any(|word| NAMES.contains(&word))
        // Of a Debian package's own scripts the build runs `rules`; the others are installed, or for who maintains it.
        || (folders.rsplit('/').next() == Some("debian") && name != "rules")
}

/// Whether a script sets up a machine that runs tests.
pub(crate) fn is_ci(path: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "ci",
        ".ci",
        ".gitlab-ci",
        "gitlab-ci",
        ".travis",
        "travis",
        ".circleci",
        "appveyor",
        "automation",
        ".cirrus",
        ".builds",
    ];
    path.split('/').rev().skip(1).any(|folder| FOLDERS.contains(&folder))
}

/// Whether what a workflow, or a script of one, makes goes to nobody: it tests, or hands archives from one job to the next.
pub(crate) fn only_tests(path: &str, text: &str) -> bool {
    const NAMES: &[&str] = &["release", "publish", "deploy", "nightly"];
    const STEPS: &[&str] = &[
        "gh release",
        "action-gh-release",
        "upload-release",
        "create-release",
        "release-action",
        "types: [published]",
        "pypi-publish",
        "twine upload",
        "npm publish",
        "cargo publish",
        "gem push",
        "docker push",
    ];
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    // A releaser is a program, which may be tested.
    let named = NAMES.iter().any(|word| name.replace("releaser", "").contains(word));
    let publishes = named || STEPS.iter().any(|word| text.contains(word));
    (is_workflow(path) || is_ci(path)) && !publishes
}

/// Whether a source is of a program that the build itself runs, by its name: `gen_tables.c`, `mkbuiltins.c`, `bin2c.c`, `codegen/x.cc`.
pub(crate) fn is_generator(path: &str) -> bool {
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
    const NAMES: &[&str] = &[
        "gen",
        "generate",
        "generator",
        "codegen",
        "mk",
        "make",
        "embed",
        "build",
        "buildinfo",
    ];
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    // "general", "generic", "genre" and netlink's "genl" are not what generates.
    let other = [
        "gener", "genre", "genu", "gene", "gend", "genom", "genl", "mkdir", "mktemp", "mkstemp", "mkfifo", "mknod",
        "mkfs", "mkswap", "mkpasswd", "mkdosfs",
    ];
    let starts =
        (stem.starts_with("gen") || stem.starts_with("mk")) && !other.iter().any(|start| stem.starts_with(start));
    folders.split('/').any(|folder| FOLDERS.contains(&folder))
        || starts
        || words(&stem).any(|word| NAMES.contains(&word))
        || ["2c", "2h"].iter().any(|end| stem.ends_with(end))
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
        for path in [
            "src/general.c",
            "readdir.c",
            "src/generic/x.c",
            "cmGeneratorTarget.cxx",
            "mkdir.c",
        ] {
            assert!(!is_generator(path), "{path}");
        }
        assert!(is_makefile("debian/rules") && is_makefile("a/Makefile.am") && !is_makefile("make.sh"));
    }
}
