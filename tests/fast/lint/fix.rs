//! `--fix` and `--diff`.

use super::{cases, ends, files, folder, json};
use crate::support::missing;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

/// A copy of the bad files of every rule.
fn copy() -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for (name, file) in files(&cases()) {
        let side = name.split('/').nth(1).unwrap();
        if side == "bad" || side.starts_with("bad.") {
            let to = copy.path().join(&name);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(file, to).unwrap();
        }
    }
    copy
}

fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    files(folder)
        .into_iter()
        .map(|(name, file)| (name, fs::read(file).unwrap()))
        .collect()
}

#[test]
fn fixes_are_applied_once_and_for_all() {
    let copy = copy();
    let at = copy.path();
    let low = ["--confidence", "low"];
    let before = json(at, &low, 1);
    let fixable = before["summary"]["fixable"].as_u64().unwrap();
    assert!(fixable > 0, "no rule has a certain fix");
    let after = json(at, &[&low[..], &["--fix"]].concat(), 1);
    assert_eq!(after["summary"]["fixable"], 0);
    let findings = |report: &serde_json::Value| report["summary"]["findings"].as_u64().unwrap();
    assert!(
        findings(&after) <= findings(&before) - fixable,
        "fixing has made new findings"
    );
    let fixed = contents(at);
    assert_eq!(json(at, &low, 1), after);
    assert_eq!(json(at, &[&low[..], &["--fix"]].concat(), 1), after);
    assert_eq!(contents(at), fixed);
    ends(at, &[&low[..], &["--diff", "--quiet"]].concat(), 1, "");
}

/// What the shell could read before, it can read after.
#[test]
fn fixed_scripts_still_parse() {
    if missing(&["bash"]) {
        return;
    }
    let copy = copy();
    let reads = |file: &Path| {
        Command::new("bash")
            .arg("-n")
            .arg(file)
            .stderr(Stdio::null())
            .status()
            .unwrap()
            .success()
    };
    let scripts: Vec<_> = files(copy.path())
        .into_iter()
        .map(|(_, file)| file)
        .filter(|file| file.extension().is_some_and(|extension| extension == "sh") && reads(file))
        .collect();
    assert!(!scripts.is_empty());
    json(copy.path(), &["--fix", "--confidence", "low"], 1);
    for file in scripts {
        assert!(reads(&file), "{}", fs::read_to_string(&file).unwrap());
    }
}

/// The patch that `--diff` shows makes what `--fix` writes.
#[test]
fn the_patch_is_the_fix() {
    if missing(&["patch"]) {
        return;
    }
    let (patched, fixed) = (copy(), copy());
    let before = contents(patched.path());
    let patch = ends(patched.path(), &["--diff", "--confidence", "low"], 1, "would fix");
    assert_eq!(contents(patched.path()), before, "--diff has changed a file");
    json(fixed.path(), &["--fix", "--confidence", "low"], 1);
    fs::write(patched.path().join("patch"), patch).unwrap();
    let output = Command::new("patch")
        .args(["-p1", "--silent", "--no-backup-if-mismatch", "-i", "patch"])
        .current_dir(patched.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    fs::remove_file(patched.path().join("patch")).unwrap();
    assert!(contents(patched.path()) == contents(fixed.path()));
}

#[test]
fn a_file_that_is_fixed_keeps_what_else_it_is() {
    let at = folder(&[("x.sh", "#!/bin/sh\r\ngzip -9 calc.1\r\n# no line end")]);
    let script = at.path().join("x.sh");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o751)).unwrap();
    let said = ends(at.path(), &["--fix", "x.sh"], 0, "fixed 1 place in 1 file");
    assert!(said.starts_with("no findings in 1 file"), "{said}");
    assert_eq!(
        fs::read_to_string(&script).unwrap(),
        "#!/bin/sh\r\ngzip -n -9 calc.1\r\n# no line end"
    );
    assert_eq!(fs::metadata(&script).unwrap().permissions().mode() & 0o7777, 0o751);
}

/// What can't be mended is told of, and is still a finding.
#[test]
fn what_is_not_mended_stays_a_finding() {
    let at = folder(&[
        ("real/x.sh", "#!/bin/sh\ngzip -9 calc.1\n"),
        ("good/y.sh", "#!/bin/sh\ngzip -9 calc.1\n"),
    ]);
    let link = at.path().join("link.sh");
    std::os::unix::fs::symlink("real/x.sh", &link).unwrap();
    let said = ends(at.path(), &["--fix", "link.sh", "good"], 2, "it is a symbolic link");
    assert!(said.contains("sh-gzip") && said.contains("in 1 of 2 files"), "{said}");
    assert_eq!(
        fs::read_to_string(at.path().join("real/x.sh")).unwrap(),
        "#!/bin/sh\ngzip -9 calc.1\n"
    );
    assert!(
        fs::read_to_string(at.path().join("good/y.sh"))
            .unwrap()
            .contains("gzip -n")
    );
    // Neither is a text whose encoding nobody knows; it is looked at all the same.
    let latin = at.path().join("latin.sh");
    fs::write(&latin, b"#!/bin/sh\n# J\xfcrgen\ngzip -9 calc.1\n").unwrap();
    let said = ends(at.path(), &["latin.sh"], 1, "");
    assert!(said.contains("latin.sh:3:1"), "{said}");
    ends(at.path(), &["--fix", "latin.sh"], 2, "it is not UTF-8");
    assert!(fs::read(&latin).unwrap().contains(&0xfc));
}

