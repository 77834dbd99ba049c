//! What is stated: outcomes, the environment, the same bytes for the same facts.

use super::{Lab, Schema, TOOLS, missing, payload};
use repro::{attest, schemas};
use serde_json::{Value, json};
use std::{fs, process::Command};

#[test]
fn a_lock_decides_between_reproduced_and_differs() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    let line = lab.ssh("alice", "");
    fs::write(lab.at("dist/other"), "locked\n").unwrap();
    fs::write(
        lab.at("repro.toml"),
        "[build]\ncommand = \"make\"\nartifacts = [\"dist/*\"]\n",
    )
    .unwrap();
    lab.repro(&["lock"], 0);
    fs::write(lab.at("dist/other"), "built\n").unwrap();
    let common = ["attest", "--key", "alice", "--time", "@1781517600", "--out-dir", "all"];
    let (out, _) = lab.repro(&[&common[..], &["--format", "json"]].concat(), 0);
    let written: Value = serde_json::from_str(&out).unwrap();
    let outcomes: Vec<_> = written["written"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| &w["outcome"])
        .collect();
    assert_eq!(outcomes, ["reproduced", "differs"]);
    let schema = Schema::new(schemas::STATEMENT);
    for entry in written["written"].as_array().unwrap() {
        let statement = lab.statement(entry["file"].as_str().unwrap());
        schema.check(&statement).unwrap();
        let definition = &statement["predicate"]["buildDefinition"];
        assert_eq!(
            definition["externalParameters"]["steps"][0]["command"],
            json!(["/bin/sh", "-c", "make"])
        );
    }
    // Another statement of the same artifacts lies beside them; the same is the same file.
    let files = || fs::read_dir(lab.at("all")).unwrap().count();
    lab.repro(&common, 0);
    assert_eq!(files(), 2);
    lab.repro(&[&common[..4], &["@1781517601"], &common[5..]].concat(), 0);
    assert_eq!(files(), 4);
    // One file for two outcomes is refused; nothing half is written.
    let (out, err) = lab.repro(&["attest", "--key", "alice"], 2);
    assert!(out.is_empty() && err.contains("give --out-dir"), "{err}");
    // What is locked and not there is no success, and no failure that nobody stated.
    fs::remove_file(lab.at("dist/other")).unwrap();
    let (_, err) = lab.repro(&["attest", "--key", "alice"], 2);
    assert!(err.contains("dist/other: not there"), "{err}");
    lab.repro(
        &[
            "attest",
            "--key",
            "alice",
            "--failed",
            "make: error 2",
            "-o",
            "all/failed.json",
            "dist/other",
        ],
        0,
    );
    let statement = lab.statement("failed.json");
    schema.check(&statement).unwrap();
    assert_eq!(statement["predicateType"], attest::FAILURE);
    assert_eq!(statement["subject"].as_array().unwrap().len(), 1);
    let (_, err) = lab.repro(&["attest", "--key", "alice", "--failed", "x", "dist/unknown"], 2);
    assert!(err.contains("what was expected"), "{err}");
    lab.keyring(&[("alice", &line, "")]);
    let day = ["--today", "2026-06-20"];
    assert_eq!(lab.verify("1", &day, 0)["verdict"], "agreed");
}

#[test]
fn what_is_expected_of_a_glob_is_expected_of_what_it_names() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    lab.ssh("alice", "");
    let zeros = "0".repeat(64);
    for (word, expected, outcome) in [
        ("dist/h*", "dist/hello", "reproduced"),
        ("dist/h*", zeros.as_str(), "differs"),
        ("./dist/hello", zeros.as_str(), "differs"),
    ] {
        let arguments = ["attest", "--key", "alice", "--out-dir", "all", "--format", "json"];
        let (out, _) = lab.repro(&[&arguments[..], &["--expected", expected, word]].concat(), 0);
        let written: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(written["written"][0]["outcome"], outcome, "{word}");
    }
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    lab.ssh("alice", "");
    lab.minisign("bob", "");
    for key in ["alice", "bob"] {
        let made: Vec<Vec<u8>> = ["1", "2"]
            .iter()
            .map(|jobs| {
                let output = Command::new(env!("CARGO_BIN_EXE_repro"))
                    .args(["attest", "--key", key, "--jobs", jobs, "dist/hello"])
                    .current_dir(lab.folder.path())
                    .env("SOURCE_DATE_EPOCH", "1700000000")
                    .output()
                    .unwrap();
                assert!(output.status.success());
                output.stdout
            })
            .collect();
        assert_eq!(made[0], made[1]);
        let envelope: Value = serde_json::from_slice(&made[0]).unwrap();
        let statement: Value = serde_json::from_slice(&payload(&envelope)).unwrap();
        assert_eq!(
            statement["predicate"]["runDetails"]["metadata"]["finishedOn"],
            "2023-11-14T22:13:20Z"
        );
    }
}

#[test]
fn the_record_of_the_environment_is_stated() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    lab.minisign("bob", "");
    let secret = "hunter2-hunter2";
    let output = Command::new(env!("CARGO_BIN_EXE_repro"))
        .args([
            "build",
            "--artifact",
            "made",
            "--variations",
            "umask",
            "--record",
            "../environment.json",
        ])
        .args([
            "--env",
            "PATH=/usr/bin:/bin",
            "--secret",
            "TOKEN",
            "--",
            "cat hello > made",
        ])
        .current_dir(lab.at("dist"))
        .env("TOKEN", secret)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    lab.attest(
        "bob",
        "bob.json",
        &[
            "--record",
            "environment.json",
            "--variations",
            "umask",
            "--source",
            "dist",
        ],
    );
    let statement = lab.statement("bob.json");
    Schema::new(schemas::STATEMENT).check(&statement).unwrap();
    let definition = &statement["predicate"]["buildDefinition"];
    let dependencies = definition["resolvedDependencies"].as_array().unwrap();
    assert_eq!(dependencies[0]["name"], "environment-record");
    let record = fs::read(lab.at("environment.json")).unwrap();
    assert_eq!(dependencies[0]["digest"]["sha256"], attest::statement::sha256(&record));
    let file = |path: &str| {
        let found = dependencies.iter().find(|d| d["uri"] == format!("file://{path}"));
        found.unwrap_or_else(|| panic!("no {path}: {dependencies:#?}"))
    };
    // The digest that is stated is the file's own.
    let cat = fs::canonicalize("/usr/bin/cat").unwrap();
    let sum = lab.tool("sha256sum", &[cat.to_str().unwrap()], "");
    assert_eq!(
        file(cat.to_str().unwrap())["digest"]["sha256"],
        sum.split(' ').next().unwrap()
    );
    let (manifest, _) = lab.repro(&["hash", "--format", "json", "dist"], 0);
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let source = &definition["externalParameters"]["source"]["digest"]["reproTree"];
    assert_eq!(*source, manifest["roots"][0]["tree"]["sha256"]);
    assert_eq!(definition["internalParameters"]["variations"], json!(["umask"]));
    assert_eq!(
        definition["externalParameters"]["steps"][0]["command"][2],
        "cat hello > made"
    );
    assert_eq!(definition["internalParameters"]["secrets"], json!(["TOKEN"]));
    assert!(!statement.to_string().contains(secret));
}
