//! The same files with every kernel, several numbers of threads, and what fails among them.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::lanes::Kernel;
use super::{Ask, BLOCK, Failure, Hashed, Plan, Want, hash_by};
use crate::bytes::digest::Algorithm;
use crate::model::Meter;

/// Files from this size on are taken for large ones here.
const LARGE: usize = BLOCK + BLOCK / 2;

/// Lengths on both sides of all borders: of padding, of a lane's piece, of a block, of what is large.
fn lengths() -> Vec<usize> {
    let pieces = [16, 8, 4, 1].map(|width| BLOCK / width);
    let around = pieces.into_iter().flat_map(|piece| [piece - 1, piece, piece + 1]);
    let small = [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000].into_iter().cycle().take(40);
    let large = [LARGE, LARGE + 1, LARGE + 64, 2 * BLOCK, 3 * BLOCK + 5];
    small.chain(around).chain(large).collect()
}

fn content(number: usize, length: usize) -> Vec<u8> {
    (0..length).map(|at| ((at * 31) ^ (at >> 8) ^ number) as u8).collect()
}

fn tree(folder: &Path) -> Vec<PathBuf> {
    let write = |(number, length)| {
        let path = folder.join(format!("{number:03}"));
        fs::write(&path, content(number, length)).unwrap();
        path
    };
    lengths().into_iter().enumerate().map(write).collect()
}

fn run(kernel: Kernel, threads: usize, algorithms: &[Algorithm], paths: &[PathBuf], meter: &Meter) -> Hashed {
    let plan = Plan {
        base: rustix::fs::CWD,
        algorithms,
        meter,
        cache: None,
        extras: false,
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        hash_by(kernel, LARGE as u64, &plan, paths.len(), |index, path| {
            path.clear();
            path.extend(paths[index].as_os_str().as_bytes());
            Ask {
                want: Want::File,
                follow: false,
            }
        })
    })
}

#[test]
fn every_kernel_and_any_number_of_threads_give_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let paths = tree(folder.path());
    let total: usize = lengths().iter().sum();
    let all = [Algorithm::Sha256, Algorithm::Blake3, Algorithm::Md5];
    let expected: Vec<_> = lengths()
        .into_iter()
        .enumerate()
        .map(|(number, length)| all.map(|algorithm| algorithm.digest(&content(number, length))))
        .collect();
    for kernel in Kernel::all() {
        for (threads, algorithms) in [
            (1, &all[..1]),
            (2, &all[1..2]),
            (3, &all[..2]),
            (5, &all[..]),
            (100, &all[..1]),
            (1, &all[2..]),
        ] {
            let meter = Meter::default();
            let found = run(kernel, threads, algorithms, &paths, &meter);
            assert!(found.failures.is_empty(), "{:?}", found.failures);
            for (index, expected) in expected.iter().enumerate() {
                for (algorithm, expected) in all.iter().zip(expected).filter(|(a, _)| algorithms.contains(a)) {
                    let found = found.digest(index, *algorithm);
                    assert_eq!(found, Some(expected.as_bytes()), "{kernel:?} {algorithms:?} {index}");
                }
                assert_eq!(found.meta(index).size, lengths()[index] as u64);
            }
            assert_eq!(meter.files.into_inner(), paths.len() as u64);
            assert_eq!(meter.bytes.into_inner(), total as u64);
        }
    }
}

#[test]
fn what_can_not_be_read_leaves_its_neighbours_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = tree(folder.path());
    let large = lengths().iter().position(|length| *length > LARGE).unwrap();
    let missing = [3, 17, large];
    for index in missing {
        fs::remove_file(&paths[index]).unwrap();
    }
    // A folder can be opened, and is no file.
    paths[5] = folder.path().to_owned();
    for kernel in Kernel::all() {
        let found = run(kernel, 2, &[Algorithm::Sha256], &paths, &Meter::default());
        let failed: Vec<usize> = found.failures.iter().map(|(index, _)| *index).collect();
        assert_eq!(failed, [3, 5, 17, large]);
        assert!(matches!(found.failures[1].1, Failure::Changed));
        for (number, length) in lengths()
            .into_iter()
            .enumerate()
            .filter(|(number, _)| !failed.contains(number))
        {
            let expected = Algorithm::Sha256.digest(&content(number, length));
            assert_eq!(
                found.digest(number, Algorithm::Sha256),
                Some(expected.as_bytes()),
                "{kernel:?} {number}"
            );
        }
    }
}
