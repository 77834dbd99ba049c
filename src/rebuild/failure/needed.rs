//! Something that the build needs is not installed, and it says so itself.

use super::{Known, Scene};

pub(super) const KNOWN: Known = Known {
    id: "missing-dependency",
    look,
};

fn look(scene: &Scene<'_>) -> Option<(String, String)> {
    if let Some((_, names)) = scene
        .said(&["Unmet build dependencies: "])?
        .split_once("Unmet build dependencies: ")
    {
        let fix = format!("apt-get build-dep . (or apt-get install {})", first_words(names));
        return Some((format!("build dependencies are not installed: {names}"), fix));
    }
    None
}

/// The names without what is said of their versions.
fn first_words(names: &str) -> String {
    let mut inside = false;
    let words = names.split_whitespace().filter(|word| {
        let kept = !inside && !word.starts_with('(') && *word != "|";
        inside = (inside || word.starts_with('(')) && !word.ends_with(')');
        kept
    });
    words.collect::<Vec<_>>().join(" ")
}
