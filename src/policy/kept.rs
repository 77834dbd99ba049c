//! `--out DIR`: where the gate leaves what it built. A folder that is there has all of it, or nothing.

use super::Error;
use crate::{bytes::folder_of, rebuild::source};
use rustix::fs::Access;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// A folder that does not exist yet, or is empty; only the caller names one, never a repository.
#[derive(Clone, Debug)]
pub struct Kept(PathBuf);

impl Kept {
    /// Looks, before anything is built, at whether the folder can be written.
    ///
    /// # Errors
    /// There is something in it, it is a link or not a folder, or the folder that it is to lie in is missing or closed.
    pub fn new(folder: &Path) -> Result<Self, Error> {
        let failed = |error: io::Error| Error::at(folder, &error);
        let refused = |why: &str| Err(Error::usage(why).of(folder));
        match fs::symlink_metadata(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
            Ok(found) if !found.is_dir() => return refused("--out takes a folder, and follows no link"),
            Ok(_) if fs::read_dir(folder).map_err(failed)?.next().is_some() => {
                return refused("is not empty: --out takes a folder that is new or empty");
            }
            Ok(_) => {}
        }
        let kept = Self(folder.to_owned());
        let above = folder_of(&kept.0);
        let open = rustix::fs::access(above, Access::WRITE_OK | Access::EXEC_OK);
        open.map_err(|error| Error::at(above, &error.into()))?;
        Ok(kept)
    }

    /// Copies what lies in `from`: beside the folder first, so that what appears is whole. Links are copied, not followed.
    ///
    /// # Errors
    /// It can't be written, or something was put there since [`Kept::new`].
    pub fn write(&self, from: &Path) -> Result<(), Error> {
        let failed = |error: io::Error| Error::at(&self.0, &error);
        let beside = tempfile::Builder::new()
            .prefix(".repro-")
            .tempdir_in(folder_of(&self.0));
        let beside = beside.map_err(failed)?;
        let whole = beside.path().join("whole");
        source::copy_tree(from, &whole)?;
        // Over an empty folder, never over one with something in it.
        fs::rename(&whole, &self.0).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        fs::create_dir_all(at.join("built/in")).unwrap();
        fs::write(at.join("built/in/a"), "1").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", at.join("built/link")).unwrap();
        std::os::unix::fs::symlink("built", at.join("elsewhere")).unwrap();
        fs::create_dir(at.join("empty")).unwrap();
        for (name, why) in [
            ("built", "is not empty"),
            ("elsewhere", "follows no link"),
            ("built/in/a", "takes a folder"),
            ("no/where", "no such file"),
        ] {
            let said = Kept::new(&at.join(name)).unwrap_err().to_string();
            assert!(said.to_lowercase().contains(why), "{name}: {said}");
        }
        for name in ["empty", "new"] {
            let kept = Kept::new(&at.join(name)).unwrap();
            kept.write(&at.join("built")).unwrap();
            assert_eq!(fs::read(at.join(name).join("in/a")).unwrap(), b"1");
            let link = fs::read_link(at.join(name).join("link")).unwrap();
            assert_eq!(link, Path::new("/etc/passwd"));
            assert!(kept.write(&at.join("built")).is_err(), "{name} is not empty any more");
        }
        let names = fs::read_dir(at).unwrap().count();
        assert_eq!(names, 4, "nothing is left beside");
    }
}
