//! network-input

use super::{Advice, Case, Cause, find};
use crate::model::{CauseId, Evidence, Kind, Role};

/// What was fetched while it was built.
pub struct NetworkInput;

impl Cause for NetworkInput {
    fn id(&self) -> CauseId {
        "network-input"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "What the build fetched from the network differs.",
            why: "A server answers with what it has at that moment: new content, counters, headers of its own.",
            fix: "keep what is fetched beside the source with its checksum, and build without a network",
            references: &["https://reproducible-builds.org/docs/volatile-inputs/"],
        }
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let text = find::textual(case) || case.role == Role::Presence;
        if !text {
            return None;
        }
        let member = case.survey.container(case)?;
        let both = |test: fn(&[u8]) -> bool| test(&member.a) && test(&member.b);
        let told = both(fetched) || both(answer) && header(&case.a.unit) || counted(case);
        // All of it came from there, what has other forms among it.
        told.then(|| Evidence::whole(case).hint())
    }
}

/// What the answers of public services say of what they serve, by its key in a document.
fn counted(case: &Case<'_>) -> bool {
    const KEYS: &[&str] = &[
        "stargazers_count",
        "watchers_count",
        "forks_count",
        "open_issues_count",
        "subscribers_count",
        "download_count",
        "downloads",
        "latest_release",
        "etag",
        "last-modified",
        "x-request-id",
        "x-ratelimit-remaining",
    ];
    let name = case.name().rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    case.kind == Kind::Data && KEYS.contains(&&name[..])
}

/// How much of a file's beginning is read.
const HEAD: usize = 1024;

/// Whether a text says at its beginning that it was fetched, and from where.
fn fetched(text: &[u8]) -> bool {
    let head = &text[..text.len().min(HEAD)];
    if memchr::memmem::find(head, b"://").is_none() {
        return false;
    }
    let head = String::from_utf8_lossy(head).to_lowercase();
    let said = |line: &str| {
        let words = [
            "fetched from",
            "downloaded from",
            "retrieved from",
            "mirrored from",
            "saved from url",
            "fetched by",
            "imported from",
            "synced from",
            "pulled from",
            "scraped from",
        ];
        line.contains("://") && words.iter().any(|word| line.contains(word))
    };
    head.lines().take(12).any(said)
}

/// Whether a text is what a server answered, with its headers.
fn answer(text: &[u8]) -> bool {
    let status =
        |line: &[u8]| line.starts_with(b"HTTP/1.") || line.starts_with(b"HTTP/2 ") || line.starts_with(b"HTTP/3 ");
    text.split(|&c| c == b'\n').take(4).any(status)
}

/// A header that a server writes anew for each answer, or for each version of what it serves.
fn header(line: &[u8]) -> bool {
    const HEADERS: &[&str] = &[
        "age",
        "cf-ray",
        "content-length",
        "date",
        "etag",
        "expires",
        "last-modified",
        "set-cookie",
        "via",
        "x-cache",
        "x-request-id",
        "x-served-by",
        "x-timer",
        "x-amz-request-id",
        "x-github-request-id",
    ];
    let line = String::from_utf8_lossy(&line[..line.len().min(256)]).to_lowercase();
    line.split_once(':')
        .is_some_and(|(key, _)| HEADERS.contains(&key.trim()))
}
