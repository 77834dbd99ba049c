//! java-manifest-date

use super::{Advice, Case, Cause, find};
use crate::model::{CauseId, Evidence, Warrant};

/// Keys whose value is a time.
const KEYS: &[&str] = &[
    "Bnd-LastModified: ",
    "Build-Time: ",
    "Build-Date: ",
    "Build-Timestamp: ",
    "Build-Time-ISO-8601: ",
    "Built-Date: ",
    "Built-On: ",
    "Implementation-Timestamp: ",
    "  <lastUpdated>",
    "    <lastUpdated>",
];

/// Dated keys of `MANIFEST.MF` and Maven metadata.
pub struct JavaManifestDate;

impl Cause for JavaManifestDate {
    fn id(&self) -> CauseId {
        "java-manifest-date"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A Java manifest or Maven file carries the time of the build.",
            why: "bnd writes Bnd-LastModified, other plugins Build-Time and the like, from the clock.",
            fix: "bnd: -reproducible: true, or -noextraheaders; Maven: project.build.outputTimestamp; drop the key",
            references: &["https://maven.apache.org/guides/mini/guide-reproducible-builds.html"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["time", "timezone"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let value = |text: &[u8]| {
            let colon = KEYS.iter().find(|key| text.starts_with(key.as_bytes()))?.len();
            Some(crate::model::Span::new(colon, text.trim_ascii_end().len().max(colon)))
        };
        let tokens = |text: &[u8]| value(text).into_iter().collect();
        let digits = |text: &[u8]| {
            text.iter().any(u8::is_ascii_digit)
                && text.iter().all(|c| c.is_ascii_alphanumeric() || b" :-+.,".contains(c))
        };
        let accept = |pair| {
            let (x, y) = find::sides(case, pair);
            digits(x) && digits(y)
        };
        let evidence = Evidence::likely(find::around(case, tokens, accept))?;
        if manifest(case) {
            // By this one, OSGi takes a bundle anew.
            let acted = case.a.unit.starts_with(b"Bnd-LastModified");
            return Some(evidence.by_if(Warrant::Structure, !acted));
        }
        let member = case.survey.container(case)?;
        member.name.starts_with("maven-metadata").then_some(evidence)
    }
}

/// In the manifest of a jar, whose keys of this kind nothing acts on.
pub(super) fn manifest(case: &Case<'_>) -> bool {
    // A lone carriage return ends a line, too.
    let lone = |bytes: &[u8]| memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'));
    let begins = |bytes: &[u8]| bytes.starts_with(b"Manifest-Version: ") && !lone(bytes);
    case.survey.container(case).is_some_and(|member| {
        let named = member.address.ends_with("META-INF/MANIFEST.MF")
            || member.address.is_empty() && member.name.ends_with(".MF");
        named && begins(&member.a) && begins(&member.b)
    })
}
