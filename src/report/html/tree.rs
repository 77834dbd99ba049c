//! The tree of members that differ, and for each a map: where in the file the differences lie, coloured by cause.

use super::{
    Colors,
    frame::escape,
    link,
    room::{LeftOut, Room, number},
};
use crate::{
    model::{Layout, Pair, Stretch},
    notation::clip,
    report::counted,
};
use std::io::{self, Write};

/// Width of a map's coordinates, and the least width of what is drawn.
const WIDE: u64 = 1000;
const LEAST: u64 = 4;
/// Characters of an address.
const ADDRESS: usize = 300;

/// The map of the artifact itself, then the tree of what is in it.
pub(super) fn write(
    layout: &Layout,
    colors: &Colors,
    level: u8,
    room: &mut Room,
    left_out: &mut LeftOut,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(root) = layout.pairs.first() else {
        return Ok(());
    };
    left_out.members += layout.left_out;
    writeln!(
        out,
        "<section class=\"members\"><h{level}>Where the differences lie{}</h{level}>\n\
         <p class=\"dim\">Each bar is a file from its first byte to its last, a above b. Pale: a compressed or encoded member, which has \
         bars of its own.</p>",
        match root.name.as_str() {
            "" => String::new(),
            name => format!(" in <code>{}</code>", escape(&clip(name, ADDRESS))),
        }
    )?;
    if root.map.is_some() {
        let mut piece = Vec::new();
        write!(
            piece,
            "<div class=\"whole\"><span class=\"tag a\">a</span><span class=\"tag b\">b</span>"
        )?;
        map(root, colors, "map big", &mut piece)?;
        writeln!(piece, "</div>")?;
        room.put(&piece, out)?;
    }
    if layout.pairs.len() > 1 {
        write!(out, "<ul class=\"tree\">")?;
        let mut depth = 0;
        let mut shut: Vec<bool> = Vec::new();
        for (n, pair) in layout.pairs.iter().enumerate() {
            let holds = layout.pairs.get(n + 1).is_some_and(|next| next.depth > pair.depth);
            let mut piece = Vec::new();
            // A member whose holder is not listed stands where the holder would.
            let here = pair.depth.min(depth);
            while shut.len() > here {
                close(shut.pop(), &mut piece)?;
            }
            node(pair, n == 0, holds, colors, &mut piece)?;
            // Room for the ends of what is open.
            if !room.put(&piece, out)? {
                left_out.members += layout.pairs.len() - n;
                break;
            }
            shut.push(holds);
            depth = if holds { here + 1 } else { here };
        }
        while let Some(holds) = shut.pop() {
            close(Some(holds), out)?;
        }
        writeln!(out, "</ul>")?;
    }
    if left_out.members > 0 {
        writeln!(
            out,
            "<p class=\"dim\">{} more not listed.</p>",
            escape(&counted(left_out.members, "differing member"))
        )?;
    }
    writeln!(out, "</section>")
}

fn close(holds: Option<bool>, out: &mut dyn Write) -> io::Result<()> {
    match holds {
        Some(true) => writeln!(out, "</ul></details></li>"),
        Some(false) => writeln!(out, "</li>"),
        None => Ok(()),
    }
}

