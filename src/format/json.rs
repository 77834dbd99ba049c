//! JSON (RFC 8259): keys and items by their place in the text. Only containers that differ are looked into.

use super::Format;
use crate::model::{Blob, FormatId, Kin, Kind, Malformed, Opened, Order, Part, Role, Span, Value};
use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

/// A JSON object or array. Lines of JSON, and values alone, are text.
pub struct Json;

/// Larger texts are compared by line.
const LARGEST: usize = 64 << 20;
/// Children of one container; longer ones are compared by line.
const CHILDREN: usize = 1 << 18;
/// Containers inside each other.
const DEPTH: usize = 128;
/// Keys that name an object in a list, the first that all of them have.
const NAMES: [&str; 8] = ["bom-ref", "SPDXID", "id", "name", "key", "path", "file", "uri"];

impl Format for Json {
    fn id(&self) -> FormatId {
        "json"
    }
    fn kind(&self) -> Kind {
        Kind::Data
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        if bytes.len() > LARGEST || !matches!(bytes.get(space(bytes, 0)), Some(b'{' | b'[')) {
            return false;
        }
        match document(bytes) {
            Ok(_) => true,
            Err(malformed) => malformed.expected == TOO_DEEP,
        }
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let span = document(bytes)?;
        Ok(Opened {
            format: "json",
            order: Order::Fixed,
            parts: vec![part(bytes, span, &Place::default())],
        })
    }
}

/// The kin of the items of lists, by the pointers that lead to these (RFC 6901, without escapes).
pub(super) type Kins = BTreeMap<String, Vec<Option<Kin>>>;

/// A text whose lists hold what is known elsewhere: their order means something, and their items are paired by kin.
pub(super) fn with_kin(bytes: &Blob, kins: &Arc<Kins>) -> Result<Opened, Malformed> {
    let span = document(bytes)?;
    let place = Place {
        kins: Some(Arc::clone(kins)),
        pointer: String::new(),
    };
    Ok(Opened {
        format: "json",
        order: Order::Fixed,
        parts: vec![part(bytes, span, &place)],
    })
}

/// Where a value stands, as far as anybody asks.
#[derive(Clone, Default)]
struct Place {
    kins: Option<Arc<Kins>>,
    pointer: String,
}

impl Place {
    fn inside(&self, name: &str) -> Place {
        let pointer = || [&self.pointer, "/", name].concat();
        Place {
            pointer: self.kins.as_ref().map_or_else(String::new, |_| pointer()),
            kins: self.kins.clone(),
        }
    }
    /// Of a list that is known.
    fn items(&self) -> Option<&[Option<Kin>]> {
        self.kins.as_ref()?.get(&self.pointer).map(Vec::as_slice)
    }
}

const TOO_DEEP: &str = "at most 128 containers inside each other";

/// The one value of a text, without the space around it.
fn document(bytes: &[u8]) -> Result<Span, Malformed> {
    let start = space(bytes, 0);
    let end = value(bytes, start, 0)?;
    match space(bytes, end) {
        at if at == bytes.len() => Ok(Span::new(start, end)),
        at => Err(Malformed::at(at, "the end of the text", "more")),
    }
}

fn order(bytes: &[u8], container: Span) -> Order {
    match bytes.get(container.start) {
        Some(b'{') => Order::Keys,
        _ => Order::Items,
    }
}

/// The first byte at or after `at` that is no space.
fn space(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
        .count()
}

/// The end of the value at `at`.
fn value(bytes: &[u8], at: usize, depth: usize) -> Result<usize, Malformed> {
    match bytes.get(at) {
        Some(b'{' | b'[') => each(bytes, at, depth, |_, _| Ok(())),
        Some(b'"') => string(bytes, at),
        Some(_) => {
            let length = bytes[at..]
                .iter()
                .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
                .count();
            if scalar(&bytes[at..at + length]) {
                Ok(at + length)
            } else {
                Err(Malformed::at(at, "a JSON value", "other text"))
            }
        }
        None => Err(Malformed::truncated(at, "a JSON value")),
    }
}

