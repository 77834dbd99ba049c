//! Signed statements of rebuilders, and whether enough of them agree.
