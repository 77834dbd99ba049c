//! What a step of GitHub Actions is told, and what its runner obeys.

use super::fixtures::{command, gate, reports};
use serde_json::Value;
use std::fs;

/// GitHub's runner, as far as commands go: each line of a step's output, blank space before it dropped, that starts with `::`, or that has
/// `##[` anywhere; `stop-commands` switches it off until its word comes. Gives the names, properties and texts of the commands.
pub fn obeyed(output: &str) -> Vec<(String, String, String)> {
    const KNOWN: [&str; 9] = [
        "error",
        "warning",
        "notice",
        "debug",
        "add-mask",
        "add-matcher",
        "set-output",
        "save-state",
        "group",
    ];
    let mut found = Vec::new();
    let mut stopped: Option<String> = None;
    for line in output.split(['\n', '\r']) {
        let known = |name: &str, stopped: &Option<String>| {
            KNOWN.contains(&name) || name == "stop-commands" || stopped.as_deref() == Some(name)
        };
        let split = |info: &str| match info.split_once(' ') {
            Some((name, properties)) => (name.to_owned(), properties.to_owned()),
            None => (info.to_owned(), String::new()),
        };
        let second = line
            .trim_start()
            .strip_prefix("::")
            .and_then(|rest| rest.split_once("::"));
        let first = line.split_once("##[").and_then(|(_, rest)| rest.split_once(']'));
        let command = [second, first].into_iter().flatten().find_map(|(info, data)| {
            let (name, properties) = split(info);
            known(&name, &stopped).then(|| (name, properties, data.to_owned()))
        });
        match (command, &stopped) {
            (Some((name, ..)), Some(word)) if name == *word => stopped = None,
            (Some((name, _, data)), None) if name == "stop-commands" => stopped = Some(data),
            (Some(command), None) => found.push(command),
            _ => {}
        }
    }
    found
}

#[test]
fn the_runner_of_the_test_obeys_as_github_does() {
    let names = |output: &str| obeyed(output).into_iter().map(|(name, ..)| name).collect::<Vec<_>>();
    assert_eq!(
        names("  ::error file=x::y\ntext ::error::no\ntext ##[add-mask]x\n::unknown::x"),
        ["error", "add-mask"]
    );
    assert_eq!(
        names("::stop-commands::w\n::error::x\n##[add-mask]x\n::w::\n::warning::y"),
        ["warning"]
    );
}

#[test]
fn in_github_actions() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    reports(at);
    let step = |arguments: &[&str], more: &[(&str, &str)]| {
        for name in ["summary", "output"] {
            fs::write(at.join(name), "").unwrap();
        }
        let output = command(at, arguments)
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_STEP_SUMMARY", "summary")
            .env("GITHUB_OUTPUT", "output")
            .envs(more.iter().copied())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let read = |name: &str| fs::read_to_string(at.join(name)).unwrap();
        (
            text(output.stdout),
            text(output.stderr),
            read("summary"),
            read("output"),
        )
    };
    let plain = command(at, &["diff", "tree/a", "tree/b", "--verbose"])
        .output()
        .unwrap();
    let plain = String::from_utf8(plain.stdout).unwrap();
    assert!(
        obeyed(&plain).iter().any(|(name, ..)| name == "add-mask"),
        "the text of the trees would be obeyed, were it not fenced"
    );

    let (stdout, stderr, summary, output) = step(&["diff", "tree/a", "tree/b", "--verbose"], &[]);
    assert_eq!(output, "verdict=different\n");
    assert!(summary.starts_with("### `repro diff`: different\n"), "{summary}");
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines[1..lines.len() - 1].join("\n"), plain.trim_end());
    assert_eq!(obeyed(&stdout), []);
    let commands = obeyed(&stderr);
    assert_eq!(commands.len(), stderr.lines().count(), "{stderr}");
    for (name, properties, _) in &commands {
        assert!(name == "error" || name == "notice", "{name}");
        let title = properties.split_once("title=").unwrap().1;
        assert!(title.starts_with("repro diff"), "{properties}");
    }
    // Masks, and errors that are not ours, whichever way the two streams are mixed.
    let mixed = obeyed(&format!("{stdout}{stderr}"));
    assert_eq!(mixed, commands);

    // The report is annotations already; there is no second set.
    let (stdout, stderr, ..) = step(&["diff", "tree/a", "tree/b", "--format", "github"], &[]);
    assert_eq!(stderr, "");
    assert!(obeyed(&stdout).len() >= 7, "{stdout}");
    // Programs read the same, and no command is in it.
    for format in ["json", "sarif", "code-quality", "junit", "html"] {
        let arguments = ["diff", "tree/a", "tree/b", "--format", format];
        let plain = command(at, &arguments).output().unwrap();
        let (stdout, ..) = step(&arguments, &[]);
        assert_eq!(obeyed(&stdout), [], "{format}");
        if !matches!(format, "junit" | "html") {
            let [here, there]: [Value; 2] =
                [stdout.as_bytes(), &plain.stdout].map(|text| serde_json::from_slice(text).unwrap());
            assert_eq!(here, there, "{format}");
        }
    }
    // A list that a program may read from standard output is for people all the same.
    fs::create_dir(at.join("list")).unwrap();
    fs::write(at.join("list/::error::x"), "1").unwrap();
    let sums = step(&["hash", "list", "-o", "sums"], &[]);
    assert_eq!(sums.0, "");
    fs::write(at.join("list/::error::x"), "2").unwrap();
    let (stdout, ..) = step(&["check", "sums", "--root", "list"], &[]);
    assert_eq!(obeyed(&stdout), [], "{stdout}");
    // Switched off.
    let (stdout, stderr, summary, output) = step(&["diff", "tree/a", "tree/b", "--verbose"], &[("REPRO_CI", "0")]);
    assert_eq!(
        (stdout, stderr, summary, output),
        (plain, String::new(), String::new(), String::new())
    );
    // A summary is not cut in the middle.
    fs::write(at.join("long"), "x".repeat((1 << 20) - 300)).unwrap();
    step(&["diff", "tree/a", "tree/b"], &[("GITHUB_STEP_SUMMARY", "long")]);
    let long = fs::read_to_string(at.join("long")).unwrap();
    assert!(
        long.ends_with("The report is too long for this page: see the step's log.\n\n"),
        "{}",
        &long[long.len() - 200..]
    );
    assert!(long.len() <= 1 << 20);
    // An error message with a hostile path.
    let (_, stderr, ..) = step(&["diff", "no\n::error::such ##[add-mask]e", "tree/b"], &[]);
    assert!(stderr.contains("No such file"), "{stderr}");
    assert_eq!(obeyed(&stderr), []);
}

