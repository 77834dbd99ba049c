//! env-capture

use super::{Advice, Case, Cause, find};
use crate::model::{CauseId, Evidence};

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
            what: "Environment variables of the builder stand in the output.",
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
        if !find::textual(case) {
            return None;
        }
        let tokens = |text: &[u8]| {
            find::runs(text, |c| {
                !matches!(
                    c,
                    b'\n' | b'\r' | b'"' | b'\'' | b'=' | b' ' | b'\t' | 0 | b'<' | b'>' | b';'
                )
            })
        };
        Evidence::likely(find::around(case, tokens, |pair| {
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
            value(word, x) && value(word, y)
        }))
    }
}

/// Whether a variable of this name (in lower case) has such values.
fn value(name: &str, text: &[u8]) -> bool {
    let path = |text: &[u8]| text.starts_with(b"/") && text.iter().all(u8::is_ascii_graphic);
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
