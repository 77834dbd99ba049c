//! Pieces of markdown: inline code, cells of a table, causes, places. No text of an artifact gets out of its place.

use super::words::address_or_whole;
use crate::{
    model::{Confidence, Finding, Place},
    notation::{clean, clip, unseen},
};
use std::io::{self, Write};

/// Unexplained places that are written out.
const PLACES: usize = 30;

/// An artifact's text as inline code that cannot end early: cut, on one line, with a fence longer than any run of backticks.
pub(in crate::report) fn code(text: &str) -> String {
    let short = clip(&clean(text), 120);
    if short.is_empty() {
        return String::new();
    }
    let longest = short.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if short.starts_with('`') || short.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{}{pad}{fence}", short.replace('|', "\\|"))
}

/// A table of causes: where each is first seen, both sides there, and the fix.
pub(in crate::report) fn causes(findings: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    let mut causes: Vec<(&Finding, usize, usize)> = Vec::new();
    for finding in findings {
        match causes
            .iter_mut()
            .find(|(f, ..)| f.cause == finding.cause && f.knock_on == finding.knock_on)
        {
            Some(known) => (known.1, known.2) = (known.1 + finding.count, known.2 + 1),
            None => causes.push((finding, finding.count, 1)),
        }
    }
    if !causes.is_empty() {
        writeln!(
            out,
            "\n| cause | times | first at | a | b | fix |\n|---|---|---|---|---|---|"
        )?;
        for (finding, count, places) in causes {
            let mark = match (finding.knock_on, finding.confidence) {
                (_, Confidence::Possible) => " (possible)",
                (true, Confidence::Likely) => " (follows, not proved)",
                (true, _) => " (follows)",
                (_, Confidence::Likely) => " (likely, not proved)",
                _ => "",
            };
            let more = if places > 1 {
                format!(" and {} more places", places - 1)
            } else {
                String::new()
            };
            let address = address_or_whole(&finding.address);
            writeln!(
                out,
                "| {}{mark} | {count} | {}{more} | {} | {} | {} |",
                code(finding.cause),
                code(address),
                code(&finding.a),
                code(&finding.b),
                cell(&finding.fix)
            )?;
        }
    }
    Ok(())
}

/// What no cause accounts for, folded.
pub(in crate::report) fn places(places: &[Place], count: usize, out: &mut dyn Write) -> io::Result<()> {
    if !places.is_empty() {
        writeln!(
            out,
            "\n<details><summary>{count} not explained</summary>\n\n| where | what | a | b |\n|---|---|---|---|"
        )?;
        for place in places.iter().take(PLACES) {
            writeln!(
                out,
                "| {} | {} | {} | {} |",
                code(address_or_whole(&place.address)),
                cell(&place.summary),
                code(&place.a),
                code(&place.b)
            )?;
        }
        if count > PLACES {
            writeln!(out, "\n{} more are in the JSON report.", count - PLACES)?;
        }
        writeln!(out, "\n</details>")?;
    }
    Ok(())
}

/// Text that cannot end a table cell, start HTML, or be a link, a picture or the mention of a person; `code` in it stays code.
pub(in crate::report) fn cell(text: &str) -> String {
    // Backticks that come in ones and in pairs can only be code spans; any others are text.
    let ticks = text.matches('`').count();
    let spans = ticks.is_multiple_of(2) && !text.contains("``");
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    let mut www = false;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '`' if spans => {
                inside = !inside;
                out.push(c);
            }
            '`' => out.push_str("\\`"),
            '|' => out.push_str("\\|"),
            '\n' | '\r' => out.push(' '),
            c if unseen(c) => out.push_str(&clean(&c.to_string())),
            c if inside => out.push(c),
            '\\' => out.push_str("\\\\"),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '[' | ']' => out.extend(['\\', c]),
            // An empty comment between them: an address is no longer a link, and is still copied as it was.
            ':' if rest.peek() == Some(&'/') => out.push_str(":<!-- -->"),
            '.' if www => out.push_str("<!-- -->."),
            '@' if rest.peek().is_some_and(|next| next.is_alphanumeric()) => {
                out.push_str("@<!-- -->");
            }
            c => out.push(c),
        }
        // An address that starts like this needs no scheme.
        www = out
            .get(out.len().saturating_sub(3)..)
            .is_some_and(|end| end.eq_ignore_ascii_case("www"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn cells_hold_text_only() {
        assert_eq!(
            cell("a|b\nc <img src=x> &lt; \\"),
            "a\\|b c &lt;img src=x> &amp;lt; \\\\"
        );
        assert_eq!(cell("![p](u) [l](u)"), "!\\[p\\](u) \\[l\\](u)");
        // Neither people nor addresses, which GitHub finds without a mark round them; commands stay as they are.
        assert_eq!(
            cell("@bob a@b.c --mtime=@$E (@x)"),
            "@<!-- -->bob a@<!-- -->b.c --mtime=@$E (@<!-- -->x)"
        );
        assert_eq!(
            cell("http://x www.x.y a.b: /c"),
            "http:<!-- -->//x www<!-- -->.x.y a.b: /c"
        );
        // Code stays code, and cannot be left open.
        assert_eq!(cell("`a<b[c]|@d` x"), "`a<b[c]\\|@d` x");
        assert_eq!(cell("`<b> x"), "\\`&lt;b> x");
        assert_eq!(cell("``<b>`` x"), "\\`\\`&lt;b>\\`\\` x");
    }
}
