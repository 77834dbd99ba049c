//! Two sides, side by side: text, instructions or bytes, with what differs marked.

use super::{frame::escape, room::number};
use crate::{
    model::{Excerpt, ExcerptSide, Shape},
    notation::clip,
};
use std::io::{self, Write};

/// Characters of one side's text.
const TEXT: usize = 1500;
/// Bytes in a row.
const ROW: usize = 16;

/// An excerpt.
pub(super) fn excerpt(excerpt: &Excerpt, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "<div class=\"sides\">")?;
    for (letter, side) in ["a", "b"].into_iter().zip(&excerpt.sides) {
        write!(out, "<div class=\"side {letter}\"><span class=\"tag\">{letter}</span>")?;
        match side {
            None => write!(out, "<p class=\"none\">not in {letter}</p>")?,
            Some(side) => self::side(excerpt.shape, side, out)?,
        }
        write!(out, "</div>")?;
    }
    writeln!(out, "</div>")
}

fn side(shape: Shape, side: &ExcerptSide, out: &mut dyn Write) -> io::Result<()> {
    let text = !side.text.is_empty();
    if text {
        text_of(&side.text, &side.marks, out)?;
    }
    if side.bytes.is_empty() {
        return match text {
            true => Ok(()),
            false => write!(out, "<p class=\"none\">no bytes</p>"),
        };
    }
    // Whoever reads text wants its bytes only where two look alike.
    let folded = shape == Shape::Text && text;
    if folded {
        write!(out, "<details><summary>bytes</summary>")?;
    }
    hex(side, out)?;
    if folded {
        write!(out, "</details>")?;
    }
    Ok(())
}

/// The texts of both sides, where there is no more.
pub(super) fn texts(texts: [&str; 2], marks: &[Vec<(usize, usize)>; 2], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "<div class=\"sides\">")?;
    for ((letter, text), marks) in ["a", "b"].into_iter().zip(texts).zip(marks) {
        write!(out, "<div class=\"side {letter}\"><span class=\"tag\">{letter}</span>")?;
        match text.is_empty() {
            true => write!(out, "<p class=\"none\">nothing in {letter}</p>")?,
            false => text_of(text, marks, out)?,
        }
        write!(out, "</div>")?;
    }
    writeln!(out, "</div>")
}

fn text_of(text: &str, marks: &[(usize, usize)], out: &mut dyn Write) -> io::Result<()> {
    let cut = clip(text, TEXT);
    write!(out, "<pre>")?;
    marked(&cut, marks, out)?;
    write!(out, "</pre>")
}

/// A text with its differing ranges marked.
fn marked(text: &str, marks: &[(usize, usize)], out: &mut dyn Write) -> io::Result<()> {
    let mut at = 0;
    for (from, to) in marks {
        let (from, to) = ((*from).max(at), (*to).min(text.len()));
        let (Some(before), Some(inside)) = (text.get(at..from), text.get(from..to)) else {
            continue;
        };
        if !inside.is_empty() {
            write!(out, "{}<mark>{}</mark>", escape(before), escape(inside))?;
            at = to;
        }
    }
    write!(out, "{}", escape(text.get(at..).unwrap_or_default()))
}

/// `offset  bytes  characters`, 16 a row.
fn hex(side: &ExcerptSide, out: &mut dyn Write) -> io::Result<()> {
    let mut differs = vec![false; side.bytes.len()];
    for (from, to) in &side.differing {
        let inside = differs.iter_mut().take(*to).skip(*from);
        inside.for_each(|byte| *byte = true);
    }
    write!(out, "<pre class=\"hex\">")?;
    for (n, (row, differs)) in side.bytes.chunks(ROW).zip(differs.chunks(ROW)).enumerate() {
        if n > 0 {
            writeln!(out)?;
        }
        let offset = side.offset.saturating_add((n * ROW) as u64);
        write!(out, "<span class=\"at\">{offset:08x}</span> ")?;
        let mut open = false;
        for (i, (byte, differs)) in row.iter().zip(differs).enumerate() {
            // The space between two differing bytes belongs to the mark.
            if open && !differs {
                write!(out, "</mark>")?;
            }
            let gap = if i == ROW / 2 { "  " } else { " " };
            write!(out, "{gap}")?;
            if !open && *differs {
                write!(out, "<mark>")?;
            }
            open = *differs;
            write!(out, "{byte:02x}")?;
        }
        if open {
            write!(out, "</mark>")?;
        }
        let missing = ROW - row.len();
        let pad = missing * 3 + usize::from(row.len() <= ROW / 2);
        write!(out, "{:pad$}  ", "")?;
        let mut open = false;
        for (byte, differs) in row.iter().zip(differs) {
            if open != *differs {
                write!(out, "{}", if open { "</mark>" } else { "<mark>" })?;
                open = *differs;
            }
            let shown = match byte {
                0x20..0x7f => char::from(*byte),
                _ => '·',
            };
            write!(out, "{}", escape(shown.encode_utf8(&mut [0; 4])))?;
        }
        if open {
            write!(out, "</mark>")?;
        }
    }
    write!(out, "</pre>")?;
    if side.more > 0 {
        let bytes = if side.more == 1 { "byte differs" } else { "bytes differ" };
        write!(
            out,
            "<p class=\"dim\">… {} more {bytes} behind these</p>",
            number(side.more)
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn marks_are_cut_at_what_is_there_and_never_split_a_character() {
        let of = |text: &str, marks: &[(usize, usize)]| html(|out| marked(text, marks, out));
        assert_eq!(of("a<b>c", &[(1, 4)]), "a<mark>&lt;b&gt;</mark>c");
        assert_eq!(of("abc", &[(2, 99), (0, 1)]), "ab<mark>c</mark>");
        assert_eq!(of("é", &[(1, 2)]), "é");
        assert_eq!(of("abc", &[(0, 1), (0, 2), (2, 2)]), "<mark>a</mark><mark>b</mark>c");
    }

    #[test]
    fn a_row_of_bytes_is_as_wide_as_any_other() {
        let side = ExcerptSide {
            bytes: (0x38..0x38 + 21).collect(),
            offset: 0x10,
            differing: vec![(1, 3), (15, 17), (20, 90)],
            more: 1,
            ..ExcerptSide::default()
        };
        let page = html(|out| hex(&side, out));
        assert_eq!(
            page,
            "<pre class=\"hex\"><span class=\"at\">00000010</span>  38 <mark>39 3a</mark> 3b 3c 3d 3e 3f  40 41 42 43 44 45 46 <mark>47</mark>  \
             8<mark>9:</mark>;&lt;=&gt;?@ABCDEF<mark>G</mark>\n<span class=\"at\">00000020</span>  <mark>48</mark> 49 4a 4b <mark>4c</mark>\
             \u{20}                                   <mark>H</mark>IJK<mark>L</mark></pre><p class=\"dim\">… 1 more byte differs behind these</p>"
        );
        let plain = page
            .replace("<mark>", "")
            .replace("</mark>", "")
            .replace("&lt;", "<")
            .replace("&gt;", ">");
        let rows: Vec<&str> = plain.lines().collect();
        assert_eq!(
            rows[0].find("89:"),
            rows[1].find("HIJKL").map(|at| at + "<pre class=\"hex\">".len())
        );
    }
}
