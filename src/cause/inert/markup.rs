//! HTML and XML.

use super::Reader;
use crate::model::Span;

/// Elements whose content is text: a comment's sign in one is no comment.
const RAW: &[&str] = &[
    "script",
    "style",
    "textarea",
    "title",
    "xmp",
    "iframe",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
    "template",
];

pub(super) fn html(text: &[u8]) -> Vec<Span> {
    let mut found = Vec::new();
    let _ = scan(&mut Reader::new(text), true, &mut found);
    // Server-side includes and conditional comments.
    let plain = |comment: &[u8]| {
        ![&b"<!--#"[..], b"<!--[", b"<!-->", b"<!--->"]
            .iter()
            .any(|mark| comment.starts_with(mark))
    };
    found.retain(|span| text.get(span.start..span.end).is_some_and(plain));
    found
}

pub(super) fn xml(text: &[u8]) -> Vec<Span> {
    let mut found = Vec::new();
    let _ = scan(&mut Reader::new(text), false, &mut found);
    found
}

/// Ends where the lexer is no longer sure.
fn scan(r: &mut Reader<'_>, html: bool, found: &mut Vec<Span>) -> Option<()> {
    loop {
        let next = memchr::memchr(b'<', r.rest())?;
        r.at += next;
        let start = r.at;
        if r.starts(b"<!--") {
            r.at += 4;
            // `<!-->` and `--!>` end a comment in HTML only.
            r.over(b"-->")?;
            let comment = r.text.get(start..r.at)?;
            if memchr::memmem::find(comment, b"--!>").is_some() || comment.len() < 7 {
                return None;
            }
            found.push(Span::new(start, r.at));
        } else if r.starts(b"<![CDATA[") {
            // In HTML it is a comment that ends at the next `>`.
            if html {
                return None;
            }
            r.over(b"]]>")?;
        } else if r.starts(b"<?") {
            r.over(if html { b">" } else { b"?>" })?;
        } else if r.starts(b"<!") {
            r.over(b">")?;
            // A document type with declarations of its own, or with a `>` in a literal.
            // In HTML a `>` ends it there, too.
            let declaration = r.text.get(start..r.at)?;
            let literal = declaration.contains(&b'"') || declaration.contains(&b'\'');
            if declaration.contains(&b'[') || literal && !(html && declaration.len() < 200) {
                return None;
            }
        } else {
            tag(r, html)?;
        }
    }
}

fn tag(r: &mut Reader<'_>, html: bool) -> Option<()> {
    r.at += 1;
    let start = r.at;
    let name = |c: &u8| c.is_ascii_alphanumeric() || b"/:-_".contains(c);
    r.at += r.rest().iter().take_while(|c| name(c)).count();
    let name = String::from_utf8_lossy(r.text.get(start..r.at)?).to_ascii_lowercase();
    if name.is_empty() {
        return Some(());
    }
    let mut value = false;
    let mut blank = true;
    loop {
        match r.peek()? {
            b'>' => break,
            // The name of an attribute may begin with it.
            b'=' if blank || value => return None,
            // A quote begins a value only behind `=`.
            quote @ (b'"' | b'\'') if value => {
                r.at += 1;
                r.over(&[quote])?;
                value = false;
            }
            b'"' | b'\'' | b'<' => return None,
            c => {
                value = c == b'=' || value && c.is_ascii_whitespace();
                blank = c.is_ascii_whitespace() || c == b'/';
                r.at += 1;
            }
        }
    }
    r.at += 1;
    // `<script/x>`
    let name = match name.split_once('/') {
        Some((name, _)) if !name.is_empty() => name.to_owned(),
        _ => name,
    };
    if html && RAW.contains(&name.as_str()) {
        let from = r.at;
        let rest = r.rest();
        let closes = |at: &usize| {
            let word = rest.get(at + 2..at + 2 + name.len());
            word.is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
        };
        r.at += memchr::memmem::find_iter(rest, b"</").find(closes)?;
        // `<!--` changes how a script ends.
        if name == "script" && memchr::memmem::find(r.text.get(from..r.at)?, b"<!--").is_some() {
            return None;
        }
    }
    Some(())
}

