//! ELF: what is told apart, what is only a shift, and that nothing hostile gets through or brings it down.

use goblin::elf::section_header::{SHT_GNU_VERNEED, SHT_GNU_VERSYM, SHT_RELA, SHT_SYMTAB};
use repro::{
    compare::{Comparer, Limits},
    diff::{Formats, Input, Options, diff},
    model::{Blob, DiffReport, Difference, Order, Role, Value, Verdict},
};
use std::{fs, path::Path, process::Command};

fn entries(a: &[u8], b: &[u8]) -> Vec<Difference> {
    let comparer = Comparer::new(&Formats, Limits::default());
    let compared = comparer
        .compare(&Blob::from(a.to_vec()), &Blob::from(b.to_vec()))
        .expect("they differ");
    assert_eq!(compared.format, "elf");
    compared
        .entries()
        .iter()
        .map(|entry| entry.difference.clone())
        .collect()
}

fn report(a: &[u8], b: &[u8]) -> DiffReport {
    let input = |name, bytes: &[u8]| Input::from_bytes(name, bytes.to_vec());
    diff(&input("a", a), &input("b", b), &Options::default())
}

fn corpus(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(path)).unwrap()
}

const SOURCE: &str = r#"
#include <stdlib.h>
struct thing { int count; long other; };
int helper(struct thing *t) { return t->count * FACTOR + (int)t->other; }
int work(int n) { struct thing t = { n, n + 1 }; return helper(&t); }
int main(int argc, char **argv) { return argc > 3 ? atoi(argv[1]) : work(argc); }
"#;

/// Compiles the program in a folder of its own.
fn compile(folder: &Path, options: &[&str]) -> Vec<u8> {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("t.c"), SOURCE).unwrap();
    let done = Command::new("gcc")
        .args(["-O1", "-o", "out"])
        .args(if options.iter().any(|o| o.starts_with("-DFACTOR")) {
            &[][..]
        } else {
            &["-DFACTOR=3"]
        })
        .args(options)
        .arg(folder.join("t.c"))
        .current_dir(folder)
        .status()
        .expect("gcc runs");
    assert!(done.success());
    fs::read(folder.join("out")).unwrap()
}

/// Only paths, what follows from their length, and the build ID.
fn only_paths(found: &[Difference]) {
    let mut paths = 0;
    for difference in found {
        let valid = |value: &Value| *value == Value::Derived { valid: true };
        let fine = match difference.role {
            Role::Reference if difference.a.unit[..] == difference.b.unit[..] => true,
            Role::Reference | Role::String => {
                paths += 1;
                difference.a.unit.contains(&b'/') && difference.b.unit.contains(&b'/')
            }
            Role::Offset | Role::Size | Role::Padding => valid(&difference.a.value) && valid(&difference.b.value),
            Role::Order => difference.order == Order::Keys,
            Role::Identifier => difference.address.ends_with("build ID"),
            _ => false,
        };
        assert!(fine, "{} {:?}", difference.address, difference.role);
    }
    assert!(paths > 0);
}

#[test]
fn a_build_path_moves_nothing_but_strings() {
    let folder = tempfile::tempdir().unwrap();
    let (first, same, longer) = (
        folder.path().join("aaa"),
        folder.path().join("bbb"),
        folder.path().join("much-longer"),
    );
    for dwarf in ["-gdwarf-4", "-gdwarf-5"] {
        for kind in [&["-c"][..], &[], &["-shared", "-fPIC"]] {
            let options = [&["-g", dwarf], kind].concat();
            let a = compile(&first, &options);
            only_paths(&entries(&a, &compile(&same, &options)));
            only_paths(&entries(&a, &compile(&longer, &options)));
        }
    }
}

#[test]
fn a_changed_constant_is_one_function() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aaa");
    for kind in [&["-g", "-c"][..], &["-g"], &[]] {
        let a = compile(&path, &[kind, &["-DFACTOR=5"]].concat());
        let b = compile(&path, &[kind, &["-DFACTOR=9"]].concat());
        let found = entries(&a, &b);
        let code: Vec<&str> = found
            .iter()
            .filter(|d| d.role == Role::Code)
            .map(|d| d.address.as_str())
            .collect();
        assert!(code.contains(&".text/helper"), "{code:?}");
        assert!(matches!(
            found.iter().find(|d| d.role == Role::Code).unwrap().a.value,
            Value::Code { .. }
        ));
        assert_eq!(report(&a, &b).verdict, Verdict::Different);
    }
}

