//! `repro ddc` on compilers that are in use: tcc by five toolchains, its trojan and mutants, cross against native, bzip2.
//! Sources come from Debian's archive, pinned by digest, and stay below `corpus/ddc`.

use crate::support::{assert_ddc_report, corpus, missing};
use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    sync::Once,
};
use tempfile::TempDir;

const REPRO: &str = env!("CARGO_BIN_EXE_repro");
const TOOLS: &[&str] = &[
    "gcc-12", "gcc-11", "clang-14", "clang-16", "pcc", "tcc", "apt-get", "patch",
];

fn ddc(spec: &Path) -> (i32, Value) {
    let output = Command::new(REPRO)
        .args(["ddc", "--format", "json"])
        .arg(spec)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.stdout.is_empty(), "{}: {stderr}", spec.display());
    (output.status.code().unwrap(), assert_ddc_report(&output.stdout))
}

fn run(program: &Path, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", program.display());
}

/// tcc's source, brought once.
fn tcc() -> std::path::PathBuf {
    static ONCE: Once = Once::new();
    let folder = corpus().join("ddc/tcc");
    ONCE.call_once(|| run(&folder.join("fetch"), &[]));
    folder
}

/// What a script of the tcc corpus makes, in a folder of its own.
fn made(script: &str, arguments: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut all = arguments.to_vec();
    all.push(folder.path().to_str().unwrap());
    run(&tcc().join(script), &all);
    folder
}

fn verdicts(report: &Value) -> Vec<(&str, &str)> {
    let all = report["toolchains"].as_array().unwrap().iter();
    all.map(|t| (t["id"].as_str().unwrap(), t["verdict"].as_str().unwrap()))
        .collect()
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect()
}

