//! What is asked about: a file, or a name and a version in a registry.

use crate::notation::Unreadable;
use std::path::{Component, Path, PathBuf};

/// Whose rules are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registry {
    /// Python's packages.
    PyPi,
    /// JavaScript's.
    Npm,
    /// Rust's.
    Crates,
}

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// By name and version.
    Named(Registry, String, String),
    /// A file.
    File(PathBuf),
}

impl Subject {
    /// `pypi:NAME==VERSION`, `npm:NAME@VERSION`, `crate:NAME@VERSION`, or a file.
    ///
    /// # Errors
    /// It begins like one of these and does not go on so.
    pub fn read(word: &str) -> Result<Self, Unreadable> {
        let named = |registry, rest: &str, sign: &str| {
            let wrong = || Unreadable::said(word, format!("give NAME{sign}VERSION"));
            // A scope of npm begins with the sign itself.
            let (name, version) = rest.rsplit_once(sign).ok_or_else(wrong)?;
            let scoped = registry == Registry::Npm;
            match is_name(name, scoped) && is_version(version) {
                true => Ok(Self::Named(registry, name.to_owned(), version.to_owned())),
                false => Err(wrong()),
            }
        };
        if let Some(rest) = word.strip_prefix("pypi:") {
            return named(Registry::PyPi, rest, "==");
        }
        if let Some(rest) = word.strip_prefix("npm:") {
            return named(Registry::Npm, rest, "@");
        }
        match word.strip_prefix("crate:") {
            Some(rest) => named(Registry::Crates, rest, "@"),
            None => Ok(Self::File(PathBuf::from(word))),
        }
    }
}

/// Whether a client can take it for nothing but a name: no option, no path, no address.
pub(super) fn is_name(text: &str, scoped: bool) -> bool {
    let one = |name: &str| {
        name.len() <= 214
            && name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+'))
    };
    match text.strip_prefix('@').and_then(|rest| rest.split_once('/')) {
        Some((scope, name)) if scoped => one(scope) && one(name),
        _ => one(text),
    }
}

/// The same of a version.
pub(super) fn is_version(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '!' | '~' | ':'))
}

/// Whether a sandbox may build there: a folder of its own below `/build`, which no `..` leads out of.
pub(super) fn is_place(path: &str) -> bool {
    let path = Path::new(path);
    let plain = path
        .components()
        .all(|part| matches!(part, Component::RootDir | Component::Normal(_)));
    plain && path.starts_with("/build") && path != Path::new("/build") && !path.starts_with("/build/home")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_a_sandbox() {
        assert!(is_place("/build/source") && is_place("/build/reproducible-path"));
        for wrong in [
            "/build",
            "/build/../etc",
            "build/x",
            "/etc",
            "/build/home",
            "/buildx/y",
            "",
        ] {
            assert!(!is_place(wrong), "{wrong}");
        }
    }

    #[test]
    fn names_versions_and_files() {
        let named = |registry, name: &str, version: &str| Ok(Subject::Named(registry, name.into(), version.into()));
        let read = |word| Subject::read(word).map_err(|wrong| wrong.to_string());
        assert_eq!(read("pypi:six==1.16.0"), named(Registry::PyPi, "six", "1.16.0"));
        assert_eq!(
            read("npm:@types/node@20.1.0"),
            named(Registry::Npm, "@types/node", "20.1.0")
        );
        assert_eq!(read("crate:itoa@1.0.9"), named(Registry::Crates, "itoa", "1.0.9"));
        assert_eq!(read("dist/x.whl"), Ok(Subject::File("dist/x.whl".into())));
        for wrong in [
            "pypi:six",
            "pypi:six==",
            "pypi:--index-url==1",
            "pypi:../x==1",
            "npm:a/b@1",
            "npm:x@latest",
            "crate:x@-1",
            "pypi:x==1 --pre",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
