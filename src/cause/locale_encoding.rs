//! locale-encoding

use super::{Advice, Case, Cause, document, find, recoded::recoded};
use crate::model::{CauseId, Evidence};

/// The same text in two encodings.
pub struct LocaleEncoding;

impl Cause for LocaleEncoding {
    fn id(&self) -> CauseId {
        "locale-encoding"
    }
    fn group(&self) -> &'static str {
        "locale"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Text was written in the encoding of another locale.",
            why: "Programs that open files without an encoding take the one of the locale; characters that it lacks are replaced.",
            fix: "LC_ALL=C.UTF-8; PYTHONUTF8=1; name the encoding where the file is opened; -Dfile.encoding=UTF-8",
            references: &["https://reproducible-builds.org/docs/locales/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["locale"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        if recoded(case) {
            let all = case.survey.places.around(case).is_some_and(|place| !place.letters);
            let read = document::prose(case) || case.survey.commented(case, case.open);
            let words = prose(&case.a.unit) || prose(&case.b.unit);
            return Evidence::likely((all && read && words).then(|| case.open.to_vec())?);
        }
        if !document::prose(case) && !matches!(document::suffix(&document::name(case, case.survey)), "xml" | "svg") {
            return None;
        }
        let part = |c: u8| c.is_ascii_alphanumeric() || b"-_.".contains(&c);
        Evidence::likely(find::words(case, part, |pair| {
            let (x, y) = find::sides(case, pair);
            let before = find::before(&case.a.unit, pair.a.start, 40);
            let key = before.trim_end_matches(['"', '\'', ' ', '=', ':']);
            known(x) && known(y) && (key.ends_with("charset") || key.ends_with("encoding"))
        }))
    }
}

/// Several words, several letters outside ASCII among them; no path, pattern or value.
fn prose(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else {
        return false;
    };
    let word = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() > 1;
    let foreign = |word: &&str| !word.is_ascii();
    let whole = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count() > 2;
    let plain = |word: &str| {
        word.chars()
            .all(|c| c.is_alphabetic() || ".,;:!?'’()\"“”„«»-–—<>&#".contains(c))
    };
    text.split_whitespace().filter(word).count() > 1
        && text.chars().filter(|c| !c.is_ascii()).count() > 1
        && text
            .split_whitespace()
            .filter(foreign)
            .all(|word| plain(word) && whole(word))
        && !text.contains(['=', '*', '[', ']', '{', '}', '$', '|', '\\', '^'])
}

/// Names of the encodings of locales.
fn known(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name).to_lowercase();
    [
        "utf-8",
        "utf8",
        "us-ascii",
        "ascii",
        "ansi_x3.4-1968",
        "iso-8859-1",
        "iso8859-1",
        "iso-8859-15",
        "latin1",
        "windows-1252",
    ]
    .contains(&name.as_str())
}
