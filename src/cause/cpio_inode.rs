//! cpio-inode

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Kind, Role, Value};

/// Numbers of the file system that an archive was made from.
pub struct CpioInode;

impl Cause for CpioInode {
    fn id(&self) -> CauseId {
        "cpio-inode"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Archive members carry device and inode numbers of the file system that they came from.",
            why: "cpio copies them, and how many links a file has; each file system gives others.",
            fix: "cpio --reproducible (--renumber-inodes --ignore-devno); an initramfs of Linux: gen_init_cpio, or cpio the same way",
            references: &["https://reproducible-builds.org/docs/archives/"],
        }
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        // Which members are one file is a field of its own; without that, the numbers say nothing.
        let number = |value: &Value| matches!(value, Value::Number(_));
        let archive = matches!(case.kind, Kind::Archive | Kind::Package);
        (archive && case.role == Role::Inode && case.both() && number(&case.a.value) && number(&case.b.value))
            .then(|| Evidence::field(case))
    }
}
