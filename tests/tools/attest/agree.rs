//! Who agrees, who stands alone, and which names are the same artifact.

use super::{Lab, PASSWORD, TODAY, TOOLS, missing, state, states};
use crate::support::unbroken;
use serde_json::json;
use std::fs;

#[test]
fn rebuilders_with_keys_of_both_kinds_agree() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    let lines = [
        lab.ssh("alice", ""),
        lab.minisign("bob", ""),
        lab.ssh("carol", PASSWORD),
        lab.minisign("dora", PASSWORD),
    ];
    let names = ["alice", "bob", "carol", "dora"];
    let entries: Vec<_> = names
        .iter()
        .zip(&lines)
        .map(|(name, line)| (*name, line.as_str(), ""))
        .collect();
    lab.keyring(&entries);
    fs::write(lab.at("password"), format!("{PASSWORD}\n")).unwrap();
    for name in names {
        lab.attest(name, &format!("{name}.intoto.json"), &["--password-file", "password"]);
    }
    let report = lab.verify("4", &[], 0);
    assert_eq!(report["verdict"], "agreed");
    assert_eq!(report["artifacts"][0]["agree"], json!(names));
    assert!(states(&report).iter().all(|(_, state)| state == "counts"), "{report:#}");
    // The same in one file, and for any number of threads.
    let all: String = names
        .iter()
        .map(|name| fs::read_to_string(lab.at(&format!("all/{name}.intoto.json"))).unwrap())
        .collect();
    for name in names {
        fs::remove_file(lab.at(&format!("all/{name}.intoto.json"))).unwrap();
    }
    lab.write("bundle.intoto.jsonl", all);
    let bundle = lab.verify("4", &["--jobs", "1"], 0);
    assert_eq!(bundle, lab.verify("4", &["--jobs", "2"], 0));
    assert_eq!(
        states(&bundle)[3],
        ("bundle.intoto.jsonl:4".to_owned(), "counts".to_owned())
    );
    // Other bytes under the same name: nobody agrees, and all are in one other group.
    fs::write(lab.at("dist/hello"), "other bytes\n").unwrap();
    let report = lab.verify("1", &[], 1);
    assert_eq!(report["verdict"], "not-agreed");
    assert_eq!(report["artifacts"][0]["groups"][0]["rebuilders"], json!(names));
    assert!(
        states(&report).iter().all(|(_, state)| state == "other-digest"),
        "{report:#}"
    );
}

