//! PE, COFF and Mach-O from real compilers: what differs is found by function, and no cut or changed file panics.

use crate::support::{compare, compare_bytes, corpus, pair};
use repro::{
    format,
    model::{Blob, Body, Opened, Part, Parts, Role, Value, Verdict},
};
use std::{fs, path::Path, process::Command};

/// Runs a compiler on a C function that returns `answer`; nothing where the compiler is missing and not required.
fn compile(compiler: &str, options: &[&str], answer: u32) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let source = format!("int answer(void) {{ return {answer}; }}\nint question(int x) {{ return x + 6; }}\n");
    fs::write(folder.path().join("answer.c"), source).unwrap();
    let run = Command::new(compiler)
        .args(options)
        .args(["-O1", "answer.c", "-o", "out.bin"])
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .current_dir(&folder)
        .output();
    let required = std::env::var_os("REPRO_REQUIRE_TOOLS").is_some_and(|v| v == "1");
    match run {
        Ok(output) => {
            assert!(
                output.status.success(),
                "{compiler}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            Some(fs::read(folder.path().join("out.bin")).unwrap())
        }
        Err(error) if !required => {
            println!("left out: {compiler}: {error}");
            None
        }
        Err(error) => panic!("{compiler}: {error}"),
    }
}

const DLL: (&str, &[&str]) = ("x86_64-w64-mingw32-gcc", &["-shared", "-nostdlib", "-Wl,-e,0"]);
const OBJECT: (&str, &[&str]) = ("x86_64-w64-mingw32-gcc", &["-c"]);
const MACHO: (&str, &[&str]) = ("clang", &["-target", "x86_64-apple-darwin", "-c"]);
const MACHO_ARM: (&str, &[&str]) = ("clang", &["-target", "arm64-apple-darwin", "-c"]);

/// All fields with their addresses.
fn fields(opened: &Opened, bytes: &Blob) -> Vec<(String, Role, Value)> {
    fn walk(at: &str, parts: &[Part], bytes: &Blob, found: &mut Vec<(String, Role, Value)>) {
        for part in parts {
            let name = format!("{at}/{}", part.name);
            match &part.body {
                Body::Field(role, value) => found.push((name, *role, value.clone())),
                Body::Group(group) => match &group.parts {
                    Parts::Ready(parts) => walk(&name, parts, bytes, found),
                    Parts::Lazy(parse) => walk(&name, &parse(bytes).unwrap(), bytes, found),
                },
                Body::Member(_) => {}
            }
        }
    }
    let mut found = Vec::new();
    walk("", &opened.parts, bytes, &mut found);
    found
}

/// One instruction of one function differs: that function is named, its instructions are shown, and nothing is explained.
fn by_function((compiler, options): (&str, &[&str]), format: &str, function: &str) {
    let (Some(a), Some(b)) = (compile(compiler, options, 42), compile(compiler, options, 43)) else {
        return;
    };
    let report = compare_bytes(&a, &b);
    assert_eq!(report.verdict, Verdict::Different, "{report:#?}");
    let place = report
        .unexplained
        .iter()
        .find(|place| place.address.ends_with(function));
    let place = place.unwrap_or_else(|| panic!("{function} is not named: {report:#?}"));
    assert_eq!(place.format, format);
    let (x, y) = (place.a.to_lowercase(), place.b.to_lowercase());
    assert!(x.contains("mov") && x.contains("0x2a"), "{x}");
    assert!(y.contains("mov") && y.contains("0x2b"), "{y}");
    let other = report
        .unexplained
        .iter()
        .any(|place| place.address.ends_with("question"));
    assert!(!other, "{report:#?}");
}

#[test]
fn a_changed_function_is_named() {
    by_function(DLL, "pe", "/answer");
    by_function(OBJECT, "coff", "/answer");
    by_function(MACHO, "macho", "/_answer");
    by_function(MACHO_ARM, "macho", "/_answer");
}

#[test]
fn headers_are_read() {
    let Some(dll) = compile(DLL.0, DLL.1, 42) else { return };
    let blob = Blob::from(dll);
    let (opened, failure) = format::open(&blob, None);
    assert_eq!((opened.format, failure), ("pe", None));
    let fields = fields(&opened, &blob);
    let value = |name: &str| {
        let found = fields.iter().find(|(n, ..)| n == name);
        found
            .unwrap_or_else(|| panic!("{name} is missing: {fields:#?}"))
            .clone()
    };
    let (_, role, stamp) = value("/COFF header/time");
    assert_eq!(role, Role::Timestamp);
    assert!(matches!(stamp, Value::Time { local: false, .. }));
    // GNU ld writes a right checksum.
    assert_eq!(value("/optional header/checksum").2, Value::Derived { valid: true });
    assert!(fields.iter().any(|(name, ..)| name.starts_with("/.text/answer")));
    assert!(fields.iter().any(|(name, ..)| name.ends_with("/export time")));
}

