//! Two builds, as their logs tell of them.

use super::*;
use std::io::Write as _;
use tempfile::NamedTempFile;

/// A spawn as a log in JSON has it: `inputs` and the output with what is in them.
fn spawn(output: (&str, &str), inputs: &[(&str, &str)], more: &str) -> String {
    let digest = |content: &str| format!(r#"{{"hash": "{content}", "sizeBytes": "1"}}"#);
    let inputs: Vec<String> = inputs
        .iter()
        .map(|(path, content)| format!(r#"{{"path": "{path}", "digest": {}}}"#, digest(content)))
        .collect();
    let (path, content) = output;
    format!(
        r#"{{"commandArgs": ["cc"], "inputs": [{}], "listedOutputs": ["{path}"], "mnemonic": "Cc", "targetLabel": "//:{path}",
        "actualOutputs": [{{"path": "{path}", "digest": {}}}]{more}}}"#,
        inputs.join(", "),
        digest(content)
    )
}

fn log(spawns: &[String]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(spawns.join("\n").as_bytes()).unwrap();
    file
}

fn compared(a: &[String], b: &[String]) -> MissReport {
    compare(log(a).path(), log(b).path()).unwrap()
}

#[test]
fn a_source_that_changed_is_found_through_what_is_made_from_it() {
    let build = |source: &str, object: &str, app: &str| {
        vec![
            spawn(("x.o", object), &[("x.c", source), ("gcc", "g")], ""),
            spawn(("y.o", "y"), &[("y.c", "1"), ("gcc", "g")], ""),
            spawn(("app", app), &[("x.o", object), ("y.o", "y")], ""),
            spawn(("app.deb", &format!("deb {app}")), &[("app", app)], ""),
        ]
    };
    let mut second = build("2", "o2", "a2");
    second.reverse();
    let report = compared(&build("1", "o1", "a1"), &second);
    assert_eq!((report.same, report.missed, report.only_a, report.only_b), (1, 3, 0, 0));
    let [cause] = report.causes.as_slice() else {
        panic!("{report:#?}");
    };
    assert_eq!((cause.what, cause.name.as_str(), cause.misses), ("source", "x.c", 3));
    assert_eq!((cause.a.as_deref(), cause.b.as_deref()), (Some("1/1"), Some("2/1")));
    assert_eq!(cause.output, "x.o");
}

#[test]
fn an_action_that_is_not_hermetic_is_found_behind_those_that_missed() {
    let build = |stamp: &str| {
        vec![
            spawn(("stamp.h", stamp), &[("gen", "g")], ""),
            spawn(("x.o", stamp), &[("stamp.h", stamp)], ""),
        ]
    };
    let report = compared(&build("1"), &build("2"));
    assert_eq!((report.same, report.missed), (1, 1));
    assert_eq!(
        (report.causes[0].what, report.causes[0].name.as_str()),
        ("not-hermetic", "stamp.h")
    );
    assert_eq!(report.causes[0].way, ["stamp.h"]);
}

#[test]
fn variables_and_commands_come_before_inputs() {
    let with = |value: &str, input: &str| {
        let more = format!(r#", "environmentVariables": [{{"name": "USER", "value": "{value}"}}]"#);
        vec![spawn(("x", "1"), &[("i", input)], &more)]
    };
    let report = compared(&with("ann", "1"), &with("bob", "2"));
    assert_eq!(
        (report.causes[0].what, report.causes[0].name.as_str()),
        ("variable", "USER")
    );
    assert_eq!(report.causes[0].b.as_deref(), Some("bob"));
}

#[test]
fn actions_that_only_one_build_has_are_counted() {
    let (x, y) = (spawn(("x", "1"), &[], ""), spawn(("y", "1"), &[], ""));
    let report = compared(&[x.clone(), y.clone()], &[y]);
    assert_eq!((report.same, report.only_a, report.only_b), (1, 1, 0));
    let report = compared(&[], &[x]);
    assert_eq!((report.same, report.only_a, report.only_b), (0, 0, 1));
}

#[test]
fn files_that_are_made_from_each_other_end() {
    let build = |n: &str| vec![spawn(("x", n), &[("y", n)], ""), spawn(("y", n), &[("x", n)], "")];
    let report = compared(&build("1"), &build("2"));
    assert_eq!(report.missed, 2);
}
