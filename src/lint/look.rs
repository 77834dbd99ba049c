//! What the rules find in one file.

use super::{Code, Hits, Language, Rule, embedded, found::Place, select::Rules};
use std::ops::Range;

/// Most places of one file.
const MOST: usize = 10_000;

/// Everything found in a file.
#[derive(Debug, Default)]
pub struct Looked {
    /// By place, then rule.
    pub places: Vec<Place>,
    /// Whether some of the code could not be parsed within the limits, so that something may be missing.
    pub(crate) given_up: bool,
    /// Whether there are more places than are told.
    pub full: bool,
}

/// Looks at a file of a known language. `siblings` answers [`Code::sibling`].
pub fn look(rules: &Rules, language: Language, path: &str, text: &str, siblings: &dyn Fn(&str) -> bool) -> Looked {
    let mut looked = Looked::default();
    if let Some(matcher) = rules.of(language) {
        let met = matcher.met(text);
        if !met.is_empty() {
            let code = Code::new(language, path, text, 0).within(text, siblings);
            for rule in met {
                looked.ask(rule, &code, text, None);
            }
            looked.given_up |= code.given_up();
        }
    }
    if let Some(shell) = rules.of(Language::Shell)
        && embedded::may_embed(language)
        && !shell.met(text).is_empty()
    {
        let found = embedded::shell(language, path, text);
        looked.given_up |= found.given_up;
        for code in found.codes {
            // One piece that takes the parser's whole time is enough.
            if looked.given_up {
                break;
            }
            let end = code.offset.saturating_add(code.text.len());
            let met = shell.met(text.get(code.offset..end).unwrap_or(&code.text));
            if met.is_empty() {
                continue;
            }
            let code = code.within(text, siblings);
            for rule in met {
                looked.ask(rule, &code, text, Some(language));
            }
            looked.given_up |= code.given_up();
        }
    }
    looked.tidy();
    looked
}

impl Looked {
    fn ask(&mut self, rule: &'static Rule, code: &Code<'_>, text: &str, host: Option<Language>) {
        let mut hits = Hits::default();
        (rule.check)(code, &mut hits);
        let moved = |span: Range<usize>| span.start.saturating_add(code.offset)..span.end.saturating_add(code.offset);
        let room = MOST.saturating_sub(self.places.len());
        self.full |= hits.0.len() > room;
        for hit in hits.0.into_iter().take(room) {
            let edit = hit.edit.filter(|(place, by)| {
                // What the mask has changed is not what the rule believes to replace.
                let same = match (code.text.get(place.clone()), text.get(moved(place.clone()))) {
                    (Some(seen), Some(there)) => seen == there,
                    _ => false,
                };
                same && host.is_none_or(|host| embedded::plain(host, by))
            });
            self.places.push(Place {
                rule,
                confidence: rule.confidence,
                span: moved(hit.span),
                message: hit.message,
                edit: edit.map(|(place, by)| (moved(place), by)),
                embedded: host.is_some(),
            });
        }
    }

    /// Puts the places in order. The same place is told once: by the rule of the file's own language where a shell rule says the same.
    fn tidy(&mut self) {
        self.places.sort_by(|x, y| {
            let key = |place: &Place| (place.span.start, place.span.end, place.embedded, place.rule.id);
            key(x).cmp(&key(y))
        });
        self.places
            .dedup_by(|next, kept| next.rule.id == kept.rule.id && next.span == kept.span);
        let own: Vec<(Range<usize>, &str)> = self
            .places
            .iter()
            .filter(|place| !place.embedded)
            .map(|place| (place.span.clone(), place.rule.cause))
            .collect();
        if own.is_empty() || own.len() == self.places.len() {
            return;
        }
        // Places are in order of their starts; the longest so far says how far back one can reach.
        let longest = own.iter().map(|(span, _)| span.len()).max().unwrap_or(0);
        self.places.retain(|place| {
            let from = own.partition_point(|(span, _)| span.start.saturating_add(longest) < place.span.start);
            let mut near = own
                .iter()
                .skip(from)
                .take_while(|(span, _)| span.start <= place.span.end);
            !place.embedded
                || !near.any(|(span, cause)| {
                    *cause == place.rule.cause && span.start < place.span.end && place.span.start < span.end
                })
        });
    }
}
