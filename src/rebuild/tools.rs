//! Tools and caches that the caller has installed for himself: a build sees them in its own home, so that they move with it.

use super::input::Input;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A folder of tools, or a cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// Where it lies on this machine.
    pub from: String,
    /// Where it lies in a home.
    pub folder: String,
    /// The variable that says where it is.
    pub variable: Option<String>,
    /// What of it a build sees, and no more. Empty: all.
    pub parts: Vec<String>,
    /// Whether tools write to it. What a build writes is kept from the caller's.
    pub cache: bool,
}

/// A kind of tool, and where it keeps its things.
struct Kind {
    folder: &'static str,
    variable: Option<&'static str>,
    /// Whether the build gets the variable though the caller has none.
    always: bool,
    parts: &'static [&'static str],
    cache: bool,
}

impl Kind {
    const fn tool(folder: &'static str, variable: &'static str) -> Self {
        Self {
            folder,
            variable: Some(variable),
            always: true,
            parts: &[],
            cache: false,
        }
    }
    /// Its settings stay out of sight: they may hold passwords.
    const fn cache(folder: &'static str, variable: Option<&'static str>, parts: &'static [&'static str]) -> Self {
        Self {
            folder,
            variable,
            always: false,
            parts,
            cache: true,
        }
    }
}

const KINDS: &[Kind] = &[
    Kind {
        always: true,
        ..Kind::cache(
            ".cargo",
            Some("CARGO_HOME"),
            &["bin", "registry", "git", "config", "config.toml"],
        )
    },
    Kind::tool(".rustup", "RUSTUP_HOME"),
    Kind::tool(".pyenv", "PYENV_ROOT"),
    Kind::tool(".rbenv", "RBENV_ROOT"),
    Kind::tool(".nvm", "NVM_DIR"),
    Kind::cache("go", Some("GOPATH"), &["bin", "pkg/mod"]),
    Kind::cache(".gomodcache", Some("GOMODCACHE"), &[]),
    Kind::cache(".npm", Some("npm_config_cache"), &["_cacache"]),
    Kind::cache(".cache/pip", Some("PIP_CACHE_DIR"), &["http", "http-v2"]),
    Kind::cache(".m2", None, &["repository", "wrapper"]),
    Kind::cache(".gradle", Some("GRADLE_USER_HOME"), &["caches", "wrapper", "jdks"]),
];

/// Whether a path is a folder, or lies in it: what stands behind it then.
pub(super) fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(folder)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// Names that say where a tool of the caller's is.
pub fn variables() -> impl Iterator<Item = &'static str> {
    KINDS.iter().filter_map(|kind| kind.variable)
}

/// The tools of a caller with that home and these variables. Variables that a build needs to find them are added.
pub fn of(home: Option<&Path>, variables: &mut BTreeMap<String, String>) -> Vec<Tool> {
    let home = home.and_then(Path::to_str).filter(|home| home.len() > 1);
    let mut tools: Vec<Tool> = KINDS.iter().filter_map(|kind| kind.found(home, variables)).collect();
    // Programs in other folders of the caller's home, such as ~/.local/bin.
    let path = variables.get("PATH").cloned().unwrap_or_default();
    for folder in path.split(':') {
        let Some(rest) = home.and_then(|home| below(folder, home)) else {
            continue;
        };
        let known = tools.iter().any(|tool| tool.shows(folder));
        if !known && !rest.is_empty() && Path::new(folder).is_dir() {
            tools.push(Tool {
                from: folder.to_owned(),
                folder: rest.trim_matches('/').to_owned(),
                variable: None,
                parts: Vec::new(),
                cache: false,
            });
        }
    }
    tools
}

impl Kind {
    fn found(&self, home: Option<&str>, variables: &mut BTreeMap<String, String>) -> Option<Tool> {
        let given = self.variable.and_then(|name| variables.get(name));
        let from = match (given, home) {
            (Some(given), _) => given.trim_end_matches('/').to_owned(),
            (None, Some(home)) => format!("{home}/{}", self.folder),
            (None, None) => return None,
        };
        let named = given.is_some();
        if !from.starts_with('/') || !Path::new(&from).is_dir() {
            return None;
        }
        let variable = self.variable.filter(|_| named || self.always);
        if let Some(name) = variable {
            variables.insert(name.to_owned(), from.clone());
        }
        Some(Tool {
            from,
            folder: self.folder.to_owned(),
            variable: variable.map(str::to_owned),
            parts: self.parts.iter().map(|part| (*part).to_owned()).collect(),
            cache: self.cache,
        })
    }
}

