//! usrmerge-path

use super::{Advice, Case, Cause, find};
use crate::model::{CauseId, Evidence, Role};

/// The same tool below / and below /usr.
pub struct UsrmergePath;

impl Cause for UsrmergePath {
    fn id(&self) -> CauseId {
        "usrmerge-path"
    }
    fn group(&self) -> &'static str {
        "path"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The path of a tool depends on whether /bin is /usr/bin.",
            why: "On a system with merged /usr both paths work, and a search along PATH finds the one that comes first.",
            fix: "name the tool: SED=/bin/sed ./configure; or call it without a folder",
            references: &["https://wiki.debian.org/UsrMerge"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["exec_path", "shell"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let part = |c: u8| c.is_ascii_alphanumeric() || b"/._+-[".contains(&c);
        let merged = |long: &[u8], short: &[u8]| {
            let folders: [&[u8]; 4] = [b"/bin/", b"/sbin/", b"/lib/", b"/lib64/"];
            long.strip_prefix(b"/usr") == Some(short) && folders.iter().any(|folder| short.starts_with(folder))
        };
        Evidence::likely(find::words(case, part, |pair| {
            let (x, y) = find::sides(case, pair);
            // A list of what is allowed has the path alone on its line.
            let alone = case.role == Role::Text && case.a.unit.trim_ascii() == x;
            // At the beginning of a line only a script runs it; elsewhere it is the name that a rule is about.
            let first = case.role == Role::Text && case.a.unit[..pair.a.start].trim_ascii().is_empty();
            let alone = alone || first && !script(case);
            let policy = find::says(&find::before(&case.a.unit, pair.a.start, 80), POLICY);
            !alone && !policy && (merged(x, y) || merged(y, x))
        }))
    }
}

fn script(case: &Case<'_>) -> bool {
    let member = case.survey.container(case);
    member.is_some_and(|member| member.a.starts_with(b"#!") && member.b.starts_with(b"#!"))
}

/// Words of a policy, which knows one name of a tool and not the other.
const POLICY: &[&str] = &[
    "allow",
    "deny",
    "nopasswd",
    "all",
    "permit",
    "profile",
    "trust",
    "capability",
];
