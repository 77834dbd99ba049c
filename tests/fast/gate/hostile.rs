//! What a change by a stranger may try, and what must not look green.

use super::{ends, gate, missing, repository, state};
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::symlink,
    process::{Command, Stdio},
};

#[test]
fn nothing_hides_behind_a_link_or_in_a_pipe() {
    if missing(&["mkfifo"]) {
        return;
    }
    let folder = repository();
    let at = folder.path();
    let fifo = |name: &str| assert!(Command::new("mkfifo").arg(at.join(name)).status().unwrap().success());
    fifo("dist/pipe");
    let report = gate(at, &[], 2);
    assert_eq!(state(&report, "dist/pipe"), "unreadable");
    ends(at, &["lock"], 2, "artifact dist/pipe: is a fifo, not a file");
    fs::remove_file(at.join("dist/pipe")).unwrap();

    // The same files, and another one, in a folder that a link leads to.
    fs::rename(at.join("dist"), at.join("real")).unwrap();
    fs::write(at.join("real/evil"), "").unwrap();
    symlink("real", at.join("dist")).unwrap();
    ends(
        at,
        &["gate"],
        2,
        "dist is a symbolic link, and nothing behind one is looked at",
    );
    ends(at, &["lock"], 2, "dist is a symbolic link");
    fs::write(at.join("repro.toml"), "[gate]\nartifacts = ['**/one', 'dist']\n").unwrap();
    let report = gate(at, &[], 2);
    assert_eq!(state(&report, "dist/one"), "unreadable");
    assert_eq!(
        report["artifacts"][1]["why"], "lies behind the symbolic link dist",
        "{report:#}"
    );
    fs::remove_file(at.join("dist")).unwrap();

    // Where files belong, a pipe is refused and not waited for.
    fs::rename(at.join("real"), at.join("dist")).unwrap();
    fifo("pipe");
    fs::write(at.join("dist/one"), "other").unwrap();
    ends(at, &["gate", "--reference", "pipe", "dist/one"], 2, "pipe");
    fs::remove_file(at.join("repro.lock")).unwrap();
    fifo("repro.lock");
    ends(at, &["gate"], 2, "repro.lock: is not a file");
}

/// What is rejected is red everywhere, also if no artifact is to blame.
#[test]
fn a_rejection_without_an_artifact_is_red_in_every_report() {
    let folder = repository();
    let at = folder.path();
    let allow = "[[gate.allow]]\ncauses = ['gzip-mtime']\nreason = 'x'\n";
    let red = |arguments: &[&str]| {
        let also = [
            "gate",
            "--no-rebuild",
            "--also",
            "sarif=a.sarif",
            "--also",
            "junit=a.xml",
            "--also",
            "code-quality=a.json",
        ];
        ends(at, &[&also, arguments].concat(), 1, "reject");
        let read = |name: &str| fs::read_to_string(at.join(name)).unwrap();
        let sarif: Value = serde_json::from_str(&read("a.sarif")).unwrap();
        let results = sarif["runs"][0]["results"].as_array().unwrap().clone();
        assert!(results.iter().any(|result| result["level"] == "error"), "{sarif:#}");
        assert!(read("a.xml").contains("<failure"), "{}", read("a.xml"));
        assert!(read("a.json").contains("fingerprint"), "{}", read("a.json"));
    };
    fs::write(
        at.join("repro.toml"),
        format!("[gate]\nartifacts = ['dist/*']\n{allow}"),
    )
    .unwrap();
    red(&["--strict"]);
    red(&["nothing/*"]);
    fs::write(at.join("repro.toml"), "[gate]\nartifacts = ['none/*']\n").unwrap();
    fs::write(at.join("repro.lock"), "version = 1\n").unwrap();
    red(&[]);
}

#[test]
fn no_wildcard_leads_through_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir_all(at.join("packages/a/dist")).unwrap();
    fs::write(at.join("packages/a/dist/a.whl"), "a").unwrap();
    fs::write(at.join("repro.toml"), "[gate]\nartifacts = ['packages/*/dist/*.whl']\n").unwrap();
    ends(at, &["lock"], 0, "1 added");
    fs::create_dir_all(at.join(".x/dist")).unwrap();
    fs::write(at.join(".x/dist/evil.whl"), "evil").unwrap();
    symlink("../.x", at.join("packages/b")).unwrap();
    ends(at, &["gate"], 2, "packages/b is a symbolic link");
    fs::remove_file(at.join("packages/b")).unwrap();
    fs::create_dir(at.join("packages/b")).unwrap();
    symlink("../../.x/dist", at.join("packages/b/dist")).unwrap();
    ends(at, &["gate"], 2, "packages/b/dist is a symbolic link");
    // One beside the way is none of the gate's business.
    fs::remove_file(at.join("packages/b/dist")).unwrap();
    symlink("../../.x", at.join("packages/b/other")).unwrap();
    ends(at, &["gate"], 0, "pass");
}

