//! Fields that lie one behind the other, by their sizes.

use crate::model::{Part, Role, Span, Value};
use std::borrow::Cow;

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

/// Appends fields one behind the other.
pub(super) struct Fields {
    pub(super) parts: Vec<Part>,
    pub(super) at: usize,
}

impl Fields {
    pub(super) fn at(at: usize) -> Self {
        Self { parts: Vec::new(), at }
    }
    /// The next `length` bytes; none, no field.
    pub(super) fn put(&mut self, name: impl Into<Cow<'static, str>>, length: usize, role: Role, value: Value) {
        if length > 0 {
            self.parts
                .push(Part::field(name, Span::at(self.at, length), role, value));
            self.at += length;
        }
    }
    pub(super) fn derived(&mut self, name: &'static str, length: usize, role: Role, valid: bool) {
        self.put(name, length, role, Value::Derived { valid });
    }
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
