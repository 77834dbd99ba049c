//! Real compilers' outputs of two sources that differ in one known respect.

use super::*;
use crate::{ddc::testing::Bench, model::Changed};

const SOURCE: &str = r#"
#ifdef __clang__
#define APART __attribute__((noinline, optnone))
#else
#define APART __attribute__((noipa))
#endif
int printf(const char *, ...);
int puts(const char *);
static int table[4] = {1, 2, 3, 4};
static const char *names[] = {"alpha", "beta"};
int shared = 5;
APART int moved(int x) { return x + 1; }
APART int local(int x) { for (int i = 0; i < x; i++) puts(names[i & 1]); return table[x & 3]; }
APART double scale(double x) { return x * 3.25; }
APART int pick(int c) {
    switch (c) { case 1: return 5; case 2: return 7; case 3: puts("three"); return 9; case 4: return 100; case 5: return 23; }
    return shared;
}
int main(int c, char **v) { printf("hello %d\n", local(c) + moved(c)); return scale(pick(c)) > 1; }
"#;

fn names(changed: &[Changed]) -> Vec<&str> {
    changed.iter().map(|c| c.name.as_str()).collect()
}

fn text(lines: &[String]) -> String {
    lines.join("\n")
}

/// Every compiler that is here, with options.
const COMPILERS: &[(&str, &[&str])] = &[
    ("gcc", &["-O0"]),
    ("gcc", &["-O1"]),
    ("gcc", &["-O2", "-ffunction-sections", "-fdata-sections"]),
    ("gcc", &["-O1", "-fno-pic", "-mcmodel=small"]),
    ("clang", &["-O1"]),
    ("tcc", &[]),
    ("aarch64-linux-gnu-gcc", &["-O1"]),
    ("aarch64-linux-gnu-gcc", &["-O0", "-ffunction-sections"]),
];

/// The objects of two sources by each compiler, and the programs where there is a C library.
fn each(a: &str, b: &str, check: impl Fn(&str, &Localised)) {
    for &(compiler, options) in COMPILERS {
        let Some(bench) = Bench::with(&[compiler]) else {
            continue;
        };
        let what = format!("{compiler} {options:?}");
        let (x, y) = (bench.object(compiler, a, options), bench.object(compiler, b, options));
        check(&what, &compare(&x, &y).unwrap());
        assert!(compare(&x, &x).unwrap().is_empty(), "{what}");
    }
}

#[test]
fn a_function_that_grows_is_the_only_one_that_differs() {
    let grown = SOURCE.replace("return x + 1;", "return x * 77 + 1234;");
    each(SOURCE, &grown, |what, found| {
        assert_eq!(names(&found.changed_functions), ["moved"], "{what}: {found:#?}");
        let moved = &found.changed_functions[0];
        assert!(!moved.encoding_only, "{what}: {moved:#?}");
        let constant = |text: &str| text.contains("4d2") || text.contains("1234");
        assert!(
            constant(&text(&moved.b)) && !constant(&text(&moved.a)),
            "{what}: {moved:#?}"
        );
        assert!(
            found.changed_data.is_empty() && found.strings.is_empty(),
            "{what}: {found:#?}"
        );
        assert!(found.imports.is_empty() && found.functions.is_empty(), "{what}");
        assert!(found.functions_compared == 5, "{what}");
        let code = found.sections.iter().find(|s| s.name.starts_with(".text")).unwrap();
        assert!(code.named, "{what}: {found:#?}");
    });
}

