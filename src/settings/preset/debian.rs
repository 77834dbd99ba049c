//! Debian's source packages: the packages come to lie beside the tree.

use super::{Preset, Proposal, tree::Tree};

/// `debian`
pub(super) static PRESET: Preset = Preset {
    name: "debian",
    what: "a Debian source package",
    marks: &["debian/rules"],
    propose,
};

fn propose(tree: &Tree) -> Option<Proposal> {
    tree.has("debian/control")
        .then(|| Proposal::new("dpkg-buildpackage --build=binary --no-sign", &["../*.deb"]))
}
