//! What a record vouches for, and what it does not.

use super::*;
use crate::model::{Fact, Kind, Known, Side};

/// 2023-11-14T22:13:20Z.
const NOW: i64 = 1_700_000_000;
/// 2024-02-01T12:34:56Z.
const LATER: i64 = 1_706_790_896;

/// The fact that a whole token renders, of those kinds.
fn vouches<'r>(record: &'r Record, kinds: &[FactKind], token: &[u8]) -> Option<&'r Fact> {
    let page = Page::of(record);
    let dates = date::dates(token);
    let unit = Unit {
        bytes: token,
        dates: &dates,
        binary: std::str::from_utf8(token).is_err() || token.contains(&0),
    };
    let mut tokens = Vec::new();
    page.tokens(unit, 0, kinds, false, &mut tokens);
    let whole = |found: &&Token<'_>| match page.rooted(found) {
        true => !path::climbs(&token[found.length..]),
        false => found.length == token.len(),
    };
    let found = tokens.iter().find(whole)?;
    record.facts.get(found.fact)
}

fn fact(kind: FactKind, value: Known) -> Fact {
    Fact {
        kind,
        value,
        place: String::new(),
    }
}

fn text(kind: FactKind, value: &str) -> Fact {
    fact(kind, Known::Text(value.to_owned()))
}

fn number(kind: FactKind, value: i64) -> Fact {
    fact(kind, Known::Number(value))
}

fn clock(from: i64, to: i64) -> Fact {
    fact(FactKind::Clock, Known::Window { from, to })
}

fn tool(name: &str, value: &str) -> Fact {
    fact(
        FactKind::Tool,
        Known::Named {
            name: name.to_owned(),
            value: value.to_owned(),
        },
    )
}

fn record(facts: Vec<Fact>) -> Record {
    Record {
        whose: "test".to_owned(),
        facts,
        made: Vec::new(),
    }
}

fn a() -> Record {
    record(vec![
        clock(NOW, NOW + 100),
        number(FactKind::ZoneOffset, 0),
        text(FactKind::BuildPath, "/build/one"),
        text(FactKind::TmpDir, "/tmp"),
        text(FactKind::Host, "control"),
        text(FactKind::Domain, "example.org"),
        text(FactKind::User, "root"),
        number(FactKind::Uid, 0),
        number(FactKind::CpuCount, 1),
        text(FactKind::KernelRelease, "6.1.0-18-amd64"),
        text(FactKind::Locale, "C.UTF-8"),
        tool("gcc-12", "12.2.0-14"),
    ])
}

fn b() -> Record {
    record(vec![
        clock(LATER, LATER),
        number(FactKind::ZoneOffset, 14 * 3600),
        text(FactKind::BuildPath, "/build/elsewhere/two"),
        text(FactKind::TmpDir, "/var/tmp"),
        text(FactKind::Host, "another-machine"),
        text(FactKind::Domain, "example.org"),
        text(FactKind::User, "maintainer"),
        number(FactKind::Uid, 1234),
        number(FactKind::CpuCount, 8),
        text(FactKind::KernelRelease, "6.5.0-1-amd64"),
        text(FactKind::Locale, "de_DE.UTF-8"),
        tool("gcc-12", "1:12.3.0-2"),
    ])
}

const EVERY: &[FactKind] = &[
    FactKind::Clock,
    FactKind::SourceDateEpoch,
    FactKind::BuildPath,
    FactKind::Home,
    FactKind::TmpDir,
    FactKind::Host,
    FactKind::User,
    FactKind::Uid,
    FactKind::Locale,
    FactKind::KernelRelease,
    FactKind::CpuCount,
    FactKind::Tool,
];

