//! What goes into an answer, hashed: source trees, the programs of the toolchains, the files that stages open.

use super::{
    job::Opened,
    places::SPEC,
    spec::{Spec, Toolchain},
};
use crate::{
    bytes::digest::Algorithm,
    model::DdcInput,
    rebuild::{Error, artifacts, record},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// The tree digest of a folder, as `repro hash --format json` gives it.
pub fn tree_digest(folder: &Path) -> Result<String, Error> {
    Ok(format!("sha256:{}", record::tree_digest(folder)?))
}

/// The program of a toolchain, found and hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its path, links followed.
    pub path: PathBuf,
    /// SHA-256.
    pub sha256: String,
}

/// Folders that a stage does not share with the machine.
const HIDDEN: &[&str] = &["/tmp", "/var/tmp", "/dev/shm", "/build", "/proc", "/run"];

/// Finds the program that a command names: in PATH, at an absolute path, or, with a slash, below the spec's folder.
///
/// # Errors
/// It is not there, is no program, or lies where a stage would not see it.
pub fn program(spec: &Spec, search_path: &str, word: &str) -> Result<Program, Error> {
    let beside = |path: &str| spec.folder.join(path);
    let found = if let Some(rest) = word.strip_prefix("{spec}/") {
        beside(rest)
    } else if word.starts_with('/') {
        PathBuf::from(word)
    } else if word.contains('/') {
        beside(word)
    } else {
        let mut all = search_path.split(':').filter(|folder| folder.starts_with('/'));
        let executable = |path: &PathBuf| {
            fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
        };
        match all.find_map(|folder| Some(Path::new(folder).join(word)).filter(executable)) {
            Some(path) => path,
            None => {
                let why = format!("there is no such program in {search_path}");
                return Err(Error::not_found(why).about(word));
            }
        }
    };
    let path = fs::canonicalize(&found).map_err(|error| Error::at(&found, &error))?;
    let mode = fs::metadata(&path).map_err(|error| Error::at(&path, &error))?;
    if !mode.is_file() || mode.permissions().mode() & 0o111 == 0 {
        return Err(Error::usage("this is not a program that can be executed").of(path));
    }
    let hidden = HIDDEN.iter().any(|folder| path.starts_with(folder));
    if hidden && !path.starts_with(&spec.folder) {
        let why = "a stage does not see this folder; put the toolchain elsewhere, or beside the spec";
        return Err(Error::usage(why).of(path));
    }
    let sha256 = artifacts::digest(&path).map_err(|error| Error::at(&path, &error))?;
    Ok(Program { path, sha256 })
}

/// The digest of a compiler: of its program, or, where the spec names further parts, of their list as `sha256sum` writes it.
fn compiler_digest(spec: &Spec, program: &Program, parts: &[PathBuf]) -> Result<String, Error> {
    let mut all = format!("{}  program\n", program.sha256);
    for part in parts {
        let path = spec.folder.join(part);
        let digest = match path.is_dir() {
            true => tree_digest(&path),
            false => artifacts::digest(&path).map_err(|error| Error::at(&path, &error)),
        };
        let digest = digest.map_err(|error| error.about("`parts`"))?;
        all.push_str(&format!(
            "{}  {}\n",
            digest.trim_start_matches("sha256:"),
            part.display()
        ));
    }
    let digest = match parts {
        [] => program.sha256.clone(),
        _ => Algorithm::Sha256.digest(all.as_bytes()).to_string(),
    };
    Ok(format!("sha256:{digest}"))
}

/// The digests of the machine's compilers, by the words of `{cc}`.
///
/// # Errors
/// As of [`program`]; a part is not there; one is not the compiler that the spec pins.
pub fn compilers(spec: &Spec, search_path: &str, programs: &[Program]) -> Result<BTreeMap<Vec<String>, String>, Error> {
    let mut all = BTreeMap::new();
    let mut add = |words: &[String], program: &Program, parts: &[PathBuf], pinned: Option<&String>| {
        let digest = compiler_digest(spec, program, parts)?;
        if let Some(pinned) = pinned.filter(|pinned| **pinned != digest) {
            let why = format!("it is not the compiler that the spec pins: digest {digest}, in the spec {pinned}");
            return Err(Error::malformed(why));
        }
        all.insert(seen(words), digest);
        Ok(())
    };
    for (toolchain, program) in spec.toolchains.iter().zip(programs) {
        add(
            &toolchain.compiler(),
            program,
            &toolchain.parts,
            toolchain.digest.as_ref(),
        )
        .map_err(|error| error.about(format_args!("toolchain {}", toolchain.id)))?;
    }
    let subject = spec.subject.as_ref().filter(|subject| !subject.is_own_parent());
    if let Some((subject, parent)) = subject.and_then(|subject| Some((subject, subject.parent.as_ref()?))) {
        let words = parent.words();
        let word = words.first().map_or("", String::as_str);
        program(spec, search_path, word)
            .and_then(|found| add(&words, &found, &subject.parts, subject.digest.as_ref()))
            .map_err(|error| error.about("[subject] parent"))?;
    }
    Ok(all)
}

/// The words of a command as a stage can execute them: a relative path is one in the spec's folder.
pub fn seen(words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    if let Some(first) = words.first_mut()
        && first.contains('/')
        && !first.starts_with(['/', '{'])
    {
        *first = format!("{SPEC}/{}", first.trim_start_matches("./"));
    }
    words
}

