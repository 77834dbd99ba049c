//! random-value

use super::{Advice, Case, Cause, find};
use crate::model::{CauseId, Evidence};

/// Eight or more hexadecimal digits, or twelve or more letters and digits of mixed kind.
fn random(text: &[u8]) -> bool {
    let digits = text.iter().filter(|c| c.is_ascii_digit()).count();
    let hex = text.len() >= 8 && text.iter().all(u8::is_ascii_hexdigit) && digits > 0 && digits < text.len();
    let mixed = text.len() >= 12
        && digits >= 2
        && text.iter().any(u8::is_ascii_lowercase)
        && text.iter().any(u8::is_ascii_uppercase);
    let number = text.len() >= 6 && digits == text.len();
    hex || mixed || number
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
        let tokens = |text: &[u8]| find::runs(text, |c| c.is_ascii_alphanumeric() || c == b'_');
        let accept = |pair: crate::model::Change| {
            let (x, y) = find::sides(case, pair);
            x.len() == y.len() && random(x) && random(y)
        };
        let named = |pair: &crate::model::Change| {
            find::says(
                &find::before(&case.a.unit, pair.a.start, 32),
                &["nonce", "salt", "seed", "random", "rand"],
            )
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
        let mut all = find::around(case, tokens, accept);
        all.retain(|pair| !pinned(pair));
        let sure: Vec<_> = all.iter().copied().filter(named).collect();
        // Without a word that says so, a key exchanged by an attacker looks the same.
        if sure.is_empty() {
            Evidence::likely(all).map(Evidence::hint)
        } else {
            Evidence::likely(sure)
        }
    }
}
