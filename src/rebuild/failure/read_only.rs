//! The build writes to the machine outside its own folders.

use super::{Known, Scene};

pub(super) const KNOWN: Known = Known { id: "read-only", look };

fn look(scene: &Scene<'_>) -> Option<(String, String)> {
    let line = scene.said(&["Read-only file system", "read-only file system", "EROFS"])?;
    Some((
        format!(
            "for a build the machine is read only but for its tree, HOME and the folders for temporary files: {line}"
        ),
        "install below the tree: DESTDIR=\"$PWD/out\", --prefix=\"$PWD/out\", or pip's --target".to_owned(),
    ))
}
