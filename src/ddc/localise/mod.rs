//! Where two outputs of a compiler differ. Most bytes of such files move when one instruction does, so they are compared by what
//! they mean: functions, symbols, strings and data, with names in place of addresses.

mod arm64;
mod describe;
mod functions;
mod image;
mod line;
mod listed;
mod members;
mod sections;
mod x86;

pub(crate) use members::compare_all;

use crate::{bytes::Error, ddc::elf, model::Localised};
use image::Image;
use std::collections::BTreeSet;

/// Where two ELF files differ; other files, and those for other machines than x86-64 and AArch64, are compared as bytes. The error
/// says what is malformed, and where.
pub fn compare(a: &[u8], b: &[u8]) -> Result<Localised, Error> {
    if a == b {
        return Ok(same(a, b));
    }
    if !a.starts_with(elf::MAGIC) || !b.starts_with(elf::MAGIC) {
        return Ok(bytes_only(a, b, "they are not both ELF files".to_owned()));
    }
    let first = Image::read(a).map_err(|e| e.about("first"))?;
    let second = Image::read(b).map_err(|e| e.about("second"))?;
    let machine = first.file.head.header.e_machine;
    let mut found = same(a, b);
    found.first_byte = first_byte(a, b);
    found.header = sections::header(&first, &second);
    if machine != second.file.head.header.e_machine {
        found.bytes_only = Some("they are for different machines".to_owned());
    } else if !first.is_known() || first.relocatable != second.relocatable {
        found.bytes_only = Some(if first.is_known() {
            "only one of them is an object".to_owned()
        } else {
            format!("machine {machine} is neither 64-bit x86 nor AArch64, little-endian")
        });
    }
    if found.bytes_only.is_some() {
        found.sections = sections::sections(&first, &second, &BTreeSet::new());
        return Ok(found);
    }
    let functions = functions::functions(&first, &second);
    let data = functions::data(&first, &second);
    let (strings, mut named) = listed::strings(&first, &second);
    named.extend(functions.sections);
    named.extend(data.sections);
    found.functions_compared = functions.compared;
    found.functions = functions.only;
    found.changed_functions = functions.changed;
    found.changed_functions_left_out = functions.left_out;
    found.changed_data = data.changed;
    found.changed_data_left_out = data.left_out;
    found.imports = listed::imports(&first, &second);
    found.symbols = listed::symbols(&first, &second);
    found.strings = strings;
    found.sections = sections::sections(&first, &second, &named);
    if found.sections.is_empty() && found.header.is_empty() {
        let where_else = "places of the sections, or zeros between them";
        found.header.push(where_else.to_owned());
    }
    Ok(found)
}

/// Nothing differs, yet.
fn same(a: &[u8], b: &[u8]) -> Localised {
    Localised {
        size_a: a.len() as u64,
        size_b: b.len() as u64,
        ..Localised::default()
    }
}

fn bytes_only(a: &[u8], b: &[u8], why: String) -> Localised {
    Localised {
        bytes_only: Some(why),
        first_byte: first_byte(a, b),
        ..same(a, b)
    }
}

fn first_byte(a: &[u8], b: &[u8]) -> Option<u64> {
    let equal = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    (equal < a.len().max(b.len())).then_some(equal as u64)
}

#[cfg(test)]
mod tests;
