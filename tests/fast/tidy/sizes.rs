//! A file past 400 lines becomes a folder.

use super::{File, files, none};

const MOST: usize = 400;

/// Files that are longer: how many lines they may have, and why they have them. The numbers go down.
const LONGER: &[(&str, usize, &str)] = &[
    ("src/cause/known/tests.rs", 444, "cases of one walk"),
    ("src/history/analyse/tests.rs", 407, "one story after the other"),
    (
        "src/rebuild/experiment/tests.rs",
        578,
        "one made-up build after the other",
    ),
    ("src/rebuild/record/tests.rs", 435, "one record after the other"),
    ("src/rebuild/search/tests.rs", 420, "one made-up oracle after the other"),
    (
        "tests/privileged/rebuild.rs",
        467,
        "a table of what every case must give",
    ),
    ("tests/tools/attest/attacks.rs", 460, "a table of attacks"),
    ("tests/tools/ddc.rs", 520, "one scene of a compiler after the other"),
];

fn complaints(files: &[File], longer: &[(&str, usize, &str)]) -> Vec<String> {
    let mut complaints = Vec::new();
    for File { path, text } in files {
        let lines = text.lines().count();
        match longer.iter().find(|(longer, ..)| longer == path) {
            None if lines > MOST => {
                complaints.push(format!("{path} has {lines} lines: past {MOST} it becomes a folder"));
            }
            Some((_, most, _)) if lines > *most => {
                complaints.push(format!("{path} has {lines} lines, {most} of which are excused"));
            }
            Some(_) if lines <= MOST => {
                complaints.push(format!("{path} has {lines} lines: no excuse is needed any more"));
            }
            _ => {}
        }
    }
    for (path, ..) in longer {
        if !files.iter().any(|file| file.path == *path) {
            complaints.push(format!("{path} is excused and not there"));
        }
    }
    complaints
}

#[test]
fn no_file_is_longer_than_is_said() {
    none(&complaints(&files(&["src", "tests"], ".rs"), LONGER));
}

#[test]
fn broken_once() {
    let files: Vec<File> = [("a.rs", 400), ("b.rs", 401), ("c.rs", 402), ("d.rs", 400)]
        .map(|(path, lines)| File::new(path, &"x\n".repeat(lines)))
        .into();
    let longer = [("c.rs", 401, ""), ("d.rs", 500, ""), ("e.rs", 500, "")];
    assert_eq!(
        complaints(&files, &longer),
        [
            "b.rs has 401 lines: past 400 it becomes a folder",
            "c.rs has 402 lines, 401 of which are excused",
            "d.rs has 400 lines: no excuse is needed any more",
            "e.rs is excused and not there",
        ]
    );
}
