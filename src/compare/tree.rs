//! The tree of what differs, in three stages: found, attributed, proved. Each is made of the one before, which nobody changes.

use crate::model::{Attribution, Blob, Claim, Difference, FormatId, Kind, Right, Span};
use std::ops::Deref;

/// A pair of artifacts that differ, and where.
#[derive(Debug)]
pub struct Compared<L = Found> {
    /// One side's bytes.
    pub a: Blob,
    /// The other's.
    pub b: Blob,
    /// The way in.
    pub address: String,
    /// As what they were opened.
    pub format: FormatId,
    /// What kind of thing that is.
    pub kind: Kind,
    /// Of an archive in which owners or modes differ: those of all members.
    pub rights: Vec<Right>,
    /// Digests that what holds the pair has recomputed: of a, and of b.
    pub digests: Vec<(Vec<u8>, Vec<u8>)>,
    /// Where they differ.
    pub(crate) spots: Vec<Spot<L>>,
}

/// One place of a pair. Most are leaves, so a leaf is not boxed.
#[allow(clippy::large_enum_variant)]
#[derive(Debug)]
pub enum Spot<L = Found> {
    /// A field, line, string, run of bytes, order, or a member of one side only.
    Leaf(L),
    /// A pair of members with a byte space of their own.
    Nested {
        /// Stored bytes of the member.
        a: Span,
        /// On the other side.
        b: Span,
        /// What differs inside.
        inner: Box<Compared<L>>,
    },
}

/// A difference, as it was found.
#[derive(Debug)]
pub struct Found {
    /// The difference.
    pub difference: Difference,
    /// Why it is compared as opaque bytes.
    pub note: Option<String>,
}

/// A difference with what causes said of it.
#[derive(Debug)]
pub struct Attributed {
    pub(super) found: Found,
    pub(super) said: Attribution,
}

/// A difference with the claims that hold.
#[derive(Debug)]
pub struct Proved {
    pub(super) found: Found,
    /// What accounts for parts of it, and hints.
    pub claims: Vec<Claim>,
    /// What no claim accounts for.
    pub open: Vec<crate::model::Change>,
}

impl Deref for Proved {
    type Target = Found;
    fn deref(&self) -> &Found {
        &self.found
    }
}

impl Compared {
    /// The same with what causes say of each difference: one attribution each, in the order of [`entries`](Self::entries).
    pub fn attributed(self, said: &mut impl Iterator<Item = Attribution>) -> Compared<Attributed> {
        self.map(&mut |found| Attributed {
            said: said.next().unwrap_or_else(|| Attribution {
                claims: Vec::new(),
                open: found.difference.changes.clone(),
            }),
            found,
        })
    }
}

impl<L> Compared<L> {
    fn map<M>(self, each: &mut impl FnMut(L) -> M) -> Compared<M> {
        let one = |spot| match spot {
            Spot::Leaf(leaf) => Spot::Leaf(each(leaf)),
            Spot::Nested { a, b, inner } => Spot::Nested {
                a,
                b,
                inner: Box::new(inner.map(each)),
            },
        };
        Compared {
            a: self.a,
            b: self.b,
            address: self.address,
            format: self.format,
            kind: self.kind,
            rights: self.rights,
            digests: self.digests,
            spots: self.spots.into_iter().map(one).collect(),
        }
    }
    /// Every leaf, outer first, in the order of side a.
    pub fn entries(&self) -> Vec<&L> {
        let mut all = Vec::new();
        self.visit(&mut |_, leaf| all.push(leaf));
        all
    }
    /// Every leaf with the pair that it lies in, in the same order.
    pub(crate) fn located(&self) -> Vec<(&Self, &L)> {
        let mut all = Vec::new();
        self.visit(&mut |pair, leaf| all.push((pair, leaf)));
        all
    }
    fn visit<'a>(&'a self, each: &mut impl FnMut(&'a Self, &'a L)) {
        for spot in &self.spots {
            match spot {
                Spot::Leaf(leaf) => each(self, leaf),
                Spot::Nested { inner, .. } => inner.visit(each),
            }
        }
    }
    /// Every pair of members inside, outer first.
    pub fn pairs(&self) -> Vec<&Self> {
        let mut all = Vec::new();
        for spot in &self.spots {
            if let Spot::Nested { inner, .. } = spot {
                all.push(&**inner);
                all.extend(inner.pairs());
            }
        }
        all
    }
}
