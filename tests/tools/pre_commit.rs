//! The hooks of `.pre-commit-hooks.yaml` as users run them: pre-commit and prek install them, in Rust and as a wheel, and run them in a git
//! repository.

use crate::support::{git, missing, root, said, target, unbroken, venv};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The files that the hooks are built from.
const SOURCES: &[&str] = &[
    ".cargo",
    ".pre-commit-hooks.yaml",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "pyproject.toml",
    "src",
];

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

struct Hooks {
    runner: PathBuf,
    home: &'static str,
    cache: PathBuf,
    repository: PathBuf,
}

impl Hooks {
    /// Runs the hooks on every file of the repository.
    fn run(&self) -> Output {
        Command::new(&self.runner)
            .args(["run", "--all-files", "--color", "never"])
            .current_dir(&self.repository)
            .env(self.home, &self.cache)
            // Kept, so that a second run is quick.
            .env("CARGO_TARGET_DIR", target().join("hooks"))
            // Built to be run a few times, not to be fast.
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("XDG_CACHE_HOME", self.cache.join("xdg"))
            .env_remove("GIT_DIR")
            .env_remove("GITHUB_ACTIONS")
            .output()
            .unwrap()
    }

    #[track_caller]
    fn ends(&self, passed: &[&str], failed: &[&str], says: &[&str]) {
        let output = self.run();
        let said = said(&output);
        let line = |hook: &str, end: &str| said.lines().any(|line| line.starts_with(hook) && line.ends_with(end));
        for hook in passed {
            assert!(line(hook, "Passed"), "{hook} did not pass\n{said}");
        }
        for hook in failed {
            assert!(line(hook, "Failed"), "{hook} did not fail\n{said}");
        }
        assert_eq!(output.status.success(), failed.is_empty(), "{said}");
        for words in says {
            let there = said.contains(words) || unbroken(&said).contains(words);
            assert!(there, "not {words:?}\n{said}");
        }
    }
}

#[test]
fn the_hooks_run_in_pre_commit_as_wheels_and_in_prek_in_rust() {
    if missing(&["git", "cargo"]) {
        return;
    }
    let (Some(pre_commit), Some(prek)) = (venv("pre-commit"), venv("prek")) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let hooks = at.join("hooks");
    fs::create_dir(&hooks).unwrap();
    for source in SOURCES {
        copy(&root().join(source), &hooks.join(source));
    }
    git(&hooks, &["init", "-q"]);
    git(&hooks, &["add", "-A"]);
    git(&hooks, &["commit", "-qm", "hooks"]);
    let revision = git(&hooks, &["rev-parse", "HEAD"]);

    let repository = at.join("repository");
    fs::create_dir(&repository).unwrap();
    fs::write(repository.join("data"), "1\n").unwrap();
    fs::write(repository.join("main.c"), "int main(void) { return 0; }\n").unwrap();
    fs::write(repository.join("repro.toml"), "[gate]\nartifacts = ['data']\n").unwrap();
    let lock = Command::new(env!("CARGO_BIN_EXE_repro"))
        .arg("lock")
        .current_dir(&repository)
        .output()
        .unwrap();
    assert!(lock.status.success(), "{}", said(&lock));
    let ids = ["repro-check", "repro-lint", "repro-check-wheel", "repro-lint-wheel"];
    let config = format!(
        "repos:\n  - repo: {}\n    rev: {revision}\n    hooks:\n",
        hooks.display()
    );
    git(&repository, &["init", "-q"]);
    // What a runner clones, and what another language asks for, is compiled again: one language for each runner.
    for (runner, home, ids) in [
        (pre_commit, "PRE_COMMIT_HOME", &ids[2..]),
        (prek, "PREK_HOME", &ids[..2]),
    ] {
        let list = ids.iter().map(|id| format!("      - id: {id}\n        name: {id}.\n"));
        fs::write(
            repository.join(".pre-commit-config.yaml"),
            config.clone() + &list.collect::<String>(),
        )
        .unwrap();
        git(&repository, &["add", "-A"]);
        git(&repository, &["commit", "-qm", home]);
        let names: Vec<String> = ids.iter().map(|id| format!("{id}.")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let hooks = Hooks {
            runner,
            home,
            cache: at.join(home),
            repository: repository.clone(),
        };
        hooks.ends(&names, &[], &[]);
        fs::write(repository.join("data"), "2\n").unwrap();
        fs::write(
            repository.join("main.c"),
            "int main(void) { return sizeof __DATE__; }\n",
        )
        .unwrap();
        hooks.ends(&[], &names, &["data", "main.c:1:", "c-date-time"]);
        git(&repository, &["checkout", "-q", "."]);
        hooks.ends(&names, &[], &[]);
    }
}
