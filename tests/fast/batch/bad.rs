//! Bad items, bad lists, and lines that do not belong together.

use super::Scene;
use crate::{cli::ends, support};
use std::fs;

#[test]
fn one_bad_item_ends_nothing() {
    let scene = Scene::new(200);
    scene.write("one", "1\n");
    fs::create_dir(scene.at().join("folder")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, scene.at().join("pipe"), rustix::fs::Mode::RUSR).unwrap();
    let bad = "one\tmissing\none\tfolder\nonly one\npipe\tone\n-\tone\nempty\t\t\noci:missing\tone\n";
    scene.write(
        "list",
        &format!("# A comment.\n{bad}same\tone\tone\n{}", scene.pairs.concat()),
    );
    scene.diff(
        "list",
        &["-o", "out.jsonl"],
        2,
        "one missing: missing: No such file or directory",
    );
    let lines = scene.lines("out.jsonl");
    let errors: Vec<&str> = lines.iter().filter_map(|line| line["error"].as_str()).collect();
    assert_eq!(
        errors,
        [
            "missing: No such file or directory",
            "folder is a folder, one is not: give two folders or two files",
            "list:4: give A<TAB>B or NAME<TAB>A<TAB>B",
            "pipe is a pipe, which no list may name",
            "- is a pipe, which no list may name",
            "list:7: give A<TAB>B or NAME<TAB>A<TAB>B",
            "oci:missing is an image, one is not: give two images, two folders or two files",
        ]
    );
    assert_eq!(lines.len(), 1 + 7 + 1 + scene.pairs.len());
    assert_eq!(
        (&lines[8]["item"], &lines[8]["verdict"]),
        (&"same".into(), &"identical".into())
    );
    let report = scene.merged(&["out.jsonl"], 2);
    assert_eq!(report["verdicts"]["error"], 7);
    // What was missing is there now.
    scene.write("missing", "1\n");
    scene.diff("list", &["-o", "out.jsonl"], 2, "");
    assert_eq!(scene.lines("out.jsonl").len(), lines.len(), "an error is a result");
    scene.diff("list", &["-o", "out.jsonl", "--retry-errors"], 2, "");
    let report = scene.merged(&["out.jsonl"], 2);
    assert_eq!(
        (&report["verdicts"]["error"], &report["twice"]["items"]),
        (&6.into(), &0.into())
    );
}

#[test]
fn a_list_that_is_none_is_refused() {
    let scene = Scene::new(400);
    scene.write("nothing", "# nothing\n\n");
    scene.diff("nothing", &[], 2, "nothing: lists nothing");
    scene.diff("missing", &[], 2, "missing: No such file or directory");
    fs::create_dir(scene.at().join("folder")).unwrap();
    scene.diff("folder", &[], 2, "folder: is a directory");
    fs::write(scene.at().join("bytes"), b"a\tb\xff\n").unwrap();
    scene.diff("bytes", &[], 2, "bytes: not UTF-8");
    // The same twice is done once, and said; two things of one name are refused.
    let first = &scene.pairs[0];
    scene.write("twice", &[first, first].map(String::as_str).concat());
    scene.diff("twice", &["-o", "twice.jsonl"], 1, "is in line 1, too: it is done once");
    assert_eq!(scene.lines("twice.jsonl").len(), 2);
    scene.write("ambiguous", "x\ta\tb\nx\ta\tc\n");
    scene.diff(
        "ambiguous",
        &[],
        2,
        "ambiguous:2: x is in line 1, too, with other files",
    );
    for wrong in ["0/3", "4/3", "a"] {
        scene.diff("pairs", &["--shard", wrong], 2, "give I/N");
    }
    ends(scene.at(), &["diff", "pairs", "pairs", "--shard", "1/2"], 2, "required");
    scene.diff("pairs", &["--format", "html"], 2, "--pairs writes json");
    scene.diff("pairs", &["--also", "html=x"], 2, "cannot be used with");
}