/// Whether a token is a number or one of the three words.
fn scalar(token: &[u8]) -> bool {
    let digits = |t: &[u8]| t.iter().take_while(|b| b.is_ascii_digit()).count();
    if matches!(token, b"true" | b"false" | b"null") {
        return true;
    }
    let token = token.strip_prefix(b"-").unwrap_or(token);
    let whole = digits(token);
    if whole == 0 || whole > 1 && token[0] == b'0' {
        return false;
    }
    let mut rest = &token[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let n = digits(fraction);
        if n == 0 {
            return false;
        }
        rest = &fraction[n..];
    }
    if let Some((b'e' | b'E', exponent)) = rest.split_first() {
        let exponent = exponent
            .strip_prefix(b"+")
            .or_else(|| exponent.strip_prefix(b"-"))
            .unwrap_or(exponent);
        let n = digits(exponent);
        return n > 0 && n == exponent.len();
    }
    rest.is_empty()
}

/// The end of the string that starts with the quote at `at`.
fn string(bytes: &[u8], at: usize) -> Result<usize, Malformed> {
    let mut from = at + 1;
    loop {
        let rest = bytes.get(from..).unwrap_or_default();
        let next = memchr::memchr2(b'"', b'\\', rest).ok_or_else(|| Malformed::truncated(bytes.len(), "a quote"))?;
        if let Some(i) = rest[..next].iter().position(|&b| b < 0x20) {
            return Err(Malformed::at(from + i, "text of a string", "a control character"));
        }
        if rest[next] == b'"' {
            return Ok(from + next + 1);
        }
        let length = match rest.get(next + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u')
                if rest
                    .get(next + 2..next + 6)
                    .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) =>
            {
                6
            }
            _ => return Err(Malformed::at(from + next, "an escape", "other text")),
        };
        from += next + length;
    }
}

/// Calls `found` with the key (of an object; with its quotes) and the value of each child of the container at `at`, until it fails;
/// returns the end of the container.
fn each(
    bytes: &[u8],
    at: usize,
    depth: usize,
    mut found: impl FnMut(Option<Span>, Span) -> Result<(), Malformed>,
) -> Result<usize, Malformed> {
    if depth >= DEPTH {
        return Err(Malformed::at(at, TOO_DEEP, "more"));
    }
    let keyed = bytes.get(at) == Some(&b'{');
    let close = if keyed { b'}' } else { b']' };
    let mut next = space(bytes, at + 1);
    if bytes.get(next) == Some(&close) {
        return Ok(next + 1);
    }
    loop {
        let mut key = None;
        if keyed {
            if bytes.get(next) != Some(&b'"') {
                return Err(Malformed::at(next, "a key", "other text"));
            }
            let end = string(bytes, next)?;
            key = Some(Span::new(next, end));
            let colon = space(bytes, end);
            if bytes.get(colon) != Some(&b':') {
                return Err(Malformed::at(colon, "a colon", "other text"));
            }
            next = space(bytes, colon + 1);
        }
        let end = value(bytes, next, depth + 1)?;
        found(key, Span::new(next, end))?;
        next = space(bytes, end);
        match bytes.get(next) {
            Some(b',') => next = space(bytes, next + 1),
            Some(b) if *b == close => return Ok(next + 1),
            _ => return Err(Malformed::at(next, "a comma or a bracket", "other text")),
        }
    }
}

