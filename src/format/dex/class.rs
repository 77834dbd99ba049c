//! Classes with their members, in the order of the file.

use super::{
    super::{
        chunks::NONE,
        listing::{Listing, Reader},
    },
    BEHIND, annotation, code,
    numbers::{Maybe, uleb},
    tables::Dex,
    value,
};
use crate::model::Malformed;

/// All classes (`class_def_item`).
pub(super) fn list(dex: &Dex<'_>, to: &mut Listing) -> Result<(), Malformed> {
    let (count, start) = dex.classes;
    if count == 0 {
        return Ok(());
    }
    let mut from = dex.at(start)?;
    (0..count).try_for_each(|_| one(dex, &mut from, to))
}

fn one(dex: &Dex<'_>, from: &mut Reader<'_>, to: &mut Listing) -> Result<(), Malformed> {
    let name = dex.kind(from.place()?)?.to_string();
    let flags = from.u32()?;
    let parent = optional(from.u32()?).map(|index| dex.kind(index)).transpose()?;
    to.section(format_args!("class {name}"))?;
    to.line(format_args!("flags {flags:#x}"))?;
    to.line(format_args!("extends {}", Maybe(parent)))?;
    let place = from.place()?;
    let interfaces = dex.type_list(place, &name)?;
    if place > 0 && interfaces.is_empty() {
        to.line(format_args!("implements a list of none"))?;
    }
    for interface in interfaces {
        to.line(format_args!("implements {}", dex.kind(interface.into())?))?;
    }
    let source = optional(from.u32()?).map(|index| dex.text(index)).transpose()?;
    let (annotations, data, values) = (from.place()?, from.place()?, from.place()?);
    if annotations > 0 {
        annotation::list(dex, annotations, &name, to)?;
    }
    if values > 0 {
        to.line(format_args!("values {}", value::array_at(dex, values, &name)?))?;
    }
    let methods = match data {
        0 => Vec::new(),
        place => members(dex, place, &name, to)?,
    };
    if let Some(source) = source {
        to.debug(format_args!("debug information of class {name}"))?;
        to.line(format_args!("source {source}"))?;
    }
    methods.into_iter().try_for_each(|method| method.list(dex, to))
}

fn optional(index: u32) -> Option<usize> {
    (index != NONE).then_some(index as usize)
}

/// A method, before its code is read.
struct Method {
    name: String,
    flags: u32,
    code: usize,
}

/// Fields and methods (`class_data_item`); their indexes count from the one before.
fn members(dex: &Dex<'_>, place: usize, class: &str, to: &mut Listing) -> Result<Vec<Method>, Malformed> {
    let mut from = dex.at(place)?;
    let counts = [uleb(&mut from)?, uleb(&mut from)?, uleb(&mut from)?, uleb(&mut from)?];
    for (count, what) in counts.iter().zip(["static field", "field"]) {
        let mut index = 0;
        for _ in 0..*count {
            index = next(index, &mut from)?;
            let flags = uleb(&mut from)?;
            to.line(format_args!("{what} {} flags {flags:#x}", dex.field(index)?))?;
        }
    }
    let mut methods = Vec::new();
    for (count, what) in counts[2..].iter().zip(["direct method", "virtual method"]) {
        let mut index = 0;
        for _ in 0..*count {
            index = next(index, &mut from)?;
            let method = Method {
                name: dex.method(index)?,
                flags: uleb(&mut from)?,
                code: uleb(&mut from)? as usize,
            };
            to.line(format_args!("{what} {}", method.name))?;
            methods.push(method);
        }
    }
    dex.layout
        .note(format!("members of {class}"), place, from.at + BEHIND, false);
    Ok(methods)
}

fn next(index: usize, from: &mut Reader<'_>) -> Result<usize, Malformed> {
    Ok(index.saturating_add(uleb(from)? as usize))
}

impl Method {
    fn list(&self, dex: &Dex<'_>, to: &mut Listing) -> Result<(), Malformed> {
        to.section(format_args!("method {}", self.name))?;
        to.line(format_args!("flags {:#x}", self.flags))?;
        match self.code {
            0 => Ok(()),
            place => code::list(dex, place, &self.name, to),
        }
    }
}
