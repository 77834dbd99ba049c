//! Versions of symbols (LSB, "Symbol Versioning"): which one each dynamic symbol has, which ones the file defines and needs.

use super::{ENTRIES, image::Image, section::Section};
use crate::{
    format::{
        dwarf::Program,
        structures::{Layout, Table},
    },
    model::{Order, Part, Role, Span, Value},
};
use goblin::elf::{
    Sym,
    section_header::{SHT_GNU_VERDEF, SHT_GNU_VERNEED},
    symver::{VerdefSection, VerneedSection, Versym},
};
use std::{collections::BTreeMap, slice, sync::Arc};

/// The versions of the symbols of a table, in its order.
pub(super) fn of_symbols(image: &Arc<Image>, index: usize) -> Part {
    let (image, s) = (image.clone(), &image.sections[index]);
    let (span, link) = (s.span, s.link());
    Part::lazy(s.label.clone(), span, Order::Fixed, move |bytes| {
        let entry = size_of::<u16>();
        let (table, names) = (Table { span, entry }, image.versions.get_or_init(|| names(&image)));
        let one = |i: usize| {
            let version = Versym {
                vs_val: table.get(bytes, i, image.head.ctx.le)?,
            };
            let value = Value::Entry {
                what: "version of a symbol",
                text: called(&version, names),
            };
            Some(Part::field(
                symbol(&image, bytes, link, i),
                table.place(i),
                Role::Structure,
                value,
            ))
        };
        Ok((0..table.count().min(ENTRIES)).filter_map(one).collect())
    })
}

fn symbol(image: &Image, bytes: &[u8], table: usize, index: usize) -> String {
    let name = || {
        let section = image.sections.get(table)?;
        let symbol: Sym = image.head.symbols(section.span).get(bytes, index, image.head.ctx)?;
        image.name(section.link(), symbol.st_name as u64)
    };
    name().unwrap_or_else(unnamed)
}

fn unnamed() -> String {
    "unnamed".to_owned()
}

/// As readelf has it.
fn called(version: &Versym, names: &BTreeMap<u16, String>) -> String {
    let name = match names.get(&version.version()) {
        _ if version.is_local() => "*local*".to_owned(),
        _ if version.is_global() => "*global*".to_owned(),
        Some(name) => name.clone(),
        None => version.version().to_string(),
    };
    if version.is_hidden() { name + " (hidden)" } else { name }
}

/// Versions that the file defines or needs, by their numbers: of the first section of each kind, as a program has no more.
fn names(image: &Image) -> BTreeMap<u16, String> {
    let named = |kind: u32| {
        let section = image.sections.iter().find(|s| s.is(kind));
        section.into_iter().flat_map(|section| {
            let entries = entries(image, section).into_iter();
            entries.filter_map(|entry| Some((entry.number?, entry.name(image, section))))
        })
    };
    [SHT_GNU_VERDEF, SHT_GNU_VERNEED].into_iter().flat_map(named).collect()
}

/// The versions that a section defines, or needs of other files.
pub(super) fn table(image: &Arc<Image>, index: usize) -> Part {
    let (image, s) = (image.clone(), &image.sections[index]);
    Part::lazy(s.label.clone(), s.span, Order::Fixed, move |_| {
        let section = &image.sections[index];
        let mut found = entries(&image, section);
        found.sort_by_key(|entry| entry.at);
        let mut at = section.span.start;
        // Entries name each other's places: what lies in another is left to the bytes between them.
        found.retain(|entry| {
            let span = Span::at(entry.at, entry.layout.size);
            let apart = span.start >= at && span.end <= section.span.end;
            at = if apart { span.end } else { at };
            apart
        });
        Ok(found.iter().map(|entry| entry.part(&image, section)).collect())
    })
}