/// The children of a container, with what stands before, between and behind them: named alike, so that moved keys keep their names and
/// commas pair with commas.
fn children(bytes: &[u8], container: Span, place: &Place) -> Result<Vec<Part>, Malformed> {
    let mut found: Vec<(Option<Span>, Span)> = Vec::new();
    each(bytes, container.start, 0, |key, value| {
        found.push((key, value));
        match found.len() {
            0..=CHILDREN => Ok(()),
            _ => Err(Malformed::limit(format!("at most {CHILDREN} values in one container"))),
        }
    })?;
    let identity = identity(bytes, &found);
    let mut parts = Vec::with_capacity(found.len() * 2 + 1);
    let mut at = container.start;
    for (i, (key, value)) in found.iter().enumerate() {
        let span = Span::new(key.map_or(value.start, |key| key.start), value.end);
        let name = if i == 0 { "start" } else { "separator" };
        let between = Part::field(name, Span::new(at, span.start), Role::Content, Value::Raw);
        let mut inside = Vec::with_capacity(2);
        // What stands before an item of a known list comes and goes with it.
        let (list, span) = match place.items() {
            Some(_) if i > 0 => (&mut inside, Span::new(at, span.end)),
            _ => (&mut parts, span),
        };
        list.push(between);
        let inner = bytes[value.start..value.end].first();
        let name = match (key, identity.get(i)) {
            (Some(key), _) => text(bytes, *key).into_owned(),
            (None, Some(name)) => name.clone(),
            (None, None) if matches!(inner, Some(b'{' | b'[')) => format!("[{i}]"),
            (None, None) => shortened(&bytes[value.start..value.end]),
        };
        if key.is_some() {
            let span = Span::new(span.start, value.start);
            inside.push(Part::field("key", span, Role::Content, Value::Raw));
        }
        let place_inside = match key {
            Some(_) => place.inside(&name),
            None => place.inside(&i.to_string()),
        };
        inside.push(part(bytes, *value, &place_inside));
        let kin = place.items().and_then(|items| items.get(i)?.clone());
        parts.push(Part::group(name, span, Order::Fixed, inside).of(kin));
        at = span.end;
    }
    parts.push(Part::field(
        "end",
        Span::new(at, container.end),
        Role::Content,
        Value::Raw,
    ));
    Ok(parts)
}

/// A value without a name of its own: that is its parent's.
fn part(bytes: &[u8], span: Span, place: &Place) -> Part {
    match bytes[span.start] {
        b'{' | b'[' => {
            let order = match place.items() {
                Some(_) => Order::Sequence,
                None => order(bytes, span),
            };
            let place = place.clone();
            Part::lazy("", span, order, move |bytes| children(bytes, span, &place))
        }
        b'"' => {
            let inside = Span::new(span.start + 1, span.end - 1);
            let value = match text(bytes, span) {
                Cow::Owned(decoded) => Value::Text(decoded),
                Cow::Borrowed(_) => Value::Raw,
            };
            Part::field("", inside, Role::String, value)
        }
        _ => Part::field("", span, Role::String, Value::Raw),
    }
}

/// An item of a list of plain values is named by what it is, so that a reordered list is seen as one.
fn shortened(token: &[u8]) -> String {
    let text = String::from_utf8_lossy(token);
    match text.char_indices().nth(60) {
        // Cut names must differ where the values do.
        Some((at, _)) => format!("{}… {:08x}", &text[..at], crc32fast::hash(token)),
        None => text.into_owned(),
    }
}

/// Names for the objects of a list, when all are objects and have one naming key with values that are all different.
fn identity(bytes: &[u8], items: &[(Option<Span>, Span)]) -> Vec<String> {
    if items
        .iter()
        .any(|(key, value)| key.is_some() || bytes[value.start] != b'{')
    {
        return Vec::new();
    }
    for wanted in NAMES {
        let mut names = Vec::with_capacity(items.len());
        for (_, item) in items {
            let mut name = None;
            // Scanned before: it can't fail.
            let _ = each(bytes, item.start, 0, |key, value| {
                if bytes[value.start] == b'"' && key.is_some_and(|key| text(bytes, key) == wanted) {
                    name = Some(text(bytes, value).into_owned());
                }
                Ok(())
            });
            match name {
                Some(name) => names.push(name),
                None => break,
            }
        }
        let mut distinct: Vec<&String> = names.iter().collect();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() == items.len() {
            return names;
        }
    }
    Vec::new()
}

/// The text of a string, given with its quotes; owned when it has escapes.
fn text(bytes: &[u8], quoted: Span) -> Cow<'_, str> {
    let inside = &bytes[quoted.start + 1..quoted.end - 1];
    if memchr::memchr(b'\\', inside).is_none() {
        // Bytes that are no UTF-8 stay what they are in the comparison; a name may show them as replaced.
        return match std::str::from_utf8(inside) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Borrowed("(not UTF-8)"),
        };
    }
    match serde_json::from_slice::<String>(&bytes[quoted.start..quoted.end]) {
        Ok(text) => Cow::Owned(text),
        // A lone surrogate: the escapes themselves are the text.
        Err(_) => Cow::Owned(String::from_utf8_lossy(inside).into_owned()),
    }
}