#[test]
fn renderings_of_a_clock() {
    let moment = |zone: i64| record(vec![clock(LATER, LATER), number(FactKind::ZoneOffset, zone)]);
    let vouched = |record: &Record, token: &str| vouches(record, EVERY, token.as_bytes()).is_some();
    for token in [
        "2024-02-01T12:34:56Z",
        "2024-02-01 13:34:56 +0100",
        "2024-02-01 12:34:56.123456",
        "2024-02-01 12:34",
        "2024-02-01",
        "2024/02/01",
        "Thu, 01 Feb 2024 12:34:56 +0000",
        "Thu Feb  1 12:34:56 UTC 2024",
        "Thu Feb  1 12:34:56 PM UTC 2024",
        "Feb  1 2024",
        "1 February 2024",
        "February 2024",
        "20240201",
        "202402011234",
        "20240201123456",
        "12:34:56",
        "1706790896",
        "1706790896123",
        "65bb8ff0",
        "2024",
    ] {
        assert!(vouched(&moment(0), token), "{token}");
    }
    for token in [
        "2024-02-01T12:34:57Z",
        "2024-02-01T12:34:55Z",
        "2024-02-01 12:34:56 +0100",
        "2024-02-01 12:35",
        "2024-02-02",
        "2024-01-31",
        "Thu Feb  1 12:34:56 AM UTC 2024",
        "January 2024",
        "12:34:57",
        "1706790897",
        "65bb8ff1",
        "2025",
        "x2024-02-01",
    ] {
        assert!(!vouched(&moment(0), token), "{token}");
    }
    // In the recorded zone it is the next day already.
    for token in [
        "2024-02-02",
        "2024-02-02 02:34:56",
        "20240202",
        "Fri Feb  2 02:34:56 2024",
        "2024-02-01",
    ] {
        assert!(vouched(&moment(14 * 3600), token), "{token}");
    }
    assert!(!vouched(&moment(14 * 3600), "2024-02-02T02:34:56Z"));
    for bytes in [
        LATER.to_le_bytes().to_vec(),
        LATER.to_be_bytes().to_vec(),
        (LATER as u32).to_le_bytes().to_vec(),
        (LATER as u32).to_be_bytes().to_vec(),
    ] {
        assert!(vouches(&moment(0), EVERY, &bytes).is_some(), "{bytes:?}");
    }
    assert!(vouches(&moment(0), EVERY, &((LATER + 1) as u32).to_le_bytes()).is_none());
}

#[test]
fn renderings_of_other_values() {
    let vouched = |token: &str| vouches(&b(), EVERY, token.as_bytes()).is_some();
    for token in [
        "/build/elsewhere/two",
        "/build/elsewhere/two/src/x.c",
        "/var/tmp/cc12.s",
        "another-machine",
        "another-machine.example.org",
        "maintainer",
        "1234",
        "8",
        "de_DE.UTF-8",
        "de_DE",
        "6.5.0-1-amd64",
        "1:12.3.0-2",
        "12.3.0-2",
        "12.3.0",
    ] {
        assert!(vouched(token), "{token}");
    }
    for token in [
        "/build/elsewhere/two-more",
        "/build/elsewhere/twofold/x",
        "/build/elsewhere",
        "/build/elsewhere/two/../../etc/passwd",
        "/var/tmp/..",
        "another-machine.example.com",
        "another-machine2",
        "another",
        "maintainers",
        "12345",
        "6.5.0-1",
        "12.3",
    ] {
        assert!(!vouched(token), "{token}");
    }
}

fn difference(role: Role, x: &[u8], y: &[u8]) -> Difference {
    let side = |unit: &[u8]| Side {
        present: true,
        span: Span::at(0, unit.len()),
        unit: unit.to_vec().into(),
        value: Value::Raw,
        items: Vec::new(),
    };
    let start = x.iter().zip(y).take_while(|(x, y)| x == y).count();
    let end = x
        .iter()
        .rev()
        .zip(y.iter().rev())
        .take(x.len().min(y.len()) - start)
        .take_while(|(x, y)| x == y)
        .count();
    Difference {
        address: "x".to_owned(),
        container: 1,
        format: "text",
        kind: Kind::Text,
        inert: false,
        role,
        order: crate::model::Order::Fixed,
        a: side(x),
        b: side(y),
        changes: vec![Change {
            a: Span::new(start, x.len() - end),
            b: Span::new(start, y.len() - end),
        }],
        moved: Vec::new(),
    }
}

fn warranted(cause: CauseId, x: &str, y: &str) -> Option<Vec<Hit>> {
    let (a, b) = (a(), b());
    let book = Book::new([&a, &b]);
    let difference = difference(Role::Text, x.as_bytes(), y.as_bytes());
    book.about(&difference).warrant(cause, difference.changes[0])
}

