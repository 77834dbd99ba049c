//! Which files a build runs: those that a build file names, or a script that one runs.

use super::{
    super::{
        language::{Named, named},
        rule::is_build_file,
    },
    files::{Candidate, Content, read, shown},
};
use std::collections::{BTreeMap, BTreeSet};

/// Assignments of makefiles that only say what is shipped or tested.
const NOT_RUN: &[&str] = &[
    "EXTRA_DIST",
    "TESTS",
    "CLEANFILES",
    "MAINTAINERCLEANFILES",
    "SHELLCHECK",
    "_SCRIPTS",
    "_DATA",
];
/// What only puts a file where its user runs it.
const INSTALLS: &[&str] = &[
    "install(",
    "INSTALL_",
    "(INSTALL)",
    "install -",
    "install_data",
    "dh_install",
];
/// Endings that stand for what is made of a source: `x.o` of x.c, `x.pdf` of x.tex.
const MADE: &[&str] = &["", "o", "lo", "obj", "pdf", "dvi", "ps", "html"];
const C: &[&str] = &["c", "cc", "cpp", "cxx", "c++", "C"];
const SCRIPTS: &[&str] = &["py", "pl", "pm", "rb", "js", "mjs", "cjs", "ts"];

/// What is known of a tree, by paths below it.
#[derive(Default)]
pub(super) struct Reach {
    reached: BTreeSet<String>,
    /// Folders that hold build files.
    folders: BTreeSet<String>,
    poms: BTreeSet<String>,
    /// Folders whose own C sources are built, and those of which all below are, too.
    matched: BTreeSet<String>,
    globbed: BTreeSet<String>,
    build_files: usize,
    /// Words that were looked up, by the folder of the file that has them and by how they were meant: the next finds nothing new.
    seen: BTreeMap<String, BTreeSet<(String, bool, bool)>>,
}

/// Files by their names, by what is made of them, and folders of makefiles and modules by theirs.
#[derive(Default)]
struct Names<'p> {
    files: BTreeMap<&'p str, Vec<&'p str>>,
    stems: BTreeMap<&'p str, Vec<&'p str>>,
    folders: BTreeMap<&'p str, Vec<&'p str>>,
    /// Go sources by their folder's name, for `go run ./gen`.
    go: BTreeMap<&'p str, Vec<&'p str>>,
}

impl Reach {
    /// Reads the build files of a tree. `others` are build files for which there are no rules.
    pub(super) fn new(candidates: &[Candidate], others: &[Candidate]) -> Self {
        let all: Vec<(String, &Candidate)> = candidates
            .iter()
            .chain(others)
            .filter(|candidate| candidate.walked)
            .map(|candidate| (below(candidate), candidate))
            .collect();
        let mut names = Names::default();
        for (path, _) in &all {
            let (folder, name) = split(path);
            names
                .files
                .entry(name.strip_suffix(".in").unwrap_or(name))
                .or_default()
                .push(path);
            names.stems.entry(stem(name).0).or_default().push(path);
            if name.ends_with(".go") {
                names.go.entry(split(folder).1).or_default().push(path);
            }
            if holds_folder(name) && !folder.is_empty() {
                names.folders.entry(split(folder).1).or_default().push(folder);
            }
        }
        let mut reach = Self::default();
        let by_path: BTreeMap<&str, &Candidate> = all.iter().map(|(path, at)| (path.as_str(), *at)).collect();
        let mut todo: Vec<&str> = Vec::new();
        for (path, candidate) in &all {
            if path.ends_with("pom.xml") {
                reach.poms.insert(split(path).0.to_owned());
            }
            if is_build_file(path) {
                reach.build_files += 1;
                reach.folders.insert(split(path).0.to_owned());
                reach.reached.insert(path.clone());
                todo.push(path);
            } else if path.ends_with(".go")
                && let Some(text) = text(candidate)
            {
                let lines = text.lines().filter(|line| line.starts_with("//go:generate"));
                for line in lines {
                    todo.extend(reach.line(path, line.trim_start_matches('/'), &names));
                }
            }
        }
        while let Some(path) = todo.pop() {
            if let Some(text) = by_path.get(path).and_then(|candidate| text(candidate)) {
                todo.extend(reach.text(path, &text, &names));
            }
        }
        reach
    }

