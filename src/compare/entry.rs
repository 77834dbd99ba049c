//! What a part says that only one side has.

use crate::{
    model::{Blob, Body, Part, Parts, Value},
    notation::word,
};

/// What the format knows of a part. An entry of a table says what its fields do.
pub(super) fn value(bytes: &Blob, part: &Part) -> Value {
    match &part.body {
        Body::Field(_, value) => value.clone(),
        Body::Group(group) if group.signed.is_some() => Value::Signed {
            by: group.signed.clone().unwrap_or_default(),
        },
        Body::Group(group) => match (group.entry, &group.parts) {
            (Some(what), Parts::Ready(fields)) => Value::Entry {
                what,
                text: fields
                    .iter()
                    .filter_map(|field| said(bytes, field))
                    .collect::<Vec<_>>()
                    .join(", "),
            },
            // It is nothing but that.
            (None, Parts::Ready(parts)) => match parts.as_slice() {
                [only] if only.span == part.span => value(bytes, only),
                _ => Value::Raw,
            },
            _ => Value::Raw,
        },
        Body::Member(_) => Value::Raw,
    }
}

/// A field in words; what it names is the entry's own name.
fn said(bytes: &Blob, field: &Part) -> Option<String> {
    let text = match &field.body {
        Body::Field(_, Value::Word { big }) => word(bytes.get(field.span.start..field.span.end)?, *big),
        Body::Field(_, Value::Entry { text, .. } | Value::Text(text)) => text.clone(),
        _ => return None,
    };
    Some(format!("{} {text}", field.name))
}
