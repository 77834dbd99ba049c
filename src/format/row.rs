//! Fields that lie one behind the other, by their sizes.

use crate::model::{Part, Role, Span, Value};

/// The fields from `at` on: name, size, role. Numbers of a structure are shown as such.
pub(super) fn row(at: usize, big: bool, fields: &[(&'static str, usize, Role)]) -> Vec<Part> {
    let mut at = at;
    let one = |&(name, size, role): &(&'static str, usize, Role)| {
        let span = Span::at(at, size);
        at = span.end;
        let value = match role {
            Role::Structure if size <= 8 => Value::Word { big },
            _ => Value::Raw,
        };
        Part::field(name, span, role, value)
    };
    fields.iter().map(one).collect()
}

/// Zeros between two parts, which follow from their places; what is not zero is seen.
pub(super) fn padding(bytes: &[u8], from: usize, to: usize) -> Part {
    let span = Span::new(from, to);
    let valid = bytes.get(from..span.end).is_some_and(|pad| pad.iter().all(|&b| b == 0));
    Part::field("padding", span, Role::Padding, Value::Derived { valid })
}

/// A field that was computed again.
pub(super) fn derived(name: &'static str, span: Span, role: Role, valid: bool) -> Part {
    Part::field(name, span, role, Value::Derived { valid })
}
