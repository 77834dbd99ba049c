//! java-manifest-built-by

use super::{Advice, Cause, Survey, find};
use crate::model::{CauseId, Difference, Evidence, Span};

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
    fn examine(&self, difference: &Difference, _survey: &Survey) -> Option<Evidence> {
        if !find::textual(difference) {
            return None;
        }
        let tokens = |text: &[u8]| {
            text.starts_with(b"Built-By: ")
                .then(|| Span::new(10, text.trim_ascii_end().len()))
                .into_iter()
                .collect()
        };
        Evidence::likely(find::around(difference, tokens, |pair| {
            !pair.a.is_empty() && !pair.b.is_empty()
        }))
    }
}
