//! An image as what reads debugging information sees it: GNU's tools keep DWARF in sections of its own.

use super::space::{self, Image};
use crate::{
    format::{
        coff::Section,
        dwarf::{self, Kept, names},
        placed::Placed,
    },
    model::{Blob, Order, Part, Role, Span, Value},
};
use std::sync::Arc;

/// Sections by index, and behind them the table of strings of the symbols.
pub(super) struct Program {
    bytes: Blob,
    sections: Vec<(String, Span)>,
    word: usize,
    placed: Option<Placed>,
    kept: Kept,
}

impl Program {
    pub(super) fn of(image: &Image<'_>, strings: Option<Span>, placed: Option<&Placed>) -> Arc<dwarf::Image> {
        let targets = if image.sections.iter().any(records) {
            targets(image)
        } else {
            None
        };
        let one = |section: &Section| {
            let (all, start) = (section.span(image.bytes.len()).unwrap_or_default(), section.address());
            let end = start.saturating_add(section.memory() as u64);
            let led = targets.as_ref().is_none_or(|targets| {
                let from = targets.partition_point(|&target| target < image.base.wrapping_add(start));
                targets
                    .get(from)
                    .is_some_and(|&target| target < image.base.wrapping_add(end))
            });
            let name = if records(section) && !led { section.name() } else { "" };
            (name.to_owned(), Span::at(all.start, all.len().min(section.memory())))
        };
        let mut sections: Vec<(String, Span)> = image.sections.iter().map(one).collect();
        sections.push((String::new(), strings.unwrap_or_default()));
        Arc::new(Self {
            bytes: image.bytes.clone(),
            sections,
            word: if image.wide { 8 } else { 4 },
            placed: placed.cloned(),
            kept: Kept::default(),
        })
    }
}

/// Debugging information that a program may do without, and neither runs nor changes.
fn records(section: &Section) -> bool {
    section.name().starts_with(".debug_") && section.discarded() && !section.runs() && !section.written()
}

/// What code and pointers lead to, in order: what a program reads is no debugging information, whatever a section is called.
fn targets(image: &Image<'_>) -> Option<Vec<u64>> {
    let links = space::links(image, &space::space(image)?);
    let mut targets: Vec<u64> = links.iter().map(|link| link.target).collect();
    targets.sort_unstable();
    Some(targets)
}

impl dwarf::Program for Program {
    fn count(&self) -> usize {
        self.sections.len()
    }
    fn called(&self, section: usize) -> &str {
        self.sections.get(section).map_or("", |(name, _)| name)
    }
    fn place(&self, section: usize) -> Option<(&[u8], Span)> {
        Some((&self.bytes, self.sections.get(section)?.1))
    }
    fn big(&self) -> bool {
        false
    }
    fn word(&self) -> usize {
        self.word
    }
    fn relocatable(&self) -> bool {
        false
    }
    fn placed(&self) -> Option<&Placed> {
        self.placed.as_ref()
    }
    fn kept(&self) -> &Kept {
        &self.kept
    }
}

/// A section's parts, the first of which holds its bytes: debugging information is read.
pub(super) fn read(program: &Arc<dwarf::Image>, index: usize, mut parts: Vec<Part>) -> Vec<Part> {
    let Some(body) = parts.first_mut().filter(|_| !program.called(index).is_empty()) else {
        return parts;
    };
    let (label, span) = (body.name.to_string(), body.span);
    let found = match dwarf::strings(program.called(index)) {
        true => Some(strings(program, index, label, span)),
        false => dwarf::section(program, index, label, span),
    };
    if let Some(found) = found {
        *body = found;
    }
    parts
}

/// Strings that debugging information names.
fn strings(program: &Arc<dwarf::Image>, index: usize, label: String, span: Span) -> Part {
    let program = program.clone();
    Part::lazy(label, span, Order::Keys, move |bytes| {
        let table = span.of(bytes);
        let named = || {
            names::gather(&*program, index, |visit| {
                (0..program.count()).try_for_each(|i| names::visit(&*program, i, visit))
            })
        };
        Ok(names::parts(table, span, named).unwrap_or_else(|| {
            let all = Part::field("", span, Role::Data, Value::Raw);
            vec![names::uses(span, names::places(table)), all]
        }))
    })
}
