//! Many items of one list: shards, lines, going on after a kill, and joining. Builds and rebuilds of a list are in `tests/privileged`.

mod bad;
mod going_on;

use crate::{
    cli::{ends, repro},
    support::{self, Schema, corpus},
};
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

/// A folder with a list of real pairs, which stand in it as `corpus/…`.
pub struct Scene {
    folder: tempfile::TempDir,
    pairs: Vec<String>,
}

impl Scene {
    /// With every `step`-th pair of the corpus.
    pub fn new(step: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        symlink(corpus(), folder.path().join("corpus")).unwrap();
        let below = |path: PathBuf| format!("corpus/{}", path.strip_prefix(corpus()).unwrap().display());
        let cases = support::cases()
            .into_iter()
            .filter(|case| !case.name.starts_with("hostile/"));
        let pairs = cases.filter_map(|case| support::pair(&case.folder));
        let pairs: Vec<String> = pairs
            .step_by(step)
            .map(|(a, b)| format!("{}\t{}\n", below(a), below(b)))
            .collect();
        let scene = Self { folder, pairs };
        scene.write("pairs", &scene.pairs.concat());
        scene
    }

    pub fn at(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.at().join(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.at().join(name)).unwrap()
    }

    /// Does a list, and says what standard error told.
    #[track_caller]
    pub fn diff(&self, list: &str, more: &[&str], status: i32, says: &str) -> String {
        let words = [&["diff", "--pairs", list], more].concat();
        support::said(&ends(self.at(), &words, status, says))
    }

    /// The lines of a file, each held to its schema.
    pub fn lines(&self, name: &str) -> Vec<Value> {
        let (schema, diff) = (Schema::new(repro::schemas::LINES), Schema::new(repro::schemas::DIFF));
        let text = self.read(name);
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for line in &lines {
            schema.check(line).unwrap();
            if let Some(report) = line.get("report").filter(|_| lines[0]["command"] == "repro diff") {
                diff.check(report).unwrap();
            }
        }
        lines
    }

    /// What joining files gives, held to its schema.
    #[track_caller]
    pub fn merged(&self, files: &[&str], status: i32) -> Value {
        let words = [&["merge", "--format", "json"], files].concat();
        let output = repro(self.at(), &words);
        assert_eq!(output.status.code(), Some(status), "{}", support::said(&output));
        let report = serde_json::from_slice(&output.stdout).unwrap();
        Schema::new(repro::schemas::MERGE).check(&report).unwrap();
        report
    }
}

