//! What a spec brings along: source trees and given artifacts, copied to the work folder.

use super::{
    inputs,
    job::{Set, Tree},
    lab::{CLOCK, Lab},
    spec::Source,
};
use crate::rebuild::{Error, artifacts, source};
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
};

/// Gives every file the mode of a checkout: 0755 if its owner may execute it, else 0644; folders 0755.
pub(super) fn plain_modes(root: &Path) -> Result<(), Error> {
    for entry in walkdir::WalkDir::new(root) {
        let entry = entry.map_err(|error| Error::refused(&error).because(error).about("the source tree"))?;
        let kind = entry.file_type();
        if kind.is_symlink() {
            continue;
        }
        let failed = |error: std::io::Error| Error::at(entry.path(), &error);
        let mode = fs::symlink_metadata(entry.path()).map_err(failed)?.permissions().mode();
        let plain = match kind.is_dir() || mode & 0o100 != 0 {
            true => 0o755,
            false => 0o644,
        };
        fs::set_permissions(entry.path(), Permissions::from_mode(plain)).map_err(failed)?;
    }
    Ok(())
}

/// Copies a source tree, with the modes of a checkout and one time for all, and gives it its digest.
pub fn take(lab: &Lab<'_>, name: &str, wanted: &Source) -> Result<Tree, Error> {
    let spec = lab.spec;
    let from = spec.folder.join(&wanted.path);
    if !from.is_dir() {
        let how = match wanted.fetch.is_empty() {
            true => String::new(),
            false => "; `repro ddc --fetch` brings it".to_owned(),
        };
        return Err(Error::not_found(format!("the source tree is not there{how}")).of(from));
    }
    let folder = lab.place(name);
    source::copy_tree(&from, &folder)?;
    plain_modes(&folder)?;
    let clock = spec.environment.source_date_epoch.unwrap_or(CLOCK);
    source::stamp(&folder, clock, false)?;
    let digest = inputs::tree_digest(&folder)?;
    if digest != wanted.digest {
        return Err(Error::malformed(format!(
            "the source tree is not the one that the spec claims: digest {digest}, in the spec {}",
            wanted.digest
        ))
        .of(from));
    }
    Ok(Tree {
        folder,
        mount: wanted.mount.clone(),
        digest,
    })
}

/// Copies given artifacts to the work folder, under `name`; `place` is the table of the spec that gives them.
pub fn given(lab: &Lab<'_>, (place, name): (&str, &str), from: &Path, files: &[String]) -> Result<Set, Error> {
    let folder = lab.place(name);
    let at = |error: Error| error.about(format_args!("{place} artifacts {}", from.display()));
    if !from.is_dir() {
        return Err(at(Error::not_found("there is no such folder")));
    }
    let files = artifacts::collect(from, files, &folder).map_err(at)?;
    Ok(Set { folder, files })
}
