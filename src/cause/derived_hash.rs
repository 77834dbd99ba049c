//! derived-hash: what follows from other differences.

use super::{Advice, Case, Cause, Member, Survey, find};
use crate::model::{CauseId, Change, Evidence, Kind, Order, Role, Span, Value, Warrant};

/// Checksums, sizes and offsets that are right for the bytes they speak of; digests and sizes in text that are those of a member that differs.
pub struct DerivedHash;

impl Cause for DerivedHash {
    fn id(&self) -> CauseId {
        "derived-hash"
    }
    fn group(&self) -> &'static str {
        "knock-on"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A checksum, digest, size, offset or address follows from bytes that differ elsewhere.",
            why: "It is computed from the artifact; it can only be equal when what it is computed from is.",
            fix: "none of its own: what it is computed from needs the fix",
            references: &[],
        }
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !case.both() {
            return None;
        }
        if !case.moved.is_empty() {
            let evidence = Evidence::likely(case.moved.clone());
            return evidence.map(|evidence| evidence.by(Warrant::Derived).following());
        }
        // Only the offsets of its strings say how a string table is laid out, and each is compared by the string it names.
        if case.role == Role::Order && case.order == Order::Keys && case.kind == Kind::Executable {
            return Some(Evidence::derived(case));
        }
        if case.role == Role::Order && case.order == Order::Named {
            return Some(Evidence::derived(case));
        }
        if matches!(case.a.value, Value::Piece { .. }) {
            return indexed(case);
        }
        if measured(case) {
            return Some(Evidence::derived(case));
        }
        if case.role == Role::Checksum && matches!(case.a.value, Value::Number(_)) {
            return summed(case);
        }
        if matches!(case.role, Role::Checksum | Role::Size | Role::Offset | Role::Padding) {
            return (case.a.value.is_valid() && case.b.value.is_valid()).then(|| Evidence::derived(case));
        }
        if case.role == Role::Reference && case.a.unit[..] == case.b.unit[..] {
            return Some(Evidence::derived(case));
        }
        if case.role == Role::String && sized(case.name()) && described(case) {
            return Some(Evidence::derived(case));
        }
        if case.role == Role::Link {
            return link(case);
        }
        if !find::textual(case) && case.role != Role::Name {
            return None;
        }
        // A build ID names files; anywhere else it may be what somebody chose it for.
        let line = String::from_utf8_lossy(&case.a.unit).to_ascii_lowercase();
        let named = case.role == Role::Name
            || ["build-id", "buildid", "build_id", ".debug"]
                .iter()
                .any(|word| line.contains(word));
        let follows = |pair| {
            let (x, y) = find::sides(case, pair);
            let digest = match (decode(x), decode(y)) {
                (Some(x), Some(y)) => case.survey.member_of_digests(&x, &y, &case.a.unit).is_some(),
                _ => false,
            };
            digest || named && identifier(x, y, case.survey)
        };
        let linked = |pair| {
            let (x, y) = find::sides(case, pair);
            identifier(x, y, case.survey) || folder(x, y, case.survey)
        };
        let mut claims = find::around(case, links, linked);
        let others = find::around(case, tokens, follows);
        let apart = |c: &Change, claims: &[Change]| !claims.iter().any(|taken| super::attribute::overlap(taken, c));
        let others: Vec<Change> = others.into_iter().filter(|c| apart(c, &claims)).collect();
        claims.extend(others);
        // A path may be taken for base64: the name of a file can be a digest all the same.
        let part = |c: u8| c.is_ascii_hexdigit();
        for name in find::words(case, part, follows) {
            if !claims.iter().any(|c| c.a.contains(name.a) && c.b.contains(name.b)) {
                claims.push(name);
            }
        }
        // A number beside the digest of the file that it is the size of.
        if !claims.is_empty() {
            claims.extend(sizes(case));
        }
        Evidence::likely(claims).map(|evidence| evidence.by(Warrant::Derived).following())
    }
}

/// What stands behind `.build-id/`: `xx/yyyy`, which counts as one, or the folder alone.
fn links(text: &[u8]) -> Vec<Span> {
    let mut found = Vec::new();
    for at in memchr::memmem::find_iter(text, b".build-id/") {
        let start = at + b".build-id/".len();
        let length = text[start..]
            .iter()
            .take_while(|&&c| c.is_ascii_hexdigit() || c == b'/')
            .count();
        found.push(Span::at(start, length));
    }
    found
}

