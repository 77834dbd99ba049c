//! records-build-flags

use super::{Advice, Case, Cause, document, find, path};
use crate::model::{CauseId, Change, Evidence, Kind};

/// Compiler flags with the build path in them.
pub struct RecordsBuildFlags;

impl Cause for RecordsBuildFlags {
    fn id(&self) -> CauseId {
        "records-build-flags"
    }
    fn group(&self) -> &'static str {
        "path"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::FOLDERS
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The flags of the build are recorded, and the build path in them.",
            why: "A program, script or object keeps CFLAGS, and -ffile-prefix-map or -fdebug-prefix-map in them names the build directory.",
            fix: "filter *-prefix-map flags out of what is recorded; gcc leaves them out of DW_AT_producer by itself; clang: without -frecord-command-line",
            references: &["https://reproducible-builds.org/docs/build-path/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["build_path", "parallelism", "env"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let part = |c: u8| c.is_ascii_graphic() && !b"\"'`;,".contains(&c);
        let claims = find::words(case, part, |pair| {
            let (x, y) = find::sides(case, pair);
            let (x, y) = (map(x), map(y));
            x.is_some() && x == y
        });
        // Beside another change on the line the flag is no mere record.
        let covered = |change: &Change| claims.iter().any(|c| c.a.contains(change.a) && c.b.contains(change.b));
        let all = case.open.iter().all(covered);
        // Asked last: it may read the whole text.
        let claims = Some(claims).filter(|claims| all && !claims.is_empty() && recorded(case));
        Evidence::likely(claims?)
    }
}

/// Where flags are kept and not used: a program's strings, a `foo-config` script's answer, what tools write about a build, a comment.
fn recorded(case: &Case<'_>) -> bool {
    let answers = |text: &[u8]| memchr::memmem::find(text, b"--cflags)").is_some();
    let script = || {
        let member = case.survey.container(case);
        member.is_some_and(|member| answers(&member.a) && answers(&member.b))
    };
    case.kind == Kind::Executable || document::build_record(case) || case.survey.commented(case, case.open) || script()
}

/// Option and new prefix of `-ffile-prefix-map=/old=new`.
fn map(flag: &[u8]) -> Option<(&[u8], &[u8])> {
    let options: [&[u8]; 6] = [
        b"-ffile-prefix-map=",
        b"-fdebug-prefix-map=",
        b"-fmacro-prefix-map=",
        b"-fprofile-prefix-map=",
        b"-fcoverage-prefix-map=",
        b"--remap-path-prefix=",
    ];
    let option = options.into_iter().find(|option| flag.starts_with(option))?;
    let rest = &flag[option.len()..];
    let equals = rest.iter().position(|&c| c == b'=')?;
    let plain = document::plain(rest) && !path::climbs(&rest[..equals]);
    (rest.starts_with(b"/") && plain).then(|| (option, &rest[equals + 1..]))
}
