//! archive-owner

use super::{Advice, Case, Cause, Made, places::Place};
use crate::model::{CauseId, Evidence, Role, Value};

/// User and group of an archive member.
pub struct ArchiveOwner;

impl Cause for ArchiveOwner {
    fn id(&self) -> CauseId {
        "archive-owner"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::OWNERS
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Archive members carry the user and group of the builder.",
            why: "The archiver copies the owner of each file.",
            fix: "tar --owner=0 --group=0 --numeric-owner; zip -X; cpio -R 0:0; dpkg-deb --root-owner-group",
            references: &["https://reproducible-builds.org/docs/archives/"],
        }
    }
    fn fix_for(&self, made: Made<'_>) -> Option<&'static str> {
        Some(if made.of("tar") && made.named(&["data.tar", "control.tar"]) {
            "dpkg-deb --root-owner-group"
        } else if made.of("tar") {
            "tar --owner=0 --group=0 --numeric-owner"
        } else if made.of("zip") {
            "zip -X"
        } else {
            return None;
        })
    }
    fn variations(&self) -> &'static [&'static str] {
        &["user"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        // A field that is no number or name, or that gives a set-id file its rights, has no value here.
        let known = |value: &Value| matches!(value, Value::Number(_) | Value::Text(_));
        (case.role == Role::Owner
            && case.format != "ar"
            && case.both()
            && known(&case.a.value)
            && known(&case.b.value)
            && case.survey.places.around(case).is_some_and(Place::builders))
        .then(|| Evidence::field(case))
    }
}
