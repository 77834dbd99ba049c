//! Projects with a `configure`, or what autoconf makes one of: what they install.

use super::{Preset, Proposal, tree::Tree};

/// `autotools`
pub(super) static PRESET: Preset = Preset {
    name: "autotools",
    what: "a project with a configure script",
    marks: &["configure", "configure.ac", "configure.in"],
    propose,
};

fn propose(tree: &Tree) -> Option<Proposal> {
    let before = match (tree.has("configure"), tree.has("autogen.sh")) {
        (true, _) => "",
        (false, true) => "NOCONFIGURE=1 ./autogen.sh && ",
        (false, false) => "autoreconf --force --install && ",
    };
    let command = format!("{before}./configure --prefix=/usr && make && make install DESTDIR=\"$PWD/_install\"");
    Some(Proposal::new(command, &["_install"]))
}