/// Names of `<meta>` that tell when a page was made, or with what.
const MADE: &[&str] = &[
    "dc.created",
    "dc.date",
    "dcterms.created",
    "dcterms.modified",
    "date",
    "created",
    "generated",
    "revised",
];

/// The contents of `<meta name="…" content="…">` that tell when a page was made.
pub(super) fn meta(text: &[u8]) -> Vec<Span> {
    let mut found = Vec::new();
    // A script that asks for them.
    if memchr::memmem::find_iter(text, b"<script").any(|at| {
        let script = &text[at..];
        let end = memchr::memmem::find(script, b"</script").unwrap_or(script.len());
        memchr::memmem::find(&script[..end], b"meta").is_some()
    }) {
        return found;
    }
    for name in MADE {
        let mark = format!("<meta name=\"{name}\" content=\"");
        for at in memchr::memmem::find_iter(text, mark.as_bytes()) {
            found.extend(until(text, at + mark.len(), b'"'));
        }
    }
    // Only where a tag can stand: up to the end of the head, outside of comments and scripts.
    let head = memchr::memmem::find(text, b"</head>").unwrap_or(0);
    let places = |mark: &str| memchr::memmem::find_iter(text, mark.as_bytes()).collect::<Vec<_>>();
    let raw = RAW
        .iter()
        .map(|name| (places(&format!("<{name}")), places(&format!("</{name}"))));
    let kinds: Vec<_> = raw.chain([(places("<!--"), places("-->"))]).collect();
    let before = |all: &[usize], at: usize| all.partition_point(|&place| place < at).checked_sub(1).map(|i| all[i]);
    let open = |at: usize| {
        kinds.iter().any(|(starts, ends)| {
            before(starts, at).is_some_and(|start| before(ends, at).is_none_or(|end| end < start))
        })
    };
    found.retain(|span| span.end <= head && !open(span.start));
    found
}

/// Elements that tell when a document was made (Dublin Core, XMP).
const DATES: &[&str] = &[
    "dc:date",
    "dcterms:created",
    "dcterms:modified",
    "xmp:CreateDate",
    "xmp:ModifyDate",
    "xmp:MetadataDate",
];

/// The texts of these elements in an XML document.
pub(super) fn dates(text: &[u8]) -> Vec<Span> {
    let mut found = Vec::new();
    // Where a tag may be no tag, or an entity stand for another text.
    let other = [
        "<script",
        ":script",
        "<![CDATA[",
        "<!DOCTYPE",
        "<!ENTITY",
        "<!--",
        "<style",
    ];
    let has = |mark: &&str| memchr::memmem::find(text, mark.as_bytes()).is_some();
    // `onload="…"`
    let handles = |at: usize| {
        let rest = text[at + 1..].strip_prefix(b"on").unwrap_or_default();
        let name = rest.iter().take_while(|c| c.is_ascii_alphabetic()).count();
        name > 0 && rest[name..].trim_ascii_start().starts_with(b"=")
    };
    let handled = (0..text.len()).any(|at| text[at].is_ascii_whitespace() && handles(at));
    if handled || other.iter().any(has) {
        return found;
    }
    for name in DATES {
        let mark = format!("<{name}>");
        for at in memchr::memmem::find_iter(text, mark.as_bytes()) {
            let start = at + mark.len();
            let end = format!("</{name}>");
            let span = until(text, start, b'<');
            found.extend(span.filter(|span| {
                text.get(span.end..)
                    .is_some_and(|rest| rest.starts_with(end.as_bytes()))
            }));
        }
    }
    found
}

fn until(text: &[u8], start: usize, end: u8) -> Option<Span> {
    let length = memchr::memchr(end, text.get(start..)?)?;
    Some(Span::at(start, length))
}
