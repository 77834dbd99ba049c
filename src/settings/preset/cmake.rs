//! Projects of CMake: what they install, else the targets that they name.

use super::{
    Preset, Proposal,
    tree::{Tree, plain},
};

/// `cmake`
pub(super) static PRESET: Preset = Preset {
    name: "cmake",
    what: "a CMake project",
    marks: &["CMakeLists.txt"],
    propose,
};

const BUILD: &str =
    "cmake -S . -B _build -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr && cmake --build _build";

fn propose(tree: &Tree) -> Option<Proposal> {
    let scripts = tree.files("CMakeLists.txt");
    let texts: Vec<String> = scripts.iter().filter_map(|path| tree.text(path)).collect();
    let commands = |name: &'static str| {
        let lines = texts.iter().flat_map(|text| text.lines().map(str::trim_start));
        lines.filter_map(move |line| {
            let given = line.get(..name.len())?.eq_ignore_ascii_case(name);
            given.then(|| line[name.len()..].trim_start().strip_prefix('('))?
        })
    };
    if commands("install").next().is_some() {
        let install = format!("{BUILD} && DESTDIR=\"$PWD/_install\" cmake --install _build");
        return Some(Proposal::new(install, &["_install"]));
    }
    let first = |rest: &str| {
        rest.split([' ', '\t', ')'])
            .find(|word| !word.is_empty())
            .map(str::to_owned)
    };
    let programs = commands("add_executable").filter_map(first).map(|name| (name, false));
    let libraries = commands("add_library").filter_map(first).map(|name| (name, true));
    let mut globs: Vec<String> = Vec::new();
    for (name, library) in programs.chain(libraries).filter(|(name, _)| plain(name)) {
        match library {
            true => globs.extend([format!("_build/**/lib{name}.a"), format!("_build/**/lib{name}.so*")]),
            false => globs.push(format!("_build/**/{name}")),
        }
    }
    let globs: Vec<&str> = globs.iter().map(String::as_str).collect();
    (!globs.is_empty()).then(|| Proposal::new(BUILD, &globs))
}
