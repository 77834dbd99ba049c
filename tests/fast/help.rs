//! Completions, manual pages, and what is proposed for a wrong word. What `--help` says of every command is in `tests/snapshots/help/`;
//! `REPRO_UPDATE=1 cargo test --test fast help::` writes it anew.

use crate::{
    cli::{ends, folder},
    support::golden::golden,
};
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// The help of a command, and of those below it, by the words that call them.
fn gather(words: &[&str], found: &mut BTreeMap<String, String>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repro"));
    // Where there is no terminal, this is its width.
    command
        .args(words)
        .arg("--help")
        .env("COLUMNS", "100")
        .stdin(Stdio::null());
    let done = command.output().unwrap();
    let help = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success() && !help.is_empty(), "{words:?}");
    for name in commands(&help) {
        gather(&[words, &[name]].concat(), found);
    }
    let name = [&["repro"], words].concat().join("-");
    found.insert(name, help);
}

/// The commands that a help lists, but for `help` itself.
fn commands(help: &str) -> impl Iterator<Item = &str> {
    let list = help.split_once("Commands:\n").map_or("", |(_, list)| list);
    let lines = list.lines().take_while(|line| !line.is_empty());
    // What continues a line is indented further.
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty() && *name != "help")
}

#[test]
fn help_is_as_it_was() {
    let mut found = BTreeMap::new();
    gather(&[], &mut found);
    assert!(found.contains_key("repro-diff"), "{:?}", found.keys());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/help");
    let mut wrong: Vec<String> = Vec::new();
    for (name, help) in &found {
        wrong.extend(golden(&folder.join(format!("{name}.txt")), help).err());
    }
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !found.contains_key(path.file_stem().unwrap().to_str().unwrap()) {
            wrong.push(format!("{} is of no command", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A real bash completes by the script; what only the program says to itself is in neither it nor the manual.
#[test]
fn completions_and_manual_pages() {
    let folder = folder();
    let at = folder.path();
    let print = |arguments: &[&str]| String::from_utf8(ends(at, arguments, 0, "").stdout).unwrap();
    fs::write(at.join("repro.bash"), print(&["completions", "bash"])).unwrap();
    for (words, completed) in [
        ("repro d", "diff ddc doctor"),
        ("repro explain archive-m", "archive-mtime"),
        ("repro lint --select py-set", "py-set-iter"),
        ("repro build --variations time,loc", "time,locale"),
        ("repro build --remedy SOURCE_DATE", "SOURCE_DATE_EPOCH"),
        ("repro man dif", "diff"),
        ("repro hash --algorithm bl", "blake3"),
    ] {
        let script = format!(
            "source ./repro.bash; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _repro_list repro ${{COMP_WORDS[-1]}} ${{COMP_WORDS[-2]}}; echo \"${{COMPREPLY[*]}}\""
        );
        let output = Command::new("bash")
            .args(["-c", &script])
            .current_dir(at)
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{completed}\n"));
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(!print(&["completions", shell]).contains("_sandbox"), "{shell}");
    }
    let (whole, one) = (print(&["man"]), print(&["man", "verify"]));
    assert!(
        whole.contains("repro\\-gate(1)") && !whole.contains("_sandbox"),
        "{whole}"
    );
    assert!(
        one.contains(".TH repro-verify 1") && one.contains("no\\-dissent"),
        "{one}"
    );
    for says in ["\"EXIT STATUS\"", ".SH VERDICTS", ".SH EXAMPLES"] {
        assert!(one.contains(says), "{one}");
    }
    ends(at, &["man", "_sandbox"], 2, "no such command");
}

/// What is near is proposed, and nothing else.
#[test]
fn what_was_meant_is_proposed() {
    let folder = folder();
    let at = folder.path();
    for (arguments, says) in [
        (&["explain", "archive-mtim"][..], "did you mean `archive-mtime`?"),
        (&["lint", "--select", "py-set-itr"], "did you mean `py-set-iter`?"),
        (&["man", "dif"], "did you mean `diff`?"),
        (
            &["hash", "--algorithm", "sha265", "one"],
            "[possible values: sha256, blake3, sha384, sha512]",
        ),
        (
            &["hash", "--algorithm", "sha265", "one"],
            "a similar value exists: 'sha256'",
        ),
        (&["hash", "--algorithm", "md5", "one"], "too weak to write"),
        (
            &["check", "--algorithm", "sha265", "one"],
            "a similar value exists: 'sha256'",
        ),
        (&["gate", "--enforce", "blok"], "a similar value exists: 'block'"),
    ] {
        ends(at, arguments, 2, says);
    }
    let output = ends(at, &["explain", "nope"], 2, "`repro explain` lists them\n");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("did you mean"));
    ends(at, &["hash", "--algorithm", "SHA-256", "one"], 0, "");
}
