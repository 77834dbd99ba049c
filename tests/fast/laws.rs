//! The three laws, on the corpus, on truncated and on mutated files.
//! 1. Equal means equal bytes. 2. Nothing is swallowed. 3. Explained is proved.

mod generated;

use crate::support::{cases, compare, compare_bytes, named, pair};
use rayon::prelude::*;
use repro::model::{Confidence, DiffReport, Verdict};
use std::{fs, panic, path::PathBuf};

/// Files of the corpus that a test reads whole: name and bytes.
fn files() -> Vec<(String, Vec<u8>)> {
    cases()
        .into_iter()
        .filter_map(|case| Some((case.name, pair(&case.folder)?)))
        .flat_map(|(name, (a, b))| [(format!("{name}/a"), a), (format!("{name}/b"), b)])
        .filter(|(_, path)| path.is_file())
        .map(|(name, path): (String, PathBuf)| (name, fs::read(path).unwrap()))
        .collect()
}

/// Seeded, so that a failure comes again: Marsaglia's xorshift64.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// Compares and checks laws 1 and 2; a panic is a failure like any other.
fn lawful(a: &[u8], b: &[u8]) -> Result<DiffReport, String> {
    let report = panic::catch_unwind(|| compare_bytes(a, b)).map_err(|_| "panics".to_owned())?;
    if (report.verdict == Verdict::Identical) != (a == b) {
        return Err(format!(
            "{:?}, and the bytes are {}",
            report.verdict,
            if a == b { "equal" } else { "unequal" }
        ));
    }
    let told = report.findings.len() + report.unexplained.len() + report.undetermined.len();
    if (told == 0) != (a == b) {
        return Err(format!(
            "{told} findings, and the bytes are {}",
            if a == b { "equal" } else { "unequal" }
        ));
    }
    if accounted(report.verdict) && (!report.unexplained.is_empty() || report.findings.is_empty()) {
        return Err(format!("{} with something unexplained", report.verdict.word()));
    }
    let open = |f: &repro::model::Finding| f.warrant.is_none() && f.confidence != Confidence::Possible;
    if report.verdict == Verdict::Explained && report.findings.iter().any(open) {
        return Err("explained, and nothing shows one of the findings".to_owned());
    }
    if report.verdict == Verdict::Plausible && !report.findings.iter().any(open) {
        return Err("plausible, and something shows every finding".to_owned());
    }
    if report.verdict == Verdict::Different && report.unexplained.is_empty() && report.undetermined.is_empty() {
        return Err("different, with nothing left unexplained".to_owned());
    }
    Ok(report)
}

/// Whether every differing byte is said to come from a named cause.
fn accounted(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Explained | Verdict::Plausible)
}

fn all_well(failures: Vec<String>) {
    let total = failures.len();
    let shown: Vec<_> = failures.into_iter().take(60).collect();
    assert!(shown.is_empty(), "{total} failures\n{}", shown.join("\n"));
}

#[test]
fn equal_means_equal_bytes_and_nothing_is_swallowed() {
    let failures = cases()
        .par_iter()
        .filter_map(|case| Some((case, pair(&case.folder)?)))
        .flat_map_iter(|(case, (a, b))| {
            let mut wrong = Vec::new();
            for side in [&a, &b] {
                let report = compare(side, side);
                if report.verdict != Verdict::Identical || !report.findings.is_empty() {
                    wrong.push(format!("{}: not identical to itself", case.name));
                }
            }
            let outcome = if a.is_dir() || b.is_dir() {
                let report = compare(&a, &b);
                let told = report.findings.len() + report.unexplained.len() + report.undetermined.len();
                let well = report.verdict != Verdict::Identical && told > 0;
                if well {
                    Ok(())
                } else {
                    Err(format!("{:?} with {told} findings", report.verdict))
                }
            } else {
                lawful(&fs::read(&a).unwrap(), &fs::read(&b).unwrap()).map(drop)
            };
            wrong.extend(outcome.err().map(|what| format!("{}: {what}", case.name)));
            wrong
        })
        .collect();
    all_well(failures);
}

/// A truncated file never equals the whole one, and is never explained away.
#[test]
fn truncated_files_differ() {
    // Bombs cost time at each cut; hostile.rs opens them once.
    let files: Vec<_> = files()
        .into_iter()
        .filter(|(name, _)| !name.contains("bomb") && !name.contains("large-"))
        .collect();
    let failures = files
        .par_iter()
        .flat_map_iter(|(name, whole)| {
            // At every byte of small files, at some 200 places of the others.
            let step = if whole.len() <= 4096 && !name.starts_with("hostile/") {
                1
            } else {
                whole.len() / 200 + 1
            };
            (0..whole.len()).step_by(step).filter_map(move |cut| {
                let what = match lawful(whole, &whole[..cut]) {
                    Ok(report) if accounted(report.verdict) => format!(
                        "explained by {:?}",
                        report.findings.iter().map(|f| f.cause).collect::<Vec<_>>()
                    ),
                    Ok(_) => return None,
                    Err(what) => what,
                };
                Some(format!("{name} cut at {cut} of {}: {what}", whole.len()))
            })
        })
        .collect();
    all_well(failures);
}

