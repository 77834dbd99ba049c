//! `repro build --matrix`: many builds of one list.

use crate::support::{Schema, said};
use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

fn repro(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repro"));
    command
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn each_tree_is_built_as_its_own_settings_say() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for (name, command) in [("steady", "cp source made"), ("varies", "umask >made")] {
        fs::create_dir(at.join(name)).unwrap();
        fs::write(at.join(name).join("source"), "hello\n").unwrap();
        let settings = format!("[build]\ncommand = '{command}'\nartifacts = ['made']\n");
        fs::write(at.join(name).join("repro.toml"), settings).unwrap();
    }
    fs::write(
        at.join("list"),
        "steady\nb\tvaries\nnowhere\nc\tvaries\techo other >made\n",
    )
    .unwrap();
    let build = |more: &[&str]| {
        let words = ["build", "--matrix", "list", "--variations", "umask,hostname", "--quiet"];
        let output = repro(at, &[&words, more].concat());
        (output.status.code(), said(&output))
    };
    let (status, told) = build(&["-o", "one.jsonl"]);
    assert_eq!(status, Some(2), "{told}");
    let text = fs::read_to_string(at.join("one.jsonl")).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let schema = Schema::new(repro::schemas::LINES);
    lines.iter().for_each(|line| schema.check(line).unwrap());
    let told: Vec<_> = lines[1..]
        .iter()
        .map(|line| (line["item"].as_str().unwrap(), line["verdict"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("steady", "reproducible"),
            ("b", "unreproducible"),
            ("nowhere", "error"),
            ("c", "reproducible")
        ]
    );
    assert_eq!(
        lines[2]["report"]["guilty"][0]["variations"],
        serde_json::json!(["umask"])
    );
    assert!(
        lines[2]["cost"]["cpu_seconds"].as_f64() > Some(0.0),
        "{}",
        lines[2]["cost"]
    );

    for shard in ["1/2", "2/2"] {
        build(&["-o", &format!("{}.jsonl", &shard[..1]), "--shard", shard]);
    }
    let merge = |files: &[&str]| repro(at, &[&["merge", "--format", "json"], files].concat());
    let (one, shards) = (merge(&["one.jsonl"]), merge(&["1.jsonl", "2.jsonl"]));
    assert_eq!(one.status.code(), Some(2));
    assert!(one.stdout == shards.stdout, "{}\n{}", said(&one), said(&shards));
    Schema::new(repro::schemas::MERGE)
        .check(&serde_json::from_slice(&one.stdout).unwrap())
        .unwrap();
}