/// Mode and owner are the file's, whatever the mask; one with another name, or that may not be written, stays as it is.
#[test]
fn what_a_file_is_besides_its_text_is_kept() {
    use std::os::unix::fs::MetadataExt as _;
    const BAD: &str = "#!/bin/sh\ngzip -9 calc.1\n";
    let at = folder(&[("x.sh", BAD), ("hard.sh", BAD), ("locked.sh", BAD)]);
    let path = |name: &str| at.path().join(name);
    fs::set_permissions(path("x.sh"), fs::Permissions::from_mode(0o4666)).unwrap();
    fs::set_permissions(path("locked.sh"), fs::Permissions::from_mode(0o444)).unwrap();
    fs::hard_link(path("hard.sh"), path("other")).unwrap();
    // Only root gives files away.
    let given = std::os::unix::fs::chown(path("x.sh"), Some(12345), Some(12345)).is_ok();
    fs::set_permissions(path("x.sh"), fs::Permissions::from_mode(0o4666)).unwrap();
    let output = Command::new("sh")
        .args(["-c", "umask 077; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_repro")])
        .args(["lint", "--fix", "x.sh", "hard.sh", "locked.sh"])
        .current_dir(at.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("hard.sh: not fixed: it has another name"), "{said}");
    assert!(said.contains("locked.sh: not fixed: it is write-protected"), "{said}");
    for name in ["hard.sh", "other", "locked.sh"] {
        assert_eq!(fs::read_to_string(path(name)).unwrap(), BAD);
    }
    let found = fs::metadata(path("x.sh")).unwrap();
    assert!(fs::read_to_string(path("x.sh")).unwrap().contains("gzip -n"));
    assert_eq!(found.mode() & 0o7777, 0o4666);
    assert!(!given || (found.uid(), found.gid()) == (12345, 12345));
}

#[test]
fn a_file_of_two_paths_is_mended_once() {
    let at = folder(&[("d/x.sh", "#!/bin/sh\ngzip -9 calc.1\n")]);
    let whole = at.path().join("d/x.sh");
    ends(at.path(), &["--fix", "d/x.sh", whole.to_str().unwrap()], 0, "fixed");
    assert_eq!(fs::read_to_string(whole).unwrap(), "#!/bin/sh\ngzip -n -9 calc.1\n");
}

/// More places than there are rounds, of which each round mends one: what is told afterwards is what is there.
#[test]
fn what_is_told_is_what_is_left() {
    let line = format!("tar{}\n", " cf x.tar a; tar".repeat(30));
    let at = folder(&[("x.sh", &format!("#!/bin/sh\n{line}"))]);
    let run = |more: &[&str]| json(at.path(), more, 1)["summary"].clone();
    let fixed = run(&["--fix"]);
    assert_eq!(run(&[]), fixed);
}

/// Names that a patch has to quote, and lines that a terminal would obey: both tools take the patch as it is.
#[test]
fn a_patch_names_any_file() {
    if missing(&["git", "patch"]) {
        return;
    }
    const BAD: &str = "#!/bin/sh\n# \u{1b}[31mred\x07 \r alone\ngzip -9 calc.1\n";
    let names = [
        "a b.sh",
        "tab\t.sh",
        "quote\"\\.sh",
        "ünï.sh",
        "line\nend.sh",
        "plain.sh",
    ];
    let files: Vec<(&str, &str)> = names.iter().map(|name| (*name, BAD)).collect();
    for tool in [&["git", "apply"][..], &["patch", "-p1", "--silent", "-i"]] {
        let at = folder(&files);
        let patch = ends(at.path(), &["--diff", "--quiet"], 1, "");
        assert!(
            patch.contains("+++ \"b/tab\\t.sh\"\n") && patch.contains("+++ b/a b.sh\t\n"),
            "{patch}"
        );
        assert!(patch.contains("\u{1b}[31mred"));
        let patched = tempfile::NamedTempFile::new().unwrap();
        fs::write(patched.path(), &patch).unwrap();
        let output = Command::new(tool[0])
            .args(&tool[1..])
            .arg(patched.path())
            .current_dir(at.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{tool:?} {output:?}");
        for name in names {
            let text = fs::read_to_string(at.path().join(name)).unwrap();
            assert!(text.contains("gzip -n -9"), "{tool:?} {name:?}");
        }
    }
    // On a terminal nothing is obeyed.
    let at = folder(&files);
    if missing(&["script"]) {
        return;
    }
    let command = format!("{} lint --diff --quiet --no-pager", env!("CARGO_BIN_EXE_repro"));
    let output = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .current_dir(at.path())
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(
        shown.contains("\\x1b[31mred\\x07") && !shown.contains('\u{1b}'),
        "{shown}"
    );
}

#[test]
fn what_is_allowed_or_not_shown_is_not_fixed() {
    let text = "#!/bin/sh\ngzip -9 calc.1 # repro: allow(sh-gzip) the time is wanted\n";
    let at = folder(&[("x.sh", text)]);
    ends(at.path(), &["--fix"], 0, "");
    ends(at.path(), &["--fix", "--ignore", "sh-gzip"], 0, "");
    assert_eq!(fs::read_to_string(at.path().join("x.sh")).unwrap(), text);
}
