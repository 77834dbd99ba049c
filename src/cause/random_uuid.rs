//! random-uuid

use super::{Advice, Case, Cause, find, random_value::renamed};
use crate::model::{CauseId, Evidence};

fn uuid4(text: &[u8]) -> bool {
    let dashes = [8, 13, 18, 23];
    text.len() == 36
        && text.iter().enumerate().all(|(i, &c)| {
            if dashes.contains(&i) {
                c == b'-'
            } else {
                c.is_ascii_hexdigit()
            }
        })
        && text[14] == b'4'
        && matches!(text[19].to_ascii_lowercase(), b'8' | b'9' | b'a' | b'b')
}

/// UUIDs with the version and variant of a random one on both sides (RFC 9562, section 5.4).
pub struct RandomUuid;

impl Cause for RandomUuid {
    fn id(&self) -> CauseId {
        "random-uuid"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A random identifier (UUID version 4) is made anew in each build.",
            why: "Formats that ask for a unique id get a random one.",
            fix: "make it from content: a UUID version 5 of the name, seeded by SOURCE_DATE_EPOCH",
            references: &[
                "https://reproducible-builds.org/docs/randomness/",
                "https://www.rfc-editor.org/rfc/rfc9562",
            ],
        }
    }
    fn consistent(&self) -> bool {
        true
    }
    fn variations(&self) -> &'static [&'static str] {
        &["random", "time"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let part = |c: u8| c.is_ascii_hexdigit() || c == b'-';
        let accept = |pair: crate::model::Change| {
            let (x, y) = find::sides(case, pair);
            uuid4(x) && uuid4(y)
        };
        let found = find::only(case, find::words(case, part, accept));
        let own: Vec<_> = found
            .iter()
            .copied()
            .filter(|pair| own(case, *pair) || renamed(case, *pair))
            .collect();
        // Under any other key it may name an account, a disk or a key.
        match own.is_empty() {
            true => Evidence::likely(found).map(Evidence::hint),
            false => Evidence::likely(own),
        }
    }
}

/// Whether the id is that of the document, or of an element of it.
fn own(case: &Case<'_>, pair: crate::model::Change) -> bool {
    const FIELDS: &[&str] = &[
        "serialnumber",
        "documentnamespace",
        "identifier",
        "documentid",
        "instanceid",
        "uid",
    ];
    const ELEMENTS: &[&str] = &[
        "div", "span", "g", "path", "svg", "a", "p", "section", "table", "img", "h1", "h2", "h3", "use", "clippath",
        "rect",
    ];
    let before = find::before(&case.a.unit, pair.a.start, 100).replace('_', "");
    let said = |text: &str, field: &str| {
        let text = text.trim_end_matches(|c: char| !c.is_alphanumeric());
        text.strip_suffix(field)
            .is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || c == '-'))
    };
    if let Some(rest) = before.strip_suffix("urn:uuid:") {
        let key = case.name().rsplit('/').next().unwrap_or_default().to_lowercase();
        let tag = rest.rsplit('<').next().unwrap_or_default();
        let tag = tag.split([' ', '>']).next().unwrap_or_default();
        let alone = !rest.contains(|c: char| c.is_alphanumeric()) && FIELDS.contains(&key.as_str());
        return alone
            || ["dc:identifier", "id", "atom:id"].contains(&tag)
            || FIELDS.iter().any(|field| said(rest, field));
    }
    let Some((_, tag)) = before.rsplit_once('<') else {
        return false;
    };
    let element = tag.split(' ').next().unwrap_or_default();
    (tag.ends_with(" id=\"") || tag.ends_with(" id='")) && ELEMENTS.contains(&element)
        || matches!(element, "xmpmm:documentid>" | "xmpmm:instanceid>") && tag.ends_with('>')
}
