//! What is still to be read, with what holds there.

use std::os::fd::BorrowedFd;
use std::sync::{Arc, Mutex};

use ignore::gitignore::Gitignore;
use ignore::overrides::Override;

use super::listing::Listing;
use super::{Options, Problem};

/// The `.reproignore` files that hold in a folder, innermost first.
pub(super) struct Ignore {
    pub(super) rules: Gitignore,
    /// Length of their folder's prefix in a path relative to the root.
    pub(super) prefix: usize,
    pub(super) outer: Option<Arc<Ignore>>,
}

/// The folders above, by device and inode; kept only when links are followed.
pub(super) struct Above {
    pub(super) id: (u64, u64),
    pub(super) outer: Option<Arc<Above>>,
}

/// A folder still to be read.
pub(super) struct Task {
    pub(super) listing: u32,
    pub(super) path: Vec<u8>,
    /// Length of the root's prefix in `path`: what follows is what patterns are matched against.
    pub(super) prefix: usize,
    pub(super) globs: Arc<Override>,
    pub(super) ignore: Option<Arc<Ignore>>,
    pub(super) above: Option<Arc<Above>>,
}

/// What all tasks of one walk share.
pub(super) struct Walker<'a> {
    pub(super) base: BorrowedFd<'a>,
    pub(super) options: &'a Options,
    /// Never more than fit a `u32`: each takes more than 16 bytes, which would be 64 GiB.
    pub(super) listings: Mutex<Vec<Listing>>,
    pub(super) problems: Mutex<Vec<Problem>>,
}
