//! machine-id

use super::{Advice, Case, Cause, installed};
use crate::model::{CauseId, Evidence, Role};

/// The identifier that systemd and D-Bus give a machine, in an image that is many machines.
pub struct MachineId;

impl Cause for MachineId {
    fn id(&self) -> CauseId {
        "machine-id"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "An image holds the identifier of the machine that it was made as.",
            why: "systemd's and D-Bus's packages draw a random /etc/machine-id when they are installed.",
            fix: "leave the file empty in the image, which systemd fills at the first start: : >/etc/machine-id; rm -f /var/lib/dbus/machine-id",
            references: &[
                "https://www.freedesktop.org/software/systemd/man/machine-id.html",
                "https://reproducible-builds.org/docs/system-images/",
            ],
        }
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let id = |unit: &[u8]| {
            let id = unit.strip_suffix(b"\n").unwrap_or(unit);
            id.len() == 32 && id.iter().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(c))
        };
        let there = installed::any(case, &["etc/machine-id", "var/lib/dbus/machine-id"]);
        let one = case.a.span.start == 0 && case.b.span.start == 0;
        (case.role == Role::Text && case.both() && there && one && id(&case.a.unit) && id(&case.b.unit))
            .then(|| Evidence::whole(case))
    }
}
