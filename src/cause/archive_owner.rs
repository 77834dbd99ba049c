//! archive-owner

use super::{Advice, Case, Cause, Fix, places::Fit};
use crate::model::{CauseId, Evidence, Role, Value};

/// By what made the file.
const FIXES: &[Fix] = &[
    Fix {
        formats: &["tar"],
        names: &["data.tar", "control.tar"],
        made_by: &[],
        fix: "dpkg-deb --root-owner-group, or build under fakeroot (Rules-Requires-Root: no)",
    },
    Fix {
        formats: &["tar"],
        names: &[],
        made_by: &[],
        fix: "tar --owner=0 --group=0 --numeric-owner",
    },
    Fix {
        formats: &["cpio"],
        names: &[],
        made_by: &[],
        fix: "cpio -R 0:0",
    },
    Fix {
        formats: &["erofs"],
        names: &[],
        made_by: &[],
        fix: "mkfs.erofs --all-root",
    },
    Fix {
        formats: &["cramfs"],
        names: &[],
        made_by: &[],
        fix: "fakeroot: chown -hR 0:0 all files before mkfs.cramfs, which has no option for it",
    },
    Fix {
        formats: &["zip"],
        names: &[],
        made_by: &[],
        fix: "zip -X",
    },
];

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
    fn fixes(&self) -> &'static [Fix] {
        FIXES
    }
    fn variations(&self) -> &'static [&'static str] {
        &["user"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        // A field that is no number or name, or that gives a set-id file its rights, has no value here.
        let known = |value: &Value| matches!(value, Value::Number(_) | Value::Text(_));
        let owner = case.role == Role::Owner && case.both() && known(&case.a.value) && known(&case.b.value);
        let place = case.survey.places.around(case).filter(|_| owner)?;
        match place.builders() {
            Fit::All => Some(Evidence::field(case)),
            Fit::Most => Some(Evidence::whole(case)),
            Fit::None => None,
        }
    }
}
