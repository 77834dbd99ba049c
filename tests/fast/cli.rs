//! Exit statuses and messages of the command line, as scripts see them.

use repro::report::format::Format;
use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

/// Also where the tests are run by GitHub, which is told nothing.
pub fn repro(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_repro"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("GITHUB_ACTIONS")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[track_caller]
pub fn ends(folder: &Path, arguments: &[&str], status: i32, says: &str) -> Output {
    let output = repro(folder, arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "repro {arguments:?}\n{stderr}");
    assert!(
        stderr.contains(says),
        "repro {arguments:?} says\n{stderr}\nnot {says:?}"
    );
    assert!(!stderr.contains("panicked"), "{stderr}");
    if status == 2 && !says.is_empty() {
        assert!(
            output.stdout.is_empty(),
            "trouble leaves no half answer on standard output"
        );
    }
    output
}

/// A folder with the files that the cases name.
pub fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("one"), "the same\n").unwrap();
    fs::write(at.join("same"), "the same\n").unwrap();
    fs::write(at.join("other"), "not the same\n").unwrap();
    fs::write(at.join("empty"), "").unwrap();
    fs::write(at.join("void"), "").unwrap();
    fs::create_dir(at.join("folder")).unwrap();
    folder
}

#[test]
fn diff_exit_statuses() {
    let folder = folder();
    let at = folder.path();
    ends(at, &["diff", "one", "same"], 0, "");
    ends(at, &["diff", "one", "one"], 0, "");
    ends(at, &["diff", "empty", "void"], 0, "");
    ends(at, &["diff", "folder", "folder"], 0, "");
    ends(at, &["diff", "one", "other"], 1, "");
    ends(at, &["diff", "one", "empty"], 1, "");
    ends(at, &["diff", "empty", "one"], 1, "");
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (case, verdict) in [
        ("cause/pe-timestamp/dll/a.dll", "explained: "),
        ("cause/cpp-date-time/executable/a.elf", "plausible: "),
        ("tampered/zip-method/a.zip", "different: "),
    ] {
        let a = corpus.join(case);
        let b = a.with_file_name(format!("b.{}", a.extension().unwrap().to_str().unwrap()));
        let output = ends(at, &["diff", a.to_str().unwrap(), b.to_str().unwrap()], 1, "");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.starts_with(verdict), "{case}: {said}");
    }
    ends(at, &["diff", "one", "missing"], 2, "missing: ");
    ends(at, &["diff", "missing", "one"], 2, "missing: ");
    ends(at, &["diff", "", "one"], 2, "value is required");
    ends(at, &["diff", "one", "folder"], 2, "folder");
    ends(at, &["diff", "folder", "one"], 2, "folder");
}

#[test]
fn a_wrong_command_line_is_trouble_not_a_difference() {
    let folder = folder();
    let at = folder.path();
    ends(at, &[], 2, "Usage");
    ends(at, &["no-such-command"], 2, "unrecognized subcommand");
    ends(at, &["diff"], 2, "required");
    ends(at, &["diff", "one"], 2, "required");
    ends(at, &["diff", "one", "same", "other"], 2, "unexpected argument");
    ends(
        at,
        &["diff", "--no-such-option", "one", "same"],
        2,
        "unexpected argument",
    );
    ends(
        at,
        &["diff", "--format", "no-such-format", "one", "same"],
        2,
        "invalid value",
    );
    ends(at, &["diff", "--format", "tagged", "one", "same"], 2, "tagged");
    ends(at, &["diff", "--jobs", "0", "one", "same"], 2, "invalid value");
    ends(at, &["diff", "--jobs", "many", "one", "same"], 2, "invalid value");
    ends(
        at,
        &["diff", "--output", "no-such-folder/report", "one", "other"],
        2,
        "no-such-folder",
    );
}

