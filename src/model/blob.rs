//! Shared, immutable bytes and spans of them.

use std::{fmt, ops::Deref, sync::Arc};

/// Half-open range of byte offsets inside one container.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to `end`; empty when `end` lies before `start`.
    pub fn new(start: usize, end: usize) -> Self {
        Self {
            start,
            end: end.max(start),
        }
    }
    /// The span of `length` bytes at `start`.
    pub fn at(start: usize, length: usize) -> Self {
        Self {
            start,
            end: start.saturating_add(length),
        }
    }
    /// Number of bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }
    /// True when no byte is inside.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
    /// True when `inner` lies wholly inside.
    pub fn contains(self, inner: Span) -> bool {
        self.start <= inner.start && inner.end <= self.end
    }
    /// These bytes of `bytes`, as far as there are so many.
    pub fn of(self, bytes: &[u8]) -> &[u8] {
        let end = self.end.min(bytes.len());
        bytes.get(self.start.min(end)..end).unwrap_or_default()
    }
    /// The same bytes, counted from `base` instead of from 0.
    pub fn shifted(self, base: usize) -> Self {
        Self {
            start: self.start + base,
            end: self.end + base,
        }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// What keeps a blob's bytes alive, and can give memory back.
pub trait Storage: Send + Sync {
    /// All bytes.
    fn bytes(&self) -> &[u8];
    /// The caller is done with this range for now; a mapping may drop its pages.
    fn release(&self, _span: Span) {}
}

impl Storage for Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }
}

/// A cheap-to-clone view of immutable bytes: read, mapped, or decoded.
#[derive(Clone)]
#[non_exhaustive]
pub struct Blob {
    storage: Arc<dyn Storage>,
    span: Span,
}

impl Blob {
    /// A view of everything in `storage`.
    pub fn new(storage: Arc<dyn Storage>) -> Self {
        let end = storage.bytes().len();
        Self {
            storage,
            span: Span::new(0, end),
        }
    }
    /// The bytes of `span`, cut at this blob's end.
    pub fn slice(&self, span: Span) -> Blob {
        let end = span.end.min(self.len());
        let start = span.start.min(end);
        Self {
            storage: self.storage.clone(),
            span: Span::new(start, end).shifted(self.span.start),
        }
    }
    /// The bytes of `span`, or nothing when it reaches past the end.
    pub fn get_span(&self, span: Span) -> Option<&[u8]> {
        self.get(span.start..span.end)
    }
    /// Tells the storage that these bytes are not needed for now.
    pub fn release(&self) {
        self.storage.release(self.span);
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(Arc::new(bytes))
    }
}

impl Deref for Blob {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.storage.bytes()[self.span.start..self.span.end]
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.len())
    }
}
