//! Files of an installed system, by where they lie in it.

use crate::model::Difference;

/// Whether a difference lies in the file of this path below the root of a system, whatever that lies in.
pub(super) fn file(difference: &Difference, path: &str) -> bool {
    let before = difference.place().strip_suffix(path);
    before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// Whether it lies in one of these files.
pub(super) fn any(difference: &Difference, paths: &[&str]) -> bool {
    paths.iter().any(|path| file(difference, path))
}
