//! Recipes of makefiles that only tests need.

use super::super::place::words;
use std::collections::{BTreeMap, BTreeSet};

/// Larger makefiles are made by programs.
const LARGEST: usize = 256 << 10;
/// Targets that are followed.
const MOST: usize = 2_000;

/// Which target needs which, in one makefile.
#[derive(Default)]
pub(super) struct Recipes {
    /// Where each rule starts, and its targets.
    rules: Vec<(usize, Vec<String>)>,
    /// For each prerequisite, who needs it.
    needed: BTreeMap<String, Vec<String>>,
}

impl Recipes {
    pub(super) fn new(text: &str) -> Self {
        let mut recipes = Self::default();
        if text.len() > LARGEST {
            return recipes;
        }
        let mut at = 0;
        let mut whole = String::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            if whole.is_empty() {
                start = at;
            }
            at += line.len();
            let line = line.trim_end();
            if let Some(more) = line.strip_suffix('\\') {
                whole.push_str(more);
                whole.push(' ');
                continue;
            }
            whole.push_str(line);
            recipes.line(start, &whole);
            whole.clear();
        }
        recipes
    }

    fn line(&mut self, start: usize, line: &str) {
        if line.starts_with(['\t', '#', ' ']) {
            return;
        }
        let Some((targets, rest)) = line.split_once(':') else {
            return;
        };
        if targets.contains('=') || rest.starts_with('=') || rest.starts_with(":=") || targets.starts_with('.') {
            return;
        }
        let targets: Vec<String> = targets.split_whitespace().map(str::to_owned).collect();
        let needs = rest.trim_start_matches(':').split(';').next().unwrap_or("");
        for need in needs.split_whitespace() {
            self.needed
                .entry(need.to_owned())
                .or_default()
                .extend(targets.iter().cloned());
        }
        self.rules.push((start, targets));
    }

    /// The rule around a place, up to the next.
    pub(super) fn body<'t>(&self, text: &'t str, place: usize) -> &'t str {
        let next = self.rules.partition_point(|(start, _)| *start <= place);
        let start = next
            .checked_sub(1)
            .and_then(|at| self.rules.get(at))
            .map_or(place, |(start, _)| *start);
        let end = self.rules.get(next).map_or(text.len(), |(start, _)| *start);
        text.get(start..end).unwrap_or("")
    }

    /// Whether all who need the target whose recipe holds a place are tests, and somebody does.
    pub(super) fn only_for_tests(&self, place: usize) -> bool {
        let before = self.rules.partition_point(|(start, _)| *start <= place);
        let Some((_, targets)) = before.checked_sub(1).and_then(|index| self.rules.get(index)) else {
            return false;
        };
        let mut todo: Vec<&String> = targets.iter().collect();
        let mut seen: BTreeSet<&String> = todo.iter().copied().collect();
        let mut needed = false;
        while let Some(target) = todo.pop() {
            if seen.len() > MOST {
                return false;
            }
            match self.needed.get(target) {
                // What has no ending is a name to ask for: `dist`, though `distcheck` needs it.
                Some(users) if target.contains('.') => {
                    needed = true;
                    let fresh = users.iter().filter(|user| !tests(user));
                    todo.extend(fresh.filter(|user| seen.insert(user)));
                }
                _ => return false,
            }
        }
        needed
    }
}

/// `check`, `bootcheck-linux`, `test-x`.
fn tests(target: &str) -> bool {
    words(target).any(|word| word == "tests" || word.ends_with("check") || word.ends_with("test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_tests_need() {
        let text = "all: prog\nprog: a.o\n\tcc\nbootcheck-x: image.gz \\\n  other\n\trun\nimage.gz: image\n\tgzip < $< > $@\nlone.gz:\n\tgzip x\ncheck: both.x\ndist: both.x\nboth.x:\n\ttar\ndistcheck: dist\ndist:\n\tgzip y\n";
        let recipes = Recipes::new(text);
        let at = |word: &str| recipes.only_for_tests(text.find(word).unwrap());
        assert!(at("gzip < $<"));
        assert!(!at("gzip x") && !at("gzip y") && !at("\tcc") && !at("\ttar"));
        assert!(!Recipes::new("x := a:b\n\ttar\n").only_for_tests(10));
    }
}
