//! Expressions of debugging information (DWARF 5, 2.5), where places are known.

use super::{Image, read::Cursor, sites::Site};
use crate::model::Span;
use gimli::{Encoding, EndianSlice, Expression, Format, Operation, RunTimeEndian};

/// The addresses in an expression (DW_OP_addr). What is not understood of one is left as it is.
pub(super) fn addresses(image: &Image, at: &mut Cursor<'_>, length: usize, sites: &mut Vec<Site>) -> Option<()> {
    let start = at.at;
    let bytes = at.take(length)?;
    if !image.linked() || length <= image.word() {
        return Some(());
    }
    let word = image.word();
    let encoding = Encoding {
        format: Format::Dwarf32,
        version: 5,
        address_size: word as u8,
    };
    let whole = EndianSlice::new(
        bytes,
        if image.big() {
            RunTimeEndian::Big
        } else {
            RunTimeEndian::Little
        },
    );
    let mut operations = Expression(whole).operations(encoding);
    while let Ok(Some(operation)) = operations.next() {
        if let Operation::Address { address } = operation {
            let end = start + operations.offset_from(&Expression(whole));
            sites.push(Site::address(
                Span::at(end.checked_sub(word)?, word),
                image.place_of(address)?,
            ));
        }
    }
    Some(())
}
