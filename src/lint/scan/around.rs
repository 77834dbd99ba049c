//! What is asked about a file's surroundings. Each answer is found once for all files: however many ask, a tree is read once.

use super::{
    super::{
        Language,
        language::{Named, named},
        subject::Surroundings,
    },
    files::{Candidate, Content, Files, read, split},
    reach::Reach,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::Path,
    sync::{Mutex, OnceLock, PoisonError},
};

/// What is known of a tree, once somebody has asked. Found on one thread: a thread of the pool that waited for others could be handed a file
/// that waits for it.
#[derive(Default)]
pub(super) struct Tree {
    reach: OnceLock<Reach>,
    /// How many sources of C and C++ have a word, by the word's hash: sixty-four bits tell those of a tree apart.
    words: OnceLock<BTreeMap<u64, u32>>,
    /// Whether a folder has a licence.
    licences: Mutex<BTreeMap<Vec<u8>, bool>>,
}

/// The surroundings of one file.
pub(super) struct Around<'a> {
    pub(crate) candidate: &'a Candidate,
    pub files: &'a Files,
    pub tree: &'a Tree,
}

impl Surroundings for Around<'_> {
    fn reached(&self) -> Option<bool> {
        let reach = self
            .tree
            .reach
            .get_or_init(|| Reach::new(&self.files.candidates, &self.files.others));
        reach.has(self.candidate)
    }

    /// Whether a folder of the file, below the one that is linted, has a licence of its own.
    fn is_copy(&self) -> bool {
        let mut folder = split(&self.candidate.path).0;
        while folder.len() > self.candidate.base.max(1) {
            let mut known = self.tree.licences.lock().unwrap_or_else(PoisonError::into_inner);
            if *known.entry(folder.to_vec()).or_insert_with(|| has_licence(folder)) {
                return true;
            }
            folder = split(folder).0;
        }
        false
    }

    /// Whether another source than this, which has it, has a word.
    fn uses(&self, name: &str) -> bool {
        let words = || self.tree.words.get_or_init(|| words(&self.files.candidates));
        !self.candidate.walked || words().get(&hash(name.as_bytes())).is_some_and(|files| *files > 1)
    }
}

fn words(candidates: &[Candidate]) -> BTreeMap<u64, u32> {
    let mut all: BTreeMap<u64, u32> = BTreeMap::new();
    for candidate in candidates.iter().filter(|candidate| is_c(&candidate.path)) {
        let Ok(Content::Text(text) | Content::Other(text)) = read(&candidate.path, false) else {
            continue;
        };
        let words = text
            .as_bytes()
            .split(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'));
        let words: BTreeSet<u64> = words.filter(|word| !word.is_empty()).map(hash).collect();
        for word in words {
            *all.entry(word).or_default() += 1;
        }
    }
    all
}

/// FNV-1a.
fn hash(word: &[u8]) -> u64 {
    word.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    })
}

/// Whether a file is a source of C or C++, by its name.
fn is_c(path: &[u8]) -> bool {
    matches!(
        named(&String::from_utf8_lossy(path)),
        Named::Header | Named::Is(Language::C | Language::Cpp)
    )
}

fn has_licence(folder: &[u8]) -> bool {
    let path = Path::new(OsStr::from_bytes(folder));
    let mut entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries.any(|entry| is_licence(entry.file_name().as_bytes()))
}

/// `COPYING`, `COPYING.LIB`, `LICENSE.md`; not `license.c` nor `LICENSES`.
fn is_licence(name: &[u8]) -> bool {
    const NAMES: &[&[u8]] = &[b"COPYING", b"COPYRIGHT", b"LICENCE", b"LICENSE"];
    let rest = NAMES.iter().find_map(|start| name.strip_prefix(*start));
    let kind = |rest: &[u8]| rest.iter().all(|byte| !byte.is_ascii_lowercase());
    name == b".github"
        || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b".") || (rest.starts_with(b"-") && kind(rest)))
}
