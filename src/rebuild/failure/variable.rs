//! The build asks for a variable that you have, but a build does not get.

use super::{Known, Scene, looks_wrong};

pub(super) const KNOWN: Known = Known { id: "variable", look };

/// What says of a variable that it is missing.
const WANTING: &[&str] = &[
    "not set",
    "unset",
    "not defined",
    "undefined",
    "unbound",
    "must be set",
    "missing",
    "required",
    "KeyError",
];

fn look(scene: &Scene<'_>) -> Option<(String, String)> {
    let yours = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let others = |name: &String| !scene.build.variables.contains_key(name) && !scene.build.secrets.contains_key(name);
    let mut yours: Vec<String> = yours.filter(others).filter(|name| name.len() > 2).collect();
    yours.sort();
    let wanting = |line: &&String| looks_wrong(line) || WANTING.iter().any(|word| line.contains(word));
    let lines: Vec<&String> = scene.last().iter().filter(wanting).collect();
    let named = |name: &&String| {
        lines
            .iter()
            .any(|line| WANTING.iter().any(|word| line.contains(word)) && has(line, name))
    };
    let name = yours.iter().find(named)?;
    Some((
        format!("it asks for {name}, which you have, and a build does not get"),
        format!("--env {name} hands it on; --secret {name} if nothing may contain its value"),
    ))
}

/// Whether a line has a word as such.
fn has(line: &str, word: &str) -> bool {
    line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .any(|found| found == word)
}