/// Every byte that differs lies in the spans of the findings when a pair is explained. Checked where offsets need no translation:
/// outer files of equal size that hold no members, and in which nothing moved (what moves has a `derived-hash` finding).
#[test]
fn findings_of_an_explained_pair_cover_every_differing_byte() {
    let container = |file: &[u8]| {
        let magic: [&[u8]; 8] = [
            b"PK",
            b"!<arch>",
            b"\x1f\x8b",
            b"\xfd7zXZ",
            b"BZh",
            b"\x28\xb5\x2f\xfd",
            b"\x04\x22\x4d\x18",
            b"070701",
        ];
        magic.iter().any(|m| file.starts_with(m)) || file.get(257..262) == Some(b"ustar")
    };
    // A file system is compared as a listing of what a reader sees in it.
    const LISTED: [&str; 8] = ["squashfs", "romfs", "cramfs", "erofs", "ext", "fat", "exfat", "iso9660"];
    let listed = |report: &DiffReport| report.findings.iter().any(|f| LISTED.contains(&f.format));
    let outcomes: Vec<_> = cases()
        .par_iter()
        .filter_map(|case| Some((case, pair(&case.folder)?)))
        .filter(|(_, (a, _))| a.is_file())
        .filter_map(|(case, (a, b))| {
            let (a, b) = (fs::read(a).unwrap(), fs::read(b).unwrap());
            let report = compare_bytes(&a, &b);
            let moved = named(&report, true).contains("derived-hash");
            if !accounted(report.verdict) || a.len() != b.len() || moved || container(&a) || listed(&report) {
                return None;
            }
            let covered = |at: u64| {
                let mut spans = report.findings.iter().flat_map(|f| &f.spans);
                spans.any(|s| s.offset <= at && at < s.offset + s.length)
            };
            let bare = (0..a.len()).find(|&at| a[at] != b[at] && !covered(at as u64));
            Some(bare.map(|at| format!("{}: byte {at} differs and is in no finding", case.name)))
        })
        .collect();
    assert!(
        outcomes.len() > 20 || std::env::var_os("REPRO_CASE").is_some(),
        "only {} pairs were looked at",
        outcomes.len()
    );
    all_well(outcomes.into_iter().flatten().collect());
}

/// One byte of the bytes that decide what runs is changed, on top of what differs already: never explained.
#[test]
fn changed_code_and_scripts_are_never_explained() {
    let failures = cases()
        .par_iter()
        .filter_map(|case| Some((case, pair(&case.folder)?)))
        .filter(|(_, (_, b))| b.is_file())
        .flat_map_iter(|(case, (a, b))| {
            let (a, b) = (fs::read(a).unwrap(), fs::read(b).unwrap());
            let mut random = Random(0x9E37_79B9_7F4A_7C15);
            let places: Vec<_> = decisive(&b).collect();
            let tries = if places.is_empty() { 0 } else { 24 };
            (0..tries)
                .filter_map(|_| {
                    let at = places[random.below(places.len())];
                    let mut changed = b.clone();
                    changed[at] ^= 1 << random.below(8);
                    let what = match lawful(&a, &changed) {
                        Ok(report) if accounted(report.verdict) => "explained".to_owned(),
                        Ok(_) => return None,
                        Err(what) => what,
                    };
                    (changed != a).then(|| format!("{} with byte {at} changed: {what}", case.name))
                })
                .collect::<Vec<_>>()
        })
        .collect();
    all_well(failures);
}

/// Offsets of bytes that no benign cause can touch: executable sections of ELF files.
fn decisive(file: &[u8]) -> Box<dyn Iterator<Item = usize> + '_> {
    if file.starts_with(b"\x7fELF")
        && let Ok(elf) = goblin::elf::Elf::parse(file)
    {
        let text = elf
            .section_headers
            .into_iter()
            .filter(goblin::elf::SectionHeader::is_executable)
            .filter_map(|s| s.file_range());
        return Box::new(text.flatten().filter(|&at| at < file.len()));
    }
    Box::new(std::iter::empty())
}

/// Any byte of any file changed: no panic, never identical. `REPRO_MUTATIONS=N` makes N of each file.
#[test]
fn mutated_files_differ() {
    let asked = std::env::var("REPRO_MUTATIONS").ok();
    let tries: usize = asked.map_or(40, |n| n.parse().expect("REPRO_MUTATIONS is a number"));
    let files: Vec<_> = files()
        .into_iter()
        .filter(|(name, _)| !name.contains("bomb") && !name.contains("large-"))
        .collect();
    let failures = files
        .par_iter()
        .flat_map_iter(|(name, whole)| {
            let mut random = Random(whole.len() as u64 * 2 + 1);
            let tries = if whole.is_empty() { 0 } else { tries };
            (0..tries)
                .filter_map(|n| {
                    let mut changed = whole.clone();
                    for _ in 0..=n % 3 {
                        let at = random.below(changed.len());
                        match random.below(4) {
                            0 => changed[at] ^= 1 << random.below(8),
                            1 => changed[at] = [0, 0xFF, 0x7F, 0x80][random.below(4)],
                            2 => changed.insert(at, changed[at]),
                            _ if changed.len() > 1 => drop(changed.remove(at)),
                            _ => changed.push(0),
                        }
                    }
                    Some(format!("{name}, mutation {n}: {}", lawful(whole, &changed).err()?))
                })
                .collect::<Vec<_>>()
        })
        .collect();
    all_well(failures);
}
