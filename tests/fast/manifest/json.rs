//! The JSON manifest: complete, lossless, the same for any number of threads, valid by its schema.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::{repro, sh, tree};

fn parse(text: &[u8]) -> Value {
    serde_json::from_slice(text).unwrap()
}

fn valid(which: &str, instance: &Value) {
    let folder = tempfile::tempdir().unwrap();
    let schema = parse(&repro(folder.path(), &["schema", which]).out);
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    compiler.add_resource("schema.json", schema).unwrap();
    let index = compiler.compile("schema.json", &mut schemas).unwrap();
    if let Err(error) = schemas.validate(instance, index) {
        panic!("{error:#}");
    }
}

fn entry<'a>(manifest: &'a Value, path: &str) -> &'a Value {
    let entries = manifest["entries"].as_array().unwrap();
    let found = entries.iter().find(|e| e["path"] == path || e["path_hex"] == path);
    found.unwrap_or_else(|| panic!("{path} is not in the manifest"))
}

#[test]
fn complete_and_valid_and_the_same_for_any_jobs() {
    let tree = tree();
    let folder = tree.path();
    sh(folder, "mkfifo fifo; chmod 4711 a/x; chmod 0700 a/b");
    let _socket = std::os::unix::net::UnixListener::bind(folder.join("socket")).unwrap();
    let first = repro(
        folder,
        &[
            "hash",
            ".",
            "--format",
            "json",
            "--algorithm",
            "sha256,blake3",
            "--jobs",
            "1",
        ],
    );
    assert_eq!((first.code, first.err.as_str()), (0, ""));
    for jobs in ["2", "5", "16"] {
        let again = repro(
            folder,
            &[
                "hash",
                ".",
                "--format",
                "json",
                "--algorithm",
                "blake3,sha256",
                "--jobs",
                jobs,
            ],
        );
        assert!(again.out == first.out, "--jobs {jobs} gives another manifest");
    }
    let manifest = parse(&first.out);
    valid("manifest", &manifest);
    let count = sh(folder, "find . -printf x | wc -c");
    let count: usize = String::from_utf8_lossy(&count).trim().parse().unwrap();
    assert_eq!(manifest["entries"].as_array().map(Vec::len), Some(count));
    assert_eq!(entry(&manifest, "a/x")["mode"], "4711");
    assert_eq!(entry(&manifest, "fifo")["type"], "fifo");
    assert_eq!(entry(&manifest, "socket")["type"], "socket");
    assert_eq!(entry(&manifest, "empty")["type"], "dir");
    assert_eq!(entry(&manifest, "link")["target"], "plain");
    assert_eq!(entry(&manifest, "dangling")["target_hex"], "fd6e6f7768657265");
    assert_eq!(entry(&manifest, "fffe")["size"], 2);
    assert_eq!(entry(&manifest, "n\nl")["type"], "file");
    assert_eq!(entry(&manifest, "sparse")["size"], 9 << 20);
    assert_eq!(entry(&manifest, "plain")["hard_link_to"], "a/hard");
    fs::write(folder.join("../manifest.json"), "").ok();
    let checked = super::run(
        folder,
        "sh",
        &[
            "-c",
            &format!("{0} hash --format json . | {0} check - --strict", super::REPRO),
        ],
    );
    assert_eq!(checked.code, 0, "{}{}", checked.text(), checked.err);
}

/// The definition in `src/manifest/tree.rs`, in shell.
const TREE_DIGEST: &str = r#"
find . -printf '%P\0' | LC_ALL=C sort -z | while IFS= read -r -d '' path; do
  path=${path:-.}
  if [ -L "$path" ]; then set -- l 0777 "$(readlink -n -- "$path" | $SUM | cut -d' ' -f1)"
  elif [ -d "$path" ]; then set -- d "$(stat -c %04a -- "$path")" -
  elif [ -p "$path" ]; then set -- p "$(stat -c %04a -- "$path")" -
  else set -- f "$(stat -c %04a -- "$path")" "$($SUM < "$path" | cut -d' ' -f1)"; fi
  printf '%s %s %s %s\0' "$@" "$path"
done | $SUM | cut -d' ' -f1"#;

#[test]
fn tree_digest_as_defined() {
    let tree = tree();
    sh(tree.path(), "mkfifo fifo; chmod 1751 a");
    for (algorithm, sum) in [("sha256", "sha256sum"), ("sha512", "sha512sum")] {
        let script = format!("SUM={sum}; {TREE_DIGEST}");
        let expected = super::run(tree.path(), "bash", &["-euc", &script]).text();
        let manifest = parse(
            &repro(
                tree.path(),
                &["hash", ".", "--format", "json", "--algorithm", algorithm],
            )
            .out,
        );
        assert_eq!(manifest["roots"][0]["tree"][algorithm], expected.trim());
    }
}

