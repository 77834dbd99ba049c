//! The build made something, but not what was asked for.

use super::{Known, Scene};

pub(super) const KNOWN: Known = Known {
    id: "artifact-elsewhere",
    look,
};

/// Files that are named.
const FILES: usize = 5;
/// Ends of what is made on the way.
const ON_THE_WAY: &[&str] = &[
    ".o", ".d", ".lo", ".la", ".pyc", ".log", ".cmake", ".tmp", ".cache", ".status", ".json", ".txt", ".make",
];

fn look(scene: &Scene<'_>) -> Option<(String, String)> {
    let product = |path: &&String| {
        let hidden = path
            .split('/')
            .any(|part| part.starts_with('.') || part == "CMakeFiles" || part.ends_with(".egg-info"));
        !hidden && !ON_THE_WAY.iter().any(|end| path.ends_with(end)) && !scene.copy.join(path.as_str()).exists()
    };
    let mut files: Vec<&String> = scene.result.written.keys().filter(product).collect();
    // What lies near the root is what a build is for.
    files.sort_by_key(|path| (path.matches('/').count(), path.len()));
    let more = files.len().saturating_sub(FILES);
    files.truncate(FILES);
    let first = *files.first().filter(|_| scene.made_nothing())?;
    let names: Vec<&str> = files.iter().map(|path| path.as_str()).collect();
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    Some((
        format!(
            "the build wrote {}{more}, and nothing of the name that was given",
            names.join(", ")
        ),
        format!("name what it makes, as --artifact {first}"),
    ))
}
