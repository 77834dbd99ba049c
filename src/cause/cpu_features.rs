//! cpu-features

use super::{Advice, Case, Cause, document, find};
use crate::model::{CauseId, Change, Evidence, Isa, Kind, Role, Span, Value};
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

/// What the processor of the builder has.
pub struct CpuFeatures;

impl Cause for CpuFeatures {
    fn id(&self) -> CauseId {
        "cpu-features"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::MODELS
    }
    fn adopts(&self) -> &'static [super::FactKind] {
        super::known::MODELS
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The build asked which processor it runs on.",
            why: "-march=native, configure's checks of the processor and /proc/cpuinfo give what the machine has: other instructions, other flags.",
            fix: "a fixed baseline in place of -march=native and -mtune=native (rustc: -C target-cpu=x86-64); choose at run time (ifunc, target_clones); no /proc/cpuinfo",
            references: &["https://reproducible-builds.org/docs/env-variations/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["cpu_model"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.role == Role::Code {
            return wider(case).then(|| Evidence::whole(case).hint());
        }
        if !find::textual(case) {
            return None;
        }
        let part = |c: u8| c.is_ascii_alphanumeric() || b"-_=+.".contains(&c);
        let flags = find::words(case, part, |pair| {
            let (x, y) = find::sides(case, pair);
            let (x, y) = (chosen(x), chosen(y));
            x.is_some() && x == y
        });
        if !flags.is_empty() {
            let recorded =
                case.kind == Kind::Executable || document::build_record(case) || case.survey.commented(case, &flags);
            return Evidence::likely(flags).map(|evidence| if recorded { evidence } else { evidence.hint() });
        }
        if let Some(model) = modelled(case) {
            return Evidence::likely(vec![model]).map(|evidence| {
                if document::prose(case) {
                    evidence
                } else {
                    evidence.hint()
                }
            });
        }
        checked(case).then(|| Evidence::whole(case).hint())
    }
}

/// The option of a compiler that names a processor.
fn chosen(flag: &[u8]) -> Option<&[u8]> {
    let options: [&[u8]; 8] = [
        b"-march=",
        b"-mtune=",
        b"-mcpu=",
        b"-mfpu=",
        b"target-cpu=",
        b"-Ctarget-cpu=",
        b"GOAMD64=",
        b"GOARM=",
    ];
    let option = options.into_iter().find(|option| flag.starts_with(option))?;
    let name = &flag[option.len()..];
    (!name.is_empty() && name.iter().all(|c| c.is_ascii_alphanumeric() || b"-_+.".contains(c))).then_some(option)
}

/// What makers of processors call theirs.
const MAKERS: &[&str] = &[
    "amd",
    "intel",
    "xeon",
    "ryzen",
    "epyc",
    "core(tm)",
    "threadripper",
    "neoverse",
    "cortex",
    "power9",
    "power10",
    "genuineintel",
    "authenticamd",
];

/// Makers, and features, wherever they stand: most lines have none.
static NAMED: LazyLock<AhoCorasick> = LazyLock::new(|| any(MAKERS));
static HELD: LazyLock<AhoCorasick> = LazyLock::new(|| any(FEATURES));

fn any(words: &[&str]) -> AhoCorasick {
    let built = AhoCorasick::builder().ascii_case_insensitive(true).build(words);
    built.expect("a few short words")
}

/// The model of a processor behind a key that says so: `model name : …`.
fn modelled(case: &Case<'_>) -> Option<Change> {
    if !(NAMED.is_match(&case.a.unit[..]) && NAMED.is_match(&case.b.unit[..])) {
        return None;
    }
    let behind = |unit: &[u8]| {
        let line = String::from_utf8_lossy(unit).to_lowercase();
        let at = line.find(':').filter(|_| line.len() == unit.len())?;
        let key = line[..at].trim_start_matches(['-', '*', '#', ' ', '\t']).trim_end();
        let named = matches!(
            key,
            "model name" | "cpu model" | "cpu" | "processor" | "vendor_id" | "cpu name" | "processor name"
        );
        let start = at + 1 + line[at + 1..].len() - line[at + 1..].trim_start().len();
        let value = line[start..].trim_end();
        (named && MAKERS.iter().any(|maker| value.contains(maker))).then(|| Span::at(start, value.len()))
    };
    let claim = Change {
        a: behind(&case.a.unit)?,
        b: behind(&case.b.unit)?,
    };
    let before = |unit: &[u8], span: Span| unit[..span.start].to_vec();
    (before(&case.a.unit, claim.a) == before(&case.b.unit, claim.b)).then_some(claim)
}

