//! What standard error tells of the steps, and only if it is asked.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

fn repro(folder: &Path, log: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repro"));
    command.env_remove("REPRO_LOG").env_remove("GITHUB_ACTIONS");
    command.envs(log.map(|log| ("REPRO_LOG", log)));
    command.args(arguments).current_dir(folder).output().unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "one\n").unwrap();
    fs::write(folder.path().join("b"), "two\n").unwrap();
    fs::write(folder.path().join("Makefile"), "all:\n\tdate >out\n").unwrap();
    folder
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const COMMANDS: &[(&[&str], &[&str])] = &[
    (&["diff", "a", "b"], &["open", "split", "compare", "attribute", "prove"]),
    (&["hash", "."], &["walk", "hash"]),
    (&["lint", "."], &["scan", "lint"]),
];

#[test]
fn timings_name_the_steps_and_change_no_result() {
    let folder = folder();
    for (arguments, steps) in COMMANDS {
        let without = repro(folder.path(), None, arguments);
        assert_eq!(told(&without), "", "{arguments:?}");
        let with = repro(folder.path(), None, &[*arguments, &["--timings"]].concat());
        assert_eq!(
            (&with.stdout, with.status),
            (&without.stdout, without.status),
            "{arguments:?}"
        );
        let table = told(&with);
        assert!(table.starts_with("step "), "{table}");
        for step in *steps {
            let row = table.lines().find(|line| line.split(' ').next() == Some(step));
            assert!(row.is_some_and(|row| row.ends_with('s')), "{step} in\n{table}");
        }
    }
}

#[test]
fn a_log_tells_when_steps_begin_and_end() {
    let folder = folder();
    let without = repro(folder.path(), None, &["diff", "a", "b"]);
    for output in [
        repro(folder.path(), Some("info"), &["diff", "a", "b"]),
        repro(folder.path(), None, &["diff", "a", "b", "--log", "info"]),
        // The option wins.
        repro(
            folder.path(),
            Some("off"),
            &["diff", "a", "b", "--log=repro::diff=info"],
        ),
    ] {
        let text = told(&output);
        assert!(text.contains("repro: begins: open path=\"a\"\n"), "{text}");
        assert!(text.contains("repro: ends: prove: "), "{text}");
        assert!(!text.contains("split"), "{text}");
        assert_eq!(output.stdout, without.stdout);
    }
    let text = told(&repro(folder.path(), Some("debug"), &["diff", "a", "b"]));
    assert!(text.contains("ends: split"), "{text}");
    for silent in ["off", "", "repro::lint=debug"] {
        assert_eq!(
            told(&repro(folder.path(), Some(silent), &["diff", "a", "b"])),
            "",
            "{silent}"
        );
    }
}

#[test]
fn what_asks_for_nothing_that_there_is_is_refused() {
    let folder = folder();
    for wrong in ["nonsense=", "loud", "=info", "repro::diff", "info,", "reprox=info"] {
        let output = repro(folder.path(), Some(wrong), &["diff", "a", "a"]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        let text = told(&output);
        assert!(
            text.starts_with("repro: REPRO_LOG: ") && text.contains("info"),
            "{text}"
        );
        assert_eq!(output.stdout, b"", "{wrong}");
        let output = repro(folder.path(), None, &["diff", "a", "a", &format!("--log={wrong}")]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
    }
    for option in ["--log=info", "--timings"] {
        let output = repro(folder.path(), None, &["diff", "a", "a", "--quiet", option]);
        assert_eq!(output.status.code(), Some(2), "{option}");
    }
    // A variable of the environment contradicts nobody.
    let output = repro(folder.path(), Some("info"), &["diff", "a", "a", "--quiet"]);
    assert_eq!((told(&output).as_str(), output.status.code()), ("", Some(0)));
}
