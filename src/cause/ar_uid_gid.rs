//! ar-uid-gid

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Role, Value};

/// User and group in an `ar` header.
pub struct ArUidGid;

impl Cause for ArUidGid {
    fn id(&self) -> CauseId {
        "ar-uid-gid"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::OWNERS
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Members of a static library carry the user and group of the builder.",
            why: "ar without the option D copies them from the file.",
            fix: "ar rcD; binutils configured with --enable-deterministic-archives; ZERO_AR_DATE=1 (Apple)",
            references: &["https://reproducible-builds.org/docs/archives/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["user"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let known = |value: &Value| matches!(value, Value::Number(_));
        (case.format == "ar" && case.role == Role::Owner && case.both() && known(&case.a.value) && known(&case.b.value))
            .then(|| Evidence::field(case))
    }
}
