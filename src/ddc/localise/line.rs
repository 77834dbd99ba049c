//! A function as it is read, and the lines that it is written as.

/// A function's bytes, where they lie in their section and where they are loaded.
pub(super) struct Code<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) section: usize,
    pub(super) offset: u64,
    pub(super) address: u64,
}

/// A line, and the bytes behind it, without what the line names.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) encoding: String,
}

impl Line {
    pub(super) fn label(name: &str) -> Self {
        Self {
            text: format!("{name}:"),
            encoding: String::new(),
        }
    }
}
