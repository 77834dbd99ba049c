//! The colour of each cause, and the bar that filters a page by them.

use super::{frame::escape, room::number};
use crate::model::{CauseId, Confidence, Finding};
use std::{
    collections::BTreeMap,
    io::{self, Write},
};

/// What stands for the cause of what has none.
pub(super) const OPEN: &str = "unexplained";

/// A cause in words.
pub(super) fn word(cause: Option<CauseId>) -> &'static str {
    cause.unwrap_or(OPEN)
}

/// Colours that causes have of their own; further ones share one.
const COLORS: usize = 12;

/// The colour of each cause, and how often it was found: the legend, which is also the filter.
#[derive(Default)]
pub(in crate::report) struct Colors {
    causes: Vec<(CauseId, usize)>,
    verdicts: BTreeMap<&'static str, usize>,
    open: usize,
}

impl Colors {
    pub(in crate::report) fn add(&mut self, findings: &[Finding], unexplained: usize) {
        for same in findings.chunk_by(|x, y| x.cause == y.cause) {
            let Some(first) = same.first() else { continue };
            let count: usize = same.iter().map(|finding| finding.count).sum();
            match self.causes.iter_mut().find(|(cause, _)| *cause == first.cause) {
                Some(known) => known.1 += count,
                None => self.causes.push((first.cause, count)),
            }
            for finding in same {
                *self.verdicts.entry(verdict(finding)).or_default() += finding.count;
            }
        }
        self.open += unexplained;
    }

    pub(in crate::report) fn class(&self, cause: Option<CauseId>) -> &'static str {
        const CLASSES: [&str; COLORS] = ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9", "k10", "k11"];
        let Some(cause) = cause else { return "ku" };
        let at = self.causes.iter().position(|(known, _)| *known == cause);
        at.and_then(|at| CLASSES.get(at)).copied().unwrap_or("kx")
    }

    /// The legend and the filters; those are hidden until the script shows that they work. `states` are those of the gate's artifacts.
    pub(in crate::report) fn bar(&self, states: &[&str], out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "<form id=\"filters\" role=\"search\" aria-label=\"Filter the report\">\n<div class=\"chips\" role=\"group\" aria-label=\"Causes\">"
        )?;
        let open = (self.open > 0).then_some((OPEN, None, self.open));
        let causes = self.causes.iter().map(|(cause, count)| (*cause, Some(*cause), *count));
        for (word, cause, count) in open.into_iter().chain(causes) {
            writeln!(
                out,
                "<button type=\"button\" class=\"chip\" data-cause=\"{word}\" aria-pressed=\"false\"><span class=\"sw {}\"></span>{word} \
                 <span class=\"dim\">{}</span></button>",
                self.class(cause),
                number(count as u64)
            )?;
        }
        writeln!(out, "</div>\n<div class=\"controls\" hidden>")?;
        let mut verdicts: Vec<(&str, usize)> = ["proven", "likely", "possible", "follows"]
            .into_iter()
            .filter_map(|word| Some((word, *self.verdicts.get(word)?)))
            .collect();
        verdicts.extend((self.open > 0).then_some((OPEN, self.open)));
        let verdicts: Vec<String> = verdicts.into_iter().map(|(word, _)| word.to_owned()).collect();
        choice("verdict", "any verdict", &verdicts, out)?;
        if !states.is_empty() {
            let states: Vec<String> = states.iter().map(|state| (*state).to_owned()).collect();
            choice("state", "any state", &states, out)?;
        }
        writeln!(
            out,
            "<input type=\"search\" id=\"text\" placeholder=\"Search addresses and text\" aria-label=\"Search addresses and text\">\n\
             <button type=\"button\" id=\"within\" hidden></button>\n\
             <button type=\"button\" id=\"unfold\">Unfold all</button>\n<button type=\"button\" id=\"clear\">Clear</button>\n\
             <span id=\"shown\" class=\"dim\" role=\"status\"></span>\n</div></form>"
        )
    }
}

fn choice(id: &str, any: &str, words: &[String], out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "<select id=\"{id}\" aria-label=\"{id}\"><option value=\"\">{any}</option>"
    )?;
    for word in words {
        write!(out, "<option>{}</option>", escape(word))?;
    }
    writeln!(out, "</select>")
}

/// What the page may be filtered by, besides the cause.
pub(super) fn verdict(finding: &Finding) -> &'static str {
    match (finding.knock_on, finding.confidence) {
        (true, _) => "follows",
        (_, Confidence::Proven) => "proven",
        (_, Confidence::Likely) => "likely",
        (_, Confidence::Possible) => "possible",
    }
}
