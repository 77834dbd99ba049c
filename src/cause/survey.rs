//! What is known of all differences together, gathered before any one is judged.

use super::{
    inert::{self, Inert},
    lone,
    passage::{self, READINGS, Reading},
    places::Places,
    scripts::scripts,
    uninitialised_memory,
};
use crate::model::{Blob, Change, Difference, Kind, Right, Role, Side, Span};
use md5::Digest;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

/// The directory in which a was built, and the one in which b was.
pub type Roots = (Vec<u8>, Vec<u8>);

/// Facts about the whole pair that one difference alone does not show.
#[derive(Default)]
pub struct Survey {
    /// Pairs of build roots (prefix in a, prefix in b), with how many differences show each, most first.
    pub roots: Vec<(Roots, usize)>,
    /// Differences of local times without a zone, in seconds, each once, sorted.
    pub(crate) local_shifts: Vec<i64>,
    /// Instants of both sides that the structure or a statement calls times of a build, each once, sorted.
    pub times: Vec<(i64, i64)>,
    /// Containers with a string of the form of `__DATE__` that differs.
    pub dated: BTreeSet<String>,
    /// Build IDs and the like that differ, in hex.
    pub identifiers: Vec<(String, String)>,
    /// What the differences of each container have in common.
    pub places: Places,
    /// Debug sections differ.
    pub debug: bool,
    pub(super) members: Vec<Member>,
    /// Members by their address.
    pub(super) by_address: BTreeMap<String, usize>,
    /// Members by the last component of their address.
    pub(super) by_name: BTreeMap<Vec<u8>, Vec<usize>>,
    /// Members that are looked for by digest alone, the smallest first.
    pub(super) by_size: OnceLock<Vec<usize>>,
    /// Members by a digest of side a that what holds them has recomputed, with that of side b.
    pub(super) known: BTreeMap<Vec<u8>, Vec<(Vec<u8>, usize)>>,
    /// The same by the digest of side a, once all have been read in vain.
    pub(super) by_digest: [OnceLock<BTreeMap<Vec<u8>, Vec<usize>>>; LENGTHS.len()],
}

/// A member whose bytes differ.
#[derive(Debug)]
pub struct Member {
    /// The way in.
    pub address: String,
    /// Its file name, which tells the language.
    pub name: String,
    /// Its bytes in a.
    pub a: Blob,
    /// In b.
    pub b: Blob,
    /// What kind of thing it is.
    pub(super) kind: Kind,
    /// Owners and modes of all that is in it, where some of them differ.
    pub(super) rights: Vec<Right>,
    /// What nothing acts on, on both sides, found when it is asked for.
    inert: [OnceLock<Inert>; 2],
    /// Runs of lines that differ, where it is a text.
    pub(super) hunks: Vec<Change>,
    /// Strings that only one side has, where it is a program, with those of the other side.
    pub(super) lone: lone::Pairs,
    /// Which of them say the same, by each reading.
    passages: [OnceLock<Vec<Change>>; READINGS],
    /// Whether all that differs is what nothing has set, once somebody has asked.
    unset: OnceLock<bool>,
    /// Whether both sides hold certain words, once somebody has asked.
    said: OnceLock<bool>,
    /// Scripts of both sides, where it is a page.
    scripts: [OnceLock<Vec<Span>>; 2],
    /// Digests of both sides that what holds it has recomputed.
    pub(super) known: Vec<(Vec<u8>, Vec<u8>)>,
    /// Digests of both sides by each algorithm: several lines may ask for one.
    digests: [[OnceLock<Vec<u8>>; 2]; LENGTHS.len()],
}

