//! What a policy must not let through: it names causes, and what it does not name is not excused by what it does.

use super::{ends, gate, state};
use repro::cause::CAUSES;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A case of the corpus as a locked reference and an artifact.
struct Case {
    folder: tempfile::TempDir,
}

/// The two files of a case; none if it compares folders.
fn files(case: &Path) -> Option<[PathBuf; 2]> {
    let entries = fs::read_dir(case).ok()?.map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| path.is_file() && path.file_stem().is_some_and(|stem| stem == "a" || stem == "b"))
        .collect();
    files.sort();
    files.try_into().ok()
}

impl Case {
    fn new(name: &str) -> Self {
        Self::of(&[name])
    }

    /// Artifacts `dist/0`, `dist/1`, …
    fn of(names: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
        for side in ["reference/dist", "dist"] {
            fs::create_dir_all(folder.path().join(side)).unwrap();
        }
        for (number, name) in names.iter().enumerate() {
            let [a, b] = files(&corpus.join(name)).unwrap_or_else(|| panic!("corpus/{name} is no pair of files"));
            fs::copy(a, folder.path().join(format!("reference/dist/{number}"))).unwrap();
            fs::copy(b, folder.path().join(format!("dist/{number}"))).unwrap();
        }
        let case = Self { folder };
        case.policy("");
        ends(case.folder.path(), &["lock", "--built", "reference"], 0, "added");
        case
    }

    fn policy(&self, rules: &str) {
        let text = format!("[gate]\nartifacts = ['dist/*']\n{rules}");
        fs::write(self.folder.path().join("repro.toml"), text).unwrap();
    }

    /// The gate's report under these rules.
    #[track_caller]
    fn judged(&self, rules: &str, status: i32) -> Value {
        self.policy(rules);
        gate(self.folder.path(), &["--reference", "reference"], status)
    }

    /// Rejected, and why.
    #[track_caller]
    fn refused(&self, rules: &str, says: &str) {
        let report = self.judged(rules, 1);
        let artifact = &report["artifacts"][0];
        assert_eq!(artifact["state"], "differs");
        let why = artifact["why"].as_str().unwrap();
        assert!(why.contains(says), "{why}\nnot {says}\n{artifact:#}");
    }
}

fn rule(causes: &[&str], more: &str) -> String {
    format!("[[gate.allow]]\ncauses = {causes:?}\nreason = 'known'\n{more}\n")
}

/// The causes that explain something in the first artifact, but for these.
fn causes(report: &Value, without: &[&str]) -> Vec<String> {
    let findings = report["artifacts"][0]["findings"].as_array().unwrap();
    let mut names: Vec<String> = findings
        .iter()
        .filter(|finding| finding["confidence"] != "possible")
        .map(|finding| finding["cause"].as_str().unwrap().to_owned())
        .filter(|name| !without.contains(&name.as_str()))
        .collect();
    names.sort();
    names.dedup();
    names
}

