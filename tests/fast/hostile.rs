//! Files made to break a reader: the program ends in time and within its memory, does not panic, says that they differ, and
//! writes nothing to the terminal that the files chose.

use crate::support::{Case, cases, compare_bytes, pair};
use flate2::{Compression, write::GzEncoder};
use rayon::prelude::*;
use repro::model::{DiffReport, Verdict};
use serde_json::Value;
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// Address space that a comparison may take, in KiB. Mapped input counts too.
const MEMORY: u64 = 3 << 20;
/// Seconds of CPU: without optimisation, however busy the machine.
const TIME: u32 = 240;
/// Seconds until something is taken to wait for nothing.
const PATIENCE: u32 = 3000;

fn repro(a: &Path, b: &Path, format: &str) -> Output {
    within(MEMORY, a, b, format)
}

fn within(memory: u64, a: &Path, b: &Path, format: &str) -> Output {
    let limited = format!("ulimit -v {memory}; ulimit -t {TIME}; exec timeout {PATIENCE} \"$@\"");
    Command::new("sh")
        .args([
            "-c",
            &limited,
            "sh",
            env!("CARGO_BIN_EXE_repro"),
            "diff",
            "--format",
            format,
        ])
        .args([a, b])
        .output()
        .unwrap()
}

fn check(case: &Case) -> Vec<String> {
    let temp = tempfile::tempdir().unwrap();
    let (a, b): (PathBuf, PathBuf) = pair(&case.folder).unwrap_or_else(|| {
        let made = Command::new(case.folder.join("recipe"))
            .arg(temp.path())
            .status()
            .unwrap();
        assert!(made.success(), "{}: recipe failed", case.name);
        pair(temp.path()).unwrap_or_else(|| panic!("{}: recipe made no pair", case.name))
    });
    let (json, text) = (repro(&a, &b, "json"), repro(&a, &b, "text"));
    let mut wrong = Vec::new();
    for (format, output) in [("json", &json), ("text", &text)] {
        if !matches!(output.status.code(), Some(1 | 2)) {
            let said = String::from_utf8_lossy(&output.stderr);
            wrong.push(format!(
                "{format}: {}: {}",
                output.status,
                said.lines().next().unwrap_or_default()
            ));
        }
        if let Some(c) = output.stdout.iter().find(|&&c| c < b' ' && c != b'\n') {
            wrong.push(format!("{format}: control character {c:#x} is printed"));
        }
    }
    match serde_json::from_slice::<Value>(&json.stdout) {
        Ok(report) => {
            let verdict = &report["verdict"];
            if !case.expected["verdict"].as_array().unwrap().contains(verdict) {
                wrong.push(format!("verdict is {verdict}"));
            }
        }
        Err(e) => wrong.push(format!("no JSON: {e}")),
    }
    wrong
}