/// The programs of all toolchains.
///
/// # Errors
/// One is not there, or two ids stand for one program under two names: they would count as two opinions.
pub fn programs(spec: &Spec, search_path: &str) -> Result<Vec<Program>, Error> {
    let mut all: Vec<(&Toolchain, Program)> = Vec::new();
    for toolchain in &spec.toolchains {
        let words = toolchain.command.words();
        let word = words.first().map_or("", String::as_str);
        let found = program(spec, search_path, word)
            .map_err(|error| error.about(format_args!("toolchain {}", toolchain.id)))?;
        let twin = all.iter().find(|(other, program)| {
            program.sha256 == found.sha256
                && (other.command.words() != words || other.lineage.front_end != toolchain.lineage.front_end)
        });
        if let Some((other, program)) = twin {
            return Err(Error::usage(format!(
                "toolchains {} and {} are one program: {} ({} is the same bytes); a link or copy is not a second opinion",
                other.id,
                toolchain.id,
                program.path.display(),
                found.path.display()
            )));
        }
        all.push((toolchain, found));
    }
    Ok(all.into_iter().map(|(_, program)| program).collect())
}

/// Files of the machine that were opened, each with who opened it.
#[derive(Default)]
pub struct Used {
    by_path: BTreeMap<PathBuf, (bool, BTreeSet<String>)>,
}

/// What a stage opens that is not the machine's, or changes while it runs.
const OWN: &[&str] = &["/build", "/tmp", "/proc", "/dev", "/sys", "/var/tmp", "/run"];

/// The file of the machine, links followed, that a stage has opened as `path`; none for what is a stage's own, or was there for a moment only.
pub(crate) fn on_machine(spec: &Spec, path: &str) -> Option<PathBuf> {
    let beside = path.strip_prefix(SPEC).and_then(|rest| rest.strip_prefix('/'));
    let real = match beside {
        Some(rest) => fs::canonicalize(spec.folder.join(rest)),
        None if OWN.iter().any(|own| Path::new(path).starts_with(own)) => return None,
        None => fs::canonicalize(path),
    };
    real.ok().filter(|real| real.is_file())
}

impl Used {
    /// Adds what a stage of `who` has opened.
    pub fn add(&mut self, spec: &Spec, who: &str, opened: &Opened) {
        let programs = opened.programs.iter().map(|path| (path, true));
        for (path, executed) in programs.chain(opened.files.iter().map(|path| (path, false))) {
            let Some(real) = on_machine(spec, path) else { continue };
            let entry = self.by_path.entry(real).or_default();
            entry.0 |= executed;
            entry.1.insert(who.to_owned());
        }
    }

    /// All of them, hashed, by role and path.
    pub fn hashed(&self, spec: &Spec) -> Vec<DdcInput> {
        let mut all: Vec<DdcInput> = self
            .by_path
            .iter()
            .filter_map(|(path, (executed, who))| {
                let sha256 = artifacts::digest(path).ok()?;
                let shown = match path.strip_prefix(&spec.folder) {
                    Ok(rest) => format!("{{spec}}/{}", rest.display()),
                    Err(_) => path.display().to_string(),
                };
                Some(DdcInput {
                    role: role(&shown, *executed),
                    path: shown,
                    sha256,
                    used_by: who.iter().cloned().collect(),
                })
            })
            .collect();
        all.sort_by(|x, y| (x.role, &x.path).cmp(&(y.role, &y.path)));
        all
    }
}

/// What a file is for, by its name.
fn role(path: &str, executed: bool) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or_default();
    let object = |stems: &[&str]| name.ends_with(".o") && stems.iter().any(|stem| name.contains(stem));
    if executed {
        let bare = name.rsplit('-').next().unwrap_or(name);
        return match bare {
            "as" => "assembler",
            "ld" | "ld.bfd" | "ld.gold" | "lld" | "ld.lld" | "collect2" => "linker",
            _ => "program",
        };
    }
    let c_library = [
        "libc.",
        "libc-",
        "libc_",
        "libm.",
        "libm-",
        "libmvec.",
        "ld-linux",
        "libdl.",
        "libpthread.",
    ];
    match name {
        "ld.so.cache" => "data",
        _ if name.ends_with(".h") || path.contains("/include/") => "header",
        _ if object(&["crt1", "crti", "crtn", "crtbegin", "crtend"]) => "crt",
        _ if c_library.iter().any(|stem| name.starts_with(stem)) => "libc",
        _ if name.ends_with(".a") || name.ends_with(".so") || name.contains(".so.") => "library",
        _ => "data",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_roles() {
        for (path, executed, expected) in [
            ("/usr/bin/x86_64-linux-gnu-as", true, "assembler"),
            ("/usr/bin/x86_64-linux-gnu-ld.bfd", true, "linker"),
            ("/usr/bin/x86_64-linux-gnu-gcc-12", true, "program"),
            ("/usr/lib/x86_64-linux-gnu/crt1.o", false, "crt"),
            ("/usr/lib/gcc/x86_64-linux-gnu/12/crtbeginS.o", false, "crt"),
            ("/usr/lib/x86_64-linux-gnu/libc.so.6", false, "libc"),
            ("/usr/include/stdio.h", false, "header"),
            ("/usr/lib/gcc/x86_64-linux-gnu/12/libgcc.a", false, "library"),
            ("/etc/ld.so.cache", false, "data"),
        ] {
            assert_eq!(role(path, executed), expected, "{path}");
        }
    }

    #[test]
    fn the_tree_digest_is_that_of_repro_hash() {
        let folder = tempfile::tempdir().unwrap();
        let tree = folder.path().join("tree");
        fs::create_dir(&tree).unwrap();
        fs::set_permissions(&tree, fs::Permissions::from_mode(0o700)).unwrap();
        super::super::sources::plain_modes(&tree).unwrap();
        assert_eq!(
            tree_digest(&tree).unwrap(),
            "sha256:4368905ae7f1161867031db8fb1105752bb6a29ee03ff56f72647714be6f5dc9"
        );
    }
}
