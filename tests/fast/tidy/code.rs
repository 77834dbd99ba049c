//! What of Rust's grammar the habits need: code without comments and literals, and the paths in it.

use std::iter::Peekable;

/// The text with comments, strings and characters left out.
pub fn bare(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = literal(rest);
        if skipped == 0 {
            out.push(c);
        } else {
            out.push(' ');
        }
        // A word is taken whole: the `r` at its end opens no raw string.
        let word = rest.len() - rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').len();
        if skipped == 0 && word > 0 {
            out.push_str(&rest[c.len_utf8()..word]);
            rest = &rest[word..];
        } else {
            rest = &rest[skipped.max(c.len_utf8())..];
        }
    }
    out
}

/// The length of the comment or literal that the text begins with; nothing where it begins with code.
fn literal(text: &str) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return text.find("*/").map_or(text.len(), |at| at + 2);
    }
    let plain = text.strip_prefix(['b', 'c']).unwrap_or(text);
    let before = text.len() - plain.len();
    if let Some(raw) = plain.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let from = before + 1 + hashes + 1;
            return text[from..].find(&end).map_or(text.len(), |at| from + at + end.len());
        }
    }
    let quote = match plain.chars().next() {
        Some(c @ '"') => c,
        // 'a' and '\n' are characters, 'a without an end is a lifetime.
        Some(c @ '\'') if plain[1..].starts_with('\\') || plain[1..].chars().nth(1) == Some('\'') => c,
        _ => return 0,
    };
    let mut escaped = false;
    for (at, c) in plain.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return before + at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Code up to its unit tests, which stand last.
pub fn without_tests(code: &str) -> &str {
    let marks = code.match_indices("#[cfg(test)]").map(|(at, _)| at);
    let inline = |at: &usize| {
        let rest = &code[*at..];
        let end = rest.find(['{', ';']).unwrap_or(0);
        rest[..end].contains("mod ") && rest[end..].starts_with('{')
    };
    &code[..marks.into_iter().find(inline).unwrap_or(code.len())]
}

/// A path in code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    /// As written, with the group that it stood in: `a::{b, c as d}` are two. The last is `*` for all that is there.
    pub names: Vec<String>,
    /// The name that it is given where it is imported.
    pub alias: Option<String>,
    /// In a `use` item.
    pub imported: bool,
    /// In one that lets others see it, at least in the crate: `pub use`.
    pub public: bool,
}

/// The paths of all `use` items, and those that begin with `crate`, `super`, `self` or the name of this crate wherever they stand.
pub fn paths(code: &str) -> Vec<Path> {
    let mut found = Vec::new();
    let tokens = tokens(code);
    let mut at = 0;
    while at < tokens.len() {
        let before = at.checked_sub(1).map_or("", |at| tokens[at]);
        let rooted = matches!(tokens[at], "crate" | "super" | "self" | "repro");
        let leads = tokens.get(at + 1) == Some(&"::") && !matches!(before, "::" | "$");
        // `use<` is no item: it says of an `impl Trait` what it borrows.
        if tokens[at] == "use" && tokens.get(at + 1) != Some(&"<") {
            let path = Path {
                imported: true,
                public: public(&tokens[..at]),
                ..Path::default()
            };
            let mut rest = tokens[at + 1..].iter().copied().peekable();
            tree(&mut rest, &path, &mut found);
            at = tokens.len() - rest.count();
        } else if rooted && leads {
            let mut path = Path::default();
            while at < tokens.len() && is_word(tokens[at]) {
                path.names.push(tokens[at].to_owned());
                at += 1;
                if tokens.get(at) != Some(&"::") {
                    break;
                }
                at += 1;
            }
            found.push(path);
        } else {
            at += 1;
        }
    }
    found
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// Words, `::`, and single signs.
fn tokens(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = code.trim_start();
    while let Some(c) = rest.chars().next() {
        let word = rest.len() - rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').len();
        let length = match word {
            0 if rest.starts_with("::") => 2,
            0 => c.len_utf8(),
            _ => word,
        };
        found.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    found
}

/// Whether what stands before `use` lets others of the crate see it.
fn public(before: &[&str]) -> bool {
    before.ends_with(&["pub"]) || before.ends_with(&["pub", "(", "crate", ")"])
}

/// The rest of a path of `use`, up to the sign behind it.
fn tree<'a>(tokens: &mut Peekable<impl Iterator<Item = &'a str>>, before: &Path, found: &mut Vec<Path>) {
    let mut path = before.clone();
    while let Some(token) = tokens.peek().copied() {
        match token {
            "{" => {
                while tokens.next_if(|token| matches!(*token, "{" | ",")).is_some() {
                    if tokens.peek() != Some(&"}") {
                        tree(tokens, &path, found);
                    }
                }
                tokens.next();
                return;
            }
            "as" => {
                tokens.next();
                path.alias = tokens.next().map(str::to_owned);
            }
            "," | "}" | ";" => break,
            "::" => drop(tokens.next()),
            // In a group, `self` is what stands before it.
            "self" if !path.names.is_empty() => drop(tokens.next()),
            word => {
                path.names.push(word.to_owned());
                tokens.next();
            }
        }
    }
    found.push(path);
}

#[test]
fn comments_and_literals_are_no_code() {
    let code = bare("a // b\n/* c */ d \"e\\\"\" 'f' '\\'' 'g h r\"i\" br#\"\"j\"# for k");
    let words: Vec<&str> = code.split_whitespace().collect();
    assert_eq!(words, ["a", "d", "'g", "h", "for", "k"]);
    assert_eq!(
        without_tests("a #[cfg(test)] mod tests; b #[cfg(test)] mod c { d }"),
        "a #[cfg(test)] mod tests; b "
    );
}

#[test]
fn every_way_to_import_is_seen() {
    let seen = |code: &str| {
        let mark = |path: Path| {
            let alias = path.alias.map(|alias| format!(" as {alias}")).unwrap_or_default();
            format!(
                "{}{}{alias}",
                if path.public { "pub " } else { "" },
                path.names.join("::")
            )
        };
        paths(code).into_iter().map(mark).collect::<Vec<_>>()
    };
    assert_eq!(
        seen("use crate::model::{A, B};"),
        ["crate::model::A", "crate::model::B"]
    );
    assert_eq!(
        seen("pub use super::{\n    a::{self, b as c},\n    d::*,\n};\nfn"),
        ["pub super::a", "pub super::a::b as c", "pub super::d::*"]
    );
    assert_eq!(seen("pub(crate) use a::B; pub(super) use a::C;"), ["pub a::B", "a::C"]);
    assert_eq!(
        seen("fn f() { crate::format::open::<T>(self.x) }"),
        ["crate::format::open"]
    );
    assert_eq!(seen("$crate::format::x!() self::a"), ["self::a"]);
    assert_eq!(seen("fn f() -> impl A + use<'_> { crate::b::c(); }"), ["crate::b::c"]);
}
