//! `repro ddc --remote`: the stages of tiny on a worker, and on this machine.

use super::casd::Casd;
use crate::support::{assert_ddc_report, corpus};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Stdio},
};

/// Exit status and report.
fn ddc(spec: &Path, more: &[&str]) -> (i32, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repro"));
    command.args(["ddc", "--format", "json"]).args(more).arg(spec);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.stdout.is_empty(), "{said}");
    (output.status.code().unwrap(), assert_ddc_report(&output.stdout))
}

/// What tells two carryings out apart: the verdict, each toolchain's, and the bytes of each stage.
fn essence(report: &Value) -> (String, BTreeMap<String, String>, BTreeMap<String, String>) {
    let of = |list: &str, key: &str, value: &str| {
        let all = report[list].as_array().unwrap().iter();
        all.map(|one| (one[key].to_string(), one[value].to_string())).collect()
    };
    let verdict = report["verdict"].to_string();
    (
        verdict,
        of("toolchains", "id", "verdict"),
        of("stages", "name", "sha256"),
    )
}

#[test]
fn stages_on_a_worker_are_those_of_this_machine() {
    let cache = tempfile::tempdir().unwrap();
    let casd = Casd::start(cache.path());
    for variant in ["clean", "trojan"] {
        let folder = tempfile::tempdir().unwrap();
        let make = corpus().join("ddc/tiny/make-subject");
        let made = Command::new(make).arg(variant).arg(folder.path()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let spec = folder.path().join("ddc.toml");
        let here = ddc(&spec, &[]);
        let there = ddc(&spec, &["--remote", &casd.url()]);
        assert_eq!(here.0, there.0, "{variant}");
        assert_eq!(essence(&here.1), essence(&there.1), "{variant}");
    }
}
