//! gzip-mtime

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Kind, Role};

/// Bytes 4 to 8 of a gzip header.
pub struct GzipMtime;

impl Cause for GzipMtime {
    fn id(&self) -> CauseId {
        "gzip-mtime"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A gzip header carries a time (RFC 1952, MTIME).",
            why: "gzip stores the modification time of the file it compressed, or the time at which it ran.",
            fix: "gzip -n; Python: gzip.GzipFile(..., mtime=0); Go: leave gzip.Header.ModTime unset",
            references: &[
                "https://reproducible-builds.org/docs/archives/",
                "https://www.rfc-editor.org/rfc/rfc1952",
            ],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["time", "mtime"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        (case.kind == Kind::Stream && case.role == Role::Timestamp && case.both()).then(|| Evidence::field(case))
    }
}
