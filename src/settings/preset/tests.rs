//! Each kind of tree, what else looks like one, and what is proposed.

use super::*;
use std::fs;

/// A tree of these files.
fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The preset's name, its command, and its artifacts.
fn chosen(files: &[(&str, &str)]) -> String {
    let folder = tree(files);
    let Some(choice) = choose(folder.path(), None).unwrap() else {
        return "none".to_owned();
    };
    // What is written is understood, and says the same.
    let table = choice.table().unwrap();
    assert_eq!(table.artifacts, choice.proposal.artifacts);
    assert_eq!(table.network.unwrap_or(false), choice.proposal.network);
    assert_eq!(table.all_files.unwrap_or(false), choice.proposal.all_files);
    assert_eq!(table.steps()[0].command[2], choice.proposal.command);
    let Proposal {
        command,
        artifacts,
        network,
        ..
    } = choice.proposal;
    let network = if network { " (network)" } else { "" };
    format!("{}: {command} -> {}{network}", choice.preset.name, artifacts.join(" "))
}

#[track_caller]
fn is(files: &[(&str, &str)], expected: &str) {
    let found = chosen(files);
    assert!(found.starts_with(expected), "{found}");
}

#[test]
fn each_kind_is_recognised() {
    is(
        &[("debian/rules", ""), ("debian/control", ""), ("Makefile", "x:")],
        "debian: dpkg-buildpackage --build=binary --no-sign -> ../*.deb",
    );
    is(
        &[("Cargo.toml", "[package]\nname = \"a-b\"\n"), ("src/main.rs", "")],
        "cargo: cargo build --release --offline -> target/release/a-b",
    );
    is(
        &[
            ("Cargo.toml", "[package]\nname = \"a-b\"\n[lib]\nproc-macro = true\n"),
            ("src/lib.rs", ""),
        ],
        "cargo: cargo build --release --offline -> target/release/liba_b.so",
    );
    is(
        &[
            ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n"),
            (
                "Cargo.lock",
                "[[package]]\nname = \"no-such\"\nversion = \"0.0.0\"\nsource = \"registry+x\"\n",
            ),
            ("crates/one/Cargo.toml", "[package]\nname = \"one\"\n"),
            ("crates/one/src/bin/tool.rs", ""),
            ("crates/two/Cargo.toml", "[package]\nname = \"two\"\n"),
        ],
        "cargo: cargo build --release --workspace --locked -> target/release/tool target/release/libtwo.rlib (network)",
    );
    is(
        &[("pyproject.toml", "[build-system]\nrequires = [\"no-such-builder\"]\n")],
        "python: python3 -m pip wheel --no-deps --no-cache-dir -w dist . -> dist/*.whl (network)",
    );
    is(
        &[("pyproject.toml", "[build-system]\nrequires = []\n")],
        "python: python3 -m pip wheel --no-deps --no-build-isolation",
    );
    is(&[("package.json", "{\"name\": \"x\"}")], "npm: npm pack -> *.tgz");
    is(
        &[
            (
                "package.json",
                "{\"name\": \"x\", \"scripts\": {\"build\": \"tsc\"}, \"devDependencies\": {\"typescript\": \"5\"}}",
            ),
            ("package-lock.json", "{}"),
        ],
        "npm: npm ci --no-audit --no-fund && npm run build && npm pack -> *.tgz (network)",
    );
    is(
        &[("go.mod", "module x\n"), ("cmd/x/main.go", "package main\n")],
        "go: go build -o _out/ ./... -> _out",
    );
    is(
        &[("go.mod", "module x\nrequire y v1.0.0\n"), ("x.go", "package x\n")],
        "go: go build -o _out/package.a . -> _out (network)",
    );
    is(
        &[("pom.xml", "<project/>")],
        "maven: mvn --batch-mode --no-transfer-progress package -DskipTests -> target/*.jar",
    );
    is(
        &[("build.gradle.kts", ""), ("gradlew", "")],
        "gradle: ./gradlew --no-daemon assemble",
    );
    is(
        &[("CMakeLists.txt", "add_executable(x x.c)\ninstall(TARGETS x)\n")],
        "cmake: cmake -S . -B _build",
    );
    is(
        &[("CMakeLists.txt", "ADD_EXECUTABLE ( x x.c )\n")],
        "cmake: cmake -S . -B _build -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr && cmake --build _build -> _build/**/x",
    );
    is(&[("meson.build", "")], "meson: meson setup");
    is(
        &[("configure", ""), ("Makefile.in", "")],
        "autotools: ./configure --prefix=/usr",
    );
    is(&[("configure.ac", "")], "autotools: autoreconf --force --install &&");
    is(
        &[(
            "Makefile",
            "P = a b\n.PHONY: all\nall: $(P)\na: a.o\nb: b.c\n\tcc -o b b.c\n",
        )],
        "make: make -> a b",
    );
    is(
        &[("Makefile", "x.tar: x y\n\ttar cf x.tar x y\n")],
        "make: make -> x.tar",
    );
    is(
        &[("Makefile", "all: x\ninstall: x\n\tcp x $(DESTDIR)$(PREFIX)\n")],
        "make: make PREFIX=/usr prefix=/usr &&",
    );
    is(
        &[(
            "Makefile",
            "PREFIX=/usr\nDESTDIR = $(PREFIX)/bin\nall: x\ninstall: x\n\tcp x $(DESTDIR)\n",
        )],
        "make: make && mkdir -p _install && make install PREFIX=",
    );
    is(
        &[("part.tex", "text"), ("paper.tex", "\\documentclass{article}\n")],
        "tex: ",
    );
    is(
        &[("docs/conf.py", ""), ("docs/index.rst", "")],
        "sphinx: sphinx-build -b html -d _build/doctrees docs _build/html -> _build/html",
    );
    is(&[("Dockerfile", "FROM x\n")], "image: buildah");
}