#[test]
fn help_and_version_are_answers() {
    let folder = folder();
    for arguments in [&["--help"][..], &["--version"], &["diff", "--help"]] {
        let output = ends(folder.path(), arguments, 0, "");
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("repro"),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_path_that_cannot_be_read_is_trouble() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let at = folder.path();
    fs::set_permissions(at.join("other"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(at.join("other")).is_ok() {
        // Root reads everything: a loop of symbolic links is a path that not even root can open.
        fs::remove_file(at.join("other")).unwrap();
        std::os::unix::fs::symlink("other", at.join("other")).unwrap();
    }
    ends(at, &["diff", "one", "other"], 2, "other: ");
    ends(at, &["diff", "other", "one"], 2, "other: ");
}

#[test]
fn a_repro_toml_that_is_no_small_file_is_trouble() {
    let folder = folder();
    let at = folder.path();
    let commands: [&[&str]; 4] = [
        &["lint"],
        &["gate", "--no-rebuild"],
        &["history"],
        &["build", "--artifact", "one", "--", "true"],
    ];
    let all = |says: &str| {
        for command in commands {
            ends(at, command, 2, says);
        }
    };
    let toml = at.join("repro.toml");
    assert!(Command::new("mkfifo").arg(&toml).status().unwrap().success());
    all("repro.toml: not a regular file");
    fs::remove_file(&toml).unwrap();
    fs::create_dir(&toml).unwrap();
    all("repro.toml: is a directory");
    fs::remove_dir(&toml).unwrap();
    // Sparse, so that reading it whole would take all memory.
    fs::File::create(&toml).unwrap().set_len(1 << 40).unwrap();
    all("repro.toml: larger than 1048576 bytes");
}

#[test]
fn an_unreadable_member_of_a_folder_is_never_identical() {
    let folder = folder();
    let at = folder.path();
    for side in ["x", "y"] {
        fs::create_dir(at.join(side)).unwrap();
        fs::write(at.join(side).join("equal"), "equal").unwrap();
        let made = Command::new("mkfifo").arg(at.join(side).join("pipe")).status().unwrap();
        assert!(made.success());
    }
    // A pipe is never opened, so this ends; two pipes hold no bytes that could differ.
    ends(at, &["diff", "x", "y"], 0, "");
    fs::remove_file(at.join("y/pipe")).unwrap();
    fs::write(at.join("y/pipe"), "").unwrap();
    ends(at, &["diff", "x", "y"], 1, "");
}

#[test]
fn no_name_or_text_turns_the_terminal_around() {
    let folder = folder();
    let at = folder.path();
    for (side, text) in [("x", "1\u{200b}2"), ("y", "12")] {
        fs::create_dir(at.join(side)).unwrap();
        fs::write(at.join(side).join("cod\u{202e}exe.\u{61c}txt"), text).unwrap();
    }
    for format in ["text", "html"] {
        let output = ends(at, &["diff", "--format", format, "x", "y"], 1, "");
        let said = String::from_utf8(output.stdout).unwrap();
        let raw = said
            .chars()
            .find(|&c| c != '\n' && c != '\t' && repro::notation::unseen(c));
        assert_eq!(raw, None, "{said}");
        assert!(
            said.contains("cod\\u{202e}exe.\\u{61c}txt") && said.contains("\\u{200b}"),
            "{said}"
        );
    }
    let output = ends(at, &["hash", "x"], 0, "");
    assert!(
        String::from_utf8(output.stdout).unwrap().contains("cod\u{202e}exe"),
        "a list names files as they are"
    );
}

#[test]
fn the_report_goes_where_output_says() {
    let folder = folder();
    let at = folder.path();
    let printed = ends(at, &["diff", "one", "other"], 1, "").stdout;
    let written = ends(at, &["diff", "-o", "report", "one", "other"], 1, "");
    assert!(written.stdout.is_empty());
    assert_eq!(fs::read(at.join("report")).unwrap(), printed);
    let json = ends(at, &["diff", "--format", "json", "one", "other"], 1, "").stdout;
    let report: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(report["verdict"], "different");
    assert_eq!(report["a"]["path"], "one");
    assert_eq!(report["a"]["size"], 9);
}

#[test]
fn a_reader_that_goes_away_does_not_hide_the_difference() {
    let folder = folder();
    let mut child = Command::new(env!("CARGO_BIN_EXE_repro"))
        .args(["diff", "one", "other"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn explain_exit_statuses() {
    let folder = folder();
    let at = folder.path();
    let list = ends(at, &["explain"], 0, "").stdout;
    let page = ends(at, &["explain", "archive-mtime"], 0, "").stdout;
    let (list, page) = (String::from_utf8_lossy(&list), String::from_utf8_lossy(&page));
    assert!(list.contains("archive-mtime") && list.contains("gzip-mtime"), "{list}");
    assert!(
        page.contains("SOURCE_DATE_EPOCH") && page.contains("https://"),
        "{page}"
    );
    ends(at, &["explain", "no-such-cause"], 2, "no-such-cause");
    ends(
        at,
        &["explain", "archive-mtime", "gzip-mtime"],
        2,
        "unexpected argument",
    );
    ends(at, &["explain", "--format", "html"], 2, "html");
}

#[test]
fn hash_and_check_exit_statuses() {
    let folder = folder();
    let at = folder.path();
    ends(at, &["hash", "one", "folder", "-o", "manifest"], 0, "");
    ends(at, &["check", "manifest"], 0, "");
    fs::write(at.join("one"), "changed\n").unwrap();
    ends(at, &["check", "manifest"], 1, "");
    fs::remove_file(at.join("one")).unwrap();
    ends(at, &["check", "manifest"], 1, "");
    ends(at, &["check", "missing"], 2, "missing: ");
    assert_eq!(repro(at, &["hash", "missing"]).status.code(), Some(2));
    ends(at, &["hash", "--format", "junit", "same"], 2, "junit");
}

/// A command offers the formats that it has, wherever `--format` stands, and refuses the others with the list.
#[test]
fn formats_are_those_of_the_command() {
    let folder = folder();
    let at = folder.path();
    let checked = "text, json, html, markdown, sarif, junit, code-quality, github";
    for (command, formats) in [
        (&["hash"][..], "text, tagged, json"),
        (&["check"], checked),
        (&["diff"], checked),
        (&["build"], checked),
        (&["rebuild"], checked),
        (&["ddc"], checked),
        (&["lint"], checked),
        (&["gate"], checked),
        (&["verify"], checked),
        (&["explain"], "text, json"),
        (&["lock"], "text, json"),
        (&["attest"], "text, json"),
        (&["doctor"], "text, json, markdown"),
        (&["history"], "text, json, markdown, html"),
        (&["history", "prune"], "text, json"),
    ] {
        let help = repro(at, &[command, &["-h"]].concat());
        let help = String::from_utf8(help.stdout).unwrap();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(help.contains(&format!("[possible values: {formats}]")), "{help}");
        let also = formats == checked;
        assert_eq!(help.contains(&format!("FORMAT: {checked}")), also, "{help}");
        let all = Format::ALL.iter().map(|format| format.name());
        let refused = all.filter(|name| !formats.split(", ").any(|known| known == *name));
        for name in refused {
            let says = format!("[possible values: {formats}]");
            let output = repro(at, &[command, &["--format", name]].concat());
            assert_eq!(output.status.code(), Some(2));
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert!(stderr.contains(&says), "{command:?} {name}: {stderr}");
        }
    }
    ends(
        at,
        &["--format", "junit", "hash", "same"],
        2,
        "[possible values: text, tagged, json]",
    );
    ends(at, &["--format", "tagged", "hash", "same"], 0, "");
    // Where there is no choice, none is shown.
    for command in ["schema", "completions", "man"] {
        let help = repro(at, &[command, "--help"]);
        assert!(
            !String::from_utf8(help.stdout).unwrap().contains("--format <"),
            "{command}"
        );
    }
}

#[test]
fn an_include_that_matches_nothing_is_said() {
    let folder = folder();
    ends(
        folder.path(),
        &["hash", "--include", "*.rs", "."],
        0,
        "--include: no file matches",
    );
}
