//! The frame of the page: a file that loads nothing and runs nothing, light or dark as the reader has it.

use base64ct::{Base64, Encoding as _};
use sha2::{Digest, Sha256};
use std::io::{self, Write};

const STYLE: &str = "\
:root{color-scheme:light dark;--bg:#fff;--ink:#1c2128;--dim:#59636e;--line:#d8dee4;--soft:#f5f7f9;--green:#16682f;--red:#b3151d;--magenta:#7d2a84}\
@media (prefers-color-scheme:dark){:root{--bg:#0f1318;--ink:#dfe5ec;--dim:#98a3af;--line:#2d343d;--soft:#181d24;--green:#5cc983;--red:#ff7d75;--magenta:#dc8fe4}}\
*{box-sizing:border-box}\
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,sans-serif}\
main{max-width:80rem;margin:0 auto;padding:1.5rem 1.25rem 4rem}\
h1,h2{line-height:1.25;margin:0}h1{font-size:1.6rem}\
h2{font-size:1.2rem;margin-top:2.25rem;padding-bottom:.35rem;border-bottom:1px solid var(--line)}\
p{margin:.5rem 0}\
code{font:12.5px/1.5 ui-monospace,monospace;overflow-wrap:anywhere}\
table{border-collapse:collapse;margin:.5rem 0}\
th,td{text-align:left;vertical-align:top;padding:.3rem 1rem .3rem 0;border-bottom:1px solid var(--line)}\
th{font-weight:600;color:var(--dim)}\
details>summary{cursor:pointer}\
.dim{color:var(--dim)}.green{color:var(--green)}.red{color:var(--red)}.magenta{color:var(--magenta)}\
svg{max-width:100%;height:auto}svg text{fill:currentColor;font:13px system-ui,sans-serif}";

/// A page, but for its body.
pub(super) struct Frame<'f> {
    /// What the window is called; escaped here.
    pub title: &'f str,
    /// Rules besides the shared ones.
    pub style: &'f str,
}

impl Frame<'_> {
    /// Writes the page. `body` must escape every text that is not its own.
    pub fn write(self, body: impl FnOnce(&mut dyn Write) -> io::Result<()>, out: &mut dyn Write) -> io::Result<()> {
        let style = format!("{STYLE}{}", self.style);
        let digest = Base64::encode_string(&Sha256::digest(&style));
        writeln!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'; \
             img-src data:; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n\
             <title>{}</title>\n<style>{style}</style>\n</head>\n<body>\n<main id=\"main\">",
            escape(self.title)
        )?;
        body(out)?;
        writeln!(out, "</main>\n</body>\n</html>")
    }
}

/// Text that no markup can get out of, in an element or in a quoted attribute; what would be invisible is spelled out.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if super::unseen(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}