    /// Whether a build runs or compiles a file; unknown where there is no build file that could say so.
    pub(super) fn has(&self, candidate: &Candidate) -> Option<bool> {
        let path = below(candidate);
        let (folder, name) = split(&path);
        if !candidate.walked || self.build_files == 0 || (self.build_files == 1 && is_build_file(&path)) {
            return None;
        }
        if holds_folder(name) {
            let above = match name {
                "pom.xml" => &self.poms,
                _ => &self.folders,
            };
            return Some(self.reached.contains(folder) || !parents(folder).any(|folder| above.contains(folder)));
        }
        let c = C.contains(&stem(name).1);
        let globbed = c
            && (self.matched.contains(folder)
                || self.globbed.contains(folder)
                || parents(folder).any(|above| self.globbed.contains(above)));
        Some(globbed || self.reached.contains(&path))
    }

    /// The files that a text names and that were not reached before.
    fn text<'p>(&mut self, path: &str, text: &str, names: &Names<'p>) -> Vec<&'p str> {
        let (folder, name) = split(path);
        if matches!(name, "Makefile.PL" | "DESCRIPTION") {
            self.globbed.insert(folder.to_owned());
        }
        let mut found = Vec::new();
        let mut skipping = false;
        let c = C.contains(&stem(name).1);
        for line in text.lines() {
            let start = line.trim_start();
            if c && start.starts_with('#') && start.contains("include") {
                found.extend(self.line(path, line, names));
            }
            if c {
                continue;
            }
            if !skipping && let Some((left, _)) = start.split_once('=') {
                skipping = left.len() < 60 && NOT_RUN.iter().any(|word| left.contains(word));
            }
            let comment = ["#", "//", "dnl", "*", "<!--", "REM "]
                .iter()
                .any(|it| start.starts_with(it));
            let installs = INSTALLS.iter().any(|word| line.contains(word));
            if !skipping && !comment && !installs {
                self.globs(folder, line);
                found.extend(self.line(path, line, names));
            }
            skipping &= line.ends_with('\\');
        }
        found
    }

    /// Notes the folders of patterns as `src/*.c`; where a variable stands before it, or it goes deeper, all that lies below.
    fn globs(&mut self, here: &str, line: &str) {
        for (at, _) in line.match_indices("*.c") {
            let before = line.get(..at).unwrap_or("");
            let from = before
                .rfind(|c: char| !(c.is_alphanumeric() || "_+.-/".contains(c)))
                .map_or(0, |at| at + 1);
            let given = before.get(from..).unwrap_or("");
            let unknown =
                given.starts_with('/') || ["RECURSE", "**", "rglob", "find "].iter().any(|it| line.contains(it));
            let parts = given.split('/').filter(|part| !matches!(*part, "" | "."));
            let folder = here
                .split('/')
                .filter(|part| !part.is_empty())
                .chain(parts)
                .collect::<Vec<_>>()
                .join("/");
            match unknown {
                true => self.globbed.insert(here.to_owned()),
                false => self.matched.insert(folder),
            };
        }
    }

    fn line<'p>(&mut self, from: &str, line: &str, names: &Names<'p>) -> Vec<&'p str> {
        let here = split(from).0;
        let imports = from.ends_with("conf.py")
            || ["import", "require", "from ", "extensions", " -m "]
                .iter()
                .any(|it| line.contains(it));
        let runs_go = ["go run", "go build", "go:generate"].iter().any(|it| line.contains(it));
        let mut found = Vec::new();
        for word in line.split(|c: char| !(c.is_alphanumeric() || "_+.-/".contains(c))) {
            let word = word.trim_end_matches(['.', '/']);
            let (above, name) = split(word);
            if name.is_empty() {
                continue;
            }
            // A file that names itself does not run itself, but another may.
            let known = self.seen.entry(here.to_owned()).or_default();
            if name != split(from).1 && !known.insert((word.to_owned(), imports, runs_go)) {
                continue;
            }
            let (stem, end) = match stem(name) {
                // A module of a package: `tools.gen`.
                (_, end) if imports && !SCRIPTS.contains(&end) && !end.is_empty() => (end, ""),
                parts => parts,
            };
            let whole = names
                .files
                .get(name.strip_suffix(".in").unwrap_or(name))
                .into_iter()
                .flatten()
                .copied();
            let made = names.stems.get(stem).into_iter().flatten().copied().filter(|path| {
                let of = self::stem(path).1;
                let names = of == "tex" && (!end.is_empty() || from.ends_with(".tex") || from.ends_with(".ltx"));
                MADE.contains(&end) && (C.contains(&of) || names)
                    || imports && (end.is_empty() || end == of) && SCRIPTS.contains(&of)
            });
            for path in whole.chain(made) {
                let alone = names.files.get(split(path).1).is_none_or(|same| same.len() == 1);
                if path != from && fits(above, here, split(path).0, alone) && self.reached.insert(path.to_owned()) {
                    found.push(path);
                }
            }
            if runs_go {
                for path in names.go.get(name).into_iter().flatten().copied() {
                    if fits(above, here, split(split(path).0).0, false) && self.reached.insert(path.to_owned()) {
                        found.push(path);
                    }
                }
            }
            // `SUBDIRS = lib`, `lib/Makefile`, `make -C lib`, `<module>lib</module>`.
            let mut end = word.len();
            while let Some(part) = word.get(..end).filter(|part| !part.is_empty()) {
                let (above, name) = split(part);
                for folder in names.folders.get(name).into_iter().flatten() {
                    if !within(folder, here) && fits(above, here, split(folder).0, false) {
                        self.reached.insert((*folder).to_owned());
                    }
                }
                end = above.len();
            }
        }
        found
    }
}