/// Relocations, versions and symbols are told as readelf prints them.
#[test]
fn entries_of_tables_are_told_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let a = compile(folder.path(), &["-fPIE", "-pie", "-Wl,-z,lazy"]);
    let elf = goblin::elf::Elf::parse(&a).unwrap();
    let start = |kind: u32| {
        let found = elf
            .section_headers
            .iter()
            .find(|section| section.sh_type == kind)
            .unwrap();
        usize::try_from(found.sh_offset).unwrap()
    };
    let changed = |at: usize| {
        let mut b = a.clone();
        b[at] ^= 1;
        report(&a, &b).unexplained.remove(0)
    };
    // The addend of the first relocation.
    let place = changed(start(SHT_RELA) + 16);
    assert!(place.address.starts_with(".rela.dyn/R_"), "{place:?}");
    assert_eq!(place.summary, "relocation: 1 byte differs");
    assert!(place.a.contains("RELATIVE 0x") && place.a != place.b, "{place:?}");
    let called = |name: &str| {
        elf.dynsyms
            .iter()
            .position(|symbol| elf.dynstrtab.get_at(symbol.st_name) == Some(name))
    };
    let place = changed(start(SHT_GNU_VERSYM) + 2 * called("__cxa_finalize").unwrap());
    assert_eq!(place.address, ".gnu.version/__cxa_finalize");
    assert!(place.a.starts_with("GLIBC_") && place.a != place.b, "{place:?}");
    // Flags of the first version that is needed, behind the file that it is needed of.
    let place = changed(start(SHT_GNU_VERNEED) + 16 + 4);
    assert!(place.address.starts_with(".gnu.version_r/GLIBC_"), "{place:?}");
    assert!(place.address.ends_with("/flags"), "{place:?}");
    let other = compile(folder.path(), &["-Dhelper=a_longer_name"]);
    let found = report(&compile(folder.path(), &[]), &other).unexplained;
    let symbol = found.iter().find(|place| place.address == ".symtab/helper").unwrap();
    assert_eq!(symbol.summary, "symbol only in a");
    assert!(symbol.a.contains(", size "), "{symbol:?}");
}

/// Two strings of `.debug_str` exchanged, or one lengthened at another's cost, while the numbers that name them stay.
#[test]
fn an_equal_offset_that_names_another_string_is_a_difference() {
    let folder = tempfile::tempdir().unwrap();
    for kind in [&["-g", "-gdwarf-4", "-c"][..], &["-g", "-gdwarf-4"]] {
        let a = compile(&folder.path().join("aaa"), kind);
        let swap = |x: &[u8], y: &[u8]| {
            let at = |s: &[u8]| memchr::memmem::find(&a, s).expect("the string is there");
            let (p, q) = (at(x), at(y));
            let mut b = a.clone();
            b[p..p + y.len()].copy_from_slice(y);
            b[q..q + x.len()].copy_from_slice(x);
            b
        };
        let b = swap(b"\0count\0", b"\0other\0");
        assert!(entries(&a, &b).iter().any(|d| d.address.ends_with("/uses")));
        assert_eq!(report(&a, &b).verdict, Verdict::Different);
    }
}

