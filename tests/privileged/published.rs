//! `repro rebuild`: a project with a backend of its own, an index that is a folder, and what was published of it.

use crate::support::{Schema, missing, said};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

const REPRO: &str = env!("CARGO_BIN_EXE_repro");

/// Packs `tiny/` and the metadata. Asked for metadata alone it fails: nobody asks a source that was only fetched.
const BACKEND: &str = r#"
import os, zipfile

def prepare_metadata_for_build_wheel(to, settings=None):
    raise SystemExit("the source was run while it was fetched")

def build_wheel(to, settings=None, metadata=None):
    name = "tiny-1.0-py3-none-any.whl"
    info = "tiny-1.0.dist-info/"
    with zipfile.ZipFile(os.path.join(to, name), "w", zipfile.ZIP_DEFLATED) as file:
        for module in sorted(os.listdir("tiny")):
            file.write("tiny/" + module)
        for name, text in [
            ("METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\nRequires-Python: >=3.6\n"),
            ("WHEEL", "Wheel-Version: 1.0\nGenerator: tiny-backend 1\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        ]:
            with open(name, "w") as out:
                out.write(text)
            file.write(name, info + name)
    return name
"#;
/// Changes a wheel: every time is two minutes later, and one file has another line where that is asked for.
const CHANGE: &str = r#"
import sys, zipfile
old, new, line = sys.argv[1:4]
with zipfile.ZipFile(old) as a, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as b:
    for number, info in enumerate(a.infolist()):
        data = a.read(info)
        if info.filename == "tiny/util.py" and line:
            data = data.replace(b"return 1", line.encode())
        copy = zipfile.ZipInfo(info.filename, info.date_time[:4] + (number, 0))
        copy.external_attr, copy.compress_type = info.external_attr, zipfile.ZIP_DEFLATED
        b.writestr(copy, data)
"#;

struct Scene {
    folder: tempfile::TempDir,
}

impl Scene {
    /// The source, its sdist in `index/`, and the wheel that it gives in `dist/`. Nothing if a tool is missing.
    fn new(backend: &str) -> Option<Self> {
        if missing(&["python3", "tar"]) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        for name in ["tiny-1.0/tiny", "index", "dist", "cache"] {
            fs::create_dir_all(at.join(name)).unwrap();
        }
        for (name, text) in [
            ("PKG-INFO", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"),
            (
                "pyproject.toml",
                "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n",
            ),
            ("backend.py", backend),
            ("tiny/__init__.py", "from .util import one\n"),
            ("tiny/util.py", "def one():\n    return 1\n"),
        ] {
            fs::write(at.join("tiny-1.0").join(name), text).unwrap();
        }
        run(at, "tar", &["-czf", "index/tiny-1.0.tar.gz", "tiny-1.0"]);
        let scene = Self { folder };
        Some(scene)
    }

    fn at(&self) -> &Path {
        self.folder.path()
    }

    /// Builds the wheel, as its author would.
    fn publish(&self) -> PathBuf {
        let source = self.at().join("tiny-1.0");
        let call = "import backend; backend.build_wheel('../dist')";
        run(&source, "python3", &["-c", call]);
        self.at().join("dist/tiny-1.0-py3-none-any.whl")
    }

    /// The wheel with other times, and perhaps another line.
    fn changed(&self, line: &str) -> PathBuf {
        let wheel = self.publish();
        let folder = self.at().join("changed");
        fs::create_dir_all(&folder).unwrap();
        let new = folder.join(wheel.file_name().unwrap());
        let (old, new) = (wheel.to_str().unwrap(), new.to_str().unwrap().to_owned());
        run(self.at(), "python3", &["-c", CHANGE, old, &new, line]);
        PathBuf::from(new)
    }

    fn repro(&self, words: &[&str]) -> Output {
        Command::new(REPRO)
            .args(words)
            .current_dir(self.at())
            .env("PIP_NO_INDEX", "1")
            .env("PIP_FIND_LINKS", self.at().join("index"))
            .env("XDG_CACHE_HOME", self.at().join("cache"))
            .env_remove("PIP_CONFIG_FILE")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// The report, which must be as its schema says, and the exit status.
    #[track_caller]
    fn report(&self, words: &[&str], status: i32) -> Value {
        let output = self.repro(&[&["rebuild", "--format", "json", "--tries", "1"], words].concat());
        assert_eq!(output.status.code(), Some(status), "{}", said(&output));
        let report = serde_json::from_slice(&output.stdout).unwrap();
        Schema::new(repro::schemas::REBUILD).check(&report).unwrap();
        report
    }
}

#[track_caller]
fn run(folder: &Path, program: &str, words: &[&str]) {
    let output = Command::new(program).args(words).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{program} {words:?}: {}", said(&output));
}

#[test]
fn a_wheel_comes_from_its_sdist() {
    let Some(scene) = Scene::new(BACKEND) else { return };
    let wheel = scene.publish();
    let wheel = wheel.to_str().unwrap();
    let report = scene.report(&[wheel, "--save-plan", "plan.toml"], 0);
    assert_eq!(report["verdict"], "identical", "{report:#}");
    let inputs = report["plan"]["inputs"].as_array().unwrap();
    assert_eq!(inputs[0]["path"], "source/tiny-1.0.tar.gz");
    let fact = |what: &str| {
        let facts = report["evidence"].as_array().unwrap();
        facts.iter().find(|fact| fact["what"] == what).unwrap().clone()
    };
    assert_eq!(fact("Generator")["value"], "tiny-backend 1");
    assert_eq!(fact("Generator")["place"], "tiny-1.0.dist-info/WHEEL:2");

    // The plan says all; another source is not what it names.
    scene.report(&[wheel, "--plan", "plan.toml"], 0);
    fs::write(scene.at().join("tiny-1.0/README"), "more\n").unwrap();
    let output = scene.repro(&["rebuild", wheel, "--plan", "plan.toml", "--source", "tiny-1.0"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("is not what the plan names among its inputs"),
        "{}",
        said(&output)
    );
}

#[test]
fn times_are_explained_and_a_changed_line_is_named() {
    let Some(scene) = Scene::new(BACKEND) else { return };
    // What the backend writes by itself shows the clock's one time.
    let later = scene.changed("");
    let report = scene.report(&[later.to_str().unwrap()], 1);
    assert_eq!(report["verdict"], "explained", "{report:#}");
    assert_eq!(report["foreign"], Value::Null);
    let causes: Vec<&str> = report["diff"]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["knock_on"] == false)
        .map(|finding| finding["cause"].as_str().unwrap())
        .collect();
    assert!(
        causes.iter().all(|cause| ["archive-mtime", "timezone"].contains(cause)),
        "{causes:?}"
    );

    let tampered = scene.changed("return 1 + __import__('os').system('id')");
    let report = scene.report(&[tampered.to_str().unwrap()], 1);
    assert_eq!(report["verdict"], "different", "{report:#}");
    assert_eq!(report["foreign"], "tiny/util.py");
    assert!(
        report["summary"]
            .as_str()
            .unwrap()
            .starts_with("tiny/util.py is neither in the source")
    );
    assert_eq!(report["tries"].as_array().unwrap().len(), 2);
}

#[test]
fn a_failure_is_an_answer_that_can_be_stated() {
    let broken = BACKEND.replace(
        "    name = \"tiny-1.0-py3",
        "    print('tar: the clock is behind. ' * 9)\n    raise SystemExit('no compiler')\n    name = \"tiny-1.0-py3",
    );
    let Some(scene) = Scene::new(&broken) else { return };
    if missing(&["ssh-keygen"]) {
        return;
    }
    fs::write(scene.at().join("tiny-1.0/backend.py"), BACKEND).unwrap();
    let wheel = scene.publish();
    let wheel = wheel.to_str().unwrap();
    run(
        scene.at(),
        "ssh-keygen",
        &["-q", "-t", "ed25519", "-N", "", "-f", "key"],
    );
    let told = [
        "--attest",
        "statements",
        "--key",
        "key",
        "--record-history",
        "history.sqlite",
    ];
    let report = scene.report(&[&[wheel][..], &told].concat(), 2);
    assert_eq!(report["verdict"], "not-built");
    assert!(
        report["failure"].as_str().unwrap().contains("no compiler"),
        "{report:#}"
    );

    let public = fs::read_to_string(scene.at().join("key.pub")).unwrap();
    let keyring = format!("[[rebuilder]]\nname = 'me'\nkey = '{}'\n", public.trim());
    fs::write(scene.at().join("keys.toml"), keyring).unwrap();
    let words = [
        "verify",
        wheel,
        "--attestations",
        "statements",
        "--keyring",
        "keys.toml",
        "--threshold",
        "1",
    ];
    let output = scene.repro(&words);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("no compiler"),
        "{}",
        said(&output)
    );

    // The same by the folder that the author built from: reproduced, and counted.
    let report = scene.report(&[&[wheel, "--source", "tiny-1.0"][..], &told].concat(), 0);
    assert_eq!(report["verdict"], "identical");
    let output = scene.repro(&words);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let output = scene.repro(&["history", "--file", "history.sqlite", "--format", "json"]);
    let history: Value = serde_json::from_slice(&output.stdout).unwrap();
    let artifact = &history["artifacts"][0];
    assert_eq!(artifact["path"], "tiny-1.0-py3-none-any.whl", "{history:#}");
}

#[test]
fn a_list_goes_on_where_it_stopped() {
    let Some(scene) = Scene::new(BACKEND) else { return };
    scene.publish();
    fs::write(
        scene.at().join("list"),
        "# The second is not there.\ndist/tiny-1.0-py3-none-any.whl\npypi:none==1\n",
    )
    .unwrap();
    let words = ["rebuild", "--list", "list", "--output", "out.jsonl", "--quiet"];
    assert_eq!(scene.repro(&words).status.code(), Some(2));
    let read = || fs::read_to_string(scene.at().join("out.jsonl")).unwrap();
    let text = read();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let schema = Schema::new(repro::schemas::LINES);
    lines.iter().for_each(|line| schema.check(line).unwrap());
    assert_eq!(
        (&lines[1]["verdict"], &lines[1]["report"]["verdict"]),
        (&"identical".into(), &"identical".into())
    );
    assert!(
        lines[2]["error"].as_str().unwrap().contains("No matching distribution"),
        "{text}"
    );
    // A line that was cut off is done again, the others are not.
    let kept = text[..text.len() - 1].rfind('\n').unwrap() + 1;
    fs::write(scene.at().join("out.jsonl"), &text[..kept + 20]).unwrap();
    assert_eq!(scene.repro(&words).status.code(), Some(2));
    let again = read();
    assert!(again.starts_with(&text[..kept]), "{again}");
    assert!(again[kept..].starts_with("{\"resumed\":2}\n"), "{again}");
    let merged = scene.repro(&["merge", "out.jsonl", "--list", "list"]);
    assert_eq!(merged.status.code(), Some(2), "{}", said(&merged));
    let merged = String::from_utf8_lossy(&merged.stdout);
    assert!(
        merged.contains("2 items by repro rebuild: 1 error, 1 identical"),
        "{merged}"
    );
}

#[test]
fn any_file_by_a_command() {
    let Some(scene) = Scene::new(BACKEND) else { return };
    fs::write(scene.at().join("tiny-1.0/Makefile"), "all:\n\tcat tiny/*.py >all.txt\n").unwrap();
    let text = "from .util import one\ndef one():\n    return 1\n";
    fs::write(scene.at().join("all.txt"), text).unwrap();
    if missing(&["make"]) {
        return;
    }
    let words = ["all.txt", "--source", "tiny-1.0", "--command", "make -s"];
    assert_eq!(scene.report(&words, 0)["verdict"], "identical");
    fs::write(scene.at().join("all.txt"), text.replace('1', "2")).unwrap();
    assert_eq!(scene.report(&words, 1)["foreign"], Value::Null);
}

/// Makes a source package, a package of it, and that package with one more line and other times.
const DEBIAN: &str = r#"set -e
mkdir -p deb/tiny-1.0/debian/source
cd deb/tiny-1.0
printf 'echo one\n' >tiny
printf '3.0 (native)\n' >debian/source/format
printf 'tiny (1.0) unstable; urgency=low\n\n  * First.\n\n -- T <t@example.org>  Mon, 02 Mar 2026 08:00:00 +0000\n' >debian/changelog
printf 'Source: tiny\nMaintainer: T <t@example.org>\nStandards-Version: 4.6.2\n\nPackage: tiny\nArchitecture: all\nDescription: one line\n' >debian/control
cat >debian/rules <<'END'
#!/usr/bin/make -f
build build-arch build-indep clean binary-arch:
binary binary-indep:
	rm -rf debian/tiny
	install -D -m 755 tiny debian/tiny/usr/bin/tiny
	install -d debian/tiny/DEBIAN
	dpkg-gencontrol -ptiny -Pdebian/tiny
	dpkg-deb --root-owner-group -b debian/tiny ..
.PHONY: build build-arch build-indep clean binary binary-arch binary-indep
END
chmod +x debian/rules
dpkg-buildpackage -us -uc
cd ..
dpkg-deb -R tiny_1.0_all.deb tampered
printf 'id\n' >>tampered/usr/bin/tiny
dpkg-deb --root-owner-group -b tampered tampered.deb
"#;

#[test]
fn a_package_of_debian_comes_from_its_source_and_a_changed_one_does_not() {
    let Some(scene) = Scene::new(BACKEND) else { return };
    if missing(&["dpkg-buildpackage", "dpkg-deb", "make"]) {
        return;
    }
    run(scene.at(), "sh", &["-c", DEBIAN]);
    let own = [
        "--dsc",
        "deb/tiny_1.0.dsc",
        "--buildinfo",
        "deb/tiny_1.0_amd64.buildinfo",
    ];
    let report = scene.report(&[&["deb/tiny_1.0_all.deb"][..], &own].concat(), 0);
    assert_eq!(report["verdict"], "identical", "{report:#}");

    let report = scene.report(&[&["deb/tampered.deb"][..], &own].concat(), 1);
    assert_eq!(report["verdict"], "different", "{report:#}");
    assert_eq!(report["foreign"], "data.tar/./usr/bin/tiny", "{report:#}");
    let notes = report["notes"].to_string();
    assert!(
        notes.contains(
            "tiny_1.0_all.deb is listed with the digest of what was built here, and not of what was published"
        ),
        "{notes}"
    );
}
