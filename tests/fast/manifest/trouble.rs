//! Bad input and bad luck: told, exit status 2, and the rest still done.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{REPRO, Ran, command, os, repro, sh, tree};

/// As a user who may not read everything, also when the tests run as root.
fn unprivileged(folder: &Path, args: &[&str]) -> Ran {
    let mut command = command(folder, REPRO, args);
    if rustix::process::geteuid().is_root() {
        command.uid(65534).gid(65534);
    }
    Ran::of(command.output().unwrap())
}

#[test]
fn what_is_not_there() {
    let tree = tree();
    for args in [
        &["hash", "nowhere"][..],
        &["hash", "plain/x"],
        &["check", "nowhere"],
        &["check", "zero"],
        &["hash", ""],
    ] {
        let ran = repro(tree.path(), args);
        assert_eq!(ran.code, 2, "{args:?}");
        assert!(
            ran.err.starts_with("repro: ") && ran.err.lines().count() == 1 && ran.out.is_empty(),
            "{ran:?}"
        );
    }
    assert_eq!(
        repro(tree.path(), &["hash", "nowhere"]).err,
        "repro: nowhere: No such file or directory\n"
    );
    assert_eq!(repro(tree.path(), &["hash"]).code, 2);
    for twice in [
        &["hash", "a", "a/b"][..],
        &["hash", "a", "./a/"],
        &["hash", ".", "plain"],
    ] {
        let ran = repro(tree.path(), twice);
        assert_eq!(ran.code, 2, "{twice:?}");
        assert!(ran.err.contains("given twice"), "{}", ran.err);
    }
}

#[test]
fn unreadable_files_and_folders() {
    let tree = tree();
    let chmod =
        |name: &str, mode| fs::set_permissions(tree.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
    chmod("", 0o755);
    chmod("a.b", 0);
    chmod("a/b", 0);
    let ran = unprivileged(tree.path(), &["hash", "-q", "."]);
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.err,
        "repro: a.b: Permission denied\nrepro: a/b: Permission denied\n"
    );
    assert!(ran.text().contains("  plain\n") && !ran.text().contains("  a.b\n"));
    let json = unprivileged(tree.path(), &["hash", ".", "--format", "json"]);
    let manifest: serde_json::Value = serde_json::from_slice(&json.out).unwrap();
    assert_eq!((json.code, manifest["errors"].as_array().map(Vec::len)), (2, Some(2)));
    assert!(manifest["roots"][0]["tree"].is_null());
    // An incomplete manifest verifies nothing for certain.
    fs::write(tree.path().join("m.json"), &json.out).unwrap();
    let checked = repro(tree.path(), &["check", "m.json"]);
    assert_eq!(checked.code, 2);
    assert!(checked.err.contains("could not read everything"), "{}", checked.err);

    let whole = repro(tree.path(), &["hash", "-q", "plain", "a.b"]).out;
    fs::write(tree.path().join("list"), whole).unwrap();
    let checked = unprivileged(tree.path(), &["check", "list"]);
    assert_eq!(
        (checked.code, checked.err.as_str()),
        (2, "repro: a.b: Permission denied\n")
    );
    assert!(checked.text().contains("1 unreadable"));
    chmod("a/b", 0o755);
}

/// Small and large, alone and with both digests: every way of reading sees the change.
#[test]
fn files_that_change_while_they_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    fs::File::create(&path).unwrap().set_len(256 << 20).unwrap();
    fs::write(folder.path().join("still"), "still").unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = fs::File::options().append(true).open(&path).unwrap();
            while !stop.load(Ordering::Relaxed) {
                file.write_all(b"x").unwrap();
                std::thread::sleep(std::time::Duration::from_micros(200));
            }
        });
        for algorithms in ["sha256", "blake3", "sha256,blake3"] {
            let ran = repro(folder.path(), &["hash", ".", "--algorithm", algorithms]);
            assert_eq!(
                (ran.code, ran.err.as_str()),
                (2, "repro: log: changed while it was read\n"),
                "{algorithms}"
            );
            assert!(ran.text().contains("still"));
        }
        stop.store(true, Ordering::Relaxed);
    });
}

