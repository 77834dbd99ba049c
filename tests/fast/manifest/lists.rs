//! Lists, both ways with the tools that everyone has.

use std::fs;

use super::{repro, run, sh, tree};

#[test]
fn same_bytes_as_find_sort_sha256sum() {
    let tree = tree();
    let ours = repro(tree.path(), &["hash", "-q", "."]);
    assert_eq!((ours.code, ours.err.as_str()), (0, ""));
    // One file a time, so that names that start with a dash or a backslash are as they are.
    let theirs = sh(
        tree.path(),
        "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum --",
    );
    assert_eq!(ours.text(), String::from_utf8_lossy(&theirs));
    assert_eq!(ours.out, theirs);
    let ours = repro(tree.path(), &["hash", "-q", ".", "--format", "tagged"]);
    let theirs = sh(
        tree.path(),
        "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum --tag --",
    );
    assert_eq!(ours.out, theirs);
}

#[test]
fn sha256sum_verifies_ours_and_we_verify_its() {
    let tree = tree();
    for format in ["text", "tagged"] {
        let made = repro(tree.path(), &["hash", "-q", ".", "--format", format, "-o", "list"]);
        assert_eq!(made.code, 0);
        let checked = run(tree.path(), "sha256sum", &["-c", "--strict", "--quiet", "list"]);
        assert_eq!(
            (checked.code, checked.text().as_str(), checked.err.as_str()),
            (0, "", "")
        );
        let checked = repro(tree.path(), &["check", "list", "--strict"]);
        assert_eq!(checked.code, 0, "{}", checked.text());
    }
    for tag in ["", "--tag"] {
        fs::remove_file(tree.path().join("list")).unwrap();
        let script = format!("find . -type f -print0 | xargs -0 sha256sum {tag} > ../$$ && mv ../$$ list");
        sh(tree.path(), &script);
        let checked = repro(tree.path(), &["check", "list"]);
        assert_eq!(checked.code, 0, "{}{}", checked.text(), checked.err);
        assert!(checked.text().starts_with("same: 24 listed"), "{}", checked.text());
    }
}

#[test]
fn every_other_list() {
    let tree = tree();
    let folder = tree.path();
    for maker in [
        "sha1sum",
        "md5sum",
        "sha512sum --tag",
        "sha384sum",
        "sha1sum -b",
        "openssl dgst -sha256",
        "openssl dgst -sha1",
    ] {
        sh(folder, &format!("{maker} plain a/x l2 zero > list"));
        let checked = repro(folder, &["check", "list"]);
        assert_eq!(checked.code, 0, "{maker}: {}{}", checked.text(), checked.err);
        fs::write(folder.join("a/x"), "y").unwrap();
        let checked = repro(folder, &["check", "list"]);
        assert_eq!(
            (checked.code, checked.text().lines().next()),
            (1, Some("changed  a/x")),
            "{maker}"
        );
        fs::write(folder.join("a/x"), "x").unwrap();
    }
    // From Windows.
    sh(folder, "sha256sum plain a/x | sed 's/$/\\r/' > list");
    assert_eq!(repro(folder, &["check", "list"]).code, 0);
}