#[test]
fn nothing_breaks_the_reader() {
    let cases: Vec<_> = cases()
        .into_iter()
        .filter(|case| case.name.starts_with("hostile/"))
        .collect();
    let failures: Vec<_> = cases
        .par_iter()
        .flat_map_iter(|case| check(case).into_iter().map(|what| format!("{}: {what}", case.name)))
        .collect();
    assert!(
        failures.is_empty(),
        "{} failures in {} cases\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

/// A pair in files of a name, compared in so much memory (KiB): the report, which must not say that they are equal.
fn measured(memory: u64, name: &str, a: &[u8], b: &[u8]) -> Value {
    let temp = tempfile::tempdir().unwrap();
    let paths = ["a", "b"].map(|side| temp.path().join(format!("{side}.{name}")));
    for (path, bytes) in paths.iter().zip([a, b]) {
        fs::write(path, bytes).unwrap();
    }
    let output = within(memory, &paths[0], &paths[1], "json");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{name}: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// An array of numbers in JSON; every so many-th is another one on side b.
fn numbers(count: usize, every: usize) -> [String; 2] {
    let one = |changed: bool, i: usize| if changed && i % every == every - 1 { "2" } else { "1" };
    [false, true].map(|changed| {
        let all: Vec<_> = (0..count).map(|i| one(changed, i)).collect();
        format!("[{}]", all.join(","))
    })
}

fn spans(report: &DiffReport) -> usize {
    report.findings.iter().map(|finding| finding.spans.len()).sum()
}

/// Some kilobytes that hold two million parts: compared as a text, and what differs in it is still found.
#[test]
fn very_many_parts_are_not_held() {
    let [a, b] = numbers(2_000_000, 1_000_000).map(|text| gzip(text.as_bytes()));
    assert!(a.len() < 5000);
    let report = measured(1 << 20, "json.gz", &a, &b);
    let places = report["unexplained"].as_array().unwrap();
    let texts: Vec<_> = places.iter().filter(|place| place["format"] == "json").collect();
    assert_eq!(texts.len(), 1, "{places:?}");
    assert_eq!(texts[0]["spans"].as_array().unwrap().len(), 2 * 2);
    assert!(
        texts[0]["summary"].as_str().unwrap().contains("not opened"),
        "{places:?}"
    );
}

/// What is below the limit is compared item by item, also where the other side is above it.
#[test]
fn lists_near_the_limit() {
    let [a, b] = numbers(30_000, 10_000);
    let report = compare_bytes(a.as_bytes(), b.as_bytes());
    assert!(
        report.unexplained.iter().any(|place| place.address == "2"),
        "{:?}",
        report.unexplained
    );
    let [long, _] = numbers(400_000, 1);
    let report = compare_bytes(a.as_bytes(), long.as_bytes());
    assert_eq!((report.verdict, report.unexplained_count), (Verdict::Different, 1));
}

/// Lists in lists: what is held on the way in counts together.
#[test]
fn lists_in_lists_are_not_all_held() {
    let nested = |inner: &str| {
        (0..40).fold(inner.to_owned(), |inside, _| {
            format!("[{}{inside}]", "1,".repeat(60_000))
        })
    };
    let (a, b) = (nested("1"), nested("2"));
    let report = measured(3 << 19, "json.gz", &gzip(a.as_bytes()), &gzip(b.as_bytes()));
    assert_eq!(report["verdict"], "different");
}

/// Each of the dates in a long line is found and claimed; the work for one does not grow with the others.
#[test]
fn many_dates_in_a_line() {
    let side = |year: usize| {
        let date = |i: usize| format!("{}-{:02}-{:02}", year + i / 336, i / 28 % 12 + 1, i % 28 + 1);
        let line = |n: usize| (0..600).map(|i| date(i * 7 + n)).collect::<Vec<_>>().join("; built ");
        (0..10).map(|n| format!("built {}\n", line(n))).collect::<String>()
    };
    let report = compare_bytes(side(1990).as_bytes(), side(2010).as_bytes());
    assert_eq!(report.unexplained_count, 0, "{:?}", report.unexplained.first());
    assert_eq!(report.findings.len(), 1);
    let finding = &report.findings[0];
    assert_eq!((finding.cause, finding.count), ("embedded-timestamp", 10));
}

/// Two small differences far apart in one long line are two small differences.
#[test]
fn a_long_line_is_aligned() {
    let side = |date: &str| {
        let calls: Vec<_> = (0..200_000).map(|i| format!("f{}(a{});", i % 90, i % 7)).collect();
        format!("var built='{date}';{}var compiled='{date}';\n", calls.concat())
    };
    let (a, b) = (side("2024-01-02"), side("2025-03-04"));
    let report = compare_bytes(a.as_bytes(), b.as_bytes());
    assert_eq!(report.unexplained_count, 0, "{:?}", report.unexplained.first());
    assert_eq!(spans(&report), 4);
    assert!(report.findings[0].spans.iter().all(|span| span.length == 10));
}

/// Each of very many changed lines is found, in memory that would not hold each of them twice over.
#[test]
fn very_many_changed_lines() {
    let side = |word: &str| {
        (0..200_000).fold(String::new(), |all, i| {
            all + &format!("line {i} of {word}{}\n", i * 7919)
        })
    };
    let (a, b) = (side("left"), side("right"));
    let report = measured(1 << 20, "txt", a.as_bytes(), b.as_bytes());
    assert_eq!(report["unexplained_count"], 200_000);
}

/// No more of them are kept than a text may have, and what is behind is told as one.
#[test]
fn more_changed_lines_than_are_kept() {
    let side = |word: &str| (0..300_000).fold(String::new(), |all, i| all + &format!("{word}{i}\n"));
    let (a, b) = (side("left"), side("right"));
    let report = measured(1 << 20, "txt", a.as_bytes(), b.as_bytes());
    assert_eq!(report["unexplained_count"], 250_000 + 1);
}

/// The same input, as often as it likes, with the two sides' strings cut in all ways: a string that holds a line's end, NUL bytes on
/// one side only, runs that cross the ends of strings.
#[test]
fn strings_cut_in_all_ways() {
    let base = b"hello 1 this is text 2\0x\ny1zzz\0tail \x01 more text here\0end\0".to_vec();
    for at in 0..base.len() {
        for length in 1..base.len() - at {
            for byte in [0, b'\n', 0x7f, b'q'] {
                let mut other = base.clone();
                other[at..at + length].fill(byte);
                for (x, y) in [(&base, &other), (&other, &base)] {
                    let verdict = compare_bytes(x, y).verdict;
                    assert_eq!(verdict == Verdict::Identical, x == y, "{at} {length} {byte}");
                }
            }
        }
    }
}
