//! `%prep`, `%conf`, `%build` and `%install` of RPM spec files.

use super::{Embedded, blank, closing, fill, lines, variable};
use std::ops::Range;

/// Sections whose commands make what is packaged.
const BUILDING: &[&str] = &["%prep", "%conf", "%build", "%install"];
/// Sections that end another.
const OTHER: &[&str] = &[
    "%check",
    "%clean",
    "%description",
    "%files",
    "%changelog",
    "%package",
    "%pre",
    "%post",
    "%preun",
    "%postun",
    "%pretrans",
    "%posttrans",
    "%generate_buildrequires",
    "%sourcelist",
    "%patchlist",
    "%verifyscript",
    "%triggerin",
    "%triggerun",
    "%triggerpostun",
];
/// Lines that are rpm's alone.
const DIRECTIVES: &[&str] = &[
    "%if",
    "%ifarch",
    "%ifnarch",
    "%ifos",
    "%ifnos",
    "%elif",
    "%elifarch",
    "%elifos",
    "%else",
    "%endif",
    "%global",
    "%define",
    "%undefine",
    "%dnl",
    "%include",
    "%bcond",
    "%bcond_with",
    "%bcond_without",
];

pub(super) fn shell<'a>(path: &'a str, text: &'a str, found: &mut Embedded<'a>) {
    let mut open: Option<usize> = None;
    let mut end = 0;
    for line in lines(text) {
        let first = text
            .get(line.clone())
            .and_then(|line| line.split_ascii_whitespace().next())
            .unwrap_or("");
        let starts = BUILDING.contains(&first);
        if starts || OTHER.contains(&first) {
            if let Some(start) = open.take() {
                section(path, text, start..line.start, found);
            }
            open = starts.then_some(line.end);
        }
        end = line.end;
    }
    if let Some(start) = open {
        section(path, text, start..end, found);
    }
}

fn section<'a>(path: &'a str, text: &'a str, span: Range<usize>, found: &mut Embedded<'a>) {
    let Some(body) = text.get(span.clone()) else { return };
    if !body.contains('%') {
        return found.push(path, text, span);
    }
    let mut bytes = body.as_bytes().to_vec();
    for line in lines(body) {
        let first = body
            .get(line.clone())
            .and_then(|line| line.split_ascii_whitespace().next())
            .unwrap_or("");
        if DIRECTIVES.contains(&first) {
            blank(&mut bytes, line);
        }
    }
    let mut at = 0;
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (b'%', b'%') => at += 2,
            (b'%', b'{') => match closing(&bytes, at + 1) {
                Some(close) => {
                    variable(&mut bytes, at, close);
                    at = close + 1;
                }
                None => at += 2,
            },
            // Run by rpm when it reads the file, not by this shell.
            (b'%', b'(') => match closing(&bytes, at + 1) {
                Some(close) => {
                    fill(&mut bytes, at..close + 1, b'_');
                    at = close + 1;
                }
                None => at += 2,
            },
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
    fn sections() {
        let text = "Name: x\n%description\ndate\n%build\n%if %{x}\ngzip %{name}.1 %(date) %{?y:z}\n%endif\n%install -p\nls\n%files\nno\n%build\nlast";
        let all = pieces(Language::RpmSpec, text);
        let words: Vec<String> = all
            .iter()
            .map(|piece| piece.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(words, ["gzip ${name}.1 _______ _______", "ls", "last"]);
    }

    #[test]
    fn broken_files() {
        for text in ["%build", "%build\n%{", "%build\n%(é", "%build\n%", "%build\n%%{"] {
            pieces(Language::RpmSpec, text);
        }
    }
}