/// goblin keeps these structures to itself, and their places.
const NEEDS: Layout = Layout {
    fields: &[("version", 0), ("count", 2), ("file", 4), ("first", 8), ("next", 12)],
    size: 16,
};
const NEEDED: Layout = Layout {
    fields: &[("hash", 0), ("flags", 4), ("number", 6), ("name", 8), ("next", 12)],
    size: 16,
};
const DEFINED: Layout = Layout {
    fields: &[
        ("version", 0),
        ("flags", 2),
        ("number", 4),
        ("count", 6),
        ("hash", 8),
        ("first", 12),
        ("next", 16),
    ],
    size: 20,
};
const NAME: Layout = Layout {
    fields: &[("name", 0), ("next", 4)],
    size: 8,
};

/// One structure of the two sections.
struct Entry {
    what: &'static str,
    at: usize,
    layout: Layout,
    /// The number by which symbols name the version.
    number: Option<u16>,
    /// Where in the strings its name is.
    string: usize,
}

impl Entry {
    fn name(&self, image: &Image, section: &Section) -> String {
        image.name(section.link(), self.string as u64).unwrap_or_else(unnamed)
    }
    fn part(&self, image: &Image, section: &Section) -> Part {
        let string = image.string(section.link(), self.string as u64);
        let string = string.filter(|name| name.len() <= STRING);
        let fields = self.layout.parts(self.at, image.head.big(), |field| match string {
            Some(string) if matches!(field, "file" | "name") => (Role::Reference, Value::Target(string.to_vec())),
            _ => (Role::Structure, Value::Raw),
        });
        let span = Span::at(self.at, self.layout.size);
        Part::group(self.name(image, section), span, Order::Fixed, fields).entry(self.what)
    }
}

/// Longer names are left to their bytes.
const STRING: usize = 4096;

/// As many structures as a section has room for, one behind the other.
fn most(section: &Section) -> usize {
    ENTRIES.min(section.span.len() / NAME.size)
}

/// All structures of a section; none of a section of another kind.
fn entries(image: &Image, section: &Section) -> Vec<Entry> {
    match section.header.sh_type {
        SHT_GNU_VERNEED => needed(image, section).unwrap_or_default(),
        SHT_GNU_VERDEF => defined(image, section).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn needed(image: &Image, section: &Section) -> Option<Vec<Entry>> {
    let headers = slice::from_ref(&section.header);
    let all = VerneedSection::parse(image.file(), headers, image.head.ctx).ok()??;
    let (mut found, mut at) = (Vec::new(), section.span.start);
    for file in &all {
        found.push(Entry {
            what: "file with needed versions",
            at,
            layout: NEEDS,
            number: None,
            string: file.vn_file,
        });
        let mut place = at.saturating_add(file.vn_aux as usize);
        for version in file.iter().take(most(section).saturating_sub(found.len())) {
            found.push(Entry {
                what: "needed version",
                at: place,
                layout: NEEDED,
                number: Some(version.vna_other),
                string: version.vna_name,
            });
            place = place.saturating_add(version.vna_next as usize);
        }
        if found.len() >= most(section) {
            break;
        }
        at = at.saturating_add(file.vn_next as usize);
    }
    Some(found)
}

fn defined(image: &Image, section: &Section) -> Option<Vec<Entry>> {
    let headers = slice::from_ref(&section.header);
    let all = VerdefSection::parse(image.file(), headers, image.head.ctx).ok()??;
    let (mut found, mut at) = (Vec::new(), section.span.start);
    for version in &all {
        let mut names = version
            .iter()
            .take(most(section).saturating_sub(found.len()))
            .peekable();
        found.push(Entry {
            what: "defined version",
            at,
            layout: DEFINED,
            number: Some(version.vd_ndx),
            string: names.peek().map_or(0, |name| name.vda_name),
        });
        let mut place = at.saturating_add(version.vd_aux as usize);
        for name in names {
            found.push(Entry {
                what: "name of a version",
                at: place,
                layout: NAME,
                number: None,
                string: name.vda_name,
            });
            place = place.saturating_add(name.vda_next as usize);
        }
        if found.len() >= most(section) {
            break;
        }
        at = at.saturating_add(version.vd_next as usize);
    }
    Some(found)
}