/// Whether a file in a folder is meant by a name with these folders before it, in a file that lies `here`. A bare name means what lies
/// beside or below, or the only one of that name.
fn fits(above: &str, here: &str, folder: &str, alone: bool) -> bool {
    let mut given = above
        .rsplit('/')
        .filter(|part| !matches!(*part, "" | "." | ".."))
        .peekable();
    let bare = given.peek().is_none();
    (!bare || alone || within(here, folder)) && given.zip(folder.rsplit('/')).all(|(given, is)| given == is)
}

/// Whether a folder is another one, or lies in it.
fn within(outer: &str, folder: &str) -> bool {
    let rest = folder.strip_prefix(outer);
    outer.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Files that a build descends to by the name of their folder.
fn holds_folder(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.starts_with("makefile") && name != "Makefile.PL"
        || lower.starts_with("gnumakefile")
        || lower.starts_with("dockerfile")
        || name == "pom.xml"
}

/// The folders above one, up to the tree itself.
fn parents(folder: &str) -> impl Iterator<Item = &str> {
    let mut at = (!folder.is_empty()).then_some(folder);
    std::iter::from_fn(move || {
        let above = split(at?).0;
        at = (!above.is_empty()).then_some(above);
        Some(above)
    })
}

fn below(candidate: &Candidate) -> String {
    let path = candidate.path.get(candidate.base..).unwrap_or_default();
    let path = shown(path.strip_prefix(b"/").unwrap_or(path));
    path.strip_prefix("./").map_or(path.clone(), str::to_owned)
}

fn text(candidate: &Candidate) -> Option<String> {
    let path = shown(&candidate.path);
    // Lists of translators name everything; of files without an ending only scripts say what they run.
    let script = named(&path) == Named::Script && !is_build_file(&below(candidate));
    if split(&path).1.starts_with("POTFILES") {
        return None;
    }
    match read(&candidate.path, script).ok()? {
        Content::Text(text) | Content::Other(text) => Some(text),
        Content::Skipped(_) | Content::Foreign => None,
    }
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn stem(name: &str) -> (&str, &str) {
    match split(name).1.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() => (stem, end),
        _ => (split(name).1, ""),
    }
}
