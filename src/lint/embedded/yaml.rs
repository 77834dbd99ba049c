//! `run:` of GitHub's workflows and actions, `script:` of GitLab's.

use super::{Embedded, fill};
use crate::lint::{
    Code, Language,
    code::{above, below},
};
use std::collections::BTreeMap;
use tree_sitter::Node;

const SCALARS: &[&str] = &[
    "block_scalar",
    "plain_scalar",
    "double_quote_scalar",
    "single_quote_scalar",
];
/// Mappings above a step in which `runs-on` may stand.
const LEVELS: usize = 8;

pub(super) fn shell<'a>(path: &'a str, text: &'a str, found: &mut Embedded<'a>) {
    let yaml = Code::new(Language::Workflow, path, text, 0);
    let gitlab = path.contains(".gitlab");
    let mut shells = Shells::default();
    for pair in yaml.nodes(&["block_mapping_pair"]) {
        let (Some(key), Some(value)) = (pair.child_by_field_name("key"), pair.child_by_field_name("value")) else {
            continue;
        };
        let wanted = match gitlab {
            true => matches!(yaml.of(key), "script" | "before_script" | "after_script"),
            false => yaml.of(key) == "run" && shells.posix(&yaml, pair),
        };
        if !wanted {
            continue;
        }
        // Scalars of this pair itself or of its list, not of a mapping or a `!reference` in it.
        let own = |node: &Node<'_>| {
            above(*node, &["block_mapping_pair", "flow_sequence", "flow_mapping"]).is_some_and(|at| at == pair)
        };
        let scalars: Vec<Node<'_>> = below(value, SCALARS).into_iter().filter(own).collect();
        let (Some(first), Some(last)) = (scalars.first(), scalars.last()) else {
            continue;
        };
        let (start, end) = (first.start_byte(), last.end_byte());
        let mut masked: Vec<u8> = text
            .bytes()
            .skip(start)
            .take(end.saturating_sub(start))
            .map(|byte| if byte == b'\n' { b'\n' } else { b' ' })
            .collect();
        for scalar in scalars {
            let (at, content) = content(&yaml, scalar);
            if let Some(place) = masked.get_mut(at - start..at - start + content.len()) {
                place.copy_from_slice(&content);
            }
        }
        found.push_masked(path, masked, start);
    }
    found.given_up |= yaml.given_up();
}

/// A scalar's text as it is handed on, in as many bytes, and where it stands.
fn content(yaml: &Code<'_>, scalar: Node<'_>) -> (usize, Vec<u8>) {
    let whole = yaml.of(scalar);
    let mut at = scalar.start_byte();
    let mut text = whole.as_bytes().to_vec();
    match scalar.kind() {
        "block_scalar" => {
            let header = whole.find('\n').map_or(whole.len(), |end| end + 1);
            let folded = whole.starts_with('>');
            at += header;
            text.drain(..header);
            if folded {
                fold(&mut text);
            }
        }
        "plain_scalar" => fold(&mut text),
        _ => {
            // An escape stands for something else, and here there is no room to say what.
            let escaped = whole.contains('\\') && whole.starts_with('"') || whole.trim_matches('\'').contains("''");
            if escaped || text.len() < 2 {
                text.fill(b' ');
            } else {
                fill(&mut text, 0..1, b' ');
                let last = text.len() - 1;
                fill(&mut text, last..last + 1, b' ');
                fold(&mut text);
            }
        }
    }
    expressions(&mut text);
    (at, text)
}

/// Line ends become blanks where a line follows.
fn fold(text: &mut [u8]) {
    for at in 0..text.len() {
        if text.get(at) != Some(&b'\n') {
            continue;
        }
        let next = text.get(at + 1..).unwrap_or_default();
        let blank = next.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if next.get(blank).is_some_and(|byte| *byte != b'\n') {
            fill(text, at..at + 1, b' ');
        }
    }
}

