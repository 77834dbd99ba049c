//! A run goes on where another one was stopped, and only there.

use super::Scene;
use std::{
    fs,
    process::{Command, Stdio},
    time::Duration,
};

#[test]
fn a_run_that_is_killed_goes_on() {
    let scene = Scene::new(5);
    scene.diff("pairs", &["-o", "whole.jsonl"], 1, "");
    let whole = scene.merged(&["whole.jsonl"], 1);
    let mut child = Command::new(env!("CARGO_BIN_EXE_repro"))
        .args(["diff", "--pairs", "pairs", "-o", "killed.jsonl"])
        .current_dir(scene.at())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let some = || fs::read_to_string(scene.at().join("killed.jsonl")).is_ok_and(|text| text.lines().count() > 5);
    while !some() {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = scene.read("killed.jsonl");
    let kept = before.rfind('\n').unwrap();
    assert!(before.lines().count() < scene.pairs.len(), "it was killed too late");
    // As a kill in the middle of a line leaves it.
    scene.write("killed.jsonl", &format!("{}{{\"item\":\"corpus/", &before[..=kept]));
    let half = scene.merged(&["killed.jsonl"], 2);
    assert_eq!(half["dropped"][0]["why"], "cut off");
    let left = scene.pairs.len() - before[..kept].lines().count() + 1;
    assert_eq!(half["missing"]["items"], left);
    assert_eq!(half["missing"]["unfinished"]["killed.jsonl"], left);
    let named = scene.merged(&["killed.jsonl", "--list", "pairs"], 2);
    let name = scene.pairs[scene.pairs.len() - left].trim().replace('\t', " ");
    assert_eq!(named["missing"]["names"][0], name);

    let told = scene.diff("pairs", &["-o", "killed.jsonl"], 1, "dropped: cut off");
    assert!(
        told.contains(&format!(
            "{} of {} items are done already",
            scene.pairs.len() - left,
            scene.pairs.len()
        )),
        "{told}"
    );
    assert!(
        scene.read("killed.jsonl").starts_with(&before[..kept]),
        "what was done was done again"
    );
    scene.lines("killed.jsonl");
    assert_eq!(scene.merged(&["killed.jsonl"], 1), whole);
    // Once more: there is nothing to do.
    let done = scene.read("killed.jsonl");
    scene.diff("pairs", &["-o", "killed.jsonl"], 1, "");
    assert_eq!(scene.read("killed.jsonl"), done);
}

/// A file that ends the process that looks at it (by taking all memory, say) does not end its shard.
#[test]
fn an_item_that_ends_three_processes_is_left_out() {
    let scene = Scene::new(40);
    scene.diff("pairs", &["-o", "out.jsonl"], 1, "");
    let text = scene.read("out.jsonl");
    let first: Vec<&str> = text.lines().take(3).collect();
    // The head, two items, and two runs that went on at the third.
    let third = "{\"resumed\":3}";
    scene.write("out.jsonl", &format!("{}\n{third}\n{third}\n", first.join("\n")));
    scene.diff("pairs", &["-o", "out.jsonl"], 2, "3 processes ended while they did it");
    let lines = scene.lines("out.jsonl");
    assert_eq!(lines.iter().filter(|line| line["at"] == 3).count(), 1);
    assert_eq!(lines.len(), scene.pairs.len() + 3);
    // It can be tried again, and then counts.
    scene.diff("pairs", &["-o", "out.jsonl", "--retry-errors"], 1, "");
    scene.write("whole.jsonl", &text);
    assert_eq!(scene.merged(&["out.jsonl"], 1), scene.merged(&["whole.jsonl"], 1));
}

#[test]
fn a_file_of_others_is_not_continued() {
    let scene = Scene::new(100);
    scene.write("precious", "my text\n");
    scene.diff(
        "pairs",
        &["-o", "precious"],
        2,
        "precious:1: not what `repro` writes of a list",
    );
    assert_eq!(scene.read("precious"), "my text\n");
    scene.diff("pairs", &["-o", "out.jsonl", "--shard", "1/2"], 1, "");
    let text = scene.read("out.jsonl");
    scene.diff(
        "pairs",
        &["-o", "out.jsonl", "--shard", "2/2"],
        2,
        "out.jsonl: holds lines of shard 1/2",
    );
    scene.write("more", &format!("new\tpairs\tpairs\n{}", scene.pairs.concat()));
    scene.diff(
        "more",
        &["-o", "out.jsonl", "--shard", "1/2"],
        2,
        "holds lines of the list",
    );
    assert_eq!(scene.read("out.jsonl"), text);
    // Two processes would write into each other's lines.
    let file = fs::File::options()
        .append(true)
        .open(scene.at().join("out.jsonl"))
        .unwrap();
    rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive).unwrap();
    scene.diff(
        "pairs",
        &["-o", "out.jsonl", "--shard", "1/2"],
        2,
        "another process is writing to it",
    );
    drop(file);
    scene.diff("pairs", &["-o", "out.jsonl", "--shard", "1/2"], 1, "");
    // A head that was cut off is begun anew.
    scene.write("head.jsonl", &text[..30]);
    scene.diff("pairs", &["-o", "head.jsonl", "--shard", "1/2"], 1, "");
    assert_eq!(scene.lines("head.jsonl").len(), text.lines().count());
}
