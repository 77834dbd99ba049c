//! What a difference is on its sides: where it lies, and how much of it there is.

use crate::model::{Change, Difference, Kind, Role, Side, Span, Value};

/// Where a part of a side's unit lies: in the container where the unit is its bytes, else the whole field.
pub(super) fn within(side: &Side, span: Span) -> Span {
    if side.unit.len() == side.span.len() {
        span.shifted(side.span.start)
    } else {
        side.span
    }
}

/// What differs and how much: of the difference, these ranges.
pub(super) fn describe(difference: &Difference, changes: &[Change]) -> String {
    let bytes = |pick: fn(&Change) -> Span| changes.iter().map(|c| pick(c).len()).sum::<usize>();
    let (a, b) = (bytes(|c| c.a), bytes(|c| c.b));
    let side = if difference.a.present { "a" } else { "b" };
    let role = match difference.role {
        // A folder's listing has other bytes than the file.
        Role::Presence if difference.kind == Kind::Folder => return format!("only in {side}"),
        Role::Presence => return format!("only in {side} ({} bytes)", a.max(b)),
        Role::Order => return format!("{} items are in another order", difference.a.items.len()),
        Role::Timestamp => "time",
        Role::Owner => "owner",
        Role::Mode => "mode",
        Role::Name => "name",
        Role::Link => "link target",
        Role::Identifier => "identifier",
        Role::Checksum => "checksum",
        Role::Size => "size",
        Role::Offset => "offset",
        Role::Reference => "reference",
        Role::Compression => "compressed bytes",
        Role::Signature => "signature",
        Role::Version => "version",
        Role::Text => "line",
        Role::String => "string",
        Role::Code => "code",
        Role::Inode => "file-system number",
        Role::Padding => "padding",
        Role::Structure => "structure",
        Role::Data | Role::Content => "content",
    };
    let wrong = |side: &Side| side.value == Value::Derived { valid: false };
    let note = match (wrong(&difference.a), wrong(&difference.b)) {
        (true, true) => ", wrong on both sides",
        (true, false) => ", wrong in a",
        (false, true) => ", wrong in b",
        _ => "",
    };
    if a == b {
        let bytes = if a == 1 { "byte differs" } else { "bytes differ" };
        format!("{role}{note}: {a} {bytes}")
    } else {
        format!("{role}{note}: {a} bytes in a, {b} in b")
    }
}
