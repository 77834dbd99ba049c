//! Records of a made-up Debian system, and of this machine.

use super::*;
use crate::rebuild::sandbox;
use crate::rebuild::variation::tests::{build, machine};
use std::{os::unix::fs::symlink, time::Duration};

const SECRET: &str = "hunter2-hunter2";

/// An ELF file of one type, which asks for a loader if one is given.
fn elf(kind: u8, loader: &str) -> Vec<u8> {
    let mut bytes = vec![0; 64 + 56];
    bytes[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
    (bytes[16], bytes[18], bytes[20]) = (kind, 62, 1);
    (bytes[32], bytes[52], bytes[54]) = (64, 64, 56);
    if !loader.is_empty() {
        let size = loader.len() as u8 + 1;
        (bytes[56], bytes[64], bytes[72], bytes[96], bytes[104]) = (1, 3, 120, size, size);
        bytes.extend(loader.bytes().chain([0]));
    }
    bytes
}

struct System {
    folder: tempfile::TempDir,
}

impl System {
    /// A system with merged `/usr`, a C library, a compiler that an alternative points to, and a foreign package.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let system = Self { folder };
        let loader = "/lib64/ld-linux-x86-64.so.2";
        system.file("usr/bin/gcc-12", &elf(3, loader));
        system.file("usr/bin/dash", &elf(3, loader));
        system.file("usr/bin/wrapped.real", &elf(2, ""));
        system.file("usr/bin/wrapped", b"#! /bin/sh -e\n");
        system.file("usr/lib64/ld-linux-x86-64.so.2", &elf(3, ""));
        system.file("usr/lib/x86_64-linux-gnu/libc.so.6", &elf(3, loader));
        system.file("usr/lib/x86_64-linux-gnu/libc.a", b"!<arch>\n");
        system.file(
            "usr/lib/x86_64-linux-gnu/libm.a",
            b"/* GNU ld script */ GROUP ( libc.a )",
        );
        system.file("usr/lib/x86_64-linux-gnu/crt1.o", &elf(1, ""));
        system.file("usr/lib/i386-linux-gnu/libc.so.6", &elf(3, ""));
        system.file("usr/include/stdio.h", b"int puts();");
        system.file("usr/local/include/own.h", b"int own;");
        system.file("etc/hosts", b"127.0.0.1 localhost");
        system.file("etc/os-release", b"ID=debian\nPRETTY_NAME=\"Debian \\$12\"\n# x=y\n");
        system.file("etc/dpkg/origins/debian", b"Vendor: Debian\nBugs: x\n");
        system.link("debian", "etc/dpkg/origins/default");
        for folder in ["bin", "lib", "lib64"] {
            system.link(&format!("usr/{folder}"), folder);
        }
        system.link("dash", "usr/bin/sh");
        system.link("/etc/alternatives/cc", "usr/bin/cc");
        system.file("etc/alternatives/x", b"");
        system.link("/usr/bin/gcc-12", "etc/alternatives/cc");
        let mut status = String::new();
        for (name, architecture, version, lists) in [
            ("dpkg", "amd64", "1.21", ""),
            ("gcc-12", "amd64", "12.2.0-14", "/usr/bin/gcc-12\n"),
            ("dash", "amd64", "0.5.12-2", "/bin/dash\n/bin/sh\n"),
            (
                "libc6:amd64",
                "amd64",
                "2.36-9",
                "/lib/x86_64-linux-gnu/libc.so.6\n/lib64/ld-linux-x86-64.so.2\n",
            ),
            ("libc6:i386", "i386", "2.36-8", "/lib/i386-linux-gnu/libc.so.6\n"),
            (
                "libc6-dev:amd64",
                "amd64",
                "2.36-9",
                "/.\n/usr/lib/x86_64-linux-gnu/libc.a\n/usr/lib/x86_64-linux-gnu/crt1.o\n",
            ),
            ("libc6-headers", "all", "2.36-9", "/usr/include/stdio.h\n"),
            ("wrapped", "all", "3", "/usr/bin/wrapped\n"),
            ("wrapper", "all", "1:4", "/usr/bin/wrapped\n"),
        ] {
            system.file(&format!("var/lib/dpkg/info/{name}.list"), lists.as_bytes());
            let name = name.split(':').next().unwrap();
            status += &format!(
                "Package: {name}\nStatus: install ok installed\nArchitecture: {architecture}\nVersion: {version}\nDescription: x\n Version: 0\n\n"
            );
        }
        status += "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 9\n";
        system.file("var/lib/dpkg/status", status.as_bytes());
        system.file(
            "var/lib/dpkg/diversions",
            b"/usr/bin/wrapped\n/usr/bin/wrapped.real\nwrapper\n",
        );
        system.file("source/main.c", b"int main;");
        system.file("source/debian/changelog", b"hello (2.10-3) unstable; urgency=medium\n");
        system.file("made/dist/hello_2.10-3_amd64.deb", b"deb");
        system
    }

    fn file(&self, path: &str, bytes: &[u8]) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn link(&self, target: &str, path: &str) {
        symlink(target, self.folder.path().join(path)).unwrap();
    }

    fn record(&self) -> Record {
        let source = self.folder.path().join("source");
        let sha256 = Algorithm::Sha256.digest(b"deb").to_string();
        let trace = Trace {
            processes: vec![
                process("/usr/bin/cc"),
                process("/bin/wrapped"),
                process("/build/source/tool"),
                process("sub/tool"),
            ],
            writes: vec![sandbox::Write {
                process: 0,
                path: "/usr/local/include/made.h".to_owned(),
            }],
            reads: [
                "/lib/x86_64-linux-gnu/libc.so.6",
                "/usr/bin/../lib/x86_64-linux-gnu/libc.a",
                "/usr/lib/x86_64-linux-gnu/libm.a",
                "/usr/lib/x86_64-linux-gnu/crt1.o",
                "/lib/i386-linux-gnu/libc.so.6",
                "/usr/include/stdio.h",
                "/usr/local/include/own.h",
                "/usr/bin/wrapped.real",
                "/usr/local/include/made.h",
                "/etc/hosts",
                "/proc/self/exe",
                "/tmp/x.s",
                "/not/there",
                "main.c",
            ]
            .map(str::to_owned)
            .into(),
            ..Trace::default()
        };
        let built = Built {
            trace: &trace,
            environment: &environment(),
            told: Told {
                hostname: Some("control".to_owned()),
                ..Told::default()
            },
            secrets: &[("TOKEN".to_owned(), SECRET.to_owned())].into(),
            steps: &[Step {
                name: "make".to_owned(),
                command: vec!["make".to_owned(), format!("KEY={SECRET}")],
                retry: 0,
                halt_on_failure: true,
            }],
            source: &source,
            artifacts: &[("dist/hello_2.10-3_amd64.deb".to_owned(), sha256)].into(),
            folder: &self.folder.path().join("made"),
        };
        let host = Host {
            root: self.folder.path().to_owned(),
            kernel: "6.1.0 #1 SMP".to_owned(),
            machine: "x86_64".to_owned(),
        };
        of(&built, &host).unwrap()
    }

    /// Written under a name, and read again.
    fn kept(&self, name: &str, record: &Record) -> (String, Record) {
        let path = self.folder.path().join(name);
        record.write(&path).unwrap();
        (fs::read_to_string(&path).unwrap(), read(&path).unwrap())
    }
}

