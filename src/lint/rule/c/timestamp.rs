//! c-timestamp

use super::{
    super::super::{Code, Confidence, Hits, Rule},
    LANGUAGES,
    date_time::find,
};

pub static RULE: Rule = Rule {
    id: "c-timestamp",
    languages: LANGUAGES,
    cause: "cpp-timestamp-macro",
    confidence: Confidence::High,
    what: "The compiler writes the time of the source file into the program",
    why: "__TIMESTAMP__ is the modification time of the file, which is that of the checkout. SOURCE_DATE_EPOCH does not change it in gcc.",
    fix: "leave it out",
    references: &[
        "https://reproducible-builds.org/docs/timestamps/",
        "https://gcc.gnu.org/onlinedocs/cpp/Common-Predefined-Macros.html",
    ],
    triggers: &["__TIMESTAMP__"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    find(code, &["__TIMESTAMP__"], hits, |name| {
        format!("{name} is the modification time of this file, and SOURCE_DATE_EPOCH does not change it")
    });
}
