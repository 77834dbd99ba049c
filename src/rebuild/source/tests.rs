//! Which files are the source, with git and without, and what a copy keeps.

use super::*;
use std::{
    os::unix::fs::{MetadataExt, symlink},
    path::PathBuf,
    process::Command,
};

fn git(at: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b",
            "-c",
            "protocol.file.allow=always",
        ])
        .args(arguments)
        .current_dir(at)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

fn write(at: &Path, name: &str, text: &str) {
    let path = at.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Files and links of a copy, without what is in `.git`.
fn names(root: &Path) -> Vec<String> {
    let files = WalkDir::new(root).sort_by_file_name().into_iter().map(Result::unwrap);
    files
        .filter(|e| !e.file_type().is_dir())
        .map(|e| e.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned())
        .filter(|name| !name.contains(".git/"))
        .collect()
}

fn copied(root: &Path, all: bool) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("copy");
    select(root, all).unwrap().copy(&to).unwrap();
    (folder, to)
}

/// A repository with a tracked file that is ignored, a stranger, and something ignored.
fn repository(at: &Path) {
    git(at, &["init", "-q"]);
    write(at, ".gitignore", "*.o\n/out\n");
    write(at, "main.c", "int main;\n");
    write(at, "blob.o", "tracked though ignored");
    git(at, &["add", "-f", "."]);
    git(at, &["commit", "-qm", "one"]);
    git(at, &["tag", "-a", "-m", "v1", "v1"]);
    write(at, "new/stranger.c", "");
    write(at, "main.o", "");
    write(at, "out/result", "");
}

#[test]
fn git_decides_what_belongs_to_the_tree() {
    let tree = tempfile::tempdir().unwrap();
    repository(tree.path());
    let (_folder, copy) = copied(tree.path(), false);
    assert_eq!(names(&copy), [".gitignore", "blob.o", "main.c", "new/stranger.c"]);
    git(&copy, &["describe"]);
    git(&copy, &["diff", "--exit-code"]);
    let (_folder, copy) = copied(tree.path(), true);
    assert_eq!(names(&copy).len(), 6);
    // A folder inside a repository: its part of the index counts, there is no `.git`.
    let (_folder, copy) = copied(&tree.path().join("new"), false);
    assert_eq!(names(&copy), ["stranger.c"]);
}

#[test]
fn index_version_4_and_split_index() {
    for setup in [["update-index", "--index-version=4"], ["update-index", "--split-index"]] {
        let tree = tempfile::tempdir().unwrap();
        repository(tree.path());
        git(tree.path(), &setup);
        write(tree.path(), "later.o", "");
        git(tree.path(), &["add", "-f", "later.o"]);
        let (_folder, copy) = copied(tree.path(), false);
        let expected = [".gitignore", "blob.o", "later.o", "main.c", "new/stranger.c"];
        assert_eq!(names(&copy), expected, "{setup:?}");
    }
}

#[test]
fn linked_working_trees_get_a_repository_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let (main, linked) = (folder.path().join("main"), folder.path().join("linked"));
    fs::create_dir(&main).unwrap();
    repository(&main);
    git(&main, &["worktree", "add", "-q", "../linked"]);
    let (_folder, copy) = copied(&linked, false);
    assert_eq!(names(&copy), [".gitignore", "blob.o", "main.c"]);
    fs::remove_dir_all(&main).unwrap();
    git(&copy, &["describe"]);
    git(&copy, &["diff", "--exit-code"]);
}

#[test]
fn submodules_inside_and_as_the_root() {
    let folder = tempfile::tempdir().unwrap();
    let (part, whole) = (folder.path().join("part"), folder.path().join("whole"));
    for path in [&part, &whole] {
        fs::create_dir(path).unwrap();
        repository(path);
    }
    git(&whole, &["submodule", "--quiet", "add", "../part", "lib/part"]);
    write(&whole, "lib/part/more.c", "");
    let (_folder, copy) = copied(&whole, false);
    let inside: Vec<_> = names(&copy)
        .into_iter()
        .filter(|name| name.starts_with("lib/"))
        .collect();
    assert_eq!(
        inside,
        [
            "lib/part/.git",
            "lib/part/.gitignore",
            "lib/part/blob.o",
            "lib/part/main.c",
            "lib/part/more.c"
        ]
    );
    let (_folder, alone) = copied(&whole.join("lib/part"), false);
    fs::remove_dir_all(&whole).unwrap();
    git(&copy.join("lib/part"), &["describe", "--tags"]);
    git(&alone, &["describe", "--tags"]);
    git(&alone, &["diff", "--exit-code"]);
}

