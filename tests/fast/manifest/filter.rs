//! What is left out: globs, `.reproignore`, and the manifest itself.

use std::fs;

use super::{repro, sh};

fn names(list: &str) -> Vec<&str> {
    list.lines().map(|line| &line[66..]).collect()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    sh(
        folder.path(),
        "mkdir -p src/sub out; touch a.rs b.o src/c.rs src/d.o src/sub/e.o src/sub/keep.o out/f.rs",
    );
    folder
}

#[test]
fn globs() {
    let folder = folder();
    let of = |args: &[&str]| repro(folder.path(), &[&["hash", "."], args].concat()).text();
    assert_eq!(names(&of(&["--include", "*.rs"])), ["a.rs", "out/f.rs", "src/c.rs"]);
    assert_eq!(
        names(&of(&["--exclude", "*.o", "--exclude", "out/"])),
        ["a.rs", "src/c.rs"]
    );
    assert_eq!(
        names(&of(&["--include", "*.rs", "--exclude", "/src"])),
        ["a.rs", "out/f.rs"]
    );
    let bad = repro(folder.path(), &["hash", ".", "--exclude", "a[b"]);
    assert_eq!(bad.code, 2);
    assert!(bad.err.starts_with("repro: "), "{}", bad.err);
}

#[test]
fn ignore_files_nest_and_never_hide_themselves() {
    let folder = folder();
    fs::write(folder.path().join(".reproignore"), "# objects\n*.o\n/out\n").unwrap();
    fs::write(folder.path().join("src/sub/.reproignore"), "!keep.o\n.reproignore\n").unwrap();
    let list = repro(folder.path(), &["hash", "."]).text();
    let kept = [
        ".reproignore",
        "a.rs",
        "src/c.rs",
        "src/sub/.reproignore",
        "src/sub/keep.o",
    ];
    assert_eq!(names(&list), kept);
    // The same from above, where the root has a name.
    let above = folder.path().parent().unwrap();
    let root = folder.path().file_name().unwrap().to_str().unwrap();
    let list = repro(above, &["hash", root]).text();
    let prefixed: Vec<String> = kept.iter().map(|name| format!("{root}/{name}")).collect();
    assert_eq!(names(&list), prefixed);
    assert_eq!(
        names(&repro(folder.path(), &["hash", ".", "--no-ignore"]).text()).len(),
        9
    );

    fs::write(folder.path().join(".reproignore"), "a[b\n").unwrap();
    let bad = repro(folder.path(), &["hash", "."]);
    assert_eq!(bad.code, 2);
    assert!(bad.err.starts_with("repro: .reproignore: line 1:"), "{}", bad.err);
}

#[test]
fn checks_look_where_the_manifest_looked() {
    let folder = folder();
    let made = repro(
        folder.path(),
        &["hash", ".", "--exclude", "*.o", "--format", "json", "-o", "m.json"],
    );
    assert_eq!(made.code, 0);
    assert_eq!(repro(folder.path(), &["check", "m.json", "--strict"]).code, 0);
    fs::write(folder.path().join("new.o"), "").unwrap();
    assert_eq!(repro(folder.path(), &["check", "m.json", "--strict"]).code, 0);
    // A new ignore file can't hide an intruder without being seen itself.
    fs::write(folder.path().join(".reproignore"), "*\n").unwrap();
    let checked = repro(folder.path(), &["check", "m.json", "--strict"]);
    assert_eq!(
        (checked.code, checked.text().lines().next()),
        (1, Some("extra    .reproignore"))
    );
    fs::remove_file(folder.path().join(".reproignore")).unwrap();
    fs::write(folder.path().join("a.rs"), "changed").unwrap();
    assert_eq!(repro(folder.path(), &["check", "m.json"]).code, 1);
    assert_eq!(repro(folder.path(), &["check", "m.json", "--exclude", "/a.rs"]).code, 0);
}

#[test]
fn a_manifest_never_lists_itself() {
    let folder = folder();
    for format in ["text", "json"] {
        let make = || repro(folder.path(), &["hash", ".", "--format", format, "-o", "out/list"]).code;
        assert_eq!(make(), 0);
        let first = fs::read(folder.path().join("out/list")).unwrap();
        assert_eq!(make(), 0);
        assert!(first == fs::read(folder.path().join("out/list")).unwrap());
        assert!(!String::from_utf8_lossy(&first).contains("out/list"));
        assert_eq!(repro(folder.path(), &["check", "out/list", "--strict"]).code, 0);
        // The shell makes an empty file before the program starts.
        fs::remove_file(folder.path().join("out/list")).unwrap();
        sh(
            folder.path(),
            &format!("{} hash . --format {format} > out/list", super::REPRO),
        );
        assert!(first == fs::read(folder.path().join("out/list")).unwrap());
        fs::remove_file(folder.path().join("out/list")).unwrap();
    }
}
