//! The source that an attestation must name, so that what another project built under the same name does not count.
//!
//! Only `externalParameters.source` is asked: what a statement lists under `resolvedDependencies` are the tools of the build, and
//! whoever names a tool as its source would have every project that uses it.

use crate::{
    attest::{dsse::cut, statement::Statement},
    bytes::digest::is_hex,
    model::EnvelopeState,
    notation::Unreadable,
};
use std::fmt;

/// A source that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// By its URI, to the letter.
    Uri(String),
    /// By a digest, of this algorithm if one is named.
    Digest(Option<String>, String),
}

/// Algorithms of digests that a source may be named by, as in-toto spells them.
const ALGORITHMS: &[(&str, &[usize])] = &[
    ("sha256", &[64]),
    ("sha512", &[128]),
    ("blake3", &[64]),
    ("gitCommit", &[40, 64]),
    ("gitTree", &[40, 64]),
    ("reproTree", &[64]),
];

impl Wanted {
    /// `https://…`, `gitCommit:…`, or 40 or 64 hexadecimal digits.
    ///
    /// # Errors
    /// It is none of them.
    pub fn read(word: &str) -> Result<Self, Unreadable> {
        let hex = word.to_ascii_lowercase();
        if is_hex(&hex, 40) || is_hex(&hex, 64) {
            return Ok(Self::Digest(None, hex));
        }
        let (scheme, rest) = word.split_once(':').unwrap_or_default();
        if let Some((name, lengths)) = ALGORITHMS.iter().find(|(name, _)| *name == scheme) {
            let hex = rest.to_ascii_lowercase();
            return match lengths.iter().any(|length| is_hex(&hex, *length)) {
                true => Ok(Self::Digest(Some((*name).to_owned()), hex)),
                false => Err(Unreadable::not(rest, format_args!("a digest of {name}"))),
            };
        }
        let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(letters);
        match scheme && !rest.is_empty() && !word.chars().any(char::is_whitespace) {
            true => Ok(Self::Uri(word.to_owned())),
            false => Err(Unreadable::said(word, "give a URI, or a digest as gitCommit:0123…")),
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uri(uri) => f.write_str(uri),
            Self::Digest(None, hex) => f.write_str(hex),
            Self::Digest(Some(name), hex) => write!(f, "{name}:{hex}"),
        }
    }
}

/// Why a statement is not bound to all these sources.
pub(super) fn unbound(statement: &Statement, wanted: &[Wanted]) -> Option<(EnvelopeState, String)> {
    let source = statement.source.clone().unwrap_or_default();
    wanted.iter().find_map(|wanted| {
        let told: Vec<String> = match wanted {
            Wanted::Uri(_) => source.uri.iter().cloned().collect(),
            Wanted::Digest(name, _) => source
                .digest
                .iter()
                .filter(|(known, _)| name.as_ref().is_none_or(|name| name == *known))
                .map(|(_, value)| value.clone())
                .collect(),
        };
        let (Wanted::Uri(value) | Wanted::Digest(_, value)) = wanted;
        if told.contains(value) {
            return None;
        }
        let what = match wanted {
            Wanted::Uri(_) => "URI".to_owned(),
            Wanted::Digest(None, _) => "digest".to_owned(),
            Wanted::Digest(Some(name), _) => name.clone(),
        };
        Some(match told.first() {
            None => (
                EnvelopeState::NoSource,
                format!("it names no source by {what}, so nothing says that it is of the one asked for"),
            ),
            Some(told) => (
                EnvelopeState::OtherSource,
                format!("its source is {:?}, not the one asked for", cut(told)),
            ),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_and_digests_are_told_apart_and_others_refused() {
        let (hex, commit) = ("a".repeat(64), "b".repeat(40));
        assert_eq!(Wanted::read(&hex), Ok(Wanted::Digest(None, hex.clone())));
        assert_eq!(
            Wanted::read(&commit.to_uppercase()),
            Ok(Wanted::Digest(None, commit.clone()))
        );
        let named = Wanted::Digest(Some("gitCommit".to_owned()), commit.clone());
        assert_eq!(Wanted::read(&format!("gitCommit:{commit}")), Ok(named));
        let uri = "git+https://example.org/x.git";
        assert_eq!(Wanted::read(uri), Ok(Wanted::Uri(uri.to_owned())));
        for word in ["", "x", "sha256:12", "1:2", "https:", ":x", "git+https://a b"] {
            assert!(Wanted::read(word).is_err(), "{word}");
        }
    }
}
