//! Lists inside one line.

use super::{Permuted, token, words::SETS};
use crate::{
    cause::{Case, find},
    model::{Change, Span},
};

/// A list inside one line whose items are permuted: the range of the items in each unit, with the items.
pub struct InLine<'d> {
    /// The ranges.
    pub change: Change,
    /// The items of a and of b.
    pub items: (Vec<&'d str>, Vec<&'d str>),
    /// What comes before the list on its line.
    pub before: &'d str,
    /// The list stands in brackets or braces.
    pub(crate) bracket: bool,
    /// `,` or a space.
    pub(crate) separator: char,
}

/// The list that holds every change of a difference, where its items are the same on both sides in another order.
pub(crate) fn in_line<'a>(case: &Case<'a>) -> Option<InLine<'a>> {
    let difference = case.difference;
    if !difference.both() || case.open.is_empty() {
        return None;
    }
    let a = std::str::from_utf8(&difference.a.unit).ok()?;
    let b = std::str::from_utf8(&difference.b.unit).ok()?;
    let first = case.open.iter().map(|c| c.a.start).min()?;
    if a.len() > 1 << 16 || b.len() != a.len() || a.get(..first)? != b.get(..first)? {
        return None;
    }
    let line = a[..first].rfind('\n').map_or(0, |i| i + 1);
    let head = &a[line..first];
    let key = head.find([':', '=']).map(|i| line + i + 1)?;
    let key = key + a[key..].bytes().take_while(|c| b" \t".contains(c)).count();
    // The order of arguments, of what is searched and of what is tried means something.
    let ordered = [
        "arg",
        "args",
        "argv",
        "cipher",
        "ciphers",
        "cmd",
        "command",
        "order",
        "path",
        "preference",
        "priority",
        "rules",
        "search",
        "steps",
    ];
    if find::says(&find::before(a.as_bytes(), key, 80), &ordered) {
        return None;
    }
    // Up to the closing bracket or quote, or the end of the line.
    let open = a[key..].chars().next()?;
    let close = match open {
        '[' => ']',
        '{' => '}',
        '"' | '\'' => open,
        _ => '\n',
    };
    let start = if close == '\n' { key } else { key + 1 };
    let until = |text: &str| {
        let stop = |c: char| c == close || matches!(c, '\n' | '\r' | ';');
        text[start..].find(stop).map_or(text.len(), |i| start + i)
    };
    if start > first {
        return None;
    }
    let (end_a, end_b) = (until(a), until(b));
    let separator = if a[start..end_a].contains(',') { ',' } else { ' ' };
    let split = |text: &'_ str| -> Vec<(usize, usize)> {
        let mut at = 0;
        text.split(separator)
            .map(|item| {
                let from = at + item.len() - item.trim_start().len();
                at += item.len() + 1;
                (from, from + item.trim().len())
            })
            .filter(|(from, to)| from < to)
            .collect()
    };
    let (la, lb) = (&a[start..end_a], &b[start..end_b]);
    let (ia, ib): (Vec<&str>, Vec<&str>) = (
        split(la).into_iter().map(|(x, y)| &la[x..y]).collect(),
        split(lb).into_iter().map(|(x, y)| &lb[x..y]).collect(),
    );
    let (mut sa, mut sb) = (ia.clone(), ib.clone());
    sa.sort_unstable();
    sb.sort_unstable();
    let change = Change {
        a: Span::new(start, end_a),
        b: Span::new(start, end_b),
    };
    let inside = case
        .open
        .iter()
        .all(|c| change.a.contains(c.a) && change.b.contains(c.b));
    (ia.len() > 1 && ia != ib && sa == sb && inside).then(|| InLine {
        change,
        items: (ia, ib),
        before: &a[line..start],
        bracket: matches!(open, '[' | '{'),
        separator,
    })
}

impl InLine<'_> {
    /// Names, or package relations (`libc6 (>= 2.36)`); no option and no expression.
    pub fn plain(&self) -> bool {
        let relation = |item: &str| {
            let name = item.split([' ', '(']).next().unwrap_or_default();
            token(name)
                && (name.len() == item.len() || item[name.len()..].trim_start().starts_with('(') && item.ends_with(')'))
        };
        self.quoted()
            || self.items.0.iter().all(|item| {
                !item.starts_with('-')
                    && if self.separator == ',' {
                        relation(item)
                    } else {
                        token(item)
                    }
            })
    }
    /// One side is sorted by bytes, the other as a locale sorts.
    pub(crate) fn collated(&self) -> bool {
        Permuted {
            a: self.items.0.clone(),
            b: self.items.1.clone(),
        }
        .collated()
    }
    /// At least three strings in quotes, in brackets.
    pub fn quoted(&self) -> bool {
        let quoted = |item: &str| {
            let inner = item.strip_prefix('"').and_then(|item| item.strip_suffix('"'));
            let inner = inner.or_else(|| item.strip_prefix('\'').and_then(|item| item.strip_suffix('\'')));
            inner.is_some_and(token)
        };
        // `"key": value`, as maps are printed.
        let entry = |item: &str| {
            let (key, value) = item
                .split_once(':')
                .or_else(|| item.split_once("=>"))
                .unwrap_or_default();
            quoted(key.trim()) && (token(value.trim()) || quoted(value.trim()))
        };
        let quoted = |item: &str| quoted(item) || entry(item);
        self.bracket && self.separator == ',' && self.items.0.len() > 2 && self.items.0.iter().all(|item| quoted(item))
    }
    /// The line is a field (`Depends: `, `Export-Package: `) whose items are a set.
    pub fn set(&self) -> bool {
        let key = self.before.trim_end_matches([' ', '\t']).strip_suffix(':');
        key.is_some_and(set)
    }
}

/// Whether the items under this key or field are a set. Class paths, search paths and preferences are not: the first one wins.
fn set(key: &str) -> bool {
    SETS.iter().any(|name| name.eq_ignore_ascii_case(key))
}
