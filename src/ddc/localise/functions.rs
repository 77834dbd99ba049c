//! Functions and data objects of two files, paired by name, and the lines in which they differ.

use super::{
    arm64,
    image::Image,
    line::{Code, Line},
    x86,
};
use crate::{
    ddc::localise::listed::listed,
    model::{Changed, Listed},
};
use goblin::elf::{header::EM_X86_64, sym::STT_OBJECT};
use std::collections::{BTreeMap, BTreeSet};

/// Lines that are given of either side.
const LINES: usize = 60;
/// Equal lines that are given before the first difference and after the last.
const AROUND: usize = 5;
/// Functions, and data objects, that are given.
const LIMIT: usize = 100;

/// What came of all pairs.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) compared: usize,
    pub(super) only: Listed,
    pub(super) changed: Vec<Changed>,
    pub(super) left_out: usize,
    /// Names of the sections in which something differs.
    pub(super) sections: BTreeSet<String>,
}

/// A symbol's name and which of that name it is: the numbers of its symbol.
type Found = BTreeMap<(String, usize), usize>;

pub(super) fn functions(a: &Image, b: &Image) -> Outcome {
    let find = |image: &Image| {
        numbered(image, |image, n| {
            image.symbols.get(n).is_some_and(super::image::Symbol::is_function)
        })
    };
    pairs(a, b, &find(a), &find(b), code_lines)
}

pub(super) fn data(a: &Image, b: &Image) -> Outcome {
    let find = |image: &Image| {
        numbered(image, |image, n| {
            let datum = |s: &super::image::Symbol| s.kind == STT_OBJECT && s.size > 0 && s.section.is_some();
            image.symbols.get(n).is_some_and(|s| datum(s) && !s.is_label())
        })
    };
    pairs(a, b, &find(a), &find(b), data_lines)
}

fn numbered(image: &Image, wanted: impl Fn(&Image, usize) -> bool) -> Found {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = Found::new();
    for number in (0..image.symbols.len()).filter(|&n| wanted(image, n)) {
        let Some(symbol) = image.symbols.get(number) else {
            continue;
        };
        let count = seen.entry(symbol.name.clone()).or_default();
        found.insert((symbol.name.clone(), *count), number);
        *count += 1;
    }
    found
}

fn pairs(a: &Image, b: &Image, in_a: &Found, in_b: &Found, lines: fn(&Image, usize) -> Vec<Line>) -> Outcome {
    let mut outcome = Outcome::default();
    let home = |image: &Image, number: usize| {
        let section = image.symbols.get(number).and_then(|symbol| symbol.section);
        image.file.section_name(section.unwrap_or(0))
    };
    for (key, &x) in in_a {
        let Some(&y) = in_b.get(key) else {
            outcome.sections.insert(home(a, x));
            continue;
        };
        outcome.compared += 1;
        let Some(changed) = changed(&lines(a, x), &lines(b, y)) else {
            // The end of a datum without content in the file is all there is of it.
            let (size_a, size_b) = (size(a, x), size(b, y));
            if size_a != size_b {
                let sizes = Changed {
                    a: vec![format!("{size_a} bytes")],
                    b: vec![format!("{size_b} bytes")],
                    ..Changed::default()
                };
                outcome.add(sizes, key, home(a, x), home(b, y), size_a, size_b);
            }
            continue;
        };
        outcome.add(changed, key, home(a, x), home(b, y), size(a, x), size(b, y));
    }
    for (key, &y) in in_b {
        if !in_a.contains_key(key) {
            outcome.sections.insert(home(b, y));
        }
    }
    let names = |mine: &Found, other: &Found| {
        let only = mine.keys().filter(|key| !other.contains_key(*key));
        only.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    outcome.only = listed(names(in_a, in_b), names(in_b, in_a));
    outcome
}

impl Outcome {
    fn add(&mut self, changed: Changed, key: &(String, usize), in_a: String, in_b: String, size_a: u64, size_b: u64) {
        self.sections.insert(in_b);
        self.sections.insert(in_a.clone());
        if self.changed.len() == LIMIT {
            self.left_out += 1;
            return;
        }
        let name = match key.1 {
            0 => key.0.clone(),
            n => format!("{} ({})", key.0, n + 1),
        };
        self.changed.push(Changed {
            name,
            section: in_a,
            size_a,
            size_b,
            ..changed
        });
    }
}

fn size(image: &Image, number: usize) -> u64 {
    image.symbols.get(number).map_or(0, |symbol| symbol.size)
}

fn code_lines(image: &Image, number: usize) -> Vec<Line> {
    let Some(symbol) = image.symbols.get(number) else {
        return Vec::new();
    };
    let Some(section) = symbol.section else {
        return Vec::new();
    };
    let base = if image.relocatable {
        0
    } else {
        image.file.sections.get(section).map_or(0, |s| s.sh_addr)
    };
    let code = Code {
        bytes: image.part(section, symbol.offset, symbol.size),
        section,
        offset: symbol.offset,
        address: base.wrapping_add(symbol.offset),
    };
    if image.file.head.header.e_machine == EM_X86_64 {
        x86::lines(image, &code)
    } else {
        arm64::lines(image, &code)
    }
}

fn data_lines(image: &Image, number: usize) -> Vec<Line> {
    let Some(symbol) = image.symbols.get(number) else {
        return Vec::new();
    };
    let Some(section) = symbol.section else {
        return Vec::new();
    };
    let items = image.items(section, symbol.offset, symbol.size, 0);
    let line = |text| Line {
        text,
        encoding: String::new(),
    };
    items.into_iter().map(line).collect()
}

/// The lines around the first difference, up to the last or to the limit; `None` where there is none.
fn changed(a: &[Line], b: &[Line]) -> Option<Changed> {
    if a == b {
        return None;
    }
    let text = |x: &Line, y: &Line| x.text == y.text;
    let encoding_only = a.len() == b.len() && a.iter().zip(b).all(|(x, y)| text(x, y));
    let same = |x: &Line, y: &Line| if encoding_only { x == y } else { text(x, y) };
    let before = a.iter().zip(b).take_while(|(x, y)| same(x, y)).count();
    let rest = a.len().min(b.len()) - before;
    let after = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take(rest)
        .take_while(|(x, y)| same(x, y))
        .count();
    let first = before.saturating_sub(AROUND);
    let part = |lines: &[Line]| {
        let end = (lines.len() - after + AROUND).min(lines.len());
        let shown: Vec<String> = lines
            .iter()
            .take(end)
            .skip(first)
            .take(LINES)
            .map(|line| {
                if encoding_only && !line.encoding.is_empty() {
                    format!("{}  [{}]", line.text, line.encoding)
                } else {
                    line.text.clone()
                }
            })
            .collect();
        let left = lines.len() - first - shown.len();
        (shown, left)
    };
    let ((lines_a, after_a), (lines_b, after_b)) = (part(a), part(b));
    Some(Changed {
        encoding_only,
        lines_before: first,
        a: lines_a,
        b: lines_b,
        lines_after_a: after_a,
        lines_after_b: after_b,
        ..Changed::default()
    })
}
