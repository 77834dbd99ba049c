//! java-manifest-built-by

use super::{Advice, Case, Cause, find, java_manifest_date::manifest};
use crate::model::{CauseId, Evidence, Span, Warrant};

/// The `Built-By` key of `MANIFEST.MF`.
pub struct JavaManifestBuiltBy;

impl Cause for JavaManifestBuiltBy {
    fn id(&self) -> CauseId {
        "java-manifest-built-by"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::USER
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A Java manifest names the user who built it.",
            why: "Old maven-archiver, Ant scripts and others write Built-By from the user's name.",
            fix: "maven-jar-plugin / maven-archiver 3.4 and later write none; in Ant, drop the attribute",
            references: &["https://maven.apache.org/guides/mini/guide-reproducible-builds.html"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["user", "user_env"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let tokens = |text: &[u8]| {
            text.starts_with(b"Built-By: ")
                .then(|| Span::new(10, text.trim_ascii_end().len()))
                .into_iter()
                .collect()
        };
        let name = |text: &[u8]| {
            !text.is_empty()
                && text
                    .iter()
                    .all(|c| c.is_ascii_alphanumeric() || b"._-+@ ".contains(c) || *c >= 0x80)
        };
        let accept = |pair| {
            let (x, y) = find::sides(case, pair);
            name(x) && name(y)
        };
        // A key of that name elsewhere may be anybody's setting.
        let evidence = Evidence::likely(find::around(case, tokens, accept)).filter(|_| manifest(case));
        evidence.map(|evidence| evidence.by(Warrant::Structure))
    }
}