#[test]
fn one_run_and_any_number_of_shards_are_merged_to_the_same_bytes() {
    let scene = Scene::new(9);
    scene.diff("pairs", &["-o", "one.jsonl"], 1, "");
    let lines = scene.lines("one.jsonl");
    assert_eq!(lines.len(), scene.pairs.len() + 1);
    let mut sets = vec![vec!["one.jsonl".to_owned()]];
    for of in [7, 20] {
        let shard = |index: usize| {
            let (shard, file) = (format!("{index}/{of}"), format!("{index}-{of}.jsonl"));
            let words = ["diff", "--pairs", "pairs", "--shard", &shard, "-o", &file];
            assert_ne!(repro(scene.at(), &words).status.code(), Some(2));
            file
        };
        // Those that are done last are named first.
        let mut files: Vec<String> = (1..=of).map(shard).collect();
        files.reverse();
        sets.push(files);
    }
    for format in [
        "text",
        "json",
        "html",
        "markdown",
        "sarif",
        "junit",
        "code-quality",
        "github",
    ] {
        let merged = sets.iter().map(|files| {
            let files: Vec<&str> = files.iter().map(String::as_str).collect();
            let output = repro(scene.at(), &[&["merge", "--format", format], &files[..]].concat());
            assert_eq!(output.status.code(), Some(1), "{}", support::said(&output));
            output.stdout
        });
        let merged: Vec<Vec<u8>> = merged.collect();
        assert!(!merged[0].is_empty());
        assert!(merged.iter().all(|text| *text == merged[0]), "{format}");
    }
    let report = scene.merged(&["one.jsonl"], 1);
    assert_eq!(report["items"].as_array().unwrap().len(), scene.pairs.len());
    assert!(
        report["rules"]["archive-mtime"].as_u64() > Some(1),
        "{:#}",
        report["rules"]
    );
    assert!(report["items"][0].get("cost").is_none() && report.get("cost").is_none());
    let costly = scene.merged(&["one.jsonl", "--costs"], 1);
    assert!(
        costly["cost"]["cpu_seconds"].as_f64() > Some(0.0),
        "{:#}",
        costly["cost"]
    );
    // Without reports, only JSON has less.
    scene.diff("pairs", &["-o", "brief.jsonl", "--brief"], 1, "");
    assert!(
        scene
            .lines("brief.jsonl")
            .iter()
            .all(|line| line.get("report").is_none())
    );
    assert_eq!(scene.merged(&["brief.jsonl"], 1)["rules"], report["rules"]);
    for format in ["text", "sarif"] {
        let merged = |file| repro(scene.at(), &["merge", file, "--format", format]).stdout;
        assert!(merged("brief.jsonl") == merged("one.jsonl"), "{format}");
    }
    ends(
        scene.at(),
        &["merge", "one.jsonl", "brief.jsonl"],
        2,
        "brief.jsonl is made with brief=yes, not made without options",
    );
    let sarif = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas/sarif-2.1.0.json");
    let sarif = Schema::new(&fs::read_to_string(sarif).unwrap());
    let output = repro(scene.at(), &["merge", "one.jsonl", "--format", "sarif"]);
    sarif.check(&serde_json::from_slice(&output.stdout).unwrap()).unwrap();
}

#[test]
fn files_are_hashed_and_linted_by_lists() {
    let scene = Scene::new(100);
    fs::create_dir(scene.at().join("folder")).unwrap();
    scene.write("folder/one.c", "\nconst char *made = __DATE__;\n");
    scene.write("clean.c", "int clean;\n");
    scene.write("list", "folder\nmissing\nclean.c\n");
    ends(
        scene.at(),
        &["hash", "--list", "list", "-o", "hash.jsonl"],
        2,
        "missing: No such file or directory",
    );
    let lines = scene.lines("hash.jsonl");
    let manifest = Schema::new(repro::schemas::MANIFEST);
    let one = repro(scene.at(), &["hash", "folder", "--format", "json"]);
    assert_eq!(
        lines[1]["report"],
        serde_json::from_slice::<Value>(&one.stdout).unwrap()
    );
    manifest.check(&lines[3]["report"]).unwrap();
    let verdicts: Vec<&str> = lines[1..]
        .iter()
        .map(|line| line["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(verdicts, ["hashed", "error", "hashed"]);
    assert!(
        lines[1]["summary"].as_str().unwrap().starts_with("sha256 "),
        "{}",
        lines[1]["summary"]
    );
    let asked = ["hash", "--list", "list", "-o", "hash.jsonl", "--algorithm", "blake3"];
    ends(
        scene.at(),
        &asked,
        2,
        "holds lines made with algorithm=sha256; these would be made with algorithm=blake3",
    );

    scene.write("list", "folder\nclean.c\n");
    ends(scene.at(), &["lint", "--list", "list", "-o", "lint.jsonl"], 1, "");
    let lines = scene.lines("lint.jsonl");
    Schema::new(repro::schemas::LINT).check(&lines[1]["report"]).unwrap();
    assert_eq!(
        (&lines[1]["verdict"], &lines[2]["verdict"]),
        (&"findings".into(), &"clean".into())
    );
    let sarif = repro(scene.at(), &["merge", "lint.jsonl", "--format", "sarif"]);
    let sarif: Value = serde_json::from_slice(&sarif.stdout).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    let location = &result["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "folder/one.c");
    assert_eq!(location["region"]["startLine"], 2, "{result:#}");
}