/// A number of a header is a field with a name, and shown as a number; nothing of headers and load commands is left as bytes.
#[test]
fn headers_are_told_field_by_field() {
    for (case, field, values) in [
        (
            "cause/pe-timestamp/look-alike-entry-point",
            "optional header/entry point",
            ["0x1000", "0x1006"],
        ),
        (
            "cause/macho-uuid/look-alike-version",
            "LC_BUILD_VERSION/least version",
            ["0xb0000", "0xa0000"],
        ),
    ] {
        let (a, b) = pair(&corpus().join(case)).unwrap();
        let found = compare(&a, &b).unexplained;
        assert!(
            found
                .iter()
                .any(|place| place.address == field && [&place.a, &place.b] == values),
            "{found:#?}"
        );
    }
    for case in ["pe/dll", "coff/object", "macho/object", "macho/arm64"] {
        let (a, _) = pair(&corpus().join("format").join(case)).unwrap();
        let bytes = Blob::from(fs::read(a).unwrap());
        for (address, ..) in fields(&format::open(&bytes, None).0, &bytes) {
            let header = address.contains("header") || address.contains("/LC_");
            assert!(
                !header || !(address.ends_with("/data") || address.contains("/fields")),
                "{case}: {address}"
            );
        }
    }
}

#[test]
fn a_wrong_checksum_is_not_explained() {
    let Some(a) = compile(DLL.0, DLL.1, 42) else { return };
    let header = u32::from_le_bytes(a[0x3c..0x40].try_into().unwrap()) as usize;
    let mut b = a.clone();
    b[header + 24 + 64] ^= 1;
    let report = compare_bytes(&a, &b);
    assert_eq!(report.verdict, Verdict::Different);
    assert!(report.findings.is_empty(), "{report:#?}");
}

/// A universal file of two architectures: each is compared by itself.
#[test]
fn universal_files_are_opened() {
    let (Some(x), Some(y), Some(arm)) = (
        compile(MACHO.0, MACHO.1, 42),
        compile(MACHO.0, MACHO.1, 43),
        compile(MACHO_ARM.0, MACHO_ARM.1, 42),
    ) else {
        return;
    };
    let universal = |slices: [(&[u8], u32); 2]| {
        let mut file = vec![0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2];
        let mut at = 4096u32;
        let mut body = Vec::new();
        for (slice, cpu) in slices {
            let size = u32::try_from(slice.len()).unwrap();
            for word in [cpu, 3, at, size, 12] {
                file.extend(word.to_be_bytes());
            }
            body.extend(slice);
            body.resize(body.len().next_multiple_of(4096), 0);
            at = 4096 + u32::try_from(body.len()).unwrap();
        }
        file.resize(4096, 0);
        file.extend(body);
        file
    };
    let a = universal([(&x, 0x0100_0007), (&arm, 0x0100_000c)]);
    let b = universal([(&y, 0x0100_0007), (&arm, 0x0100_000c)]);
    let report = compare_bytes(&a, &b);
    let addresses: Vec<&str> = report.unexplained.iter().map(|p| p.address.as_str()).collect();
    assert_eq!(addresses, ["x86_64/__TEXT,__text/_answer"], "{report:#?}");
}

/// Opens a file and every group in it.
fn open(bytes: Vec<u8>) {
    let blob = Blob::from(bytes);
    let (opened, _) = format::open(&blob, None);
    let mut at = 0;
    for part in &opened.parts {
        assert!(
            part.span.start >= at && part.span.end <= blob.len(),
            "{} overlaps or leaves the file",
            part.name
        );
        at = part.span.end;
    }
    fields(&opened, &blob);
}

#[test]
fn cut_and_changed_files_do_not_panic() {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let stored = [
        "cause/pe-debug-guid/lld-link/a.dll",
        "cause/macho-uuid/stripped/a.dylib",
        "cause/macho-oso-mtime/dylib/a.dylib",
    ];
    let mut files: Vec<Vec<u8>> = stored.iter().map(|name| fs::read(corpus.join(name)).unwrap()).collect();
    files.extend(
        [DLL, OBJECT, MACHO]
            .iter()
            .filter_map(|(compiler, options)| compile(compiler, options, 42)),
    );
    for file in &files {
        for end in 0..file.len() {
            open(file[..end].to_vec());
        }
        for _ in 0..3000 {
            let mut changed = file.clone();
            for _ in 0..1 + random() % 4 {
                // Headers are where numbers are believed.
                let reach = if random() % 2 == 0 {
                    changed.len().min(1024)
                } else {
                    changed.len()
                };
                let at = usize::try_from(random() % reach as u64).unwrap();
                changed[at] = match random() % 3 {
                    0 => 0xff,
                    1 => 0,
                    _ => u8::try_from(random() & 0xff).unwrap(),
                };
            }
            open(changed);
        }
    }
}
