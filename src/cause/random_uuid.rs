//! random-uuid

use super::{Advice, Case, Cause, find};
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
        let tokens = |text: &[u8]| find::runs(text, |c| c.is_ascii_hexdigit() || c == b'-');
        let accept = |pair: crate::model::Change| {
            let (x, y) = find::sides(case, pair);
            // What names a disk, a class or an account that exists elsewhere is looked up by it.
            let names = [
                "partuuid",
                "luks",
                "clsid",
                "iid",
                "guid",
                "tenant",
                "client",
                "account",
                "subscription",
                "device",
                "key",
                "secret",
                "password",
                "token",
            ];
            let before = find::before(&case.a.unit, pair.a.start, 60);
            let disk = before.trim_start().starts_with("uuid=") || before.contains(" uuid=");
            uuid4(x) && uuid4(y) && !disk && !before.contains("://") && !find::says(&before, &names)
        };
        Evidence::likely(find::only(case, find::around(case, tokens, accept)))
    }
}