/// Names of what processors have or have not.
const FEATURES: &[&str] = &[
    "aes",
    "aesni",
    "altivec",
    "amx",
    "avx",
    "avx2",
    "avx512",
    "avx512bw",
    "avx512f",
    "avx512vl",
    "bmi",
    "bmi2",
    "crc32",
    "fma",
    "fma3",
    "f16c",
    "lzcnt",
    "movbe",
    "neon",
    "pclmul",
    "pclmulqdq",
    "popcnt",
    "rdrand",
    "rdseed",
    "rdtscp",
    "sha_ni",
    "shani",
    "sse",
    "sse2",
    "sse3",
    "sse41",
    "sse42",
    "sse4_1",
    "sse4_2",
    "ssse3",
    "sve",
    "vaes",
    "vsx",
    "xop",
];

/// Whether a line of a configuration says of one of them that it is there on one side, and that it is not on the other.
fn checked(case: &Case<'_>) -> bool {
    if !(HELD.is_match(&case.a.unit[..]) && HELD.is_match(&case.b.unit[..])) {
        return false;
    }
    let text = |unit: &[u8]| String::from_utf8_lossy(unit).to_lowercase();
    let (a, b) = (text(&case.a.unit), text(&case.b.unit));
    let feature = |line: &str| {
        let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        let stem = |word: &str| {
            let word = [
                "have_",
                "has_",
                "use_",
                "with_",
                "enable_",
                "cpu_has_",
                "hwcap_",
                "ac_cv_cpu_",
                "cpu_",
            ]
            .iter()
            .fold(word.to_owned(), |word, prefix| {
                word.trim_start_matches(prefix).to_owned()
            });
            word.trim_end_matches("_intrinsics")
                .trim_end_matches("_instructions")
                .to_owned()
        };
        let mut found: Vec<String> = words.map(stem).filter(|word| FEATURES.contains(&&word[..])).collect();
        found.dedup();
        found
    };
    let (x, y) = (feature(&a), feature(&b));
    let answer = |line: &str| {
        let words: Vec<&str> = line
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| !word.is_empty())
            .collect();
        let says = |answers: &[&str]| words.iter().any(|word| answers.contains(word));
        let no = says(&["undef", "no", "off", "false", "0", "none", "disabled"]) || line.trim_end().ends_with('=');
        let yes = says(&["1", "yes", "on", "true", "enabled"]);
        (yes != no).then_some(yes)
    };
    let listed = || {
        // `flags : fpu vme …`, as /proc/cpuinfo has them.
        let head = a.trim_start().starts_with("flags") || a.contains("cpu_flags") || a.contains("cpu features");
        head && x.len() + y.len() > 3 && x != y
    };
    x.len() == 1 && x == y && answer(&a).is_some_and(|a| answer(&b).is_some_and(|b| a != b)) || listed()
}

/// Whether one side of a function uses the wide encodings of vectors (VEX, EVEX) and the other does not use them at all.
fn wider(case: &Case<'_>) -> bool {
    let amd64 = |value: &Value| matches!(value, Value::Code { isa: Isa::X86_64, .. });
    if !case.both() || !amd64(&case.a.value) || !amd64(&case.b.value) {
        return false;
    }
    let (x, y) = (vectors(&case.a.unit), vectors(&case.b.unit));
    let long = case.a.unit.len().max(case.b.unit.len());
    x.min(y) == 0 && x.max(y) >= WIDE && x.max(y) * 24 >= long
}

/// Wide instructions of a function that is compiled to them, at least: the same bytes may be operands elsewhere.
const WIDE: usize = 3;

/// How many instructions seem to be in a wide encoding: `c5` and `c4`, which are no instructions of 64-bit code by themselves, with what
/// must follow them.
fn vectors(code: &[u8]) -> usize {
    let vex2 = |bytes: &[u8]| {
        bytes[0] == 0xc5 && matches!(bytes[2], 0x10..=0x17 | 0x28..=0x2f | 0x50..=0x7f | 0xc2 | 0xc6 | 0xd0..=0xff)
    };
    let vex3 = |bytes: &[u8]| bytes[0] == 0xc4 && matches!(bytes[1] & 0x1f, 1..=3) && bytes[2] & 0x04 != 0;
    let evex = |bytes: &[u8]| {
        bytes[0] == 0x62 && bytes[1] & 0x08 == 0 && bytes[2] & 0x04 != 0 && matches!(bytes[1] & 7, 1..=3)
    };
    // Behind an opcode it names registers: `mov %eax,%ebp`.
    let operand = |byte: u8| matches!(byte, 0x01 | 0x03 | 0x09 | 0x0b | 0x21 | 0x23 | 0x29 | 0x2b | 0x31 | 0x33 | 0x39 | 0x3b | 0x63 | 0x69 | 0x6b | 0x80..=0x8f | 0xaf | 0xb6..=0xbf | 0xc1 | 0xc7 | 0xd1 | 0xd3 | 0xf6 | 0xf7 | 0xff);
    let wide = |bytes: &&[u8]| !operand(bytes[0]) && (vex2(&bytes[1..]) || vex3(&bytes[1..]) || evex(&bytes[1..]));
    let first = code
        .get(..3)
        .is_some_and(|bytes| vex2(bytes) || vex3(bytes) || evex(bytes));
    code.windows(4).filter(wide).count() + usize::from(first)
}
