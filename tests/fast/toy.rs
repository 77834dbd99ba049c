//! A format that no cause knows gets every cause by its kind and its roles.

use repro::{
    compare::Opener,
    diff::{Formats, Input, Options, diff},
    model::{
        Blob, Content, Decode, DiffReport, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value, Verdict,
        Warrant,
    },
};
use std::collections::BTreeSet;

/// `TOY`, then for each member: name, time, user, mode, and its bytes, each one exclusive or with a key that stands before them.
struct Toy;

#[derive(Debug)]
struct Keyed;

impl Decode for Keyed {
    fn decode(&self, stored: &Blob, _limit: u64) -> Result<Blob, Malformed> {
        let (key, bytes) = stored.split_first().ok_or_else(|| Malformed::truncated(0, "a key"))?;
        Ok(bytes.iter().map(|byte| byte ^ key).collect::<Vec<u8>>().into())
    }
}

const NAME: usize = 4;
const CONTENT: usize = 4;
const MEMBER: usize = NAME + 4 + 2 + 2 + 1 + CONTENT;

impl Opener for Toy {
    fn open(&self, bytes: &Blob, hint: Option<FormatId>) -> (Opened, Option<Malformed>) {
        if !bytes.starts_with(b"TOY") {
            return Formats.open(bytes, hint);
        }
        let member = |at: usize| {
            let name = String::from_utf8_lossy(&bytes[at..at + NAME]).into_owned();
            let number = |at: usize, n: usize| {
                bytes[at..at + n]
                    .iter()
                    .fold(0_u64, |all, byte| all << 8 | u64::from(*byte))
            };
            let (time, user, mode, data) = (at + NAME, at + NAME + 4, at + NAME + 6, at + NAME + 8);
            let seconds = i64::try_from(number(time, 4)).unwrap();
            let fields = vec![
                Part::field("name", Span::at(at, NAME), Role::Name, Value::Raw),
                Part::field(
                    "time",
                    Span::at(time, 4),
                    Role::Timestamp,
                    Value::Time { seconds, local: false },
                ),
                Part::field("user", Span::at(user, 2), Role::Owner, Value::Number(number(user, 2))),
                Part::field(
                    "mode",
                    Span::at(mode, 2),
                    Role::Mode,
                    Value::Mode(number(mode, 2) as u32),
                ),
                Part::member("", Span::at(data, 1 + CONTENT), Content::Encoded(Box::new(Keyed))),
            ];
            Part::group(name, Span::at(at, MEMBER), Order::Fixed, fields)
        };
        let mut parts = vec![Part::field("magic", Span::at(0, 3), Role::Structure, Value::Raw)];
        parts.push(Part::group(
            "",
            Span::new(3, bytes.len()),
            Order::Members,
            (3..bytes.len()).step_by(MEMBER).map(member).collect(),
        ));
        let opened = Opened {
            format: "toy",
            order: Order::Fixed,
            parts,
        };
        (opened, None)
    }
    fn kind(&self, format: FormatId) -> Kind {
        if format == "toy" {
            Kind::Archive
        } else {
            Formats.kind(format)
        }
    }
}

/// Name, time, user, mode, key, content.
type Member = (&'static str, u32, u16, u16, u8, &'static str);

fn toy(members: &[Member]) -> Vec<u8> {
    let mut bytes = b"TOY".to_vec();
    for (name, time, user, mode, key, content) in members {
        bytes.extend(name.as_bytes());
        bytes.extend(time.to_be_bytes());
        bytes.extend(user.to_be_bytes());
        bytes.extend(mode.to_be_bytes());
        bytes.push(*key);
        bytes.extend(content.bytes().map(|byte| byte ^ key));
    }
    bytes
}

fn compare(a: &[Member], b: &[Member]) -> DiffReport {
    let input = |name, members| Input::from_bytes(name, toy(members));
    let mut options = Options::default();
    options.formats = &Toy;
    diff(&input("a", a), &input("b", b), &options)
}

const A: &[Member] = &[
    ("one.", 1_700_000_000, 1000, 0o644, 7, "text"),
    ("two.", 1_700_000_001, 1000, 0o755, 7, "more"),
];

#[test]
fn time_owner_mode_order_and_compression_are_explained() {
    let b: &[Member] = &[
        ("two.", 1_710_000_001, 1001, 0o700, 9, "more"),
        ("one.", 1_710_000_000, 1001, 0o600, 9, "text"),
    ];
    let report = compare(A, b);
    assert_eq!(report.verdict, Verdict::Explained, "{:?}", report.unexplained);
    let found: BTreeSet<&str> = report.findings.iter().map(|finding| finding.cause).collect();
    let expected = [
        "archive-mtime",
        "archive-owner",
        "compression-settings",
        "readdir-order",
        "umask-permissions",
    ];
    assert_eq!(found, BTreeSet::from(expected));
    assert!(
        report
            .findings
            .iter()
            .all(|finding| finding.warrant == Some(Warrant::Structure))
    );
}

#[test]
fn what_does_not_fit_all_members_is_not() {
    // One file of another owner, one that alone was opened, other content.
    for b in [
        ("two.", 1_700_000_001, 1001, 0o755, 7, "more"),
        ("two.", 1_700_000_001, 1000, 0o777, 7, "more"),
        ("two.", 1_700_000_001, 1000, 0o755, 7, "less"),
    ] {
        let report = compare(A, &[A[0], b]);
        assert_eq!(report.verdict, Verdict::Different, "{b:?}: {:?}", report.findings);
    }
}