/// Bytes of an explained pair, changed one by one on one side: nowhere but in the text of a path and in the build ID is the result
/// still explained.
#[test]
fn no_changed_byte_hides_behind_a_build_path() {
    let cases = [
        ("object-differing-length", "o", 1),
        ("object-same-length", "o", 1),
        ("object-reordered", "o", 1),
        ("executable-differing-length", "elf", 7),
        ("moved-stripped", "elf", 11),
        ("moved-fixed", "elf", 19),
        ("moved-i386", "elf", 23),
        ("moved-arm", "elf", 17),
        ("moved-arm64-stripped", "elf", 61),
        ("moved-object", "o", 13),
    ];
    for (case, suffix, step) in cases {
        let file = |side| corpus(&format!("cause/build-path/{case}/{side}.{suffix}"));
        let (a, b) = (file('a'), file('b'));
        let named = |verdict| matches!(verdict, Verdict::Explained | Verdict::Plausible);
        assert!(named(report(&a, &b).verdict), "{case}");
        // A note of the owner GNU and type 3, of 20 bytes.
        let note = memchr::memmem::find(&b, b"\x14\0\0\0\x03\0\0\0GNU\0").map_or(0..0, |at| at + 12..at + 32);
        let mut unseen = Vec::new();
        for at in (0..b.len()).step_by(step) {
            let mut c = b.clone();
            c[at] ^= 1;
            let verdict = report(&a, &c).verdict;
            assert_ne!(verdict, Verdict::Identical);
            // The end of a string is no text: it decides which string is named.
            let text = |byte: u8| (0x20..0x7f).contains(&byte);
            if named(verdict) && !(text(b[at]) && text(c[at])) && !note.contains(&at) {
                unseen.push(at);
            }
        }
        assert!(unseen.is_empty(), "{case}: {unseen:#x?}");
    }
}

/// Numbers without pattern, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n
    }
}

fn small() -> Vec<Vec<u8>> {
    [
        "cause/build-path/object-reordered/a.o",
        "cause/build-path/compressed-debug/a.o",
        "format/elf/32-bit/a.o",
    ]
    .iter()
    .filter(|path| Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(path).exists())
    .map(|path| corpus(path))
    .collect()
}

/// An object whose symbols have names that lie in each other, each as long as the table that holds them.
fn long_names(value: u8) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let mut object = compile(folder.path(), &["-c"]);
    let elf = goblin::elf::Elf::parse(&object).unwrap();
    let (at, entry) = (
        usize::try_from(elf.header.e_shoff).unwrap(),
        usize::from(elf.header.e_shentsize),
    );
    let table = elf
        .section_headers
        .iter()
        .position(|s| s.sh_type == SHT_SYMTAB)
        .unwrap();
    let strings = elf.section_headers[table].sh_link as usize;
    let symbol = |i: u32| [&(1 + i % 64).to_le_bytes()[..], &[0x12, 0, 1, 0, value], &[0; 15]].concat();
    let symbols: Vec<u8> = (0..10_000).flat_map(symbol).collect();
    let names = [&b"\0"[..], &vec![b'a'; 1 << 20], b"\0"].concat();
    for (section, content) in [(table, symbols), (strings, names)] {
        let header = at + section * entry;
        let (start, size) = (object.len() as u64, content.len() as u64);
        object[header + 24..header + 32].copy_from_slice(&start.to_le_bytes());
        object[header + 32..header + 40].copy_from_slice(&size.to_le_bytes());
        object.extend(content);
    }
    object
}

/// They would take ten gigabytes.
#[test]
fn long_names_cost_no_more_than_the_file() {
    let (a, b) = (long_names(0), long_names(1));
    assert_eq!(report(&a, &b).verdict, Verdict::Different);
}

#[test]
fn cut_short_anywhere_it_is_a_finding() {
    let files = small();
    assert!(files.len() > 1);
    for whole in files {
        for end in 0..whole.len() {
            let verdict = report(&whole, &whole[..end]).verdict;
            assert!(
                !matches!(verdict, Verdict::Identical | Verdict::Explained | Verdict::Plausible),
                "cut at {end:#x}"
            );
        }
    }
}

#[test]
fn hostile_bytes_bring_nothing_down() {
    let mut numbers = Numbers(7);
    for whole in small() {
        let headers = whole.len().saturating_sub(64 * 12);
        let hurt = |numbers: &mut Numbers| {
            let mut bytes = whole.clone();
            for _ in 0..=numbers.below(6) {
                // Headers are where counts, offsets and sizes are.
                let at = match numbers.below(3) {
                    0 => numbers.below(64),
                    1 => headers + numbers.below(whole.len() - headers),
                    _ => numbers.below(whole.len()),
                };
                bytes[at] = [0, 0xff, 0x80, 1, 0x7f, numbers.below(256) as u8][numbers.below(6)];
            }
            bytes
        };
        for _ in 0..1500 {
            let (a, b) = (hurt(&mut numbers), hurt(&mut numbers));
            let same = a == b;
            let verdict = report(&a, &b).verdict;
            assert_eq!(verdict == Verdict::Identical, same);
        }
    }
}
