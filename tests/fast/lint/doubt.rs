//! What counts for less because nothing shows that a build runs it.

use super::{ends, folder, json, places};
use std::fs;

const DATE: &str = "#!/bin/sh\ndate > version.h\n";
const PACK: &str = "#!/bin/sh\ntar cf out.tar src\n";
const C: &str = "const char *built = __DATE__;\n";

/// What is shown by default of a tree, as `path rule`.
#[track_caller]
fn shown(files: &[(&str, &str)]) -> Vec<String> {
    let at = folder(files);
    let output = super::lint(at.path(), &["--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|it| format!("{} {}", it["path"].as_str().unwrap(), it["rule"].as_str().unwrap()))
        .collect()
}

#[test]
fn scripts_count_where_a_build_file_names_them() {
    let gen_version = ("tools/gen-version.sh", DATE);
    let found = ["tools/gen-version.sh sh-date"];
    for build in [
        ("Makefile", "all:\n\t$(srcdir)/tools/gen-version.sh\n"),
        ("configure.ac", "AC_INIT\nm4_esyscmd([tools/gen-version.sh])\n"),
        ("meson.build", "run_command('tools/gen-version.sh')\n"),
        ("build.sh", "sh tools/gen-version.sh\n"),
    ] {
        assert_eq!(shown(&[build, gen_version]), found, "{build:?}");
    }
    for build in [
        ("Makefile", "all:\n\tcc a.c\n"),
        ("Makefile", "# tools/gen-version.sh makes it\nall:\n"),
        ("Makefile.am", "EXTRA_DIST = a \\\n  tools/gen-version.sh\n"),
        ("Makefile.am", "bin_SCRIPTS = tools/gen-version.sh\n"),
        ("Makefile", "all:\n\tother/gen-version.sh\n"),
        ("tests/Makefile", "all:\n\t../tools/gen-version.sh\n"),
    ] {
        let build_file = ("CMakeLists.txt", "project(x)\n");
        assert!(shown(&[build, build_file, gen_version]).is_empty(), "{build:?}");
    }
    // Without any build file nobody knows.
    assert_eq!(shown(&[gen_version]), found);
    // What a script runs that the build runs; what a text says is no script.
    let make = ("Makefile", "all:\n\ttools/first.sh NEWS\n");
    let first = ("tools/first.sh", "#!/bin/sh\n./gen-version.sh\n");
    assert_eq!(shown(&[make, first, gen_version]), found);
    assert!(shown(&[make, ("NEWS", "tools/gen-version.sh is new\n"), gen_version]).is_empty());
}

#[test]
fn what_is_hidden_can_be_seen() {
    let at = folder(&[
        ("Makefile", "all:\n\tcc a.c\n"),
        ("tools/gen-version.sh", DATE),
        (
            "tools/make-x.sh",
            "#!/bin/sh\n# repro: allow(sh-date) the day is what is wanted\ndate > x.h\n",
        ),
        ("tools/pack-it.sh", "#!/bin/sh\ngzip -9 x\n"),
    ]);
    let at = at.path();
    json(at, &["--select", "sh-date"], 1);
    let low = json(at, &["--confidence", "low", "--select", "sh-d*"], 1);
    assert_eq!(places(&low, "findings"), ["tools/gen-version.sh:2:1 sh-date"]);
    assert_eq!(low["findings"][0]["confidence"], "low");
    assert_eq!(low["findings"][0]["level"], "warning");
    let message = low["findings"][0]["message"].as_str().unwrap();
    assert!(
        message.ends_with(" (low: in a file that no build file names)"),
        "{message}"
    );
    // A comment that silences what is hidden is not called unused; a file that is named counts as its rule says.
    let report = json(at, &["--ignore", "sh-gzip"], 0);
    assert!(report["findings"].as_array().unwrap().is_empty());
    let named = json(at, &["tools/gen-version.sh"], 1);
    assert_eq!(named["findings"][0]["confidence"], "high");
}

#[test]
fn what_is_hidden_is_not_fixed() {
    let script = "#!/bin/sh\ngzip -9 x.txt\n";
    let at = folder(&[("Makefile", "all:\n\tcc a.c\n"), ("tools/shrink.sh", script)]);
    ends(at.path(), &["--fix"], 0, "");
    assert_eq!(fs::read_to_string(at.path().join("tools/shrink.sh")).unwrap(), script);
}

#[test]
fn sources_count_where_they_are_compiled() {
    let file = ("src/a.c", C);
    let found = ["src/a.c c-date-time"];
    for build in [
        ("Makefile", "prog: src/a.o\n"),
        ("Makefile", "prog: $(wildcard src/*.c)\n"),
        ("src/meson.build", "executable('x', 'a.c')\n"),
        ("Makefile", "SRC = $(addprefix $(D)/, a)\n"),
    ] {
        assert_eq!(shown(&[build, file]), found, "{build:?}");
    }
    assert!(shown(&[("Makefile", "prog: src/b.o\n"), file]).is_empty());
    let whole = ("src/all.c", "#include \"a.c\"\n");
    assert_eq!(shown(&[("Makefile", "prog: src/all.o\n"), whole, file]), found);
    // A macro of a header, if somebody uses it.
    let header = ("v.h", "#define BUILT \\\n  __DATE__\n");
    let make = ("Makefile", "prog: b.o\n");
    assert_eq!(shown(&[make, header, ("b.c", "puts(BUILT);\n")]), ["v.h c-date-time"]);
    assert!(shown(&[make, header, ("b.c", "puts(BUILT_IN);\n")]).is_empty());
}

#[test]
fn packages_of_copies_and_tests_count_less() {
    let make = ("Makefile", "all:\n\t$(MAKE) -C lib\n");
    let lib = ("lib/Makefile", "dist:\n\ttar cf lib.tar lib\nlib.a:\n\tdate > d.h\n");
    assert_eq!(shown(&[make, lib]), ["lib/Makefile sh-tar", "lib/Makefile sh-date"]);
    assert_eq!(shown(&[make, lib, ("lib/COPYING", "")]), ["lib/Makefile sh-date"]);
    assert!(shown(&[("Makefile", "all:\n\tcc\n"), lib]).is_empty());
    let tested = "all:\n\tcc\ncheck-boot: disk.tar\n\trun\ndisk.tar: a\n\ttar cf disk.tar a\n";
    assert!(shown(&[("Makefile", tested)]).is_empty());
    assert_eq!(
        shown(&[("Makefile", &tested.replace("check-boot", "install"))]),
        ["Makefile sh-tar"]
    );
    // A script that makes a release is started by people.
    assert_eq!(
        shown(&[make, ("tools/make-release.sh", PACK)]),
        ["tools/make-release.sh sh-tar"]
    );
    assert!(shown(&[make, ("tools/make-web.sh", PACK)]).is_empty());
}

#[test]
fn images_and_modules() {
    let runs = "FROM debian:12\nCOPY prog /\nENTRYPOINT [\"/prog\"]\n";
    let tools = "FROM debian:12\nENTRYPOINT [\"/prog\"]\n";
    assert_eq!(shown(&[("Dockerfile", runs)]), ["Dockerfile docker-from-tag"]);
    assert_eq!(
        shown(&[("Dockerfile", "FROM debian:12\nCOPY . /src\n")]),
        ["Dockerfile docker-from-tag"]
    );
    for (path, text) in [
        ("Dockerfile", tools),
        (
            "docker/Dockerfile",
            "FROM debian:12\nCOPY run.sh /\nCMD /run_tests.sh\n",
        ),
        ("contrib/Dockerfile", runs),
        (".builder/x/Dockerfile", runs),
        ("x/Dockerfile.example", runs),
    ] {
        assert!(shown(&[(path, text)]).is_empty(), "{path}");
    }
    let named = ("Makefile", "image:\n\tdocker build contrib/web\n");
    assert_eq!(
        shown(&[named, ("contrib/web/Dockerfile", runs)]),
        ["contrib/web/Dockerfile docker-from-tag"]
    );
    let pom = |modules: &str| format!("<project><artifactId>x</artifactId>{modules}</project>");
    let all = pom("<modules><module>a</module></modules>");
    let one = pom("");
    let found = shown(&[("pom.xml", &all), ("a/pom.xml", &one), ("b/pom.xml", &one)]);
    assert_eq!(
        found,
        ["a/pom.xml mvn-no-output-timestamp", "pom.xml mvn-no-output-timestamp"]
    );
}

/// What nobody gets, and what debhelper cleans by itself, counts less.
#[test]
fn workflows_and_packages() {
    let workflow = |last: &str| {
        format!("on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n    - run: npm install\n{last}")
    };
    let name = ".github/workflows/ci.yml";
    let (test, release) = (workflow(""), workflow("    - run: npm publish\n"));
    assert!(!shown(&[(name, &test)]).contains(&format!("{name} npm-floating")));
    assert!(shown(&[(name, &release)]).contains(&format!("{name} npm-floating")));
    let rules = |how: &str| {
        format!("#!/usr/bin/make -f\n{how}override_dh_install:\n\tgzip -9 debian/x/usr/share/doc/x/changes\n")
    };
    let (helped, alone) = (rules("%:\n\tdh $@\n"), rules(""));
    assert!(shown(&[("debian/rules", &helped)]).is_empty());
    assert_eq!(shown(&[("debian/rules", &alone)]), ["debian/rules sh-gzip"]);
}
