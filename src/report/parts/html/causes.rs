//! Findings by cause, each with what, why, fix and its differences; then what no cause accounts for.

use super::{
    colors::{Colors, OPEN, verdict},
    excerpt::{excerpt, texts},
    frame::{escape, sentence},
    room::{LeftOut, Room, number},
};
use crate::{
    model::{Confidence, Excerpt, Finding, Place},
    notation::clip,
    report::parts::words::{address_or_whole, counted, sure},
};
use std::{
    collections::BTreeMap,
    io::{self, Write},
    ops::Range,
};

/// Characters of an address, and of a line of text.
const ADDRESS: usize = 300;
const LINE: usize = 1000;
/// Differences of one cause in one file that are seen at once; further ones are folded.
const FIRST: usize = 3;
/// Unexplained places that are unfolded.
const UNFOLDED: usize = 6;

/// A section a cause: root causes in the report's order, then what follows from them. `scope` makes the sections' ids unique.
pub(super) fn findings(
    findings: &[Finding],
    colors: &Colors,
    (scope, level): (&str, u8),
    room: &mut Room,
    left_out: &mut LeftOut,
    out: &mut dyn Write,
) -> io::Result<()> {
    let same = |x: &Finding, y: &Finding| (x.cause, x.knock_on) == (y.cause, y.knock_on);
    let mut follows = false;
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let sections = findings.chunk_by(same).count();
    for (n, all) in findings.chunk_by(same).enumerate() {
        let Some(first) = all.first() else { continue };
        if n == 0 && !first.knock_on {
            writeln!(out, "<h{level}>Causes</h{level}>")?;
        }
        if first.knock_on && !follows {
            follows = true;
            let what = match n {
                0 => "What only follows from other differences",
                _ => "What follows from these",
            };
            writeln!(out, "<h{level}>{what}</h{level}>")?;
        }
        let again = seen.entry(first.cause).or_default();
        *again += 1;
        let id = match *again {
            1 => format!("{scope}cause-{}", first.cause),
            more => format!("{scope}cause-{}-{more}", first.cause),
        };
        // No cause takes the place of those behind it.
        let mut own = room.share(sections - n);
        let mut head = Vec::new();
        self::head(all, colors, &id, level + 1, &mut head)?;
        if !own.put(&head, out)? {
            room.rejoin(own);
            left_out.causes += 1;
            left_out.differences += all.iter().map(|finding| finding.count).sum::<usize>();
            continue;
        }
        let mut hidden = (0, 0);
        for (n, finding) in all.iter().enumerate() {
            let mut piece = Vec::new();
            let shown = place_of(finding, n == 0 && !finding.knock_on, &mut piece)?;
            if own.put(&piece, out)? {
                left_out.differences += finding.count.saturating_sub(shown);
            } else {
                hidden = (hidden.0 + 1, hidden.1 + finding.count);
            }
        }
        room.rejoin(own);
        if hidden.0 > 0 {
            left_out.differences += hidden.1;
            writeln!(
                out,
                "<p class=\"dim\">… and {} differences in {} more files, not shown.</p>",
                number(hidden.1 as u64),
                number(hidden.0)
            )?;
        }
        writeln!(out, "</section>")?;
    }
    Ok(())
}

fn head(all: &[Finding], colors: &Colors, id: &str, level: u8, out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = all.first() else { return Ok(()) };
    let count: usize = all.iter().map(|finding| finding.count).sum();
    let (best, words) = sure(&all.iter().collect::<Vec<_>>());
    let color = match best {
        Confidence::Proven => "green",
        Confidence::Likely => "yellow",
        Confidence::Possible => "magenta",
    };
    let sure = format!("<span class=\"badge {color}\">{}</span>", escape(&words));
    writeln!(
        out,
        "<section class=\"card group\" id=\"{id}\"><h{level}><span class=\"sw {}\"></span> {} {sure} \
         <span class=\"dim\">{} in {} · {}</span></h{level}>",
        colors.class(Some(first.cause)),
        first.cause,
        match count {
            1 => "1 difference".to_owned(),
            _ => format!("{} differences", number(count as u64)),
        },
        match all.len() {
            1 => "1 file".to_owned(),
            files => format!("{} files", number(files as u64)),
        },
        first.group
    )?;
    writeln!(out, "<p>{}</p>", escape(&clip(&first.summary, LINE)))?;
    if !first.why.is_empty() {
        writeln!(out, "<p class=\"dim\">{}</p>", escape(first.why))?;
    }
    fix(&first.fix, out)?;
    if let Some(command) = all.iter().find_map(|finding| finding.settle.as_ref()) {
        copied("Settled by", command, out)?;
    }
    // Only what can be an address of the web is made a link.
    let links: Vec<&&str> = first.references.iter().filter(|r| r.starts_with("https://")).collect();
    if !links.is_empty() {
        write!(out, "<p class=\"refs dim\">More:")?;
        for reference in links {
            let shown = reference.trim_start_matches("https://");
            write!(
                out,
                " <a rel=\"noreferrer\" href=\"{}\">{}</a>",
                escape(reference),
                escape(shown)
            )?;
        }
        writeln!(out, "</p>")?;
    }
    Ok(())
}