/// BLAKE3 lists have nothing that tells them from SHA-256, so what verifies decides. The vectors are those of the
/// BLAKE3 repository (input bytes 0, 1, …, 250, 0, 1, …), so the test needs no `b3sum`.
#[test]
fn blake3_vectors_by_any_way_of_reading() {
    let folder = tempfile::tempdir().unwrap();
    let vectors = [
        (0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"),
        (1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"),
        (1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"),
        (
            102_400,
            "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085",
        ),
    ];
    let mut list = String::new();
    for (len, digest) in vectors {
        let body: Vec<u8> = (0..len).map(|i: u32| (i % 251) as u8).collect();
        fs::write(folder.path().join(len.to_string()), body).unwrap();
        list += &format!("{digest}  {len}\n");
    }
    let made = repro(
        folder.path(),
        &["hash", "--algorithm", "blake3", "0", "1", "1024", "102400"],
    );
    let mut lines: Vec<&str> = list.lines().collect();
    lines.sort_by_key(|line| line[66..].to_owned());
    assert_eq!(made.text().lines().collect::<Vec<_>>(), lines);
    fs::write(folder.path().join("list"), &list).unwrap();
    let checked = repro(folder.path(), &["check", "list"]);
    assert_eq!(checked.code, 0, "{}", checked.text());
    let checked = repro(folder.path(), &["check", "list", "--algorithm", "sha256"]);
    assert_eq!(checked.code, 1);
}

/// A large file is split over threads, or read ahead by several digests, or read in one go: always the same digest.
#[test]
fn large_files_by_every_way_of_reading() {
    let tree = tree();
    let of = |algorithms: &str, jobs: &str| {
        let ran = repro(
            tree.path(),
            &[
                "hash",
                "-q",
                ".",
                "--format",
                "tagged",
                "--algorithm",
                algorithms,
                "--jobs",
                jobs,
            ],
        );
        assert_eq!(ran.code, 0);
        ran.text()
    };
    let both = of("sha256,blake3", "2");
    for jobs in ["1", "3", "8"] {
        assert_eq!(of("blake3,sha256", jobs), both);
    }
    let part = |tag: &str| {
        both.lines()
            .filter(|l| l.trim_start_matches('\\').starts_with(tag))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(of("blake3", "4").trim_end(), part("BLAKE3"));
    assert_eq!(of("sha256", "4").trim_end(), part("SHA256"));
    // And standard input is yet another way.
    for name in ["l1", "l2", "b2", "sparse", "zero"] {
        let piped = sh(
            tree.path(),
            &format!("{} hash --algorithm sha256,blake3 - < {name}", super::REPRO),
        );
        for line in String::from_utf8_lossy(&piped)
            .replace("(-)", &format!("({name})"))
            .lines()
        {
            assert!(both.lines().any(|other| other == line), "{line}");
        }
    }
}

#[test]
fn both_digests_merge_when_checked() {
    let tree = tree();
    repro(
        tree.path(),
        &["hash", "-q", ".", "--algorithm", "sha256,blake3", "-o", "list"],
    );
    fs::write(tree.path().join("a/x"), "other").unwrap();
    let checked = repro(tree.path(), &["check", "list"]);
    let lines: Vec<String> = checked.text().lines().map(str::to_owned).collect();
    assert_eq!(checked.code, 1);
    assert_eq!(
        lines.iter().filter(|line| line.starts_with("changed")).count(),
        1,
        "{lines:?}"
    );
}

#[test]
fn untagged_lists_hold_one_digest() {
    let tree = tree();
    let ran = repro(
        tree.path(),
        &["hash", ".", "--format", "text", "--algorithm", "sha256,blake3"],
    );
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.starts_with("repro: --format text holds one digest"),
        "{}",
        ran.err
    );
    for weak in ["md5", "sha1", "crc32"] {
        assert_eq!(repro(tree.path(), &["hash", ".", "--algorithm", weak]).code, 2);
    }
}

#[test]
fn extras_of_a_list_on_request() {
    let tree = tree();
    let folder = tree.path();
    sh(folder, "sha256sum a/x a/b/deep > list");
    assert!(
        repro(folder, &["check", "list"])
            .text()
            .contains("extra not looked for")
    );
    let strict = repro(folder, &["check", "list", "--strict"]);
    assert_eq!(
        (strict.code, strict.text().lines().next()),
        (1, Some("extra    a/hard"))
    );
    let rooted = repro(folder, &["check", "list", "--root", "."]);
    assert_eq!(rooted.code, 0);
    assert!(rooted.text().contains("extra    plain\n") && !rooted.text().contains("extra    list\n"));
}

#[test]
fn a_file_called_dash_is_not_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("-"), "dash").unwrap();
    let made = repro(folder.path(), &["hash", ".", "-o", "list"]);
    assert_eq!(made.code, 0);
    assert_eq!(run(folder.path(), "sha256sum", &["-c", "--status", "list"]).code, 0);
    assert_eq!(repro(folder.path(), &["check", "list", "--strict"]).code, 0);
}
