//! What no program acts on: comments, told by a lexer of the language, and fields of documents that are only shown. A value there may be
//! anything.
//!
//! A lexer gives up where it is not sure; what lies behind is then no comment. Directives in comments are left out.

mod c;
mod line;
mod markup;

use crate::model::Span;

/// How a language's comments are found.
type Lexer = fn(&[u8]) -> Vec<Span>;

/// Lexers by the suffix of the file's name.
const SUFFIXES: &[(&[&str], Lexer)] = &[
    (&["c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx"], c::c),
    (&["java"], c::java),
    (&["go"], c::go),
    (&["rs"], c::rust),
    (&["css"], c::css),
    (&["js", "mjs", "cjs", "ts"], c::javascript),
    (&["html", "htm", "xhtml"], markup::html),
    (
        &[
            "xml", "svg", "pom", "xsd", "xsl", "xslt", "dtd", "rng", "plist", "rdf", "opf", "ncx",
        ],
        markup::xml,
    ),
    (&["properties"], line::properties),
    (&["po", "pot"], line::gettext),
    (
        &[
            "sh", "bash", "py", "pl", "pm", "rb", "yaml", "yml", "toml", "cmake", "mk", "am", "conf", "cfg", "pc", "la",
        ],
        line::hash,
    ),
    (&["1", "2", "3", "4", "5", "6", "7", "8"], line::roff),
    (&["tex", "sty", "bib", "cls"], line::percent),
    (&["sql", "lua", "hs"], line::dashes),
    (&["el", "lisp", "scm", "asd"], line::semicolon),
];

/// File names without a suffix, and those whose suffix tells nothing.
const NAMES: &[(&str, Lexer)] = &[
    ("makefile", line::hash),
    ("gnumakefile", line::hash),
    ("cmakelists.txt", line::hash),
];

/// What nothing acts on in a text, each kind in order.
#[derive(Debug, Default)]
pub struct Inert {
    /// Comments.
    pub comments: Vec<Span>,
    /// Fields of documents that tell when they were made, and are only shown.
    pub fields: Vec<Span>,
}

/// What nothing acts on in a text; nothing where the language is not known.
pub(crate) fn inert(name: &str, text: &[u8]) -> Inert {
    let file = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let named = NAMES.iter().find(|(known, _)| *known == file).map(|(_, lexer)| *lexer);
    let suffix = file.rsplit_once('.').map_or("", |(_, suffix)| suffix);
    let by_suffix = SUFFIXES
        .iter()
        .find(|(known, _)| known.contains(&suffix))
        .map(|(_, lexer)| *lexer);
    let script = || text.starts_with(b"#!").then_some(line::hash as Lexer);
    let Some(lexer) = named.or(by_suffix).or_else(script) else {
        return Inert::default();
    };
    // Some readers end a line at a lone carriage return, or at other signs outside of ASCII.
    let lone = |at: usize| text.get(at + 1) != Some(&b'\n');
    if memchr::memchr_iter(b'\r', text).any(lone)
        || ["\u{2028}", "\u{2029}", "\u{85}"]
            .iter()
            .any(|sign| memchr::memmem::find(text, sign.as_bytes()).is_some())
    {
        return Inert::default();
    }
    let mut comments = lexer(text);
    comments.retain(|span| {
        text.get(span.start..span.end)
            .is_some_and(|comment| !directive(comment))
    });
    comments.sort_unstable();
    let mut fields = fields(suffix, text);
    fields.sort_unstable();
    Inert { comments, fields }
}

fn fields(suffix: &str, text: &[u8]) -> Vec<Span> {
    match suffix {
        "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" => line::title(text).into_iter().collect(),
        "html" | "htm" | "xhtml" => markup::meta(text),
        "svg" | "opf" => markup::dates(text),
        _ => Vec::new(),
    }
}