fn node(pair: &Pair, root: bool, holds: bool, colors: &Colors, out: &mut dyn Write) -> io::Result<()> {
    let causes: Vec<&str> = pair
        .causes
        .iter()
        .map(|(cause, _)| cause.unwrap_or(super::OPEN))
        .collect();
    write!(
        out,
        "<li class=\"node\" data-causes=\"{}\" data-at=\"{}\">",
        causes.join(" "),
        escape(&cut(&pair.address))
    )?;
    write!(
        out,
        "{}",
        if holds {
            "<details open><summary class=\"row\">"
        } else {
            "<div class=\"row\">"
        }
    )?;
    let name = match pair.name.as_str() {
        "" if root => "(the artifact itself)",
        "" => "(its content)",
        name => name,
    };
    write!(
        out,
        "<span class=\"name\"><a href=\"{}\">{}</a> <span class=\"dim\">{} {}</span></span><span class=\"counts\">",
        link("in", &cut(&pair.address)),
        escape(&clip(name, ADDRESS)),
        pair.format,
        sizes(pair)
    )?;
    for (cause, count) in pair.causes.iter().take(8) {
        let word = cause.unwrap_or(super::OPEN);
        write!(
            out,
            "<span class=\"count\" title=\"{word}\"><span class=\"sw {}\"></span>{}</span>",
            colors.class(*cause),
            number(*count as u64)
        )?;
    }
    if pair.causes.len() > 8 {
        write!(out, "<span class=\"dim\">+{}</span>", pair.causes.len() - 8)?;
    }
    write!(out, "</span>")?;
    if root {
        write!(out, "<span></span>")?;
    } else {
        map(pair, colors, "map", out)?;
    }
    writeln!(out, "{}", if holds { "</summary><ul>" } else { "</div>" })
}

fn cut(address: &str) -> String {
    address.chars().take(ADDRESS).collect()
}

fn sizes(pair: &Pair) -> String {
    if pair.map.is_none() && pair.format == "directory" {
        return String::new();
    }
    match pair.sizes {
        [a, b] if a == b => format!("{} B", number(a)),
        [a, b] => format!("{} → {} B", number(a), number(b)),
    }
}

/// Two bars, as long as a and b are; what differs is coloured.
fn map(pair: &Pair, colors: &Colors, class: &str, out: &mut dyn Write) -> io::Result<()> {
    let Some(map) = &pair.map else {
        return write!(out, "<span></span>");
    };
    let longest = pair.sizes.iter().copied().max().unwrap_or(0).max(1);
    let place = |byte: u64| u64::try_from(u128::from(byte) * u128::from(WIDE) / u128::from(longest)).unwrap_or(WIDE);
    let words: Vec<&str> = pair
        .causes
        .iter()
        .map(|(cause, _)| cause.unwrap_or(super::OPEN))
        .collect();
    let label = match words.as_slice() {
        [] => "differences in its members".to_owned(),
        words => crate::report::join(words),
    };
    write!(
        out,
        "<svg class=\"{class}\" viewBox=\"0 0 {WIDE} 24\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"byte map: {}\">",
        escape(&label)
    )?;
    for (letter, (stretches, size)) in ["a", "b"].into_iter().zip(map.iter().zip(pair.sizes)) {
        let top = if letter == "a" { 0 } else { 13 };
        write!(
            out,
            "<rect class=\"bar\" y=\"{top}\" width=\"{}\" height=\"11\"/>",
            place(size).max(LEAST)
        )?;
        let mut kinds: Vec<(Option<&'static str>, bool)> = stretches.iter().map(|s| (s.cause, s.encoded)).collect();
        // Encoded members below, what is not explained on top.
        kinds.sort_by_key(|(cause, encoded)| (!encoded, cause.is_none(), *cause));
        kinds.dedup();
        for (cause, encoded) in kinds {
            let these: Vec<&Stretch> = stretches
                .iter()
                .filter(|stretch| (stretch.cause, stretch.encoded) == (cause, encoded))
                .collect();
            write!(
                out,
                "<path class=\"{}{}\" d=\"",
                colors.class(cause),
                if encoded { " enc" } else { "" }
            )?;
            for stretch in &these {
                let from = place(stretch.start).min(WIDE - LEAST);
                let width = place(stretch.end).saturating_sub(from).max(LEAST);
                write!(out, "M{from} {top}h{width}v11h-{width}z")?;
            }
            write!(
                out,
                "\"><title>{letter}: {}{}</title></path>",
                cause.unwrap_or(super::OPEN),
                if encoded { ", in an encoded member" } else { "" }
            )?;
        }
    }
    writeln!(out, "</svg>")
}
