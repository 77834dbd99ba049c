//! Files made to be hard to read: no panic, and soon done.

use super::{ends, folder, json};
use repro::lint::{Rule, language, look::look, rule, select::Rules};
use rustix::time::{ClockId, clock_gettime};
use std::fs;

/// Most seconds of CPU for one file, without optimisation.
const LONGEST: i64 = 90;

/// One name of each language.
const NAMES: &[&str] = &[
    "a.c",
    "a.cpp",
    "Makefile",
    "CMakeLists.txt",
    "configure.ac",
    "a.sh",
    "setup.py",
    "Makefile.PL",
    "Rakefile",
    "webpack.config.js",
    "package.json",
    "build.rs",
    "a.go",
    "pom.xml",
    "build.gradle",
    "build.xml",
    "A.java",
    "Dockerfile",
    ".github/workflows/ci.yml",
    ".gitlab-ci.yml",
    "Doxyfile",
    "a.tex",
];

/// Words of every rule's triggers, so that none is spared.
fn triggers() -> String {
    let words = rule::all().flat_map(|rule| rule.triggers);
    words.map(|word| format!("{word}\n")).collect()
}

/// Seconds of CPU that this thread has had, however busy the machine.
fn spent() -> i64 {
    clock_gettime(ClockId::ThreadCPUTime).tv_sec
}

fn hold(name: &str, texts: &[String]) {
    let all: Vec<&'static Rule> = rule::all().collect();
    let rules = Rules::new(&all).unwrap();
    let tail = triggers();
    for (number, text) in texts.iter().enumerate() {
        // Before or behind what the rules look for, by turns.
        let text = match number % 2 {
            0 => format!("{tail}{text}"),
            _ => format!("{text}\n{tail}"),
        };
        for name in NAMES.iter().filter(|known| name.is_empty() || **known == name) {
            let Some(language) = language::of(name, &text) else {
                continue;
            };
            let start = spent();
            let looked = look(&rules, language, name, &text, &|_| false);
            let took = spent() - start;
            assert!(took < LONGEST, "{name}: text {number} took {took} s");
            for at in looked.places {
                assert!(
                    text.get(at.span.clone()).is_some(),
                    "{name}: {} at {:?}",
                    at.rule.id,
                    at.span
                );
            }
        }
    }
}

#[test]
fn nested_brackets() {
    let texts: Vec<String> = [
        "(", "[", "{", "((", "$(", "${", "f(", "{\"a\":", "<a>", "\"${", "`", "!", "-",
    ]
    .iter()
    .map(|open| open.repeat(100_000_usize.div_ceil(open.len())))
    .collect();
    hold("", &texts);
}

#[test]
fn long_lines() {
    let texts = [
        "a".repeat(1_000_000),
        "a ".repeat(100_000),
        "$(shell date) ".repeat(10_000),
        "# repro: allow(c-date-time) x ".repeat(5_000),
        "gzip x; ".repeat(20_000),
        format!("x = {}", "a + ".repeat(30_000)),
        "\\\n".repeat(50_000),
        "date > x | ".repeat(10_000),
    ];
    hold("", &texts);
}

#[test]
fn deep_blocks() {
    let indented = |word: &str| {
        (0..2_000)
            .map(|depth| format!("{}{word}\n", " ".repeat(depth)))
            .collect::<String>()
    };
    hold(
        "setup.py",
        &[indented("if x:"), "if x:\n  pass\nelif y:\n  pass\n".repeat(20_000)],
    );
    hold(
        ".github/workflows/ci.yml",
        &[
            indented("a:"),
            indented("- run:"),
            "- ".repeat(50_000),
            "&a *a ".repeat(50_000),
            "run: x\n".repeat(19_000),
            format!("a:\n{}", "  run: x\n".repeat(19_000)),
            format!("run: a\n{}b\n", " ".repeat(400_000)),
        ],
    );
    hold(
        "a.sh",
        &[
            "if a; then ".repeat(20_000),
            "cat <<A\n".repeat(20_000),
            "case x in ".repeat(20_000),
        ],
    );
    hold(
        "Dockerfile",
        &["RUN <<A\n".repeat(20_000), "RUN x \\\n#\n".repeat(20_000)],
    );
    hold(
        "Makefile",
        &[
            "define x\n".repeat(20_000),
            "ifeq (a,b)\n".repeat(20_000),
            "x:\n\t$$(date) \\\n".repeat(20_000),
            format!("x := {}{}\n", "$(shell a ".repeat(370), ")".repeat(370)).repeat(80),
            format!("x := $(shell {})\n", "${ ".repeat(1300)).repeat(80),
        ],
    );
    hold(
        "pom.xml",
        &[
            "<a b='".repeat(50_000),
            "<!--".repeat(50_000),
            "<![CDATA[".repeat(30_000),
        ],
    );
}

