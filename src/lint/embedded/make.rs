//! Recipes of makefiles, `$(shell …)` and `!=`.

use super::{Embedded, Nesting, blank, closing, fill, lines, variable};
use std::ops::Range;

pub(super) fn shell<'a>(path: &'a str, text: &'a str, found: &mut Embedded<'a>) {
    let bytes = text.as_bytes();
    let all: Vec<Range<usize>> = lines(text).collect();
    let mut prefix = b'\t';
    // A line that starts with a tab is a recipe only after a rule.
    let mut in_rule = false;
    let mut in_define = 0_usize;
    let mut next = 0;
    while let Some(first) = all.get(next) {
        next += 1;
        let mut end = first.end;
        while continued(&bytes[first.start..end])
            && let Some(more) = all.get(next)
        {
            end = more.end;
            next += 1;
        }
        let line = first.start..end;
        if in_rule && in_define == 0 && bytes.get(first.start) == Some(&prefix) {
            piece(path, text, first.start + 1..end, found);
            functions(path, text, line, found);
            continue;
        }
        let Some(words) = text.get(line.clone()).map(str::trim_start) else {
            continue;
        };
        let keyword = words.split([' ', '\t', '(', '\n']).next().unwrap_or("");
        match keyword {
            "" | "ifeq" | "ifneq" | "ifdef" | "ifndef" | "if" | "else" | "endif" => {
                functions(path, text, line, found);
                continue;
            }
            "define" => in_define += 1,
            "endef" => in_define = in_define.saturating_sub(1),
            _ if words.starts_with('#') => continue,
            _ => {}
        }
        if in_define > 0 {
            functions(path, text, line, found);
            continue;
        }
        if let Some(value) = words.strip_prefix(".RECIPEPREFIX") {
            let value = value.trim_start_matches([' ', ':', '=']);
            prefix = value.bytes().next().unwrap_or(b'\t');
        }
        functions(path, text, line.clone(), found);
        match kind(&bytes[line.clone()]) {
            Kind::Rule(recipe) => {
                in_rule = true;
                if let Some(at) = recipe {
                    piece(path, text, line.start + at..end, found);
                }
            }
            Kind::Command(at) => {
                in_rule = false;
                piece(path, text, line.start + at..end, found);
            }
            Kind::Other => in_rule = false,
        }
    }
}

/// Whether a line goes on in the next.
fn continued(line: &[u8]) -> bool {
    line.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

enum Kind {
    /// A rule; with where its first command starts, if that is on the same line.
    Rule(Option<usize>),
    /// `NAME != command`.
    Command(usize),
    Other,
}

/// What a line that is no recipe says.
fn kind(line: &[u8]) -> Kind {
    let mut at = 0;
    let mut rule = false;
    while let Some(byte) = line.get(at) {
        let after = line.get(at + 1);
        match byte {
            b'$' => {
                if let Some(close) = closing(line, at + 1) {
                    at = close;
                } else {
                    at += 1;
                }
            }
            b'#' => break,
            b'!' if !rule && after == Some(&b'=') => return Kind::Command(at + 2),
            // An assignment, maybe for one target.
            b'=' => return if rule { Kind::Rule(None) } else { Kind::Other },
            b':' if after == Some(&b'=') || (after == Some(&b':') && line.get(at + 2) == Some(&b'=')) => {
                return if rule { Kind::Rule(None) } else { Kind::Other };
            }
            b':' => rule = true,
            b';' if rule => return Kind::Rule(Some(at + 1)),
            _ => {}
        }
        at += 1;
    }
    match rule {
        true => Kind::Rule(None),
        false => Kind::Other,
    }
}

/// The commands of `$(shell …)` in a line.
fn functions<'a>(path: &'a str, text: &'a str, line: Range<usize>, found: &mut Embedded<'a>) {
    let Some(words) = text.get(line.clone()) else { return };
    let mut nesting = Nesting::default();
    for (at, _) in words.match_indices("shell ") {
        let start = line.start + at;
        let opens = start
            .checked_sub(2)
            .is_some_and(|before| matches!(text.get(before..start), Some("$(" | "${")));
        let Some(close) = closing(
            text.as_bytes().get(..line.end).unwrap_or_default(),
            start.wrapping_sub(1),
        ) else {
            continue;
        };
        if opens && nesting.enter(start, close) {
            piece(path, text, start + "shell ".len()..close, found);
        }
    }
}

