//! fs-layout

use super::{Advice, Case, Cause, Member};
use crate::model::{CauseId, Evidence, Kind, Role, Warrant};

/// Where the files of a file system lie.
pub struct FsLayout;

impl Cause for FsLayout {
    fn id(&self) -> CauseId {
        "fs-layout"
    }
    fn group(&self) -> &'static str {
        "container"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The same files lie in other places of the file system.",
            why: "The tool took them in another order, or more of them at a time.",
            fix: "give the tool its files in one order (mksquashfs -reproducible, or -sort; mke2fs -d of a sorted tarball), and pin its version",
            references: &["https://reproducible-builds.org/docs/system-images/"],
        }
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let places = case.kind == Kind::Volume && case.role == Role::Offset && case.name() == "layout/places";
        if !places || !case.both() || !case.a.value.is_valid() || !case.b.value.is_valid() {
            return None;
        }
        let inside = |member: &Member| member.address.starts_with(case.place()) && member.address != case.place();
        let evidence = Evidence::whole(case).by(Warrant::Derived);
        Some(
            if case.survey.places.substance(case) || case.survey.members().iter().any(inside) {
                evidence.following()
            } else {
                evidence
            },
        )
    }
}
