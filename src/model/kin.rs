//! What pairs a part with one of the other side where its name cannot: a blob that is named by its digest.

use super::Blob;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

/// What a part is to the others of its artifact. Parts that speak of one thing (a blob, the entry of a list that describes it) share one.
#[derive(Clone, Debug)]
pub struct Kin(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: u64,
    parent: Option<Kin>,
    keys: Vec<(&'static str, String)>,
    sketch: Option<fn(&Blob) -> Vec<u64>>,
}

/// Tells one from another for as long as the program runs; nothing else depends on it.
static NEXT: AtomicU64 = AtomicU64::new(0);

impl Kin {
    /// One of what `parent` holds, by keys, the strongest first: what kind of key it is, in words, and the key.
    pub fn new(parent: Option<&Kin>, keys: Vec<(&'static str, String)>) -> Self {
        Self::made(parent, keys, None)
    }
    /// The same; where no key decides, stored bytes with the most numbers in common belong together.
    pub fn sketched(parent: Option<&Kin>, keys: Vec<(&'static str, String)>, sketch: fn(&Blob) -> Vec<u64>) -> Self {
        Self::made(parent, keys, Some(sketch))
    }
    fn made(parent: Option<&Kin>, keys: Vec<(&'static str, String)>, sketch: Option<fn(&Blob) -> Vec<u64>>) -> Self {
        Self(Arc::new(Inner {
            id: NEXT.fetch_add(1, Relaxed),
            parent: parent.cloned(),
            keys,
            sketch,
        }))
    }
    /// A number that no other has.
    pub fn id(&self) -> u64 {
        self.0.id
    }
    /// What it belongs to.
    pub fn parent(&self) -> Option<&Kin> {
        self.0.parent.as_ref()
    }
    /// Its key of a kind.
    pub fn key(&self, kind: &str) -> Option<&str> {
        let mut keys = self.0.keys.iter();
        keys.find_map(|(known, key)| (*known == kind).then_some(key.as_str()))
    }
    /// The kinds of its keys, the strongest first.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.keys.iter().map(|(kind, _)| *kind)
    }
    /// Numbers of what is in its stored bytes.
    pub fn sketch(&self, stored: &Blob) -> Option<Vec<u64>> {
        self.0.sketch.map(|sketch| sketch(stored))
    }
}
