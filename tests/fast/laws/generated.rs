//! The laws on artifacts that were never looked at: files in archives in archives, drawn at random and made smaller when one fails.
//! The seed is fixed, so that a failure comes again; `PROPTEST_CASES=N` draws N, `PROPTEST_RNG_SEED=N` others.

use super::lawful;
use flate2::{Compression, GzBuilder};
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};
use repro::model::{DiffReport, Verdict};
use std::{collections::BTreeSet, fmt::Write as _, io::Cursor, io::Write as _};

/// An artifact: a text, or a container of others.
#[derive(Clone, Debug)]
enum Node {
    Text(Vec<String>),
    Gzip(Box<Node>),
    Tar(Vec<Node>),
    Zip(Vec<Node>),
    Ar(Vec<Node>),
}

/// What a build may put into an artifact beside its content.
#[derive(Clone, Copy)]
struct Build {
    /// Seconds since 1970, in every header that has a time.
    time: u32,
    /// Which of the texts has one letter changed.
    changed: Option<usize>,
}

const FIRST: Build = Build {
    time: 1_709_630_142,
    changed: None,
};
const LATER: Build = Build {
    time: 1_732_124_884,
    changed: None,
};

impl Node {
    fn texts(&self) -> usize {
        match self {
            Self::Text(_) => 1,
            Self::Gzip(inner) => inner.texts(),
            Self::Tar(members) | Self::Zip(members) | Self::Ar(members) => members.iter().map(Self::texts).sum(),
        }
    }

    fn has_times(&self) -> bool {
        !matches!(self, Self::Text(_))
    }

    fn suffix(&self) -> &'static str {
        match self {
            Self::Text(_) => "txt",
            Self::Gzip(_) => "gz",
            Self::Tar(_) => "tar",
            Self::Zip(_) => "zip",
            Self::Ar(_) => "a",
        }
    }

    /// The bytes that a build makes. `text` counts the texts on the way.
    fn write(&self, build: Build, text: &mut usize) -> Vec<u8> {
        match self {
            Self::Text(lines) => {
                let mut bytes = format!("{}\n", lines.join("\n")).into_bytes();
                if build.changed == Some(*text) {
                    let last = bytes.len() - 2;
                    bytes[last] = if bytes[last] == b'q' { b'g' } else { b'q' };
                }
                *text += 1;
                bytes
            }
            Self::Gzip(inner) => {
                let inner = inner.write(build, text);
                let mut gzip = GzBuilder::new()
                    .mtime(build.time)
                    .write(Vec::new(), Compression::new(6));
                gzip.write_all(&inner).unwrap();
                gzip.finish().unwrap()
            }
            Self::Tar(members) => {
                let mut archive = tar::Builder::new(Vec::new());
                for (name, bytes) in written(members, build, text) {
                    let mut header = tar::Header::new_ustar();
                    header.set_mode(0o644);
                    header.set_mtime(build.time.into());
                    header.set_size(bytes.len() as u64);
                    archive.append_data(&mut header, name, &bytes[..]).unwrap();
                }
                archive.into_inner().unwrap()
            }
            Self::Zip(members) => {
                let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
                // Of the seconds, minutes and hours: the two times are in one year.
                let of_day = build.time % 86_400;
                let [hour, minute, second] =
                    [of_day / 3600, of_day / 60 % 60, of_day % 60].map(|part| u8::try_from(part).unwrap());
                let time = zip::DateTime::from_date_and_time(2024, 3, 5, hour, minute, second & !1).unwrap();
                let options = zip::write::SimpleFileOptions::default().last_modified_time(time);
                for (name, bytes) in written(members, build, text) {
                    archive.start_file(name, options).unwrap();
                    archive.write_all(&bytes).unwrap();
                }
                archive.finish().unwrap().into_inner()
            }
            Self::Ar(members) => {
                let mut archive = b"!<arch>\n".to_vec();
                for (name, bytes) in written(members, build, text) {
                    let mut header = String::new();
                    let (time, size) = (build.time, bytes.len());
                    writeln!(
                        header,
                        "{:<16}{time:<12}{:<6}{:<6}{:<8}{size:<10}`",
                        format!("{name}/"),
                        0,
                        0,
                        100_644
                    )
                    .unwrap();
                    archive.extend(header.into_bytes());
                    archive.extend(&bytes);
                    archive.resize(archive.len().next_multiple_of(2), b'\n');
                }
                archive
            }
        }
    }

    fn built(&self, build: Build) -> Vec<u8> {
        self.write(build, &mut 0)
    }
}

