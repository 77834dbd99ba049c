//! The commit that is checked out, read from the repository's own files (gitrepository-layout(5)).

use crate::bytes::{digest::is_hex, source::text};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Largest file that is read; a packed reference takes some 80 bytes.
const LIMIT: u64 = 64 << 20;

/// Hex of the commit that HEAD stands at, in the repository that `root` lies in. None where there is none, or where its references
/// are kept in another way.
pub fn head(root: &Path) -> Option<String> {
    let own = root.ancestors().find_map(repository)?;
    let head = read(&own.join("HEAD"))?;
    let Some(name) = head.strip_prefix("ref:").map(str::trim) else {
        return hex(head.trim());
    };
    // It is made a path of below.
    if !name.starts_with("refs/") || name.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return None;
    }
    // A linked working tree has its HEAD, the repository has the branches.
    let common = match read(&own.join("commondir")) {
        Some(text) => own.join(text.trim_end()),
        None => own,
    };
    if let Some(loose) = read(&common.join(name)) {
        return hex(loose.trim());
    }
    let packed = read(&common.join("packed-refs"))?;
    let lines = packed.lines().filter_map(|line| line.split_once(' '));
    lines
        .into_iter()
        .find_map(|(id, packed)| hex(id).filter(|_| packed == name))
}

/// The folder with HEAD, of a working tree with its top at `folder`.
fn repository(folder: &Path) -> Option<PathBuf> {
    let dot = folder.join(".git");
    let own = match fs::symlink_metadata(&dot).ok()?.is_file() {
        true => folder.join(read(&dot)?.strip_prefix("gitdir:")?.trim()),
        false => dot,
    };
    own.join("HEAD").is_file().then_some(own)
}

fn read(path: &Path) -> Option<String> {
    text(path, LIMIT).ok()
}

/// A SHA-1 or SHA-256 in lower-case hex.
fn hex(text: &str) -> Option<String> {
    (is_hex(text, 40) || is_hex(text, 64)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_all_kinds() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let id = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(head(at), None);
        fs::create_dir_all(at.join(".git/refs/heads")).unwrap();
        fs::create_dir_all(at.join("deep/er")).unwrap();
        fs::write(at.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
        assert_eq!(head(at), None, "no commit yet");
        let packed = format!(
            "# pack-refs with: peeled\n{} refs/heads/mai\n{id} refs/heads/main\n^x\n",
            "1".repeat(40)
        );
        fs::write(at.join(".git/packed-refs"), packed).unwrap();
        assert_eq!(head(&at.join("deep/er")).as_deref(), Some(id));
        let other = "f".repeat(40);
        fs::write(at.join(".git/refs/heads/main"), format!("{other}\n")).unwrap();
        assert_eq!(head(at), Some(other.clone()), "loose before packed");
        fs::write(at.join(".git/HEAD"), format!("{id}\n")).unwrap();
        assert_eq!(head(at).as_deref(), Some(id), "detached");
        for bad in [
            "ref: ../../etc/passwd",
            "ref: refs/../HEAD",
            "ref: refs//x",
            "nonsense",
            "",
        ] {
            fs::write(at.join(".git/HEAD"), bad).unwrap();
            assert_eq!(head(at), None, "{bad}");
        }
        // A pipe is not waited for.
        let pipe = at.join(".git/refs/heads/pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        fs::write(at.join(".git/HEAD"), "ref: refs/heads/pipe\n").unwrap();
        assert_eq!(head(at), None);
        // A linked working tree.
        fs::create_dir_all(at.join(".git/worktrees/w")).unwrap();
        fs::create_dir(at.join("w")).unwrap();
        fs::write(at.join("w/.git"), "gitdir: ../.git/worktrees/w\n").unwrap();
        fs::write(at.join(".git/worktrees/w/HEAD"), "ref: refs/heads/main\n").unwrap();
        fs::write(at.join(".git/worktrees/w/commondir"), "../..\n").unwrap();
        assert_eq!(head(&at.join("w")), Some(other));
    }
}