#[test]
fn what_is_missing_or_there_twice_is_said() {
    let scene = Scene::new(20);
    for index in 1..=3 {
        let (shard, file) = (format!("{index}/3"), format!("{index}.jsonl"));
        scene.diff("pairs", &["--shard", &shard, "-o", &file], 1, "");
    }
    let count = |name: &str| scene.lines(name).len() - 1;
    let report = scene.merged(&["1.jsonl", "3.jsonl"], 2);
    assert_eq!(report["missing"]["shards"], serde_json::json!(["2/3"]));
    assert_eq!(report["missing"]["items"], count("2.jsonl"));
    assert_eq!(report["verdict"], "undetermined");
    fs::copy(scene.at().join("2.jsonl"), scene.at().join("again.jsonl")).unwrap();
    let all = ["1.jsonl", "2.jsonl", "3.jsonl", "again.jsonl"];
    let report = scene.merged(&all, 1);
    let twice = &report["twice"];
    assert_eq!(
        (&twice["items"], &twice["contradictions"]),
        (&count("2.jsonl").into(), &0.into())
    );
    assert_eq!(twice["files"], serde_json::json!(["2.jsonl", "again.jsonl"]));
    let once = scene.merged(&["1.jsonl", "2.jsonl", "3.jsonl"], 1);
    assert_eq!(
        (&report["verdicts"], &report["rules"], &report["items"]),
        (&once["verdicts"], &once["rules"], &once["items"])
    );
    // Shards of another number fit, too.
    scene.diff("pairs", &["-o", "one.jsonl"], 1, "");
    assert_eq!(
        scene.merged(&["one.jsonl", "1.jsonl"], 1)["twice"]["items"],
        count("1.jsonl")
    );
    // The same item, and something else is said of it.
    let text = scene.read("again.jsonl").replacen("\"exit\":1", "\"exit\":0", 1);
    scene.write("again.jsonl", &text);
    let report = scene.merged(&all, 2);
    assert_eq!(
        (&report["twice"]["contradictions"], &report["verdict"]),
        (&1.into(), &"undetermined".into())
    );
}

#[test]
fn what_does_not_belong_together_is_not_joined() {
    let scene = Scene::new(150);
    scene.diff("pairs", &["-o", "a.jsonl", "--shard", "1/2"], 1, "");
    let text = scene.read("a.jsonl");
    scene.write("other", &scene.pairs[1..].concat());
    scene.diff("other", &["-o", "b.jsonl"], 1, "");
    scene.write("c.jsonl", &text.replacen(env!("CARGO_PKG_VERSION"), "9.9.9", 1));
    ends(scene.at(), &["hash", "--list", "pairs", "-o", "d.jsonl"], 2, "");
    let told = ends(
        scene.at(),
        &["merge", "a.jsonl", "b.jsonl", "c.jsonl", "d.jsonl"],
        2,
        "a.jsonl: these can't be joined with it",
    );
    let told = support::said(&told);
    assert!(
        told.contains("b.jsonl is of the list ") && told.contains("c.jsonl is written by version 9.9.9, not "),
        "{told}"
    );
    assert!(
        told.contains("d.jsonl is of `repro hash`, not of `repro diff`"),
        "{told}"
    );
    scene.write(
        "version.jsonl",
        &text.replacen("\"schema_version\":1", "\"schema_version\":7", 1),
    );
    ends(
        scene.at(),
        &["merge", "version.jsonl"],
        2,
        "version.jsonl:1: its lines have version 7",
    );
    scene.write("none.jsonl", "{}\n");
    ends(
        scene.at(),
        &["merge", "none.jsonl"],
        2,
        "none.jsonl:1: not what `repro` writes of a list",
    );
    scene.write("empty.jsonl", "");
    ends(scene.at(), &["merge", "empty.jsonl"], 2, "empty.jsonl: is empty");
    ends(scene.at(), &["merge", "missing"], 2, "missing: No such file");
    ends(scene.at(), &["merge", "."], 2, ".: is a directory");
    ends(
        scene.at(),
        &["merge", "a.jsonl", "--list", "other"],
        2,
        "other: is not the list that the lines are of",
    );
    // What is not of its shard or list is no line.
    let foreign = "{\"item\":\"1\",\"at\":1,\"verdict\":\"identical\",\"exit\":0,\"summary\":\"\",\"problems\":[]}";
    let behind = foreign.replace(":1,", ":4000000000,");
    let deep = "[".repeat(100_000);
    scene.write(
        "a.jsonl",
        &format!("{text}{behind}\n{foreign}\n{deep}\nnull\n{{\"resumed\":-1}}\n\n"),
    );
    let report = scene.merged(&["a.jsonl"], 2);
    assert!(
        report["dropped"].as_array().unwrap().len() >= 5,
        "{:#}",
        report["dropped"]
    );
    assert_eq!(report["items"].as_array().unwrap().len(), text.lines().count() - 1);
}
