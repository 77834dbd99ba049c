//! What is shown on a terminal, and only there: colours, a pager.

use std::{
    fs::{self, File},
    io::Read,
    path::Path,
    process::{Command, Stdio},
};

fn command(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repro"));
    for name in [
        "NO_COLOR",
        "CLICOLOR_FORCE",
        "REPRO_PAGER",
        "PAGER",
        "LESS",
        "GITHUB_ACTIONS",
    ] {
        command.env_remove(name);
    }
    command.env("TERM", "xterm").envs(variables.iter().copied());
    // A slow machine would draw a bar.
    command.args(arguments).arg("--no-progress");
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// Exit status, and what the terminal got.
fn on_terminal(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String) {
    on_wide_terminal(None, folder, variables, arguments)
}

/// The same of a terminal that tells how many columns it has.
fn on_wide_terminal(
    columns: Option<u16>,
    folder: &Path,
    variables: &[(&str, &str)],
    arguments: &[&str],
) -> (Option<i32>, String) {
    let mut command = command(folder, variables, arguments);
    shown(columns.map(|columns| (24, columns)), &mut command)
}

/// The same of any command, on a terminal that tells so many rows and columns.
fn shown(size: Option<(u16, u16)>, command: &mut Command) -> (Option<i32>, String) {
    let size = size.map(|(ws_row, ws_col)| nix::pty::Winsize {
        ws_row,
        ws_col,
        ws_xpixel: 0,
        ws_ypixel: 0,
    });
    let pty = nix::pty::openpty(size.as_ref(), None).unwrap();
    let (mut master, slave) = (File::from(pty.master), File::from(pty.slave));
    let mut child = command
        .stdout(slave.try_clone().unwrap())
        .stderr(slave)
        .spawn()
        .unwrap();
    // Its copies of the terminal's end go.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut shown = Vec::new();
    let mut buffer = [0; 4096];
    // The end of a terminal is an error.
    while let Ok(count @ 1..) = master.read(&mut buffer) {
        shown.extend_from_slice(&buffer[..count]);
    }
    let status = child.wait().unwrap();
    (status.code(), String::from_utf8(shown).unwrap())
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("one"), "the same\n").unwrap();
    fs::write(folder.path().join("other"), "not the same\n").unwrap();
    folder
}

#[test]
fn a_report_on_a_terminal_is_paged() {
    let folder = folder();
    let shown = |variables: &[(&str, &str)], more: &[&str]| {
        let arguments = [&["diff", "one", "other"], more].concat();
        let (status, text) = on_terminal(folder.path(), variables, &arguments);
        // Whatever becomes of the pager.
        assert_eq!(status, Some(1), "{variables:?} {more:?}: {text}");
        text
    };
    let marked = ("REPRO_PAGER", "sed s/^/paged:/");
    let plain = shown(&[("REPRO_PAGER", "")], &[]);
    assert!(plain.contains("different"), "{plain}");
    assert!(shown(&[marked], &[]).starts_with("paged:"));
    assert!(shown(&[("PAGER", marked.1)], &[]).starts_with("paged:"));
    assert!(shown(&[marked, ("PAGER", "cat")], &[]).starts_with("paged:"));
    assert_eq!(shown(&[("REPRO_PAGER", ""), ("PAGER", marked.1)], &[]), plain);
    assert_eq!(shown(&[("PAGER", "cat")], &[]), plain);
    // One that is closed at once, one that fails, two that are not there.
    assert_eq!(shown(&[("REPRO_PAGER", "true")], &[]), "");
    assert_eq!(shown(&[("REPRO_PAGER", "exit 3")], &[]), "");
    assert_eq!(shown(&[("REPRO_PAGER", "no-such-pager")], &[]), plain);
    assert!(shown(&[("REPRO_PAGER", "no-such-pager -x")], &[]).ends_with(&plain));
    // Nobody asked for one.
    assert_eq!(shown(&[marked], &["--no-pager"]), plain);
    assert_eq!(shown(&[marked], &["--output", "-"]), plain);
    assert!(shown(&[marked], &["--format", "json"]).starts_with('{'));
    assert_eq!(shown(&[marked], &["--output", "file"]), "");
    let file = fs::read_to_string(folder.path().join("file")).unwrap();
    assert!(file.starts_with("different"), "{file}");
    // In a pipe.
    let output = command(folder.path(), &[marked], &["diff", "one", "other"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), file);
}

#[test]
fn prose_is_as_wide_as_the_terminal() {
    let folder = folder();
    let explained = |columns| {
        let arguments = ["explain", "archive-mtime"];
        let (status, text) = on_wide_terminal(columns, folder.path(), &[], &arguments);
        assert_eq!(status, Some(0), "{text}");
        text.replace('\r', "")
    };
    let widest = |text: &str| text.lines().map(|line| line.chars().count()).max().unwrap();
    let [narrow, usual, wide] = [Some(44), None, Some(200)].map(explained);
    // A command stays whole.
    assert!(
        narrow.contains("tar --mtime=@$SOURCE_DATE_EPOCH --clamp-mtime"),
        "{narrow}"
    );
    assert!((30..=60).contains(&widest(&narrow)), "{narrow}");
    assert!((60..=80).contains(&widest(&usual)), "{usual}");
    assert!((120..=200).contains(&widest(&wide)), "{wide}");
    let piped = command(folder.path(), &[], &["explain", "archive-mtime"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&piped.stdout), usual);
}

#[test]
fn a_dumb_terminal_gets_plain_text() {
    let folder = folder();
    let coloured = |variables: &[(&str, &str)], more: &[&str]| {
        let arguments = [&["diff", "one", "other", "--no-pager"], more].concat();
        on_terminal(folder.path(), variables, &arguments).1.contains('\x1b')
    };
    let dumb = ("TERM", "dumb");
    assert!(coloured(&[], &[]));
    assert!(!coloured(&[dumb], &[]));
    assert!(coloured(&[dumb], &["--color", "always"]));
    assert!(coloured(&[dumb, ("CLICOLOR_FORCE", "1")], &[]));
}

/// A bar is one line, also on a terminal that does not tell its size, as one that `script` makes.
#[test]
fn a_bar_does_not_wrap() {
    let folder = tempfile::tempdir().unwrap();
    // Nothing is drawn of what takes no time.
    File::create(folder.path().join("large"))
        .unwrap()
        .set_len(1 << 30)
        .unwrap();
    for (rows, columns, most) in [(0, 0, 40), (0, 30, 30), (24, 0, 40)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_repro"));
        command.args(["hash", "--jobs", "1", "large", "-o", "manifest"]);
        command.env("TERM", "xterm").current_dir(&folder).stdin(Stdio::null());
        let (status, text) = shown(Some((rows, columns)), &mut command);
        assert_eq!(status, Some(0), "{text}");
        for line in text.split('\r').map(|line| line.trim_start_matches("\u{1b}[2K")) {
            assert!(
                line.chars().count() <= most && !line.contains('\n'),
                "{rows}x{columns}: {line:?}"
            );
        }
    }
}
