//! hostname

use super::{
    Advice, Case, Cause, document, find,
    username::{BUILT, PEOPLE, of_build},
};
use crate::model::{CauseId, Evidence, Kind, Warrant};

/// Whether the words before a token say that it names the build machine: `Build-Host: `, `hostname=`, `built by root@`, `compiled on host `.
fn context(before: &str, recorded: bool) -> bool {
    // An address is called.
    if before
        .rsplit([' ', '"', '\'', '='])
        .next()
        .is_some_and(|word| word.contains("://"))
    {
        return false;
    }
    let (key, word) = find::key(before);
    let keyed = key.len() < before.len();
    let names_host = matches!(
        word,
        "build-host"
            | "build_host"
            | "buildhost"
            | "built-on"
            | "built_on"
            | "nodename"
            | "uname_n"
            | "builder-host"
            | "build-hostname"
            | "build_hostname"
            | "buildbox"
            | "build_machine"
            | "compile_host"
    ) || of_build(word, ["_host", "_hostname"]);
    if keyed && names_host {
        // `KEY=value` is a setting, save in a file about a build.
        return recorded || !before[key.len()..].contains('=');
    }
    let built = find::says(before, BUILT);
    let contact = find::says(before, PEOPLE)
        || find::says(before, &["from", "signed", "reported", "uploader", "server", "connect"]);
    // `user@`
    let at = before
        .strip_suffix('@')
        .is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'));
    if at {
        let paren = before.rfind('(').is_some_and(|i| !before[i..].contains(' '));
        // A name and its version, and who made it where: `tool 1.0 (user@host)`.
        let version = before
            .rfind('(')
            .is_some_and(|i| before[..i].contains(|c: char| c.is_ascii_digit()));
        return (built || paren && version) && !contact;
    }
    built && (before.ends_with(" on ") || before.ends_with(" on host ") || before.ends_with(" at ")) && !contact
}

/// A sentence's full stop is no part of the name.
fn trim(text: &[u8], span: crate::model::Span) -> crate::model::Span {
    let dots = text[span.start..span.end]
        .iter()
        .rev()
        .take_while(|&&c| c == b'.' || c == b'-')
        .count();
    crate::model::Span::new(span.start, span.end - dots)
}

/// A field of a package that the build host stands first in, and that is only shown.
fn field(case: &Case<'_>) -> bool {
    let name = case.name().rsplit('/').next();
    case.kind == Kind::Package && matches!(name, Some("BUILDHOST" | "COOKIE"))
}

/// A host name where a text says that it is one.
pub struct Hostname;

impl Cause for Hostname {
    fn id(&self) -> CauseId {
        "hostname"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::HOSTS
    }
    fn adopts(&self) -> &'static [super::FactKind] {
        super::known::HOSTS
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The output contains the name of the build machine.",
            why: "Something recorded where it was built: uname -n, hostname, gethostname.",
            fix: "leave it out; KBUILD_BUILD_HOST for Linux; rpm: %_buildhost",
            references: &[],
        }
    }
    fn consistent(&self) -> bool {
        true
    }
    fn variations(&self) -> &'static [&'static str] {
        &["hostname", "domainname"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let recorded = document::build_record(case) || case.survey.commented(case, case.open);
        let field = field(case);
        if !find::textual(case) || !(field || recorded || document::prose(case)) {
            return None;
        }
        let tokens = |text: &[u8]| {
            find::runs(text, |c| c.is_ascii_alphanumeric() || c == b'-' || c == b'.')
                .into_iter()
                .map(|s| trim(text, s))
                .collect()
        };
        let host = |text: &[u8]| {
            let first = text.first().is_some_and(u8::is_ascii_alphanumeric);
            first
                && (2..=64).contains(&text.len())
                && text.iter().any(u8::is_ascii_alphabetic)
                && text.iter().all(|c| c.is_ascii_alphanumeric() || b"-.".contains(c))
        };
        let accept = |pair: crate::model::Change| {
            let (x, y) = find::sides(case, pair);
            let said = || context(&find::before(&case.a.unit, pair.a.start, 120), recorded);
            host(x) && host(y) && (field && pair.a.start == 0 || said())
        };
        Evidence::likely(find::around(case, tokens, accept)).map(|evidence| evidence.by_if(Warrant::Structure, field))
    }
}
