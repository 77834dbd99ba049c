//! Double compilations, stated and counted.

use super::{Lab, TOOLS, missing, payload};
use crate::support::{Schema, corpus};
use repro::attest;
use serde_json::{Value, json};
use std::{fs, process::Command};

/// A subject of tiny's corpus in `name`, and the report of its double compilation in `name.json`.
fn compiled(lab: &Lab, name: &str, status: i32) {
    let make = corpus().join("ddc/tiny/make-subject");
    let made = Command::new(make).arg(name).arg(lab.at(name)).status().unwrap();
    assert!(made.success());
    let (report, spec) = (format!("{name}.json"), format!("{name}/ddc.toml"));
    lab.repro(&["ddc", "--format", "json", "--output", &report, &spec], status);
}

fn attest(lab: &Lab, key: &str, report: &str, status: i32) -> Option<Value> {
    let file = format!("all/{key}.json");
    let arguments = ["attest", "--key", key, "--ddc", report, "--output", &file];
    lab.repro(&[&arguments[..], &["--time", "2026-06-15T10:00:00Z"]].concat(), status);
    let envelope: Value = serde_json::from_slice(&fs::read(lab.at(&file)).ok()?).unwrap();
    let statement = serde_json::from_slice(&payload(&envelope)).unwrap();
    Schema::new(repro::schemas::STATEMENT).check(&statement).unwrap();
    Some(statement)
}

fn verify(lab: &Lab, more: &[&str], status: i32) -> Value {
    let arguments = [
        "verify",
        "--attestations",
        "all",
        "--keyring",
        "keyring",
        "--today",
        "2026-06-15",
        "--format",
        "json",
    ];
    let (out, _) = lab.repro(&[&arguments[..], more].concat(), status);
    serde_json::from_str(&out).unwrap()
}

#[test]
fn those_who_double_compiled_are_counted_by_themselves() {
    if missing(TOOLS) || missing(&["gcc-12", "clang-14", "tcc", "pcc", "patch"]) {
        return;
    }
    let lab = Lab::new();
    let lines = ["alice", "bob", "carol"].map(|name| lab.ssh(name, ""));
    lab.keyring(&[
        ("alice", &lines[0], ""),
        ("bob", &lines[1], ""),
        ("carol", &lines[2], ""),
    ]);
    compiled(&lab, "clean", 0);
    for name in ["alice", "bob"] {
        let statement = attest(&lab, name, "clean.json", 0).unwrap();
        assert_eq!(statement["predicateType"], attest::DDC);
        let told = &statement["predicate"]["buildDefinition"]["internalParameters"]["doubleCompilation"];
        assert_eq!(
            (&told["verdict"], told["toolchains"].as_array().unwrap().len()),
            (&json!("match"), 4)
        );
    }
    // A rebuild of the same file is another matter, and so is a double compilation where rebuilds are asked for.
    let rebuilt = [
        "attest",
        "--key",
        "carol",
        "--built",
        "clean/c_A",
        "--time",
        "2026-06-15T10:00:00Z",
    ];
    lab.repro(&[&rebuilt[..], &["--output", "all/carol.json", "tiny"]].concat(), 0);
    let report = verify(&lab, &["--ddc", "--threshold", "2", "clean/c_A/tiny"], 0);
    assert_eq!(report["artifacts"][0]["agree"], json!(["alice", "bob"]), "{report:#}");
    verify(&lab, &["--ddc", "--threshold", "3", "clean/c_A/tiny"], 1);
    let report = verify(&lab, &["--threshold", "1", "clean/c_A/tiny"], 0);
    assert_eq!(report["artifacts"][0]["agree"], json!(["carol"]), "{report:#}");
    // By its source, too.
    let source = fs::read(lab.at("clean.json")).unwrap();
    let source: Value = serde_json::from_slice(&source).unwrap();
    let digest = source["source"].as_str().unwrap().replace("sha256:", "reproTree:");
    verify(
        &lab,
        &["--ddc", "--threshold", "2", "--source", &digest, "clean/c_A/tiny"],
        0,
    );
    let other = format!("reproTree:{}", "0".repeat(64));
    verify(
        &lab,
        &["--ddc", "--threshold", "1", "--source", &other, "clean/c_A/tiny"],
        1,
    );

    // The trojaned one: what its source gives is stated, which it is not.
    compiled(&lab, "trojan", 1);
    let statement = attest(&lab, "carol", "trojan.json", 0).unwrap();
    let result = &statement["predicate"]["runDetails"]["byproducts"][0]["annotations"];
    assert_eq!(result["outcome"], "differs");
    let report = verify(&lab, &["--ddc", "--threshold", "1", "trojan/c_A/tiny"], 1);
    let groups = &report["artifacts"][0]["groups"];
    let clean = attest::statement::sha256(&fs::read(lab.at("clean/c_A/tiny")).unwrap());
    assert!(
        groups.as_array().unwrap().iter().all(|group| group["sha256"] == clean),
        "{report:#}"
    );
    // All three state the clean compiler's bytes.
    let report = verify(
        &lab,
        &["--ddc", "--threshold", "2", "--no-dissent", "clean/c_A/tiny"],
        0,
    );
    assert_eq!(report["verdict"], "agreed", "{report:#}");
    // What is no such report is refused.
    fs::write(lab.at("other.json"), "{}").unwrap();
    lab.repro(&["attest", "--key", "bob", "--ddc", "other.json"], 2);
}