fn words(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

#[test]
fn an_exchanged_payload_does_not_follow_from_a_time() {
    let every: Vec<&str> = CAUSES.iter().map(|cause| cause.id()).collect();
    for name in [
        "cause/archive-mtime/look-alike-payload-too",
        "tampered/zip-content",
        "tampered/zip-method",
        "cause/compression-settings/look-alike-payload-differs",
    ] {
        let case = Case::new(name);
        case.refused(&rule(&["archive-mtime"], ""), "");
        // Not if everything that has a name is accepted by its form either.
        case.refused(&rule(&every, "accept = 'plausible'"), "unexplained");
    }
}

#[test]
fn an_exchanged_certificate_does_not_follow_from_a_time() {
    let every: Vec<&str> = CAUSES.iter().map(|cause| cause.id()).collect();
    let others: Vec<&str> = every.iter().copied().filter(|id| *id != "embedded-signature").collect();
    let case = Case::new("cause/embedded-signature/authenticode");
    case.refused(&rule(&["pe-timestamp", "derived-hash"], ""), "");
    // Whatever else is accepted, and if it is named without the word.
    case.refused(&rule(&others, "accept = 'plausible'"), "");
    case.refused(&rule(&every, ""), "");
}

#[test]
fn a_signature_needs_a_rule_of_its_own_and_the_word() {
    let case = Case::new("cause/embedded-signature/jar");
    let others = causes(&case.judged("", 1), &["embedded-signature"]);
    if !others.is_empty() {
        case.refused(
            &rule(&words(&others), "accept = 'plausible'"),
            "no rule names embedded-signature",
        );
    }
    let all = [words(&others), vec!["embedded-signature"]].concat();
    case.refused(&rule(&all, ""), "must accept as \"plausible\"");
    let report = case.judged(&rule(&all, "accept = 'plausible'"), 0);
    let accepted = report["artifacts"][0]["accepted"].as_array().unwrap();
    let signature = accepted.iter().find(|a| a["cause"] == "embedded-signature").unwrap();
    assert_eq!(signature["plausible"], true);
    assert_eq!(report["rules"][0]["accept"], "plausible");
}

#[test]
fn an_identifier_needs_a_rule_of_its_own() {
    let case = Case::new("cause/embedded-timestamp/elf-string");
    let date = rule(&["embedded-timestamp"], "accept = 'plausible'");
    case.refused(&date, "no rule names build-id-only");
    let report = case.judged(&(date + &rule(&["build-id-only"], "")), 0);
    assert_eq!(state(&report, "dist/0"), "accepted");
    // Checksums over what is accepted follow from it.
    let case = Case::new("cause/pe-timestamp/dll");
    case.refused(&rule(&["derived-hash"], ""), "no rule names pe-timestamp");
    let report = case.judged(&rule(&["pe-timestamp"], ""), 0);
    let accepted = json!([{"cause": "pe-timestamp", "reason": "known", "plausible": false}]);
    assert_eq!(report["artifacts"][0]["accepted"], accepted);
}

#[test]
fn what_only_looks_like_a_cause_needs_the_word() {
    let case = Case::new("cause/embedded-timestamp/js-banner");
    let report = case.judged("", 1);
    let names = causes(&report, &[]);
    assert_eq!(names, ["embedded-timestamp"]);
    case.refused(&rule(&["embedded-timestamp"], ""), "must accept as \"plausible\"");
    // Another rule's word is not this one's.
    let rules = rule(&["embedded-timestamp"], "") + &rule(&["archive-mtime"], "accept = 'plausible'");
    case.refused(&rules, "must accept as \"plausible\"");
    let rules = rule(&["embedded-timestamp"], "accept = 'plausible'");
    let report = case.judged(&rules, 0);
    assert_eq!(
        report["artifacts"][0]["accepted"],
        json!([{"cause": "embedded-timestamp", "reason": "known", "plausible": true}])
    );
    // It is told in every run and format.
    let at = case.folder.path();
    let base = ["gate", "--no-rebuild", "--reference", "reference"];
    for (format, says) in [
        ("text", "embedded-timestamp (plausible, not proved: known)"),
        ("markdown", "plausible, not proved"),
        ("html", "accepted as plausible, not proved"),
        ("sarif", "though nothing proves it"),
    ] {
        ends(at, &[&base[..], &["--format", format]].concat(), 0, says);
    }
    // A rule of no use is told, with or without the word.
    let report = case.judged(&(rules + &rule(&["gzip-mtime"], "accept = 'plausible'")), 0);
    assert_eq!(report["rules"][1]["state"], "stale");
}

#[test]
fn unknown_words_are_refused_with_their_line() {
    let case = Case::new("cause/embedded-timestamp/js-banner");
    for (rules, says) in [
        (rule(&["no-cause"], ""), "repro.toml:4: gate: allow: no cause is called"),
        (
            rule(&["gzip-mtime"], "accept = 'likely'"),
            "repro.toml:6: unknown variant `likely`",
        ),
        (
            rule(&["gzip-mtime"], "accepted = 'plausible'"),
            "repro.toml:6: unknown field `accepted`",
        ),
    ] {
        case.policy(&rules);
        ends(case.folder.path(), &["gate", "--no-rebuild"], 2, says);
    }
}

/// Whatever times, orders and settings a policy accepts, no tampered artifact is among what it lets through.
#[test]
fn no_tampered_pair_passes_for_structural_causes() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/tampered");
    let mut names: Vec<String> = fs::read_dir(&corpus)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| files(path).is_some())
        .map(|path| format!("tampered/{}", path.file_name().unwrap().to_str().unwrap()))
        .collect();
    names.sort();
    assert!(names.len() > 50);
    let case = Case::of(&words(&names));
    let allowed = [
        "archive-mtime",
        "archive-owner",
        "gzip-mtime",
        "gzip-name",
        "ar-mtime",
        "pe-timestamp",
        "readdir-order",
        "umask-permissions",
        "compression-settings",
        "build-id-only",
        "derived-hash",
    ];
    let through = |accept: &str| {
        let report = case.judged(&rule(&allowed, accept), 1);
        let artifacts = report["artifacts"].as_array().unwrap();
        let passed = artifacts.iter().filter(|artifact| artifact["state"] != "differs");
        let number = |artifact: &Value| {
            let path = artifact["path"].as_str().unwrap().trim_start_matches("dist/");
            path.parse::<usize>().unwrap()
        };
        passed
            .map(|artifact| names[number(artifact)].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(through(""), [""; 0]);
    // Whoever takes the form for enough gets what the form makes plausible, and nothing else.
    let plausible = |name: &String| {
        let expected = fs::read_to_string(corpus.parent().unwrap().join(name).join("expected.json")).unwrap();
        expected.contains("\"verdict\": \"plausible\"")
    };
    let accepted = through("accept = 'plausible'");
    assert!(accepted.iter().all(plausible), "{accepted:?}");
}