#[test]
fn without_git_everything_but_version_control() {
    let tree = tempfile::tempdir().unwrap();
    let at = tree.path();
    for name in ["a", ".hidden", "sub/CVS/Entries", ".hg/store", "x.o"] {
        write(at, name, name);
    }
    fs::create_dir(at.join("empty")).unwrap();
    symlink("nowhere", at.join("link")).unwrap();
    fs::hard_link(at.join("a"), at.join("sub/a2")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        at.join("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    fs::set_permissions(at.join("x.o"), fs::Permissions::from_mode(0o750)).unwrap();
    set(&at.join("link"), 1_000_000, 5);
    set(&at.join("sub"), 2_000_000, 0);
    let found = select(at, false).unwrap();
    assert_eq!(found.warnings, ["pipe: left out: a pipe"]);
    let (_folder, copy) = copied(at, false);
    assert_eq!(names(&copy), [".hidden", "a", "link", "sub/a2", "x.o"]);
    assert!(copy.join("empty").is_dir());
    assert_eq!(
        fs::metadata(copy.join("a")).unwrap().ino(),
        fs::metadata(copy.join("sub/a2")).unwrap().ino()
    );
    assert_eq!(fs::metadata(copy.join("x.o")).unwrap().mode() & 0o777, 0o750);
    assert_eq!(fs::symlink_metadata(copy.join("link")).unwrap().mtime_nsec(), 5);
    assert_eq!(fs::metadata(copy.join("sub")).unwrap().mtime(), 2_000_000);
    let again = tempfile::tempdir().unwrap();
    let to = again.path().join("again");
    copy_tree(&copy, &to).unwrap();
    assert_eq!(digest(&copy).unwrap(), digest(&to).unwrap());
    assert_eq!(fs::symlink_metadata(to.join("link")).unwrap().mtime(), 1_000_000);
    fs::write(to.join("a"), "other").unwrap();
    assert_ne!(digest(&copy).unwrap(), digest(&to).unwrap());
}

#[test]
fn errors_name_the_path() {
    let tree = tempfile::tempdir().unwrap();
    let missing = tree.path().join("missing");
    assert!(
        select(&missing, false)
            .unwrap_err()
            .to_string()
            .ends_with("missing: No such file or directory")
    );
    write(tree.path(), "file", "");
    let file = select(&tree.path().join("file"), false).unwrap_err().to_string();
    assert!(file.ends_with("file: the source tree must be a folder"), "{file}");
    git(tree.path(), &["init", "-q"]);
    fs::write(tree.path().join(".git/index"), "DIRC\0\0\0\x09\0\0\0\0").unwrap();
    let index = select(tree.path(), false).unwrap_err().to_string();
    assert!(index.contains("version 9"), "{index}");
}

fn set(path: &Path, seconds: i64, nanos: i64) {
    copy::set(path, seconds, nanos).unwrap();
}

fn stamped(times: &[(&str, i64)], spread: bool) -> Vec<i64> {
    let tree = tempfile::tempdir().unwrap();
    for (name, time) in times {
        write(tree.path(), name, "");
        set(&tree.path().join(name), *time, 999);
    }
    stamp(tree.path(), 1_000, spread).unwrap();
    assert_eq!(fs::metadata(tree.path()).unwrap().mtime(), 1_000);
    let time = |name: &&str| fs::symlink_metadata(tree.path().join(name)).unwrap();
    let names: Vec<_> = times.iter().map(|(name, _)| *name).collect();
    assert!(names.iter().all(|name| time(name).mtime_nsec() == 0));
    names.iter().map(|name| time(name).mtime()).collect()
}

#[test]
fn times_keep_their_order_coarsely() {
    assert_eq!(stamped(&[("a", 500), ("b/c", 559), ("d", 560)], false), [1_000; 3]);
    assert_eq!(
        stamped(&[("a", 5_000), ("b/c", 90), ("d", 0), ("e", 30)], false),
        [1_000, 999, 998, 998]
    );
}

#[test]
fn spread_times_are_neither_in_the_order_of_names_nor_backwards() {
    assert_eq!(stamped(&[("a.c", 7), ("b.c", 7)], true), [999, 1_000]);
    assert_eq!(
        stamped(&[("a.c", 7), ("b.c", 7), ("c.c", 7), ("d.c", 7)], true),
        [999, 1_000, 997, 998]
    );
    // Another second, another suffix: `configure` is not older than what it is made from.
    assert_eq!(
        stamped(&[("configure", 9), ("configure.ac", 8), ("x.ac", 8)], true),
        [1_000, 998, 999]
    );
}
