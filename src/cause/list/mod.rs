//! Permuted lists: what can be said of their items.

mod line;
mod words;

pub use line::InLine;
pub(crate) use line::in_line;

use super::{passage::shape, path};
use crate::model::{Difference, Order, Span};
use words::{DONE, KEYWORDS, VERBS};

/// Both orders of a permuted list.
pub struct Permuted<'d> {
    a: Vec<&'d str>,
    b: Vec<&'d str>,
}

impl<'d> Permuted<'d> {
    /// The names of the items of an order difference.
    pub fn of(difference: &'d Difference) -> Self {
        // What stands between the items of a document is no item, and the quotes around one no part of it.
        let item = |name: &'d str| name.strip_prefix('"').and_then(|n| n.strip_suffix('"')).unwrap_or(name);
        let between = |name: &str| matches!(name, "start" | "separator" | "end");
        let names = |items: &'d [(Span, String)]| {
            let names = items.iter().map(|(_, name)| name.as_str());
            names
                .filter(|name| !matches!(difference.order, Order::Items | Order::Keys) || !between(name))
                .map(item)
                .collect()
        };
        Self {
            a: names(&difference.a.items),
            b: names(&difference.b.items),
        }
    }
    /// The lines of two texts.
    pub fn lines(a: &'d str, b: &'d str) -> Self {
        Self {
            a: a.lines().collect(),
            b: b.lines().collect(),
        }
    }
    /// The lines of a table, which is made of one piece after another: each has the form of the line that stands there on the other side, and
    /// none says to do something.
    pub(crate) fn rows(&self) -> bool {
        let pairs = || self.a.iter().zip(&self.b);
        let alike = || pairs().all(|(x, y)| shape(x) == shape(y));
        let moved = pairs().filter(|(x, y)| x != y).count();
        self.a.len() > 3
            && moved > 2
            && self.a.len() == self.b.len()
            && alike()
            && !self.a.iter().any(|item| statement(item))
    }
    /// Each line says that something was done.
    pub(crate) fn steps(&self) -> bool {
        let word = |line: &&str| {
            line.split(|c: char| !c.is_alphanumeric())
                .find(|word| !word.is_empty())
                .unwrap_or_default()
                .to_lowercase()
        };
        let done = |line: &&str| DONE.contains(&&word(line)[..]);
        self.a.len() > 2 && self.a.iter().all(done)
    }
    /// Every item is a path, a name, or a digest and a path; nothing that could be a statement.
    pub fn plain(&self) -> bool {
        self.a.iter().all(|item| token(item) || digest_line(item))
    }
    /// Two items are one without regard to case.
    pub fn alike(&self) -> bool {
        let mut folded: Vec<String> = self.a.iter().map(|item| item.to_lowercase()).collect();
        folded.sort_unstable();
        folded.windows(2).any(|pair| pair[0] == pair[1])
    }
    /// Lines of digests, whose order no reader of them minds.
    pub fn digests(&self) -> bool {
        let mut paths: Vec<&str> = self
            .a
            .iter()
            .filter_map(|item| item.split_once(' '))
            .map(|(_, path)| path)
            .collect();
        paths.sort_unstable();
        // Of two digests of one file the first or the last counts.
        let once = paths.windows(2).all(|pair| pair[0] != pair[1]);
        once && !self.a.is_empty() && self.a.iter().all(|item| digest_line(item))
    }
    /// At least four files below one folder, as a list of installed files names them.
    pub fn installed(&self) -> bool {
        let first = |item: &'d str| item.trim_start_matches(['.', '/']).split('/').next();
        let file = |item: &&str| {
            let name = item.rsplit('/').next().unwrap_or_default();
            item.trim_start_matches(['.', '/']).contains('/')
                && name.rsplit_once('.').is_some_and(|(stem, _)| !stem.is_empty())
        };
        // What is loaded is loaded in this order.
        const LOADED: &[&str] = &[
            "conf", "css", "dll", "jar", "js", "ko", "lua", "php", "pl", "py", "rb", "rules", "sh", "so", "sql",
        ];
        let loaded = |item: &&str| item.rsplit_once('.').is_some_and(|(_, end)| LOADED.contains(&end));
        self.a.len() > 3
            && !self.a.iter().all(loaded)
            && self.a.iter().all(file)
            && self
                .a
                .iter()
                .all(|item| first(item) == first(self.a[0]) && !path::climbs(item.as_bytes()))
    }
    /// At least five names, none of which says to do something.
    pub fn names(&self) -> bool {
        self.digests()
            || self.a.len() > 4 && !self.a.iter().any(|item| digest_line(item)) && !self.a.iter().any(|item| verb(item))
    }
    /// One side is sorted by bytes, the other as a locale sorts: without regard to case and punctuation. Lines of digests may be
    /// sorted by their paths.
    pub(crate) fn collated(&self) -> bool {
        let paths = |items: &[&'d str]| -> Vec<&'d str> {
            let path = |item: &&'d str| {
                item.split_once(' ')
                    .map_or(*item, |(_, path)| path.trim_start_matches([' ', '*']))
            };
            items.iter().map(path).collect()
        };
        let (a, b) = if self.a.iter().all(|item| digest_line(item)) {
            (paths(&self.a), paths(&self.b))
        } else {
            (self.a.clone(), self.b.clone())
        };
        a.len() > 1 && (bytewise(&a) && locale(&b) || bytewise(&b) && locale(&a))
    }
    /// Words without quotes, brackets or operators.
    pub fn words(&self) -> bool {
        self.a
            .iter()
            .all(|item| digest_line(item) || item.split(' ').all(token))
    }
}

/// Whether a line begins with such a word itself, or behind the sign of a list; in quotes it is a name.
fn statement(line: &str) -> bool {
    let text = line.trim_start();
    !text.starts_with(['"', '\'', '{', '(', '[', '|', '<']) && verb(text)
}

/// Whether an item begins with a word that says to do something.
fn verb(item: &str) -> bool {
    let word = item.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
    let word = word.unwrap_or_default().to_lowercase();
    VERBS.contains(&word.as_str())
}

fn bytewise(items: &[&str]) -> bool {
    items.is_sorted()
}

fn locale(items: &[&str]) -> bool {
    let key = |item: &&str| -> String {
        item.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    items.is_sorted_by_key(key)
}

/// A path or a name: one word without quotes, brackets or operators.
fn token(item: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || "._-+@~:/%#,".contains(c);
    !item.is_empty() && item.chars().all(part) && item.chars().any(char::is_alphanumeric) && !KEYWORDS.contains(&item)
}

/// `digest  path`, as md5sum and its kin write.
fn digest_line(item: &str) -> bool {
    item.split_once(' ').is_some_and(|(digest, path)| {
        digest.len() >= 32
            && digest.bytes().all(|c| c.is_ascii_hexdigit())
            && !path.trim_start_matches([' ', '*']).is_empty()
    })
}