#[test]
fn a_longer_string_is_named_where_it_is_used() {
    let longer = SOURCE.replace("hello %d", "good morning %d");
    each(SOURCE, &longer, |what, found| {
        assert_eq!(names(&found.changed_functions), ["main"], "{what}: {found:#?}");
        let main = &found.changed_functions[0];
        assert!(text(&main.a).contains(r#""hello %d\n""#), "{what}: {main:#?}");
        assert!(text(&main.b).contains(r#""good morning %d\n""#), "{what}: {main:#?}");
        assert_eq!(found.strings.removed, [r#""hello %d\n""#], "{what}");
        assert_eq!(found.strings.added, [r#""good morning %d\n""#], "{what}");
        assert!(found.changed_data.is_empty(), "{what}: {found:#?}");
    });
}

#[test]
fn data_functions_and_imports() {
    let other = SOURCE
        .replace("\"beta\"", "\"a longer name\"")
        .replace("{1, 2, 3, 4}", "{1, 2, 9, 4}")
        .replace("puts(names[i & 1])", "putchar(names[i & 1][0])")
        .replace("int puts(", "int putchar(int); int puts(")
        .replace(
            "int shared = 5;",
            "int shared = 6; int extra = 3; int unused(void) { return extra; }",
        );
    each(SOURCE, &other, |what, found| {
        assert_eq!(names(&found.changed_functions), ["local"], "{what}: {found:#?}");
        assert_eq!(found.functions.added, ["unused"], "{what}");
        assert!(
            found.imports.added == ["putchar"] && found.imports.removed.is_empty(),
            "{what}"
        );
        assert!(found.symbols.added.contains(&"extra".to_owned()), "{what}: {found:#?}");
        for name in ["names", "shared", "table"] {
            // Clang copies small tables to where they are used.
            let copied = what.starts_with("clang");
            assert!(
                names(&found.changed_data).contains(&name) || copied,
                "{what}: {name}: {found:#?}"
            );
        }
        let lines = |c: &Changed| text(&c.b);
        let table = found.changed_data.iter().find(|c| c.name == "names").map(lines);
        assert!(
            table.is_none_or(|text| text.contains("a longer name")),
            "{what}: {found:#?}"
        );
    });
}

#[test]
fn a_constant_in_memory_is_shown() {
    let other = SOURCE.replace("3.25", "3.5");
    each(SOURCE, &other, |what, found| {
        if what.contains("aarch64") {
            return; // the constant is in the instruction
        }
        assert_eq!(names(&found.changed_functions), ["scale"], "{what}: {found:#?}");
        let scale = &found.changed_functions[0];
        assert!(text(&scale.b).contains("{0000000000000c40}"), "{what}: {scale:#?}");
    });
}

#[test]
fn linked_programs() {
    let grown = SOURCE.replace("return x + 1;", "return x * 77 + 1234;");
    let cases: &[(&str, &[&str])] = &[
        ("gcc", &["-O1"]),
        ("gcc", &["-O1", "-no-pie", "-fno-pic"]),
        ("gcc", &["-O0", "-static"]),
        ("tcc", &["-g"]),
        ("aarch64-linux-gnu-gcc", &["-O1"]),
    ];
    for &(compiler, options) in cases {
        let Some(bench) = Bench::with(&[compiler]) else {
            continue;
        };
        let what = format!("{compiler} {options:?}");
        let build = |source: &str| {
            bench.put("t.c", source);
            let mut arguments = vec!["t.c", "-o", "t"];
            arguments.extend(options);
            bench.run(compiler, &arguments);
            bench.get("t")
        };
        let found = compare(&build(SOURCE), &build(&grown)).unwrap();
        let names = names(&found.changed_functions);
        assert!(names.contains(&"moved"), "{what}: {found:#?}");
        assert_eq!(names.len(), 1, "{what}: {:#?}", found.changed_functions);
        assert!(found.changed_data.is_empty(), "{what}: {:#?}", found.changed_data);
        let again = compare(&build(SOURCE), &build(&SOURCE.replace("hello", "good morning"))).unwrap();
        let shown = again.changed_functions.iter().find(|c| c.name == "main").unwrap();
        assert!(text(&shown.b).contains("good morning %d"), "{what}: {shown:#?}");
        assert!(
            text(&shown.a).contains("printf") || text(&shown.b).contains("call"),
            "{what}"
        );
    }
}

#[test]
fn what_nothing_names_is_in_the_sections_or_the_header() {
    let Some(bench) = Bench::with(&["gcc"]) else {
        return;
    };
    let a = bench.object("gcc", SOURCE, &["-O1", "-falign-functions=32"]);
    let mut missed = Vec::new();
    for at in 0..a.len() {
        let mut b = a.clone();
        b[at] ^= 0x41;
        let said =
            |found: Localised| !found.sections.is_empty() || !found.header.is_empty() || found.bytes_only.is_some();
        if !compare(&a, &b).map_or(true, said) {
            missed.push(at);
        }
    }
    assert_eq!(missed, [0usize; 0]);
}

#[test]
fn any_bytes_and_cut_files() {
    let Some(bench) = Bench::with(&["gcc"]) else {
        return;
    };
    let a = bench.object("gcc", SOURCE, &["-O1"]);
    for end in 0..a.len() {
        let _ = compare(&a, &a[..end]);
        let _ = compare(&a[..end], &a);
    }
    let mut state = 7u32;
    for _ in 0..4000 {
        let mut b = a.clone();
        for _ in 0..3 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = (state >> 8) as usize % b.len();
            b[at] = if state & 1 == 0 { 0xff } else { (state >> 3) as u8 };
        }
        let _ = compare(&a, &b);
        let _ = compare_all("x", &b, &a);
    }
    assert!(compare(b"\x7fELF\x02\x01\x01", &a).is_err());
    assert!(compare(b"x", b"y").unwrap().bytes_only.is_some());
}

#[test]
fn archives() {
    let Some(bench) = Bench::with(&["gcc", "ar"]) else {
        return;
    };
    let make = |source: &str, with: &[&str]| {
        let grown = bench.object("gcc", source, &["-O1"]);
        bench.put("a_member_with_a_long_name.o", grown);
        bench.put("same.o", bench.object("gcc", "int same(void) { return 1; }", &[]));
        bench.put("other.o", b"text");
        bench.run("rm", &["-f", "t.a"]);
        bench.run("ar", &[&["rcD", "t.a"], with].concat());
        bench.get("t.a")
    };
    let all = ["a_member_with_a_long_name.o", "same.o"];
    let a = make(SOURCE, &all);
    let b = make(
        &SOURCE.replace("x + 1", "x * 99"),
        &["a_member_with_a_long_name.o", "same.o", "other.o"],
    );
    let found = compare_all("t.a", &a, &b);
    let names: Vec<&str> = found.iter().map(|l| l.name.as_str()).collect();
    assert!(
        names.contains(&"a_member_with_a_long_name.o") && !names.contains(&"same.o"),
        "{names:?}"
    );
    let other = found.iter().find(|l| l.name == "other.o").unwrap();
    assert_eq!(other.only_in.as_deref(), Some("second"));
    let c = make(SOURCE, &["same.o", "a_member_with_a_long_name.o"]);
    let found = compare_all("t.a", &a, &c);
    assert!(found.iter().any(|l| l.header == ["order of the members"]), "{found:#?}");
    assert!(compare_all("t.a", &a, &a).is_empty());
    assert!(!compare_all("t.a", &a, &a[..a.len() - 3]).is_empty());
}
