//! The two sides of a difference as short text, with the differing part marked.

use crate::{
    format::disassemble,
    model::{Change, Difference, Role, Shape, Side, Span, Value},
    notation::{calendar, unseen, word},
};

/// One side as text.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    /// At most some hundred characters; may hold several lines.
    pub(super) text: String,
    /// Byte ranges of `text` that differ.
    pub(super) marks: Vec<(usize, usize)>,
    /// What the text is.
    pub(super) shape: Shape,
}

/// How much is shown: before the first difference, and in all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Width {
    /// Bytes of text.
    text: (usize, usize),
    /// Bytes of a hex dump.
    dump: (usize, usize),
    /// Instructions.
    code: (usize, usize),
    /// Items of an order.
    items: usize,
}

/// For a line or two of a terminal.
const NARROW: Width = Width {
    text: (48, 240),
    dump: (8, 48),
    code: (2, 6),
    items: 4,
};
/// For a page; the bytes are shown besides.
pub(super) const WIDE: Width = Width {
    text: (120, 600),
    dump: (0, 0),
    code: (6, 18),
    items: 12,
};

/// Both sides, short.
pub(super) fn pair(difference: &Difference, changes: &[Change]) -> (Shown, Shown) {
    wide(difference, changes, NARROW)
}

/// Both sides.
pub(super) fn wide(difference: &Difference, changes: &[Change], width: Width) -> (Shown, Shown) {
    let (mut xs, mut ys): (Vec<Span>, Vec<Span>) = (
        changes.iter().map(|c| c.a).collect(),
        changes.iter().map(|c| c.b).collect(),
    );
    xs.sort_unstable();
    ys.sort_unstable();
    let texts = |side: &Side| !side.present || readable(&side.unit);
    let as_text = texts(&difference.a) && texts(&difference.b);
    (
        side(difference, &difference.a, &xs, as_text, width),
        side(difference, &difference.b, &ys, as_text, width),
    )
}

fn side(difference: &Difference, side: &Side, marked: &[Span], as_text: bool, width: Width) -> Shown {
    if !side.present {
        return Shown::default();
    }
    let plain = |text: String| Shown {
        marks: vec![(0, text.len())],
        text,
        shape: Shape::Value,
    };
    match (&side.value, difference.role) {
        (_, Role::Order) => {
            let names: Vec<&str> = side.items.iter().map(|(_, name)| name.as_str()).collect();
            let other = if std::ptr::eq(side, &difference.a) {
                &difference.b
            } else {
                &difference.a
            };
            let from = side
                .items
                .iter()
                .zip(&other.items)
                .take_while(|(x, y)| x.1 == y.1)
                .count();
            let some: Vec<String> = names
                .iter()
                .skip(from)
                .take(width.items)
                .map(|n| escape(n.as_bytes(), 60))
                .collect();
            let more = if names.len() > from + width.items { ", …" } else { "" };
            Shown {
                text: format!("{}{more}", some.join(", ")),
                marks: Vec::new(),
                shape: Shape::Value,
            }
        }
        (Value::Time { seconds, local }, _) => plain(time(*seconds, *local)),
        (Value::Mode(mode), _) => plain(format!("{mode:04o}")),
        (Value::Number(number), _) => plain(number.to_string()),
        (Value::Word { big }, Role::Structure) if (1..=8).contains(&side.unit.len()) => plain(word(&side.unit, *big)),
        // Where what people read is alike, the bytes tell.
        (Value::Entry { text, .. }, _) if difference.a.value != difference.b.value => {
            plain(escape(text.as_bytes(), width.text.1))
        }
        (Value::Code { isa, address, .. }, Role::Code) => {
            let first = marked.first().map_or(0, |m| m.start);
            let lines = disassemble::window(*isa, *address, &side.unit, first, width.code.0, width.code.1);
            if lines.is_empty() {
                dump(&side.unit, marked, width.dump)
            } else {
                code(&lines, marked)
            }
        }
        _ if as_text => text(&side.unit, marked, width.text),
        _ => dump(&side.unit, marked, width.dump),
    }
}

