//! C and C++ as words, without comments and strings. Unlike a grammar it does not mind macros.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Word,
    /// One character that is none of the others.
    Mark,
    /// A string or a character.
    Text,
    Number,
}

/// A piece of source.
#[derive(Clone, Copy, Debug)]
pub struct Token<'t> {
    pub kind: Kind,
    pub text: &'t str,
    pub start: usize,
    /// The directive that it belongs to: `define`, `if`.
    pub directive: Option<&'t str>,
    /// In a branch that is about `SOURCE_DATE_EPOCH` or reproducibility.
    pub(crate) guarded: bool,
}

impl Token<'_> {
    /// The bytes of it.
    pub fn span(&self) -> std::ops::Range<usize> {
        self.start..self.start + self.text.len()
    }
}

/// An open `#if`.
struct Branch {
    /// Nobody compiles it: `#if 0`.
    dead: bool,
    guarded: bool,
}

/// The tokens of a source. What lies in `#if 0` is left out.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut found: Vec<Token<'_>> = Vec::new();
    let mut branches: Vec<Branch> = Vec::new();
    let mut directive: Option<&str> = None;
    let mut line_starts = true;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        match byte {
            b'\n' => {
                directive = None;
                line_starts = true;
                at += 1;
                continue;
            }
            b' ' | b'\t' | b'\r' | 0x0b | 0x0c => {
                at += 1;
                continue;
            }
            // A line that goes on.
            b'\\' if next == Some(b'\n') => {
                at += 2;
                continue;
            }
            b'\\' if next == Some(b'\r') && bytes.get(at + 2) == Some(&b'\n') => {
                at += 3;
                continue;
            }
            b'/' if next == Some(b'/') => {
                at = line_end(bytes, at);
                continue;
            }
            b'/' if next == Some(b'*') => {
                at = text
                    .get(at + 2..)
                    .and_then(|rest| rest.find("*/"))
                    .map_or(bytes.len(), |end| at + 2 + end + 2);
                continue;
            }
            b'#' if line_starts => {
                let rest = text.get(at + 1..line_end(bytes, at)).unwrap_or("");
                let name = rest.trim_start();
                let name = name
                    .get(..name.bytes().take_while(u8::is_ascii_alphabetic).count())
                    .unwrap_or("");
                branch(&mut branches, name, rest);
                directive = Some(name);
                line_starts = false;
                at += 1;
                continue;
            }
            _ => {}
        }
        line_starts = false;
        let (kind, end) = match byte {
            b'"' => (Kind::Text, quoted(bytes, at)),
            b'\'' => (Kind::Text, quoted(bytes, at)),
            b'0'..=b'9' => {
                let more = bytes
                    .iter()
                    .skip(at)
                    .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'\'' | b'_'));
                (Kind::Number, at + more.count())
            }
            b'_' | b'$' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => {
                let more = bytes
                    .iter()
                    .skip(at)
                    .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'$' | 0x80..));
                let end = at + more.count();
                let word = text.get(at..end).unwrap_or("");
                if bytes.get(end) == Some(&b'"') && matches!(word, "R" | "u8R" | "uR" | "UR" | "LR") {
                    (Kind::Text, raw(text, end))
                } else {
                    (Kind::Word, end)
                }
            }
            _ => (Kind::Mark, at + 1),
        };
        if !branches.iter().any(|branch| branch.dead)
            && let Some(piece) = text.get(at..end)
        {
            found.push(Token {
                kind,
                text: piece,
                start: at,
                directive,
                guarded: branches.iter().any(|branch| branch.guarded),
            });
        }
        at = end.max(at + 1);
    }
    found
}

/// Opens, turns or closes a branch.
fn branch(branches: &mut Vec<Branch>, name: &str, rest: &str) {
    let guarded = rest.contains("SOURCE_DATE_EPOCH") || rest.to_ascii_uppercase().contains("REPRODUCIBLE");
    match name {
        "if" | "ifdef" | "ifndef" => {
            let condition = rest.trim_start().trim_start_matches(name).trim();
            branches.push(Branch {
                dead: name == "if" && (condition == "0" || condition.starts_with("0 ") || condition.starts_with("0/")),
                guarded,
            });
        }
        "else" | "elif" | "elifdef" | "elifndef" => {
            if let Some(last) = branches.last_mut() {
                last.dead = false;
                last.guarded |= guarded;
            }
        }
        "endif" => {
            branches.pop();
        }
        _ => {}
    }
}

/// Where a line ends that may go on after a backslash.
fn line_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += if bytes.get(at + 1) == Some(&b'\r') { 3 } else { 2 },
            b'\n' => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Where a string or character ends. One that is not closed ends with its line.
fn quoted(bytes: &[u8], from: usize) -> usize {
    let quote = bytes.get(from).copied();
    let mut at = from + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\n' => return at,
            _ if Some(byte) == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Where a raw string ends: `"delimiter(…)delimiter"`.
fn raw(text: &str, from: usize) -> usize {
    let rest = text.get(from + 1..).unwrap_or("");
    let Some((delimiter, _)) = rest.split_once('(') else {
        return text.len();
    };
    if delimiter.len() > 16 {
        return from + 1;
    }
    let close = format!("){delimiter}\"");
    rest.find(&close).map_or(text.len(), |end| from + 1 + end + close.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        tokens(text)
            .into_iter()
            .filter(|token| token.kind == Kind::Word)
            .map(|token| token.text)
            .collect()
    }

    #[test]
    fn comments_and_strings_are_no_words() {
        assert_eq!(
            words("a /* b */ c // d \\\n e\nf \"g \\\" h\" 'i' j"),
            ["a", "c", "f", "j"]
        );
        assert_eq!(words("R\"x( a \" )y\" )x\" b u8R\"(c)\" d 1'000 e"), ["b", "d", "e"]);
        assert_eq!(words("#if 0\na\n#else\nb\n#endif\nc"), ["else", "b", "endif", "c"]);
        assert_eq!(words("\"open\na"), ["a"]);
        assert!(words("/* open").is_empty());
        assert!(words("\"\\").is_empty());
    }

    #[test]
    fn tokens_know_their_directive() {
        let found = tokens("#define A \\\n b\nc");
        assert_eq!(
            found
                .iter()
                .map(|token| (token.text, token.directive))
                .collect::<Vec<_>>(),
            [
                ("define", Some("define")),
                ("A", Some("define")),
                ("b", Some("define")),
                ("c", None)
            ]
        );
    }
}