#[test]
fn a_claim_has_a_warrant_if_both_sides_render_their_own_records() {
    for (cause, x, y) in [
        ("embedded-timestamp", "on 2023-11-14 22:13:59", "on 2024-02-01 12:34:56"),
        // UTC there, the recorded zone here: b's day is another one.
        ("embedded-timestamp", "on 2023-11-14", "on 2024-02-02"),
        ("embedded-timestamp", "t=1700000000;", "t=1706790896;"),
        ("build-path", "dir=/build/one/x.c", "dir=/build/elsewhere/two/x.c"),
        ("build-path", "-I/build/one/include", "-I/build/elsewhere/two/include"),
        ("build-path", "file:///build/one/x", "file:///build/elsewhere/two/x"),
        ("hostname", "by root@control.", "by root@another-machine."),
        ("hostname", "on control.example.org", "on another-machine.example.org"),
        ("username", "by root", "by maintainer"),
        ("cpu-count", "make -j1 all", "make -j8 all"),
        ("kernel-version", "Linux 6.1.0-18-amd64", "Linux 6.5.0-1-amd64"),
        ("toolchain-version", "GCC 12.2.0 x", "GCC 12.3.0 x"),
        // Two values, one claim.
        (
            "env-capture",
            "HOME=/tmp/h USER=root LANG=C.UTF-8",
            "HOME=/var/tmp/h USER=maintainer LANG=de_DE.UTF-8",
        ),
    ] {
        assert!(warranted(cause, x, y).is_some(), "{cause}: {x} | {y}");
    }
}

#[test]
fn look_alikes_have_none() {
    for (cause, x, y) in [
        // One second outside, on either side.
        ("embedded-timestamp", "on 2023-11-14 22:15:01", "on 2024-02-01 12:34:56"),
        ("embedded-timestamp", "on 2023-11-14 22:13:20", "on 2024-02-01 12:34:57"),
        ("embedded-timestamp", "t=1699999999;", "t=1706790896;"),
        // Not written alike.
        ("embedded-timestamp", "on 2023-11-14", "on 20240201"),
        // Another host, user or path.
        ("hostname", "by root@control", "by root@evil-machine"),
        ("hostname", "on control.example.org", "on another-machine"),
        ("hostname", "on control.evil.org", "on another-machine.evil.org"),
        ("build-path", "dir=/build/one/x.c", "dir=/build/elsewhere/two/y.c"),
        (
            "build-path",
            "dir=/build/one/../../x",
            "dir=/build/elsewhere/two/../../x",
        ),
        ("build-path", "dir=/build/one-2/x", "dir=/build/elsewhere/two-2/x"),
        ("build-path", "dir=/build/one", "dir=/var/tmp"),
        ("build-path", "dist/build/one/x", "dist/build/elsewhere/two/x"),
        // The records the other way round.
        ("hostname", "by root@another-machine", "by root@control"),
        // A cause to which this kind of value says nothing.
        ("hostname", "by root@root", "by root@maintainer"),
        ("random-value", "by control", "by another-machine"),
        ("cpu-count", "make -j2 all", "make -j8 all"),
        ("cpu-count", "version 1.0", "version 8.0"),
        // One of two values is nobody's.
        ("env-capture", "HOME=/tmp/h USER=root", "HOME=/var/tmp/h USER=evil"),
    ] {
        assert!(warranted(cause, x, y).is_none(), "{cause}: {x} | {y}");
    }
}

fn adopted(role: Role, x: &[u8], y: &[u8]) -> (Vec<CauseId>, usize) {
    adopted_in(Kind::Text, role, x, y)
}

fn adopted_in(kind: Kind, role: Role, x: &[u8], y: &[u8]) -> (Vec<CauseId>, usize) {
    let (a, b) = (a(), b());
    let book = Book::new([&a, &b]);
    let difference = Difference {
        kind,
        ..difference(role, x, y)
    };
    let (adopted, left) = book.about(&difference).adopt(&difference.changes, &[]);
    (adopted.iter().map(|one| one.cause).collect(), left.len())
}