/// What tools look for in comments: the word may stand behind the comment's sign, or anywhere in it.
const AT_THE_START: &[&str] = &[
    "!",
    "#",
    "$",
    "%",
    "&",
    "+build",
    "-*-",
    "<",
    "/ script",
    "@",
    "[if",
    "bsub",
    "cgo",
    "chkconfig",
    "clang-format",
    "cloud-config",
    "coding",
    "detect",
    "encoding",
    "escape",
    "eslint",
    "export ",
    "extern",
    "flake8",
    "frozen_string_literal",
    "go:",
    "include",
    "isort",
    "istanbul",
    "jshint",
    "jslint",
    "line ",
    "mypy",
    "noinspection",
    "nolint",
    "noqa",
    "pbs",
    "pragma",
    "prettier",
    "pylint",
    "requires",
    "sbatch",
    "shellcheck",
    "source",
    "syntax",
    "ts-",
    "type:",
    "typed:",
    "vim:",
    "warn_indent",
    "webpack",
];
/// Directives of preprocessors, right behind the sign.
const PREPROCESSED: &[&str] = &[
    "define", "undef", "if", "elif", "else", "endif", "import", "error", "warning",
];
const ANYWHERE: &[&str] = &[
    "-*-",
    "begin init info",
    "default-start",
    "sourcemappingurl",
    "sourceurl",
    "/// script",
    "vim:",
    "coding:",
    "coding=",
];

fn directive(comment: &[u8]) -> bool {
    let text = String::from_utf8_lossy(comment).to_ascii_lowercase();
    let inner = text.trim_start_matches(['/', '*', '#', '<', '!', '-', ';', '%', '.', '\\', '"', '\'']);
    // `#!`, `#$`, `//@`: a sign right behind the comment's own; `/*! … */` is kept by minifiers, and means nothing else.
    let own = &text[..text.len() - inner.len()];
    let own = own.strip_prefix("/*!").map_or(own, |_| "/*");
    let sign = own
        .strip_prefix("//")
        .or(own.strip_prefix("/*"))
        .or(own.strip_prefix('#'));
    let signed = sign.is_some_and(|rest| rest.contains(['!', '#']) && !rest.trim_matches('#').is_empty());
    let word = inner.trim_start();
    let tight = inner.len() == word.len();
    // What an annotation means is its reader's to say.
    let annotation = word.starts_with('@');
    // `#MSUB -a 202601010000`: the options of some program that reads the script; `#define X`.
    let options = tight
        && word.split_once(' ').is_some_and(|(name, rest)| {
            name.chars().all(|c| c.is_ascii_alphabetic()) && rest.trim_start().starts_with('-')
        });
    let conditional = tight && PREPROCESSED.iter().any(|name| word.starts_with(name));
    let reference = own.starts_with("///") && (word.starts_with('<') || own.ends_with('<'));
    let starts = reference
        || options
        || conditional
        || annotation
        || AT_THE_START
            .iter()
            .any(|mark| word.starts_with(mark) && (tight || mark.len() > 1));
    signed || starts || ANYWHERE.iter().any(|mark| text.contains(mark))
}

