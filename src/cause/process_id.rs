//! process-id

use super::{Advice, Case, Cause, find, statement::Statement};
use crate::model::{CauseId, Evidence, Role};

/// Process numbers.
pub struct ProcessId;

impl Cause for ProcessId {
    fn id(&self) -> CauseId {
        "process-id"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::PIDS
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The output contains the number of a process.",
            why: "Work files and logs are named after the process, and tar names its extended headers after it.",
            fix: "give the file a fixed name; tar --pax-option=exthdr.name=%d/PaxHeaders/%f",
            references: &["https://reproducible-builds.org/docs/randomness/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["pid"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !matches!(case.role, Role::Text | Role::String | Role::Name | Role::Reference) {
            return None;
        }
        let part = |c: u8| c.is_ascii_digit();
        let number = |text: &[u8]| {
            let n = std::str::from_utf8(text).ok().and_then(|t| t.parse::<u32>().ok());
            text.first() != Some(&b'0') && n.is_some_and(|n| (2..=4_194_304).contains(&n))
        };
        Evidence::likely(find::words(case, part, |pair| {
            let (x, y) = find::sides(case, pair);
            let closed = case.a.unit[pair.a.end..].starts_with(b"]:") && case.b.unit[pair.b.end..].starts_with(b"]:");
            let before = || find::before(&case.a.unit, pair.a.start, 80);
            if !number(x) || !number(y) || !context(&before(), closed, x.len().min(y.len())) {
                return false;
            }
            let statement = Statement::of(case, pair);
            let settings = case.role == Role::Text && !statement.commented() && settings(case);
            !settings && !statement.limited()
        }))
    }
}

/// A file of settings or of code, by its name.
fn settings(case: &Case<'_>) -> bool {
    const SUFFIXES: &[&str] = &[
        "yaml", "yml", "json", "toml", "ini", "conf", "cfg", "rules", "py", "c", "js", "sh", "go", "rs", "rb",
        "service",
    ];
    let name = case.survey.container(case).map_or("", |member| member.name.as_str());
    name.rsplit_once('.')
        .is_some_and(|(_, suffix)| SUFFIXES.contains(&suffix))
}

/// What stands around the number of a process: `pid 17`, `PaxHeaders.17`, `name[17]:`, a work file `/tmp/name.1717`.
fn context(before: &str, closed: bool, digits: usize) -> bool {
    let word = |text: &str| {
        text.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let key = before.trim_end_matches([' ', '=', ':', '#']);
    let keyed = key.len() < before.len() && matches!(word(key).as_str(), "pid" | "ppid") && {
        // Beside the number of a vendor it is that of a product.
        let said = [
            "process", "started", "running", "daemon", "worker", "child", "parent", "fork", "log",
        ];
        let line = key
            .strip_suffix("ppid")
            .or_else(|| key.strip_suffix("pid"))
            .unwrap_or(key);
        let alone = line.trim_matches(['[', '(', '#', '/', '*', ' ']).is_empty();
        !find::says(before, &["vid", "usb", "pci", "vendor", "device", "bus", "kill"])
            && (alone || find::says(before, &said))
    };
    // As syslog writes; not an index in code.
    let logged = closed
        && digits >= 3
        && before.strip_suffix('[').is_some_and(|name| {
            let head = name.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-');
            // At the beginning of the line, or behind its time.
            head.len() < name.len()
                && (head.is_empty() || head.contains(':') && head.starts_with(|c: char| c.is_ascii_alphanumeric()))
        });
    let path = before.rsplit([' ', '"', '\'', '=']).next().unwrap_or_default();
    let work =
        digits >= 3 && path.ends_with(['.', '-', '_']) && (path.starts_with("/tmp/") || path.starts_with("/var/tmp/"));
    keyed || logged || work || before.ends_with("pax_headers.")
}
