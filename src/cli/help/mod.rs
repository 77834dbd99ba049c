//! What each command's help and manual page say behind the options: exit statuses, verdicts, examples. One table, a page a command.

mod pages;

use clap::{Command, builder::StyledStr};
use clap_mangen::roff::{Roff, bold, roman};
use pages::PAGES;
use std::fmt::Write as _;

/// A word or a command line, and what it means; a line break is where a terminal has one.
type Row = (&'static str, &'static str);

/// What is said of one command.
pub(super) struct Page {
    /// Its path below `repro`.
    path: &'static [&'static str],
    exits: &'static [Row],
    verdicts: &'static [Row],
    examples: &'static [Row],
}

/// The page of a command; none if there is no such command.
pub(super) fn page(path: &[&str]) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.path == path)
}

/// Gives each command its page.
pub(super) fn tell(all: Command) -> Command {
    let told = |all, page: &Page| {
        super::below(all, page.path, &|command| {
            let text = page.text(&command);
            command.after_long_help(text)
        })
    };
    PAGES.iter().fold(all, told)
}

impl Page {
    /// What it says, by headings; examples are the last.
    fn sections(&self) -> impl Iterator<Item = (&'static str, &'static [Row])> {
        let all = [
            ("Exit status", self.exits),
            ("Verdicts", self.verdicts),
            ("Examples", self.examples),
        ];
        all.into_iter().filter(|(_, rows)| !rows.is_empty())
    }

    /// For a terminal, in the colours of the command's other headings.
    fn text(&self, command: &Command) -> StyledStr {
        let style = command.get_styles().get_header();
        let mut text = String::new();
        for (title, rows) in self.sections() {
            let _ = writeln!(text, "{style}{title}:{style:#}");
            // A command line is longer than a word: what it does has a line of its own.
            let width = match title {
                "Examples" => None,
                _ => rows.iter().map(|(key, _)| key.len()).max(),
            };
            rows.iter().for_each(|(key, says)| row(key, says, width, &mut text));
            text.push('\n');
        }
        text.trim_end().to_owned().into()
    }

    /// For a manual page.
    pub(super) fn roff(&self) -> String {
        let mut roff = Roff::new();
        for (title, rows) in self.sections() {
            roff.control("SH", [title.to_uppercase().as_str()]);
            for (key, says) in rows {
                roff.control("TP", []);
                roff.text([bold(joined(key))]);
                roff.text([roman(joined(says))]);
            }
        }
        roff.to_roff()
    }
}

fn row(key: &str, says: &str, width: Option<usize>, text: &mut String) {
    let _ = match width {
        Some(width) => {
            let says = says.replace('\n', &format!("\n{:1$}", "", width + 4));
            writeln!(text, "  {key:width$}  {says}")
        }
        None => writeln!(text, "  {key}\n      {says}"),
    };
}

/// A text in one line: a manual page breaks lines by itself, and a shell needs none.
fn joined(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(|line| line.trim().trim_end_matches(" \\")).collect();
    lines.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{command, formats};

    #[test]
    fn every_command_has_a_page() {
        let told: Vec<_> = PAGES.iter().map(|page| page.path).collect();
        let mut all = vec![&[][..]];
        all.extend(formats::commands());
        assert_eq!(told, all);
    }

    #[test]
    fn it_has_statuses_and_two_examples_and_fits_a_terminal() {
        for page in PAGES {
            assert!(page.exits.len() > 1 && page.examples.len() == 2, "{:?}", page.path);
            for line in page.text(&command()).to_string().lines() {
                assert!(line.chars().count() <= 80, "{line}");
            }
        }
    }

    #[test]
    fn examples_are_command_lines() {
        for (line, _) in PAGES.iter().flat_map(|page| page.examples) {
            let line = joined(line);
            let own = line.split(" > ").next().and_then(|line| line.split(" | ").next());
            // Text in quotes is one word.
            let pieces = own.unwrap_or_default().split('\'').enumerate();
            let words = pieces.flat_map(|(at, piece)| match at % 2 {
                0 => piece.split_whitespace().collect(),
                _ => vec![piece],
            });
            let words: Vec<&str> = words.collect();
            let parsed = command().try_get_matches_from(&words);
            let help = |error: &clap::Error| error.kind() == clap::error::ErrorKind::DisplayHelp;
            assert!(parsed.as_ref().err().is_none_or(help), "{line}: {:?}", parsed.err());
        }
    }
}
