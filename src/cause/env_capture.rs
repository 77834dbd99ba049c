//! env-capture

use super::{Advice, Case, Cause, document, find, path};
use crate::model::{CauseId, Evidence, Role};

/// Values of environment variables of the builder.
pub struct EnvCapture;

impl Cause for EnvCapture {
    fn id(&self) -> CauseId {
        "env-capture"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::VARIABLES
    }
    fn adopts(&self) -> &'static [super::FactKind] {
        super::known::SETTINGS
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The output contains environment variables of the builder.",
            why: "configure, libtool and scripts write PATH, SHELL, HOME, TERM or LANG of the build into what they generate.",
            fix: "CONFIG_SHELL=/bin/sh; run the build under env -i with a fixed PATH; do not write the environment",
            references: &["https://reproducible-builds.org/docs/env-variations/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &[
            "env",
            "home",
            "timezone",
            "locale",
            "user_env",
            "exec_path",
            "tmpdir",
            "terminal",
            "parallelism",
            "shell",
        ]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.role == Role::Presence {
            // A variable that only one builder has: what it does to whoever reads the file is not known.
            return (variable(case) && dumped(case, false)).then(|| Evidence::whole(case).hint());
        }
        if !find::textual(case) {
            return None;
        }
        let part = |c: u8| {
            !matches!(
                c,
                b'\n' | b'\r' | b'"' | b'\'' | b'=' | b' ' | b'\t' | 0 | b'<' | b'>' | b';'
            )
        };
        Evidence::likely(find::words(case, part, |pair| {
            let (x, y) = find::sides(case, pair);
            let before = find::before(&case.a.unit, pair.a.start, 60);
            let key = before.trim_end_matches(['"', '\'']);
            let key = key.trim_end_matches(' ');
            let Some(key) = key.strip_suffix('=').or_else(|| key.strip_suffix(':')) else {
                return false;
            };
            let key = key.trim_end_matches([' ', ':', '?']);
            let word = key
                .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .next()
                .unwrap_or_default();
            let public = |text: &[u8]| {
                text.starts_with(b"/tmp") || text.starts_with(b"/var/tmp") || text.starts_with(b"/dev/shm")
            };
            let alike = word == "tmpdir" || public(x) == public(y);
            // make's own shell is a setting of the builder also where a file sets nothing else.
            let made = |text: &[u8]| {
                word == "shell"
                    && matches!(
                        &text[text.len().saturating_sub(4)..],
                        b"/zsh" | b"/ksh" | b"dash" | b"bash" | b"n/sh"
                    )
            };
            let folder = matches!(word, "home" | "pwd" | "oldpwd" | "tmpdir" | "xdg_runtime_dir");
            let place = || dumped(case, !folder) || makefile(case) && made(x) && made(y);
            value(word, x) && value(word, y) && alike && place()
        }))
    }
}

/// Variables that a session has and no configuration sets.
const SESSION: &[&str] = &["TERM", "SHLVL", "PWD", "OLDPWD", "_", "LOGNAME", "DISPLAY"];
/// Others that every session has.
const USUAL: &[&str] = &[
    "HOME", "SHELL", "PATH", "USER", "LANG", "LC_ALL", "LANGUAGE", "TZ", "TMPDIR", "EDITOR", "PAGER", "MAIL",
];

/// A line that sets a variable.
fn variable(case: &Case<'_>) -> bool {
    let side = if case.a.present { &case.a } else { &case.b };
    let name = side.unit.split(|&c| c == b'=').next().unwrap_or_default();
    name.len() < side.unit.len() && !name.is_empty() && name.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'_')
}

fn makefile(case: &Case<'_>) -> bool {
    let name = document::name(case, case.survey);
    matches!(document::suffix(&name), "mk" | "mak") || matches!(name.as_str(), "makefile" | "gnumakefile")
}

/// A script that says a configure or libtool wrote it, or a dump of the environment: at least three of its variables, one of them a
/// session's, and nothing but variables where it is a text.
fn dumped(case: &Case<'_>, script: bool) -> bool {
    let Some(member) = case.survey.container(case) else {
        return false;
    };
    let text = matches!(case.role, Role::Text | Role::Presence);
    [&member.a, &member.b]
        .into_iter()
        .all(|bytes| script && generated(bytes) || dump(bytes, text))
}

fn generated(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    head.lines().filter(|line| line.starts_with('#')).any(|line| {
        line.contains("generated")
            && ["configure", "config.status", "libtool", "autoconf"]
                .iter()
                .any(|by| line.contains(by))
    })
}

fn dump(bytes: &[u8], text: bool) -> bool {
    let (mut usual, mut session, mut others) = (0, 0, false);
    for line in bytes.split(|&c| c == b'\n' || c == 0) {
        let line = line.trim_ascii();
        let name = line.split(|&c| c == b'=').next().unwrap_or_default();
        let name = std::str::from_utf8(name).unwrap_or_default();
        let variable =
            name.len() < line.len() && !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
        others |= !variable && !line.is_empty() && !line.starts_with(b"#");
        session += usize::from(variable && SESSION.contains(&name));
        usual += usize::from(variable && USUAL.contains(&name));
    }
    session + usual > 2 && (session > 0 && !others || !text)
}

/// Whether a variable of this name (in lower case) has such values.
fn value(name: &str, text: &[u8]) -> bool {
    let path = |text: &[u8]| text.starts_with(b"/") && document::plain(text) && !path::climbs(text);
    let word = |text: &[u8]| text.iter().all(|c| c.is_ascii_alphanumeric() || b"._@-:".contains(c));
    match name {
        // A list of folders; a single one is a setting.
        // A bare PATH is searched by whatever reads the file.
        "sys_path" | "build_path" | "path_env" => text.contains(&b':') && text.split(|&c| c == b':').all(path),
        "shell" | "config_shell" => {
            let shells: [&[u8]; 4] = [b"/bin/", b"/usr/bin/", b"/usr/local/bin/", b"/opt/homebrew/bin/"];
            let name = shells.iter().find_map(|folder| text.strip_prefix(*folder));
            name.is_some_and(|name| name.ends_with(b"sh") && name.iter().all(u8::is_ascii_alphanumeric))
        }
        "home" | "pwd" | "oldpwd" | "tmpdir" | "xdg_runtime_dir" => path(text) && !text.contains(&b':'),
        "term" | "lang" | "language" | "lc_all" | "lc_ctype" | "lc_messages" | "lc_time" | "lc_collate" | "tz"
        | "display" => word(text),
        _ => false,
    }
}
