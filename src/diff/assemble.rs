//! From differences with their claims to the report.

use super::{
    detail, map, show,
    side::{describe, within},
};
use crate::{
    cause,
    compare::{Compared, Proved},
    model::{
        Artifact, Blob, Body, CauseId, Change, Claim, Confidence, Content, DiffReport, Difference, Finding, Member,
        Meter, Opened, Part, Parts, Place, RecordUse, Role, SideSpan, Span, Tool, Undetermined, Verdict, Warrant,
    },
    notation::hex,
};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::{cmp::Reverse, collections::BTreeMap};

/// Spans listed with one finding or place.
const SPANS: usize = 1000;
/// Unexplained places listed one by one; the rest is counted.
const PLACES: usize = 2000;
/// Bytes that are hashed before they are counted.
const PIECE: usize = 1 << 20;

/// What is compared: named as on the command line. A folder's digest covers its listing and, in its order, the digest of each file.
pub(super) fn artifact(name: &str, bytes: &Blob, listing: Option<&Opened>, meter: &Meter) -> Artifact {
    let mut size = bytes.len() as u64;
    let mut digest = hashed(bytes, meter);
    if let Some(listing) = listing {
        size = 0;
        let one = |entry| file(entry, meter);
        let files: Vec<(Vec<u8>, u64)> = listing.parts.par_iter().filter_map(one).collect();
        for (inner, length) in files {
            digest.update(inner);
            size += length;
        }
    }
    Artifact {
        path: name.to_owned(),
        sha256: hex(&digest.finalize()),
        size,
    }
}

/// Hashes in pieces, so that it is seen how far it is, and gives each back.
fn hashed(bytes: &Blob, meter: &Meter) -> Sha256 {
    let mut digest = Sha256::new();
    for start in (0..bytes.len()).step_by(PIECE) {
        let piece = bytes.slice(Span::at(start, PIECE));
        digest.update(&*piece);
        meter.done(piece.len() as u64);
        piece.release();
    }
    digest
}

/// Digest and size of the file that an entry of a listing stands for; an unreadable one is reported where it is compared.
fn file(entry: &Part, meter: &Meter) -> Option<(Vec<u8>, u64)> {
    let Body::Group(group) = &entry.body else { return None };
    let Parts::Ready(parts) = &group.parts else { return None };
    parts.iter().find_map(|part| match &part.body {
        Body::Member(Member {
            content: Content::External(decoder),
            ..
        }) => {
            let bytes = decoder.decode(&Vec::new().into(), u64::MAX).ok()?;
            let digest = hashed(&bytes, meter).finalize().to_vec();
            meter.file();
            Some((digest, bytes.len() as u64))
        }
        _ => None,
    })
}

/// Puts the report together.
pub(super) fn report(
    (a, b): (Artifact, Artifact),
    compared: Option<&Compared<Proved>>,
    proved: bool,
    mut undetermined: Vec<Undetermined>,
    stopped: bool,
    records: Vec<RecordUse>,
    details: bool,
) -> DiffReport {
    if stopped {
        // How far the comparison came depends on the threads; that it was stopped does not.
        let reason = "more decoded bytes, or more differences, than the limits allow".to_owned();
        undetermined = vec![Undetermined {
            address: String::new(),
            reason,
        }];
    }
    let entries = compared.map(Compared::located).unwrap_or_default();
    let findings = findings(&entries, &a.path, details);
    let (unexplained, unexplained_count) = places(&entries, &undetermined, details);
    let layout = compared.filter(|_| details).map(|pair| map::layout(pair, &findings));
    let verdict = if stopped {
        Verdict::Undetermined
    } else if compared.is_none() && undetermined.is_empty() {
        Verdict::Identical
    } else if !unexplained.is_empty() {
        Verdict::Different
    } else if !undetermined.is_empty() {
        Verdict::Undetermined
    } else if proved && findings.iter().all(warranted) {
        Verdict::Explained
    } else if proved {
        Verdict::Plausible
    } else {
        Verdict::Different
    };
    let reason = undetermined.first().filter(|_| verdict == Verdict::Undetermined);
    let reason = reason.map(|first| {
        [&first.address, ": ", &first.reason]
            .concat()
            .trim_start_matches(": ")
            .to_owned()
    });
    DiffReport {
        schema_version: 2,
        tool: Tool::SELF,
        a,
        b,
        verdict,
        reason,
        findings,
        unexplained,
        unexplained_count,
        undetermined,
        records,
        layout,
    }
}

