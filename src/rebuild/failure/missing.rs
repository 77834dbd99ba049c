//! A program is missing that is nowhere in the tree either.

use super::{Known, Scene, ignored};

pub(super) const KNOWN: Known = Known {
    id: "missing-program",
    look,
};

/// Lines at the end in which a shell says which program it did not find.
const NEAR: usize = 10;

fn look(scene: &Scene<'_>) -> Option<(String, String)> {
    if (ignored::KNOWN.look)(scene).is_some() {
        return None;
    }
    let why = scene.result.why.as_deref().unwrap_or_default();
    let last = scene.last();
    let near = last.get(last.len().saturating_sub(NEAR)..).unwrap_or_default();
    let shell = |line: &&String| {
        let make = line.starts_with("make") && line.contains(": No such file or directory");
        make || line.contains(": not found") || line.contains("command not found")
    };
    // Who was asked whether there is such a program says so, too, and fails of something else.
    let failed = why.contains("exit status 127") || near.iter().any(|line| line.contains("Error 127"));
    let name = near
        .iter()
        .rev()
        .filter(shell)
        .find_map(|line| ignored::absent(line))
        .filter(|_| failed)?;
    Some((
        format!("there is no program {name} where a build looks for one"),
        format!("install it, or --env PATH=… if it lies elsewhere: `command -v {name}` tells where"),
    ))
}
