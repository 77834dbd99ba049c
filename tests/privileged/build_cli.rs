//! `repro build` and `repro doctor`: messages and exit statuses for what is wrong before anything is built.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::Duration,
};

const REPRO: &str = env!("CARGO_BIN_EXE_repro");

fn repro(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(REPRO)
        .args(arguments)
        .current_dir(folder)
        .env("SHORT", "abc")
        .env_remove("MISSING")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// The command ends with status 2, says what is wrong, and prints no half answer.
#[track_caller]
fn refused(folder: &Path, arguments: &[&str], says: &str) {
    let output = repro(folder, arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "repro {arguments:?}\n{stderr}");
    assert!(
        stderr.contains(says),
        "repro {arguments:?} says\n{stderr}\nnot {says:?}"
    );
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert!(output.stdout.is_empty());
}

#[test]
fn what_cannot_be_built() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    refused(
        at,
        &["build", "--artifact", "x"],
        "nothing to build: give a command after --",
    );
    refused(
        at,
        &["build", "--", "make"],
        "no artifact is named: give --artifact GLOB",
    );
    refused(at, &["build", "--artifact", "x", "--", ""], "its command is empty");
    refused(
        at,
        &["build", "--source", "nowhere", "--artifact", "x", "--", "make"],
        "nowhere: No such file or directory",
    );
    refused(at, &["build", "make"], "unexpected argument 'make'");
}

#[test]
fn artifacts_outside_the_tree() {
    let folder = tempfile::tempdir().unwrap();
    for (glob, says) in [
        ("/usr/bin/x", "is absolute"),
        ("../../x", "leads out of the source tree"),
        (
            "../x/y",
            "leads out of the source tree: no further than to a file beside it",
        ),
        ("x/../../y", "leads out of the source tree"),
        ("a[", "is not a glob"),
    ] {
        refused(folder.path(), &["build", "--artifact", glob, "--", "make"], says);
    }
}

#[test]
fn options_that_make_no_sense() {
    let folder = tempfile::tempdir().unwrap();
    let with = |more: &[&str], says: &str| {
        let mut all = vec!["build", "--artifact", "x"];
        all.extend(more);
        all.extend(["--", "make"]);
        refused(folder.path(), &all, says);
    };
    for option in ["--variations", "--without", "--vary"] {
        with(
            &[option, "time,tiem"],
            "no variation is called \"tiem\"; there are time, timezone, locale, build_path",
        );
    }
    with(&["--vary", "time", "--without", "umask"], "cannot be used with");
    with(&["--secret", "MISSING"], "secret MISSING: there is no such variable");
    with(&["--secret", "SHORT"], "secret SHORT: its value has fewer than 4 bytes");
    with(&["--secret", "A=b"], "its value must not be on the command line");
    with(&["--env", "=x"], "give NAME or NAME=VALUE");
    with(&["--timeout", "soon"], "is not a length of time");
    with(&["--disk-limit", "much"], "is not a size");
    with(&["--clock", "noon"], "is not a clock");
    with(&["--clock", "frozen@noon"], "is not a moment");
    with(&["--format", "tagged"], "[possible values: text, json, html, markdown");
}

#[test]
fn mistakes_in_repro_toml_have_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("repro.toml"), "[build]\ncommand = 'make'\nartefacts = ['x']\n").unwrap();
    refused(
        at,
        &["build"],
        "repro.toml:3: unknown field `artefacts`, expected one of",
    );
    fs::write(at.join("repro.toml"), [0xff, 0xfe]).unwrap();
    refused(at, &["build"], "repro.toml: ");
}

#[test]
fn the_command_line_wins_over_repro_toml() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("repro.toml"), "[build]\ncommand = 'make'\nartifacts = ['/x']\n").unwrap();
    refused(at, &["build"], "artifact \"/x\" is absolute");
    refused(
        at,
        &["build", "--artifact", "../../y"],
        "artifact \"../../y\" leads out",
    );
}

#[test]
fn a_work_folder_that_cannot_be() {
    let folder = tempfile::tempdir().unwrap();
    refused(
        folder.path(),
        &["doctor", "--work", "nowhere"],
        "a work folder below nowhere: No such file or directory",
    );
}

