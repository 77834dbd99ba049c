//! Paths below a root: where a link inside it leads.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

/// The path inside `root` that `path` leads to; links are followed as if `root` were `/`.
pub(super) fn resolve(root: &Path, path: &str) -> Option<String> {
    let mut rest: Vec<String> = parts(Path::new(path))?;
    rest.reverse();
    let mut real: Vec<String> = Vec::new();
    let mut links = 0;
    while let Some(part) = rest.pop() {
        if part == ".." {
            real.pop();
            continue;
        }
        real.push(part);
        let there = inside(root, &format!("/{}", real.join("/")));
        let Ok(target) = fs::read_link(&there) else {
            continue;
        };
        links += 1;
        if links > 40 {
            return None;
        }
        real.pop();
        if target.is_absolute() {
            real.clear();
        }
        rest.extend(parts(&target)?.into_iter().rev());
    }
    Some(format!("/{}", real.join("/")))
}

/// The components of a path, `..` included.
fn parts(path: &Path) -> Option<Vec<String>> {
    let named = path
        .components()
        .filter(|c| matches!(c, Component::Normal(_) | Component::ParentDir));
    named.map(|c| c.as_os_str().to_str().map(str::to_owned)).collect()
}

/// Where an absolute path lies below `root`.
pub(super) fn inside(root: &Path, path: &str) -> PathBuf {
    root.join(path.trim_start_matches('/'))
}
