//! Digests of files that have not changed since they were hashed, by what `stat` says of them: device, inode, size and both times.
//!
//! A file can change within the resolution of its times. So a digest is kept only of a file whose times lie [`MARGIN`] or more before
//! it was read: whatever is written to it later gets a later time. (Git calls the others "racily clean".) What defeats it: a
//! clock that is set back, a file server whose clock is behind this machine's by more than that, and a mapping that is written
//! without `msync`.

use super::{Identity, identity, inner, lock};
use crate::bytes::digest::Algorithm;
use rustix::fs::Stat;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    io::Write as _,
    path::Path,
    sync::Mutex,
};

/// Seconds between a file's last change and its reading; the coarsest times in use, FAT's, count two.
const MARGIN: i64 = 3;
/// A cache with other bytes at its start is none of ours, or of another version.
const MAGIC: &[u8; 24] = b"repro stat cache, v1\n\0\0\0";
/// What caches of all versions start with.
const OURS: &[u8] = b"repro stat cache, v";
/// Seven numbers of eight bytes.
const KEY: usize = 56;
/// Digest of all that stands before it.
const SEAL: usize = 32;
/// Largest cache that is read.
const LIMIT: u64 = 1 << 30;

/// A cache, for one list of algorithms.
pub struct StatCache {
    algorithms: Vec<Algorithm>,
    /// Seconds since 1970 when it was opened.
    opened: i64,
    known: BTreeMap<Identity, Vec<u8>>,
    used: Mutex<BTreeSet<Identity>>,
    fresh: Mutex<BTreeMap<Identity, Vec<u8>>>,
}

impl StatCache {
    /// Reads a cache; an empty one where there is none, or one that is damaged or for other algorithms.
    ///
    /// # Errors
    /// There is something else in its place, which is not to be overwritten.
    pub fn open(path: &Path, algorithms: &[Algorithm]) -> io::Result<Self> {
        #[allow(clippy::disallowed_methods, reason = "times of files are compared with it")]
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let other = || {
            Err(io::Error::other(
                "is not a stat cache, so it is not overwritten: name another file",
            ))
        };
        let bytes = match fs::metadata(path) {
            Ok(found) if !found.is_file() => return other(),
            Ok(found) if found.len() <= LIMIT => fs::read(path)?,
            Ok(_) => return other(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        if !bytes.is_empty() && !bytes.starts_with(OURS) {
            return other();
        }
        Ok(Self {
            algorithms: algorithms.to_vec(),
            opened: now.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0)),
            known: read(&bytes, algorithms).unwrap_or_default(),
            used: Mutex::default(),
            fresh: Mutex::default(),
        })
    }

    /// The digests of a file, one after another.
    pub(super) fn get(&self, stat: &Stat) -> Option<&[u8]> {
        let key = identity(stat);
        let digests = self.known.get(&key)?;
        lock(&self.used).insert(key);
        Some(digests)
    }

    /// Keeps the digests of a file that was read to its end and is what it was before.
    pub(super) fn put(&self, stat: &Stat, digests: &[u8]) {
        let last = stat.st_mtime.max(stat.st_ctime);
        if last < self.opened - MARGIN {
            lock(&self.fresh).insert(identity(stat), digests.to_vec());
        }
    }

    /// Writes what was used or is new, unless that is what was read; the file is replaced in one step.
    ///
    /// # Errors
    /// It can't be written.
    pub fn save(self, path: &Path) -> io::Result<()> {
        let (used, fresh) = (inner(self.used), inner(self.fresh));
        if fresh.is_empty() && used.len() == self.known.len() {
            return Ok(());
        }
        let kept = self.known.into_iter().filter(|(key, _)| used.contains(key));
        let all: BTreeMap<Identity, Vec<u8>> = kept.chain(fresh).collect();
        let mut bytes = head(&self.algorithms);
        for ((dev, ino, size, mtime, ctime), digests) in all {
            let times = [mtime.0 as u64, mtime.1, ctime.0 as u64, ctime.1];
            for number in [dev, ino, size as u64].into_iter().chain(times) {
                bytes.extend(number.to_le_bytes());
            }
            bytes.extend(digests);
        }
        let seal = Algorithm::Blake3.digest(&bytes);
        bytes.extend(seal.as_bytes());
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        if let Some(folder) = folder {
            fs::create_dir_all(folder)?;
        }
        let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        file.write_all(&bytes)?;
        file.persist(path).map(drop).map_err(|error| error.error)
    }
}

fn head(algorithms: &[Algorithm]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    let mut names = [0_u8; 8];
    for (place, algorithm) in names.iter_mut().zip(algorithms) {
        *place = Algorithm::ALL
            .iter()
            .position(|a| a == algorithm)
            .map_or(0, |at| at as u8 + 1);
    }
    bytes.extend(names);
    bytes
}