impl Member {
    /// A member, or the artifact itself (its address is empty). `outer` is the artifact's file name: what is in a compressed file has
    /// no name of its own.
    pub fn new(address: String, a: Blob, b: Blob, kind: Kind, rights: Vec<Right>, outer: &str) -> Self {
        let name = match address.as_str() {
            "" => outer,
            "content" => outer.rsplit_once('.').map_or(outer, |(stem, _)| stem),
            address => address.rsplit('/').next().unwrap_or(address),
        };
        Self {
            name: name.to_owned(),
            address,
            a,
            b,
            kind,
            rights,
            inert: Default::default(),
            hunks: Vec::new(),
            lone: Vec::new(),
            passages: Default::default(),
            unset: OnceLock::new(),
            said: OnceLock::new(),
            scripts: Default::default(),
            known: Vec::new(),
            digests: Default::default(),
        }
    }
    /// The same, with digests of both sides that are known.
    pub fn called(mut self, digests: Vec<(Vec<u8>, Vec<u8>)>) -> Self {
        self.known = digests;
        self
    }
    /// Whether all that differs is what nothing has set.
    pub(crate) fn unset(&self) -> bool {
        *self.unset.get_or_init(|| uninitialised_memory::unset(&self.a, &self.b))
    }
    /// Whether both sides hold one of these words; asked with one list only.
    pub(crate) fn says_on_both_sides(&self, words: &[&str]) -> bool {
        let says = |bytes: &Blob| {
            words
                .iter()
                .any(|word| memchr::memmem::find(bytes, word.as_bytes()).is_some())
        };
        *self.said.get_or_init(|| says(&self.a) && says(&self.b))
    }
    fn digest(&self, which: usize, side: usize) -> &[u8] {
        let bytes = if side == 0 { &self.a } else { &self.b };
        self.digests[which][side].get_or_init(|| digest(which, bytes))
    }
    /// Whether these are the digests of both sides.
    fn has_digests(&self, which: usize, a: &[u8], b: &[u8]) -> bool {
        self.digest(which, 0) == a && self.digest(which, 1) == b
    }
    /// Whether these are digests of both sides, by an algorithm that gives so many bytes.
    pub(super) fn hashes(&self, a: &[u8], b: &[u8]) -> bool {
        let which = LENGTHS.iter().position(|&n| n == a.len() && n == b.len());
        which.is_some_and(|which| self.has_digests(which, a, b))
    }
    /// The text of side a around a difference, so many bytes before and behind it, in lower case.
    pub fn near(&self, difference: &Difference, reach: usize) -> String {
        let (from, to) = (
            difference.a.span.start.saturating_sub(reach),
            difference.a.span.end.saturating_add(reach).min(self.a.len()),
        );
        String::from_utf8_lossy(self.a.get(from..to).unwrap_or_default()).to_lowercase()
    }
    /// The passage that holds a difference of lines and can be read so.
    fn passage(&self, reading: Reading, difference: &Difference) -> Option<Change> {
        let own = Change {
            a: difference.a.span,
            b: difference.b.span,
        };
        let all =
            self.passages[reading as usize].get_or_init(|| passage::passages(reading, &self.a, &self.b, &self.hunks));
        let at = all.partition_point(|one| one.a.end < own.a.end || one.b.end < own.b.end);
        all.get(at).copied().filter(|one| passage::holds(one, &own))
    }
    /// What nothing acts on in a side.
    fn inert(&self, which: usize) -> &Inert {
        let text = if which == 0 { &self.a } else { &self.b };
        self.inert[which].get_or_init(|| inert::inert(&self.name, text))
    }
    /// Whether a range of a side's bytes lies in a comment that nothing acts on, or in a field that is only shown.
    fn commented(&self, which: usize, span: Span) -> bool {
        holds(&self.inert(which).comments, span) || self.shown(which, span)
    }
    /// Whether it lies in such a field.
    fn shown(&self, which: usize, span: Span) -> bool {
        holds(&self.inert(which).fields, span)
    }
}

/// Whether one of some ranges, in order, holds another.
fn holds(all: &[Span], span: Span) -> bool {
    let at = all.partition_point(|one| one.end < span.end);
    all.get(at).is_some_and(|one| one.contains(span))
}

/// Larger members are looked for by name only.
const UNNAMED: usize = 64 << 20;
/// Up to so many are looked through one by one.
const SCANNED: usize = 1000;
/// Digest algorithms by the length of their value in bytes.
const LENGTHS: [usize; 5] = [16, 20, 32, 48, 64];

impl Survey {
    /// The artifact or member in which a difference lies.
    pub fn container(&self, difference: &Difference) -> Option<&Member> {
        self.members.get(*self.by_address.get(difference.place())?)
    }

    /// The neighbouring lines of a difference that, read so, are the same on both sides.
    pub fn passage(&self, reading: Reading, difference: &Difference) -> Option<Change> {
        let member = self.container(difference).filter(|_| passage::lines(difference))?;
        member.passage(reading, difference)
    }

    /// Whether all of these parts of a difference lie in comments that nothing acts on, on both sides.
    pub fn commented(&self, difference: &Difference, claims: &[Change]) -> bool {
        self.within(difference, claims, Member::commented)
    }

    /// Whether they all lie in fields of a document that are only shown.
    pub fn shown(&self, difference: &Difference, claims: &[Change]) -> bool {
        self.within(difference, claims, Member::shown)
    }

