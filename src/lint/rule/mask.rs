//! Blanks what is not code, byte for byte, in languages without a grammar: comments, and the text of strings.

/// How a language writes comments and strings.
pub struct Syntax {
    /// What begins a comment to the end of the line.
    pub line: &'static [&'static str],
    /// A comment over several lines.
    pub block: Option<(&'static str, &'static str)>,
    /// What begins code within a double-quoted string: `#{` or `${`.
    pub inside: Option<&'static str>,
    /// Whether strings may be quoted three times, over several lines.
    pub(crate) triple: bool,
}

/// Gradle's Groovy and Kotlin.
pub(crate) static GROOVY: Syntax = Syntax {
    line: &["//"],
    block: Some(("/*", "*/")),
    inside: Some("${"),
    triple: true,
};

/// Ruby.
pub(crate) static RUBY: Syntax = Syntax {
    line: &["#"],
    block: Some(("\n=begin", "\n=end")),
    inside: Some("#{"),
    triple: false,
};

/// The text with all but code blanked. Offsets and lines stay.
pub fn code(text: &str, syntax: &Syntax) -> String {
    Masker {
        text,
        out: text.as_bytes().to_vec(),
        at: 0,
        syntax,
    }
    .run()
}

struct Masker<'a> {
    text: &'a str,
    out: Vec<u8>,
    at: usize,
    syntax: &'a Syntax,
}

impl Masker<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Blanks up to a position.
    fn blank(&mut self, to: usize) {
        let to = to.min(self.out.len());
        for byte in self.out.get_mut(self.at..to).unwrap_or_default() {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        self.at = to;
    }

    /// One character on.
    fn step(&mut self) {
        self.at += self.rest().chars().next().map_or(1, char::len_utf8);
    }

    fn run(mut self) -> String {
        // How many braces are open in each piece of code within a string.
        let mut inside: Vec<usize> = Vec::new();
        while self.at < self.text.len() {
            let rest = self.rest();
            // `$#array`, `a#b`: a comment stands at the start of a word.
            let before = self.text.get(..self.at).and_then(|before| before.chars().next_back());
            let fresh = before.is_none_or(|c| c.is_whitespace() || ";{}(),".contains(c));
            if self.syntax.line.iter().any(|mark| rest.starts_with(mark)) && (fresh || !rest.starts_with('#')) {
                let end = rest.find('\n').map_or(self.text.len(), |end| self.at + end);
                self.blank(end);
            } else if let Some((_, close)) = self.syntax.block.filter(|(open, _)| rest.starts_with(open)) {
                let end = rest
                    .find(close)
                    .map_or(self.text.len(), |end| self.at + end + close.len());
                self.blank(end);
            } else if rest.starts_with('}') && inside.last() == Some(&0) {
                inside.pop();
                self.step();
                self.string('"', &mut inside);
            } else if rest.starts_with(['"', '\'']) {
                let quote = if rest.starts_with('"') { '"' } else { '\'' };
                let tripled = if quote == '"' { "\"\"\"" } else { "'''" };
                if self.syntax.triple && rest.starts_with(tripled) {
                    let end = rest
                        .get(3..)
                        .and_then(|rest| rest.find(tripled))
                        .map_or(self.text.len(), |end| self.at + end + 6);
                    self.blank(end);
                } else {
                    self.step();
                    self.string(quote, &mut inside);
                }
            } else {
                if let Some(depth) = inside.last_mut() {
                    match rest.as_bytes().first() {
                        Some(b'{') => *depth += 1,
                        Some(b'}') => *depth = depth.saturating_sub(1),
                        _ => {}
                    }
                }
                self.step();
            }
        }
        String::from_utf8_lossy(&self.out).into_owned()
    }

    /// Blanks a string up to its end, or to code within it. A quote that the line does not close is none.
    fn string(&mut self, quote: char, inside: &mut Vec<usize>) {
        let line = self.rest().split('\n').next().unwrap_or("");
        let mut escaped = false;
        for (at, c) in line.char_indices() {
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == quote {
                self.blank(self.at + at);
                self.step();
                return;
            } else if let Some(open) = self
                .syntax
                .inside
                .filter(|open| quote == '"' && line.get(at..).is_some_and(|rest| rest.starts_with(open)))
            {
                self.blank(self.at + at);
                self.at += open.len();
                inside.push(0);
                return;
            }
        }
    }
}

/// Perl without comments, pod, here-documents, what follows `__END__`, and the text of strings.
pub fn perl(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut pod, mut ended, mut here): (bool, bool, Option<String>) = (false, false, None);
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        let skipped = if let Some(end) = &here {
            if bare.trim_start() == end {
                here = None;
            }
            true
        } else if pod || (line.starts_with('=') && line.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic)) {
            pod = bare != "=cut";
            true
        } else {
            ended |= matches!(bare, "__END__" | "__DATA__");
            ended
        };
        if skipped {
            out.extend(
                line.chars()
                    .flat_map(|c| std::iter::repeat_n(if c == '\n' { '\n' } else { ' ' }, c.len_utf8())),
            );
            continue;
        }
        here = here_document(line);
        out.push_str(&code(
            line,
            &Syntax {
                line: &["#"],
                block: None,
                inside: None,
                triple: false,
            },
        ));
    }
    out
}

/// The word that ends the here-document which a line begins.
fn here_document(line: &str) -> Option<String> {
    let (_, after) = line.split_once("<<")?;
    let after = after.trim_start_matches('~');
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
    // `<<'!NO!SUBS!'`: between quotes it may be anything.
    if let Some((quote, (word, _))) = quote.and_then(|quote| Some((quote, after.get(1..)?.split_once(quote)?)))
        && !word.trim().is_empty()
        && !word.contains(['$', ';', quote])
    {
        return Some(word.to_owned());
    }
    let quoted = quote.is_some();
    let word: String = after
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    // `1 << 3`, `$x << $y` are shifts.
    let is_word = word.starts_with(|c: char| c.is_ascii_uppercase() || c == '_') || (quoted && !word.is_empty());
    is_word.then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_stays() {
        let text = "a = \"x #{Time.now} 'y'\" # Time.now\nb = 'Time.now'\n";
        let masked = code(text, &RUBY);
        assert_eq!(masked.len(), text.len());
        assert_eq!(masked.matches("Time.now").count(), 1);
        let text = "x /* new Date() */ \"\"\"new Date()\"\"\" \"${new Date()}\" // new Date()";
        assert_eq!(code(text, &GROOVY).matches("new Date()").count(), 1);
        let text = "keys %a; # keys\n=pod\n\nkeys é %b\n\n=cut\nprint <<END;\nkeys %c\nEND\nkeys %d;\n__END__\nkeys\n";
        let masked = perl(text);
        assert_eq!(masked.len(), text.len());
        assert_eq!(masked.matches("keys").count(), 2);
        for odd in ["\"#{", "'", "\"\\", "#{}}", "\"#{\"#{", "é\"é"] {
            assert_eq!(code(odd, &RUBY).len(), odd.len());
        }
    }
}
