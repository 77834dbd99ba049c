//! archive-owner

use super::{Advice, Cause, Survey};
use crate::model::{CauseId, Difference, Evidence, Role, Value};

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
    fn examine(&self, difference: &Difference, _survey: &Survey) -> Option<Evidence> {
        // A field that is no number or name, or that gives a set-id file its rights, has no value here.
        let known = |value: &Value| matches!(value, Value::Number(_) | Value::Text(_));
        (difference.role == Role::Owner
            && difference.format != "ar"
            && difference.both()
            && known(&difference.a.value)
            && known(&difference.b.value))
        .then(|| Evidence::whole(difference))
    }
}
