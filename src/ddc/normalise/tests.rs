//! Real compilers' files, and the same with a byte changed.

use super::*;
use crate::ddc::{elf::File, testing::Bench};

const SOURCE: &str = "static int counter = 7; const char *word = \"hello\"; static const int table[3] = {1, 2, 3};\n\
    int next(int i) { counter += table[i % 3]; return counter; }\n\
    int main(int c, char **v) { return next(c) + v[0][0] + word[0]; }\n";

fn rules(sections: &[&str], files: bool) -> Rules {
    Rules::new(sections.iter().map(|&s| s.to_owned()), files).unwrap()
}

fn verdict(a: &[u8], b: &[u8], rules: &Rules) -> Option<Vec<String>> {
    equal(a, b, rules).unwrap()
}

fn is(names: &[&str]) -> Option<Vec<String>> {
    Some(names.iter().map(|&name| name.to_owned()).collect())
}

/// The place of a section's content.
fn place(bytes: &[u8], name: &str) -> std::ops::Range<usize> {
    let file = File::read(bytes).unwrap();
    let index = (0..file.sections.len())
        .find(|&i| file.section_name(i) == name)
        .unwrap_or_else(|| panic!("no {name}"));
    file.span(&file.sections[index]).unwrap()
}

/// Where the header of a section says its place and size; both follow from the content of a section that may differ.
fn extent(bytes: &[u8], name: &str) -> std::ops::Range<usize> {
    let file = File::read(bytes).unwrap();
    let index = (0..file.sections.len())
        .find(|&i| file.section_name(i) == name)
        .unwrap();
    let at = usize::try_from(file.head.header.e_shoff).unwrap() + index * 64;
    at + 24..at + 40
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed[at] ^= 1;
    changed
}

/// Every byte but those of `free` counts, and so does a byte more at the end.
fn every_byte_counts(a: &[u8], b: &[u8], rules: &Rules, free: &[std::ops::Range<usize>]) {
    assert!(verdict(a, b, rules).is_some());
    for at in (0..b.len()).filter(|at| !free.iter().any(|span| span.contains(at))) {
        for bit in [1u8, 0x80] {
            let mut changed = b.to_vec();
            changed[at] ^= bit;
            let said = equal(a, &changed, rules);
            assert!(
                !matches!(said, Ok(Some(_))),
                "byte {at:#x} bit {bit:#x} of {:#x}, headers at {:#x}: {said:?}",
                b.len(),
                File::read(b).unwrap().head.header.e_shoff
            );
        }
    }
    let mut longer = b.to_vec();
    longer.push(0);
    assert_eq!(verdict(a, &longer, rules), None, "overlay");
}

#[test]
fn comment_of_another_length() {
    let Some(bench) = Bench::with(&["gcc", "objcopy"]) else {
        return;
    };
    bench.put(
        "long",
        b"\0a compiler with a name that is much longer than that of any compiler which could have made the other one\0",
    );
    for options in [&["-O1"][..], &["-O1", "-ffunction-sections"], &["-g0", "-m64"]] {
        let a = bench.object("gcc", SOURCE, options);
        bench.run("objcopy", &["--update-section", ".comment=long", "t.o", "u.o"]);
        // objcopy writes the whole file anew: both sides go through it.
        bench.run("objcopy", &["t.o", "v.o"]);
        let (a2, b) = (bench.get("v.o"), bench.get("u.o"));
        assert_ne!(a2.len(), b.len());
        assert_eq!(verdict(&a, &a, &rules(&[], false)), is(&[]));
        assert_eq!(verdict(&a2, &b, &rules(&[".comment"], false)), is(&[".comment"]));
        assert_eq!(verdict(&a2, &b, &rules(&[".note"], true)), None);
        let free = [place(&b, ".comment"), extent(&b, ".comment")];
        every_byte_counts(&a2, &b, &rules(&[".comment"], false), &free);
    }
}

#[test]
fn comment_of_a_program() {
    let Some(bench) = Bench::with(&["gcc", "objcopy"]) else {
        return;
    };
    bench.put("t.c", SOURCE);
    bench.put("long", b"\0another\0compiler\0with a longer name\0");
    bench.run("gcc", &["-O1", "t.c", "-o", "t"]);
    bench.run("objcopy", &["t", "a"]);
    bench.run("objcopy", &["--update-section", ".comment=long", "t", "b"]);
    let (a, b) = (bench.get("a"), bench.get("b"));
    let rules = rules(&[".comment"], false);
    assert_eq!(verdict(&a, &b, &rules), is(&[".comment"]));
    for name in [
        ".text",
        ".data",
        ".rodata",
        ".eh_frame",
        ".init_array",
        ".symtab",
        ".strtab",
        ".shstrtab",
    ] {
        let span = place(&b, name);
        assert_eq!(verdict(&a, &flipped(&b, span.start), &rules), None, "{name}");
        assert_eq!(verdict(&a, &flipped(&b, span.end - 1), &rules), None, "{name}");
    }
    // Zeros between segments are nobody's, and count.
    let hole = place(&b, ".data").start - 1;
    let before = b.windows(64).rposition(|w| w.iter().all(|&x| x == 0)).unwrap();
    for at in [hole, before] {
        if b[at] == 0 {
            assert_eq!(verdict(&a, &flipped(&b, at), &rules), None, "{at:#x}");
        }
    }
    let mut overlay = b.clone();
    overlay.extend_from_slice(b"more");
    assert_eq!(verdict(&a, &overlay, &rules), None);
}