fn process(program: &str) -> Process {
    Process {
        parent: None,
        program: program.to_owned(),
        command: vec![program.to_owned()],
    }
}

fn environment() -> Environment {
    let mut build = build(7, 1_700_000_000);
    let variables = [("QUOTED", "a \"b\" \\ c\nd"), ("AUTH", "Bearer hunter2-hunter2")];
    build.variables = variables
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    build.secrets = [("TOKEN".to_owned(), SECRET.to_owned())].into();
    Environment::control(&build, &machine())
}

fn file<'a>(record: &'a Record, path: &str) -> &'a UsedFile {
    let files = record.files.as_ref().unwrap();
    files
        .iter()
        .find(|file| file.path == path)
        .unwrap_or_else(|| panic!("no {path} in {files:#?}"))
}

fn differences(a: &Record, b: &Record) -> Vec<String> {
    let side = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let line = |d: crate::model::EnvironmentDifference| format!("{}: {} -> {}", d.what, side(d.recorded), side(d.here));
    against(a, b).into_iter().map(line).collect()
}

#[test]
fn files_are_known_by_kind_and_package() {
    let record = System::new().record();
    let known: Vec<String> = record
        .files
        .as_ref()
        .unwrap()
        .iter()
        .map(|f| {
            let owner = f.package.as_deref().unwrap_or("-");
            format!(
                "{} {:?} {owner} {}",
                f.path,
                f.kind,
                f.version.as_deref().unwrap_or("-")
            )
        })
        .collect();
    assert_eq!(
        known,
        [
            "/usr/bin/dash Executable dash 0.5.12-2",
            "/usr/bin/gcc-12 Executable gcc-12 12.2.0-14",
            "/usr/bin/wrapped Executable wrapper 1:4",
            "/usr/bin/wrapped.real Executable wrapped 3",
            "/usr/lib/i386-linux-gnu/libc.so.6 SharedLibrary libc6:i386 2.36-8",
            "/usr/lib/x86_64-linux-gnu/crt1.o Object libc6-dev 2.36-9",
            "/usr/lib/x86_64-linux-gnu/libc.a StaticLibrary libc6-dev 2.36-9",
            "/usr/lib/x86_64-linux-gnu/libc.so.6 SharedLibrary libc6 2.36-9",
            "/usr/lib/x86_64-linux-gnu/libm.a LinkerScript - -",
            "/usr/lib64/ld-linux-x86-64.so.2 Executable libc6 2.36-9",
            "/usr/local/include/own.h Data - -",
        ]
    );
    assert_eq!(file(&record, "/usr/bin/gcc-12").called, ["/usr/bin/cc"]);
    assert_eq!(file(&record, "/usr/bin/dash").called, ["/bin/sh"]);
    let packages: Vec<&str> = record.packages.keys().map(String::as_str).collect();
    let expected = [
        "dash",
        "gcc-12",
        "libc6",
        "libc6-dev",
        "libc6-headers",
        "libc6:i386",
        "wrapped",
        "wrapper",
    ];
    assert_eq!(packages, expected);
    assert_eq!(record.os_release.unwrap()["PRETTY_NAME"], "Debian $12");
    assert_eq!(record.distribution.as_deref(), Some("Debian"));
    assert_eq!(record.unread, [""; 0]);
}