impl Tool {
    /// What of a home's folder lies where.
    fn pairs(&self) -> Vec<(String, String)> {
        match self.parts.as_slice() {
            [] => vec![(self.from.clone(), self.folder.clone())],
            parts => parts
                .iter()
                .map(|part| (format!("{}/{part}", self.from), format!("{}/{part}", self.folder)))
                .collect(),
        }
    }

    /// What a build with that home sees, and where.
    pub(crate) fn inputs(&self, home: &str) -> Vec<Input> {
        self.pairs()
            .into_iter()
            .filter(|(from, _)| Path::new(from).exists())
            .map(|(from, folder)| Input {
                from: PathBuf::from(from),
                at: format!("{home}/{folder}"),
            })
            .collect()
    }

    /// Whether a build sees this path of the machine's in its home.
    fn shows(&self, path: &str) -> bool {
        self.pairs().iter().any(|(from, _)| below(path, from).is_some())
    }

    /// Where a build with that home sees this path of the machine's.
    pub(crate) fn seen(&self, home: &str, path: &str) -> Option<String> {
        let rest = below(path, &self.from)?;
        (rest.is_empty() || self.shows(path)).then(|| format!("{home}/{}{rest}", self.folder))
    }

    /// Where on this machine lies what a build with that home sees there.
    pub(crate) fn lies(&self, home: &str, path: &str) -> Option<String> {
        let rest = below(path, &format!("{home}/{}", self.folder))?;
        Some(format!("{}{rest}", self.from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn tools_of_a_home_are_seen_in_the_builds() {
        let home = tempfile::tempdir().unwrap();
        for folder in [
            ".cargo/bin",
            ".cargo/registry",
            ".local/bin",
            ".m2/repository",
            "elsewhere",
        ] {
            std::fs::create_dir_all(home.path().join(folder)).unwrap();
        }
        let at = home.path().to_str().unwrap();
        let path = format!("{at}/.cargo/bin:/usr/bin:{at}/.local/bin:{at}/missing/bin");
        let mut given = variables(&[("PATH", &path)]);
        let tools = of(Some(home.path()), &mut given);
        let folders: Vec<&str> = tools.iter().map(|tool| tool.folder.as_str()).collect();
        assert_eq!(folders, [".cargo", ".m2", ".local/bin"]);
        assert_eq!(given["CARGO_HOME"], format!("{at}/.cargo"));
        assert!(!given.contains_key("GOPATH"));
        let seen = |path: &str| tools.iter().find_map(|tool| tool.seen("/h", path));
        assert_eq!(seen(&format!("{at}/.cargo")).unwrap(), "/h/.cargo");
        assert_eq!(seen(&format!("{at}/.cargo/bin/cargo")).unwrap(), "/h/.cargo/bin/cargo");
        assert_eq!(seen(&format!("{at}/.local/bin")).unwrap(), "/h/.local/bin");
        // A password lies there.
        assert_eq!(seen(&format!("{at}/.cargo/credentials.toml")), None);
        assert_eq!(seen(&format!("{at}/.cargo2/bin")), None);
        let lies = |path: &str| tools.iter().find_map(|tool| tool.lies("/h", path));
        assert_eq!(lies("/h/.cargo/bin/cargo").unwrap(), format!("{at}/.cargo/bin/cargo"));
        assert_eq!(lies("/h/other"), None);
        let inputs = tools[0].inputs("/h");
        let places: Vec<&str> = inputs.iter().map(|input| input.at.as_str()).collect();
        assert_eq!(places, ["/h/.cargo/bin", "/h/.cargo/registry"]);
    }

    #[test]
    fn a_variable_says_where_a_tool_is() {
        let elsewhere = tempfile::tempdir().unwrap();
        let at = elsewhere.path().to_str().unwrap();
        let mut given = variables(&[("GOPATH", at), ("CARGO_HOME", "/nowhere"), ("RUSTUP_HOME", "relative")]);
        let tools = of(None, &mut given);
        let [go] = &tools[..] else { panic!("{tools:?}") };
        assert_eq!((go.from.as_str(), go.folder.as_str()), (at, "go"));
        // What is no folder here may be one that the build makes.
        assert_eq!(given["CARGO_HOME"], "/nowhere");
    }
}
