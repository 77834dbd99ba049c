//! Images, as skopeo spells them: `oci:DIR[:TAG]`, `oci-archive:FILE[:TAG]`, `docker-archive:FILE[:REF]`.

use repro::{diff::Input, model::Store};
use std::{
    io,
    path::{Path, PathBuf},
};

/// An image that somebody named.
pub(super) struct Image {
    spelled: String,
    store: Store,
    /// Where it lies.
    pub(super) path: PathBuf,
    /// Which one.
    pub(super) reference: Option<String>,
}

const STORES: [(&str, Store); 3] = [
    ("oci:", Store::Oci),
    ("oci-archive:", Store::OciArchive),
    ("docker-archive:", Store::DockerArchive),
];

impl Image {
    /// What a word names, unless it is the name of a file.
    pub(super) fn named(word: &Path) -> Option<Self> {
        let spelled = word.to_str().filter(|_| word.symlink_metadata().is_err())?.to_owned();
        let (rest, store) = STORES
            .iter()
            .find_map(|(prefix, store)| Some((spelled.strip_prefix(prefix)?, *store)))?;
        // A path may hold colons, too.
        let there = |at: &usize| Path::new(&rest[..*at]).exists();
        let colon = rest.match_indices(':').map(|(at, _)| at).find(there);
        let whole = Path::new(rest).exists();
        let at = colon.filter(|_| !whole).or_else(|| rest.find(':').filter(|_| !whole));
        let (path, reference) = match at {
            Some(at) => (&rest[..at], Some(rest[at + 1..].to_owned())),
            None => (rest, None),
        };
        Some(Self {
            store,
            path: path.into(),
            reference,
            spelled,
        })
    }

    /// Whether two sides are compared as single images: one of several is asked for, or they are not kept alike.
    pub(super) fn single(a: &Image, b: &Image) -> bool {
        a.reference.is_some() || b.reference.is_some() || a.store != b.store
    }

    /// The image alone, or all that it lies in.
    pub(super) fn open(&self, single: bool) -> io::Result<Input> {
        if single {
            return Input::image(self.store, &self.path, self.reference.as_deref(), &self.spelled);
        }
        Input::open_as(&self.path, &self.spelled)
    }
}