#[test]
fn json_says_it_all_but_no_secret() {
    let system = System::new();
    let record = system.record();
    let (text, again) = system.kept("record.json", &record);
    assert_eq!(differences(&again, &record), [""; 0]);
    assert_eq!(system.kept("again.json", &again).0, text);
    let digest = Algorithm::Sha256.digest(SECRET.as_bytes()).to_string();
    assert!(!text.contains(SECRET) && !text.contains(&digest), "{text}");
    assert_eq!(record.secrets, ["AUTH", "TOKEN"]);
    assert_eq!(record.steps.unwrap()[0].command[1], "KEY=${TOKEN}");
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    let schema = serde_json::from_str(crate::schemas::RECORD).unwrap();
    compiler.add_resource("record.json", schema).unwrap();
    let index = compiler.compile("record.json", &mut schemas).unwrap();
    let value = serde_json::from_str(&text).unwrap();
    let valid = schemas.validate(&value, index);
    assert!(valid.is_ok(), "{:#}", valid.unwrap_err());
}

#[test]
fn what_changed_is_named() {
    let system = System::new();
    let before = system.record();
    system.file("usr/lib/x86_64-linux-gnu/libc.a", b"!<arch>\nother");
    system.file("source/main.c", b"int main();");
    let status = fs::read_to_string(system.folder.path().join("var/lib/dpkg/status")).unwrap();
    system.file(
        "var/lib/dpkg/status",
        status.replace("12.2.0-14", "12.2.0-15").as_bytes(),
    );
    system.file("etc/os-release", b"ID=debian\n");
    let mut after = system.record();
    after.environment.insert("LANG".to_owned(), "C".to_owned());
    after.environment.insert("NEW".to_owned(), "1".to_owned());
    after.kernel = Some("6.2".to_owned());
    let found = differences(&before, &after);
    let names: Vec<&str> = found.iter().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(
        names,
        [
            "os-release PRETTY_NAME",
            "kernel",
            "source",
            "variable LANG",
            "variable NEW",
            "package gcc-12",
            "file /usr/lib/x86_64-linux-gnu/libc.a"
        ],
        "{found:#?}"
    );
    assert!(found.contains(&"package gcc-12: 12.2.0-14 -> 12.2.0-15".to_owned()));
    assert!(found.contains(&"variable NEW: - -> 1".to_owned()));
}

#[test]
fn a_buildinfo_is_written_and_read() {
    let system = System::new();
    let record = system.record();
    let (text, again) = system.kept("hello.buildinfo", &record);
    let head = "Format: 1.0\nSource: hello\nBinary: hello\nArchitecture: amd64\nVersion: 2.10-3\nChecksums-Md5:\n ";
    assert!(text.starts_with(head), "{text}");
    for line in [
        "Build-Origin: Debian\nBuild-Architecture: amd64\nBuild-Kernel-Version: 6.1.0 #1 SMP\nBuild-Path: /build/source\n",
        "\nInstalled-Build-Depends:\n dash (= 0.5.12-2),\n gcc-12 (= 12.2.0-14),\n",
        " libc6:i386 (= 2.36-8),\n wrapped (= 3),\n wrapper (= 1:4)\nEnvironment:\n COLUMNS=\"80\"\n",
        "\n QUOTED=\"a \\\"b\\\" \\\\ c\\nd\"\n",
        &format!(
            "\nChecksums-Sha256:\n {} 3 dist/hello_2.10-3_amd64.deb\n",
            Algorithm::Sha256.digest(b"deb")
        ),
    ] {
        assert!(text.contains(line), "{line}\nis not in\n{text}");
    }
    assert!(!text.contains(SECRET));
    assert_eq!(again.environment["QUOTED"], "a \"b\" \\ c\nd");
    assert_eq!(differences(&again, &record), [""; 0]);
}