/// One command line, as the shell gets it.
fn piece<'a>(path: &'a str, text: &'a str, span: Range<usize>, found: &mut Embedded<'a>) {
    let Some(command) = text.get(span.clone()) else { return };
    let prefixes = command
        .bytes()
        .take_while(|byte| matches!(byte, b'@' | b'-' | b'+' | b' ' | b'\t'))
        .count();
    if !command.contains('$') {
        return found.push(path, text, span.start + prefixes..span.end);
    }
    let mut bytes = command.as_bytes().to_vec();
    blank(&mut bytes, 0..prefixes);
    let mut at = prefixes;
    while at < bytes.len() {
        if bytes[at] != b'$' {
            at += 1;
            continue;
        }
        match bytes.get(at + 1).copied() {
            Some(b'$') => {
                let run = bytes[at..].iter().take_while(|byte| **byte == b'$').count();
                let kept = run / 2;
                // `$$x` is one byte shorter for the shell: a blank where a word may start, else a letter more in the word.
                let before = at.checked_sub(1).and_then(|before| bytes.get(before));
                let filler = match before {
                    None | Some(b' ' | b'\t' | b'\n' | b'"' | b'(' | b'`' | b';' | b'|' | b'&') => b' ',
                    _ => b'_',
                };
                fill(&mut bytes, at..at + run - kept, filler);
                at += run;
            }
            Some(b'(' | b'{') => match closing(&bytes, at + 1) {
                Some(close) => {
                    variable(&mut bytes, at, close);
                    at = close + 1;
                }
                None => {
                    fill(&mut bytes, at..at + 1, b'_');
                    at += 1;
                }
            },
            Some(b'@' | b'*') => at += 2,
            Some(b'<' | b'^' | b'+' | b'?' | b'|' | b'%') => {
                fill(&mut bytes, at + 1..at + 2, b'_');
                at += 2;
            }
            Some(name) if name.is_ascii_alphanumeric() => {
                // One letter is the whole name to make, but not to the shell.
                let longer = bytes
                    .get(at + 2)
                    .is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_');
                if longer {
                    fill(&mut bytes, at..at + 2, b'_');
                }
                at += 2;
            }
            _ => at += 1,
        }
    }
    found.push_masked(path, bytes, span.start);
}

#[cfg(test)]
mod tests {
    use super::super::pieces;
    use crate::lint::Language;

    #[test]
    fn recipes() {
        let text = "A = b\n\tnot a recipe\nall: x y\n\t@echo $$HOME \"$$(date)\" v=$$x\n\n# c\n\t-cc $(CFLAGS) \\\n\t  $< -o $@\nB := c\n\tno\n";
        assert_eq!(
            pieces(Language::Make, text),
            [" echo  $HOME \" $(date)\" v=_$x", " cc ${CFLAGS} \\\n\t  $_ -o $@"]
        );
    }

    #[test]
    fn other_commands() {
        let text =
            "V := $(shell git describe | sed s/x/$(Y:.c=.o)/)\nW != date\nx: y ; gzip $@\nz:: ;ls\nq: CFLAGS = ;no\n";
        assert_eq!(
            pieces(Language::Make, text),
            ["git describe | sed s/x/${Y:-____}/", "date", " gzip $@", "ls"]
        );
        assert_eq!(
            pieces(Language::Make, "x:\n\techo $(call f,$(shell date)) $(A.b-c) ${d}\n"),
            ["echo _______________________ ${A_b_c} ${d}", "date"]
        );
    }

    #[test]
    fn broken_makefiles() {
        for text in [
            "x:\n\t$(",
            "x:\n\t$",
            "$(shell ",
            "x:\n\t$(shell é",
            "shell ",
            ":",
            "x: ; $$",
            ".RECIPEPREFIX",
            "a\\",
        ] {
            pieces(Language::Make, text);
        }
    }
}
