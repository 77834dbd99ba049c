//! The tree of what differs.

use crate::model::{Blob, Claim, Difference, FormatId, Span};

/// A pair of artifacts that differ, and where.
#[derive(Debug)]
pub struct Compared {
    /// One side's bytes.
    pub a: Blob,
    /// The other's.
    pub b: Blob,
    /// The way in.
    pub address: String,
    /// As what they were opened.
    pub format: FormatId,
    /// Where they differ.
    pub spots: Vec<Spot>,
}

/// One place of a pair. Most are leaves, so a leaf is not boxed.
#[allow(clippy::large_enum_variant)]
#[derive(Debug)]
pub enum Spot {
    /// A field, line, string, run of bytes, order, or a member of one side only.
    Leaf(Entry),
    /// A pair of members with a byte space of their own.
    Nested {
        /// Stored bytes of the member.
        a: Span,
        /// On the other side.
        b: Span,
        /// What differs inside.
        inner: Box<Compared>,
    },
}

/// A difference with what causes said of it.
#[derive(Debug)]
pub struct Entry {
    /// The difference.
    pub difference: Difference,
    /// What accounts for parts of it.
    pub claims: Vec<Claim>,
    /// Why it is compared as opaque bytes.
    pub note: Option<String>,
}

impl Compared {
    /// Every entry, outer first, in the order of side a.
    pub fn entries(&self) -> Vec<&Entry> {
        let mut all = Vec::new();
        self.visit(&mut |_, entry| all.push(entry));
        all
    }
    /// Every entry with the pair that it lies in, in the same order.
    pub fn located(&self) -> Vec<(&Compared, &Entry)> {
        let mut all = Vec::new();
        self.visit(&mut |pair, entry| all.push((pair, entry)));
        all
    }
    fn visit<'a>(&'a self, each: &mut impl FnMut(&'a Compared, &'a Entry)) {
        for spot in &self.spots {
            match spot {
                Spot::Leaf(entry) => each(self, entry),
                Spot::Nested { inner, .. } => inner.visit(each),
            }
        }
    }
    /// Every pair of members inside, outer first.
    pub fn pairs(&self) -> Vec<&Compared> {
        let mut all = Vec::new();
        for spot in &self.spots {
            if let Spot::Nested { inner, .. } = spot {
                all.push(&**inner);
                all.extend(inner.pairs());
            }
        }
        all
    }
    /// Every entry, to be changed.
    pub fn entries_mut(&mut self) -> Vec<&mut Entry> {
        let mut all = Vec::new();
        self.collect_mut(&mut all);
        all
    }
    fn collect_mut<'a>(&'a mut self, all: &mut Vec<&'a mut Entry>) {
        for spot in &mut self.spots {
            match spot {
                Spot::Leaf(entry) => all.push(entry),
                Spot::Nested { inner, .. } => inner.collect_mut(all),
            }
        }
    }
}