fn written(members: &[Node], build: Build, text: &mut usize) -> Vec<(String, Vec<u8>)> {
    let one = |(number, node): (usize, &Node)| (format!("m{number}.{}", node.suffix()), node.write(build, text));
    members.iter().enumerate().map(one).collect()
}

/// Words that are nothing but words: no dates, paths or digests.
fn text() -> impl Strategy<Value = Node> {
    let line = prop::collection::vec("[g-z]{2,9}", 1..6).prop_map(|words| words.join(" "));
    prop::collection::vec(line, 1..12).prop_map(Node::Text)
}

fn node() -> impl Strategy<Value = Node> {
    text().prop_recursive(3, 12, 3, |inner| {
        let members = || prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            inner.clone().prop_map(|inner| Node::Gzip(Box::new(inner))),
            members().prop_map(Node::Tar),
            members().prop_map(Node::Zip),
            members().prop_map(Node::Ar),
        ]
    })
}

/// A byte, and what becomes of it.
fn edit() -> impl Strategy<Value = (prop::sample::Index, u8)> {
    (any::<prop::sample::Index>(), any::<u8>())
}

fn config() -> Config {
    let asked = Config::default();
    let rng_seed = match asked.rng_seed {
        RngSeed::Random => RngSeed::Fixed(7),
        fixed @ RngSeed::Fixed(_) => fixed,
    };
    Config {
        failure_persistence: None,
        rng_seed,
        ..asked
    }
}

/// Compares by the laws, both ways round: the verdict and the causes are the same.
fn both_ways(a: &[u8], b: &[u8]) -> Result<DiffReport, TestCaseError> {
    let (there, back) = (law(a, b)?, law(b, a)?);
    let causes = |report: &DiffReport| report.findings.iter().map(|f| f.cause).collect::<BTreeSet<_>>();
    prop_assert_eq!(there.verdict, back.verdict);
    prop_assert_eq!(causes(&there), causes(&back));
    Ok(there)
}

fn law(a: &[u8], b: &[u8]) -> Result<DiffReport, TestCaseError> {
    lawful(a, b).map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(config())]

    /// However deep: times alone are explained, by the causes of times.
    #[test]
    fn times_are_explained_at_any_depth(node in node()) {
        let report = both_ways(&node.built(FIRST), &node.built(LATER))?;
        let expected = if node.has_times() { Verdict::Explained } else { Verdict::Identical };
        prop_assert_eq!(report.verdict, expected, "{:?}", report.unexplained);
        let times = ["archive-mtime", "ar-mtime", "gzip-mtime"];
        for finding in report.findings.iter().filter(|finding| !finding.knock_on) {
            prop_assert!(times.contains(&finding.cause), "{} at {}", finding.cause, finding.address);
        }
    }

    /// However deep: one changed letter is never explained, with other times or without.
    #[test]
    fn a_changed_letter_is_never_explained(node in node(), which in any::<prop::sample::Index>(), later in any::<bool>()) {
        let build = Build {
            changed: Some(which.index(node.texts())),
            ..if later { LATER } else { FIRST }
        };
        let report = both_ways(&node.built(FIRST), &node.built(build))?;
        prop_assert_eq!(report.verdict, Verdict::Different, "{:?}", report.findings);
    }

    /// Two artifacts that have nothing to do with each other, and one with some of its bytes changed.
    #[test]
    fn the_laws_hold_for_any_pair(a in node(), b in node(), edits in prop::collection::vec(edit(), 1..4)) {
        let (a, b) = (a.built(FIRST), b.built(LATER));
        both_ways(&a, &b)?;
        let mut broken = a.clone();
        for (place, byte) in edits {
            let place = place.index(broken.len());
            broken[place] = byte;
        }
        both_ways(&a, &broken)?;
    }
}
