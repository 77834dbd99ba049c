//! The course of an artifact in one line.

use crate::{
    model::{ArtifactHistory, ChangedItem, ChangedSince, Outcome},
    notation::clip,
};

/// Groups of changed things that a line names, and names of one group.
const GROUPS: usize = 3;
const NAMES: usize = 2;

/// How it went: `reproduced 14 times, then not: same source, other gcc-12 (12.2.0-14 → 12.2.0-15)`. `all`: there are no results but those of
/// its streak.
pub(super) fn course(artifact: &ArtifactHistory, all: bool) -> String {
    let runs = artifact.streak;
    match (artifact.newest.outcome, &artifact.changed) {
        (Outcome::Reproduced, _) if all => format!("reproduced {}, never failed", times(runs)),
        (Outcome::Reproduced, _) => format!("reproduced again, {} in a row", times(runs)),
        (_, None) => format!("not reproduced {}, never reproduced", times(runs)),
        (_, Some(changed)) => {
            let since = match runs {
                1 => String::new(),
                _ => format!(" {}", times(runs)),
            };
            format!(
                "reproduced {}, then not{since}: {}",
                times(artifact.reproduced_before),
                change(changed)
            )
        }
    }
}

/// What changed: `same source, other gcc-12 (12.2.0-14 → 12.2.0-15)`.
fn change(changed: &ChangedSince) -> String {
    let shown = |what: &str| {
        let found = changed.items.iter().find(|item| item.what == what);
        found.map(arrow).unwrap_or_default()
    };
    let mut parts = Vec::new();
    parts.push(match changed.same_source {
        Some(true) => "same source".to_owned(),
        Some(false) => format!("source changed: {}", shown("source")),
        None => "source not recorded".to_owned(),
    });
    if changed.same_command == Some(false) {
        parts.push("other build command".to_owned());
    }
    if changed.same_lock == Some(false) {
        parts.push(format!("other lock: {}", shown("lock")));
    }
    match changed.same_environment {
        Some(true) => parts.push("same environment".to_owned()),
        Some(false) => parts.push(environment(changed)),
        None => parts.push("environment not recorded, or not in the same way".to_owned()),
    }
    let known = [changed.same_source, changed.same_environment];
    let nothing = changed.items.is_empty() && known.contains(&Some(true));
    match nothing {
        true => format!("nothing that was recorded changed: {}", parts.join(", ")),
        false => parts.join(", "),
    }
}

/// `other gcc-12, cpp-12 and 3 more (12.2.0-14 → 12.2.0-15), kernel (6.1 → 6.2)`.
fn environment(changed: &ChangedSince) -> String {
    let own = |item: &&ChangedItem| !matches!(item.what.as_str(), "source" | "command" | "lock");
    // What changed in the same way, such as the packages of one source, is told together.
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for item in changed.items.iter().filter(own) {
        let (name, arrow) = (plain(&item.what), arrow(item));
        match groups.iter_mut().find(|(known, _)| *known == arrow) {
            Some((_, names)) => names.push(name),
            None => groups.push((arrow, vec![name])),
        }
    }
    let mut parts: Vec<String> = Vec::new();
    for (arrow, names) in groups.iter().take(GROUPS) {
        let first: Vec<&str> = names.iter().take(NAMES).copied().collect();
        let more = match names.len().saturating_sub(NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        parts.push(format!("{}{more} ({arrow})", first.join(", ")));
    }
    let rest = groups.iter().skip(GROUPS).map(|(_, names)| names.len()).sum::<usize>() + changed.more;
    let rest = match rest {
        0 => String::new(),
        rest => format!(" and {rest} more changes"),
    };
    format!("other {}{rest}", parts.join(", "))
}

/// A package's name, a file's last name; anything else as it is.
fn plain(what: &str) -> &str {
    match (what.strip_prefix("package "), what.strip_prefix("file ")) {
        (Some(name), _) => name,
        (_, Some(path)) => path.rsplit('/').next().unwrap_or(path),
        _ => what,
    }
}

/// `1a2b3c4d → 5e6f7a8b`. Of a tool that says its version, the digest matters only if the version is the same.
fn arrow(item: &ChangedItem) -> String {
    let version = |value: &Option<String>| Some(value.as_ref()?.rsplit_once(", sha256 ")?.0.to_owned());
    if let (Some(before), Some(after)) = (version(&item.before), version(&item.after))
        && before != after
    {
        return format!("{} → {}", short(&before), short(&after));
    }
    let side = |value: &Option<String>| value.as_deref().map_or_else(|| "none".to_owned(), short);
    format!("{} → {}", side(&item.before), side(&item.after))
}

/// The beginning of a digest; anything else as it is, within reason.
fn short(value: &str) -> String {
    let hex = value.strip_prefix("sha256:").unwrap_or(value);
    let digest = hex.len() >= 40 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    match digest {
        true => hex.chars().take(8).collect(),
        false => clip(hex, 80),
    }
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}

/// The project, the command, and the path.
pub(super) fn name(artifact: &ArtifactHistory) -> String {
    match artifact.path.as_str() {
        "" => format!("{} {}", artifact.project, artifact.kind.word()),
        path => format!("{} {} {path}", artifact.project, artifact.kind.word()),
    }
}