#[test]
fn pipes_and_devices_are_never_opened() {
    let folder = tempfile::tempdir().unwrap();
    sh(folder.path(), "mkfifo pipe; touch file");
    let root = rustix::process::geteuid().is_root();
    if root {
        sh(folder.path(), "mknod zero c 1 5; mknod disk b 7 200");
    }
    let list = repro(folder.path(), &["hash", "."]);
    assert_eq!((list.code, list.text().lines().count()), (0, 1));
    let others = if root { 3 } else { 1 };
    assert!(
        list.err.contains(&format!("{others} pipes, sockets and devices")),
        "{}",
        list.err
    );
    let json = repro(folder.path(), &["hash", ".", "--format", "json", "-o", "m.json"]);
    assert_eq!(json.code, 0);
    if root {
        assert!(
            fs::read_to_string(folder.path().join("m.json"))
                .unwrap()
                .contains(r#""type":"block-device","mode":"0644","device":"7:200""#)
        );
        sh(folder.path(), "rm zero; mknod zero c 1 3");
        let checked = repro(folder.path(), &["check", "m.json"]);
        assert_eq!(
            (checked.code, checked.text().lines().next()),
            (1, Some("changed  zero  device 1:5 -> 1:3"))
        );
    }
    // A list that names a pipe: nobody writes to it, and opening it would wait for ever.
    fs::write(folder.path().join("list"), format!("{}  pipe\n", "0".repeat(64))).unwrap();
    let checked = repro(folder.path(), &["check", "list"]);
    assert_eq!(
        (checked.code, checked.text().lines().next()),
        (1, Some("changed  pipe  type file -> fifo"))
    );
}

#[test]
fn malformed_manifests() {
    let tree = tree();
    let check = |text: &[u8]| {
        fs::write(tree.path().join("m"), text).unwrap();
        repro(tree.path(), &["check", "m"])
    };
    let good = repro(tree.path(), &["hash", "plain"]).text();
    let ran = check(format!("{good}what is this\n# comment\n\nSHA256 (plain) = 00\n").as_bytes());
    assert_eq!(ran.code, 2);
    let expected =
        "repro: m:2: not a digest line\nrepro: m:5: the digest is not hexadecimal of the algorithm's length\n";
    assert_eq!(ran.err, expected);
    assert!(
        ran.text().starts_with("same: 0 listed") || ran.text().contains("undetermined: 1 listed"),
        "{}",
        ran.text()
    );

    let json = repro(tree.path(), &["hash", ".", "--format", "json"]).text();
    for end in (0..json.len()).step_by(37).filter(|end| json.is_char_boundary(*end)) {
        let ran = check(&json.as_bytes()[..end]);
        assert_eq!(ran.code, 2, "cut at {end}: {}", ran.err);
        assert!(ran.err.starts_with("repro: m: "), "{}", ran.err);
    }
    for (from, to) in [
        ("\"schema_version\": 1", "\"schema_version\": 99"),
        ("\"mode\":\"0755\"", "\"mode\":\"9999\""),
        ("\"type\":\"file\"", "\"type\":\"door\""),
        ("\"path\":\"plain\"", "\"path\":\"pl\\u0000ain\""),
        ("\"digests\":{\"sha256\":\"", "\"digests\":{\"sha256\":\"00"),
        ("\"target\":\"plain\"", "\"goal\":\"plain\""),
    ] {
        assert!(json.contains(from), "{from}");
        let ran = check(json.replacen(from, to, 1).as_bytes());
        assert_eq!(
            ran.code,
            if to.contains("goal") || !to.contains("sha") {
                2
            } else {
                ran.code
            },
            "{to}: {}",
            ran.err
        );
        assert!(ran.code == 2 && ran.err.starts_with("repro: m:"), "{to}: {}", ran.err);
    }
    // Bytes at random: never a panic (exit status 101).
    let mut seed = 1_u64;
    for _ in 0..200 {
        let bytes: Vec<u8> = (0..200)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (seed >> 56) as u8
            })
            .collect();
        assert_eq!(check(&bytes).code, 2);
    }
}

