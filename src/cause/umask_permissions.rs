//! umask-permissions

use super::{Advice, Cause, Survey, places::masked};
use crate::model::{CauseId, Difference, Evidence};

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
    fn examine(&self, difference: &Difference, survey: &Survey) -> Option<Evidence> {
        let (a, b) = masked(difference)?;
        let (only_b, only_a) = survey.places.around(difference)?.modes;
        // One pair of umasks, one stricter than the other, must explain all of them: what it takes away here is nowhere left.
        let stricter = only_a == 0 || only_b == 0;
        (stricter && a & only_b == 0 && b & only_a == 0).then(|| Evidence::whole(difference))
    }
}
