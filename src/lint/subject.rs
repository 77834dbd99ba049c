//! One file that is judged, and what can be asked about its surroundings.

use super::Language;

/// One file.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// As it is reported.
    pub path: &'a str,
    /// As rules see it: relative to the folder that is linted, whose own name says nothing about the file.
    pub seen: &'a str,
    /// Relative to the folder of the configuration.
    pub inner: &'a str,
    /// Its text.
    pub text: &'a str,
    /// What it is written in.
    pub language: Language,
    /// Answers [`Code::sibling`](super::Code::sibling).
    pub siblings: &'a dyn Fn(&str) -> bool,
    /// Asked about places that were found.
    pub around: &'a dyn Surroundings,
}

/// What is known of a file's surroundings. Asked only about files in which something was found.
pub trait Surroundings {
    /// Whether a build file names the file, or a script that one runs; unknown where there is none.
    fn reached(&self) -> Option<bool>;
    /// Whether a folder of it, below the tree's own, has a licence of its own: it is a copy of another project.
    fn is_copy(&self) -> bool;
    /// Whether another source in C uses a macro.
    fn uses(&self, name: &str) -> bool;
}

/// Nothing is known.
pub struct Unknown;

impl Surroundings for Unknown {
    fn reached(&self) -> Option<bool> {
        None
    }

    fn is_copy(&self) -> bool {
        false
    }

    fn uses(&self, _: &str) -> bool {
        true
    }
}
