//! Permuted lists: what can be said of their items.

use super::{Case, find, path};
use crate::model::{Change, Difference, Order, Span};

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
        let verb = |item: &&str| {
            let word = item.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
            let word = word.unwrap_or_default().to_lowercase();
            VERBS.contains(&word.as_str())
        };
        self.digests() || self.a.len() > 4 && !self.a.iter().any(|item| digest_line(item)) && !self.a.iter().any(verb)
    }
    /// One side is sorted by bytes, the other as a locale sorts: without regard to case and punctuation. Lines of digests may be
    /// sorted by their paths.
    pub fn collated(&self) -> bool {
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

/// Words that are statements by themselves.
const KEYWORDS: &[&str] = &[
    "fi", "done", "esac", "else", "then", "do", "exit", "return", "break", "continue", "set", "shift", "true", "false",
    "wait", "pass", "end", "begin", "try", "finally", "commit", "rollback", "sync", ":",
];

/// Words that begin a step or a rule.
const VERBS: &[&str] = &[
    "add",
    "allow",
    "apply",
    "auth",
    "block",
    "build",
    "call",
    "check",
    "chmod",
    "chown",
    "clean",
    "commit",
    "configure",
    "copy",
    "create",
    "delete",
    "deny",
    "deploy",
    "disable",
    "drop",
    "enable",
    "exec",
    "execute",
    "fetch",
    "get",
    "grant",
    "import",
    "include",
    "install",
    "kill",
    "link",
    "load",
    "make",
    "migrate",
    "mount",
    "move",
    "notify",
    "open",
    "optional",
    "order",
    "permit",
    "publish",
    "pull",
    "push",
    "put",
    "reject",
    "reload",
    "remove",
    "require",
    "required",
    "requisite",
    "reset",
    "restart",
    "restore",
    "revoke",
    "run",
    "send",
    "session",
    "set",
    "sign",
    "skip",
    "start",
    "stop",
    "sufficient",
    "sync",
    "test",
    "unmount",
    "update",
    "upgrade",
    "upload",
    "use",
    "user",
    "validate",
    "verify",
    "wait",
    "write",
];

/// `digest  path`, as md5sum and its kin write.
fn digest_line(item: &str) -> bool {
    item.split_once(' ').is_some_and(|(digest, path)| {
        digest.len() >= 32
            && digest.bytes().all(|c| c.is_ascii_hexdigit())
            && !path.trim_start_matches([' ', '*']).is_empty()
    })
}

/// A list inside one line whose items are permuted: the range of the items in each unit, with the items.
pub struct InLine<'d> {
    /// The ranges.
    pub change: Change,
    /// The items of a and of b.
    pub items: (Vec<&'d str>, Vec<&'d str>),
    /// What comes before the list on its line.
    pub before: &'d str,
    /// The list stands in brackets or braces.
    pub bracket: bool,
    /// `,` or a space.
    pub separator: char,
}

/// The list that holds every change of a difference, where its items are the same on both sides in another order.
pub fn in_line<'a>(case: &Case<'a>) -> Option<InLine<'a>> {
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
    pub fn collated(&self) -> bool {
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

/// Relations of Debian and RPM packages, headers of OSGi manifests, metadata of Python, npm and Cargo packages.
const SETS: &[&str] = &[
    "architecture",
    "binary",
    "breaks",
    "build-conflicts",
    "build-depends",
    "build-depends-arch",
    "build-depends-indep",
    "built-using",
    "categories",
    "category",
    "classifier",
    "classifiers",
    "conflicts",
    "contributors",
    "depends",
    "dynamicimport-package",
    "enhances",
    "export-package",
    "features",
    "files",
    "import-package",
    "keywords",
    "licenses",
    "obsoletes",
    "platforms",
    "pre-depends",
    "private-package",
    "provide-capability",
    "provides",
    "recommends",
    "replaces",
    "require-bundle",
    "require-capability",
    "requires",
    "requires-dist",
    "suggests",
    "tag",
    "tags",
    "topics",
    "uploaders",
];
