//! Container images, made by buildah.

use super::{Preset, Proposal, tree::Tree};

/// `image`
pub(super) static PRESET: Preset = Preset {
    name: "image",
    what: "a container image",
    marks: &["Containerfile", "Dockerfile"],
    propose,
};

fn propose(tree: &Tree) -> Option<Proposal> {
    let command = "buildah --storage-driver=vfs build --isolation=chroot --tag repro . && \
                   buildah --storage-driver=vfs push repro oci-archive:image.tar";
    let why = "The image that it starts from is fetched in each build: name it by its digest.";
    let note = "buildah needs to mount and to change owners: not every machine allows that in a build's sandbox.";
    Some(
        Proposal::new(command, &["image.tar"])
            .fetches(tree, why, &[])
            .note(note),
    )
}
