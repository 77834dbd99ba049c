//! locale-numeric

use super::{Advice, Case, Cause, document, find};
use crate::model::{CauseId, Change, Evidence, FactKind, Known, Record};

/// Numbers with the decimal sign and the groups of another locale.
pub struct LocaleNumeric;

impl Cause for LocaleNumeric {
    fn id(&self) -> CauseId {
        "locale-numeric"
    }
    fn group(&self) -> &'static str {
        "locale"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The same number is written as another locale writes it.",
            why: "printf, awk, bc and formatting libraries follow LC_NUMERIC: 1.50 is 1,50, and 1,234,567 is 1.234.567.",
            fix: "LC_ALL=C.UTF-8 (or LC_NUMERIC=C) for the build; Python: no locale.setlocale; Java: String.format(Locale.ROOT, …)",
            references: &["https://reproducible-builds.org/docs/locales/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["locale"]
    }
    fn recorded(&self, case: &Case<'_>, records: [&Record; 2]) -> Option<[usize; 2]> {
        let [(at, x), (other, y)] = [decimal(records[0])?, decimal(records[1])?];
        let ends = |text: &[u8], sign: char| number(text).is_some_and(|number| number.signs.last() == Some(&sign));
        let written = |pair: &Change| {
            let (p, q) = find::sides(case, *pair);
            ends(p, x) && ends(q, y)
        };
        let all = claimed(case);
        (x != y && !all.is_empty() && all.iter().all(written)).then_some([at, other])
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let evidence = Evidence::likely(claimed(case))?;
        // A program reads another number there, or two.
        let read = document::prose(case) && case.kind != crate::model::Kind::Executable;
        Some(if read { evidence } else { evidence.hint() })
    }
}

/// The numbers that are the same but for how they are written, if nothing else differs.
fn claimed(case: &Case<'_>) -> Vec<Change> {
    let part = |c: u8| c.is_ascii_digit() || matches!(c, b'.' | b',' | b'\'') || c >= 0x80;
    let claims = find::words(case, part, |pair| {
        let (x, y) = find::sides(case, pair);
        number(x).is_some_and(|x| number(y).is_some_and(|y| same(&x, &y)))
    });
    find::only(case, claims)
}

/// The decimal sign of a record's locale, and the fact that tells the locale.
fn decimal(record: &Record) -> Option<(usize, char)> {
    // CLDR, numbers of each language; territories that write otherwise are left out.
    const COMMA: &[&str] = &[
        "cs", "da", "de", "el", "es", "fi", "fr", "hu", "id", "it", "nb", "nl", "pl", "pt", "ro", "ru", "sv", "tr",
        "uk",
    ];
    const OTHERWISE: &[&str] = &["de_CH", "de_LI", "es_MX", "es_US", "fr_CH", "it_CH"];
    const POINT: &[&str] = &["C", "POSIX", "en", "ja", "ko", "zh", "he", "th"];
    record.facts.iter().enumerate().find_map(|(at, fact)| {
        let Known::Text(locale) = &fact.value else { return None };
        let place = locale.split(['.', '@']).next().unwrap_or_default();
        let language = place.split('_').next().unwrap_or_default();
        let told = fact.kind == FactKind::Locale && !OTHERWISE.contains(&place);
        match told {
            true if COMMA.contains(&language) => Some((at, ',')),
            true if POINT.contains(&language) => Some((at, '.')),
            _ => None,
        }
    })
}

/// A number as it is written: its digits in groups, and what parts them.
struct Number {
    groups: Vec<usize>,
    digits: Vec<u8>,
    signs: Vec<char>,
}

/// Reads a number with at least one sign among its digits, or a whole one.
fn number(text: &[u8]) -> Option<Number> {
    let text = std::str::from_utf8(text).ok()?.trim_end_matches(['.', ',']);
    let sign = |c: char| {
        matches!(
            c,
            '.' | ',' | '\'' | '\u{a0}' | '\u{202f}' | '\u{2019}' | '\u{66b}' | '\u{66c}'
        )
    };
    let mut found = Number {
        groups: vec![0],
        digits: Vec::new(),
        signs: Vec::new(),
    };
    for c in text.chars() {
        match u8::try_from(c) {
            Ok(digit) if digit.is_ascii_digit() => {
                found.digits.push(digit);
                *found.groups.last_mut()? += 1;
            }
            _ if sign(c) => {
                found.signs.push(c);
                found.groups.push(0);
            }
            _ => return None,
        }
    }
    (!found.groups.contains(&0)).then_some(found)
}

/// Whether two ways to write a number are those of two locales: the same digits, and other signs at the same places, or groups of three on one
/// side only.
fn same(x: &Number, y: &Number) -> bool {
    if x.digits != y.digits || x.signs.len() + y.signs.len() == 0 {
        return false;
    }
    let grouped = |number: &Number| {
        number.groups.len() > 1 && number.groups[0] <= 3 && number.groups[1..].iter().all(|n| *n == 3)
    };
    // All signs but the last are the same, and one that stands twice parts groups.
    let even = |number: &Number| {
        let (last, groups) = match number.signs.split_last() {
            Some((last, groups)) => (Some(last), groups),
            None => (None, &[][..]),
        };
        let alike = groups.windows(2).all(|pair| pair[0] == pair[1]);
        let parted = groups.first().is_none_or(|sign| Some(sign) != last || grouped(number));
        let threes = groups.is_empty()
            || number.groups[0] <= 3
                && number.groups[1..=groups.len()]
                    .iter()
                    .take(groups.len())
                    .all(|n| *n == 3);
        alike && parted && (threes || groups.is_empty())
    };
    if !even(x) || !even(y) {
        return false;
    }
    if x.groups == y.groups {
        // Each sign of one side stands for one of the other.
        let pairs = || x.signs.iter().zip(&y.signs);
        let one = |(p, q): (&char, &char)| pairs().all(|(r, s)| (r == p) == (s == q));
        return x.signs != y.signs && pairs().all(one);
    }
    // One locale has no groups: `1234567.5` and `1.234.567,5`.
    let (long, short) = if x.signs.len() > y.signs.len() { (x, y) } else { (y, x) };
    let tail = short.signs.len();
    let whole: usize = short.groups[0];
    let groups = &long.groups[..long.groups.len() - tail];
    tail <= 1
        && groups.iter().sum::<usize>() == whole
        && groups.len() > 1
        && groups[0] <= 3
        && groups[1..].iter().all(|n| *n == 3)
        && long.groups[groups.len()..] == short.groups[1..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(x: &str, y: &str) -> bool {
        let (x, y) = (number(x.as_bytes()), number(y.as_bytes()));
        x.zip(y).is_some_and(|(x, y)| same(&x, &y) && same(&y, &x))
    }

    #[test]
    fn locales() {
        assert!(check("1.50", "1,50"));
        assert!(check("1,234,567.5", "1.234.567,5"));
        assert!(check("1234567.5", "1.234.567,5"));
        assert!(check("1,234,567", "1\u{202f}234\u{202f}567"));
        assert!(check("1234", "1,234"));
        assert!(check("1234.5", "1,234.5"));
    }

    #[test]
    fn others() {
        assert!(!check("1.50", "1,51"), "another digit");
        assert!(!check("1.50", "15.0"), "another place");
        assert!(!check("150", "1,50"), "no group");
        assert!(!check("1.2.3", "1,2,3"), "a version");
        assert!(!check("10.0.0.1", "10,0,0,1"), "an address");
        assert!(!check("1.50", "1.50"), "the same");
    }
}