/// A link to a file that is named by a digest which what holds it has recomputed.
fn link(case: &Case<'_>) -> Option<Evidence> {
    let part = |c: u8| c.is_ascii_hexdigit();
    let claims = find::words(case, part, |pair| {
        let (x, y) = find::sides(case, pair);
        let digests = decode(x).zip(decode(y));
        digests.is_some_and(|(x, y)| case.survey.known_member(&x, &y).is_some())
    });
    Evidence::likely(find::only(case, claims)).map(|evidence| evidence.by(Warrant::Derived).following())
}

/// Hexadecimal and base64 runs.
fn tokens(text: &[u8]) -> Vec<Span> {
    let mut found = find::runs(text, |c| c.is_ascii_hexdigit());
    // `=` pads the end of base64, and stands before it in `sha256=…`.
    found.extend(
        find::runs(text, |c| c.is_ascii_alphanumeric() || b"+/".contains(&c))
            .into_iter()
            .map(|run| {
                let padding = text[run.end..].iter().take_while(|&&c| c == b'=').count();
                Span::new(run.start, run.end + padding)
            }),
    );
    found.extend(find::runs(text, |c| c.is_ascii_alphanumeric() || b"-_".contains(&c)));
    found.retain(|s| s.len() >= 16);
    found
}

/// The bytes of a digest in hexadecimal or base64 (standard or URL-safe, padded or not).
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |c: u8| (c as char).to_digit(16);
    if matches!(text.len(), 32 | 40 | 64 | 96 | 128) && text.iter().all(u8::is_ascii_hexdigit) {
        return text
            .chunks(2)
            .map(|pair| u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok())
            .collect();
    }
    let bare = text
        .iter()
        .rposition(|&c| c != b'=')
        .map_or(&text[..0], |end| &text[..=end]);
    let (mut bits, mut count, mut out) = (0u32, 0u32, Vec::new());
    for &c in bare {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xff) as u8);
        }
    }
    matches!(out.len(), 16 | 20 | 32 | 48 | 64).then_some(out)
}

/// A file name or field that repeats a build ID that differs.
fn identifier(x: &[u8], y: &[u8], survey: &Survey) -> bool {
    let plain = |text: &[u8]| String::from_utf8_lossy(text).replace('/', "");
    let (x, y) = (plain(x), plain(y));
    survey.identifiers.iter().any(|(a, b)| {
        !a.is_empty() && x.len() == y.len() && x.len() + 2 >= a.len() && a.ends_with(&x) && b.ends_with(&y)
    })
}

/// The folder below `.build-id/`, which is called by the first byte of a build ID that differs.
fn folder(x: &[u8], y: &[u8], survey: &Survey) -> bool {
    let digits = |text: &[u8]| String::from_utf8_lossy(text.strip_suffix(b"/").unwrap_or(text)).into_owned();
    let (x, y) = (digits(x), digits(y));
    let mut known = survey.identifiers.iter();
    x.len() == 2 && y.len() == 2 && known.any(|(a, b)| a.starts_with(&x) && b.starts_with(&y))
}

/// Decimal sizes of a member that differs, on a line that names it.
fn sizes(case: &Case<'_>) -> Vec<Change> {
    let line = String::from_utf8_lossy(&case.a.unit);
    let number = |text: &[u8]| std::str::from_utf8(text).ok().and_then(|t| t.parse::<usize>().ok());
    let named = |address: &str| {
        let name = address.rsplit('/').next().unwrap_or(address);
        name.len() > 2 && line.contains(name)
    };
    let part = |c: u8| c.is_ascii_digit();
    find::words(case, part, |pair| {
        let (x, y) = find::sides(case, pair);
        let (Some(x), Some(y)) = (number(x), number(y)) else {
            return false;
        };
        case.survey
            .members()
            .iter()
            .any(|m| m.a.len() == x && m.b.len() == y && named(&m.address))
    })
}

