//! What causes share: pairing tokens of the two sides around what differs, and the words before them.

use super::Case;
use crate::model::{Change, Difference, Kind, Role, Side, Span};

/// For each unclaimed change, the token (found by `tokens` in each unit) that holds it on both sides, where `accept` agrees with the
/// pair. The differing bytes must lie inside the tokens, and the tokens must begin at the same place: what comes before is equal.
pub fn around(case: &Case<'_>, tokens: impl Fn(&[u8]) -> Vec<Span>, accept: impl Fn(Change) -> bool) -> Vec<Change> {
    if !case.both() || case.open.is_empty() {
        return Vec::new();
    }
    paired(case, [tokens(&case.a.unit), tokens(&case.b.unit)], accept)
}

/// The same, of tokens that are at hand.
pub(crate) fn paired(case: &Case<'_>, tokens: [Vec<Span>; 2], accept: impl Fn(Change) -> bool) -> Vec<Change> {
    if !case.both() || case.open.is_empty() {
        return Vec::new();
    }
    let [ta, tb] = tokens.map(Tokens::of);
    matched(case, [&|span| ta.holding(span), &|span| tb.holding(span)], accept)
}

/// The same, where tokens are runs of bytes that `part` accepts: only those that change are looked at.
pub fn words(case: &Case<'_>, part: impl Fn(u8) -> bool, accept: impl Fn(Change) -> bool) -> Vec<Change> {
    if !case.both() {
        return Vec::new();
    }
    let run = |unit: &[u8], span: Span| {
        let (before, rest) = unit.split_at(span.start);
        let (inside, after) = rest.split_at(span.len());
        let run = |bytes: &mut dyn Iterator<Item = &u8>| bytes.take_while(|&&c| part(c)).count();
        let found = Span::new(
            span.start - run(&mut before.iter().rev()),
            span.end + run(&mut after.iter()),
        );
        (inside.iter().all(|&c| part(c)) && !found.is_empty()).then_some(found)
    };
    matched(
        case,
        [&|span| run(&case.a.unit, span), &|span| run(&case.b.unit, span)],
        accept,
    )
}

/// For each unclaimed change, the tokens of both sides that hold it.
fn matched(
    case: &Case<'_>,
    holding: [&dyn Fn(Span) -> Option<Span>; 2],
    accept: impl Fn(Change) -> bool,
) -> Vec<Change> {
    let changes = case.open;
    let ordered = changes
        .windows(2)
        .all(|pair| pair[0].a.end <= pair[1].a.start && pair[0].b.end <= pair[1].b.start);
    let first = |pair: &Change| {
        let before = |c: &Change| ordered && (c.a.start < pair.a.start || c.b.start < pair.b.start);
        let from = changes.partition_point(before);
        changes[from..].iter().find(|change| holds(pair, change))
    };
    let mut found: Vec<Change> = Vec::new();
    for change in changes {
        let near = found.iter().rev().take_while(|c| c.a.end >= change.a.start);
        if near.clone().any(|c| holds(c, change)) {
            continue;
        }
        let (Some(x), Some(y)) = (holding[0](change.a), holding[1](change.b)) else {
            continue;
        };
        let pair = Change { a: x, b: y };
        let first = first(&pair).unwrap_or(change);
        if first.a.start - x.start == first.b.start - y.start && accept(pair) {
            found.push(pair);
        }
    }
    found.shrink_to_fit();
    found
}

fn holds(token: &Change, change: &Change) -> bool {
    token.a.contains(change.a) && token.b.contains(change.b)
}

/// Tokens of one unit in order, each with how far it and those before it reach.
struct Tokens(Vec<(Span, usize)>);

impl Tokens {
    fn of(mut all: Vec<Span>) -> Self {
        all.sort_unstable();
        let reach = |reach: &mut usize, token: Span| {
            *reach = token.end.max(*reach);
            Some((token, *reach))
        };
        Self(all.into_iter().scan(0, reach).collect())
    }
    /// The longest that holds `span`: a date and time together rather than the date alone.
    fn holding(&self, span: Span) -> Option<Span> {
        let end = self.0.partition_point(|(token, _)| token.start <= span.start);
        let near = self.0[..end].iter().rev().take_while(|(_, reach)| *reach >= span.end);
        let held = near.map(|(token, _)| *token).filter(|token| token.contains(span));
        held.reduce(|longest, token| if token.len() > longest.len() { token } else { longest })
    }
}

/// Runs of bytes that `part` accepts.
pub fn runs(text: &[u8], part: impl Fn(u8) -> bool) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let length = text[at..].iter().take_while(|&&c| part(c)).count();
        if length > 0 {
            found.push(Span::at(at, length));
        }
        at += length.max(1);
    }
    found
}

/// The text of a unit before `at`, at most `reach` bytes of it and not over the beginning of its line, in lower case.
pub fn before(unit: &[u8], at: usize, reach: usize) -> String {
    let near = &unit[at.saturating_sub(reach)..at];
    let line = memchr::memrchr(b'\n', near).map_or(0, |i| i + 1);
    let text = String::from_utf8_lossy(&near[line..]);
    let mut words = String::with_capacity(text.len());
    let mut lower = false;
    for c in text.chars() {
        // camelCase is two words.
        if lower && c.is_ascii_uppercase() {
            words.push('_');
        }
        lower = c.is_ascii_lowercase();
        words.extend(c.to_lowercase());
    }
    words
}

/// The text before a value up to its key, and the key: without the `=` or `:`, the quotes and blanks that follow it.
pub fn key(before: &str) -> (&str, &str) {
    let end = before.trim_end_matches([' ', '\t', '"', '\'', '=', ':']);
    let word = end
        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')
        .next();
    (end, word.unwrap_or_default())
}

/// True when one of `words` stands in `text` as a word (or the beginning of one that an underscore, hyphen or digit continues).
pub fn says(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        text.match_indices(word).any(|(i, _)| {
            let edge = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphabetic());
            edge(text[..i].chars().next_back()) && edge(text[i + word.len()..].chars().next())
        })
    })
}

/// Lines and strings: what a person could read.
pub fn textual(difference: &Difference) -> bool {
    // Of what is listed of code and tables, only texts are texts.
    let quoted = |side: &Side| side.unit.contains(&b'"');
    let listed = difference.role == Role::Text && matches!(difference.kind, Kind::Bytecode | Kind::Data);
    matches!(
        difference.role,
        Role::Text | Role::String | Role::Version | Role::Reference
    ) && difference.both()
        && (!listed || quoted(&difference.a) && quoted(&difference.b))
}

/// Two parts of the units.
pub fn sides(difference: &Difference, pair: Change) -> (&[u8], &[u8]) {
    (
        &difference.a.unit[pair.a.start..pair.a.end],
        &difference.b.unit[pair.b.start..pair.b.end],
    )
}

/// The claims, if they account for everything that no other cause has claimed: a line in which something else changes too may be
/// about another thing.
pub fn only(case: &Case<'_>, claims: Vec<Change>) -> Vec<Change> {
    let all = case
        .open
        .iter()
        .all(|change| claims.iter().any(|c| c.a.contains(change.a) && c.b.contains(change.b)));
    if all { claims } else { Vec::new() }
}
