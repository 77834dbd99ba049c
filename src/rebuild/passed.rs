//! Paths of this machine that a build was handed, in what it made. No variation changes them, so no run shows what hangs on them.

use super::{Build, Error, artifacts, environment::Environment};
use memchr::memmem;
use std::{collections::BTreeMap, path::Path};

/// Folders of a system, and of the build: other machines have them, too.
const COMMON: &[&str] = &[
    "/usr/", "/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/etc/", "/dev/", "/proc/", "/sys/", "/tmp/", "/var/",
];

/// Paths of this machine, and who names them.
#[derive(Clone, Debug, Default)]
pub(super) struct Passed(BTreeMap<String, String>);

impl Passed {
    /// Those that a build in this environment is told of, or whose files it can still see where they lie.
    pub(super) fn of(build: &Build, environment: &Environment) -> Self {
        let own = [&environment.build_path, &environment.home, &environment.temporary];
        let named = build
            .passed
            .iter()
            .filter_map(|name| Some((build.variables.get(name)?.as_str(), name.as_str())));
        let folders = environment.search_path.split(':').map(|folder| (folder, "PATH"));
        let tools = build
            .tools
            .iter()
            .map(|tool| (tool.from.as_str(), tool.variable.as_deref().unwrap_or("HOME")));
        let mut all = BTreeMap::new();
        for (path, name) in named.chain(folders).chain(tools) {
            let path = path.trim_end_matches('/');
            let common = COMMON.iter().any(|folder| format!("{path}/").starts_with(folder));
            let builds = own.iter().any(|folder| path.starts_with(folder.as_str()));
            if path.len() > 2 && path.starts_with('/') && !path.contains(':') && !common && !builds {
                all.insert(path.to_owned(), name.to_owned());
            }
        }
        Self(all)
    }

    /// What is said of an artifact below `root` that contains one of them.
    ///
    /// # Errors
    /// It can't be read.
    pub(super) fn search(&self, root: &Path, artifact: &str) -> Result<Option<String>, Error> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let failed = |error: std::io::Error| Error::io(&error).about(format_args!("artifact {artifact}"));
        let mut said = None;
        let mut look = |inside: &str, bytes: &[u8]| {
            let found = self.0.iter().find(|(path, _)| contains(bytes, path));
            if let (None, Some((path, name))) = (&said, found) {
                let at = if inside.is_empty() {
                    artifact.to_owned()
                } else {
                    format!("{artifact}/{inside}")
                };
                said = Some(format!(
                    "{at} contains {path}, a path of this machine ({name}) that no variation changes"
                ));
            }
        };
        artifacts::visit(&root.join(artifact), &mut look).map_err(failed)?;
        Ok(said)
    }
}

/// Whether the path itself stands there, or one below it.
fn contains(bytes: &[u8], path: &str) -> bool {
    let ends = |at: usize| {
        bytes
            .get(at + path.len())
            .is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b'-')
    };
    memmem::find_iter(bytes, path).any(ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_path_is_found_as_a_whole() {
        assert!(contains(b"x=/opt/kit\0", "/opt/kit"));
        assert!(contains(b"/opt/kit/lib", "/opt/kit"));
        assert!(contains(b"/opt/kit", "/opt/kit"));
        assert!(!contains(b"/opt/kitten /opt/kit-2", "/opt/kit"));
    }

    #[test]
    fn the_artifact_and_who_names_the_path_are_said() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("out"), "made by /opt/kit/bin/cc").unwrap();
        let passed = Passed(BTreeMap::from([("/opt/kit".to_owned(), "KIT".to_owned())]));
        let said = passed.search(folder.path(), "out").unwrap().unwrap();
        assert_eq!(
            said,
            "out contains /opt/kit, a path of this machine (KIT) that no variation changes"
        );
        fs::write(folder.path().join("out"), "made by cc").unwrap();
        assert_eq!(passed.search(folder.path(), "out").unwrap(), None);
    }
}
