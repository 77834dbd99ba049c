//! Paths in text, and the pairs of build roots that they show.

pub use super::survey::Roots;

use super::{Survey, document, find};
use crate::model::{Change, Difference, Span};

/// What a path goes on with.
pub fn part(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c >= 0x80 || b"/._-+~@%".contains(&c)
}

/// Whether a path leaves a folder again: `x/../y` is any folder.
pub(crate) fn climbs(path: &[u8]) -> bool {
    path.split(|&c| c == b'/').any(|part| part == b"..")
}

/// Paths that start at `/`, as far as the text goes on like a path.
pub fn paths(text: &[u8]) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(slash) = memchr::memchr(b'/', &text[at..]).map(|i| at + i) {
        let end = slash + text[slash..].iter().take_while(|&&c| part(c)).count();
        // `x/y`, `http://`: not the beginning of an absolute path. An option may stand right before one (`-I/build`).
        let before = text[..slash]
            .iter()
            .rev()
            .take_while(|&&c| part(c) && c != b'/')
            .count();
        let option = before > 0 && before <= 3 && text[slash - before] == b'-';
        let scheme = slash > 0 && text[slash - 1] == b':' && text[slash..].starts_with(b"//");
        if (before == 0 || option) && !scheme && end > slash + 1 {
            found.push(Span::new(slash, end));
        }
        at = end.max(slash + 1);
    }
    found
}

/// Splits two paths into prefixes that differ and a common rest of whole components.
pub fn split(a: &[u8], b: &[u8]) -> Option<(usize, usize)> {
    let (mut x, mut y) = (a.len(), b.len());
    while x > 0 && y > 0 && a[x - 1] == b[y - 1] {
        x -= 1;
        y -= 1;
    }
    // Back to where a component begins on both sides (or the whole of both paths).
    let forward = a[x..].iter().position(|&c| c == b'/').unwrap_or(a.len() - x);
    let (x, y) = (x + forward, y + forward);
    (x > 1 && y > 1 && a[..x] != b[..y]).then_some((x, y))
}

/// Folders in which things are built; a path elsewhere names something that is installed.
const BUILD: &[&[u8]] = &[
    b"/build",
    b"/builddir",
    b"/buildroot",
    b"/tmp/",
    b"/var/tmp/",
    b"/home/",
    b"/root/",
    b"/usr/src/",
    b"/workspace",
    b"/workdir",
    b"/work/",
    b"/src/",
    b"/mnt/",
    b"/data/",
    b"/srv/",
    b"/var/lib/jenkins",
    b"/var/lib/buildkite",
    b"/opt/build",
    b"/Users/",
    b"/private/",
    b"/github/",
    b"/__w/",
    b"/go/src/",
    b"/nix/var/",
    b"/nonexistent",
    b"/app/",
    b"/project",
    b"/usr/local/src/",
    b"/var/cache/",
    b"/dev/shm/",
    b"/rpmbuild",
    b"/scratch",
    b"/usr/obj/",
];

/// True for a folder in which things are built.
pub(crate) fn buildish(root: &[u8]) -> bool {
    BUILD
        .iter()
        .any(|known| root.starts_with(known) || (known.ends_with(b"/") && &known[..known.len() - 1] == root))
}

/// The path pairs of a difference that can come from two build roots: one for each change, as spans of the differing prefixes.
pub fn pairs(difference: &Difference, open: &[Change]) -> Vec<(Change, Roots)> {
    let (a, b): (&[u8], &[u8]) = (&difference.a.unit, &difference.b.unit);
    let (pa, pb) = (paths(a), paths(b));
    let mut found: Vec<(Change, Roots)> = Vec::new();
    for change in open {
        let hold = |all: &[Span], span: Span| all.iter().find(|p| p.contains(span)).copied();
        let (Some(x), Some(y)) = (hold(&pa, change.a), hold(&pb, change.b)) else {
            continue;
        };
        let Some((p, q)) = split(&a[x.start..x.end], &b[y.start..y.end]) else {
            continue;
        };
        if climbs(&a[x.start..x.end]) || climbs(&b[y.start..y.end]) {
            continue;
        }
        let claim = Change {
            a: Span::at(x.start, p),
            b: Span::at(y.start, q),
        };
        if claim.a.contains(change.a) && claim.b.contains(change.b) && !found.iter().any(|(c, _)| *c == claim) {
            found.push((
                claim,
                (
                    a[claim.a.start..claim.a.end].to_vec(),
                    b[claim.b.start..claim.b.end].to_vec(),
                ),
            ));
        }
    }
    found
}