/// Whether a finding needs nothing further: something shows it, or it only hints at bytes that another finding accounts for.
fn warranted(finding: &Finding) -> bool {
    finding.warrant.is_some() || finding.confidence == Confidence::Possible
}

/// What is one finding: a cause at one container, with one warrant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'e> {
    knock_on: bool,
    hint: bool,
    cause: CauseId,
    place: &'e str,
    warrant: Option<Warrant>,
}

/// A finding, while it is gathered.
struct Group<'e> {
    members: Vec<(&'e Compared<Proved>, &'e Proved, &'e Claim)>,
    weight: usize,
}

fn findings(entries: &[(&Compared<Proved>, &Proved)], outer: &str, details: bool) -> Vec<Finding> {
    let mut groups: BTreeMap<Key<'_>, Group<'_>> = BTreeMap::new();
    for (pair, entry) in entries {
        for claim in &entry.claims {
            let evidence = &claim.evidence;
            let key = Key {
                knock_on: evidence.knock_on,
                hint: !evidence.explains(),
                cause: claim.cause,
                place: entry.difference.place(),
                warrant: evidence.warrant,
            };
            let group = groups.entry(key).or_insert_with(|| Group {
                members: Vec::new(),
                weight: 0,
            });
            group.members.push((pair, entry, claim));
            group.weight += claim
                .evidence
                .claims
                .iter()
                .map(|c| c.a.len().max(c.b.len()))
                .sum::<usize>();
        }
    }
    // A cause counts with all it explains, wherever that is.
    let mut totals: BTreeMap<(bool, CauseId), usize> = BTreeMap::new();
    for (key, group) in &groups {
        *totals.entry((key.knock_on, key.cause)).or_default() += group.weight;
    }
    let mut ordered: Vec<_> = groups.into_iter().collect();
    // Root causes first, hints last; then by how much the cause explains, here and in all.
    ordered.sort_by_key(|(key, group)| {
        let total = totals.get(&(key.knock_on, key.cause)).copied().unwrap_or(0);
        (
            key.knock_on,
            key.hint,
            Reverse(total),
            key.cause,
            Reverse(group.weight),
            key.clone(),
        )
    });
    let mut room = detail::Room::new(details, ordered.len());
    ordered
        .into_iter()
        .filter_map(|(key, group)| finding(&key, &group, outer, &mut room))
        .collect()
}

/// What would show whether a hint is right: a build that varies only what brings its cause about.
fn settle(cause: &dyn cause::Cause, claim: &Claim) -> Option<String> {
    let variations = cause.variations();
    let asked = !claim.evidence.explains() && !variations.is_empty();
    asked.then(|| format!("repro build --variations {}", variations.join(",")))
}

fn finding(key: &Key<'_>, group: &Group<'_>, outer: &str, room: &mut detail::Room) -> Option<Finding> {
    let cause = cause::by_id(key.cause)?;
    let advice = cause.advice();
    let (pair, first, claim) = group.members.first()?;
    // The artifact itself has no address, but a name.
    let name = match first.difference.place() {
        "" => outer,
        place => place,
    };
    let (a, b) = show::pair(&first.difference, &claim.evidence.claims);
    let count = group.members.len();
    let address = common(
        group
            .members
            .iter()
            .map(|(_, entry, _)| entry.difference.address.as_str()),
    );
    let spans = group
        .members
        .iter()
        .flat_map(|(_, entry, c)| spans(&entry.difference, &c.evidence.claims))
        .take(SPANS)
        .collect();
    let excerpts = group.members.iter().take(room.take(count));
    let excerpts = excerpts.map(|(pair, entry, claim)| detail::excerpt(pair, entry, &claim.evidence.claims));
    Some(Finding {
        why: advice.why,
        excerpts: excerpts.collect(),
        cause: key.cause,
        group: cause.group(),
        confidence: claim.evidence.confidence,
        warrant: key.warrant,
        knock_on: key.knock_on,
        address,
        format: first.difference.format,
        count,
        summary: advice.what.to_owned(),
        fix: cause::fix(cause, pair.format, name, &pair.a).to_owned(),
        settle: settle(cause, claim),
        references: advice.references.to_vec(),
        a: a.text,
        b: b.text,
        marks: [a.marks, b.marks],
        spans,
    })
}