/// Places of which each looks through the file.
#[test]
fn many_places_in_a_long_file() {
    hold(
        "configure.ac",
        &[
            "a=`date`\n".repeat(100_000),
            "$(`date` ".repeat(100_000),
            "x=$(date)AC_SUBST(y)\n".repeat(50_000),
        ],
    );
    hold(
        "build.gradle",
        &["apply plugin\n".repeat(70_000), "id 'x'\n".repeat(100_000)],
    );
}

#[test]
fn bytes_that_are_no_text() {
    let at = folder(&[]);
    for (name, bytes) in [
        ("cut.c", &b"const char *a = \"\xe2\x82"[..]),
        ("nul.sh", b"#!/bin/sh\ngzip x\0y\n"),
        ("bom.py", b"\xef\xbb\xbfimport os\n"),
        ("wide.c", b"\xff\xfe_\0_\0D\0A\0T\0E\0_\0_\0"),
        ("empty.c", b""),
        ("cr.sh", b"#!/bin/sh\rgzip x\r"),
        ("script", b"#!"),
        ("script2", b"#!\xff\n"),
    ] {
        fs::write(at.path().join(name), bytes).unwrap();
    }
    let report = json(at.path(), &["--confidence", "low"], 0);
    let skipped: u64 = report["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["count"].as_u64().unwrap())
        .sum();
    assert_eq!(skipped, 2);
}

#[test]
fn a_file_that_is_given_up_is_told() {
    let at = folder(&[(
        "setup.py",
        &format!("import os\nx = {}os.listdir('src')\n", "(".repeat(100_000)),
    )]);
    let report = json(at.path(), &["--select", "py-listdir"], 0);
    assert_eq!(report["skipped"][0]["paths"][0], "setup.py");
    let text = ends(at.path(), &["--select", "py-listdir"], 0, "");
    assert!(
        text.contains("skipped, nested too deep, or too hard to parse: setup.py"),
        "{text}"
    );
}

#[test]
fn many_findings_are_bounded_and_said_to_be() {
    let at = folder(&[(
        "a.c",
        &format!("const char *a[] = {{ {} }};\n", "__DATE__, ".repeat(8_000)),
    )]);
    let report = json(at.path(), &[], 1);
    assert_eq!(report["findings"].as_array().unwrap().len(), 1_000);
    assert_eq!(report["findings"][999]["column"], 21 + 999 * 10);
    assert_eq!(
        report["skipped"][0]["reason"],
        "too many findings: the rest is not told"
    );
}

/// The scanners of YAML and Python keep their open blocks in a small buffer: no shape of a file may overfill it.
#[test]
fn blocks_of_any_shape() {
    let all: Vec<&'static Rule> = rule::all().collect();
    let rules = Rules::new(&all).unwrap();
    let words = [
        "- ", "? ", ": ", "a: ", "|\n", "\"", "[", "- - - ", "if x:", "\\", "#", "'''", "(", "run: x",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for round in 0..200 {
        let mut text = String::from("run: date > x\nimport os, time, datetime\n");
        let mut depth = 0;
        for _ in 0..600 {
            // Mostly inwards, now and then back.
            depth = match random(8) {
                0 => random(depth + 1),
                _ => depth + random(if round % 2 == 0 { 2 } else { 4 }),
            };
            text.push_str(&" ".repeat(depth.min(600)));
            for _ in 0..=random(3) {
                text.push_str(words[random(words.len())]);
            }
            text.push('\n');
        }
        for name in [".github/workflows/ci.yml", ".gitlab-ci.yml", "setup.py"] {
            let language = language::of(name, &text).unwrap();
            look(&rules, language, name, &text, &|_| false);
        }
    }
}
