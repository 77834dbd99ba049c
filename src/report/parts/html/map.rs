//! The byte map of two files: where in them the differences lie, coloured by cause.

use super::{
    colors::{Colors, word},
    frame::escape,
};
use crate::{
    model::{Pair, Stretch},
    report::parts::words::join,
};
use std::io::{self, Write};

/// Width of a map's coordinates, and the least width of what is drawn.
const WIDE: u64 = 1000;
const LEAST: u64 = 4;

/// Two bars, as long as a and b are; what differs is coloured.
pub(super) fn map(pair: &Pair, colors: &Colors, class: &str, out: &mut dyn Write) -> io::Result<()> {
    let Some(map) = &pair.map else {
        return write!(out, "<span></span>");
    };
    let longest = pair.sizes.iter().copied().max().unwrap_or(0).max(1);
    let place = |byte: u64| u64::try_from(u128::from(byte) * u128::from(WIDE) / u128::from(longest)).unwrap_or(WIDE);
    let words: Vec<&str> = pair.causes.iter().map(|(cause, _)| word(*cause)).collect();
    let label = match words.as_slice() {
        [] => "differences in its members".to_owned(),
        words => join(words),
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
                word(cause),
                if encoded { ", in an encoded member" } else { "" }
            )?;
        }
    }
    writeln!(out, "</svg>")
}
