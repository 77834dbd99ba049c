//! Applies the certain fixes to a text, until there is none left.

use super::{Code, Language, judge::Judge, judge::Judged, subject::Subject};
use crate::model::LintFinding;

/// Rounds of fixing; each may bring up what the last has hidden.
const ROUNDS: usize = 10;

/// A file that can be mended.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// Its path, to be opened by.
    pub path: Vec<u8>,
    /// The path as it is reported.
    pub shown: String,
    /// What was read.
    pub before: String,
    /// What is to be written.
    pub after: String,
    /// Findings that are gone.
    pub count: usize,
}

/// The mended text, what is then left to say of it, and how many places were mended; `None` if nothing can be mended.
///
/// # Errors
/// The mended text would not parse where the original did.
pub(super) fn fixed(
    judge: &Judge,
    subject: &Subject<'_>,
    first: &Judged,
) -> Result<Option<(String, Judged, usize)>, &'static str> {
    let Some((mut text, mut count)) = apply(subject.text, &first.findings) else {
        return Ok(None);
    };
    let again = |text: &str| judge.judge(&Subject { text, ..*subject });
    let mut judged = again(&text);
    for _ in 0..ROUNDS {
        let Some((better, more)) = apply(&text, &judged.findings) else {
            break;
        };
        count += more;
        text = better;
        judged = again(&text);
    }
    if parses(subject.language, subject.text) && !parses(subject.language, &text) {
        return Err("not fixed: the fixed file would not parse");
    }
    Ok(Some((text, judged, count)))
}

/// Puts in the edits of findings, each that overlaps none before it.
fn apply(text: &str, findings: &[LintFinding]) -> Option<(String, usize)> {
    let mut edits: Vec<_> = findings.iter().filter_map(|finding| finding.edit.as_ref()).collect();
    edits.sort_by_key(|edit| (edit.offset, edit.length));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut count = 0;
    for edit in edits {
        let end = edit.offset.checked_add(edit.length)?;
        // Two insertions in one place would each have been made without knowing of the other.
        if edit.offset < at || (count > 0 && edit.offset == at) {
            continue;
        }
        let (Some(kept), Some(_)) = (text.get(at..edit.offset), text.get(edit.offset..end)) else {
            continue;
        };
        out.push_str(kept);
        out.push_str(&edit.replacement);
        at = end;
        count += 1;
    }
    out.push_str(text.get(at..)?);
    (count > 0 && out != text).then_some((out, count))
}

/// Whether a text has no syntax error that its grammar sees.
fn parses(language: Language, text: &str) -> bool {
    let code = Code::new(language, "", text, 0);
    let root = code.root();
    root.is_none_or(|root| !root.has_error())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Level, LintEdit, Region};

    fn finding(offset: usize, length: usize, replacement: &str) -> LintFinding {
        LintFinding {
            rule: "x",
            cause: None,
            confidence: "high",
            level: Level::Error,
            path: String::new(),
            region: Region {
                line: 1,
                column: 1,
                end_line: 1,
                end_column: 1,
            },
            message: String::new(),
            snippet: String::new(),
            marked: 0..1,
            fix: "",
            edit: Some(LintEdit {
                offset,
                length,
                replacement: replacement.to_owned(),
            }),
            fingerprint: String::new(),
        }
    }

    #[test]
    fn edits_never_overlap() {
        let made = |edits: &[LintFinding]| apply("abcdef", edits);
        assert_eq!(
            made(&[finding(4, 1, "E"), finding(0, 2, "AB")]).unwrap(),
            ("ABcdEf".to_owned(), 2)
        );
        assert_eq!(
            made(&[finding(0, 3, "X"), finding(2, 2, "Y")]).unwrap(),
            ("Xdef".to_owned(), 1)
        );
        assert_eq!(
            made(&[finding(2, 0, "-"), finding(2, 0, "-")]).unwrap(),
            ("ab-cdef".to_owned(), 1)
        );
        assert_eq!(made(&[finding(0, 0, "-")]).unwrap(), ("-abcdef".to_owned(), 1));
        assert_eq!(made(&[finding(9, 1, "-")]), None);
        assert_eq!(made(&[finding(usize::MAX, 1, "-")]), None);
        assert_eq!(made(&[]), None);
    }
}
