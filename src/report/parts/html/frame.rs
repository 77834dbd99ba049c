//! What every HTML page of this program is: one file that loads nothing, light or dark as the reader has it, and in which no text
//! of an artifact can become markup or script.

use crate::notation::unseen;
use base64ct::{Base64, Encoding as _};
use sha2::{Digest, Sha256};
use std::{
    fmt::{self, Display, Write as _},
    io::{self, Write},
};

/// Rules that all pages share. Colours are variables; `green`, `red`, `yellow` and `magenta` colour a verdict.
const STYLE: &str = include_str!("frame.css");

/// A page, but for its body.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::report) struct Frame<'f> {
    /// What the window is called; escaped here.
    pub(in crate::report) title: &'f str,
    /// Rules besides the shared ones. Must not hold text of an artifact.
    pub(in crate::report) style: &'f str,
    /// The page's script, if it has one. Must not hold text of an artifact.
    pub(in crate::report) script: &'f str,
}

/// A page without a script. `body` writes what stands in `<main>`; it must escape every text that is not its own.
pub(in crate::report) fn page(
    title: &str,
    body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let frame = Frame {
        title,
        ..Frame::default()
    };
    frame.write(body, out)
}

impl Frame<'_> {
    /// Writes the page. The policy in its head allows this style and this script by their digests, and nothing else: no other
    /// script, no `style` or `onclick` attribute, no image, no connection.
    pub(in crate::report) fn write(
        self,
        body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let style = format!("{STYLE}{}", self.style);
        let script = match self.script {
            "" => "'none'".to_owned(),
            script => digest(script),
        };
        writeln!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">"
        )?;
        writeln!(
            out,
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {}; script-src {script}; \
             img-src data:; base-uri 'none'; form-action 'none'\">",
            digest(&style)
        )?;
        writeln!(
            out,
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
             <link rel=\"icon\" href=\"data:,\">"
        )?;
        writeln!(out, "<title>{}</title>", escape(self.title))?;
        writeln!(out, "<style>{style}</style>\n</head>\n<body>")?;
        writeln!(
            out,
            "<a class=\"skip\" href=\"#main\">Skip to the report</a>\n<main id=\"main\" tabindex=\"-1\">"
        )?;
        body(out)?;
        writeln!(out, "</main>")?;
        if !self.script.is_empty() {
            writeln!(out, "<script>{}</script>", self.script)?;
        }
        writeln!(out, "</body>\n</html>")
    }
}

/// The class that colours a verdict as the text report does.
pub(in crate::report) fn class(color: anstyle::AnsiColor) -> &'static str {
    use anstyle::AnsiColor as C;
    match color {
        C::Green => "green",
        C::Red => "red",
        C::Yellow => "yellow",
        _ => "magenta",
    }
}

/// How a policy names an inline text.
fn digest(text: &str) -> String {
    format!("'sha256-{}'", Base64::encode_string(&Sha256::digest(text)))
}

/// Text that no markup can get out of, in an element or in a quoted attribute. What would be invisible, or would turn the text around
/// it, is spelled out: `\u{202e}`.
pub(in crate::report) fn escape(text: &str) -> Escaped<'_> {
    Escaped(text)
}

/// The same of a sentence, in which what is between backticks is code.
pub(in crate::report) fn sentence(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return escape(text).to_string();
    }
    let piece = |(n, piece): (usize, &&str)| match n % 2 {
        0 => escape(piece).to_string(),
        _ => format!("<code>{}</code>", escape(piece)),
    };
    pieces.iter().enumerate().map(piece).collect()
}

/// What a page begins with: the command, the verdict in its colour, and a sentence.
pub(in crate::report) fn heading(
    command: &str,
    (word, class): (&str, &str),
    lead: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let lead = escape(lead);
    writeln!(
        out,
        "<header><p class=\"dim\">{command}</p>\n<h1 class=\"{class}\">{word}</h1>\n<p class=\"lead\">{lead}</p>"
    )
}

/// See [`escape`].
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Escaped<'t>(&'t str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' => f.write_char(c)?,
                c if unseen(c) => write!(f, "{}", c.escape_unicode())?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &'static str, script: &'static str) -> String {
        let mut out = Vec::new();
        let frame = Frame {
            title: "</title><script>",
            style: "",
            script,
        };
        frame.write(|out| out.write_all(body.as_bytes()), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_gets_out_of_an_escaped_text() {
        let hostile = "<script>&\"'\u{0}\u{1b}[m\r\u{2028}\u{202e}\u{feff}\u{fffe}é\n\t";
        assert_eq!(
            escape(hostile).to_string(),
            "&lt;script&gt;&amp;&quot;&#39;\\u{0}\\u{1b}[m\\u{d}\\u{2028}\\u{202e}\\u{feff}\\u{fffe}é\n\t"
        );
    }

    #[test]
    fn what_is_between_backticks_is_code() {
        assert_eq!(sentence("run `a <b`, then c"), "run <code>a &lt;b</code>, then c");
        assert_eq!(sentence("one ` alone"), "one ` alone");
    }

    #[test]
    fn the_policy_names_exactly_what_is_in_the_page() {
        let page = text("<p>hello</p>", "document.title");
        let style = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
        assert!(page.contains(&format!("style-src {};", digest(style))), "{page}");
        // `printf document.title | openssl dgst -sha256 -binary | base64`
        assert!(
            page.contains("script-src 'sha256-o3vzFSF4YhB5rDb5tpELAmIlJDq+2XOarY4IDsOum1c=';"),
            "{page}"
        );
        assert!(page.contains("<title>&lt;/title&gt;&lt;script&gt;</title>"), "{page}");
        assert!(text("", "").contains("script-src 'none';"));
    }
}