/// Reads a text from its beginning.
struct Reader<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t [u8]) -> Self {
        // A mark of byte order.
        let at = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { text, at }
    }
    fn rest(&self) -> &'t [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }
    fn starts(&self, with: &[u8]) -> bool {
        self.rest().starts_with(with)
    }
    /// Behind the next `end`; nothing where there is none.
    fn over(&mut self, end: &[u8]) -> Option<()> {
        let found = memchr::memmem::find(self.rest(), end)?;
        self.at += found + end.len();
        Some(())
    }
    /// To the end of the line, before its line feed.
    fn line(&mut self) {
        self.at += memchr::memchr(b'\n', self.rest()).unwrap_or(self.rest().len());
    }
    /// Over a literal that ends in `quote` on the same line, with backslashes; nothing where it does not.
    fn literal(&mut self, quote: u8) -> Option<()> {
        self.at += 1;
        loop {
            match self.peek()? {
                b'\\' => self.at += 2,
                b'\n' => return None,
                c => {
                    self.at += 1;
                    if c == quote {
                        return Some(());
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Inert, inert};

    fn found<'t>(name: &str, text: &'t str) -> Vec<&'t str> {
        let Inert { comments, fields } = inert(name, text.as_bytes());
        let mut spans = [comments, fields].concat();
        spans.sort_unstable();
        spans.into_iter().map(|s| &text[s.start..s.end]).collect()
    }

    #[test]
    fn comments_of_each_language() {
        for (name, text, expected) in [
            (
                "a.c",
                "/* one */ int x = '\"'; // two\nchar *s = \"/* no */ // no\";",
                &["/* one */", "// two"][..],
            ),
            (
                "a.java",
                "// x\nString s = \"\"\" // no\n /* no */ \"\"\"; /* y */",
                &["// x", "/* y */"],
            ),
            ("a.go", "// x\nvar s = `// no`\n/* y */", &["// x", "/* y */"]),
            (
                "a.rs",
                "/* a /* b */ c */ let s = r#\"// no\"#; let c = '\"'; // y\nfn f<'a>() {}",
                &["/* a /* b */ c */", "// y"],
            ),
            (
                "a.css",
                "/* x */ a{content:\"/* no */\"} /* y */",
                &["/* x */", "/* y */"],
            ),
            (
                "a.js",
                "/* x */\n// y\nvar a = 1; // z\nb = `// no`; // lost",
                &["/* x */", "// y", "// z"],
            ),
            (
                "a.html",
                "<p title=\"<!-- no -->\"><!-- x --><script>a='<p>'</script><!-- y -->",
                &["<!-- x -->", "<!-- y -->"],
            ),
            (
                "a.xml",
                "<?xml version=\"1.0\"?><!-- x --><a b='<!-- no -->'/><![CDATA[<!-- no -->]]><!-- y -->",
                &["<!-- x -->", "<!-- y -->"],
            ),
            ("a.properties", "#x\nk=a\\\n#no\n! y\n", &["#x", "! y"]),
            (
                "a.po",
                "# x\n#: f.c:1\n#, fuzzy\nmsgid \"# no\"\n",
                &["# x", "#: f.c:1"],
            ),
            ("a.sh", "#!/bin/sh\n# x\n\n# y\necho # no\n", &["# x", "# y"]),
            ("run", "#!/bin/sh\n# x\n", &["# x"]),
            ("a.1", ".\\\" x\n.TH A 1\n.\\\" y\n", &[".\\\" x", ".\\\" y"]),
            (
                "b.1",
                ".TH TOOL 1 \"March 2024\" \"tool 1.4\"\n.TH TOOL 1 no",
                &["March 2024"],
            ),
            ("b.1", ".TH TOOL 1 2024-03-05 \"tool 1.4\"\n", &["2024-03-05"]),
            (
                "b.html",
                "<head><meta name=\"dc.created\" content=\"2024-03-05\"><meta name=\"expires\" content=\"no\"></head>",
                &["2024-03-05"],
            ),
            (
                "b.svg",
                "<svg><metadata><dc:date>2024</dc:date><a>no</a></metadata></svg>",
                &["2024"],
            ),
            ("b.js", "/*! tabs | built 2024 */ x", &["/*! tabs | built 2024 */"]),
            ("a.tex", "% x\n\\documentclass{a} % no\n", &["% x"]),
            ("a.sql", "-- x\nselect 1; -- no\n", &["-- x"]),
        ] {
            assert_eq!(found(name, text), expected, "{name}: {text}");
        }
    }

    #[test]
    fn no_comments() {
        for (name, text) in [
            ("a.txt", "# x"),
            // Directives.
            ("a.py", "# -*- coding: latin-1 -*-\n"),
            ("a.py", "# coding: latin-1\n"),
            ("a.py", "# /// script\n"),
            ("a.sh", "#!/bin/sh\n"),
            ("a.sh", "#SBATCH --begin=2026-01-01\n"),
            ("a.sh", "#$ -a 202601010000\n"),
            ("a.go", "//go:build linux\n"),
            ("a.go", "/* int x; */\nimport \"C\"\n"),
            ("a.js", "//# sourceMappingURL=a.map\n"),
            ("a.ts", "/// <reference path=\"a\" />\n"),
            ("a.ts", "// @ts-ignore\n"),
            ("a.css", "/*# sourceMappingURL=a.map */"),
            ("a.html", "<!--[if IE 6]> x <![endif]-->"),
            ("a.html", "<!--#include file=\"2026\" -->"),
            ("a.html", "<script><!-- x --></script>"),
            ("a.html", "<style><!-- x --></style><textarea><!-- y --></textarea>"),
            ("a.c", "#include <a//2026>\n"),
            ("a.c", "#error it's /* x */\n"),
            ("a.c", "char *s = \"\n/* x */\";"),
            ("a.cpp", "auto s = R\"(\n// x\n)\";"),
            ("a.js", "var r = /[/*]/; /* x */"),
            ("Makefile", "x = 1\n# y\n"),
        ] {
            assert_eq!(found(name, text), Vec::<&str>::new(), "{name}: {text}");
        }
    }
}
