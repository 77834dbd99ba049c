//! umask-permissions

use super::{
    Advice, Case, Cause,
    places::{Fit, masked},
};
use crate::model::{CauseId, Evidence};

/// Permission bits of group and others, as a umask takes them away.
pub struct UmaskPermissions;

impl Cause for UmaskPermissions {
    fn id(&self) -> CauseId {
        "umask-permissions"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Permissions differ as under another umask.",
            why: "Files made by the build get the permissions that the umask of the builder leaves.",
            fix: "umask 022 in the build; install -m; tar --mode=go=rX,u+rw,a-s; dh_fixperms",
            references: &["https://reproducible-builds.org/docs/archives/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["umask"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let (a, b) = masked(case)?;
        match case.survey.places.around(case)?.umask(a, b) {
            Fit::All => Some(Evidence::field(case)),
            Fit::Most => Some(Evidence::whole(case)),
            Fit::None => None,
        }
    }
}
