//! Of all that a rebuilder states, its last word counts, whatever the files are called; and what may hold a word is not passed over.

use super::{Lab, TODAY, TOOLS, missing, payload, state};
use repro::attest::dsse;
use serde_json::{Value, json};
use std::{fs, os::unix::ffi::OsStrExt as _};

/// Alice and bob are trusted; `other` has other bytes.
fn lab() -> Lab {
    let lab = Lab::new();
    let lines = ["alice", "bob"].map(|name| (name, lab.ssh(name, "")));
    let entries: Vec<_> = lines.iter().map(|(name, line)| (*name, line.as_str(), "")).collect();
    lab.keyring(&entries);
    fs::create_dir_all(lab.at("other/dist")).unwrap();
    fs::write(lab.at("other/dist/hello"), "other bytes\n").unwrap();
    fs::write(lab.at("other/hello"), "other bytes\n").unwrap();
    lab
}

const OTHER: [&str; 3] = ["--built", "other", "dist/hello"];

impl Lab {
    /// The statement of an envelope, changed, signed by bob as another.
    fn changed(&self, from: &str, to: &str, change: impl FnOnce(&mut Value)) {
        let mut statement = self.statement(from);
        change(&mut statement);
        let text = statement.to_string();
        self.write(to, dsse::sign(text.as_bytes(), &self.signer("bob")).unwrap());
    }

    fn agree(&self, status: i32) -> (Value, Value) {
        let report = self.verify("1", &[], status);
        (report["artifacts"][0]["agree"].clone(), report)
    }
}

#[test]
fn a_last_word_that_does_not_hold_revives_no_older_one() {
    if missing(TOOLS) {
        return;
    }
    for (option, day, expected) in [
        ("--expires", "2026-06-14", "expired"),
        ("--time", "2026-06-20", "from-the-future"),
    ] {
        let lab = lab();
        lab.attest("bob", "a.json", &["--time", "2026-06-13"]);
        assert_eq!(lab.agree(0).0, json!(["bob"]));
        lab.attest("bob", "b.json", &[&[option, day], &OTHER[..]].concat());
        let (agree, report) = lab.agree(1);
        assert_eq!(
            (agree, state(&report, "a.json"), state(&report, "b.json")),
            (json!([]), "superseded".to_owned(), expected.to_owned())
        );
    }
}

#[test]
fn an_id_of_a_run_silences_nothing() {
    if missing(TOOLS) {
        return;
    }
    let lab = lab();
    lab.attest("bob", "m.json", &[]);
    // Other bytes by the same run, in a file before and in one behind.
    for file in ["a.json", "z.json"] {
        lab.changed("m.json", file, |statement| {
            statement["subject"][0]["digest"] = json!({"sha256": "0".repeat(64)});
        });
        let (agree, report) = lab.agree(1);
        assert_eq!((agree, state(&report, file)), (json!([]), "contradicts".to_owned()));
        assert_eq!(lab.verify("1", &["--no-dissent"], 1)["verdict"], "not-agreed");
        fs::remove_file(lab.at("all").join(file)).unwrap();
        // Another artifact by the same run.
        lab.changed("m.json", file, |statement| {
            statement["subject"][0]["name"] = json!("dist/goodbye");
        });
        assert_eq!(lab.agree(0).0, json!(["bob"]));
        fs::remove_file(lab.at("all").join(file)).unwrap();
    }
}

#[test]
fn a_longer_name_does_not_win_over_a_later_word() {
    if missing(TOOLS) {
        return;
    }
    let lab = lab();
    lab.attest("bob", "a.json", &["--time", "2026-06-14"]);
    let later = ["attest", "--key", "bob", "--built", "other", "--output", "all/b.json"];
    lab.repro(&[&later[..], &["--time", "2026-06-15", "hello"]].concat(), 0);
    let (agree, report) = lab.agree(1);
    assert_eq!(
        (agree, state(&report, "a.json"), state(&report, "b.json")),
        (json!([]), "superseded".to_owned(), "other-digest".to_owned())
    );
}

