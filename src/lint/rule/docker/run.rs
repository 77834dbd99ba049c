//! The commands of a `RUN`, word by word.

use std::ops::Range;

/// A word, and where it stands.
pub type Word = (Range<usize>, String);

/// The commands of a text that starts at `offset`: split at `&&`, `||`, `;`, `|`, `&` and line ends, without comment lines. Quotes
/// are taken away.
pub fn commands(text: &str, offset: usize) -> Vec<Vec<Word>> {
    let mut all = Vec::new();
    let mut words: Vec<Word> = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote = None;
    let mut chars = text.char_indices().peekable();
    // A comment line between continued lines goes on after it.
    let mut line_start = true;
    while let Some((at, c)) = chars.next() {
        if line_start && c == '#' {
            while chars.next_if(|(_, c)| *c != '\n').is_some() {}
            chars.next();
            continue;
        }
        line_start = line_start && c.is_whitespace();
        let mut push = |c: char, end: usize| {
            let word = word.get_or_insert_with(|| (offset + at..offset + at, String::new()));
            word.1.push(c);
            word.0.end = offset + end;
        };
        let end = at + c.len_utf8();
        match (quote, c) {
            (None, '\\') => match chars.next() {
                Some((_, '\n')) => line_start = true,
                Some((at, '\r')) if text.get(at + 1..).is_some_and(|rest| rest.starts_with('\n')) => {
                    chars.next();
                    line_start = true;
                }
                Some((at, c)) => push(c, at + c.len_utf8()),
                None => {}
            },
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => {
                quote = None;
                if let Some(word) = &mut word {
                    word.0.end = offset + end;
                }
            }
            (None, ' ' | '\t' | '\r') => words.extend(word.take()),
            (None, '&' | '|' | ';' | '\n' | '(' | ')') => {
                words.extend(word.take());
                if !words.is_empty() {
                    all.push(std::mem::take(&mut words));
                }
                line_start |= c == '\n';
            }
            _ => push(c, end),
        }
    }
    words.extend(word);
    if !words.is_empty() {
        all.push(words);
    }
    for words in &mut all {
        // `if apt-get …; then`, `CC=gcc make`, `sudo -E apt-get`.
        while words.first().is_some_and(|(_, word)| {
            matches!(
                word.as_str(),
                "!" | "do" | "else" | "env" | "eval" | "exec" | "if" | "sudo" | "then" | "time" | "{" | "-E"
            ) || (word.contains('=') && !word.starts_with('-'))
        }) {
            words.remove(0);
        }
    }
    all.retain(|words| !words.is_empty());
    all
}
