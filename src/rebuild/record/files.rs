//! The files of the machine that a build executed, linked or read, and what each of them is.

use super::{
    Kind, UsedFile,
    dpkg::Database,
    root::{inside, resolve},
};
use crate::{
    bytes::{digest::Algorithm, plain, source},
    format::elf::head::{self, Head},
    rebuild::tools::below,
};
use goblin::elf::{ProgramHeader, header, program_header::PT_INTERP};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

/// Folders whose files are made by the system as it runs, or by the sandbox: no input that could be installed again.
const VOLATILE: [&str; 5] = ["/run", "/tmp", "/var", "/etc", "/build"];

/// Paths as the build saw them, by the real path that each leads to.
pub(super) fn real(root: &Path, paths: &BTreeSet<String>) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in paths {
        if let Some(real) = resolve(root, path)
            && fs::metadata(inside(root, &real)).is_ok_and(|found| found.is_file())
        {
            all.entry(real).or_default().insert(path.clone());
        }
    }
    all
}

/// What the kernel opens by itself to start these programs: `#!` interpreters and dynamic loaders.
pub(super) fn interpreters(root: &Path, programs: &BTreeSet<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut left: Vec<String> = programs.iter().cloned().collect();
    while let Some(program) = left.pop() {
        let Some(real) = resolve(root, &program) else { continue };
        let Ok(bytes) = source::load(&inside(root, &real)) else {
            continue;
        };
        let interpreter = match bytes.strip_prefix(b"#!") {
            Some(rest) => {
                let line = rest.split(|b| *b == b'\n').next().unwrap_or_default();
                String::from_utf8_lossy(line)
                    .split_whitespace()
                    .next()
                    .map(str::to_owned)
            }
            None => loader(&bytes),
        };
        if let Some(path) = interpreter.filter(|path| path.starts_with('/'))
            && !programs.contains(&path)
            && found.insert(path.clone())
        {
            left.push(path);
        }
    }
    found
}

/// The dynamic loader that an ELF program asks for.
fn loader(bytes: &[u8]) -> Option<String> {
    let head = Head::read(bytes).ok()?;
    let mut segments = head.segments(bytes).ok()?.all::<ProgramHeader, _>(bytes, head.ctx);
    let segment = segments.find(|s| s.p_type == PT_INTERP)?;
    let span = head::inside(bytes, segment.p_offset, segment.p_filesz)?;
    let text = bytes.get(span.start..span.end)?.split(|b| *b == 0).next()?;
    std::str::from_utf8(text).ok().map(str::to_owned)
}

/// What a file that was read, not executed, is; `None` for data.
fn kind(path: &str, bytes: &[u8]) -> Option<Kind> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let shared = name.ends_with(".so") || name.contains(".so.");
    if bytes.starts_with(b"!<arch>\n") || bytes.starts_with(b"!<thin>\n") {
        // A package is one, too.
        return (!name.ends_with(".deb")).then_some(Kind::StaticLibrary);
    }
    if let Ok(found) = Head::read(bytes) {
        return match found.header.e_type {
            header::ET_REL => Some(Kind::Object),
            header::ET_EXEC => Some(Kind::Executable),
            // A position-independent program asks for a loader; the C library does so, too.
            header::ET_DYN if shared || loader(bytes).is_none() => Some(Kind::SharedLibrary),
            header::ET_DYN => Some(Kind::Executable),
            _ => None,
        };
    }
    let script = || {
        [&b"GROUP"[..], b"INPUT"]
            .iter()
            .any(|word| memchr::memmem::find(bytes, word).is_some())
    };
    ((shared || name.ends_with(".a")) && bytes.len() < 1 << 16 && script()).then_some(Kind::LinkerScript)
}

/// What is wanted of a file.
pub(super) struct Wanted {
    /// The real path.
    pub(super) real: String,
    /// What the build called it.
    pub(super) called: BTreeSet<String>,
    /// Whether it was executed.
    pub(super) executed: bool,
    /// The package that it belongs to.
    pub(super) package: Option<String>,
}

/// Digests of what counts; where a file could not be read, why.
pub(super) fn digest(root: &Path, wanted: Vec<Wanted>, packages: &Database) -> (Vec<UsedFile>, Vec<String>) {
    let done: Vec<_> = wanted.into_par_iter().map(|file| one(root, file, packages)).collect();
    let (mut files, mut unread) = (Vec::new(), Vec::new());
    for result in done {
        match result {
            Ok(Some(file)) => files.push(file),
            Ok(None) => {}
            Err((path, error)) => unread.push(format!("{path}: {}", plain(&error))),
        }
    }
    (files, unread)
}

fn one(root: &Path, wanted: Wanted, packages: &Database) -> Result<Option<UsedFile>, (String, io::Error)> {
    let Wanted {
        real,
        mut called,
        executed,
        package,
    } = wanted;
    let bytes = match source::load(&inside(root, &real)) {
        Ok(bytes) => bytes,
        Err(error) => return Err((real, error)),
    };
    let volatile = VOLATILE.iter().any(|folder| below(&real, folder).is_some());
    let kind = match (executed, kind(&real, &bytes)) {
        (true, _) => Kind::Executable,
        (false, Some(kind)) => kind,
        // A package's data is known by the package's version.
        (false, None) if package.is_none() && !volatile => Kind::Data,
        (false, None) => return Ok(None),
    };
    called.remove(&real);
    Ok(Some(UsedFile {
        kind,
        called: called.into_iter().collect(),
        sha256: Algorithm::Sha256.digest(&bytes).to_string(),
        size: bytes.len() as u64,
        version: package
            .as_ref()
            .and_then(|name| packages.version(name))
            .map(str::to_owned),
        package,
        path: real,
    }))
}
