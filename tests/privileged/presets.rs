//! Small trees of each kind, built by real tools without a word on how: `repro build` alone, and `repro init` before it.

use crate::support::missing;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output, Stdio},
};

/// A tree: the preset, the tools that it takes, its files, and what one build of it keeps.
struct Case {
    preset: &'static str,
    tools: &'static [&'static str],
    files: &'static [(&'static str, &'static str)],
    kept: &'static [&'static str],
}

const C: &str = "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n";

const CASES: &[Case] = &[
    Case {
        preset: "debian",
        tools: &["dpkg-buildpackage", "dh", "gcc"],
        files: &[
            ("debian/rules", "#!/usr/bin/make -f\n%:\n\tdh $@\n"),
            (
                "debian/control",
                "Source: hello\nSection: misc\nPriority: optional\nMaintainer: A <a@example.org>\nBuild-Depends: debhelper-compat (= 13)\n\nPackage: hello\nArchitecture: any\nDescription: says hello\n It says hello.\n",
            ),
            (
                "debian/changelog",
                "hello (1.0) unstable; urgency=low\n\n  * First.\n\n -- A <a@example.org>  Sat, 01 Jan 2022 00:00:00 +0000\n",
            ),
            ("debian/source/format", "3.0 (native)\n"),
            ("debian/install", "hello usr/bin\n"),
            ("Makefile", "hello: hello.c\n\t$(CC) -o hello hello.c\n"),
            ("hello.c", C),
        ],
        kept: &["beside/hello_1.0_amd64.deb"],
    },
    Case {
        preset: "cargo",
        tools: &["cargo"],
        files: &[
            (
                "Cargo.toml",
                "[package]\nname = \"hello\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
            ),
            ("src/main.rs", "fn main() {\n    println!(\"hello\");\n}\n"),
        ],
        kept: &["target/release/hello"],
    },
    Case {
        preset: "python",
        tools: &["python3"],
        files: &[
            (
                "pyproject.toml",
                "[build-system]\nrequires = [\"setuptools\", \"wheel\"]\nbuild-backend = \"setuptools.build_meta\"\n",
            ),
            (
                "setup.cfg",
                "[metadata]\nname = hello\nversion = 1.0\n[options]\npy_modules = hello\n",
            ),
            ("hello.py", "print('hello')\n"),
        ],
        kept: &["dist/hello-1.0-py3-none-any.whl"],
    },
    Case {
        preset: "npm",
        tools: &["npm"],
        files: &[
            ("package.json", "{\"name\": \"hello\", \"version\": \"1.0.0\"}"),
            ("index.js", "console.log('hello')\n"),
        ],
        kept: &["hello-1.0.0.tgz"],
    },
    Case {
        preset: "go",
        tools: &["go"],
        files: &[
            ("go.mod", "module example.org/hello\n\ngo 1.16\n"),
            ("main.go", "package main\n\nfunc main() { println(\"hello\") }\n"),
        ],
        kept: &["_out/hello"],
    },
    Case {
        preset: "cmake",
        tools: &["cmake", "gcc"],
        files: &[
            (
                "CMakeLists.txt",
                "cmake_minimum_required(VERSION 3.10)\nproject(hello C)\nadd_executable(hello hello.c)\ninstall(TARGETS hello DESTINATION bin)\n",
            ),
            ("hello.c", C),
        ],
        kept: &["_install/usr/bin/hello"],
    },
    Case {
        preset: "meson",
        tools: &["meson", "ninja", "gcc"],
        files: &[
            (
                "meson.build",
                "project('hello', 'c')\nexecutable('hello', 'hello.c', install: true)\n",
            ),
            ("hello.c", C),
        ],
        kept: &["_install/usr/bin/hello"],
    },
    Case {
        preset: "autotools",
        tools: &["autoreconf", "automake", "gcc"],
        files: &[
            (
                "configure.ac",
                "AC_INIT([hello], [1.0])\nAM_INIT_AUTOMAKE([foreign])\nAC_PROG_CC\nAC_CONFIG_FILES([Makefile])\nAC_OUTPUT\n",
            ),
            ("Makefile.am", "bin_PROGRAMS = hello\nhello_SOURCES = hello.c\n"),
            ("hello.c", C),
        ],
        kept: &["_install/usr/bin/hello"],
    },
    Case {
        preset: "make",
        tools: &["make", "gcc"],
        files: &[("Makefile", "PROGRAMS = hello\nall: $(PROGRAMS)\n"), ("hello.c", C)],
        kept: &["hello"],
    },
    Case {
        preset: "sphinx",
        tools: &["sphinx-build"],
        files: &[
            ("docs/conf.py", "project = 'hello'\n"),
            ("docs/index.rst", "Hello\n=====\n\nHello.\n"),
        ],
        kept: &["_build/html/index.html"],
    },
];

fn repro(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repro"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command.output().unwrap()
}

#[test]
fn each_is_built_at_the_first_try() {
    for case in CASES.iter().filter(|case| !missing(case.tools)) {
        let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let at = folder.path();
        for (path, text) in case.files {
            let path = at.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            let mode = if path.ends_with("debian/rules") { 0o755 } else { 0o644 };
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }
        let keep = out.path().to_str().unwrap();
        let alone = repro(at, &["build", "--vary", "control", "--keep", keep]);
        let said = String::from_utf8_lossy(&alone.stderr);
        let found = String::from_utf8_lossy(&alone.stdout);
        assert!(alone.status.success(), "{}: {said}\n{found}", case.preset);
        assert!(said.contains("`repro init` writes it down"), "{said}");
        for path in case.kept {
            assert!(
                out.path().join("control").join(path).exists(),
                "{}: {path}",
                case.preset
            );
        }
        let written = repro(at, &["init", "--quiet"]);
        assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
        let text = fs::read_to_string(at.join("repro.toml")).unwrap();
        assert_eq!(repro(at, &["init", "--print"]).stdout, text.as_bytes());
        // What is written down is what was done, and nothing is guessed any more.
        let again = repro(at, &["build", "--vary", "control"]);
        assert!(
            again.status.success() && again.stderr.is_empty(),
            "{}: {text}",
            case.preset
        );
    }
}

#[test]
fn a_file_that_is_there_stays() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("Makefile"), "x: y\n\tcp y x\n").unwrap();
    fs::write(at.join("repro.toml"), "[lint]\n").unwrap();
    let refused = repro(at, &["init"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(
        said.contains("repro.toml: it is there already; --print shows the proposal"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(at.join("repro.toml")).unwrap(), "[lint]\n");
    assert!(repro(at, &["init", "--force"]).status.success());
    assert!(
        fs::read_to_string(at.join("repro.toml"))
            .unwrap()
            .contains("command = \"make\"")
    );
}

#[test]
fn a_tree_that_nothing_knows() {
    let folder = tempfile::tempdir().unwrap();
    let refused = repro(folder.path(), &["init"]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        said.contains("how it is built can't be told: there is none of debian/rules, Cargo.toml"),
        "{said}"
    );
}
