//! Annotations of a class and of its members.

use super::{
    super::listing::{Listing, Reader},
    BEHIND,
    tables::Dex,
    value::Text,
};
use crate::model::Malformed;

/// All annotations at a place (`annotations_directory_item`).
pub(super) fn list(dex: &Dex<'_>, place: usize, class: &str, to: &mut Listing) -> Result<(), Malformed> {
    let mut from = dex.at(place)?;
    let of_class = from.place()?;
    let counts = [from.u32()?, from.u32()?, from.u32()?];
    set(dex, of_class, "class", class, to)?;
    for _ in 0..counts[0] {
        let field = dex.field(from.place()?)?;
        set(dex, from.place()?, &field, class, to)?;
    }
    for _ in 0..counts[1] {
        let method = dex.method(from.place()?)?;
        set(dex, from.place()?, &method, class, to)?;
    }
    for _ in 0..counts[2] {
        let method = dex.method(from.place()?)?;
        let place = from.place()?;
        let mut sets = dex.at(place)?;
        let count = sets.u32()?;
        to.line(format_args!("annotations of {count} parameters of {method}"))?;
        for number in 0..count {
            set(
                dex,
                sets.place()?,
                &format!("parameter {number} of {method}"),
                class,
                to,
            )?;
        }
        dex.layout.note(
            format!("annotations of parameters of {method}"),
            place,
            sets.at + BEHIND,
            true,
        );
    }
    dex.layout.note(
        format!("annotations by member of {class}"),
        place,
        from.at + BEHIND,
        true,
    );
    Ok(())
}

/// The annotations of one thing (`annotation_set_item`).
fn set(dex: &Dex<'_>, place: usize, of: &str, class: &str, to: &mut Listing) -> Result<(), Malformed> {
    if place == 0 {
        return to.line(format_args!("no annotations of {of}"));
    }
    let mut from = dex.at(place)?;
    let count = from.u32()?;
    to.line(format_args!("{count} annotations of {of}"))?;
    for _ in 0..count {
        let place = from.place()?;
        let mut from: Reader<'_> = dex.at(place)?;
        let visibility = from.u8()?;
        let mut text = Text::new(dex);
        text.annotation(&mut from, 0)?;
        to.line(format_args!("  visibility {visibility} {}", text.text))?;
        dex.layout
            .note(format!("annotation of {of} in {class}"), place, from.at + BEHIND, false);
    }
    dex.layout
        .note(format!("annotations of {of} in {class}"), place, from.at + BEHIND, true);
    Ok(())
}
