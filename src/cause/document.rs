//! What a text is for, by the name of its file: it records how it was made, it is for people, or something acts on it.

use super::{Case, Survey, find};
use crate::model::{Change, Difference, Kind, Role};

/// Suffixes of texts for people.
const PROSE: &[&str] = &[
    "txt",
    "text",
    "md",
    "rst",
    "adoc",
    "html",
    "htm",
    "xhtml",
    "tex",
    "texi",
    "info",
    "po",
    "pot",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "log",
    "trs",
    "buildinfo",
    "nfo",
    "mf",
    "dsc",
    "changes",
];
/// Texts for people or about a package whose names have no suffix.
const NAMED: &[&str] = &[
    "authors",
    "buildinfo",
    "changelog",
    "control",
    "copying",
    "license",
    "metadata",
    "news",
    "pkg-info",
    "pkginfo",
    "readme",
    "version",
];
/// Words in the names of lists that a program enforces, whatever their suffix.
const ENFORCED: &[&str] = &[
    "acl",
    "bans",
    "cron",
    "crontab",
    "filter",
    "filters",
    "grants",
    "groups",
    "keys",
    "members",
    "names",
    "owners",
    "permissions",
    "policy",
    "roles",
    "rules",
    "secrets",
    "sudoers",
    "tokens",
    "access",
    "accounts",
    "admin",
    "admins",
    "allow",
    "allowed",
    "authorized",
    "block",
    "blocked",
    "blocklist",
    "deny",
    "denied",
    "hosts",
    "passwd",
    "requirements",
    "robots",
    "trusted",
    "users",
    "whitelist",
    "blacklist",
    "allowlist",
    "denylist",
    "constraints",
];
/// What tools write about a build, where the build's folder and flags stand by the nature of the file.
const RECORDS: &[&str] = &["la", "lai", "pc", "log", "trs", "buildinfo", "packlist"];
/// The same, by the whole name.
const RECORD_NAMES: &[&str] = &[
    "buildinfo",
    "cmakecache.txt",
    "compile_commands.json",
    "config.log",
    "config_heavy.pl",
    "direct_url.json",
    "pkginfo",
    "rbconfig.rb",
];

/// The name of the file in which a difference lies, in lower case, without a dot before it.
pub fn name(difference: &Difference, survey: &Survey) -> String {
    let name = survey.container(difference).map_or("", |member| &member.name);
    name.trim_start_matches('.').to_ascii_lowercase()
}

/// The last suffix of a name.
pub fn suffix(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, suffix)| suffix)
}

/// A program's strings, or a text that people read and no program enforces.
pub fn prose(case: &Case<'_>) -> bool {
    if case.kind == Kind::Executable || case.role == Role::String || case.format == "strings" {
        return true;
    }
    let name = name(case, case.survey);
    let known = PROSE.contains(&suffix(&name)) || NAMED.contains(&name.as_str());
    known && !enforced(&name)
}

/// A list that a program enforces, by its name.
pub fn enforced(name: &str) -> bool {
    find::says(name, ENFORCED)
}

/// A file that tells how something was built, by a name that tools give such files.
pub(crate) fn build_record(case: &Case<'_>) -> bool {
    let name = name(case, case.survey);
    let told = name.contains("build") && ["info", "version", "metadata"].iter().any(|word| name.contains(word));
    record_name(&name) || told || name == "git.properties" || name == "build.properties"
}

/// What steps of a build wrote as they were done.
pub(crate) fn log(case: &Case<'_>) -> bool {
    let name = name(case, case.survey);
    matches!(suffix(&name), "log" | "trs" | "ninja_log") || name == "ninja_log"
}

fn record_name(name: &str) -> bool {
    RECORDS.contains(&suffix(name)) || RECORD_NAMES.contains(&name) || name.starts_with("_sysconfigdata")
}

/// A module in which a build may write down its folder, unlike configuration and scripts, which are told where to look.
pub(crate) fn generated_code(difference: &Difference, survey: &Survey) -> bool {
    let name = name(difference, survey);
    matches!(suffix(&name), "py" | "pm" | "rb" | "h" | "java" | "go" | "rs")
}

/// Nothing opens what stands here: debug information, a comment, a log, the text of a generated page.
pub(crate) fn inert(difference: &Difference, survey: &Survey, change: &Change) -> bool {
    let name = name(difference, survey);
    let page = matches!(suffix(&name), "html" | "htm" | "xhtml");
    difference.inert
        || survey.commented(difference, std::slice::from_ref(change))
        || matches!(suffix(&name), "log" | "trs" | "buildinfo")
        || page && survey.outside_scripts(difference, change, shown)
}

/// A place that holds the folder of the build by its nature.
pub(crate) fn records_path(difference: &Difference, survey: &Survey, change: &Change) -> bool {
    // A code object's file name. Programs can read it (`inspect.getfile`) and open what lies beside it, so it proves nothing.
    let code = difference.format == "pyc" && difference.name().split('/').any(|part| part == "file name");
    // Where R's functions were written, as its own references to sources tell.
    let source = matches!(difference.format, "rdb" | "rds")
        && difference
            .name()
            .rsplit('/')
            .next()
            .is_some_and(|name| matches!(name, "path" | "filename" | "wd"));
    let notes =
        difference.format == "gcno" && matches!(difference.name().rsplit('/').next(), Some("folder" | "source"));
    code || source || notes || record_name(&name(difference, survey)) || inert(difference, survey, change)
}

/// In a page, outside scripts and tags, or a link to a file; nothing that the page loads.
fn shown(text: &[u8], at: usize) -> bool {
    const TAG: usize = 4096;
    let near = text.get(at.saturating_sub(TAG)..at).unwrap_or_default();
    match memchr::memrchr2(b'<', b'>', near) {
        Some(i) if near[i] == b'<' => near.trim_ascii_end().to_ascii_lowercase().ends_with(b"href=\"file:"),
        Some(_) => true,
        None => near.len() == at,
    }
}

/// Characters of a path or an option that no shell and no template reads as more than themselves.
pub fn plain(text: &[u8]) -> bool {
    text.iter()
        .all(|&c| c.is_ascii_alphanumeric() || c >= 0x80 || b"/._+-@~,:=%".contains(&c))
}