/// `${{ … }}` becomes a word.
fn expressions(text: &mut [u8]) {
    let mut at = 0;
    while let Some(start) = find(text, b"${{", at) {
        let Some(end) = find(text, b"}}", start) else { return };
        for byte in text.get_mut(start..end + 2).unwrap_or_default() {
            if *byte != b'\n' {
                *byte = b'_';
            }
        }
        at = end + 2;
    }
}

fn find(text: &[u8], word: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    rest.windows(word.len()).position(|at| at == word).map(|at| at + from)
}

/// What mappings say of shells, each read once: one may hold thousands of commands.
#[derive(Default)]
struct Shells(BTreeMap<usize, Says>);

#[derive(Clone, Copy, Default)]
struct Says {
    /// Whether `shell` names a POSIX shell.
    shell: Option<bool>,
    /// Whether `runs-on` names no Windows.
    runs: Option<bool>,
}

impl Shells {
    /// Whether a step's command goes to a POSIX shell: it says so, or does not say and runs on no Windows.
    fn posix(&mut self, yaml: &Code<'_>, pair: Node<'_>) -> bool {
        let Some(mut mapping) = above(pair, &["block_mapping"]) else {
            return true;
        };
        if let Some(posix) = self.says(yaml, mapping).shell {
            return posix;
        }
        for _ in 0..LEVELS {
            if let Some(posix) = self.says(yaml, mapping).runs {
                return posix;
            }
            match above(mapping, &["block_mapping"]) {
                Some(outer) => mapping = outer,
                None => break,
            }
        }
        true
    }

    fn says(&mut self, yaml: &Code<'_>, mapping: Node<'_>) -> Says {
        *self.0.entry(mapping.id()).or_insert_with(|| {
            let mut says = Says::default();
            let mut cursor = mapping.walk();
            for pair in mapping.named_children(&mut cursor) {
                let (Some(key), Some(value)) = (pair.child_by_field_name("key"), pair.child_by_field_name("value"))
                else {
                    continue;
                };
                let value = yaml.of(value);
                match yaml.of(key) {
                    "shell" => {
                        let shell = value.trim_matches(['"', '\'']);
                        let posix = ["bash", "sh", "${{"].iter().any(|name| shell.starts_with(name));
                        says.shell.get_or_insert(posix);
                    }
                    "runs-on" => {
                        says.runs.get_or_insert(!value.contains("windows"));
                    }
                    _ => {}
                }
            }
            says
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{pieces, shell};
    use crate::lint::Language;

    fn words(text: &str) -> Vec<String> {
        let all = pieces(Language::Workflow, text);
        all.iter()
            .map(|piece| piece.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn github() {
        let text = "jobs:\n  a:\n    runs-on: ubuntu-24.04\n    defaults:\n      run:\n        shell: bash\n    steps:\n    - name: run\n      run: |\n        tar cf x y\n        echo ${{ github.sha }}\n    - run: gzip x\n    - run: \"date > y\"\n    - run: \"a\\n\"\n    - run: x\n      shell: python\n    - with:\n        script: no\n    - run: >\n        one\n        two\n";
        assert_eq!(
            words(text),
            ["tar cf x y echo _________________", "gzip x", "date > y", "one two"]
        );
        let win =
            "jobs:\n  a:\n    runs-on: windows-2022\n    steps:\n    - run: dir\n    - run: ls\n      shell: bash\n";
        assert_eq!(words(win), ["ls"]);
    }

    #[test]
    fn gitlab() {
        let text = "a:\n  before_script: x\n  script:\n    - export LC_ALL=C\n    - !reference [.b, script]\n    - |\n      ls | sort\n  run: no\n";
        let found = shell(Language::Workflow, ".gitlab-ci.yml", text);
        let words: Vec<Vec<&str>> = found
            .codes
            .iter()
            .map(|code| code.text.split_whitespace().collect())
            .collect();
        assert_eq!(words, [vec!["x"], vec!["export", "LC_ALL=C", "ls", "|", "sort"]]);
        // Commands of one list share a shell, one a line.
        assert!(found.codes[1].text.contains("LC_ALL=C\n"));
    }
}
