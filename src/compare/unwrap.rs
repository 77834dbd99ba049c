//! One content in two wrappers: what is compressed in one way on one side, and in another or not at all on the other, is compared
//! decoded.

use super::{
    At, Compared, Comparer, Spot,
    align::{self, Tile},
    compared,
    suffix::bare,
    unit::side,
};
use crate::model::{Blob, Body, Member, Opened, Part, Reader, Role, Side, Span, Value};

/// The only content of a wrapper.
fn content(opened: &Opened) -> Option<(&Part, &Member)> {
    let mut found = opened.parts.iter().filter_map(|part| match &part.body {
        Body::Member(member) if member.wrapper.is_some() => Some((part, member)),
        _ => None,
    });
    found.next().filter(|_| found.next().is_none())
}

/// One side: its content, where that lies, and what of the wrapper says something else than how it is compressed.
struct Unwrapped<'p> {
    content: Blob,
    span: Span,
    /// The suffix of its wrapper.
    suffix: Option<&'static str>,
    reader: Option<&'p Reader>,
    other: Vec<Tile<'p>>,
}

impl Comparer<'_> {
    /// Two artifacts of different formats by their content, when at least one of them is a wrapper.
    pub(super) fn unwrapped(&self, at: &At, a: (&Blob, &Opened), b: (&Blob, &Opened)) -> Option<Compared> {
        if content(a.1).is_none() && content(b.1).is_none() {
            return None;
        }
        let (x, y) = rayon::join(|| self.unwrap(at, a.0, a.1), || self.unwrap(at, b.0, b.1));
        let (x, y) = (x?, y?);
        self.expect(x.content.len() + y.content.len());
        self.done(a.0.len() + b.0.len());
        let suffix = [x.suffix, y.suffix].into_iter().flatten();
        let address = suffix
            .filter_map(|suffix| at.address.strip_suffix(suffix))
            .next()
            .unwrap_or(&at.address)
            .to_owned();
        let wrapper = if x.suffix.is_some() { a.1.format } else { b.1.format };
        let at = self.opened(at.clone(), wrapper);
        let equal = x.content[..] == y.content[..];
        if !equal && !self.related(&x, a.1, &y, b.1) {
            return None;
        }
        // A wrapper without a suffix is no compression: a signature says something.
        let packed = x.suffix != Some("") && y.suffix != Some("");
        let role = if packed { Role::Compression } else { Role::Structure };
        let around = |name: &str, sa: Span, sb: Span| {
            let (sa, sb) = (side(a.0, sa, &Value::Raw), side(b.0, sb, &Value::Raw));
            self.entry(&at, name, role, sa, sb, None)
        };
        let mut spots = Vec::new();
        if equal {
            spots.push(around("container", Span::new(0, a.0.len()), Span::new(0, b.0.len())));
        } else {
            // What the formats are takes no bytes of its own.
            let called = |bytes: &Blob, format: &str| Side {
                unit: format.as_bytes().to_vec().into(),
                ..side(bytes, Span::at(0, 0), &Value::Raw)
            };
            let (fa, fb) = (called(a.0, a.1.format), called(b.0, b.1.format));
            spots.push(self.entry(&at, "container", role, fa, fb, None));
            let (before, behind) = (
                (Span::new(0, x.span.start), Span::new(0, y.span.start)),
                (Span::new(x.span.end, a.0.len()), Span::new(y.span.end, b.0.len())),
            );
            let there = |spans: &(Span, Span)| !spans.0.is_empty() || !spans.1.is_empty();
            spots.extend(Some(before).filter(there).map(|(sa, sb)| around("header", sa, sb)));
            let inner = At::artifact(address, at.depth + 1, at.room);
            let inner = self.artifact(&x.content, &y.content, inner, None, [x.reader, y.reader]);
            spots.push(Spot::Nested {
                a: x.span,
                b: y.span,
                inner: Box::new(inner),
            });
            spots.extend(Some(behind).filter(there).map(|(sa, sb)| around("trailer", sa, sb)));
        }
        if let Some(Spot::Leaf(entry)) = spots.first_mut() {
            let (fa, fb) = (a.1.format, b.1.format);
            entry.note = Some(format!("{fa} in a, {fb} in b: compared by content"));
        }
        for part in &x.other {
            spots.extend(self.lone(&at, a.0, Some(&**part), 0, b.0, None, 0));
        }
        for part in &y.other {
            spots.extend(self.lone(&at, a.0, None, 0, b.0, Some(&**part), 0));
        }
        Some(compared(at, a.0, b.0, spots))
    }

    /// Whether two contents are worth comparing: of a file that is wrapped on one side only, the content must be of the other's format.
    fn related(&self, x: &Unwrapped<'_>, a: &Opened, y: &Unwrapped<'_>, b: &Opened) -> bool {
        let of = |content: &Blob, other: &Opened| {
            let inner = self.opener.open(content, None).0.format;
            inner == other.format && inner != "opaque"
        };
        match (x.suffix, y.suffix) {
            (Some(_), None) => of(&x.content, b),
            (None, Some(_)) => of(&y.content, a),
            _ => true,
        }
    }

    /// The content of a wrapper, or of what is none the whole; nothing when it does not decode.
    fn unwrap<'p>(&self, at: &At, bytes: &Blob, opened: &'p Opened) -> Option<Unwrapped<'p>> {
        let Some((part, member)) = content(opened) else {
            return Some(Unwrapped {
                content: bytes.clone(),
                span: Span::new(0, bytes.len()),
                suffix: None,
                reader: None,
                other: Vec::new(),
            });
        };
        let content = self.decode(bytes, part, member).ok()?;
        // Asked only now: what speaks of the content is right once that was decoded.
        let other = align::tile(&opened.parts, Span::new(0, bytes.len()))?
            .into_iter()
            .filter(|tile| tile.span != part.span && !packing(at, bytes, tile));
        Some(Unwrapped {
            content,
            span: part.span,
            suffix: member.wrapper,
            reader: member.reader.as_ref(),
            other: other.collect(),
        })
    }
}

/// Whether a part of a wrapper only says how the content is packed, or when.
fn packing(at: &At, bytes: &Blob, part: &Part) -> bool {
    match &part.body {
        Body::Field(Role::Name, _) => usual(&at.address, &bytes.slice(part.span)),
        Body::Field(Role::Structure | Role::Compression | Role::Timestamp, _) => true,
        Body::Field(Role::Checksum | Role::Size | Role::Offset | Role::Padding, value) => value.is_valid(),
        _ => part.span.is_empty(),
    }
}

/// Whether a wrapper repeats the name that its content has anyway: the file's own without the suffix, or that of an archive.
fn usual(address: &str, name: &[u8]) -> bool {
    let Ok(name) = std::str::from_utf8(name.strip_suffix(b"\0").unwrap_or(name)) else {
        return false;
    };
    let own = address.rsplit('/').next().unwrap_or_default();
    let archive = || {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.+~".contains(c);
        name.ends_with(".tar") && !name.starts_with('.') && name.chars().all(plain)
    };
    if own.is_empty() { archive() } else { name == bare(own) }
}
