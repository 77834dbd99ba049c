//! gzip-name

use super::{Advice, Cause, Survey};
use crate::model::{CauseId, Difference, Evidence, Role};

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
    fn examine(&self, difference: &Difference, _survey: &Survey) -> Option<Evidence> {
        if difference.format != "gzip" {
            return None;
        }
        // On one side only, the flag that announces the name differs too.
        let name = difference.name() == "name" && matches!(difference.role, Role::Name | Role::Presence);
        let flag = difference.name() == "flags"
            && matches!((&difference.a.unit[..], &difference.b.unit[..]), ([x], [y]) if x ^ y == 8);
        (name || flag).then(|| Evidence::whole(difference))
    }
}