#[test]
fn who_stands_alone_is_said() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    let lines = ["alice", "bob", "carol", "dora"].map(|name| (name, lab.ssh(name, "")));
    let entries: Vec<_> = lines.iter().map(|(name, line)| (*name, line.as_str(), "")).collect();
    lab.keyring(&entries);
    fs::create_dir_all(lab.at("other/dist")).unwrap();
    fs::write(lab.at("other/dist/hello"), "other bytes\n").unwrap();
    lab.attest("alice", "alice.json", &[]);
    lab.attest("bob", "bob.json", &[]);
    lab.attest("carol", "carol.json", &["--built", "other", "dist/hello"]);
    let failure = ["--failed", "no compiler \u{1b}[2J", "--expected", "dist/hello"];
    lab.attest("dora", "dora.json", &failure);
    let report = lab.verify("2", &[], 0);
    let artifact = &report["artifacts"][0];
    assert_eq!(artifact["groups"][0]["rebuilders"], json!(["alice", "bob"]));
    assert_eq!(
        (&artifact["groups"][0]["artifact"], &artifact["groups"][0]["alone"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(artifact["groups"][1]["rebuilders"], json!(["carol"]));
    assert_eq!(
        (&artifact["groups"][1]["artifact"], &artifact["groups"][1]["alone"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(artifact["failed"][0]["rebuilder"], "dora");
    assert_eq!(lab.verify("2", &["--no-dissent"], 1)["verdict"], "disputed");
    lab.verify("3", &[], 1);
    // From the other side: whoever has carol's bytes is told that she stands alone.
    fs::copy(lab.at("other/dist/hello"), lab.at("dist/hello")).unwrap();
    let report = lab.verify("2", &[], 1);
    assert_eq!(report["artifacts"][0]["agree"], json!(["carol"]));
    assert_eq!(report["artifacts"][0]["groups"][0]["alone"], true);
    let common = [
        "--attestations",
        "all",
        "--keyring",
        "keyring",
        "--threshold",
        "2",
        "--today",
        TODAY,
    ];
    let arguments: Vec<&str> = ["verify", "dist/hello"].iter().chain(&common).copied().collect();
    let (text, _) = lab.repro(&arguments, 1);
    for says in [
        "not agreed: 1 of 4 trusted",
        "carol (this artifact; stands alone)",
        "alice and bob (other bytes)",
    ] {
        assert!(unbroken(&text).contains(says), "{text}\nnot {says}");
    }
    assert!(
        !text.contains('\u{1b}'),
        "what a rebuilder writes must not reach the terminal as it is"
    );
    let markdown: Vec<&str> = arguments.iter().chain(&["--format", "markdown"]).copied().collect();
    let (text, _) = lab.repro(&markdown, 1);
    assert!(text.contains("| this artifact; stands alone | carol |"), "{text}");
    // For CI: an artifact is a case, and what is stated besides is told.
    let reports: Vec<&str> = arguments
        .iter()
        .chain(&["--format", "sarif", "--also", "junit=junit", "--also", "html=page"])
        .copied()
        .collect();
    let sarif: serde_json::Value = serde_json::from_str(&lab.repro(&reports, 1).0).unwrap();
    let told: Vec<_> = sarif["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| (result["ruleId"].as_str().unwrap(), result["level"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("verify-not-agreed", "error"), ("verify-disputed", "warning")]);
    let junit = fs::read_to_string(lab.at("junit")).unwrap();
    assert!(
        junit.contains("<testcase name=\"dist/hello\"") && junit.contains("failures=\"1\""),
        "{junit}"
    );
    let page = fs::read_to_string(lab.at("page")).unwrap();
    assert!(page.contains("verify-disputed") && !page.contains("<script"), "{page}");
}

#[test]
fn who_contradicts_himself_is_dissent() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    let lines = ["alice", "bob"].map(|name| (name, lab.ssh(name, "")));
    let entries: Vec<_> = lines.iter().map(|(name, line)| (*name, line.as_str(), "")).collect();
    lab.keyring(&entries);
    fs::create_dir_all(lab.at("other/dist")).unwrap();
    fs::write(lab.at("other/dist/hello"), "other bytes\n").unwrap();
    lab.attest("alice", "a.json", &[]);
    lab.attest("bob", "b1.json", &[]);
    assert_eq!(lab.verify("1", &["--no-dissent"], 0)["verdict"], "agreed");
    lab.attest("bob", "b2.json", &["--built", "other", "dist/hello"]);
    let report = lab.verify("1", &["--no-dissent"], 1);
    assert_eq!(report["verdict"], "disputed");
    assert_eq!(
        report["summary"],
        "1 of 2 trusted rebuilders agree on dist/hello (1 needed); a rebuilder contradicts itself"
    );
    assert_eq!(lab.verify("1", &[], 0)["verdict"], "agreed");
}

#[test]
fn names_are_matched_by_whole_parts() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    let line = lab.ssh("alice", "");
    lab.keyring(&[("alice", &line, "")]);
    // Two artifacts of one rebuilder, of which one's name is the other's end.
    fs::write(lab.at("hello"), "not in dist\n").unwrap();
    lab.attest("alice", "a.json", &[]);
    let at = "2026-06-15T10:00:00Z";
    lab.repro(
        &[
            "attest",
            "--key",
            "alice",
            "--time",
            at,
            "--output",
            "all/b.json",
            "hello",
        ],
        0,
    );
    let report = lab.verify("1", &[], 0);
    assert_eq!(state(&report, "b.json"), "different-subject");
    // Elsewhere, and under the name that it is stated by.
    fs::create_dir(lab.at("downloads")).unwrap();
    fs::copy(lab.at("dist/hello"), lab.at("downloads/hello-1.0")).unwrap();
    let common = [
        "verify",
        "--attestations",
        "all/a.json",
        "--keyring",
        "keyring",
        "--threshold",
        "1",
        "--today",
        TODAY,
    ];
    let with = |more: &[&str], status: i32| {
        let arguments: Vec<&str> = common.iter().chain(more).copied().collect();
        lab.repro(&arguments, status).0
    };
    let text = with(&["downloads/hello-1.0"], 1);
    assert!(
        unbroken(&text).contains("the same bytes under another name, \"dist/hello\""),
        "{text}"
    );
    with(&["downloads/hello-1.0", "--name", "dist/hello"], 0);
    with(&["./dist//hello"], 0);
    with(&["dist/hello", "--name", "hello"], 1);
}
