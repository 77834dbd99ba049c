//! The constant pool (JVMS 4.4): what an index stands for, written out.

use super::super::listing::{Name, Quoted, Reader};
use crate::model::Malformed;
use std::{cell::Cell, collections::BTreeMap};

/// Bytes of one bootstrap method written out, and of all.
const LONGEST: (usize, usize) = (1 << 16, 1 << 22);

/// An entry, and whether anything refers to it.
struct Entry<'b> {
    constant: Constant<'b>,
    used: Cell<bool>,
}

enum Constant<'b> {
    /// Index 0, and what is behind a number of eight bytes.
    None,
    Utf8(&'b [u8]),
    /// `Integer`, `Float`, `Long`, `Double`: by its bits.
    Number(u8, u64),
    /// A tag, and the index of a text.
    Text(u8, u16),
    /// A tag, the index of a class, and that of a name and a descriptor.
    Member(u8, u16, u16),
    NameAndType(u16, u16),
    Handle(u8, u16),
    /// A tag, a bootstrap method, a name and a descriptor.
    Dynamic(u8, u16, u16),
}

pub(super) struct Pool<'b> {
    entries: Vec<Entry<'b>>,
    /// The pool's own bytes.
    pub(super) raw: &'b [u8],
    /// The bootstrap methods written out.
    bootstraps: Vec<String>,
    /// Where several computed constants are written alike, which of them an index is: each is computed once for itself.
    twins: BTreeMap<u16, usize>,
}

impl<'b> Pool<'b> {
    pub(super) fn read(from: &mut Reader<'b>) -> Result<Self, Malformed> {
        let whole = from.clone();
        let start = from.at;
        let count = usize::from(from.u16()?);
        let mut constants = vec![Constant::None];
        while constants.len() < count {
            let at = from.at;
            let constant = match from.u8()? {
                1 => {
                    let length = from.u16()?;
                    Constant::Utf8(from.take(length.into())?)
                }
                tag @ (3 | 4) => Constant::Number(tag, from.number(4)?),
                tag @ (5 | 6) => Constant::Number(tag, from.number(8)?),
                tag @ (7 | 8 | 16 | 19 | 20) => Constant::Text(tag, from.u16()?),
                tag @ 9..=11 => Constant::Member(tag, from.u16()?, from.u16()?),
                12 => Constant::NameAndType(from.u16()?, from.u16()?),
                15 => Constant::Handle(from.u8()?, from.u16()?),
                tag @ (17 | 18) => Constant::Dynamic(tag, from.u16()?, from.u16()?),
                tag => return Err(Malformed::at(at, "a constant", format!("tag {tag}"))),
            };
            let wide = matches!(constant, Constant::Number(5 | 6, _));
            constants.push(constant);
            if wide {
                constants.push(Constant::None);
            }
        }
        if constants.len() > count.max(1) {
            return Err(Malformed::at(
                from.at,
                "room for a number of eight bytes",
                "the end of the pool",
            ));
        }
        let entries = constants.into_iter().map(|constant| Entry {
            constant,
            used: Cell::new(false),
        });
        let mut whole = whole.from(start)?;
        Ok(Self {
            entries: entries.collect(),
            raw: whole.take(from.at - start)?,
            bootstraps: Vec::new(),
            twins: BTreeMap::new(),
        })
    }