#[test]
fn tree_digest_vectors() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("t")).unwrap();
    let chmod =
        |path: &str, mode| fs::set_permissions(folder.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
    chmod("t", 0o755);
    let digest = |args: &[&str]| {
        let args = [&["hash", "--format", "json", "--algorithm", "sha256,blake3"], args].concat();
        let manifest = parse(&repro(folder.path(), &args).out);
        manifest["roots"][0]["tree"]["sha256"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        digest(&["t"]),
        "4368905ae7f1161867031db8fb1105752bb6a29ee03ff56f72647714be6f5dc9"
    );
    fs::write(folder.path().join("t/hello"), "hello\n").unwrap();
    chmod("t/hello", 0o644);
    std::os::unix::fs::symlink("hello", folder.path().join("t/to")).unwrap();
    let full = digest(&["t"]);
    assert_eq!(full, "eb839e7b4f2436283b5bb29928f99bbca21b2b4c67517e79223d31bc33c8d792");
    // What it is called and where it lies does not count; permissions and targets do.
    sh(folder.path(), "mkdir -p elsewhere; cp -a t elsewhere/u");
    assert_eq!(digest(&["elsewhere/u"]), full);
    chmod("t/hello", 0o755);
    assert_ne!(digest(&["t"]), full);
    chmod("t/hello", 0o644);
    sh(folder.path(), "ln -sfn hellp t/to");
    assert_ne!(digest(&["t"]), full);
}

#[test]
fn check_finds_each_kind_of_change() {
    let tree = tree();
    let folder = tree.path();
    sh(folder, "mkdir ../m.$$ 2>/dev/null || true; rmdir ../m.$$");
    assert_eq!(
        repro(folder, &["hash", ".", "--format", "json", "-o", "m.json"]).code,
        0
    );
    assert_eq!(repro(folder, &["check", "m.json", "--strict"]).code, 0);

    // Extra paths and permissions are told, but only --strict minds.
    sh(folder, "touch new; chmod 600 a-b");
    let checked = repro(folder, &["check", "m.json"]);
    assert_eq!(checked.code, 0);
    assert!(checked.text().contains("extra    new\n") && checked.text().contains("mode     a-b  0644 -> 0600\n"));
    assert_eq!(repro(folder, &["check", "m.json", "--strict"]).code, 1);
    sh(folder, "rm new; chmod 644 a-b");

    // A privilege that was not there is never just a note.
    sh(folder, "chmod 4644 a-b");
    assert_eq!(repro(folder, &["check", "m.json"]).code, 1);
    sh(folder, "chmod 644 a-b");

    for (change, line) in [
        ("printf y > a/x", "changed  a/x"),
        ("rm a.b", "missing  a.b"),
        ("rm link; ln -s zero link", "changed  link  target plain -> zero"),
        ("rm -r empty; touch empty", "changed  empty  type dir -> file"),
        ("mv a-b q; ln -s q a-b", "changed  a-b  type file -> symlink"),
        ("rm tab*; mkfifo 'tab\there'", "changed  tab\\there  type file -> fifo"),
    ] {
        let change = change.replace("\\t", "\t");
        sh(folder, &format!("cp -a . ../copy.$$; rm -rf ../copy.$$; {change}"));
        let checked = repro(folder, &["check", "m.json"]);
        assert_eq!(checked.code, 1, "{change}");
        assert!(
            checked.text().lines().any(|l| l == line),
            "{change}: {}",
            checked.text()
        );
    }
    let checked = repro(folder, &["check", "m.json", "--format", "json"]);
    let report = parse(&checked.out);
    valid("check", &report);
    assert_eq!((checked.code, &report["verdict"]), (1, &Value::from("differs")));
    assert_eq!(report["changed"].as_array().map(Vec::len), Some(5));
    assert_eq!(report["missing"][0]["path"], "a.b");
    assert_eq!(report["extra"][0]["path"], "q");
}

#[test]
fn from_another_folder_and_by_root() {
    let tree = tree();
    let out = tempfile::tempdir().unwrap();
    let manifest = out.path().join("m.json");
    let manifest = manifest.to_str().unwrap();
    assert_eq!(
        repro(tree.path(), &["hash", "a", "plain", "--format", "json", "-o", manifest]).code,
        0
    );
    let root = tree.path().to_str().unwrap();
    let checked = repro(out.path(), &["check", manifest, "--root", root, "--strict"]);
    assert_eq!(checked.code, 0, "{}{}", checked.text(), checked.err);
    assert_eq!(repro(out.path(), &["check", manifest]).code, 1);
}

#[test]
fn followed_links() {
    let tree = tree();
    let made = repro(
        tree.path(),
        &["hash", ".", "--follow", "--format", "json", "-o", "m.json"],
    );
    assert_eq!((made.code, made.err.as_str()), (0, ""));
    let manifest = parse(&fs::read(tree.path().join("m.json")).unwrap());
    valid("manifest", &manifest);
    assert_eq!(entry(&manifest, "link")["type"], "file");
    // A loop and a link to nowhere stay links.
    assert_eq!(entry(&manifest, "a/loop")["type"], "symlink");
    assert_eq!(entry(&manifest, "dangling")["type"], "symlink");
    assert_eq!(repro(tree.path(), &["check", "m.json", "--strict"]).code, 0);
}

#[test]
fn sizes_for_the_progress_bar() {
    let tree = tree();
    let base = rustix::fs::CWD;
    let root = tree.path().as_os_str().as_encoded_bytes().to_vec();
    let options = repro::bytes::walk::Options::default();
    let found = repro::bytes::walk::walk(base, &[root], &options).ok().unwrap();
    let expected = sh(
        tree.path(),
        "find . -type f -printf '%s\\n' | awk '{s+=$1} END {print s}'",
    );
    let expected: u64 = String::from_utf8_lossy(&expected).trim().parse().unwrap();
    assert_eq!(repro::manifest::total_size(base, &found, &options), expected);
}