/// What to do; its one command, if there is one, is to be copied.
pub(in crate::report) fn fix(fix: &str, out: &mut dyn Write) -> io::Result<()> {
    let fix = clip(fix, LINE);
    let Some(at) = command(&fix) else {
        return match fix.as_str() {
            "" => Ok(()),
            fix => writeln!(
                out,
                "<div class=\"fix\"><span><b>Fix</b> {}</span></div>",
                sentence(fix)
            ),
        };
    };
    let (before, rest) = (&fix[..at.start], &fix[at.end..]);
    writeln!(
        out,
        "<div class=\"fix\"><span><b>Fix</b> {}<code>{}</code>{}</span>{COPY}</div>",
        escape(before.trim_end_matches('`')),
        escape(&fix[at]),
        sentence(rest.trim_start_matches('`'))
    )
}

const COPY: &str = "<button type=\"button\" class=\"copy\" hidden>Copy</button>";
/// Words of which no command is made.
const PROSE: &[&str] = &[
    "a", "and", "are", "by", "for", "from", "in", "is", "it", "not", "of", "on", "or", "the", "to", "with",
];

/// Where the first command of a fix lies: what is between backticks, or else what it begins with, if that has options or sets a variable.
fn command(fix: &str) -> Option<Range<usize>> {
    if let Some((before, rest)) = fix.split_once('`') {
        let length = rest.find('`')?;
        return Some(before.len() + 1..before.len() + 1 + length);
    }
    let ends = [";", " ;", ", ", " (", ": "].iter().filter_map(|end| fix.find(end));
    let end = ends.min().unwrap_or(fix.len());
    let (text, mut words) = (&fix[..end], fix[..end].split(' '));
    let given = |word: &str| word.starts_with('-') || word.contains('=');
    let cut = fix[end..].starts_with(": ") || text.contains('…') || text.contains("...");
    let told = words.clone().any(|word| PROSE.contains(&word));
    (!cut && !told && words.any(given)).then_some(0..end)
}

/// A text with a button that copies it.
pub(in crate::report) fn copied(what: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<div class=\"fix\"><span><b>{what}</b> <code>{}</code></span>{COPY}</div>",
        escape(&clip(text, LINE))
    )
}

/// A cause in one file; says how many of its differences are shown.
fn place_of(finding: &Finding, open: bool, out: &mut dyn Write) -> io::Result<usize> {
    begin(finding.cause, verdict(finding), &finding.address, open, out)?;
    let count = match finding.count {
        1 => String::new(),
        count => format!(" · {} differences", number(count as u64)),
    };
    writeln!(
        out,
        "<code>{}</code> <span class=\"dim\">{}{count}</span></summary>",
        escape(&clip(address_or_whole(&finding.address), ADDRESS)),
        finding.format
    )?;
    let shown = finding.excerpts.len().max(1);
    if finding.excerpts.is_empty() {
        texts([&finding.a, &finding.b], &finding.marks, out)?;
    }
    for (n, one) in finding.excerpts.iter().enumerate() {
        if n == FIRST {
            let more = finding.excerpts.len() - FIRST;
            writeln!(out, "<details><summary class=\"dim\">{more} more</summary>")?;
        }
        // A lone difference has the address of the whole.
        if finding.count > 1 {
            titled(one, out)?;
        }
        excerpt(one, out)?;
    }
    if finding.excerpts.len() > FIRST {
        writeln!(out, "</details>")?;
    }
    if finding.count > shown {
        writeln!(
            out,
            "<p class=\"dim\">… {} more like these, not shown.</p>",
            number((finding.count - shown) as u64)
        )?;
    }
    writeln!(out, "</details>")?;
    Ok(shown)
}

