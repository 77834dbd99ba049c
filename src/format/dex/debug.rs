//! Lines and local variables of a method (`debug_info_item`).

use super::{
    super::listing::Listing,
    BEHIND,
    numbers::{Maybe, optional, sleb, uleb},
    tables::Dex,
};
use crate::model::Malformed;

/// All of it, one step of its machine a line.
pub(super) fn list(dex: &Dex<'_>, place: usize, method: &str, to: &mut Listing) -> Result<(), Malformed> {
    let mut from = dex.at(place)?;
    to.debug(format_args!("debug information of method {method}"))?;
    let (line, count) = (uleb(&mut from)?, uleb(&mut from)?);
    to.line(format_args!("from line {line}, {count} parameters"))?;
    let name = |index: Option<usize>| Ok::<_, Malformed>(Maybe(index.map(|index| dex.string(index)).transpose()?));
    let kind = |index: Option<usize>| Ok::<_, Malformed>(Maybe(index.map(|index| dex.kind(index)).transpose()?));
    for _ in 0..count {
        to.line(format_args!("parameter {}", name(optional(&mut from)?)?))?;
    }
    loop {
        match from.u8()? {
            0 => break,
            1 => to.line(format_args!("code + {}", uleb(&mut from)?))?,
            2 => to.line(format_args!("line {:+}", sleb(&mut from)?))?,
            step @ (3 | 4) => {
                let register = uleb(&mut from)?;
                let (called, typed) = (name(optional(&mut from)?)?, kind(optional(&mut from)?)?);
                let signature = if step == 4 {
                    Some(name(optional(&mut from)?)?)
                } else {
                    None
                };
                let signature = signature.map(|text| format!(" {text}")).unwrap_or_default();
                to.line(format_args!("v{register} is {called}:{typed}{signature}"))?;
            }
            5 => to.line(format_args!("v{} ends", uleb(&mut from)?))?,
            6 => to.line(format_args!("v{} again", uleb(&mut from)?))?,
            7 => to.line(format_args!("end of what comes first"))?,
            8 => to.line(format_args!("begin of what comes last"))?,
            9 => to.line(format_args!("file {}", name(optional(&mut from)?)?))?,
            step => {
                let step = i32::from(step) - 10;
                to.line(format_args!("step: code + {}, line {:+}", step / 15, step % 15 - 4))?;
            }
        }
    }
    dex.layout
        .note(format!("debug information of {method}"), place, from.at + BEHIND, false);
    Ok(())
}
