//! fs-uuid

use super::{Advice, Case, Cause, Fix};
use crate::model::{CauseId, Evidence, Kind, Role};

/// By what made the file.
const FIXES: &[Fix] = &[
    Fix {
        formats: &["ext"],
        names: &[],
        made_by: &[],
        fix: "mke2fs -U UUID -E hash_seed=UUID, with UUIDs of your own or made from SOURCE_DATE_EPOCH",
    },
    Fix {
        formats: &["erofs"],
        names: &[],
        made_by: &[],
        fix: "mkfs.erofs -U UUID",
    },
    Fix {
        formats: &["gpt"],
        names: &[],
        made_by: &[],
        fix: "sgdisk --disk-guid=GUID --partition-guid=N:GUID, or systemd-repart with --seed",
    },
];

/// Shorter ones, by their names.
const NAMES: &[&str] = &["/generation", "/disk signature"];

/// The UUID of a file system or a partition, and the seed of its hashes.
pub struct FsUuid;

impl Cause for FsUuid {
    fn id(&self) -> CauseId {
        "fs-uuid"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A file system or partition has an identifier of its own.",
            why: "The tool that makes it draws a UUID by chance, ext4 a seed for the hashes of its folders, too.",
            fix: "give it one: mke2fs -U UUID -E hash_seed=UUID; mkfs.erofs -U; sgdisk -U and -u; or make it from content (UUID version 5)",
            references: &["https://reproducible-builds.org/docs/system-images/"],
        }
    }
    fn fixes(&self) -> &'static [Fix] {
        FIXES
    }
    fn variations(&self) -> &'static [&'static str] {
        &["random"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let named = case.kind == Kind::Volume && case.role == Role::Identifier;
        // Sixteen bytes, or what a file has so that another one of its number is not taken for it.
        let long =
            case.a.unit.len() == 16 && case.b.unit.len() == 16 || NAMES.iter().any(|name| case.name().ends_with(name));
        (named && case.both() && long).then(|| Evidence::field(case))
    }
}
