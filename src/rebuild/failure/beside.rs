//! What was made lies beside the source tree.

use super::{Known, Scene};

pub(super) const KNOWN: Known = Known {
    id: "artifact-beside-tree",
    look,
};

/// Ends of what is made to be handed on.
const PACKAGES: &[&str] = &[
    ".deb", ".rpm", ".whl", ".jar", ".zip", ".tgz", ".tar.gz", ".tar.xz", ".tar.zst",
];

fn look(scene: &Scene<'_>) -> Option<(String, String)> {
    let parent = format!("{}/", std::path::Path::new(&scene.build_path()).parent()?.display());
    let strays = scene.result.strays.iter().filter_map(|path| path.strip_prefix(&parent));
    let mut names: Vec<&str> = strays.filter(|_| scene.made_nothing()).collect();
    // Packages before what is said of them (.buildinfo, .changes).
    names.sort_by_key(|name| !PACKAGES.iter().any(|end| name.ends_with(end)));
    let first = *names.first()?;
    let glob = match first.rsplit_once('.') {
        Some((_, end)) => format!("../*.{end}"),
        None => format!("../{first}"),
    };
    Some((
        format!("the build wrote {} beside the source tree", names.join(", ")),
        format!("--artifact '{glob}': artifacts may lie beside the tree"),
    ))
}
