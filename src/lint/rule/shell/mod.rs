//! Rules of shell scripts and of shell commands inside other files.

pub(super) mod command;
mod define;
pub(super) mod landing;
pub(super) mod script;
mod target;

mod ar;
mod cpack;
mod cpio;
mod curl_latest;
mod date;
mod find_unsorted;
mod glob_locale;
mod gzip;
mod identity;
mod mktemp_leak;
mod pwd_leak;
mod random;
mod sdist;
mod sort_locale;
mod tar;
mod tex;
mod umask_cp;
mod zip;

use super::{
    super::{Code, Rule},
    aside::is_aside,
    build_file,
    place::{is_makefile, is_run_later, is_test_path, only_tests},
};
use command::{Command, Word};

pub(super) use ar::real_times;
pub(super) use date::tells_now as date_now;
pub(super) use find_unsorted::lists_unsorted;
pub(super) use identity::asks as who;

/// In the order of their ids.
pub static RULES: &[&Rule] = &[
    &ar::RULE,
    &cpack::RULE,
    &cpio::RULE,
    &curl_latest::RULE,
    &date::RULE,
    &find_unsorted::RULE,
    &glob_locale::RULE,
    &gzip::RULE,
    &identity::RULE,
    &mktemp_leak::RULE,
    &pwd_leak::RULE,
    &random::RULE,
    &sdist::RULE,
    &sort_locale::RULE,
    &tar::RULE,
    &tex::RULE,
    &umask_cp::RULE,
    &zip::RULE,
];

/// Whether a build may run this script: not a test, nothing that is installed to be run later, not what `autoconf` made.
fn is_build(code: &Code<'_>) -> bool {
    !is_test_path(code.path)
        && !build_file::is_fetched(code.path)
        && !is_spec_of_copy(code.path)
        && !is_run_later(code.path)
        && code.file_name() != "configure"
        && code.file_name() != "ltmain.sh"
        && (!is_makefile(code.path) || recipe_targets(code).is_none_or(|targets| !is_aside(targets)))
        && !only_tests(code.path, code.file())
}

/// Whether a file describes a package of a copy inside another project: nobody makes it.
fn is_spec_of_copy(path: &str) -> bool {
    path.contains(".spec") && build_file::is_vendored(path)
}

/// Whether the build runs this, and not a person or an installed program: it stands in a file of the build, or is named after what builds
/// do. For what every script may do with a file of its own.
fn is_run_by_build(code: &Code<'_>) -> bool {
    let inside = code.file().len() > code.text.len();
    is_build(code) && (inside || build_file::is_build_script(code.path))
}

/// Whether a time for what is made is set in the file, or by what runs it: packaging tools take it from their changelog.
fn sets_the_time(code: &Code<'_>) -> bool {
    code.file().contains("SOURCE_DATE_EPOCH") || code.path.starts_with("debian/") || code.path.ends_with(".spec")
}

/// The targets of the rule whose recipe this is, if it is one.
fn recipe_targets<'c>(code: &'c Code<'_>) -> Option<&'c str> {
    let before = code.file().get(..code.offset)?;
    // Of its own line only the tab is left out.
    let line = before.rsplit('\n').skip(1).take(500).find(|line| {
        !line.starts_with(['\t', '#', ' '])
            && !line.trim().is_empty()
            && !line.starts_with("if")
            && !line.starts_with("e")
    })?;
    let (targets, _) = line.split_once(':')?;
    (!targets.contains('=')).then_some(targets)
}

/// The commands that a command starts: of `xargs gzip -9` and `find -exec gzip -9 {} ;` this is `gzip -9`. Its name is the first word.
fn started<'a, 't>(command: &'a Command<'t>) -> Option<&'a [Word<'t>]> {
    let words = command.words.as_slice();
    match command.name.as_str() {
        "xargs" => {
            let mut at = 0;
            while let Some(word) = words.get(at).filter(|word| word.text.starts_with('-')) {
                // These take a value of their own.
                at += if matches!(
                    word.text.as_str(),
                    "-I" | "-n" | "-P" | "-d" | "-L" | "-s" | "-a" | "-E"
                ) {
                    2
                } else {
                    1
                };
            }
            words.get(at..).filter(|rest| !rest.is_empty())
        }
        "find" => {
            let from = words
                .iter()
                .position(|word| matches!(word.text.as_str(), "-exec" | "-execdir" | "-ok"))?;
            let rest = words.get(from + 1..)?;
            let end = rest
                .iter()
                .position(|word| matches!(word.text.as_str(), ";" | "+" | "\\;"))
                .unwrap_or(rest.len());
            rest.get(..end).filter(|rest| !rest.is_empty())
        }
        _ => None,
    }
}

/// Programs of which the output depends on the order of what they are given.
const ORDERED: &[&str] = &[
    "tar",
    "bsdtar",
    "cat",
    "cpio",
    "zip",
    "ar",
    "jar",
    "cc",
    "gcc",
    "g++",
    "c++",
    "clang",
    "clang++",
    "cxx",
    "ld",
    "xgettext",
    "msgcat",
    "md5sum",
    "sha1sum",
    "sha256sum",
    "sha512sum",
    "mksquashfs",
    "7z",
    "javac",
    "valac",
    "pax",
    "link",
    "hostcc",
    "hostcxx",
];

/// Whether a program's output depends on the order of what it is given.
pub(super) fn is_ordered(name: &str) -> bool {
    ORDERED.contains(&name) || ["-gcc", "-g++", "-ld", "-ar"].iter().any(|end| name.ends_with(end))
}
