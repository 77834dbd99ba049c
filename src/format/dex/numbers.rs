//! Numbers of several bytes, and what may not be there.

use super::super::listing::Reader;
use crate::model::Malformed;
use std::fmt;

/// An unsigned LEB128 of at most 32 bits, as short as can be.
pub(super) fn uleb(from: &mut Reader<'_>) -> Result<u32, Malformed> {
    let at = from.at;
    let mut value = 0u64;
    for shift in (0..35).step_by(7) {
        let byte = from.u8()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            let short = shift == 0 || byte != 0;
            let value = u32::try_from(value).ok().filter(|_| short);
            return value.ok_or_else(|| Malformed::at(at, "a number as short as can be", "a longer one"));
        }
    }
    Err(Malformed::at(at, "a number of 32 bits", "a longer one"))
}

/// A signed LEB128 of at most 32 bits, as its bytes have it.
pub(super) fn sleb(from: &mut Reader<'_>) -> Result<i64, Malformed> {
    let at = from.at;
    let mut value = 0i64;
    for shift in (0..35).step_by(7) {
        let byte = from.u8()?;
        value |= i64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            let bits = shift + 7;
            let signed = value << (64 - bits) >> (64 - bits);
            let shorter = shift > 0 && {
                let bits = shift;
                let cut = value & ((1 << bits) - 1);
                cut << (64 - bits) >> (64 - bits) == signed
            };
            return match shorter {
                true => Err(Malformed::at(at, "a number as short as can be", "a longer one")),
                false => Ok(signed),
            };
        }
    }
    Err(Malformed::at(at, "a number of 32 bits", "a longer one"))
}

/// An index that is one less than what is stored, and none where that is 0.
pub(super) fn optional(from: &mut Reader<'_>) -> Result<Option<usize>, Malformed> {
    Ok((uleb(from)? as usize).checked_sub(1))
}

/// What may not be there.
pub(super) struct Maybe<T>(pub(super) Option<T>);

impl<T: fmt::Display> fmt::Display for Maybe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(there) => there.fmt(f),
            None => f.write_str("nothing"),
        }
    }
}
