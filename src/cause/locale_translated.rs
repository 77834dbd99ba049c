//! locale-translated

use super::{Advice, Case, Cause, document, find};
use crate::model::{CauseId, Change, Evidence, Span};

/// Names of each month and of each day in English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish and Polish (where a
/// date has the genitive, that one), full and short.
const NAMES: [&str; 19] = [
    "january jan januar januari janvier janv enero ene gennaio gen janeiro stycznia sty januar",
    "february feb februar februari février févr febrero febbraio fevereiro fev lutego lut",
    "march mar märz mär mrz mars marzo março maart mrt marca",
    "april apr avril avr abril abr aprile kwietnia kwi",
    "may mai mayo maggio mag maio mei maj maja",
    "june jun juni juin junio giugno giu junho czerwca cze",
    "july jul juli juillet juil julio luglio lug julho lipca lip",
    "august aug août agosto ago augustus augusti sierpnia sie",
    "september sep sept septembre septiembre settembre set setembro września wrz",
    "october oct oktober okt octobre octubre ottobre ott outubro out października paź",
    "november nov novembre noviembre novembro listopada lis",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro grudnia gru",
    "monday mon montag mo lundi lun lunes lunedì segunda maandag ma måndag mån poniedziałek pon",
    "tuesday tue dienstag di mardi martes martedì mar terça dinsdag tisdag tis wtorek wto",
    "wednesday wed mittwoch mi mercredi mer miércoles mié mercoledì quarta woensdag wo onsdag ons środa śro",
    "thursday thu donnerstag do jeudi jeu jueves jue giovedì gio quinta donderdag torsdag tor czwartek czw",
    "friday fri freitag fr vendredi ven viernes vie venerdì sexta vrijdag vr fredag fre piątek pią",
    "saturday sat samstag sa samedi sam sábado sáb sabato sab zaterdag za lördag lör sobota sob",
    "sunday sun sonntag so dimanche dim domingo dom domenica zondag zo söndag sön niedziela nie",
];

/// Names of months and days in two languages.
pub struct LocaleTranslated;

impl Cause for LocaleTranslated {
    fn id(&self) -> CauseId {
        "locale-translated"
    }
    fn group(&self) -> &'static str {
        "locale"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Text was written in the language of the builder.",
            why: "strftime, gettext and their kin follow LC_TIME, LC_MESSAGES and LANGUAGE.",
            fix: "LC_ALL=C.UTF-8, and LANGUAGE unset, for the build",
            references: &["https://reproducible-builds.org/docs/locales/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["locale"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let read = document::prose(case) || document::build_record(case) || case.survey.commented(case, case.open);
        if !find::textual(case) || !read {
            return None;
        }
        let part = |c: u8| c.is_ascii_alphabetic() || c >= 0x80 || c == b'.';
        let claims = find::words(case, part, |pair| {
            let (x, y) = find::sides(case, pair);
            let (x, y) = (name(x), name(y));
            x.iter().any(|place| y.contains(place)) && dated(&case.a.unit, pair.a) && dated(&case.b.unit, pair.b)
        });
        // Another word that changed beside them is no translation.
        let covered = |change: &Change| claims.iter().any(|c| c.a.contains(change.a) && c.b.contains(change.b));
        let all = case.open.iter().all(covered);
        Evidence::likely(all.then_some(claims)?)
    }
}

/// The word is part of a date: right beside it, over spaces and punctuation, stand a day or a year, or other names of the date and
/// then those, and a year is among them.
fn dated(text: &[u8], word: Span) -> bool {
    let joins = |c: u8| b" ,.-/\t".contains(&c);
    let part = |c: u8| c.is_ascii_alphanumeric() || c >= 0x80 || c == b':';
    // Up to six words on each side, as far as they belong to a date.
    let mut near: Vec<&[u8]> = Vec::new();
    for forth in [true, false] {
        let mut rest = if forth { &text[word.end..] } else { &text[..word.start] };
        for _ in 0..6 {
            let skip = |run: &dyn Fn(u8) -> bool, rest: &[u8]| {
                if forth {
                    rest.iter().take_while(|&&c| run(c)).count()
                } else {
                    rest.iter().rev().take_while(|&&c| run(c)).count()
                }
            };
            let gap = skip(&joins, rest);
            rest = if forth { &rest[gap..] } else { &rest[..rest.len() - gap] };
            let length = skip(&part, rest);
            let (found, left) = if forth {
                rest.split_at(length)
            } else {
                let (left, found) = rest.split_at(rest.len() - length);
                (found, left)
            };
            let number = !found.is_empty() && found.iter().all(|c| c.is_ascii_digit() || *c == b':');
            if gap == 0 && length > 0 && near.is_empty() || gap > 3 || !number && name(found).is_empty() {
                break;
            }
            near.push(found);
            rest = left;
        }
    }
    let value = |text: &&[u8]| std::str::from_utf8(text).ok()?.parse::<u32>().ok();
    let numbers: Vec<u32> = near.iter().filter_map(value).collect();
    let year = |n: &&u32| (1970..2200).contains(*n);
    let day = |n: &&u32| (1..32).contains(*n);
    numbers.iter().any(|n| year(&n)) && numbers.iter().any(|n| day(&n))
}

/// The months and days that a word can name.
fn name(word: &[u8]) -> Vec<usize> {
    let word = String::from_utf8_lossy(word).to_lowercase();
    let word = word.trim_end_matches('.');
    (0..NAMES.len())
        .filter(|&i| NAMES[i].split(' ').any(|known| known == word))
        .collect()
}
