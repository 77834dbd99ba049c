//! The tree of members that differ, each with its byte map.

use super::{
    colors::{Colors, word},
    frame::escape,
    map::map,
    room::{LeftOut, Room, number},
};
use crate::{
    model::{Layout, Pair},
    notation::{clip, percent},
    report::parts::words::counted,
};
use std::io::{self, Write};

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
    let causes: Vec<&str> = pair.causes.iter().map(|(cause, _)| word(*cause)).collect();
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
        let word = word(*cause);
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

/// A link that filters the page.
fn link(key: &str, value: &str) -> String {
    format!("#{key}={}", percent(value, "/"))
}

#[cfg(test)]
mod tests {
    use super::link;

    #[test]
    fn a_link_is_an_address() {
        assert_eq!(link("in", "a/b c\"<é"), "#in=a/b%20c%22%3C%C3%A9");
    }
}
