//! Whether two artifacts are equal but for what an allow-list names. Everything that it does not name has to be equal, byte
//! for byte; only places that follow from the size of what may differ are left out.

mod canonical;
mod members;
mod names;
mod numbers;
mod rules;

pub use rules::Rules;

use crate::{
    bytes::Error,
    ddc::{archive, elf},
};
use canonical::canonical;
use std::collections::BTreeSet;

/// What was allowed to differ and does, sorted, if nothing else differs; `None` if something does. ELF files and `ar` archives
/// of them are read; all else has to be equal byte for byte.
///
/// # Errors
/// An ELF file or an archive is malformed: which, and where.
pub fn equal(a: &[u8], b: &[u8], rules: &Rules) -> Result<Option<Vec<String>>, Error> {
    if a == b {
        return Ok(Some(Vec::new()));
    }
    let both = |magic: &[u8]| a.starts_with(magic) && b.starts_with(magic);
    let found = if both(archive::MAGIC) {
        members::equal(a, b, rules)?
    } else if both(elf::MAGIC) {
        equal_files(a, b, rules)?
    } else {
        None
    };
    Ok(found.map(|names| names.into_iter().collect()))
}

fn equal_files(a: &[u8], b: &[u8], rules: &Rules) -> Result<Option<BTreeSet<String>>, Error> {
    let a = canonical(a, rules).map_err(|e| e.about("first"))?;
    let b = canonical(b, rules).map_err(|e| e.about("second"))?;
    if a.pieces != b.pieces {
        return Ok(None);
    }
    let names = a.allowed.keys().chain(b.allowed.keys());
    let differs = |name: &&String| a.allowed.get(*name) != b.allowed.get(*name);
    Ok(Some(names.filter(differs).cloned().collect()))
}

#[cfg(test)]
mod tests;