#[test]
fn what_only_looks_like_one_is_none() {
    for files in [
        &[("debian/rules", "")][..],
        &[("pyproject.toml", "[tool.black]\nline-length = 100\n")],
        &[("package.json", "{\"private\": true}")],
        &[("package.json", "not JSON")],
        &[("go.mod", "module x\n")],
        &[("CMakeLists.txt", "project(x)\n")],
        &[("Makefile", "test:\n\t./run\n.PHONY: test\n")],
        &[("part.tex", "text")],
        &[("Cargo.toml", "[workspace]\n")],
        &[("README", "")],
        &[],
    ] {
        assert_eq!(chosen(files), "none", "{files:?}");
    }
}

#[test]
fn the_first_is_taken_and_others_are_named() {
    let files = [
        ("Makefile", "x: y\n\tcp y x\n"),
        ("go.mod", "module x\n"),
        ("main.go", "package main\n"),
    ];
    let folder = tree(&files);
    let choice = choose(folder.path(), None).unwrap().unwrap();
    assert_eq!(choice.preset.name, "go");
    assert!(
        choice
            .toml()
            .contains("# It could also be a tree with a makefile: `repro init --preset make`.\n")
    );
    assert_eq!(
        choose(folder.path(), Some("make")).unwrap().unwrap().preset.name,
        "make"
    );
    let said = choose(folder.path(), Some("mak")).unwrap_err().to_string();
    assert!(said.ends_with(": did you mean `make`?"), "{said}");
    let said = choose(folder.path(), Some("npm")).unwrap_err().to_string();
    assert!(
        said.ends_with("is not a Node package: it has no package.json"),
        "{said}"
    );
}

#[test]
fn names_of_others_stay_words() {
    // Neither the command nor the text of the file is what a manifest says.
    let manifest = "[package]\nname = \"x; rm -rf ~\"\n";
    assert_eq!(chosen(&[("Cargo.toml", manifest), ("src/main.rs", "")]), "none");
    let manifest = "[build-system]\nrequires = [\"a\\nnetwork = 1\"]\n";
    is(&[("pyproject.toml", manifest)], "python: ");
}
