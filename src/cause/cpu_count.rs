//! cpu-count

use super::{Advice, Case, Cause, find, statement::Statement};
use crate::model::{CauseId, Evidence, Role};

/// The number of processors of the builder.
pub struct CpuCount;

impl Cause for CpuCount {
    fn id(&self) -> CauseId {
        "cpu-count"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::COUNTS
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The output contains the number of processors of the build machine.",
            why: "Something recorded -j, nproc or a number of threads.",
            fix: "fix the number that is recorded, or leave it out",
            references: &["https://reproducible-builds.org/docs/env-variations/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["cpu_count", "parallelism"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.role == Role::Presence {
            return counted_on(case).then(|| Evidence::whole(case).hint());
        }
        if !find::textual(case) {
            return None;
        }
        let part = |c: u8| c.is_ascii_alphanumeric() || c == b'-';
        Evidence::likely(find::words(case, part, |pair| {
            let (x, y) = find::sides(case, pair);
            let before = find::before(&case.a.unit, pair.a.start, 60);
            let option = |text: &[u8]| text.strip_prefix(b"-j").is_some_and(count);
            let make = find::says(
                &before,
                &[
                    "make",
                    "ninja",
                    "makeflags",
                    "ninjaflags",
                    "build",
                    "built",
                    "cmake",
                    "scons",
                ],
            );
            let counted = make && option(x) && option(y)
                || count(x) && count(y) && (keyed(&before) || as_asked(case, &before, x, y));
            counted && !Statement::of(case, pair).limited()
        }))
    }
}

/// A number of processors.
fn count(text: &[u8]) -> bool {
    let number = std::str::from_utf8(text).ok().and_then(|t| t.parse::<u32>().ok());
    text.first().is_some_and(u8::is_ascii_digit) && number.is_some_and(|n| (1..=4096).contains(&n))
}

/// What there is one of for each processor.
const EACH: &[&str] = &["cpu", "core", "thread", "worker", "job", "processor", "shard", "slot"];

/// Whether a line that only one side has goes on with the lines above it, which count processors: `worker 3` behind `worker 2`.
fn counted_on(case: &Case<'_>) -> bool {
    let (side, first) = if case.a.present {
        (&case.a, true)
    } else {
        (&case.b, false)
    };
    let Some(member) = case.survey.container(case) else {
        return false;
    };
    let text = if first { &member.a } else { &member.b };
    let above = text.get(..side.span.start).unwrap_or_default();
    let above = above
        .trim_ascii_end()
        .rsplit(|&c| c == b'\n')
        .next()
        .unwrap_or_default();
    let read = |line: &[u8]| {
        let line = String::from_utf8_lossy(line).to_lowercase();
        let number = line.find(|c: char| c.is_ascii_digit())?;
        let (head, rest) = line.split_at(number);
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let word = head.trim_end_matches([' ', '\t', '_', '-', '#', ':', '=', '[', '.']);
        let each = EACH.iter().any(|each| {
            word.strip_suffix(each)
                .is_some_and(|stem| !stem.ends_with(char::is_alphabetic))
        });
        Some((head.to_owned(), rest[..digits].parse::<u32>().ok().filter(|_| each)?))
    };
    let pair = read(&side.unit).zip(read(above));
    pair.is_some_and(|((head, n), (other, before))| head == other && n == before + 1)
}

/// Whether a key counts jobs, and `-j` with the same numbers stands beside it on both sides.
fn as_asked(case: &Case<'_>, before: &str, x: &[u8], y: &[u8]) -> bool {
    let key = before.trim().trim_end_matches([' ', '\t', '=', ':']);
    let near = |bytes: &[u8], at: usize, n: &[u8]| {
        let text = bytes
            .get(at.saturating_sub(200)..bytes.len().min(at + 200))
            .unwrap_or_default();
        let option = [b"-j", n].concat();
        memchr::memmem::find_iter(text, &option).any(|i| !text.get(i + option.len()).is_some_and(u8::is_ascii_digit))
    };
    matches!(key, "jobs" | "cpus" | "nproc")
        && case
            .survey
            .container(case)
            .is_some_and(|member| near(&member.a, case.a.span.start, x) && near(&member.b, case.b.span.start, y))
}

/// Whether a key right before the number says that it counts processors of the build.
fn keyed(before: &str) -> bool {
    let key = before.trim_end_matches([' ', '\t', '=', ':', '"', '\'', '(']);
    let word = key
        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .next()
        .unwrap_or_default();
    matches!(
        word,
        "build_threads" | "build_jobs" | "build_cpus" | "make_jobs" | "build_nproc" | "cmake_build_parallel_level"
    )
}
