//! Fields that name a string elsewhere, and how a table that holds them is cut into parts.

use super::Image;
use crate::model::{Address, Part, Role, Span, Value};
use std::{borrow::Cow, collections::BTreeMap};

/// A field worth telling apart from the bytes around it.
#[derive(Clone, Copy)]
pub(in crate::format) struct Site {
    pub(in crate::format) at: Span,
    pub(in crate::format) to: To,
    /// What it is, where the string may differ from build to build: such strings are paired by the order in which they are named.
    pub(in crate::format) label: Option<&'static str>,
}

impl Site {
    /// An address, where places are known.
    pub(in crate::format) fn address(at: Span, to: Address) -> Self {
        Self {
            at,
            to: To::Address(to),
            label: None,
        }
    }
}

/// What lists are of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::format) enum Lists {
    Ranges,
    Locations,
}

/// What a site holds.
#[derive(Clone, Copy)]
pub(in crate::format) enum To {
    /// An offset into the section of this index.
    String(usize, u64),
    /// The string itself.
    Inline,
    /// A length that the parts were found by.
    Length,
    /// A place in `.debug_line`: the number of the line table, and how far into its program.
    Program(usize, usize),
    /// A place in a table of strings, by the number of the string and how far into it.
    Nth(usize, usize),
    /// Where a list begins, which is compared as a number: of ranges, or of locations.
    List(Lists, u64),
    /// An address, where places are known.
    Address(Address),
}

/// Receives sites in file order.
pub(in crate::format) type Visit<'v> = &'v mut dyn FnMut(Site);

/// Named strings in a run of other bytes, before a new run begins.
const RUN: usize = 64;

/// Cuts `span` at its sites: paths and labelled strings are parts of their own; the rest stands in runs, in which every offset is
/// replaced by the string it names.
pub(in crate::format) fn parts(image: &Image, bytes: &[u8], span: Span, sites: &[Site]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut run = Run {
        start: span.start,
        at: span.start,
        named: 0,
        form: vec![0],
    };
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for site in sites {
        // Sites lie in order; one that does not is left to the bytes around it.
        if site.at.start < run.at || site.at.end > span.end {
            continue;
        }
        let text = match site.to {
            To::String(table, offset) => match image.string(table, offset) {
                Some(text) => Cow::Borrowed(text),
                None => continue,
            },
            To::Inline => Cow::Borrowed(&bytes[site.at.start..site.at.end]),
            To::Length => Cow::Borrowed(&b""[..]),
            To::List(..) => continue,
            To::Program(table, at) => Cow::Owned(format!("line table {table}, program +{at}").into_bytes()),
            To::Nth(number, at) => Cow::Owned(format!("string {number} +{at}").into_bytes()),
            To::Address(address) => Cow::Owned(address.to_string().into_bytes()),
        };
        let label = match site.to {
            To::Address(_) => None,
            _ => varies(site.label, &text),
        };
        let Some(label) = label else {
            if matches!(
                site.to,
                To::String(..) | To::Program(..) | To::Nth(..) | To::Address(..)
            ) {
                run.name(bytes, site.at, &text);
                if run.named == RUN {
                    run.end(bytes, site.at.end, &mut parts);
                }
            }
            continue;
        };
        run.end(bytes, site.at.start, &mut parts);
        let count = counts.entry(label).or_default();
        *count += 1;
        let name = if *count == 1 {
            label.to_owned()
        } else {
            format!("{label} {count}")
        };
        let (role, value) = match site.to {
            To::String(..) | To::Program(..) | To::Nth(..) | To::Address(..) => {
                (Role::Reference, Value::Target(text.into_owned()))
            }
            To::Inline => (Role::String, Value::Raw),
            To::Length | To::List(..) => (Role::Size, Value::Derived { valid: true }),
        };
        parts.push(Part::field(name, site.at, role, value));
        run = Run {
            start: site.at.end,
            at: site.at.end,
            named: 0,
            form: vec![0],
        };
    }
    run.end(bytes, span.end, &mut parts);
    parts
}

/// What a string is, where it may differ from build to build: as its field says, or by its form.
pub(in crate::format) fn varies(label: Option<&'static str>, text: &[u8]) -> Option<&'static str> {
    let compiler = || {
        let named = |name: &str| memchr::memmem::find(&text[..text.len().min(64)], name.as_bytes()).is_some();
        [&b"GNU C"[..], b"GNU AS", b"GNU GIMPLE"]
            .iter()
            .any(|&start| text.starts_with(start))
            || named("clang version")
            || named("rustc version")
    };
    if label.is_some() {
        label
    } else if compiler() {
        Some("producer")
    } else if seedless(text).is_some() {
        Some("LTO symbol")
    } else if text.starts_with(b".gnu.lto_") {
        Some("LTO section")
    } else {
        text.contains(&b'/').then_some("path")
    }
}

/// The name of a local symbol of LLVM's ThinLTO without the number of its module.
pub(in crate::format) fn seedless(name: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::rfind(name, b".llvm.")? + b".llvm.".len();
    let number = &name[at..];
    (!number.is_empty() && number.len() <= 20 && number.iter().all(u8::is_ascii_digit)).then(|| &name[..at])
}

/// Bytes between two parts, with offsets written as what they name. The form begins with a NUL, so that it is never taken for text.
struct Run {
    start: usize,
    at: usize,
    named: usize,
    form: Vec<u8>,
}

impl Run {
    fn name(&mut self, bytes: &[u8], at: Span, text: &[u8]) {
        self.form.extend_from_slice(&bytes[self.at..at.start]);
        self.form.extend_from_slice(text);
        self.form.push(0);
        self.at = at.end;
        self.named += 1;
    }
    fn end(&mut self, bytes: &[u8], end: usize, parts: &mut Vec<Part>) {
        let span = Span::new(self.start, end);
        let mut form = std::mem::replace(&mut self.form, vec![0]);
        if !span.is_empty() {
            let (role, value) = if self.named == 0 {
                (Role::Content, Value::Raw)
            } else {
                form.extend_from_slice(&bytes[self.at..end]);
                (Role::Reference, Value::Target(form))
            };
            parts.push(Part::field(format!("run {}", parts.len()), span, role, value));
        }
        (self.start, self.at, self.named) = (end, end, 0);
    }
}