#[test]
fn known_values_are_found_where_no_form_shows_them() {
    for (x, y, causes) in [
        (
            &b"\0\x01control\0rest"[..],
            &b"\0\x01another-machine\0rest"[..],
            &["hostname"][..],
        ),
        (b"\xfe\x9fcontrol\xff", b"\xfe\x9fanother-machine\xff", &["hostname"]),
        (b"x|6.1.0-18-amd64|y", b"x|6.5.0-1-amd64|y", &["kernel-version"]),
        (b"x /build/one/y z", b"x /build/elsewhere/two/y z", &["build-path"]),
        (
            b"\0control\0mid\0/build/one\0",
            b"\0another-machine\0mid\0/build/elsewhere/two\0",
            &["build-path", "hostname"],
        ),
    ] {
        assert_eq!(adopted(Role::Content, x, y), (causes.to_vec(), 0), "{x:?}");
    }
    let epoch = |at: i64| [b"\x7f\x80\x81".as_slice(), &(at as u32).to_le_bytes(), b"\x82\x83"].concat();
    assert_eq!(
        adopted(Role::Content, &epoch(NOW), &epoch(LATER)),
        (vec!["embedded-timestamp"], 0)
    );
    for (x, y) in [
        (&b"\0controls\0"[..], &b"\0another-machines\0"[..]),
        (b"\0control\0x", b"\0another-machine\0y"),
        ("\u{e9}control ".as_bytes(), "\u{e9}another-machine ".as_bytes()),
        (b"uid 0 of", b"uid 1234 of"),
        (b"run 1 of", b"run 8 of"),
        // Limits decide against.
        (b"valid until 2023-11-14 ", b"valid until 2024-02-01 "),
    ] {
        assert_eq!(adopted(Role::Text, x, y), (Vec::new(), 1), "{x:?}");
    }
}

#[test]
fn no_bytes_are_a_panic() {
    let (a, b) = (a(), b());
    let book = Book::new([&a, &b]);
    let mut seed = 1u32;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % below
    };
    let parts: [&[u8]; 9] = [
        b"/build/one",
        b"/build/elsewhere/two",
        b"control",
        b"2024-02-01 12:34:56",
        b"\xff\0",
        b"..",
        b"-j",
        b"65bb8ff0",
        b" ",
    ];
    for _ in 0..3000 {
        let mut unit = || {
            (0..next(6))
                .flat_map(|_| parts[next(parts.len())].to_vec())
                .collect::<Vec<u8>>()
        };
        let (x, y) = (unit(), unit());
        let difference = difference(Role::Content, &x, &y);
        let about = book.about(&difference);
        let (_, left) = about.adopt(&difference.changes, &[]);
        assert!(left.len() <= difference.changes.len());
        let beyond = Change {
            a: Span::at(3, 400),
            b: Span::at(0, 1),
        };
        assert!(about.walk(beyond, EVERY, false).is_none());
    }
}

#[test]
fn a_length_follows_from_the_value_in_its_text() {
    for (x, y, causes, left) in [
        (
            &b"\xc0\x01 \xc0\x10 /build/one/x.c\n\0"[..],
            &b"\xc0\x01 \xc0\x1a /build/elsewhere/two/x.c\n\0"[..],
            &["build-path", "derived-hash"][..],
            0,
        ),
        // One too many, on both sides or on one; a text that ends before the value; no value in the text.
        (b"\x11 /build/one/x.c\n\0", b"\x1b /build/elsewhere/two/x.c\n\0", &[], 1),
        (b"\x10 /build/one/x.c\n\0", b"\x1b /build/elsewhere/two/x.c\n\0", &[], 1),
        (b"\x04 one\0/build/one\0", b"\x05 one\0/build/elsewhere/two\0", &[], 1),
        (b"\x04 one\0/build/one\0", b"\x06 twoo2\0/build/elsewhere/two\0", &[], 1),
    ] {
        assert_eq!(
            adopted_in(Kind::Executable, Role::Content, x, y),
            (causes.to_vec(), left),
            "{x:?} | {y:?}"
        );
    }
    // Nothing but programs has such texts.
    assert_eq!(
        adopted(Role::Content, b"\x0a/build/one\0", b"\x14/build/elsewhere/two\0").1,
        1
    );
}