/// Whether everybody may write to a folder: what is read from there is anybody's.
fn public(root: &[u8]) -> bool {
    let folders: [&[u8]; 6] = [
        b"/tmp",
        b"/var/tmp",
        b"/dev/shm",
        b"/run/shm",
        b"/private/tmp",
        b"/var/lock",
    ];
    folders.iter().any(|folder| {
        root.strip_prefix(*folder)
            .is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
    })
}

/// Two folders to which the same people may write.
pub fn alike((a, b): &Roots) -> bool {
    public(a) == public(b)
}

/// A folder whose name says that things are built in it.
pub(crate) fn building(root: &[u8]) -> bool {
    root.split(|&c| c == b'/').any(|part| {
        let words: [&[u8]; 4] = [b"build", b"_build", b"rpmbuild", b"pbuilder"];
        words.iter().any(|word| part.starts_with(word))
    })
}

/// The pairs of roots that a difference shows by itself, in a place that records them: two prefixes of one rest, two build folders
/// of debug information, or two that a word calls so. Two whole paths may just be two files.
pub fn roots(difference: &Difference, survey: &Survey) -> Vec<Roots> {
    let shown = |(change, roots): &(Change, Roots)| records(difference, survey, change, roots);
    pairs(difference, &difference.changes)
        .into_iter()
        .filter(shown)
        .map(|(_, roots)| roots)
        .collect()
}

/// Whether a pair of roots stands where the folder of a build is recorded.
pub fn records(difference: &Difference, survey: &Survey, change: &Change, roots: &Roots) -> bool {
    let key = || {
        let before = find::before(&difference.a.unit, change.a.start, 40);
        let name = before.trim_end_matches([' ', '"', '\'', '=', ':']);
        let word = name.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next();
        let called = name.len() < before.len() && word.is_some_and(|word| ROOT.contains(&word));
        called && document::generated_code(difference, survey) && neighbours(roots)
    };
    let known = buildish(&roots.0) && buildish(&roots.1);
    if difference.inert {
        // What is installed there differs with the tools, and not with the folder of the build.
        let installed = |root: &[u8]| SYSTEM.iter().any(|system| root.starts_with(system));
        return !(installed(&roots.0) && installed(&roots.1));
    }
    if document::inert(difference, survey, change) {
        return known;
    }
    // A search path of the loader goes into every program that is linked.
    let linked = find::before(&difference.a.unit, change.a.start, 40).contains("rpath");
    known && alike(roots) && !linked && (key() || document::records_path(difference, survey, change))
}

/// Where systems keep what they install.
const SYSTEM: [&[u8]; 3] = [b"/usr/lib", b"/usr/include", b"/usr/share"];

/// Two build folders beside each other.
fn neighbours((a, b): &Roots) -> bool {
    let parent = |root: &[u8]| {
        root.iter()
            .rposition(|&c| c == b'/')
            .map(|slash| root[..slash].to_vec())
    };
    parent(a) == parent(b) && building(a) && building(b)
}

/// Keys that name the folder of a build.
const ROOT: &[&str] = &[
    "builddir",
    "build_dir",
    "build_root",
    "buildroot",
    "srcdir",
    "src_dir",
    "top_builddir",
    "abs_builddir",
    "abs_top_builddir",
    "abs_srcdir",
    "abs_top_srcdir",
    "comp_dir",
];