fn titled(one: &Excerpt, out: &mut dyn Write) -> io::Result<()> {
    let name = one
        .address
        .get(one.container..)
        .unwrap_or_default()
        .trim_start_matches('/');
    writeln!(
        out,
        "<p class=\"what\"><code>{}</code> <span class=\"dim\">{}</span></p>",
        escape(&clip(name, ADDRESS)),
        escape(&clip(&one.summary, LINE))
    )
}

fn begin(cause: &str, verdict: &str, address: &str, open: bool, out: &mut dyn Write) -> io::Result<()> {
    let cut: String = address.chars().take(ADDRESS).collect();
    write!(
        out,
        "<details class=\"item\" data-cause=\"{cause}\" data-verdict=\"{verdict}\" data-at=\"{}\"{}><summary>",
        escape(&cut),
        if open { " open" } else { "" }
    )
}

/// What no cause accounts for, file by file; in each what a person wants to see first.
pub(super) fn places(
    (places, count, open): (&[Place], usize, &str),
    (scope, level): (&str, u8),
    room: &mut Room,
    left_out: &mut LeftOut,
    out: &mut dyn Write,
) -> io::Result<()> {
    if places.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<section class=\"card open group\" id=\"{scope}cause-{OPEN}\"><h{level}><span class=\"sw ku\"></span> Unexplained \
         <span class=\"dim\">{}</span></h{level}>\n<p>{}</p>",
        escape(&counted(count, "difference")),
        escape(open)
    )?;
    let mut groups: Vec<(&str, Vec<&Place>)> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for place in places {
        let name = place.address.get(..place.container).unwrap_or(&place.address);
        let at = *known.entry(name).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((_, members)) => members.push(place),
            None => groups.push((name, vec![place])),
        }
    }
    let (mut shown, mut open) = (0, 0);
    for (name, mut members) in groups {
        members.sort_by_key(|place| place.rank);
        let mut head = Vec::new();
        writeln!(
            head,
            "<div class=\"group\"><p class=\"file\"><code>{}</code> <span class=\"dim\">{}</span></p>",
            escape(&clip(address_or_whole(name), ADDRESS)),
            members.first().map_or("", |place| place.format)
        )?;
        if !room.put(&head, out)? {
            continue;
        }
        for place in members {
            let mut piece = Vec::new();
            place_alone(place, open < UNFOLDED, &mut piece)?;
            if room.put(&piece, out)? {
                open += 1;
                shown += 1;
            }
        }
        writeln!(out, "</div>")?;
    }
    if count > shown {
        left_out.differences += count - shown;
        writeln!(
            out,
            "<p class=\"dim\">… and {} more, not shown.</p>",
            number((count - shown) as u64)
        )?;
    }
    writeln!(out, "</section>")
}

fn place_alone(place: &Place, open: bool, out: &mut dyn Write) -> io::Result<()> {
    begin(OPEN, OPEN, &place.address, open, out)?;
    let name = place.address.get(place.container..).unwrap_or_default();
    let name = match name.trim_start_matches('/') {
        "" => "content",
        name => name,
    };
    writeln!(
        out,
        "<code>{}</code> <span class=\"dim\">{}</span></summary>",
        escape(&clip(name, ADDRESS)),
        escape(&clip(&place.summary, LINE))
    )?;
    match &place.excerpt {
        Some(one) => excerpt(one, out)?,
        None => texts([&place.a, &place.b], &place.marks, out)?,
    }
    writeln!(out, "</details>")
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn one_command_of_a_fix_is_copied() {
        for (fix, copied) in [
            (
                "tar --mtime=@$X --clamp-mtime; Python: tarfile",
                Some("tar --mtime=@$X --clamp-mtime"),
            ),
            ("gzip -n, or compress standard input", Some("gzip -n")),
            ("go build -trimpath", Some("go build -trimpath")),
            ("LC_ALL=C (or C.UTF-8) for sort", Some("LC_ALL=C")),
            ("-frandom-seed=$@ ; strip", Some("-frandom-seed=$@")),
            ("if it is meant: `repro lock`, and commit", Some("repro lock")),
            ("ar rcD and ranlib -D", None),
            ("jar --date=… (JDK 17)", None),
            ("pin zstd: --single-thread", None),
            ("set SOURCE_DATE_EPOCH: help2man", None),
            ("one ` alone", None),
            ("", None),
        ] {
            assert_eq!(command(fix).map(|at| &fix[at]), copied, "{fix}");
        }
    }
}
