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
    let (side, value) = match difference.a.present {
        true => ("a", &difference.a.value),
        false => ("b", &difference.b.value),
    };
    let role = match (difference.role, value) {
        // A folder's listing has other bytes than the file.
        (Role::Presence, _) if difference.kind == Kind::Folder => return format!("only in {side}"),
        (Role::Presence, Value::Entry { what, .. }) => return format!("{what} only in {side}"),
        (Role::Structure, Value::Entry { what, .. }) => what,
        (Role::Presence, _) => return format!("only in {side} ({} bytes)", a.max(b)),
        (Role::Order, _) => return format!("{} items are in another order", difference.a.items.len()),
        (Role::Timestamp, _) => "time",
        (Role::Owner, _) => "owner",
        (Role::Mode, _) => "mode",
        (Role::Name, _) => "name",
        (Role::Link, _) => "link target",
        (Role::Identifier, _) => "identifier",
        (Role::Checksum, _) => "checksum",
        (Role::Size, _) => "size",
        (Role::Offset, _) => "offset",
        (Role::Reference, _) => "reference",
        (Role::Compression, _) => "compressed bytes",
        (Role::Signature, _) => "signature",
        (Role::Version, _) => "version",
        (Role::Text, _) => "line",
        (Role::String, _) => "string",
        (Role::Code, _) => "code",
        (Role::Inode, _) => "file-system number",
        (Role::Padding, _) => "padding",
        (Role::Structure, _) => "structure",
        (Role::Data | Role::Content, _) => "content",
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