#[test]
fn a_word_without_a_date_is_of_any_time() {
    if missing(TOOLS) {
        return;
    }
    let lab = lab();
    lab.attest("bob", "a.json", &[]);
    lab.attest("bob", "b.json", &OTHER);
    lab.changed("b.json", "b.json", |statement| {
        let metadata = &mut statement["predicate"]["runDetails"]["metadata"];
        metadata.as_object_mut().unwrap().remove("finishedOn");
    });
    let (agree, report) = lab.agree(1);
    assert_eq!((agree, state(&report, "b.json")), (json!([]), "contradicts".to_owned()));
}

#[test]
fn what_may_hold_dissent_is_read_or_a_reason_to_refuse() {
    if missing(TOOLS) {
        return;
    }
    let lab = lab();
    lab.attest("alice", "a.json", &[]);
    lab.attest("bob", "bob", &OTHER);
    let bob = fs::read(lab.at("all/bob")).unwrap();
    fs::remove_file(lab.at("all/bob")).unwrap();
    let dissent = |files: &[(&str, &[u8])], verdict: &str, expected: Option<(&str, &str)>| {
        for (file, bytes) in files {
            lab.write(file, bytes);
        }
        assert_eq!(lab.verify("1", &[], 0)["verdict"], "agreed");
        let status = i32::from(verdict != "agreed");
        let report = lab.verify("1", &["--no-dissent"], status);
        assert_eq!(report["verdict"], verdict, "{report:#}");
        if let Some((file, expected)) = expected {
            assert_eq!(state(&report, file), expected);
        }
        for (file, _) in files {
            fs::remove_file(lab.at("all").join(file)).unwrap();
        }
    };
    let other = "other-digest";
    dissent(
        &[("b.statement.json", &bob)],
        "disputed",
        Some(("b.statement.json", other)),
    );
    dissent(&[("b.JSON", &bob)], "disputed", Some(("b.JSON", other)));
    // A line that is too long hides no other.
    let mut lines = vec![b' '; (dsse::LIMIT + 10) as usize];
    lines.push(b'\n');
    lines.extend(&bob);
    dissent(&[("b.jsonl", &lines)], "disputed", Some(("b.jsonl:2", other)));
    dissent(
        &[("b.jsonl", &lines[..lines.len() - bob.len()])],
        "disputed",
        Some(("b.jsonl:1", "too-large")),
    );
    dissent(
        &[("b.json", &bob[..bob.len() / 2])],
        "disputed",
        Some(("b.json", "truncated")),
    );
    // What nobody trusted has signed, or is no envelope, is none.
    dissent(
        &[("b.json", b"{\"name\": \"package\"}")],
        "agreed",
        Some(("b.json", "malformed")),
    );
    let statement = payload(&lab.read("a.json"));
    dissent(
        &[("a.statement.json", &statement), ("a.statement.json.sig", b"")],
        "agreed",
        None,
    );
    fs::write(lab.at("bob.json"), &bob).unwrap();
    std::os::unix::fs::symlink("../bob.json", lab.at("all/b.json")).unwrap();
    dissent(&[], "disputed", Some(("b.json", "unread")));
}

#[test]
fn an_artifact_whose_name_is_no_text_needs_one() {
    if missing(TOOLS) {
        return;
    }
    let lab = lab();
    lab.attest("alice", "a.json", &[]);
    let odd = std::ffi::OsStr::from_bytes(b"dist/hel\xfflo");
    fs::copy(lab.at("dist/hello"), lab.folder.path().join(odd)).unwrap();
    let run = |more: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_repro"))
            .current_dir(lab.folder.path())
            .args([
                "verify",
                "--attestations",
                "all",
                "--keyring",
                "keyring",
                "--threshold",
                "1",
            ])
            .args(["--today", TODAY])
            .args(more)
            .arg(odd)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (status, errors) = run(&[]);
    assert!(status == Some(2) && errors.contains("say by --name"), "{errors}");
    assert_eq!(run(&["--name", "dist/hello"]).0, Some(0));
}