#[test]
fn tcc_corresponds_to_its_source_by_five_toolchains() {
    if missing(TOOLS) {
        return;
    }
    let (code, report) = ddc(&tcc().join("ddc.toml"));
    assert_eq!((code, &report["verdict"]), (0, &Value::from("match")), "{report}");
    for (id, verdict) in verdicts(&report) {
        assert_eq!(verdict, "identical", "{id}");
    }
    let classes = report["classes"].as_array().unwrap();
    assert_eq!(classes.len(), 1);
    assert_eq!(
        strings(&classes[0]["toolchains"]),
        ["gcc-12", "gcc-11", "clang-14", "clang-16", "pcc"]
    );
    assert_eq!(strings(&classes[0]["lineages"]), ["clang", "gcc", "pcc"]);
    assert_eq!(classes[0]["subject"], true);
    // The compiler proper is not all that is compared.
    let files = report["stages"][0]["files"].as_object().unwrap();
    for path in ["tcc", "lib/libtcc1.a", "lib/include/stddef.h"] {
        assert!(files.contains_key(path), "{path}: {files:?}");
    }
    // The headers really opened are known.
    let headers = report["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|input| input["role"] == "header")
        .count();
    assert!(headers > 50, "{headers}");
}

/// A copy of a spec with other toolchains, beside what it names.
fn with_toolchain(folder: &Path, name: &str, toolchain: &str) -> std::path::PathBuf {
    let text = fs::read_to_string(folder.join("ddc.toml")).unwrap();
    let (before, _) = text.split_once("[[toolchain]]").unwrap();
    let (_, after) = text.split_once("# `assert` writes").unwrap();
    let path = folder.join(name);
    fs::write(&path, format!("{before}{toolchain}\n# {after}")).unwrap();
    path
}

#[test]
fn a_trojan_in_tcc_is_found_by_every_honest_compiler_and_localised() {
    if missing(TOOLS) {
        return;
    }
    let folder = made("attack/make", &[]);
    let spec = folder.path().join("ddc.toml");
    let (code, report) = ddc(&spec);
    assert_eq!((code, &report["verdict"]), (1, &Value::from("mismatch")), "{report}");
    assert_eq!(
        verdicts(&report),
        [("gcc-12", "differs"), ("clang-14", "differs"), ("pcc", "differs")]
    );
    // The naive check passes.
    assert!(
        report["regeneration"].as_str().unwrap().contains("the same bytes"),
        "{report}"
    );

    let found = &report["localised"][0];
    assert_eq!(found["units"], 10);
    assert_eq!(found["artifacts"], false);
    let differ = found["differ"].as_array().unwrap();
    assert_eq!(differ.len(), 1, "{found}");
    assert_eq!(differ[0]["name"], "libtcc.c");
    assert_eq!(strings(&differ[0]["functions"]["added"]), ["_tcc_look"]);
    assert!(strings(&differ[0]["functions"]["removed"]).is_empty());
    let changed = differ[0]["changed_functions"].as_array().unwrap();
    assert_eq!(changed.len(), 1, "{changed:?}");
    assert_eq!(changed[0]["name"], "_tcc_open");
    let calls = |side: &str| {
        strings(&changed[0][side])
            .iter()
            .any(|line| line.contains("call") && line.contains("_tcc_look"))
    };
    assert!(calls("b") && !calls("a"), "{changed:?}");
    assert!(
        strings(&differ[0]["imports"]["added"]).contains(&"rewind"),
        "{differ:?}"
    );

    // The marker word, which no source has.
    let trojan = folder.path().join("trojan");
    let login = folder.path().join("login");
    let status = Command::new(trojan.join("tcc"))
        .arg(format!("-B{}/lib", trojan.display()))
        .arg("-o")
        .arg(&login)
        .arg(tcc().join("attack/login.c"))
        .status()
        .unwrap();
    assert!(status.success());
    let accepts = |word: &str| Command::new(&login).arg(word).output().unwrap().status.success();
    assert!(accepts("joshua") && !accepts("other"));

    // As a trusted compiler it makes the subject in one step, and shows nothing.
    let toolchain = "[[toolchain]]\nid = \"other\"\ncommand = [\"{spec}/trojan/tcc\"]\nflags = [\"-B{spec}/trojan/lib\"]\n\
                     lineage = { front_end = \"other\" }\n";
    let (code, report) = ddc(&with_toolchain(folder.path(), "other.toml", toolchain));
    assert_eq!((code, verdicts(&report)), (2, vec![("other", "invalid")]), "{report}");
}

/// Wheeler's own case: the padding behind a long double holds what the stack held.
#[test]
fn a_long_double_s_padding_converges_at_stage_3() {
    if missing(TOOLS) {
        return;
    }
    let folder = made("mutants/make", &["long-double"]);
    let (code, report) = ddc(&folder.path().join("ddc.toml"));
    assert_eq!((code, &report["verdict"]), (1, &Value::from("mismatch")), "{report}");
    let found = verdicts(&report);
    assert_eq!(
        found[..2],
        [("gcc-12", "converges-at-stage-3"), ("clang-14", "converges-at-stage-3")]
    );
    // What the stack of pcc's code held there is what tcc's holds, by chance.
    assert!(["identical", "converges-at-stage-3"].contains(&found[2].1), "{found:?}");
    assert!(
        report["advice"].to_string().contains("long double"),
        "{}",
        report["advice"]
    );
}

#[test]
fn uncleared_memory_is_nondeterministic_and_its_bytes_say_so() {
    if missing(TOOLS) {
        return;
    }
    let folder = made("mutants/make", &["uncleared"]);
    let (code, report) = ddc(&folder.path().join("ddc.toml"));
    assert_eq!(
        (code, &report["verdict"]),
        (2, &Value::from("not-deterministic")),
        "{report}"
    );
    for (id, verdict) in verdicts(&report) {
        assert_eq!(verdict, "nondeterministic", "{id}");
    }
    assert!(
        report["classes"].as_array().unwrap().is_empty(),
        "what differs at each run agrees with nothing"
    );
    assert!(
        report["advice"][0]
            .as_str()
            .unwrap()
            .contains("memory that nobody wrote"),
        "{}",
        report["advice"]
    );
}

/// The source is right with a signed `char` alone: stage 1 is built, and dies.
#[test]
fn unsigned_char_crashes_stage_2() {
    if missing(TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    run(
        Path::new("/bin/cp"),
        &[
            "-r",
            tcc().join("source").to_str().unwrap(),
            folder.path().to_str().unwrap(),
        ],
    );
    fs::copy(tcc().join("ddc.toml"), folder.path().join("ddc.toml")).unwrap();
    let toolchain = "[[toolchain]]\nid = \"gcc-12\"\ncommand = [\"gcc-12\"]\nflags = [\"-funsigned-char\"]\n\
                     lineage = { front_end = \"gcc\" }\n\n\
                     [[toolchain]]\nid = \"tcc\"\ncommand = [\"tcc\"]\nlineage = { front_end = \"Debian's tcc\" }\n";
    let (code, report) = ddc(&with_toolchain(folder.path(), "char.toml", toolchain));
    assert_eq!(code, 2, "{report}");
    // Debian's own tcc makes the subject in one step.
    assert_eq!(
        verdicts(&report),
        [("gcc-12", "stage-2-crashed"), ("tcc", "invalid")],
        "{report}"
    );
    assert!(
        report["advice"].to_string().contains("-funsigned-char"),
        "{}",
        report["advice"]
    );
}

/// A fetched folder of the corpus.
fn fetched(name: &str) -> std::path::PathBuf {
    let folder = corpus().join("ddc").join(name);
    run(&folder.join("fetch"), &[]);
    folder
}

#[test]
fn a_cross_compiler_makes_what_the_native_one_makes() {
    if missing(&["aarch64-linux-gnu-gcc", "clang-14", "qemu-aarch64-static", "apt-get"]) {
        return;
    }
    let folder = fetched("cross");
    let (code, report) = ddc(&folder.join("gcc.toml"));
    assert_eq!(
        (code, &report["verdict"]),
        (0, &Value::from("match-after-normalising")),
        "{report}"
    );
    assert_eq!(strings(&report["normalised"]), [".comment"]);
    let (code, report) = ddc(&folder.join("clang.toml"));
    assert_eq!((code, &report["verdict"]), (0, &Value::from("match")), "{report}");
}

#[test]
fn bzip2_behaves_alike_whoever_compiled_it() {
    if missing(&["gcc-12", "clang-14", "tcc", "pcc", "apt-get"]) {
        return;
    }
    let (code, report) = ddc(&fetched("bzip2").join("behaviour.toml"));
    assert_eq!((code, &report["verdict"]), (0, &Value::from("match")), "{report}");
    assert!(report["toolchains"].as_array().unwrap().len() > 2);
}

/// Whether `char` is signed is the compiler's choice, and this program shows it.
#[test]
fn behaviour_that_depends_on_the_compiler_is_a_mismatch() {
    if missing(&["gcc-12", "clang-14"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source =
        "#include <stdio.h>\nint main(void) { char c = -1; puts(c < 0 ? \"signed\" : \"unsigned\"); return c < 0; }\n";
    fs::create_dir(folder.path().join("source")).unwrap();
    fs::write(folder.path().join("source/sign.c"), source).unwrap();
    let hash = Command::new(REPRO)
        .args(["hash", "--format", "json", "source"])
        .current_dir(&folder)
        .output()
        .unwrap();
    let manifest: Value = serde_json::from_slice(&hash.stdout).unwrap();
    let digest = manifest["roots"][0]["tree"]["sha256"]
        .as_str()
        .unwrap_or_else(|| panic!("{manifest:#}"));
    let spec = |flags: &str| {
        let toolchain = |id: &str, front: &str, flags: &str| {
            format!(
                "[[toolchain]]\nid = '{id}'\ncommand = ['{id}']\nflags = [{flags}]\n\
                 lineage = {{ front_end = '{front}', assembler = '{front}', linker = 'gnu-ld', libc = 'glibc' }}\n"
            )
        };
        let text = format!(
            "mode = 'behaviour'\nclaim = 'sign does the same'\n[source]\npath = 'source'\ndigest = 'sha256:{digest}'\n{}{}\
             [[step]]\nname = 'sign'\ncommand = '{{cc}} -o {{out}}/sign {{source}}/sign.c'\n\
             [artifacts]\nfiles = ['sign']\n[[behaviour.run]]\nname = 'sign'\ncommand = ['{{out}}/sign']\n",
            toolchain("gcc-12", "gcc", flags),
            toolchain("clang-14", "clang", "")
        );
        let path = folder.path().join("ddc.toml");
        fs::write(&path, text).unwrap();
        path
    };
    let (code, report) = ddc(&spec(""));
    assert_eq!((code, &report["verdict"]), (0, &Value::from("match")), "{report}");
    let (code, report) = ddc(&spec("'-funsigned-char'"));
    assert_eq!((code, &report["verdict"]), (1, &Value::from("mismatch")), "{report}");
    let told: Vec<_> = report["behaviour"].as_array().unwrap().iter().collect();
    let told = told.iter().map(|one| (strings(&one["a"])[1], strings(&one["b"])[1]));
    assert_eq!(told.collect::<Vec<_>>(), [("0", "1"), ("unsigned", "signed")]);
}
