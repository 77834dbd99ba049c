//! One pair, one report: whatever the number of threads, the folder, the locale, the time zone or the run.

use std::{path::Path, process::Command};

/// A pair of the corpus with members in several layers.
const PAIR: &str = "corpus/real/hello";

fn report(format: &str, jobs: &str, folder: &Path, environment: &[(&str, &str)]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_repro"))
        .args(["diff", "--format", format, "--jobs", jobs, "a.deb", "b.deb"])
        .current_dir(folder)
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!output.stdout.is_empty());
    output.stdout
}

#[test]
fn the_report_depends_on_the_pair_alone() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAIR);
    let elsewhere = tempfile::tempdir().unwrap();
    for side in ["a.deb", "b.deb"] {
        std::fs::copy(here.join(side), elsewhere.path().join(side)).unwrap();
    }
    for format in ["text", "json", "markdown"] {
        let first = report(format, "1", &here, &[]);
        for round in 0..3 {
            assert!(
                first == report(format, "2", &here, &[]),
                "{format}, two threads, round {round}"
            );
        }
        assert!(first == report(format, "7", &here, &[]), "{format}, seven threads");
        assert!(
            first == report(format, "2", elsewhere.path(), &[]),
            "{format}, another folder"
        );
        let environment = [
            ("LC_ALL", "tr_TR.UTF-8"),
            ("LANG", "ja_JP.EUC-JP"),
            ("TZ", "Pacific/Kiritimati"),
            ("HOME", "/nonexistent"),
            ("USER", "somebody"),
            ("COLUMNS", "40"),
            ("TMPDIR", elsewhere.path().to_str().unwrap()),
            ("SOURCE_DATE_EPOCH", "1"),
        ];
        assert!(
            first == report(format, "2", &here, &environment),
            "{format}, another environment"
        );
    }
}

#[test]
fn the_report_names_no_path_of_this_machine() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAIR);
    for format in ["text", "json", "markdown"] {
        let text = String::from_utf8_lossy(&report(format, "2", &here, &[])).into_owned();
        let folder = here.to_str().unwrap();
        assert!(!text.contains(folder), "{format} names {folder}");
    }
}
