//! What is compared as a listing: no byte of it can change without another listing, and none is read past the end.

use crate::support;
use repro::{
    format::FORMATS,
    model::{Blob, Body, Content, Opened, Part, Parts, Span, Value},
};
use std::{fs, path::Path};

/// Folders of the corpus whose files are listed.
const LISTED: &[(&str, &str)] = &[
    ("class", "cause/java-bytecode-nondeterminism/asm"),
    ("class", "format/class/changed"),
    ("axml", "format/axml/changed"),
    ("arsc", "format/arsc/changed"),
    ("dex", "format/dex/changed"),
];

fn opened(format: &str, bytes: Vec<u8>) -> Option<(Blob, Opened)> {
    let format = FORMATS.iter().find(|known| known.id() == format).unwrap();
    let blob = Blob::from(bytes);
    let opened = format.detect(&blob).then(|| format.open(&blob).ok())??;
    Some((blob, opened))
}

/// All listings in some parts, and all other bytes but those that are computed from the rest.
fn meaning(blob: &Blob, parts: &[Part], found: &mut Vec<u8>) -> Option<()> {
    for part in parts {
        let bytes = blob.slice(part.span);
        match &part.body {
            Body::Member(member) => match &member.content {
                Content::Encoded(decoder) => {
                    let decoded = decoder.decode(&bytes, 1 << 26).ok()?;
                    let Some(inside) = &member.inside else {
                        found.extend_from_slice(&decoded);
                        continue;
                    };
                    let Parts::Lazy(parse) = &inside.parts else {
                        panic!("the sections of a listing are at hand")
                    };
                    // Each line is in a section.
                    let sections = parse(&decoded).ok()?;
                    let whole: usize = sections.iter().map(|section| section.span.len()).sum();
                    assert_eq!(whole, decoded.len());
                    found.extend_from_slice(&decoded);
                }
                _ => found.extend_from_slice(&bytes),
            },
            Body::Field(_, Value::Derived { .. }) => {}
            Body::Group(group) => match &group.parts {
                Parts::Ready(parts) => meaning(blob, parts, found)?,
                Parts::Lazy(parse) => meaning(blob, &parse(blob).ok()?, found)?,
            },
            Body::Field(..) => found.extend_from_slice(&bytes),
        }
    }
    Some(())
}

fn of(format: &str, bytes: Vec<u8>) -> Option<Vec<u8>> {
    let (blob, opened) = opened(format, bytes)?;
    let mut found = Vec::new();
    meaning(&blob, &opened.parts, &mut found).map(|()| found)
}

/// What is recomputed, and so is no part of what a file means.
fn derived(format: &str, bytes: Vec<u8>) -> Vec<Span> {
    let (_, opened) = opened(format, bytes).unwrap();
    let field = |part: &Part| matches!(part.body, Body::Field(_, Value::Derived { valid: true })).then_some(part.span);
    opened.parts.iter().filter_map(field).collect()
}

fn files(folder: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(folder);
    let (a, b) = support::pair(&folder).unwrap();
    [a, b].iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn every_byte_of_a_listing_counts() {
    for (format, folder) in LISTED {
        for bytes in files(folder) {
            let whole = of(format, bytes.clone()).unwrap_or_else(|| panic!("{folder} is not listed"));
            let derived = derived(format, bytes.clone());
            let others = |at: &usize| !derived.iter().any(|span| span.contains(Span::at(*at, 1)));
            for at in (0..bytes.len()).filter(others) {
                for change in [0x01, 0x80, 0xff] {
                    let mut other = bytes.clone();
                    other[at] ^= change;
                    let same = of(format, other).as_ref() == Some(&whole);
                    assert!(!same, "{folder}: byte {at:#x} does not count");
                }
            }
        }
    }
}

#[test]
fn what_ends_early_is_not_listed_as_if_it_were_whole() {
    for (format, folder) in LISTED {
        for bytes in files(folder) {
            let whole = of(format, bytes.clone());
            for end in 0..bytes.len() {
                assert!(of(format, bytes[..end].to_vec()) != whole, "{folder}: cut at {end}");
            }
        }
    }
}

#[test]
fn numbers_that_lead_anywhere_are_refused() {
    for (format, folder) in LISTED.iter().chain(&[
        ("profile", "format/profile/order"),
        ("idsig", "format/idsig/signed-again"),
    ]) {
        let bytes = &files(folder)[0];
        for at in 4..bytes.len().min(4096) - 4 {
            for number in [0, 1, u32::MAX, i32::MAX as u32, 0x0100_0000] {
                let mut other = bytes.clone();
                other[at..at + 4].copy_from_slice(&number.to_le_bytes());
                // It is read or refused.
                let _ = of(format, other);
            }
        }
    }
}