    fn get(&self, index: u16) -> Result<&Constant<'b>, Malformed> {
        let entry = self.entries.get(usize::from(index)).filter(|_| index > 0);
        let entry = entry.ok_or_else(|| Malformed::at(0, "the index of a constant", index.to_string()))?;
        entry.used.set(true);
        Ok(&entry.constant)
    }

    /// The bytes of a text.
    pub(super) fn utf8(&self, index: u16) -> Result<&'b [u8], Malformed> {
        match self.get(index)? {
            Constant::Utf8(bytes) => Ok(bytes),
            _ => Err(Malformed::at(0, "the index of a text", index.to_string())),
        }
    }

    fn name_and_type(&self, index: u16) -> Result<String, Malformed> {
        match *self.get(index)? {
            Constant::NameAndType(name, descriptor) => {
                Ok(format!("{}:{}", Name(self.utf8(name)?), Name(self.utf8(descriptor)?)))
            }
            _ => Err(Malformed::at(
                0,
                "the index of a name and a descriptor",
                index.to_string(),
            )),
        }
    }

    fn class(&self, index: u16) -> Result<&'b [u8], Malformed> {
        match *self.get(index)? {
            Constant::Text(7, name) => self.utf8(name),
            _ => Err(Malformed::at(0, "the index of a class", index.to_string())),
        }
    }

    /// What an index stands for; two are written alike only if they stand for the same.
    pub(super) fn any(&self, index: u16) -> Result<String, Malformed> {
        if index == 0 {
            return Ok("nothing".to_owned());
        }
        let text = self.say(index)?;
        Ok(match self.twins.get(&index) {
            Some(nth) => format!("{text} #{nth}"),
            None => text,
        })
    }

    fn say(&self, index: u16) -> Result<String, Malformed> {
        Ok(match *self.get(index)? {
            Constant::None => return Err(Malformed::at(0, "the index of a constant", "that behind a wide number")),
            Constant::Utf8(bytes) => format!("text {}", Quoted(bytes)),
            Constant::Number(tag, bits) => number(tag, bits),
            Constant::Text(8, text) => format!("string {}", Quoted(self.utf8(text)?)),
            Constant::Text(tag, text) => {
                let what = match tag {
                    7 => "class",
                    16 => "method-type",
                    19 => "module",
                    _ => "package",
                };
                format!("{what} {}", Name(self.utf8(text)?))
            }
            Constant::Member(tag, class, member) => {
                let what = ["field", "method", "interface-method"][usize::from(tag) - 9];
                format!("{what} {}.{}", Name(self.class(class)?), self.name_and_type(member)?)
            }
            Constant::NameAndType(..) => format!("name-and-type {}", self.name_and_type(index)?),
            Constant::Handle(kind, member) => match self.get(member)? {
                Constant::Member(..) => format!("handle {kind} {}", self.say(member)?),
                _ => return Err(Malformed::at(0, "the index of a member", member.to_string())),
            },
            Constant::Dynamic(tag, bootstrap, member) => {
                let what = if tag == 17 { "computed" } else { "call" };
                let by = self.bootstraps.get(usize::from(bootstrap));
                let by =
                    by.ok_or_else(|| Malformed::at(0, "the number of a bootstrap method", bootstrap.to_string()))?;
                format!("{what} {} by {by}", self.name_and_type(member)?)
            }
        })
    }

    /// Reads the bootstrap methods (JVMS 4.7.23), which constants refer to by number.
    pub(super) fn bootstraps(&mut self, table: &'b [u8]) -> Result<(), Malformed> {
        let mut from = Reader::big(table);
        let (mut found, mut total) = (Vec::new(), 0);
        for _ in 0..from.u16()? {
            let mut text = format!("{{{}", self.argument(from.u16()?)?);
            for _ in 0..from.u16()? {
                text += &format!(", {}", self.argument(from.u16()?)?);
                if text.len() > LONGEST.0 {
                    return Err(Malformed::limit("shorter bootstrap methods"));
                }
            }
            text.push('}');
            total += text.len();
            if total > LONGEST.1 {
                return Err(Malformed::limit("fewer bootstrap methods"));
            }
            found.push(text);
        }
        if from.left() > 0 {
            return Err(Malformed::at(from.at, "the end of the bootstrap methods", "more"));
        }
        self.bootstraps = found;
        self.find_twins()
    }

    /// An argument of a bootstrap method. One that is computed itself is named by its number: then the order of the methods counts.
    fn argument(&self, index: u16) -> Result<String, Malformed> {
        match *self.get(index)? {
            Constant::Dynamic(tag, bootstrap, member) => {
                let member = self.name_and_type(member)?;
                Ok(format!(
                    "dynamic {tag} {member} by method {bootstrap}, constant {index}"
                ))
            }
            _ => self.say(index),
        }
    }

    fn find_twins(&mut self) -> Result<(), Malformed> {
        let mut alike: BTreeMap<[u8; 32], Vec<u16>> = BTreeMap::new();
        for index in 1..self.entries.len() {
            let index = index as u16;
            if matches!(self.entries[usize::from(index)].constant, Constant::Dynamic(17, ..)) {
                let said = blake3::hash(self.say(index)?.as_bytes());
                alike.entry(*said.as_bytes()).or_default().push(index);
                self.entries[usize::from(index)].used.set(false);
            }
        }
        let several = alike.into_values().filter(|all| all.len() > 1);
        self.twins = several.flat_map(|all| all.into_iter().zip(1..)).collect();
        Ok(())
    }

    /// The bootstrap methods in an order of their own: nothing but the constants names one, and these write it out.
    pub(super) fn sorted_bootstraps(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.bootstraps.iter().map(String::as_str).collect();
        all.sort_unstable();
        all
    }

    /// The entries that nothing refers to, in an order of their own.
    pub(super) fn unused(&self) -> Result<Vec<String>, Malformed> {
        let used: Vec<bool> = self.entries.iter().map(|entry| entry.used.get()).collect();
        let of_none = |i: &usize| !used[*i] && !matches!(self.entries[*i].constant, Constant::None);
        let lines = (1..self.entries.len()).filter(of_none).map(|i| self.any(i as u16));
        let mut lines = lines.collect::<Result<Vec<_>, _>>()?;
        lines.sort_unstable();
        Ok(lines)
    }
}

/// A number with its bits, for several bit patterns are the same number, or none.
fn number(tag: u8, bits: u64) -> String {
    match tag {
        3 => format!("int {}", (bits as u32).cast_signed()),
        4 => format!("float {} ({bits:#x})", f32::from_bits(bits as u32)),
        5 => format!("long {}", bits.cast_signed()),
        _ => format!("double {} ({bits:#x})", f64::from_bits(bits)),
    }
}
