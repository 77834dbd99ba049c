//! What stands in the way of a command: of which kind it is, where, why, and what can be done.

use serde::{Deserialize, Serialize};
use std::{
    error, fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What a caller can do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Kind {
    /// What was named is not there: name something else, or make it.
    NotFound,
    /// Reading or writing failed: rights, a full disk.
    Io,
    /// A file is not what it should be: fix it.
    Malformed,
    /// What was asked for contradicts itself or is not possible: ask otherwise.
    Usage,
    /// It could be done, but must not be: a link on the way, a secret, a limit.
    Refused,
    /// This machine has not what is needed.
    Unavailable,
    /// What was run ended badly: a build, a tool, a process of ours.
    Failed,
}

/// What stands in the way: its kind, its subject, what of it is wrong, and the error below it.
///
/// As text it is `path: what`, or `path:line: what`.
#[derive(Clone, Debug)]
pub struct Error(Box<Told>);

#[derive(Clone, Debug)]
struct Told {
    kind: Kind,
    /// What is before the path: the larger thing that the path is a part of, each with `: `.
    about: String,
    path: Option<PathBuf>,
    line: Option<usize>,
    what: String,
    hint: Option<String>,
    source: Option<Arc<dyn error::Error + Send + Sync>>,
}

impl Error {
    /// An error of a kind, in words.
    pub fn new(kind: Kind, what: impl fmt::Display) -> Self {
        Self(Box::new(Told {
            kind,
            about: String::new(),
            path: None,
            line: None,
            what: what.to_string(),
            hint: None,
            source: None,
        }))
    }
    /// What was named is not there.
    pub fn not_found(what: impl fmt::Display) -> Self {
        Self::new(Kind::NotFound, what)
    }
    /// A file is not what it should be.
    pub fn malformed(what: impl fmt::Display) -> Self {
        Self::new(Kind::Malformed, what)
    }
    /// What was asked for is not possible.
    pub fn usage(what: impl fmt::Display) -> Self {
        Self::new(Kind::Usage, what)
    }
    /// It must not be done.
    pub fn refused(what: impl fmt::Display) -> Self {
        Self::new(Kind::Refused, what)
    }
    /// This machine has not what is needed.
    pub fn unavailable(what: impl fmt::Display) -> Self {
        Self::new(Kind::Unavailable, what)
    }
    /// What was run ended badly.
    pub fn failed(what: impl fmt::Display) -> Self {
        Self::new(Kind::Failed, what)
    }
    /// Reading or writing failed, in the system's words.
    pub fn io(error: &io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::NotFound => Kind::NotFound,
            io::ErrorKind::InvalidData => Kind::Malformed,
            io::ErrorKind::Unsupported => Kind::Unavailable,
            _ => Kind::Io,
        };
        Self::new(kind, plain(error)).because(again(error))
    }
    /// An operation on a path failed.
    pub fn at(path: &Path, error: &io::Error) -> Self {
        Self::io(error).of(path)
    }

    /// The same, of a file or folder: what was said so far is what is wrong with it.
    pub fn of(mut self, path: impl AsRef<Path>) -> Self {
        if self.0.path.is_some() || !self.0.about.is_empty() {
            self.0.what = self.to_string();
            self.0.about.clear();
            self.0.line = None;
        }
        self.0.path = Some(path.as_ref().to_owned());
        self
    }
    /// The same, in that line of its file, from 1 on.
    pub(crate) fn in_line(mut self, line: Option<usize>) -> Self {
        self.0.line = line;
        self
    }
    /// The same, of something that is not a file: its name comes first.
    pub fn about(mut self, name: impl fmt::Display) -> Self {
        self.0.about.insert_str(0, &format!("{name}: "));
        self
    }
    /// The same, with the error that it came from.
    pub fn because(mut self, source: impl error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }
    /// The same, with what to do about it.
    pub fn with_hint(mut self, hint: impl fmt::Display) -> Self {
        self.0.hint = Some(hint.to_string());
        self
    }

    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }
    /// The file or folder that it is about.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }
    /// The line of that file, from 1 on.
    pub fn line(&self) -> Option<usize> {
        self.0.line
    }
    /// What to do about it, where that is not in its words already.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Told {
            about,
            path,
            line,
            what,
            ..
        } = &*self.0;
        f.write_str(about)?;
        if let Some(path) = path {
            write!(f, "{}", path.display())?;
            line.map_or(Ok(()), |line| write!(f, ":{line}"))?;
            f.write_str(": ")?;
        }
        f.write_str(what)
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// The same error once more: the system's by its number, others by kind and words.
fn again(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(number) => io::Error::from_raw_os_error(number),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

/// The system's words for an error, without Rust's `(os error N)`.
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    #[test]
    fn an_error_says_where_and_keeps_what_it_came_from() {
        let missing = io::Error::from_raw_os_error(2);
        let error = Error::at(Path::new("a/b"), &missing);
        assert_eq!(error.to_string(), "a/b: No such file or directory");
        assert_eq!((error.kind(), error.path()), (Kind::NotFound, Some(Path::new("a/b"))));
        let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
        assert_eq!(source.raw_os_error(), Some(2));

        let error = Error::malformed("a word too many").of("x.toml").in_line(Some(3));
        assert_eq!(error.to_string(), "x.toml:3: a word too many");
        assert_eq!(error.line(), Some(3));
        let error = error.about("rules");
        assert_eq!(error.to_string(), "rules: x.toml:3: a word too many");
        let error = error.of("whole");
        assert_eq!(error.to_string(), "whole: rules: x.toml:3: a word too many");
        assert_eq!((error.kind(), error.line()), (Kind::Malformed, None));
    }

    #[test]
    fn a_hint_is_not_in_the_words() {
        let error = Error::usage("no").with_hint("say yes");
        assert_eq!((error.to_string().as_str(), error.hint()), ("no", Some("say yes")));
    }
}
