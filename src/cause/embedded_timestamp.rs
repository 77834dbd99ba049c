//! embedded-timestamp

use super::{
    Advice, Case, Cause, Fix,
    date::{self, Form},
    find,
};
use crate::model::{CauseId, Evidence};

/// By what made the file.
const FIXES: &[Fix] = &[
    Fix {
        formats: &[],
        names: &[".svg"],
        made_by: &["matplotlib"],
        fix: "matplotlib: savefig(metadata={'Date': None}), or set SOURCE_DATE_EPOCH",
    },
    Fix {
        formats: &[],
        names: &[".js", ".css", ".mjs"],
        made_by: &[],
        fix: "the banner of the bundler or minifier: no new Date() in it, or take the time from SOURCE_DATE_EPOCH",
    },
    Fix {
        formats: &[],
        names: &[".pkginfo", ".buildinfo"],
        made_by: &[],
        fix: "set SOURCE_DATE_EPOCH: makepkg takes builddate from it",
    },
    Fix {
        formats: &["rds"],
        names: &[".rds"],
        made_by: &[],
        fix: "set SOURCE_DATE_EPOCH, or R CMD INSTALL --built-timestamp=…",
    },
];

/// Words that say that a number is the time of a build.
const BUILD_TIME: &[&str] = &[
    "date",
    "time",
    "timestamp",
    "epoch",
    "built",
    "build",
    "created",
    "generated",
    "compiled",
    "mtime",
    "stamp",
    "modified",
    "on",
    "at",
    "when",
    "now",
    "datetime",
];

/// Dates in text and strings, of the same form on both sides.
pub struct EmbeddedTimestamp;

impl Cause for EmbeddedTimestamp {
    fn id(&self) -> CauseId {
        "embedded-timestamp"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn adopts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A date or time of the build stands in the content.",
            why: "Something asked the clock while it built: a banner, a header comment, a generated constant.",
            fix: "take the time from SOURCE_DATE_EPOCH (date -u -d @$SOURCE_DATE_EPOCH; std::env::var; os.environ; getenv and strtoll), or leave the date out",
            references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
        }
    }
    fn fixes(&self) -> &'static [Fix] {
        FIXES
    }
    fn variations(&self) -> &'static [&'static str] {
        &["time", "mtime", "timezone"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let (in_a, in_b) = (date::dates(&case.a.unit), date::dates(&case.b.unit));
        let tokens = |text: &[u8]| date::dates(text).into_iter().map(|d| d.span).collect();
        let dated = in_a.iter().any(|date| date.form != Form::Clock);
        let accept = |pair: crate::model::Change| {
            let (Some(x), Some(y)) = (date::at(&in_a, pair.a), date::at(&in_b, pair.b)) else {
                return false;
            };
            let mut context = find::before(&case.a.unit, pair.a.start, 80);
            if find::sides(case, pair).0 == case.a.unit.trim_ascii() {
                // Nothing but the number: the key or file that holds it says what it is.
                let holder = case.place().trim_end_matches('/').rsplit('/').next();
                for name in [holder.unwrap_or_default(), case.name()] {
                    context.push(' ');
                    context.push_str(&find::before(name.as_bytes(), name.len(), 80));
                }
            }
            // A limit in time is a decision, not the time of a build.
            if x.form != y.form || date::limit(&context) {
                return false;
            }
            // Part of a name or an address, the date says which of several is meant: `nightly-2024-01-01`, `https://…/20240101/`.
            let word = context
                .rsplit([' ', '"', '\'', '=', '<', '>'])
                .next()
                .unwrap_or_default();
            let part = word.strip_suffix(['-', '@', '_']);
            if word.contains("://") || part.is_some_and(|name| !name.is_empty() && !find::says(name, BUILD_TIME)) {
                return false;
            }
            match x.form {
                // A bare number is a date only where a word says so.
                // All fourteen digits of a date and time are no accident.
                Form::Compact if x.span.len() >= 14 => true,
                Form::Epoch | Form::Compact => find::says(&context, BUILD_TIME),
                Form::Clock => dated || find::says(&context, BUILD_TIME),
                _ => true,
            }
        };
        Evidence::likely(find::around(case, tokens, accept))
    }
}
