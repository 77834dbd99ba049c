//! random-value

use super::{Advice, Case, Cause, find};
use crate::model::{CauseId, Evidence};

/// Eight or more hexadecimal digits, or twelve or more letters and digits of mixed kind. Not a number: it counts or
/// limits something.
fn random(text: &[u8]) -> bool {
    let digits = text.iter().filter(|c| c.is_ascii_digit()).count();
    let hex = text.len() >= 8 && text.iter().all(u8::is_ascii_hexdigit) && digits > 0 && digits < text.len();
    let mixed = text.len() >= 12
        && digits >= 2
        && text.iter().any(u8::is_ascii_lowercase)
        && text.iter().any(u8::is_ascii_uppercase);
    // A letter or a few before hexadecimal digits: `m24bbd9ae7d`.
    let letters = text
        .iter()
        .take_while(|c| !c.is_ascii_hexdigit() && c.is_ascii_alphabetic())
        .count();
    let tail = &text[letters..];
    let named = (1..=4).contains(&letters) && tail.len() >= 8 && tail.iter().all(u8::is_ascii_hexdigit) && digits >= 2;
    hex || mixed || named
}

/// Tokens of equal length that look random on both sides.
pub struct RandomValue;

impl Cause for RandomValue {
    fn id(&self) -> CauseId {
        "random-value"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A random value is made anew in each build.",
            why: "A salt, nonce, scope id or anchor comes from a random number generator.",
            fix: "seed it from the content or from SOURCE_DATE_EPOCH",
            references: &["https://reproducible-builds.org/docs/randomness/"],
        }
    }
    fn consistent(&self) -> bool {
        true
    }
    fn variations(&self) -> &'static [&'static str] {
        &["random", "aslr", "pid"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let part = |c: u8| c.is_ascii_alphanumeric() || c == b'_';
        let accept = |pair: crate::model::Change| {
            let (x, y) = find::sides(case, pair);
            x.len() == y.len() && random(x) && random(y)
        };
        // The nonce of a page's script, and the name of an element that is renamed with all that speak of it, mean nothing outside.
        let named = |pair: &crate::model::Change| {
            let before = find::before(&case.a.unit, pair.a.start, 80);
            let tag = before.rsplit_once('<').map_or("", |(_, tag)| tag);
            let script = (tag.starts_with("script") || tag.starts_with("style")) && tag.ends_with(" nonce=\"");
            script || anchor(case, *pair)
        };
        // A digest or fingerprint tells which bytes to trust: another one trusts other bytes.
        let pinned = |pair: &crate::model::Change| {
            let before = find::before(&case.a.unit, pair.a.start, 32);
            let words = ["integrity", "digest", "checksum", "fingerprint", "hash"];
            find::says(&before, &words)
                || ["sha1", "sha256", "sha384", "sha512", "md5", "blake3"]
                    .iter()
                    .any(|w| before.contains(w))
        };
        let mut all = find::words(case, part, accept);
        all.retain(|pair| !pinned(pair) && !listed(case, *pair));
        let sure: Vec<_> = all.iter().copied().filter(named).collect();
        // Without a word that says so, a key exchanged by an attacker looks the same.
        if sure.is_empty() {
            Evidence::likely(all).map(Evidence::hint)
        } else {
            Evidence::likely(sure)
        }
    }
}

/// Whether a token is the digest of a file in a list of such: it stands first in its line, before a size or a name.
fn listed(case: &Case<'_>, pair: crate::model::Change) -> bool {
    let (before, rest) = case.a.unit.split_at(pair.a.start);
    let token = rest.get(..pair.a.len()).unwrap_or_default();
    let digest = matches!(token.len(), 32 | 40 | 64 | 96 | 128) && token.iter().all(u8::is_ascii_hexdigit);
    let behind = rest.get(pair.a.len()..).unwrap_or_default();
    digest && before.trim_ascii().is_empty() && behind.starts_with(b" ") && !behind.trim_ascii().is_empty()
}

/// Larger documents are not searched.
const LARGEST: usize = 256 << 10;

/// Whether the token is what an element of its document is called, or a reference to one.
fn anchor(case: &Case<'_>, pair: crate::model::Change) -> bool {
    let before = find::before(&case.a.unit, pair.a.start, 40);
    let reference = ["id=\"", "href=\"#", "url(#"].iter().any(|mark| before.ends_with(mark));
    reference && renamed(case, pair)
}

/// Whether a document's element is called so: each side has its own name, and nowhere the other's.
pub(crate) fn renamed(case: &Case<'_>, pair: crate::model::Change) -> bool {
    let Some(member) = case.survey.container(case) else {
        return false;
    };
    let markup = [".svg", ".html", ".htm", ".xhtml"]
        .iter()
        .any(|suffix| member.name.ends_with(suffix));
    if !markup || member.a.len().max(member.b.len()) > LARGEST {
        return false;
    }
    let (x, y) = find::sides(case, pair);
    let has = |text: &[u8], token: &[u8]| memchr::memmem::find(text, token).is_some();
    let defines = |text: &[u8], token: &[u8]| has(text, &[b" id=\"", token, b"\""].concat());
    defines(&member.a, x) && defines(&member.b, y) && !has(&member.a, y) && !has(&member.b, x)
}
