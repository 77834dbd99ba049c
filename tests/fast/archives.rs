//! ar, deb, zip and tar made by the ordinary tools: known changes are told apart from hidden ones, and damage never ends in a panic.

use repro::{
    diff::{Input, Options, diff},
    format::FORMATS,
    model::{Blob, DiffReport, Verdict},
};
use std::{fs, path::Path, process::Command};

fn run(folder: &Path, script: &str) {
    let done = Command::new("sh")
        .args(["-ec", script])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{script}\n{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// Archives of two small files, one of each kind.
fn samples(folder: &Path) -> Vec<(&'static str, Vec<u8>)> {
    run(
        folder,
        "printf 'int f(void){return 1;}' >f.c; printf 'int g(void){return 2;}' >g_with_quite_a_long_name.c
         cc -c f.c g_with_quite_a_long_name.c
         ar rcD x.a f.o g_with_quite_a_long_name.o
         zip -qX x.zip f.c g_with_quite_a_long_name.c; cat f.c | zip -q y.zip -
         tar --format=pax -cf x.tar f.c g_with_quite_a_long_name.c
         tar --format=gnu -cf y.tar f.c",
    );
    let wanted = [
        ("ar", "x.a"),
        ("zip", "x.zip"),
        ("zip", "y.zip"),
        ("tar", "x.tar"),
        ("tar", "y.tar"),
    ];
    let read = |&(format, name): &(&'static str, &str)| (format, fs::read(folder.join(name)).unwrap());
    wanted.iter().map(read).collect()
}

fn compare(a: &[u8], b: &[u8]) -> DiffReport {
    let input = |bytes: &[u8]| Input::from_bytes("x", bytes.to_vec());
    diff(&input(a), &input(b), &Options::default())
}

#[test]
fn every_kind_is_opened_without_gaps() {
    let folder = tempfile::tempdir().unwrap();
    for (format, bytes) in samples(folder.path()) {
        let blob = Blob::from(bytes);
        let reader = FORMATS.iter().find(|f| f.detect(&blob)).unwrap();
        assert_eq!(reader.id(), format);
        let opened = reader.open(&blob).unwrap();
        let mut at = 0;
        for part in &opened.parts {
            assert_eq!(part.span.start, at, "{format}: a gap before {}", part.name);
            at = part.span.end;
        }
        assert_eq!(at, blob.len(), "{format}: bytes behind the last part");
    }
}

#[test]
fn damage_is_a_difference_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    for (format, bytes) in samples(folder.path()) {
        let step = bytes.len() / 700 + 1;
        for at in (0..bytes.len()).step_by(step) {
            let cut = compare(&bytes, &bytes[..at]);
            assert_ne!(cut.verdict, Verdict::Identical, "{format} cut at {at}");
            for flip in [0xff, 0x01, 0x80] {
                let mut changed = bytes.clone();
                changed[at] ^= flip;
                let report = compare(&bytes, &changed);
                assert_ne!(report.verdict, Verdict::Identical, "{format} changed at {at}");
            }
        }
    }
}

#[test]
fn a_wrong_sum_over_equal_data_is_not_explained() {
    let folder = tempfile::tempdir().unwrap();
    run(
        folder.path(),
        "printf 'data data data data' >f; zip -qX x.zip f; gzip -nk f",
    );
    let zip = fs::read(folder.path().join("x.zip")).unwrap();
    let mut changed = zip.clone();
    let central = memchr::memmem::find(&zip, b"PK\x01\x02").unwrap();
    changed[14] ^= 1;
    changed[central + 16] ^= 1;
    assert_eq!(compare(&zip, &changed).verdict, Verdict::Different);
    let gzip = fs::read(folder.path().join("f.gz")).unwrap();
    let mut changed = gzip.clone();
    let crc = gzip.len() - 8;
    changed[crc] ^= 1;
    assert_eq!(compare(&gzip, &changed).verdict, Verdict::Different);
}

#[test]
fn what_is_hidden_between_entries_is_a_difference() {
    let folder = tempfile::tempdir().unwrap();
    run(
        folder.path(),
        "printf one >f; zip -qX x.zip f; printf two >f; zip -qX y.zip f",
    );
    let zip = fs::read(folder.path().join("x.zip")).unwrap();
    let other = fs::read(folder.path().join("y.zip")).unwrap();
    let directory = |bytes: &[u8]| memchr::memmem::find(bytes, b"PK\x01\x02").unwrap();
    // A second local entry, which no directory names, between the first and the directory.
    let at = directory(&zip);
    let hidden = &other[..directory(&other)];
    let mut changed = [&zip[..at], hidden, &zip[at..]].concat();
    let end = changed.len() - 22;
    let offset = u32::try_from(at + hidden.len()).unwrap().to_le_bytes();
    changed[end + 16..end + 20].copy_from_slice(&offset);
    let report = compare(&zip, &changed);
    assert_eq!(report.verdict, Verdict::Different);
    assert!(!report.unexplained.is_empty());
}