#[test]
fn the_gate_in_github_actions() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    gate(at);
    let output = command(at, &["gate", "--report-url", "https://ci.example/run/7?x=1"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", "summary")
        .env("GITHUB_OUTPUT", "output")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read_to_string(at.join("output")).unwrap(), "verdict=reject\n");
    let summary = fs::read_to_string(at.join("summary")).unwrap();
    assert!(summary.starts_with("### `repro gate`: reject\n"), "{summary}");
    assert!(
        summary.contains("| `dist/x.tar.gz` | differs | `archive-mtime` | "),
        "{summary}"
    );
    assert!(summary.contains("<details><summary>"), "{summary}");
    assert!(
        summary.ends_with("\n[HTML report](https://ci.example/run/7?x=1)\n\n"),
        "{summary}"
    );
    let files: Vec<String> = obeyed(&String::from_utf8(output.stderr).unwrap())
        .into_iter()
        .map(|(name, properties, _)| format!("{name} {}", properties.split(',').next().unwrap()))
        .collect();
    assert_eq!(files, ["error file=dist/missing", "error file=dist/x.tar.gz"]);
    // From a folder above, paths count from there.
    let above = at.parent().unwrap();
    let name = at.file_name().unwrap().to_str().unwrap();
    let output = command(above, &["gate", "--root", name, "--format", "github"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains(&format!("::error file={name}/dist/x.tar.gz,")), "{said}");
    for url in ["javascript:alert(1)", "https://x/)", "https://x/ y", "x"] {
        let output = command(at, &["gate", "--report-url", url]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{url}");
    }
}

#[test]
fn a_secret_that_got_out_is_no_verdict_to_go_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir(at.join("source")).unwrap();
    let secret = "correct-horse-battery-staple";
    let output = command(
        at,
        &[
            "build",
            "--source",
            "source",
            "--artifact",
            "out",
            "--secret",
            "TOKEN",
            "--variations",
            "locale",
            "--also",
            "sarif=out.sarif",
            "--",
            "echo $TOKEN > out",
        ],
    )
    .env("TOKEN", secret)
    .env("GITHUB_ACTIONS", "true")
    .env("GITHUB_STEP_SUMMARY", "summary")
    .env("GITHUB_OUTPUT", "output")
    .output()
    .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let read = |name: &str| fs::read_to_string(at.join(name)).unwrap();
    assert_eq!(read("output"), "verdict=secret-in-artifact\n");
    let stderr = String::from_utf8(output.stderr).unwrap();
    let commands = obeyed(&stderr);
    assert!(
        commands[0].1.contains("title=repro build%3A secret-in-artifact"),
        "{stderr}"
    );
    for text in [
        stderr,
        String::from_utf8(output.stdout).unwrap(),
        read("summary"),
        read("out.sarif"),
    ] {
        assert!(!text.contains(secret), "{text}");
    }
}