/// The size or the digest of a member that differs: of the one that the field is called by, or of a package's payload.
fn measured(case: &Case<'_>) -> bool {
    let right: Box<dyn Fn(&Member) -> bool> = match (case.role, &case.a.value, &case.b.value) {
        (Role::Size, &Value::Number(x), &Value::Number(y)) => {
            Box::new(move |member| member.a.len() as u64 == x && member.b.len() as u64 == y)
        }
        (Role::Checksum, Value::Text(x), Value::Text(y)) => match decode(x.as_bytes()).zip(decode(y.as_bytes())) {
            Some((x, y)) => Box::new(move |member| member.hashes(&x, &y)),
            None => return false,
        },
        _ => return false,
    };
    let outer = case.place().rsplit_once('/').map_or("", |(outer, _)| outer);
    let payload = |member: &Member| {
        member
            .address
            .strip_prefix(case.place())
            .is_some_and(|rest| rest.trim_start_matches('/') == "payload")
    };
    let path = path(case.name());
    let called = |member: &Member| match path {
        Some(path) => member
            .address
            .strip_prefix(outer)
            .is_some_and(|inner| format!("/{inner}").ends_with(path)),
        None => payload(member),
    };
    case.survey
        .members()
        .iter()
        .any(|member| called(member) && right(member))
}

/// The path that a field speaks of: behind the name of a list (`FILESIZES//bin/sh`), or before its own name (`./bin/sh/size`).
fn path(field: &str) -> Option<&str> {
    match field.split_once("//") {
        Some((list, _)) => Some(&field[list.len() + 1..]),
        None => field
            .strip_prefix("./")
            .and_then(|rest| rest.rsplit_once('/'))
            .map(|(path, _)| &field[1..path.len() + 2]),
    }
}

/// Whether a key says that its value is a size: conda calls it so.
fn sized(key: &str) -> bool {
    ["/size", "/size_in_bytes"].iter().any(|end| key.ends_with(end))
}

/// The size of a member that differs, in an object of JSON that holds the member's digest, too.
fn described(case: &Case<'_>) -> bool {
    let number = |text: &[u8]| std::str::from_utf8(text).ok().and_then(|t| t.parse::<usize>().ok());
    let size = number(&case.a.unit).zip(number(&case.b.unit));
    beside(case).any(|member| size == Some((member.a.len(), member.b.len())))
}

/// The members whose digests stand in one object of JSON with a value, on both sides.
pub(super) fn beside<'c>(case: &Case<'c>) -> impl Iterator<Item = &'c Member> + use<'c> {
    let object = |bytes: &[u8], span: Span| {
        let before = bytes.get(span.start.saturating_sub(OBJECT)..span.start)?;
        let after = bytes.get(span.end..bytes.len().min(span.end.saturating_add(OBJECT)))?;
        let from = span.start - before.len() + memchr::memrchr2(b'{', b'}', before)?;
        let to = span.end + memchr::memchr2(b'{', b'}', after)?;
        (bytes[from] == b'{').then(|| bytes[from..to].to_vec())
    };
    let survey = case.survey;
    let container = survey.container(case);
    let objects = container.and_then(|c| object(&c.a, case.a.span).zip(object(&c.b, case.b.span)));
    let (a, b) = objects.unwrap_or_default();
    let digests = tokens(&a).into_iter().zip(tokens(&b));
    digests.filter_map(move |(x, y)| {
        let digests = decode(&a[x.start..x.end]).zip(decode(&b[y.start..y.end]));
        digests.and_then(|(x, y)| survey.member_of_digests(&x, &y, &[]))
    })
}

/// The CRC-32 of bytecode that lies beside it, and is called as what the checksum is in.
fn summed(case: &Case<'_>) -> Option<Evidence> {
    let sums = (&case.a.value, &case.b.value);
    let right = |member: &&Member| {
        let sum = |bytes: &[u8]| Value::Number(crc32fast::hash(bytes).into());
        member.kind == Kind::Bytecode && (&sum(&member.a), &sum(&member.b)) == sums
    };
    let (inside, _) = case.address.rsplit_once('/')?;
    let name = inside.rsplit('/').next()?;
    let mut named = case.survey.by_name.get(name.as_bytes())?.iter();
    let found = named.find_map(|&index| case.survey.members.get(index).filter(right));
    found.map(|_| Evidence::derived(case))
}

/// How far around a value the object is looked for that holds it.
const OBJECT: usize = 4096;

/// An offset or length of a piece of the file beside this one, which is called alike and has as many bytes as the pieces.
fn indexed(case: &Case<'_>) -> Option<Evidence> {
    let (Value::Piece { number: x, total: a }, Value::Piece { number: y, total: b }) = (&case.a.value, &case.b.value)
    else {
        return None;
    };
    let (own, _) = case.place().rsplit_once('.')?;
    let stem = |member: &Member| member.address.rsplit_once('.').is_some_and(|(stem, _)| stem == own);
    let right = |m: &Member| m.a.len() == *a && m.b.len() == *b && stem(m);
    (x == y && case.survey.members().iter().any(right)).then(|| Evidence::derived(case))
}