/// The entries; `None` if it is not whole, or for other algorithms.
fn read(bytes: &[u8], algorithms: &[Algorithm]) -> Option<BTreeMap<Identity, Vec<u8>>> {
    let (body, seal) = bytes.split_at_checked(bytes.len().checked_sub(SEAL)?)?;
    if Algorithm::Blake3.digest(body).as_bytes() != seal {
        return None;
    }
    let rest = body.strip_prefix(head(algorithms).as_slice())?;
    let stride = KEY + algorithms.iter().map(|a| a.size()).sum::<usize>();
    let entry = |entry: &[u8]| {
        let (key, digests) = entry.split_at_checked(KEY)?;
        let mut numbers = key.chunks_exact(8).map(|n| n.try_into().map_or(0, u64::from_le_bytes));
        let mut next = || numbers.next().unwrap_or(0);
        let (dev, ino, size) = (next(), next(), next() as i64);
        let (mtime, ctime) = ((next() as i64, next()), (next() as i64, next()));
        Some(((dev, ino, size, mtime, ctime), digests.to_vec()))
    };
    let entries = rest.chunks_exact(stride);
    entries
        .remainder()
        .is_empty()
        .then(|| entries.filter_map(entry).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::hash::{Ask, Plan, Want, hash};
    use crate::model::Meter;
    use std::{fs::File, time::Duration, time::SystemTime};

    const SHA256: &[Algorithm] = &[Algorithm::Sha256];

    fn digest(file: &Path, cache: &StatCache) -> String {
        let plan = Plan {
            base: rustix::fs::CWD,
            algorithms: SHA256,
            meter: &Meter::default(),
            cache: Some(cache),
            extras: false,
        };
        let path = std::os::unix::ffi::OsStrExt::as_bytes(file.as_os_str());
        let hashed = hash(&plan, 1, |_, buffer| {
            buffer.clear();
            buffer.extend(path);
            Ask {
                want: Want::Probe,
                follow: false,
            }
        });
        hashed
            .digest(0, Algorithm::Sha256)
            .unwrap()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect()
    }

    fn age(file: &Path, seconds: u64) {
        let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 - seconds);
        File::options()
            .write(true)
            .open(file)
            .unwrap()
            .set_modified(then)
            .unwrap();
    }

    /// A cache as it is some seconds after everything was written.
    fn later(path: &Path) -> StatCache {
        let mut cache = StatCache::open(path, SHA256).unwrap();
        cache.opened += 10;
        cache
    }

    #[test]
    fn a_digest_is_taken_from_the_cache_only_while_stat_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let (file, store) = (folder.path().join("x"), folder.path().join("cache/store"));
        fs::write(&file, "one").unwrap();
        let cache = later(&store);
        let one = digest(&file, &cache);
        cache.save(&store).unwrap();
        // Known now: a wrong digest in its place is what is found.
        let mut cache = later(&store);
        assert_eq!(cache.known.len(), 1);
        cache.known.values_mut().for_each(|digests| digests.fill(0));
        assert_eq!(digest(&file, &cache), "0".repeat(64));
        // Same size, same mtime: the change time tells.
        let mtime = fs::metadata(&file).unwrap().modified().unwrap();
        fs::write(&file, "two").unwrap();
        File::options()
            .write(true)
            .open(&file)
            .unwrap()
            .set_modified(mtime)
            .unwrap();
        let two = digest(&file, &later(&store));
        assert_ne!(two, one);
        assert_ne!(two, "0".repeat(64));
    }

    #[test]
    fn what_was_changed_just_now_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (file, store) = (folder.path().join("x"), folder.path().join("store"));
        fs::write(&file, "one").unwrap();
        // An old mtime does not help: the change time is now.
        age(&file, 1000);
        let cache = StatCache::open(&store, SHA256).unwrap();
        digest(&file, &cache);
        cache.save(&store).unwrap();
        assert!(StatCache::open(&store, SHA256).unwrap().known.is_empty());
    }

    #[test]
    fn what_is_no_cache_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("notes");
        fs::write(&file, "mine").unwrap();
        for path in [file.as_path(), folder.path()] {
            let Err(error) = StatCache::open(path, SHA256) else {
                panic!("{}", path.display());
            };
            assert!(error.to_string().contains("is not a stat cache"), "{error}");
        }
        // One of another version, one that was cut, and an empty file are ours.
        for text in ["repro stat cache, v9\n", "repro stat cache, v1\n", ""] {
            fs::write(&file, text).unwrap();
            assert!(StatCache::open(&file, SHA256).unwrap().known.is_empty());
        }
    }

    #[test]
    fn a_damaged_cache_is_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let (file, store) = (folder.path().join("x"), folder.path().join("store"));
        fs::write(&file, "one").unwrap();
        let cache = later(&store);
        digest(&file, &cache);
        cache.save(&store).unwrap();
        let whole = fs::read(&store).unwrap();
        assert_eq!(read(&whole, SHA256).unwrap().len(), 1);
        assert!(read(&whole, &[Algorithm::Blake3]).is_none());
        for length in 0..whole.len() {
            assert!(read(&whole[..length], SHA256).is_none(), "{length}");
        }
        for at in 0..whole.len() {
            let mut other = whole.clone();
            other[at] ^= 1;
            assert!(read(&other, SHA256).is_none(), "{at}");
        }
    }
}
