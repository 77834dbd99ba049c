//! username

use super::{Advice, Case, Cause, document, find};
use crate::model::{CauseId, Change, Evidence};

/// Whether the words around a token say that it names the user who built: `BUILD_USER=`, `Built by `, `compiled by x@host`.
fn context(before: &str, after: &[u8], recorded: bool) -> bool {
    let (key, word) = find::key(before);
    let keyed = key.len() < before.len() && before[key.len()..].contains(['=', ':']);
    let names_user = matches!(
        word,
        "logname"
            | "builder"
            | "built-by"
            | "built_by"
            | "build-user"
            | "builduser"
            | "build-by"
            | "packager"
            | "whoami"
            | "uname"
            | "builduser_name"
    ) || of_build(word, ["_user", "_username"]);
    if keyed && names_user {
        // `KEY=value` is a setting, save in a file about a build.
        return recorded || !before[key.len()..].contains('=');
    }
    let built = find::says(before, BUILT);
    let paren = after.starts_with(b"@")
        && before.ends_with('(')
        && before.contains(|c: char| c.is_ascii_digit())
        && !find::says(before, PEOPLE);
    (built && !find::says(before, PEOPLE) && (before.ends_with("by ") || before.ends_with("by user "))) || paren
}

/// Whether a key is one of a build's: with one of two endings, and what is built before it.
pub(super) fn of_build(key: &str, endings: [&str; 2]) -> bool {
    let of = endings.iter().find_map(|ending| key.strip_suffix(ending));
    of.is_some_and(|of| ["build", "compile", "kbuild"].iter().any(|word| of.ends_with(word)))
}

/// Words that tell of a build.
pub(super) const BUILT: &[&str] = &[
    "built",
    "build",
    "compiled",
    "generated",
    "created",
    "made",
    "packaged",
    "linked",
    "configured",
];

/// Words before somebody who did not build it, or who may do something.
pub(super) const PEOPLE: &[&str] = &[
    "maintainer",
    "author",
    "contact",
    "mailto",
    "report",
    "bugs",
    "security",
    "support",
    "mail",
    "email",
    "send",
    "allow",
    "deny",
    "grant",
    "trust",
    "login",
    "admin",
    "account",
    "sudo",
    "access",
    "permit",
];

/// The user's own folder.
fn home(case: &Case<'_>, change: &Change) -> bool {
    let before = &case.a.unit[..change.a.start];
    before.ends_with(b"/home/") && case.a.unit.get(change.a.end) == Some(&b'/')
}

/// A user name where a text says that it is one.
pub struct Username;

impl Cause for Username {
    fn id(&self) -> CauseId {
        "username"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::USERS
    }
    fn adopts(&self) -> &'static [super::FactKind] {
        super::known::PERSONS
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The output contains the name of the user who built it.",
            why: "Something recorded who built it: whoami, $USER, getpwuid, the GECOS field.",
            fix: "leave it out; KBUILD_BUILD_USER for Linux",
            references: &[],
        }
    }
    fn consistent(&self) -> bool {
        true
    }
    fn variations(&self) -> &'static [&'static str] {
        &["user", "user_env", "passwd"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let recorded = document::build_record(case) || case.survey.commented(case, case.open);
        let told = recorded || document::prose(case);
        let part = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_' || c == b'.';
        let user =
            |text: &[u8]| text.first().is_some_and(|c| c.is_ascii_alphabetic() || *c == b'_') && text.len() <= 32;
        let accept = |pair: Change| {
            let (x, y) = find::sides(case, pair);
            user(x)
                && user(y)
                && (home(case, &pair) && document::inert(case, case.survey, &pair)
                    || told
                        && context(
                            &find::before(&case.a.unit, pair.a.start, 120),
                            &case.a.unit[pair.a.end..],
                            recorded,
                        ))
        };
        // Elsewhere something may open what lies in the folder.
        let folder = |pair: Change| {
            let (x, y) = find::sides(case, pair);
            user(x) && user(y) && home(case, &pair)
        };
        let told = Evidence::likely(find::only(case, find::words(case, part, accept)));
        told.or_else(|| Evidence::likely(find::only(case, find::words(case, part, folder))).map(Evidence::hint))
    }
}