/// `+offset  instruction`, one a line; those that hold a differing byte are marked.
fn code(lines: &[disassemble::Line], marked: &[Span]) -> Shown {
    let mut shown = Shown {
        shape: Shape::Code,
        ..Shown::default()
    };
    for line in lines {
        if !shown.text.is_empty() {
            shown.text.push('\n');
        }
        let prefix = format!("+{:#x}", line.span.start);
        shown.text.push_str(&format!("{prefix:<8} "));
        let from = shown.text.len();
        shown.text.push_str(&line.text);
        let differs = |m: &Span| m.start < line.span.end && line.span.start < m.end;
        if marked.iter().any(differs) {
            shown.marks.push((from, shown.text.len()));
        }
    }
    shown
}

fn readable(bytes: &[u8]) -> bool {
    let end = bytes.iter().rposition(|&b| b != 0).map_or(0, |i| i + 1);
    std::str::from_utf8(&bytes[..end]).is_ok_and(|t| {
        !t.chars()
            .any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}'))
    })
}

fn text(bytes: &[u8], marked: &[Span], (lead, window): (usize, usize)) -> Shown {
    let first = marked.first().map_or(0, |m| m.start);
    let start = if first > lead * 2 { first - lead } else { 0 };
    let end = bytes.len().min(start + window);
    let mut shown = Shown {
        shape: Shape::Text,
        ..Shown::default()
    };
    if start > 0 {
        shown.text.push('…');
    }
    let mut at = start;
    for span in marked {
        let (from, to) = (span.start.clamp(at, end), span.end.clamp(at, end));
        shown.text.push_str(&escape(&bytes[at..from], usize::MAX));
        let mark = shown.text.len();
        shown.text.push_str(&escape(&bytes[from..to], usize::MAX));
        if shown.text.len() > mark {
            shown.marks.push((mark, shown.text.len()));
        }
        at = to;
    }
    let rest = &bytes[at..end];
    shown
        .text
        .push_str(&escape(rest.strip_suffix(b"\n").unwrap_or(rest), usize::MAX));
    if end < bytes.len() {
        shown.text.push('…');
    }
    shown
}

/// Text with unseen characters and stray bytes made visible.
pub(super) fn escape(bytes: &[u8], limit: usize) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\t' => out.push('\t'),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\0' => out.push_str("\\0"),
                c if unseen(c) => out.extend(c.escape_unicode()),
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
        if out.len() > limit {
            break;
        }
    }
    if let Some((cut, _)) = out.char_indices().nth(limit) {
        out.truncate(cut);
        out.push('…');
    }
    out
}

/// `offset: hex  ascii`, 16 bytes a line, from a little before the first difference.
fn dump(bytes: &[u8], marked: &[Span], (lead, window): (usize, usize)) -> Shown {
    let first = marked.first().map_or(0, |m| m.start);
    let start = first.saturating_sub(lead);
    let end = bytes.len().min(start + window);
    let inside = |i: usize| marked.iter().any(|m| m.start <= i && i < m.end);
    let mut shown = Shown::default();
    if window == 0 {
        return shown;
    }
    let mut at = start;
    while at < end {
        let row = &bytes[at..end.min(at + 16)];
        if at > start {
            shown.text.push('\n');
        }
        shown.text.push_str(&format!("{at:06x}:"));
        for (i, byte) in row.iter().enumerate() {
            shown.text.push(' ');
            let mark = shown.text.len();
            shown.text.push_str(&format!("{byte:02x}"));
            if inside(at + i) {
                shown.marks.push((mark, mark + 2));
            }
        }
        shown.text.push_str(&"   ".repeat(16 - row.len()));
        shown.text.push_str("  ");
        for (i, &byte) in row.iter().enumerate() {
            let mark = shown.text.len();
            shown.text.push(if (0x20..0x7f).contains(&byte) {
                byte as char
            } else {
                '.'
            });
            if inside(at + i) {
                shown.marks.push((mark, mark + 1));
            }
        }
        at += 16;
    }
    if end < bytes.len() {
        shown.text.push_str(&format!("\n… {} more bytes", bytes.len() - end));
    }
    shown
}

/// ISO 8601; with `Z` unless the zone is unknown.
pub(super) fn time(seconds: i64, local: bool) -> String {
    calendar::moment(seconds) + if local { "" } else { "Z" }
}
