//! Projects of Python: one wheel.

use super::{Preset, Proposal, tree::Tree};
use toml::Value;

/// `python`
pub(super) static PRESET: Preset = Preset {
    name: "python",
    what: "a Python project",
    marks: &["pyproject.toml", "setup.py"],
    propose,
};

/// Ends well if all requirements that are its arguments are fulfilled.
const FULFILLED: &str = "
import sys, importlib.metadata as installed
from pip._vendor.packaging.requirements import Requirement
for needed in map(Requirement, sys.argv[1:]):
    if needed.marker is None or needed.marker.evaluate():
        if not needed.specifier.contains(installed.version(needed.name), prereleases=True):
            sys.exit(1)
";

fn propose(tree: &Tree) -> Option<Proposal> {
    let project = tree.toml("pyproject.toml");
    let system = project.as_ref().and_then(|project| project.get("build-system"));
    // A pyproject.toml may only hold the settings of tools.
    let named = project.as_ref().is_some_and(|project| project.contains_key("project"));
    if system.is_none() && !named && !tree.has("setup.py") {
        return None;
    }
    let needed = system.and_then(|system| system.get("requires")?.as_array());
    let needed: Vec<&str> = match needed {
        Some(needed) => needed.iter().filter_map(Value::as_str).collect(),
        // What pip takes where nothing is said.
        None => vec!["setuptools", "wheel"],
    };
    let wheel = |flags: &str| {
        let command = format!("python3 -m pip wheel --no-deps{flags} --no-cache-dir -w dist .");
        Proposal::new(command, &["dist/*.whl"])
    };
    let arguments = [&["-I", "-c", FULFILLED], needed.as_slice()].concat();
    if tree.agrees("python3", &arguments) {
        return Some(wheel(" --no-build-isolation"));
    }
    let why = format!(
        "pip fetches what builds it: with {} installed it need not, and `repro init --force` says so.",
        one_line(&needed.join(", "))
    );
    let variables = [
        "PIP_INDEX_URL",
        "PIP_EXTRA_INDEX_URL",
        "PIP_FIND_LINKS",
        "PIP_CERT",
        "PIP_PROXY",
    ];
    Some(wheel("").fetches(tree, &why, &variables))
}

/// It stands in a comment.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