    fn within(&self, difference: &Difference, claims: &[Change], inside: fn(&Member, usize, Span) -> bool) -> bool {
        let Some(member) = self.container(difference) else {
            return false;
        };
        let lies = |which: usize, side: &Side, span: Span| {
            side.present && side.unit.len() == side.span.len() && inside(member, which, span.shifted(side.span.start))
        };
        difference.role == Role::Text
            && claims
                .iter()
                .all(|claim| lies(0, &difference.a, claim.a) && lies(1, &difference.b, claim.b))
    }

    /// Whether a part of a page lies outside its scripts and where `shown` says, on both sides.
    pub(crate) fn outside_scripts(
        &self,
        difference: &Difference,
        change: &Change,
        shown: fn(&[u8], usize) -> bool,
    ) -> bool {
        let Some(member) = self.container(difference) else {
            return false;
        };
        let lies = |which: usize, text: &Blob, side: &Side, span: Span| {
            let span = span.shifted(side.span.start);
            let scripts = member.scripts[which].get_or_init(|| scripts(text));
            let at = scripts.partition_point(|script| script.end <= span.start);
            let inside = scripts.get(at).is_some_and(|script| script.start <= span.start);
            side.present && side.unit.len() == side.span.len() && !inside && shown(text, span.start)
        };
        lies(0, &member.a, &difference.a, change.a) && lies(1, &member.b, &difference.b, change.b)
    }

    /// The differing member whose digest is `a` on side a and `b` on side b; one that `line` names is tried first.
    pub(crate) fn member_of_digests(&self, a: &[u8], b: &[u8], line: &[u8]) -> Option<&Member> {
        let which = LENGTHS.iter().position(|&n| n == a.len())?;
        if a.len() != b.len() {
            return None;
        }
        if let Some(known) = self.known_member(a, b) {
            return Some(known);
        }
        let matches = |i: &&usize| self.members[**i].has_digests(which, a, b);
        let words = || {
            line.split(|&c| c.is_ascii_whitespace() || b"/\",:*()'=".contains(&c))
                .filter(|word| !word.is_empty())
        };
        let named = words()
            .filter_map(|word| self.by_name.get(word))
            .flatten()
            .find(matches);
        if let Some(&i) = named {
            return Some(&self.members[i]);
        }
        // It speaks of another.
        if words().any(|word| word.contains(&b'.') && self.by_name.contains_key(word)) {
            return None;
        }
        let all = self.by_size();
        // Equal ones have one size, so it is the first of them that is found; and what is large, as archives are, is rarely read.
        let scanned = all.len() <= SCANNED && self.by_digest[which].get().is_none();
        let found = match scanned.then(|| all.iter().find(matches)).flatten() {
            Some(found) => Some(found),
            None => self.by_digest(which).get(a)?.iter().find(matches),
        };
        found.map(|&i| &self.members[i])
    }

    /// The same, where what holds the member has recomputed the digests.
    pub(crate) fn known_member(&self, a: &[u8], b: &[u8]) -> Option<&Member> {
        let mut known = self.known.get(a)?.iter();
        known.find(|(other, _)| other == b).map(|(_, i)| &self.members[*i])
    }

    fn by_size(&self) -> &[usize] {
        self.by_size.get_or_init(|| {
            let small = |&i: &usize| self.members[i].a.len() <= UNNAMED && !self.members[i].address.is_empty();
            let mut all: Vec<usize> = (0..self.members.len()).filter(small).collect();
            all.sort_by_key(|&i| self.members[i].a.len());
            all
        })
    }

    fn by_digest(&self, which: usize) -> &BTreeMap<Vec<u8>, Vec<usize>> {
        self.by_digest[which].get_or_init(|| {
            let mut table: BTreeMap<Vec<u8>, Vec<usize>> = BTreeMap::new();
            for &i in self.by_size() {
                let digest = self.members[i].digest(which, 0).to_vec();
                table.entry(digest).or_default().push(i);
            }
            table
        })
    }

    /// Whether two instants are those of a known time of the same sides.
    pub fn vouches(&self, a: i64, b: i64) -> bool {
        self.times.binary_search(&(a, b)).is_ok()
    }

    /// Members whose bytes differ.
    pub fn members(&self) -> &[Member] {
        &self.members
    }
}

fn digest(which: usize, bytes: &[u8]) -> Vec<u8> {
    match which {
        0 => md5::Md5::digest(bytes).to_vec(),
        1 => sha1::Sha1::digest(bytes).to_vec(),
        2 => sha2::Sha256::digest(bytes).to_vec(),
        3 => sha2::Sha384::digest(bytes).to_vec(),
        _ => sha2::Sha512::digest(bytes).to_vec(),
    }
}