#[test]
fn dpkgs_own_buildinfo_is_read() {
    let system = System::new();
    let text = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nformat: 1.0\nSource: hello\nArchitecture: amd64\n\
        Version: 2.10-3\nChecksums-Sha256:\n 00 10 hello_2.10-3.dsc\n 11 3 hello_2.10-3_amd64.deb\nBuild-Origin: Debian\n\
        Build-Architecture: amd64\nInstalled-Build-Depends:\n bash (= 5.2),\n dpkg (= 1.21),\n gcc-12 (= 12.2.0-13)\n\
        Environment:\n LANG=\"C.UTF-8\"\n DEB_BUILD_OPTIONS=\"par\\\"a\\l\n lel=2\"\n-----BEGIN PGP SIGNATURE-----\n\nabc: \n";
    system.file("x.buildinfo", text.as_bytes());
    let record = read(&system.folder.path().join("x.buildinfo")).unwrap();
    assert_eq!(record.environment["DEB_BUILD_OPTIONS"], "par\"a\\l\nlel=2");
    let found = differences(&record, &system.record());
    for line in [
        "package bash: 5.2 -> -",
        "package gcc-12: 12.2.0-13 -> 12.2.0-14",
        "package libc6: - -> 2.36-9",
        "artifact hello_2.10-3.dsc: 00 -> -",
    ] {
        assert!(found.iter().any(|f| f == line), "{line} is not in {found:#?}");
    }
    assert!(
        !found
            .iter()
            .any(|line| line.starts_with("package dpkg") || line.contains("LANG")),
        "{found:#?}"
    );
}

#[test]
fn what_is_no_record_is_refused() {
    let system = System::new();
    for (text, error) in [
        ("{}", ": not a record: missing field"),
        ("hello", ":1: not `Field: value`"),
        ("Source: x\n", ": neither JSON nor a .buildinfo: no field Format"),
        ("Format: 2.0\n", ": Format 2.0: this program reads 1.0"),
        (
            "Format: 1.0\nInstalled-Build-Depends:\n x\n",
            ": Installed-Build-Depends: \"x\" is not `name (= version)`",
        ),
        (
            "Format: 1.0\nEnvironment:\n X=\"1\n",
            ": Environment: \"X=\\\"1\" is not NAME=\"value\"",
        ),
    ] {
        system.file("bad", text.as_bytes());
        let found = read(&system.folder.path().join("bad")).unwrap_err().to_string();
        assert!(found.contains(&format!("bad{error}")), "{found}");
    }
    let missing = read(&system.folder.path().join("missing")).unwrap_err().to_string();
    assert!(missing.ends_with("missing: No such file or directory"), "{missing}");
}

#[test]
fn tools_are_asked_in_time() {
    let system = System::new();
    let tool = |name: &str, script: &str| {
        use std::os::unix::fs::PermissionsExt;
        system.file(name, format!("#!/bin/sh\n{script}\n").as_bytes());
        let path = system.folder.path().join(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path.to_string_lossy().into_owned()
    };
    let second = Duration::from_secs(1);
    let good = tool("gcc", "echo \"gcc $1\"; echo more");
    assert_eq!(
        tools::answer(&good, "--version", Duration::from_secs(20)).as_deref(),
        Some("gcc --version")
    );
    assert_eq!(tools::answer(&tool("fails", "echo x; exit 1"), "-v", second), None);
    assert_eq!(
        tools::answer(&tool("slow", "exec sleep 30"), "-v", Duration::from_millis(50)),
        None
    );
    assert_eq!(
        tools::answer(&tool("closes", "exec >&-; exec sleep 30"), "-v", second),
        None
    );
}

/// The machine that runs the tests, if it is a Debian.
#[test]
fn this_machine() {
    let packages = Database::read(Path::new("/"));
    if packages.native.is_empty() {
        return;
    }
    let owners = packages.owners(&["/usr/bin/dpkg".to_owned(), "/usr/bin/env".to_owned()].into());
    assert_eq!(owners["/usr/bin/dpkg"], "dpkg");
    assert_eq!(owners["/usr/bin/env"], "coreutils");
    assert!(packages.version("coreutils").is_some());
    let needed = files::interpreters(Path::new("/"), &["/usr/bin/env".to_owned()].into());
    assert!(needed.iter().any(|path| path.contains("/ld")), "{needed:?}");
}
