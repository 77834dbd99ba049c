//! Which command writes which formats: what its help and its completions list, and all that it takes.

use clap::{
    ArgMatches, Command,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
    error::{ContextKind, ContextValue, Error, ErrorKind},
};
use repro::report::format::Format::{self, CodeQuality, Github, Html, Json, Markdown, Tagged, Text};

/// A command by its path below `repro`, and what it writes.
type Written = (&'static [&'static str], &'static [Format]);

/// What lists something, or tells what it did.
const PLAIN: &[Format] = &[Text, Json];

const WRITTEN: &[Written] = &[
    (&["hash"], &[Text, Tagged, Json]),
    (&["check"], Format::CHECKED),
    (&["diff"], Format::CHECKED),
    (&["explain"], PLAIN),
    (&["build"], Format::CHECKED),
    (&["rebuild"], Format::CHECKED),
    (&["remote-check"], &[Text, Json, Markdown]),
    (&["init"], &[Text]),
    (&["ddc"], Format::CHECKED),
    (&["ddc", "init"], &[Text]),
    (&["doctor"], &[Text, Json, Markdown]),
    (&["lint"], Format::CHECKED),
    (&["lock"], PLAIN),
    (&["merge"], Format::CHECKED),
    (&["gate"], Format::CHECKED),
    (&["attest"], PLAIN),
    (&["verify"], Format::CHECKED),
    (&["history"], &[Text, Json, Markdown, Html]),
    (&["history", "prune"], PLAIN),
    (&["schema"], &[Json]),
    (&["completions"], &[Text]),
    (&["man"], &[Text]),
];

/// Reads one of some formats.
pub fn parser(formats: &[Format]) -> impl TypedValueParser<Value = Format> + use<> {
    let value = |format: &Format| {
        let value = PossibleValue::new(format.name());
        match format {
            Tagged => value.help("BSD lines, `SHA256 (name) = digest`"),
            CodeQuality => value.help("GitLab's code quality report"),
            Github => value.help("GitHub's workflow commands, which annotate files"),
            _ => value,
        }
    };
    let values: Vec<PossibleValue> = formats.iter().map(value).collect();
    PossibleValuesParser::new(values).try_map(|name| Format::of(&name).ok_or("there is no such format"))
}

/// The names of some formats, for a sentence.
pub fn names(formats: &[Format]) -> String {
    let names: Vec<&str> = formats.iter().map(|format| format.name()).collect();
    names.join(", ")
}

/// Gives each command a `--format` that takes what it writes.
pub fn offer(all: Command) -> Command {
    let common = all
        .get_arguments()
        .find(|argument| argument.get_id() == "format")
        .cloned();
    let own = |formats: &[Format]| {
        // Where there is no choice, none is shown.
        common.clone().map(|own| {
            own.value_parser(parser(formats))
                .help("How the result is written [default: text]")
                .hide_possible_values(false)
                .hide(formats.len() == 1)
        })
    };
    WRITTEN.iter().fold(all, |all, (path, formats)| {
        super::below(all, path, &|command| command.args(own(formats)))
    })
}

/// The paths of all commands below `repro`.
pub fn commands() -> impl Iterator<Item = &'static [&'static str]> {
    WRITTEN.iter().map(|(path, _)| *path)
}

/// Refuses a format that was given before the name of a command that does not write it.
///
/// # Errors
/// What clap would say had it been given behind.
pub fn check(all: &Command, matches: &ArgMatches) -> Result<(), Error> {
    let (mut path, mut last) = (Vec::new(), matches);
    while let Some((name, below)) = last.subcommand() {
        path.push(name);
        last = below;
    }
    let written = WRITTEN.iter().find(|(known, _)| *known == path.as_slice());
    let (Some((_, formats)), Some(asked)) = (written, last.try_get_one::<Format>("format").ok().flatten()) else {
        return Ok(());
    };
    if formats.contains(asked) {
        return Ok(());
    }
    let mut error = Error::new(ErrorKind::InvalidValue).with_cmd(all);
    let names = formats.iter().map(|format| format.name().to_owned()).collect();
    for (kind, value) in [
        (
            ContextKind::InvalidArg,
            ContextValue::String("--format <FORMAT>".to_owned()),
        ),
        (ContextKind::InvalidValue, ContextValue::String(asked.name().to_owned())),
        (ContextKind::ValidValue, ContextValue::Strings(names)),
    ] {
        error.insert(kind, value);
    }
    Err(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paths of all commands, and of those below them.
    fn paths(command: &Command, above: &[String]) -> Vec<Vec<String>> {
        let all = command.get_subcommands();
        all.flat_map(|below| {
            let path = [above, &[below.get_name().to_owned()]].concat();
            [vec![path.clone()], paths(below, &path)].concat()
        })
        .collect()
    }

    #[test]
    fn the_table_has_every_command() {
        let mut known: Vec<Vec<String>> = commands()
            .map(|path| path.iter().map(|name| (*name).to_owned()).collect())
            .collect();
        let mut all = paths(&super::super::command(), &[]);
        known.sort();
        all.sort();
        assert_eq!(known, all);
    }
}