#[test]
fn doctor_knows_every_variation_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let output = repro(folder.path(), &["doctor", "--work", ".", "--format", "json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["variations"].as_array().unwrap().len(), 27);
    for line in report["variations"].as_array().unwrap() {
        assert_eq!(
            line["available"].as_bool().unwrap(),
            line["backend"].is_string(),
            "{line}"
        );
        assert_eq!(line["available"].as_bool().unwrap(), line["why"].is_null(), "{line}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Someone who holds the pipe, and a janitor that reads it.
fn janitor(base: &Path) -> (Child, Child, PathBuf) {
    let mut holder = Command::new("sleep").arg("600").stdout(Stdio::piped()).spawn().unwrap();
    let pipe = holder.stdout.take().unwrap();
    let mut janitor = Command::new(REPRO)
        .arg("_janitor")
        .arg(base)
        .stdin(pipe)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let path = std::io::read_to_string(janitor.stdout.take().unwrap()).unwrap();
    (holder, janitor, path.into())
}

#[test]
fn sigkill_of_the_parent_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (mut holder, mut janitor, work) = janitor(folder.path());
    assert_eq!(fs::metadata(&work).unwrap().mode() & 0o7777, 0o700);
    assert!(work.file_name().unwrap().to_str().unwrap().starts_with("repro-"));
    fs::create_dir_all(work.join("run/closed/inner")).unwrap();
    fs::write(work.join("run/closed/inner/file"), "").unwrap();
    fs::set_permissions(work.join("run/closed"), fs::Permissions::from_mode(0o0)).unwrap();
    // What a terminal, a service manager or a closed session sends does not reach it.
    for signal in ["INT", "TERM", "HUP", "QUIT"] {
        let done = Command::new("kill")
            .args(["-s", signal, &janitor.id().to_string()])
            .status()
            .unwrap();
        assert!(done.success());
    }
    sleep(Duration::from_millis(100));
    assert!(janitor.try_wait().unwrap().is_none());
    assert!(work.exists());
    // Something goes on writing for a while after the parent's end.
    let late = work.join("run/late");
    fs::create_dir(&late).unwrap();
    let mut writer = Command::new("sh")
        .args(["-c", "for i in 1 2 3 4 5 6 7 8 9 10; do X 0.05; done", "sh"])
        .arg(&late)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    holder.kill().unwrap();
    holder.wait().unwrap();
    let _ = writer.wait();
    assert!(janitor.wait().unwrap().success());
    assert!(!work.exists());
}

#[test]
fn a_secret_that_gets_out_is_caught_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let value = "s3cr3t-value-99";
    for (line, leaks) in [
        ("printf %s \"$TOKEN\" > out", true),
        ("printf %s \"$TOKEN\" | base64 > out", true),
        ("printf %s \"$TOKEN\" | gzip -n > out", true),
        ("printf %s \"$TOKEN\" | base32 > out", true),
        ("printf %s \"$TOKEN\" | rev > out", true),
        ("printf %s \"$TOKEN\" | tr a-z A-Z > out", true),
        ("printf %s \"$TOKEN\" | fold -w 5 > out", true),
        // In a name, and where a difference would be shown.
        ("echo x > \"out-$TOKEN\"", true),
        (
            "(hostname; printf '%s ' \"$TOKEN\"; hostname) > out; cp out \"out-$TOKEN\"",
            true,
        ),
        ("echo x > out; echo \"$TOKEN\"", true),
        ("test -n \"$TOKEN\" && echo x > out", false),
    ] {
        let output = Command::new(REPRO)
            .args([
                "build",
                "--variations",
                "umask,hostname",
                "--secret",
                "TOKEN",
                "--artifact",
                "out*",
            ])
            .args(["--format", "json", "--", line])
            .current_dir(folder.path())
            .env("TOKEN", value)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = [output.stdout.as_slice(), &output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(
            !said.to_lowercase().contains(value) && !said.contains("czNjcjN0"),
            "{line}: {said}"
        );
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let secret = &report["secrets"][0];
        assert_eq!(secret["name"], "TOKEN");
        assert_eq!(output.status.code(), Some(if leaks { 2 } else { 0 }), "{line}");
        let found = secret["found"].as_array().unwrap();
        assert_eq!(found.is_empty(), !leaks, "{line}: {found:?}");
        assert_eq!(leaks, said.contains("secret-in-artifact: TOKEN"), "{line}");
    }
}

#[test]
fn the_line_of_a_run_repeats_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let json = |output: &Output| -> serde_json::Value {
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    };
    let arguments = [
        "build",
        "--artifact",
        "out",
        "--variations",
        "umask,timezone",
        "--try-fixes",
    ];
    let arguments = [&arguments[..], &["--format", "json", "--", "date > out"]].concat();
    let report = json(&repro(at, &arguments));
    let runs = report["runs"].as_array().unwrap();
    let remedies = |run: &serde_json::Value| run["remedies"].as_array().is_some_and(|names| !names.is_empty());
    // One of each kind is enough: the controls and the remedies that did not help are alike.
    let (plain, cured): (Vec<_>, Vec<_>) = runs.iter().skip(1).partition(|run| !remedies(run));
    assert!(!cured.is_empty(), "{report}");
    for run in plain.into_iter().chain(cured.last().copied()) {
        // A folder that is not there yet.
        let kept = at.join(format!("kept/{}", run["id"]));
        let line = run["replay"].as_str().unwrap();
        let more = format!("'{REPRO}' build --format json --keep '{}'", kept.display());
        let line = line.replacen("repro build", &more, 1);
        let output = Command::new("sh").args(["-c", &line]).current_dir(at).output().unwrap();
        let again = json(&output);
        assert_eq!(output.status.code(), Some(0), "{line}");
        assert_eq!(again["runs"][0]["sha256"], run["sha256"], "{line}");
        let folders: Vec<_> = fs::read_dir(&kept)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert_eq!(folders.len(), 1, "{line}");
        assert!(!fs::read(folders[0].join("out")).unwrap().is_empty());
    }
    let all = report["replay"].as_str().unwrap();
    assert!(all.contains("--variations umask,timezone"), "{all}");
}