#[test]
fn a_locked_link_vouches_for_nothing_that_is_not_locked() {
    let folder = repository();
    let at = folder.path();
    fs::create_dir(at.join("target")).unwrap();
    fs::write(at.join("target/app"), "good").unwrap();
    symlink("../target/app", at.join("dist/app")).unwrap();
    symlink("../nowhere", at.join("dist/dangling")).unwrap();
    symlink("/usr/bin/env", at.join("dist/env")).unwrap();
    ends(at, &["lock"], 0, "3 added");
    let report = gate(at, &[], 1);
    assert_eq!(state(&report, "dist/app"), "differs");
    assert!(report.to_string().contains("leads to target/app, which is not locked"));
    for good in ["dist/link", "dist/dangling", "dist/env"] {
        assert_eq!(state(&report, good), "same");
    }
    fs::write(at.join("repro.toml"), "[gate]\nartifacts = ['dist/*', 'target']\n").unwrap();
    ends(at, &["lock"], 0, "1 added");
    assert_eq!(gate(at, &[], 0)["verdict"], "pass");
    fs::write(at.join("target/app"), "evil").unwrap();
    assert_eq!(state(&gate(at, &[], 1), "target/app"), "differs");
}

#[test]
fn what_repro_toml_names_stays_in_the_repository() {
    let folder = repository();
    let at = folder.path();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("one"), "secret").unwrap();
    symlink(outside.path(), at.join("out")).unwrap();
    fs::write(at.join("dist/one"), "other").unwrap();
    let absolute = outside.path().to_str().unwrap();
    for (line, says) in [
        (
            format!("reference = '{absolute}'"),
            "may only name a path below the root",
        ),
        ("reference = '../x'".to_owned(), "may only name a path below the root"),
        (
            "reference = 'out'".to_owned(),
            "leads out of the repository: give --reference",
        ),
        ("lock = 'out/x'".to_owned(), "leads out of the repository: give --lock"),
    ] {
        fs::write(at.join("repro.toml"), format!("[gate]\n{line}\n")).unwrap();
        let output = ends(at, &["gate"], 2, says);
        assert!(!String::from_utf8_lossy(&output.stdout).contains("secret"));
    }
    for file in [format!("{absolute}/h.sqlite"), "out/h.sqlite".to_owned()] {
        fs::write(at.join("repro.toml"), format!("[history]\nfile = '{file}'\n")).unwrap();
        ends(at, &["gate", "--record-history"], 2, "give --record-history=FILE");
    }
    symlink(outside.path().join("x"), at.join("repro-history.sqlite")).unwrap();
    fs::write(at.join("repro.toml"), "").unwrap();
    ends(at, &["gate", "--record-history"], 2, "a link that leads nowhere");
    assert_eq!(outside.path().read_dir().unwrap().count(), 1);
    // Whoever runs the gate may lead out.
    ends(
        at,
        &["gate", "--reference", absolute, "dist/one"],
        1,
        "nor is the reference",
    );
}

#[test]
fn names_do_nothing_to_a_terminal_and_forge_no_report() {
    let folder = repository();
    let at = folder.path();
    let names = [
        "x\r\r### pass ![i](https:x) @bob <b>\r\r<!--",
        "\u{1b}[2J\u{1b}[Hpass: 1 as locked\n\u{1b}[8m",
        "y\nreject: 0\n\n| a |\n|---|",
    ];
    for name in names {
        // A name has no slash.
        fs::write(at.join("dist").join(name.replace('/', "_")), "x").unwrap();
    }
    let allow = "[[gate.allow]]\ncauses = ['gzip-mtime']\nreason = \"\\u001b[2Jx\"\nuntil = 2020-01-01\n";
    fs::write(
        at.join("repro.toml"),
        format!("[gate]\nartifacts = ['dist/*']\n{allow}"),
    )
    .unwrap();
    for format in ["text", "markdown", "html", "junit"] {
        let output = ends(at, &["gate", "--format", format], 1, "x");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains(['\u{1b}', '\r']), "{format}: {text:?}");
        let forged = ["pass", "reject: 0", "### pass", "| a |"];
        let forges = |line: &str| forged.iter().any(|start| line.starts_with(start));
        // In a page, lines mean nothing.
        assert!(format == "html" || !text.lines().any(forges), "{format}: {text}");
    }
    fs::write(at.join("repro.toml"), "[gate]\n\"\\u001b[2Jx\" = 1\n").unwrap();
    let output = ends(at, &["gate"], 2, "repro.toml");
    assert!(!output.stderr.contains(&0x1b));
}

#[test]
fn a_reader_that_has_gone_changes_no_verdict() {
    if missing(&["bash"]) {
        return;
    }
    let folder = repository();
    let at = folder.path();
    fs::write(at.join("dist/one"), "other").unwrap();
    for output in ["", "-o /dev/stdout", "-o >(true)"] {
        let program = env!("CARGO_BIN_EXE_repro");
        let line = format!("{{ sleep 0.2; {program} gate --no-rebuild {output}; }} | true; exit ${{PIPESTATUS[0]}}");
        let mut bash = Command::new("bash");
        let status = bash.args(["-c", &line]).current_dir(at).stderr(Stdio::null()).status();
        assert_eq!(status.unwrap().code(), Some(1), "{output}");
    }
}

