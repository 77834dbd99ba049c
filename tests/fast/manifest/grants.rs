//! What grants rights beside the mode: capabilities, access control lists, owners of set-ID files, device numbers. Seen also without
//! `--strict`.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

use super::{Ran, repro, sh, tree};
use crate::support::xattr::{SETUID, acl, root, set};

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    sh(
        folder.path(),
        "mkdir -m 755 d; echo x > d/tool; chmod 755 d/tool; echo y > d/other",
    );
    folder
}

fn hash(folder: &Path) -> String {
    let made = repro(folder, &["hash", "d", "--format", "json", "-o", "m.json"]);
    assert_eq!((made.code, made.err.as_str()), (0, ""));
    fs::read_to_string(folder.join("m.json")).unwrap()
}

fn check(folder: &Path) -> Ran {
    let below = repro(folder, &["check", "m.json"]);
    // By another way to the same files: relative to an opened folder.
    let above = folder.parent().unwrap();
    let name = folder.file_name().unwrap().to_str().unwrap();
    let elsewhere = repro(above, &["check", &format!("{name}/m.json"), "--root", name]);
    assert_eq!((below.code, below.text()), (elsewhere.code, elsewhere.text()));
    below
}

#[test]
fn an_access_control_list_is_seen() {
    let folder = folder();
    let tool = folder.path().join("d/tool");
    set(&tool, "system.posix_acl_access", &acl(5));
    let json = hash(folder.path());
    assert!(
        json.contains(r#""attributes":{"system.posix_acl_access":"0200000001000600ffffffff"#),
        "{json}"
    );
    assert_eq!(check(folder.path()).code, 0);
    set(&tool, "system.posix_acl_access", &acl(7));
    let checked = check(folder.path());
    assert_eq!(checked.code, 1);
    let first = checked.text().lines().next().unwrap().to_owned();
    assert!(
        first.starts_with("changed  d/tool  attribute system.posix_acl_access user::rw-,user:1000:r-x,"),
        "{first}"
    );
    assert!(
        first.contains(" -> system.posix_acl_access user::rw-,user:1000:rwx,"),
        "{first}"
    );
    // A folder's default: what is made in it later.
    set(&tool, "system.posix_acl_access", &acl(5));
    set(&folder.path().join("d"), "system.posix_acl_default", &acl(7));
    let checked = check(folder.path());
    assert!(
        checked
            .text()
            .starts_with("changed  d  attribute system.posix_acl_default none -> "),
        "{}",
        checked.text()
    );
    // Large files, those that a cache knows, and those that a link is followed to are asked, too.
    let checked = repro(folder.path(), &["check", "m.json", "--stat-cache=cache"]);
    assert_eq!(checked.code, 1);
    assert_eq!(repro(folder.path(), &["check", "m.json", "--stat-cache=cache"]).code, 1);
}

#[test]
fn a_capability_is_seen() {
    if !root() {
        return;
    }
    let folder = folder();
    assert!(!hash(folder.path()).contains(r#""attributes":{"#));
    set(&folder.path().join("d/tool"), "security.capability", SETUID);
    let checked = check(folder.path());
    assert_eq!(
        (checked.code, checked.text().lines().next()),
        (
            1,
            Some(
                "changed  d/tool  attribute security.capability none -> security.capability effective, permitted cap_setuid"
            )
        )
    );
    let json = repro(folder.path(), &["check", "m.json", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.out).unwrap();
    assert_eq!(json["changed"][0]["field"], "attribute");
    // And one that is gone.
    hash(folder.path());
    sh(folder.path(), "cp d/tool d/new && mv d/new d/tool");
    assert!(
        check(folder.path())
            .text()
            .contains("cap_setuid -> security.capability none")
    );
}

#[test]
fn the_owner_of_a_set_id_file_is_seen_and_no_other() {
    if !root() {
        return;
    }
    let folder = folder();
    let tool = folder.path().join("d/tool");
    chown(&tool, Some(1000), Some(1000)).unwrap();
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o4755)).unwrap();
    assert!(hash(folder.path()).contains(r#""owner":"1000:1000""#));
    chown(folder.path().join("d/other"), Some(1000), None).unwrap();
    assert_eq!(check(folder.path()).code, 0);
    chown(&tool, Some(0), Some(1000)).unwrap();
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o4755)).unwrap();
    let checked = check(folder.path());
    assert_eq!(
        (checked.code, checked.text().lines().next()),
        (1, Some("changed  d/tool  owner 1000:1000 -> 0:1000"))
    );
}

#[test]
fn a_label_that_the_root_has_too_says_only_where_a_tree_lies() {
    if !root() {
        return;
    }
    let folder = folder();
    let label = |name: &str, value: &[u8]| set(&folder.path().join(name), "security.selinux", value);
    label("d", b"home_t\0");
    label("d/tool", b"home_t\0");
    label("d/other", b"exec_t\0");
    let json = hash(folder.path());
    assert_eq!(json.matches("security.selinux").count(), 1, "{json}");
    label("d", b"tmp_t\0");
    label("d/tool", b"tmp_t\0");
    assert_eq!(check(folder.path()).code, 0);
    label("d/tool", b"init_t\0");
    assert_eq!(check(folder.path()).code, 1);
}

#[test]
fn holes_are_told_and_no_difference() {
    let folder = folder();
    let sparse = folder.path().join("d/sparse");
    fs::File::create(&sparse).unwrap().set_len(1 << 20).unwrap();
    assert_eq!(hash(folder.path()).matches(r#""sparse":true"#).count(), 1);
    assert_eq!(check(folder.path()).text().lines().count(), 1);
    fs::write(&sparse, vec![0; 1 << 20]).unwrap();
    let checked = check(folder.path());
    assert_eq!(
        (checked.code, checked.text().lines().next()),
        (0, Some("sparse   d/sparse  holes -> no holes"))
    );
}

/// A manifest from before attributes were written says nothing of them.
#[test]
fn an_older_manifest_says_nothing_of_attributes() {
    let folder = folder();
    let json = hash(folder.path()).replace("  \"attributes\": true,\n", "");
    fs::write(folder.path().join("m.json"), json).unwrap();
    set(&folder.path().join("d/tool"), "system.posix_acl_access", &acl(7));
    let checked = repro(folder.path(), &["check", "m.json"]);
    assert_eq!(checked.code, 0, "{}", checked.text());
}

#[test]
fn what_lists_nothing_is_no_success() {
    let folder = folder();
    let json = hash(folder.path());
    let start = json.find("\"entries\": [").unwrap();
    let empty = format!("{}\"entries\": []\n}}\n", &json[..start]);
    fs::write(folder.path().join("m.json"), &empty).unwrap();
    let checked = repro(folder.path(), &["check", "m.json"]);
    assert_eq!(
        (checked.code, checked.err.as_str()),
        (2, "repro: m.json: it lists nothing\n")
    );
    let checked = repro(folder.path(), &["check", "none.json"]);
    assert_eq!(
        (checked.code, checked.err.as_str()),
        (2, "repro: none.json: No such file or directory\n")
    );
    // Nor is one of which nothing is left.
    let made = repro(folder.path(), &["hash", "d", "-o", "list"]);
    assert_eq!(made.code, 0);
    let checked = repro(folder.path(), &["check", "list", "--include", "nothing-*"]);
    assert_eq!((checked.code, checked.text().as_str()), (2, ""), "{}", checked.err);
}

#[test]
fn weaker_digests_are_refused_where_one_is_asked_for() {
    let tree = tree();
    sh(
        tree.path(),
        "sha256sum --tag plain > list; md5sum --tag a/x >> list; sha1sum --tag zero >> list",
    );
    assert_eq!(repro(tree.path(), &["check", "list"]).code, 0);
    let checked = repro(tree.path(), &["check", "list", "--algorithm", "sha256"]);
    assert_eq!(
        (checked.code, checked.err.as_str()),
        (
            2,
            "repro: list:2: a md5 digest proves less than sha256, which --algorithm asks for\n\
             repro: list:3: a sha1 digest proves less than sha256, which --algorithm asks for\n"
        )
    );
    assert!(checked.text().contains("1 listed"), "{}", checked.text());
    // Without a tag, too.
    sh(tree.path(), "sha256sum plain > list; md5sum a/x >> list");
    let checked = repro(tree.path(), &["check", "list", "--algorithm", "sha256"]);
    assert_eq!(checked.code, 2);
    assert!(checked.err.starts_with("repro: list:2: "), "{}", checked.err);
    // And in JSON, by entry.
    let made = repro(
        tree.path(),
        &["hash", "plain", "zero", "--format", "json", "-o", "m.json"],
    );
    assert_eq!(made.code, 0);
    assert_eq!(
        repro(tree.path(), &["check", "m.json", "--algorithm", "blake3"]).code,
        0
    );
    let checked = repro(tree.path(), &["check", "m.json", "--algorithm", "sha512"]);
    assert_eq!(checked.code, 2);
    assert!(
        checked.err.contains("entry 1: a sha256 digest proves less than sha512"),
        "{}",
        checked.err
    );
}

#[test]
fn a_path_of_a_list_that_became_a_link_is_told() {
    let tree = tree();
    sh(
        tree.path(),
        "sha256sum plain a/x > list; mkdir ../$$; cp plain a/x ../$$/; mv ../$$ elsewhere",
    );
    assert_eq!(repro(tree.path(), &["check", "list"]).text().lines().count(), 1);
    fs::remove_file(tree.path().join("plain")).unwrap();
    symlink("elsewhere/plain", tree.path().join("plain")).unwrap();
    sh(tree.path(), "mv a old; ln -s elsewhere a");
    let checked = repro(tree.path(), &["check", "list"]);
    let said = checked.text();
    assert_eq!(checked.code, 0, "{said}");
    let told: Vec<&str> = said.lines().collect();
    assert_eq!(
        told[..2],
        ["link     a  -> elsewhere", "link     plain  -> elsewhere/plain"]
    );
    assert!(told[2].contains(", 2 through links"), "{said}");
    let json = repro(tree.path(), &["check", "list", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.out).unwrap();
    assert_eq!(json["told"][1]["path"], "plain");
    let sarif = repro(tree.path(), &["check", "list", "--format", "sarif"]);
    assert!(sarif.text().contains("path-linked"), "{}", sarif.text());
}