/// What the addresses have in common, component by component.
fn common<'s>(mut addresses: impl Iterator<Item = &'s str>) -> String {
    let Some(first) = addresses.next() else {
        return String::new();
    };
    let mut length = first.len();
    for other in addresses {
        let mut shared = 0;
        for (i, (x, y)) in first.bytes().zip(other.bytes()).enumerate() {
            if x != y {
                break;
            }
            let boundary = |s: &str| s.len() == i + 1 || s.as_bytes()[i + 1] == b'/';
            if boundary(first) && boundary(other) {
                shared = i + 1;
            }
        }
        length = length.min(shared);
    }
    first[..length].to_owned()
}

/// Where claims lie.
fn spans(difference: &Difference, changes: &[Change]) -> Vec<SideSpan> {
    let mut found = Vec::new();
    for change in changes {
        for (letter, side, span) in [('a', &difference.a, change.a), ('b', &difference.b, change.b)] {
            let within = within(side, span);
            if side.present {
                found.push(SideSpan {
                    side: letter,
                    offset: within.start as u64,
                    length: within.len() as u64,
                });
            }
        }
    }
    found.dedup_by_key(|span| (span.side, span.offset, span.length));
    found
}

/// Unexplained places up to a limit, and how many there are.
fn places(
    entries: &[(&Compared<Proved>, &Proved)],
    undetermined: &[Undetermined],
    details: bool,
) -> (Vec<Place>, usize) {
    // What could not be opened for a limit is undetermined, not unexplained.
    let known = |e: &Proved| {
        !undetermined
            .iter()
            .any(|u| u.address == e.difference.address || u.address == e.difference.place())
    };
    let open: Vec<&(&Compared<Proved>, &Proved)> =
        entries.iter().filter(|(_, e)| !e.open.is_empty() && known(e)).collect();
    // A long table must not keep what says more out of the list.
    let mut most: Vec<usize> = (0..open.len()).collect();
    most.sort_by_key(|&i| rank(open[i].1.difference.role));
    most.truncate(PLACES);
    most.sort_unstable();
    let listed = most.into_iter().map(|i| open[i]);
    (
        listed.map(|(pair, entry)| place(pair, entry, details)).collect(),
        open.len(),
    )
}

fn place(pair: &Compared<Proved>, entry: &Proved, details: bool) -> Place {
    let difference = &entry.difference;
    let (a, b) = show::pair(difference, &entry.open);
    let mut summary = describe(difference, &entry.open);
    if let Some(note) = &entry.note {
        summary = format!("{summary}; {note}");
    }
    Place {
        address: difference.address.clone(),
        container: difference.container,
        rank: rank(difference.role),
        format: difference.format,
        summary,
        a: a.text,
        b: b.text,
        marks: [a.marks, b.marks],
        spans: spans(difference, &entry.open).into_iter().take(SPANS).collect(),
        excerpt: details.then(|| Box::new(detail::excerpt(pair, entry, &entry.open))),
    }
}

/// What says most about the change first: members, lines, modes and code before the tables that follow from them.
fn rank(role: Role) -> u8 {
    match role {
        Role::Presence | Role::Mode | Role::Owner | Role::Name | Role::Link | Role::Text | Role::Order => 0,
        Role::Code | Role::String | Role::Version | Role::Signature => 1,
        Role::Data | Role::Content | Role::Reference => 2,
        _ => 3,
    }
}
