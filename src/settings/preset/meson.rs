//! Projects of Meson: what they install.

use super::{Preset, Proposal, tree::Tree};

/// `meson`
pub(super) static PRESET: Preset = Preset {
    name: "meson",
    what: "a Meson project",
    marks: &["meson.build"],
    propose,
};

fn propose(_: &Tree) -> Option<Proposal> {
    let command = "meson setup _build --prefix=/usr --buildtype=release && meson compile -C _build && \
                   DESTDIR=\"$PWD/_install\" meson install --no-rebuild -C _build";
    Some(Proposal::new(command, &["_install"]))
}
