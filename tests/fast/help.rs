//! What `--help` says, of every command: `tests/snapshots/help/`. `REPRO_UPDATE=1 cargo test --test fast help::` writes it anew.

use crate::support::golden;
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
