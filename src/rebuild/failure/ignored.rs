//! A program or file is missing that lies in the tree, but is ignored by git: a build does not get it.

use super::{Known, Scene};
use std::{fs, path::Path};

pub(super) const KNOWN: Known = Known {
    id: "ignored-file",
    look,
};

/// Where a folder of tools keeps its programs and modules.
const BELOW: &[&str] = &["", ".bin/", "bin/", "node_modules/.bin/"];

fn look(scene: &Scene<'_>) -> Option<(String, String)> {
    if scene.build.all_files {
        return None;
    }
    let found = scene.last().iter().rev().find_map(|line| {
        let name = absent(line)?;
        Some((name, lies(scene, name)?))
    });
    let (name, path) = found?;
    Some((
        format!("{name} is {path} of your tree, which git ignores: a build does not get it"),
        "--all-files (`all_files = true`) copies ignored files, too; or have the build make it".to_owned(),
    ))
}

/// What a line says is not there: a program, a module or a path.
pub(super) fn absent(line: &str) -> Option<&str> {
    let quotes: &[char] = &['\'', '"', '`', '‘', '’', '“', '”', ':', ' '];
    for before in [
        "Cannot find module ",
        "No such file or directory: ",
        "can't open file ",
        "cannot open ",
    ] {
        if let Some((_, name)) = line.split_once(before) {
            let name = name.trim_start_matches(quotes).split(quotes).next()?;
            return Some(name).filter(|name| !name.is_empty());
        }
    }
    for after in [": not found", ": command not found", ": No such file or directory"] {
        if let Some((said, _)) = line.split_once(after) {
            let name = said.trim_end_matches(quotes).rsplit(quotes).next()?;
            return Some(name).filter(|name| !name.is_empty());
        }
    }
    None
}

/// Where in the caller's tree it lies, if it is not in the copy.
fn lies(scene: &Scene<'_>, name: &str) -> Option<String> {
    let own = scene.build_path();
    let name = name.strip_prefix(&format!("{own}/")).unwrap_or(name);
    let name = name.trim_start_matches("./");
    if name.is_empty() || name.starts_with('/') || name.split('/').any(|part| part == "..") {
        return None;
    }
    let only_there = |path: &str| {
        let is = |root: &Path| root.join(path).symlink_metadata().is_ok();
        is(&scene.build.source) && !is(scene.copy)
    };
    if only_there(name) {
        return Some(name.to_owned());
    }
    let entries = fs::read_dir(&scene.build.source).ok()?.flatten();
    let mut folders: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    folders.sort();
    let ignored = folders.into_iter().filter(|folder| only_there(folder));
    ignored
        .flat_map(|folder| BELOW.iter().map(move |below| format!("{folder}/{below}{name}")))
        .find(|path| only_there(path))
}
