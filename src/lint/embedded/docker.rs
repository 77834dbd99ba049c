//! `RUN` of Dockerfiles, with continued lines, comments between them, and here-documents.

use super::{Embedded, blank, lines};
use std::ops::Range;

pub(super) fn shell<'a>(path: &'a str, text: &'a str, found: &mut Embedded<'a>) {
    let bytes = text.as_bytes();
    let all: Vec<Range<usize>> = lines(text).collect();
    let escape = escape(text);
    let mut posix = true;
    let mut next = 0;
    while let Some(first) = all.get(next).cloned() {
        next += 1;
        let line = text.get(first.clone()).unwrap_or("");
        let words = line.trim_start();
        if words.is_empty() || words.starts_with('#') {
            continue;
        }
        // The instruction's lines; those between that are comments or empty are no part of it.
        let mut end = first.end;
        let mut dropped = Vec::new();
        let mut continues = line.trim_end().ends_with(escape);
        while continues && let Some(more) = all.get(next) {
            next += 1;
            end = more.end;
            let line = text.get(more.clone()).unwrap_or("");
            let words = line.trim_start();
            if words.is_empty() || words.starts_with('#') {
                dropped.push(more.start..all.get(next).map_or(more.end, |line| line.start));
            } else {
                continues = line.trim_end().ends_with(escape);
            }
        }
        let (mut start, mut instruction) = word(text, first.start..end);
        if instruction.eq_ignore_ascii_case("ONBUILD") {
            (start, instruction) = word(text, start..end);
        }
        // Here-documents follow the instruction, whichever it is.
        let body_end = end;
        let mut documents = Vec::new();
        for marker in markers(text.get(start..end).unwrap_or("")) {
            let from = all.get(next).map_or(bytes.len(), |line| line.start);
            let mut to = from;
            while let Some(line) = all.get(next) {
                next += 1;
                end = line.end;
                to = line.start;
                let words = text.get(line.clone()).unwrap_or("");
                if words == marker || words.trim_start_matches('\t') == marker {
                    break;
                }
                to = line.end;
            }
            documents.push(from..to);
        }
        if instruction.eq_ignore_ascii_case("FROM") {
            posix = true;
        }
        if instruction.eq_ignore_ascii_case("SHELL") {
            let shell = text.get(start..body_end).unwrap_or("").to_ascii_lowercase();
            posix = !["powershell", "pwsh", "cmd"].iter().any(|word| shell.contains(word));
        }
        if !instruction.eq_ignore_ascii_case("RUN") || !posix {
            continue;
        }
        // Options of RUN itself.
        loop {
            let (after, option) = word(text, start..body_end);
            if !option.starts_with("--") {
                break;
            }
            start = after;
        }
        let body = text.get(start..body_end).unwrap_or("").trim_start();
        if body.starts_with('[') {
            continue;
        }
        if body.starts_with("<<")
            && let [document] = documents.as_slice()
        {
            // The document is the script; a first line may name another interpreter.
            let script = text.get(document.clone()).unwrap_or("");
            if !script.starts_with("#!") || script.lines().next().is_some_and(|line| line.ends_with("sh")) {
                found.push(path, text, document.clone());
            }
            continue;
        }
        if dropped.is_empty() && escape == '\\' {
            found.push(path, text, start..end);
            continue;
        }
        let mut masked = bytes.get(start..end).unwrap_or_default().to_vec();
        for span in dropped {
            let inside = span.start.saturating_sub(start)..span.end.min(end).saturating_sub(start);
            blank(&mut masked, inside.clone());
            for byte in masked.get_mut(inside).unwrap_or_default() {
                *byte = b' ';
            }
        }
        if escape != '\\' {
            let mut before = None;
            for at in 0..masked.len() {
                match masked.get(at) {
                    Some(b'\n') => {
                        if let Some(at) = before.take()
                            && masked.get(at) == Some(&b'`')
                            && let Some(byte) = masked.get_mut(at)
                        {
                            *byte = b'\\';
                        }
                    }
                    Some(b' ' | b'\t' | b'\r') => {}
                    _ => before = Some(at),
                }
            }
        }
        found.push_masked(path, masked, start);
    }
}

/// The character that continues a line.
fn escape(text: &str) -> char {
    let directive = |line: &str| {
        let (name, value) = line.strip_prefix('#')?.split_once('=')?;
        name.trim().eq_ignore_ascii_case("escape").then(|| value.trim() == "`")
    };
    let head = text.lines().take_while(|line| line.starts_with('#'));
    match head.filter_map(directive).next() {
        Some(true) => '`',
        _ => '\\',
    }
}

/// The first word in a span, and where what follows it starts.
fn word(text: &str, span: Range<usize>) -> (usize, &str) {
    let part = text.get(span.clone()).unwrap_or("");
    let trimmed = part.trim_start();
    let start = span.start + (part.len() - trimmed.len());
    let word = trimmed.split_ascii_whitespace().next().unwrap_or("");
    (start + word.len(), word)
}

/// The words that end the here-documents of an instruction.
fn markers(body: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = body;
    while let Some(at) = rest.find("<<") {
        rest = &rest[at + 2..];
        // `<<<` gives a string, and `1<<2` shifts.
        if let Some(after) = rest.strip_prefix('<') {
            rest = after;
            continue;
        }
        let name = rest.strip_prefix('-').unwrap_or(rest).trim_start_matches(['"', '\'']);
        let length = name
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(name.len());
        let name = &name[..length];
        if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            found.push(name.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::pieces;
    use crate::lint::Language;

    #[test]
    fn run() {
        let text = "# RUN no\nFROM a\nRUN --mount=type=cache,target=/x apt-get update && \\\n  # why\n\n  gzip x\nRUN [\"a\"]\nONBUILD run ls\nCMD date\n";
        let found = pieces(Language::Dockerfile, text);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(
            found[0].split_whitespace().collect::<Vec<_>>().join(" "),
            "apt-get update && \\ gzip x"
        );
        assert!(!found[0].contains("\n\n") && found[0].ends_with("  gzip x"));
        assert_eq!(found[1], " ls");
    }

    #[test]
    fn here_documents() {
        let text = "RUN <<EOF\ndate > x\nEOF\nCOPY <<EOF /x\nRUN no\nEOF\nRUN cat <<-'A' > y\n\tz\n\tA\nRUN last";
        assert_eq!(
            pieces(Language::Dockerfile, text),
            ["date > x\n", " cat <<-'A' > y\n\tz\n\tA", " last"]
        );
    }

    #[test]
    fn other_shells_and_escapes() {
        assert_eq!(
            pieces(
                Language::Dockerfile,
                "# escape=`\nRUN a `\n  b\nSHELL [\"powershell\"]\nRUN no\nFROM x\nRUN c\n"
            ),
            [" a \\\n  b", " c"]
        );
    }

    #[test]
    fn broken_files() {
        for text in [
            "RUN",
            "RUN \\",
            "RUN <<",
            "RUN <<EOF",
            "RUN --",
            "ONBUILD",
            "RUN é\\\n#é",
        ] {
            pieces(Language::Dockerfile, text);
        }
    }
}