#[test]
fn two_compilers_that_make_the_same_code() {
    let Some(bench) = Bench::with(&["gcc-11", "gcc-12"]) else {
        return;
    };
    let source = "int twice(int x) { return x + x; }\n";
    let a = bench.object("gcc-11", source, &["-O1"]);
    let b = bench.object("gcc-12", source, &["-O1"]);
    assert_ne!(a, b);
    assert_eq!(verdict(&a, &b, &rules(&[".comment"], false)), is(&[".comment"]));
    assert_eq!(verdict(&a, &b, &rules(&[], true)), None);
    let c = bench.object("gcc-12", "int twice(int x) { return x + x + 1; }\n", &["-O1"]);
    assert_eq!(verdict(&a, &c, &rules(&[".comment"], true)), None);
}

#[test]
fn names_of_source_files() {
    for compiler in ["gcc", "clang", "tcc"] {
        let Some(bench) = Bench::with(&[compiler]) else {
            continue;
        };
        bench.put("short.c", SOURCE);
        bench.put("a_much_longer_name.c", SOURCE);
        bench.run(compiler, &["-c", "short.c", "-o", "a.o"]);
        bench.run(compiler, &["-c", "a_much_longer_name.c", "-o", "b.o"]);
        let (a, b) = (bench.get("a.o"), bench.get("b.o"));
        let both = rules(&[".comment"], true);
        if a == b {
            println!("{compiler} writes no name of a source file");
            continue;
        }
        assert_eq!(verdict(&a, &b, &both), is(&["STT_FILE names"]), "{compiler}");
        assert_eq!(verdict(&a, &b, &rules(&[".comment"], false)), None);
        let name = b.windows(20).position(|w| w == b"a_much_longer_name.c").unwrap();
        // The NUL counts as part of the name: without it the name is another, longer one.
        let mut free = vec![extent(&b, ".strtab"), name..name + 21];
        if b.windows(8).any(|w| w == b".comment") {
            free.extend([place(&b, ".comment"), extent(&b, ".comment")]);
        }
        // Another place in the table of strings may give the same name or, for a source file, any.
        let file = File::read(&b).unwrap();
        let symbols = (0..file.sections.len())
            .find(|&i| file.section_name(i) == ".symtab")
            .unwrap();
        let start = place(&b, ".symtab").start;
        for (i, symbol) in file.symbols(symbols).unwrap().iter().enumerate() {
            if symbol.st_type() == goblin::elf::sym::STT_FILE {
                free.push(start + i * 24..start + i * 24 + 4);
            }
        }
        every_byte_counts(&a, &b, &both, &free);
    }
}

#[test]
fn archives() {
    let Some(bench) = Bench::with(&["gcc", "ar", "objcopy"]) else {
        return;
    };
    bench.put("long", b"\0a compiler with another name\0");
    for name in ["one.o", "a_member_with_a_long_name.o", "two.o"] {
        bench.put("t.c", format!("int v{}(void) {{ return 3; }}\n", name.len()));
        bench.run("gcc", &["-c", "t.c", "-o", "t.o"]);
        bench.run("objcopy", &["t.o", &format!("a-{name}")]);
        bench.run(
            "objcopy",
            &["--update-section", ".comment=long", "t.o", &format!("b-{name}")],
        );
    }
    for side in ["a", "b"] {
        let mut arguments = vec!["rcD".to_owned(), format!("{side}.a")];
        for name in ["one.o", "a_member_with_a_long_name.o", "two.o"] {
            bench.put(name, bench.get(format!("{side}-{name}")));
            arguments.push(name.to_owned());
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        bench.run("ar", &arguments);
    }
    let (a, b) = (bench.get("a.a"), bench.get("b.a"));
    let rules = rules(&[".comment"], false);
    assert_eq!(verdict(&a, &b, &rules), is(&[".comment"]));
    for (at, why) in [
        (16, "time"),
        (40, "mode"),
        (8 + 60 + 3, "count"),
        (8 + 60 + 7, "offset"),
        (8 + 60 + 20, "name"),
    ] {
        let said = equal(&a, &flipped(&b, at), &rules);
        assert!(!matches!(said, Ok(Some(_))), "{why}: {said:?}");
    }
    let mut more = b.clone();
    more.extend_from_slice(b"\n");
    assert!(!matches!(equal(&a, &more, &rules), Ok(Some(_))));
    assert_eq!(verdict(&a, b"!<arch>\n", &rules), None);
}

#[test]
fn loaded_sections_cannot_be_allowed() {
    for name in [
        ".text",
        ".text.hot",
        ".data",
        ".rodata.str1.1",
        ".bss",
        ".init_array",
        ".fini",
        ".got.plt",
        ".plt.sec",
        ".dynamic",
        ".eh_frame_hdr",
        ".note.GNU-stack",
        ".rela.text",
        ".symtab",
        "",
        "comment",
        ".debug*",
    ] {
        assert!(Rules::new([name.to_owned()], false).is_err(), "{name}");
    }
    let rules = rules(&[".comment", ".debug_info", ".comment"], true);
    assert_eq!(rules.sections(), [".comment", ".debug_info"]);
    assert!(rules.file_symbols());
}

#[test]
fn other_bytes() {
    let rules = rules(&[".comment"], true);
    assert_eq!(verdict(b"x", b"x", &rules), is(&[]));
    assert_eq!(verdict(b"x", b"y", &rules), None);
    assert!(equal(b"\x7fELF", b"\x7fELF\x02", &rules).is_err());
    assert!(equal(b"!<arch>\nx", b"!<arch>\n", &rules).is_err());
}
