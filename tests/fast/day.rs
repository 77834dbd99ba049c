//! A day with a lock file under git: the hook of `.pre-commit-hooks.yaml` lets through what fits and stops what does not.

use crate::support::{Schema, git_command, missing, root, said, unbroken};
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::{Command, Output},
};

/// A repository whose commits and merges run the hook.
struct Day {
    folder: tempfile::TempDir,
}

/// Two artifacts of two sources. A build must not see what is remembered of others.
const SETTINGS: &str =
    "[build]\ncommand = 'test ! -e .git/repro && cp one.in one && cp two.in two'\nartifacts = ['one', 'two']\n";

impl Day {
    fn begins() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let day = Self { folder };
        day.git(&["init", "-q"], true);
        day.write("repro.toml", SETTINGS);
        day.write(".gitignore", "/one\n/two\n");
        day.write("one.in", "1\n");
        day.write("two.in", "2\n");
        let hook = day.at().join(".git/hooks/pre-commit");
        fs::create_dir_all(hook.parent().unwrap()).unwrap();
        fs::write(&hook, format!("#!/bin/sh\nexec {} repro.lock\n", entry())).unwrap();
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
        symlink("pre-commit", hook.with_file_name("pre-merge-commit")).unwrap();
        day
    }

    fn at(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.at().join(name), text).unwrap();
    }

    fn run(&self, mut command: Command) -> Output {
        let command = command.current_dir(self.at()).env_remove("GITHUB_ACTIONS");
        command
            .env("XDG_CACHE_HOME", self.at().join(".git/cache"))
            .output()
            .unwrap()
    }

    #[track_caller]
    fn git(&self, arguments: &[&str], passes: bool) -> String {
        let output = self.run(git_command(self.at(), arguments));
        let said = said(&output);
        assert_eq!(output.status.success(), passes, "git {arguments:?}\n{said}");
        said
    }

    /// Commits everything; the hook says this.
    #[track_caller]
    fn commits(&self, passes: bool, says: &[&str]) {
        self.git(&["add", "-A"], true);
        let said = self.git(&["commit", "-qm", "next", "--allow-empty"], passes);
        for words in says {
            let there = said.contains(words) || unbroken(&said).contains(words);
            assert!(there, "not {words:?}\n{said}");
        }
    }

    #[track_caller]
    fn repro(&self, arguments: &[&str], status: i32, says: &str) -> Vec<u8> {
        let mut repro = Command::new(env!("CARGO_BIN_EXE_repro"));
        repro.args(arguments);
        let output = self.run(repro);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(status), "repro {arguments:?}\n{said}");
        let there = said.contains(says) || unbroken(&said).contains(says);
        assert!(there, "not {says:?}\n{said}");
        output.stdout
    }

    /// What is remembered of what was locked here is gone, as on another machine.
    fn forget(&self) {
        fs::remove_file(self.at().join(".git/repro/locked")).unwrap();
    }
}

/// What the hook runs, with the program of this build.
fn entry() -> String {
    let hooks = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    let entry = hooks
        .lines()
        .find_map(|line| line.strip_prefix("  entry: repro check "));
    format!("'{}' check {}", env!("CARGO_BIN_EXE_repro"), entry.unwrap())
}

#[test]
fn a_day_of_commits() {
    if missing(&["git"]) {
        return;
    }
    let day = Day::begins();
    day.repro(&["lock", "--build"], 0, "2 added");
    day.commits(true, &["not built one", "same: 2 listed", "2 not built"]);
    // Who wants to have them all, and who asks without a hook, is told that they are missing.
    let strict = ["check", "--before-commit", "--require-built", "repro.lock"];
    day.repro(&strict, 1, "missing  one");
    day.repro(&["check", "repro.lock"], 1, "missing  one");
    let json = ["check", "--before-commit", "repro.lock", "--format", "json"];
    let report = serde_json::from_slice(&day.repro(&json, 0, "\"not_built\": [")).unwrap();
    Schema::new(repro::schemas::CHECK).check(&report).unwrap();
    assert_eq!(report["not_built"][1]["path"], "two", "{report:#}");

    // What `repro lock` did not write is left alone.
    let memory = day.at().join(".git/repro/locked");
    let noted = fs::read(&memory).unwrap();
    fs::write(&memory, "mine\n").unwrap();
    day.repro(&["lock", "--build"], 0, "is not what `repro lock` writes there");
    assert_eq!(fs::read(&memory).unwrap(), b"mine\n");
    fs::write(&memory, noted).unwrap();

    // A change that builds nothing, also where nothing is remembered.
    day.forget();
    day.write("README", "more\n");
    day.commits(true, &["2 not built"]);

    // One with a build, one with another artifact than is locked.
    day.write("one", "1\n");
    day.commits(true, &["1 not built"]);
    day.write("one", "other\n");
    day.commits(false, &["changed  one", "differs"]);

    // The source changes: what is built of it is not what is locked, until it is locked.
    day.write("one.in", "11\n");
    day.write("one", "11\n");
    day.commits(false, &["changed  one"]);
    day.repro(&["lock", "one"], 0, "1 changed");
    day.commits(true, &["1 not built"]);

    // It is locked by a build elsewhere, and what lies here is of the last one.
    day.write("one.in", "111\n");
    day.repro(&["lock", "--build"], 0, "1 changed");
    day.commits(false, &["stale    one", "is what was locked before"]);
    fs::remove_file(day.at().join("one")).unwrap();
    day.commits(true, &["2 not built"]);

    // Another command, and nothing locked that it makes.
    day.write(
        "repro.toml",
        &SETTINGS.replace("cp two.in", "cat two.in >two; cp two.in"),
    );
    day.commits(false, &["stale    two", "another build command"]);
    day.repro(&["lock", "--build"], 0, "2 changed");
    day.commits(true, &["2 not built"]);
}

