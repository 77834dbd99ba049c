//! gzip-name

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Role, Side};

/// The file name in a gzip header (RFC 1952, FNAME).
pub struct GzipName;

impl Cause for GzipName {
    fn id(&self) -> CauseId {
        "gzip-name"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A gzip header carries the name of the file that was compressed.",
            why: "gzip stores the name, and temporary files have random ones.",
            fix: "gzip -n, or compress standard input",
            references: &["https://www.rfc-editor.org/rfc/rfc1952"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["build_path", "pid"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.format != "gzip" {
            return None;
        }
        // On one side only, the flag that announces the name differs too.
        let name = case.name() == "name" && matches!(case.role, Role::Name | Role::Presence);
        let flag = case.name() == "flags" && matches!((&case.a.unit[..], &case.b.unit[..]), ([x], [y]) if x ^ y == 8);
        (name && harmless(case) || flag).then(|| Evidence::field(case))
    }
}

/// `gunzip -N` and `file` use the name: it may say nothing else than the other, and lead nowhere.
fn harmless(case: &Case<'_>) -> bool {
    let name = |side: &Side| {
        side.present
            .then(|| String::from_utf8_lossy(&side.unit).trim_end_matches('\0').to_owned())
    };
    let names: Vec<String> = [&case.a, &case.b].into_iter().filter_map(name).collect();
    let plain = |name: &String| {
        let part = |c: char| c.is_ascii_alphanumeric() || "._-+~@,".contains(c);
        name.chars().all(part) && !name.starts_with('.') && !name.is_empty()
    };
    // Temporary names stand for no file, and the file's own name says what none would say; two other names are two files.
    let temporary = |name: &String| {
        let rest = name
            .strip_prefix("tmp")
            .map(|rest| rest.trim_start_matches(['.', '-', '_']));
        rest.is_some_and(|rest| {
            rest.chars().any(|c| c.is_ascii_digit() || c.is_ascii_uppercase()) && !rest.contains('.')
        })
    };
    let file = case.survey.container(case).map_or("", |member| &member.name);
    let own = |name: &String| file.rsplit_once('.').is_some_and(|(stem, _)| stem == name);
    names.iter().all(plain) && (names.iter().all(temporary) || names.len() < 2 && names.iter().all(own))
}