#[test]
fn paths_longer_than_the_kernel_takes() {
    let folder = tempfile::tempdir().unwrap();
    let name = "d".repeat(200);
    let mut at = rustix::fs::open(folder.path(), rustix::fs::OFlags::PATH, rustix::fs::Mode::empty()).unwrap();
    let flags = rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::DIRECTORY;
    for _ in 0..60 {
        rustix::fs::mkdirat(&at, &name, 0o755.into()).unwrap();
        at = rustix::fs::openat(&at, &name, flags, rustix::fs::Mode::empty()).unwrap();
    }
    let file = rustix::fs::OFlags::WRONLY | rustix::fs::OFlags::CREATE;
    drop(rustix::fs::openat(&at, "file", file, 0o644.into()).unwrap());
    rustix::fs::symlinkat("file", &at, "link").unwrap();
    let made = repro(folder.path(), &["hash", ".", "--format", "json", "-o", "m.json"]);
    assert_eq!((made.code, made.err.as_str()), (0, ""));
    assert!(
        fs::read_to_string(folder.path().join("m.json"))
            .unwrap()
            .contains(&format!("{name}/file"))
    );
    let checked = repro(folder.path(), &["check", "m.json", "--strict"]);
    assert_eq!(checked.code, 0, "{}{}", checked.text(), checked.err);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let tree = tree();
    let script = format!("yes | head -3000 | split -l 1 -a 4 - f; {REPRO} hash . 2>err | head -1 >/dev/null; cat err");
    assert_eq!(
        String::from_utf8_lossy(&sh(tree.path(), &script))
            .replace("repro: not in the list", "")
            .lines()
            .count(),
        1
    );
    let full = sh(
        tree.path(),
        &format!("{REPRO} hash . > /dev/full 2>err || echo $?; grep -v 'not in' err"),
    );
    assert_eq!(
        String::from_utf8_lossy(&full),
        "2\nrepro: standard output: No space left on device\n"
    );
}

#[test]
fn an_output_is_complete_or_not_there() {
    let tree = tree();
    let ran = repro(tree.path(), &["hash", "plain", "-o", "nowhere/list"]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (2, "repro: nowhere/list: No such file or directory\n")
    );
    fs::write(tree.path().join(os(b"old")), "old").unwrap();
    assert_eq!(repro(tree.path(), &["hash", "nothing", "-o", "old"]).code, 2);
    assert_eq!(fs::read(tree.path().join("old")).unwrap(), b"old");
}

/// Only a terminal gets a bar, and it never goes into the result.
#[test]
fn progress_is_for_terminals() {
    let folder = tempfile::tempdir().unwrap();
    let file = fs::File::create(folder.path().join("big")).unwrap();
    file.set_len(768 << 20).unwrap();
    let on_terminal = |options: &str| {
        let script = format!("script -qec '{REPRO} hash {options} big > list' /dev/null");
        String::from_utf8_lossy(&sh(folder.path(), &script)).into_owned()
    };
    // Slow enough for a bar: that waits for half a second.
    let bar = on_terminal("--algorithm sha512");
    assert!(bar.contains(" of 768.00 MiB") && bar.contains(" left"), "{bar:?}");
    assert_eq!(
        fs::read_to_string(folder.path().join("list")).unwrap().len(),
        128 + 2 + 3 + 1
    );
    assert_eq!(on_terminal("--no-progress"), "");
    assert_eq!(on_terminal("--quiet"), "");
    assert_eq!(repro(folder.path(), &["hash", "big"]).err, "");
}