#[test]
fn a_lock_that_changed_without_a_build_is_stopped() {
    if missing(&["git"]) {
        return;
    }
    let day = Day::begins();
    day.repro(&["lock", "--build"], 0, "2 added");
    day.commits(true, &[]);
    day.git(&["commit", "-q", "--amend", "-m", "amended"], true);
    let lock = fs::read_to_string(day.at().join("repro.lock")).unwrap();
    let at = lock.find("sha256 = \"").unwrap() + 10;
    let digit = if &lock[at..=at] == "0" { "1" } else { "0" };
    day.write("repro.lock", &[&lock[..at], digit, &lock[at + 1..]].concat());
    day.commits(false, &["stale    one", "was not built or locked here"]);
    // The same where git tells nothing: the answer is about the artifacts alone.
    fs::rename(day.at().join(".git"), day.at().join("away")).unwrap();
    let outside = ["check", "--before-commit", "repro.lock"];
    day.repro(&outside, 0, "git does not tell what was committed before");
}

#[test]
fn two_locks_are_merged() {
    if missing(&["git"]) {
        return;
    }
    let day = Day::begins();
    day.repro(&["lock", "--build"], 0, "2 added");
    day.commits(true, &[]);
    // Each branch locks its own: the merge takes both, and neither is built or remembered here.
    let branch = |name: &str, source: &str, artifact: &str| {
        day.git(&["checkout", "-qb", name, "main"], true);
        day.write(source, name);
        day.repro(&["lock", "--build", artifact], 0, "1 changed");
        day.commits(true, &[]);
    };
    branch("left", "one.in", "one");
    branch("right", "two.in", "two");
    branch("third", "two.in", "two");
    day.forget();
    day.git(&["checkout", "-q", "left"], true);
    let said = day.git(&["merge", "--no-edit", "right"], true);
    assert!(unbroken(&said).contains("2 not built"), "{said}");

    // Both sides locked the same artifact: the conflict is refused, and what the merged source gives is let through.
    let said = day.git(&["merge", "--no-edit", "third"], false);
    assert!(said.contains("CONFLICT"), "{said}");
    day.commits(false, &["repro.lock", "a merge conflict"]);
    day.git(&["checkout", "-q", "third", "--", "two.in", "repro.lock"], true);
    day.repro(&["lock", "--build"], 0, "2 artifacts");
    day.commits(true, &["2 not built"]);
}

#[test]
fn what_the_gate_built_is_left_where_it_is_asked_for() {
    if missing(&["git"]) {
        return;
    }
    let day = Day::begins();
    day.repro(&["lock", "--build"], 0, "2 added");
    let gate = ["gate", "--build", "--vary", "control", "--out", ".git/made"];
    day.repro(&gate, 0, "pass");
    day.repro(&["check", "repro.lock", "--root", ".git/made"], 0, "same: 2 listed");
    day.repro(&gate, 2, ".git/made: is not empty");
    day.repro(&["gate", "--out", ".git/other"], 2, "--build");
    // What is rejected is left, too: somebody has to look at it.
    day.write("one.in", "other\n");
    day.repro(
        &["gate", "--build", "--vary", "control", "--out", ".git/other"],
        1,
        "reject",
    );
    assert_eq!(fs::read(day.at().join(".git/other/one")).unwrap(), b"other\n");
    // A build that fails leaves nothing.
    fs::remove_file(day.at().join("two.in")).unwrap();
    day.repro(&["gate", "--build", "--vary", "control", "--out", ".git/third"], 2, "");
    assert!(!day.at().join(".git/third").exists());
}
