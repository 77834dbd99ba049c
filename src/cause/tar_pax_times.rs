//! tar-pax-times

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Kind, Role, Side, Value};

/// Access and change times in extended headers of tar.
pub struct TarPaxTimes;

impl Cause for TarPaxTimes {
    fn id(&self) -> CauseId {
        "tar-pax-times"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Extended headers of tar carry the times of access and change.",
            why: "pax archives keep them beside the time of modification, and none of them is under control.",
            fix: "tar --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime; or tar --format=gnu",
            references: &["https://reproducible-builds.org/docs/archives/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["mtime", "time"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let name = case.name().rsplit('/').next().unwrap_or_default();
        let record = |key: &str| {
            name.strip_prefix("pax ")
                .and_then(|n| n.strip_prefix(key))
                .is_some_and(|rest| matches!(rest, "" | " length" | " end"))
        };
        // A record that holds no time, or a length that is written in an odd way, could hold anything.
        let sound = |side: &Side| match side.value {
            Value::Time { .. } => true,
            Value::Raw => name.ends_with(" end"),
            _ => side.value.is_valid(),
        };
        let known = [&case.a, &case.b].into_iter().all(|side| !side.present || sound(side));
        // Fractions of a second are in no other field.
        let fraction = || case.a.unit.contains(&b'.') || case.b.unit.contains(&b'.');
        let present = matches!(case.role, Role::Timestamp | Role::Presence);
        (case.kind == Kind::Archive
            && present
            && known
            && (record("atime") || record("ctime") || record("mtime") && fraction()))
        .then(|| Evidence::field(case))
    }
}
