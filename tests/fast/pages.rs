//! What the pages, such as README.md and those of `docs/`, show of a terminal is what the program prints. A block `console` is run where this repository's root is, or in
//! a copy of a folder that a comment before it names: `<!-- in: FOLDER -->`. One with `<!-- not run: REASON -->` before it is not.
//! In what is printed, `…` stands for the rest of a line, and alone on one for lines.

use crate::{
    docs::pages,
    support::{program_folder, root},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A block of a page: the line that it begins in, the comment before it, and its lines.
struct Block<'p> {
    line: usize,
    comment: &'p str,
    lines: Vec<&'p str>,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let lines: Vec<&str> = page.lines().collect();
    let starts = (0..lines.len()).filter(|&at| lines[at].trim() == "```console");
    starts
        .map(|at| Block {
            line: at + 1,
            comment: at.checked_sub(1).map_or("", |before| lines[before].trim()),
            lines: lines[at + 1..]
                .iter()
                .take_while(|line| line.trim() != "```")
                .copied()
                .collect(),
        })
        .collect()
}

/// The text of a comment that begins with a word.
fn said<'c>(comment: &'c str, word: &str) -> Option<&'c str> {
    comment.strip_prefix("<!-- ")?.strip_prefix(word)?.strip_suffix(" -->")
}

/// Whether lines are as they are shown.
fn alike(shown: &[&str], printed: &[&str]) -> bool {
    match (shown, printed) {
        ([], []) => true,
        (["…"], _) => true,
        (["…", rest @ ..], _) => (0..=printed.len()).any(|from| alike(rest, &printed[from..])),
        ([line, rest @ ..], [first, others @ ..]) => {
            let same = line.split_once('…').map_or(line == first, |(start, end)| {
                first.starts_with(start) && (end.is_empty() || first[start.len()..].ends_with(end))
            });
            same && alike(rest, others)
        }
        _ => false,
    }
}

/// Runs a block's commands, each of which begins with `$ `, and says what is printed otherwise than shown.
fn complaints(block: &Block<'_>, folder: &Path) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut rest = &block.lines[..];
    while let [first, after @ ..] = rest {
        let end = after
            .iter()
            .position(|line| line.starts_with("$ "))
            .unwrap_or(after.len());
        let (shown, following) = after.split_at(end);
        rest = following;
        let Some(command) = first.strip_prefix("$ ") else {
            complaints.push(format!("{first}: no command"));
            continue;
        };
        let path = format!("{}:{}", program_folder().display(), std::env::var("PATH").unwrap());
        let done = Command::new("sh")
            .args(["-c", &format!("exec 2>&1\n{command}")])
            .current_dir(folder)
            .env("PATH", path)
            .env_remove("GITHUB_ACTIONS")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let printed = String::from_utf8(done.stdout).unwrap();
        let trimmed: Vec<&str> = printed.trim_end().lines().map(str::trim_end).collect();
        // A blank line before the next command is none of what is printed.
        let shown = shown.strip_suffix(&[""]).unwrap_or(shown);
        if !alike(shown, &trimmed) {
            complaints.push(format!("{command} prints\n{printed}"));
        }
    }
    complaints
}

/// A copy of a folder, in which files can be made.
fn copy(folder: &str) -> (tempfile::TempDir, PathBuf) {
    let copy = tempfile::tempdir().unwrap();
    let mut command = Command::new("cp");
    command.arg("-r").arg(root().join(folder)).arg(copy.path().join("copy"));
    assert!(command.status().unwrap().success(), "{folder}");
    let path = copy.path().join("copy");
    (copy, path)
}

#[test]
fn terminals_are_true() {
    let (mut run, mut wrong) = (0, Vec::new());
    for path in pages() {
        let page = fs::read_to_string(&path).unwrap();
        for block in blocks(&page)
            .iter()
            .filter(|block| said(block.comment, "not run: ").is_none())
        {
            run += 1;
            let copied = said(block.comment, "in: ").map(copy);
            let folder = copied.as_ref().map_or(root(), |(_, folder)| folder);
            let found = complaints(block, folder).into_iter();
            wrong.extend(found.map(|what| format!("{}:{}: {what}", path.display(), block.line)));
        }
    }
    assert!(run > 0, "no block was run");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_shown_is_compared() {
    let page = "<!-- in: a b -->\n```console\n$ x\ny\n\n$ z\n```\n```sh\nw\n```\n";
    let found = blocks(page);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].line, said(found[0].comment, "in: ")), (2, Some("a b")));
    assert_eq!(found[0].lines, ["$ x", "y", "", "$ z"]);
    for (shown, printed, same) in [
        (&["a", "b"][..], &["a", "b"][..], true),
        (&["a"], &["a", "b"], false),
        (&["a", "b"], &["a"], false),
        (&["a…"], &["abc"], true),
        (&["a…c"], &["abc"], true),
        (&["a…d"], &["abc"], false),
        (&["…", "b"], &["x", "y", "b"], true),
        (&["…", "b"], &["x", "b", "y"], false),
        (&["a", "…"], &["a", "x", "y"], true),
    ] {
        assert_eq!(alike(shown, printed), same, "{shown:?} {printed:?}");
    }
    let block = |lines: &[&'static str]| Block {
        line: 1,
        comment: "",
        lines: lines.to_vec(),
    };
    assert_eq!(
        complaints(&block(&["$ echo a", "a", "", "$ echo b >&2", "b"]), root()),
        [""; 0]
    );
    assert_eq!(complaints(&block(&["$ echo a", "b"]), root()), ["echo a prints\na\n"]);
}