#[test]
fn a_run_that_fails_leaves_no_report_of_another_one() {
    let folder = repository();
    let at = folder.path();
    let also = ["gate", "--also", "junit=a.xml", "--also", "sarif=a.sarif"];
    ends(at, &also, 0, "pass");
    assert!(at.join("a.xml").is_file());
    fs::write(at.join("repro.toml"), "[gate]\nartifacts = ['']\n").unwrap();
    ends(at, &also, 2, "is empty");
    assert!(!at.join("a.xml").exists() && !at.join("a.sarif").exists());
    // Two reports in one file, and standard output for two.
    let twice = "two reports to one file";
    ends(at, &["gate", "--also", "junit=a", "--also", "sarif=a"], 2, twice);
    ends(at, &["gate", "-o", "a", "--also", "sarif=a"], 2, twice);
    ends(at, &["gate", "--also", "sarif=-"], 2, "give the name of a file");
    // Through a link the report goes where it leads.
    fs::write(at.join("repro.toml"), "[gate]\nartifacts = ['dist/*']\n").unwrap();
    fs::write(at.join("real.xml"), "").unwrap();
    symlink("real.xml", at.join("link.xml")).unwrap();
    ends(at, &["gate", "--also", "junit=link.xml"], 0, "");
    assert!(at.join("link.xml").is_symlink());
    assert!(fs::read_to_string(at.join("real.xml")).unwrap().contains("testsuites"));
}

#[test]
fn a_policy_that_looks_at_nothing_is_told() {
    let folder = repository();
    let at = folder.path();
    let toml = |text: &str| fs::write(at.join("repro.toml"), text).unwrap();
    // A glob that nothing matches any more, or by a slip of the pen.
    toml("[gate]\nartifacts = ['dist/*', 'dits/*.deb']\n");
    assert_eq!(state(&gate(at, &[], 1), "dits/*.deb"), "missing");
    ends(at, &["lock"], 2, "nothing matches dits/*.deb");
    toml("[gate]\nartifacts = ['dist/*']\nidentical = ['dits/*']\n");
    ends(at, &["gate"], 0, "stale: `identical` names dits/*");
    ends(at, &["gate", "--strict"], 1, "reject");
    fs::remove_file(at.join("repro.toml")).unwrap();
    fs::write(at.join("dist/extra"), "").unwrap();
    ends(at, &["gate"], 0, "only the artifacts in repro.lock are looked for");
    ends(at, &["gate", "--strict"], 1, "nothing can be extra");
    ends(at, &["gate", "--strict", "dist/one"], 0, "pass");
    // What is new has no share.
    toml("[gate]\nartifacts = ['dist/*']\n");
    let report = gate(at, &["--enforce-share", "0"], 1);
    assert_eq!(state(&report, "dist/extra"), "extra");
    for day in ["2026-13-01", "0000-00-00", "2026-02-30"] {
        ends(at, &["gate", "--today", day], 2, "give a day");
    }
    // The lock file is no artifact.
    toml("[gate]\nartifacts = ['**']\n");
    ends(at, &["lock"], 0, "repro.lock: 5 artifacts");
    ends(at, &["gate"], 0, "pass");
}

#[test]
fn a_lock_of_great_size_is_refused() {
    let folder = repository();
    let at = folder.path();
    let path = at.join("repro.lock");
    let lock = fs::read_to_string(&path).unwrap();
    fs::write(&path, lock.replace("dist/one", &format!("{}a", "a/".repeat(100_000)))).unwrap();
    ends(at, &["gate"], 2, "longer than 4095 bytes");
    fs::write(&path, format!("{lock}{}", "#".repeat(33 << 20))).unwrap();
    for arguments in [&["gate"][..], &["lock"], &["check", "repro.lock"]] {
        ends(at, arguments, 2, "repro.lock: larger than");
    }
}

#[test]
fn a_build_that_fails_under_variation_proves_nothing() {
    if missing(&["date"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let command = "[ \"$(umask)\" = 0022 ] || exit 1; mkdir dist && date +%Y >dist/year";
    let toml = format!("[build]\ncommand = {command:?}\nartifacts = ['dist/*']\n");
    fs::write(at.join("repro.toml"), toml).unwrap();
    ends(at, &["lock", "--build"], 0, "1 added");
    let also = ["gate", "--build", "--also", "sarif=a.sarif", "--also", "junit=a.xml"];
    ends(at, &also, 2, "fails under variation");
    let sarif: Value = serde_json::from_str(&fs::read_to_string(at.join("a.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
    assert!(fs::read_to_string(at.join("a.xml")).unwrap().contains("<error"));
    // Who wants no more than an ordinary build says so.
    ends(at, &["gate", "--build", "--vary", "control"], 0, "pass");
}
