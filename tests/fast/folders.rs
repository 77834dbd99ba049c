//! Folders that git can't keep: device nodes, capabilities, access control lists, owners of set-ID files. Whatever grants something is never
//! `identical` nor explained away.

use crate::support::xattr::{SETUID, acl, root, set};
use repro::{
    diff::{Input, Options, diff},
    model::{DiffReport, Verdict},
};
use std::{
    fs,
    os::unix::fs::{FileExt, PermissionsExt, chown, symlink},
    path::Path,
    process::Command,
};

fn sides() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for side in ["a", "b"] {
        fs::create_dir(folder.path().join(side)).unwrap();
        let tool = folder.path().join(side).join("tool");
        fs::write(&tool, "x\n").unwrap();
        fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

fn compare(folder: &Path) -> DiffReport {
    let open = |side: &str| Input::open_as(&folder.join(side), side).unwrap();
    diff(&open("a"), &open("b"), &Options::default())
}

/// The only place that differs: its address and both sides.
#[track_caller]
fn differs(folder: &Path) -> (String, String, String) {
    let report = compare(folder);
    assert_eq!(
        (report.verdict, report.findings.len()),
        (Verdict::Different, 0),
        "{report:#?}"
    );
    assert_eq!(report.unexplained.len(), 1, "{report:#?}");
    let place = &report.unexplained[0];
    (place.address.clone(), place.a.clone(), place.b.clone())
}

fn sh(folder: &Path, script: &str) {
    let status = Command::new("sh").args(["-euc", script]).current_dir(folder).status();
    assert!(status.unwrap().success(), "{script}");
}

#[test]
fn access_control_lists() {
    let folder = sides();
    let tool = |side: &str| folder.path().join(side).join("tool");
    set(&tool("a"), "system.posix_acl_access", &acl(5));
    set(&tool("b"), "system.posix_acl_access", &acl(5));
    assert_eq!(compare(folder.path()).verdict, Verdict::Identical);
    set(&tool("b"), "system.posix_acl_access", &acl(7));
    let (address, a, b) = differs(folder.path());
    assert_eq!(address, "tool/system.posix_acl_access");
    assert!(a.contains("user:1000:r-x") && b.contains("user:1000:rwx"), "{a} {b}");
    // On one side only, with the same mode.
    sh(folder.path(), "rm a/tool; cp b/tool a/tool; chmod 674 a/tool");
    let (address, _, b) = differs(folder.path());
    assert_eq!(address, "tool/system.posix_acl_access");
    assert!(b.contains("user:1000:rwx"), "{b}");
}

#[test]
fn capabilities() {
    if !root() {
        return;
    }
    let folder = sides();
    set(&folder.path().join("b/tool"), "security.capability", SETUID);
    let (address, a, b) = differs(folder.path());
    assert_eq!((address.as_str(), a.as_str()), ("tool/security.capability", ""));
    assert_eq!(b, "/security.capability=effective, permitted cap_setuid");
    // Of another file, and beside another difference that has a cause.
    sh(folder.path(), "chmod 750 a/tool");
    assert_eq!(compare(folder.path()).verdict, Verdict::Different);
}

#[test]
fn owners_of_set_id_files_and_no_others() {
    if !root() {
        return;
    }
    let folder = sides();
    let tool = folder.path().join("b/tool");
    chown(&tool, Some(1000), Some(1000)).unwrap();
    assert_eq!(compare(folder.path()).verdict, Verdict::Identical);
    sh(
        folder.path(),
        "chmod 6755 a/tool b/tool; chgrp 1000 a/tool; chmod 6755 a/tool",
    );
    let (address, a, b) = differs(folder.path());
    assert_eq!((address.as_str(), a.as_str(), b.as_str()), ("tool/user", "0", "1000"));
}

#[test]
fn devices() {
    if !root() {
        return;
    }
    let folder = sides();
    sh(folder.path(), "mknod -m 666 a/null c 1 3; mknod -m 666 b/null b 1 3");
    let (address, a, b) = differs(folder.path());
    assert_eq!(
        (address.as_str(), a.as_str(), b.as_str()),
        ("null/kind", "character device", "block device")
    );
    sh(folder.path(), "rm b/null; mknod -m 666 b/null c 1 1");
    let (address, a, b) = differs(folder.path());
    assert_eq!(
        (address.as_str(), a.as_str(), b.as_str()),
        ("null/device number", "1:3", "1:1")
    );
    // No umask explains who may read a disk.
    sh(
        folder.path(),
        "rm a/null b/null; mknod -m 640 a/disk b 8 0; mknod -m 644 b/disk b 8 0",
    );
    assert_eq!(differs(folder.path()).0, "disk/mode");
    sh(folder.path(), "rm a/disk b/disk; echo > a/file; mknod b/file c 1 3");
    assert_eq!(compare(folder.path()).verdict, Verdict::Different);
}

/// What a file is called can't be taken for an attribute of the entry before it.
#[test]
fn no_name_imitates_an_attribute() {
    let folder = sides();
    set(&folder.path().join("a/tool"), "system.posix_acl_access", &acl(7));
    let name = "system.posix_acl_access=user::rw-,user:1000:rwx,group::r--,mask::rwx,other::r--";
    fs::write(folder.path().join("b").join(name), "").unwrap();
    sh(folder.path(), "chmod 674 b/tool");
    assert_eq!(compare(folder.path()).verdict, Verdict::Different);
}

/// Holes are how a file is kept, not what is in it.
#[test]
fn holes_are_no_difference() {
    let folder = sides();
    fs::File::create(folder.path().join("a/disk"))
        .unwrap()
        .set_len(1 << 20)
        .unwrap();
    fs::write(folder.path().join("b/disk"), vec![0; 1 << 20]).unwrap();
    assert_eq!(compare(folder.path()).verdict, Verdict::Identical);
}

/// Whoever opens a link acts on where it leads: a path, a user or a revision in it is no cause.
#[test]
fn link_targets_have_no_cause() {
    for (a, b) in [
        (
            "releases/0123456789abcdef0123456789abcdef01234567",
            "releases/fedcba9876543210fedcba9876543210fedcba98",
        ),
        ("git-1a2b3c4d", "git-9f8e7d6c"),
        ("/home/alice/.config/tool", "/home/mallory/.config/tool"),
        ("/build/first/out/lib", "/tmp/second/out/lib"),
        ("built-2025-01-01", "built-2026-01-01"),
        ("tmp.Xa9dK2lQ0z", "tmp.Mb3kP7wR1y"),
        ("cache-12345", "cache-12399"),
        ("/usr/bin/tool", "/bin/tool"),
    ] {
        let folder = sides();
        symlink(a, folder.path().join("a/current")).unwrap();
        symlink(b, folder.path().join("b/current")).unwrap();
        let (address, x, y) = differs(folder.path());
        assert_eq!((address.as_str(), x.as_str(), y.as_str()), ("current/target", a, b));
        // The same in an archive, whose header and pax record say where a link leads.
        for format in ["ustar", "gnu", "pax"] {
            for long in ["", &"d/".repeat(60)] {
                for side in ["a", "b"] {
                    let target = if side == "a" { a } else { b };
                    sh(
                        folder.path(),
                        &format!(
                            "rm -rf t; mkdir t; ln -s {}{target} t/current; \
                             tar --format={format} --mtime=@0 --owner=0 --group=0 -cf {side}.tar t 2>/dev/null || : > {side}.tar",
                            if long.is_empty() { "" } else { long }
                        ),
                    );
                }
                let open = |name: &str| Input::open_as(&folder.path().join(name), name).unwrap();
                let report = diff(&open("a.tar"), &open("b.tar"), &Options::default());
                // ustar has no room for the long ones, and then both are empty.
                let fits = format != "ustar" || long.is_empty();
                let expected = if fits { Verdict::Different } else { Verdict::Identical };
                assert_eq!(report.verdict, expected, "{a} {format} {long}: {report:#?}");
            }
        }
    }
}

/// Small files are seen to change while they are read, mapped ones by a second look once they were compared.
#[test]
fn what_changes_while_it_is_compared_is_told() {
    let folder = sides();
    for side in ["a", "b"] {
        fs::write(folder.path().join(side).join("big"), vec![7; 1 << 20]).unwrap();
    }
    let path = folder.path().join("b/big");
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    let open = |path: &Path, name: &str| Input::open_as(path, name).unwrap();
    for (a, b, address) in [(&a, &b, "big"), (&a.join("big"), &path, "")] {
        let (x, y) = (open(a, "a"), open(b, "b"));
        assert_eq!(diff(&x, &y, &Options::default()).verdict, Verdict::Identical);
        // Written to since it was read: nobody knows which bytes were compared.
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.write_all_at(&[7], 5000).unwrap();
        file.set_modified(std::time::UNIX_EPOCH).unwrap();
        let report = diff(&x, &y, &Options::default());
        assert_eq!(report.verdict, Verdict::Undetermined, "{report:#?}");
        let told = &report.undetermined[0];
        assert_eq!(
            (told.address.as_str(), told.reason.as_str()),
            (address, "b changed while it was compared")
        );
    }
}
