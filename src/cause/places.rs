//! What the differences of one container have in common.

use super::{find, locale_encoding::recoded};
use crate::model::{Difference, Role, Side, Span, Value};
use std::collections::BTreeMap;

/// Containers by their address.
#[derive(Debug, Default)]
pub struct Places(BTreeMap<String, Place>);

/// What is known of one container.
#[derive(Debug, Default)]
pub struct Place {
    /// Something differs that is neither an identifier nor computed from other bytes.
    pub substance: bool,
    /// Permission bits that only b has, and that only a has, over the members whose modes a umask can explain.
    pub modes: (u32, u32),
    /// Lines that differ only in how they end, one behind the other from the start of the text: how many, how far they reach, and
    /// whether a has the carriage returns.
    pub line_ends: Option<(usize, Span, bool)>,
    /// A stream was compressed in another way.
    pub compression: bool,
    /// A line differs in more than its end.
    pub lines: bool,
    /// A text outside ASCII differs in more than its encoding.
    pub letters: bool,
}

impl Places {
    /// Reads every difference once.
    pub fn of(differences: &[&Difference]) -> Self {
        let mut places = Self::default();
        for difference in differences {
            let place = places.0.entry(difference.place().to_owned()).or_default();
            place.substance |= substance(difference);
            if let Some((a, b)) = masked(difference) {
                place.modes = (place.modes.0 | b & !a, place.modes.1 | a & !b);
            }
            place.compression |= difference.role == Role::Compression;
            let outside = |side: &Side| !side.unit.is_ascii();
            if find::textual(difference) && (outside(&difference.a) || outside(&difference.b)) {
                place.letters |= !recoded(difference);
            }
            place.lines |=
                matches!(difference.role, Role::Text | Role::Presence) && carriage_return(difference).is_none();
            if let Some(of_a) = carriage_return(difference) {
                let span = difference.a.span;
                match &mut place.line_ends {
                    None if span.start == 0 => place.line_ends = Some((1, span, of_a)),
                    Some((count, reach, same)) if *same == of_a && reach.end == span.start => {
                        (*count, reach.end) = (*count + 1, span.end);
                    }
                    _ => {}
                }
            }
        }
        // What differs inside an artifact differs in all that hold it.
        let inner: Vec<String> = places
            .0
            .iter()
            .filter(|(_, p)| p.substance)
            .map(|(at, _)| at.clone())
            .collect();
        for address in inner {
            for (slash, _) in address.match_indices('/') {
                if let Some(outer) = places.0.get_mut(&address[..slash]) {
                    outer.substance = true;
                }
            }
        }
        places
    }
    /// The container of a difference.
    pub fn around(&self, difference: &Difference) -> Option<&Place> {
        self.0.get(difference.place())
    }
    /// Whether something differs in the container that an identifier or a signature would follow.
    pub fn substance(&self, difference: &Difference) -> bool {
        self.around(difference).is_some_and(|place| place.substance)
    }
}

fn substance(difference: &Difference) -> bool {
    let derived = |value: &Value| matches!(value, Value::Derived { .. });
    let follows = matches!(
        difference.role,
        Role::Identifier | Role::Checksum | Role::Signature | Role::Size | Role::Offset | Role::Padding
    );
    // The link to the debug file is named after the build ID.
    let link = difference.format == "elf" && difference.address.contains(".gnu_debuglink/");
    !follows && !link && !derived(&difference.a.value) && !derived(&difference.b.value)
}

/// The two modes, where a umask can make one of the other: only bits of group and others differ, never write for others, and a
/// right to execute only with the right to read and where the owner has it.
pub fn masked(difference: &Difference) -> Option<(u32, u32)> {
    let (Value::Mode(a), Value::Mode(b)) = (&difference.a.value, &difference.b.value) else {
        return None;
    };
    if difference.role != Role::Mode || !difference.both() {
        return None;
    }
    let (a, b) = (*a & 0o7777, *b & 0o7777);
    let differ = a ^ b;
    let executable = |shift: u32| differ >> shift & 1 == 0 || (differ >> shift & 4 != 0 && a & b & 0o100 != 0);
    (differ != 0 && differ & !0o075 == 0 && executable(0) && executable(3)).then_some((a, b))
}

/// For a line that ends in CR LF on one side and in LF on the other, and is otherwise equal: whether a has the CR.
pub fn carriage_return(difference: &Difference) -> Option<bool> {
    if difference.role != Role::Text || !difference.both() {
        return None;
    }
    let (a, b): (&[u8], &[u8]) = (&difference.a.unit, &difference.b.unit);
    let crlf = |long: &[u8], short: &[u8]| {
        long.strip_suffix(b"\r\n")
            .is_some_and(|line| short.strip_suffix(b"\n") == Some(line))
    };
    if crlf(a, b) {
        Some(true)
    } else {
        crlf(b, a).then_some(false)
    }
}
