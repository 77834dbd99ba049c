//! What clap's completion scripts lack: the later words of a list with commas, and, in fish, the values of arguments that are no options.

use clap::{Arg, Command};
use clap_complete::Shell;
use std::fmt::Write as _;

/// The path to a command, one of its arguments that has named values, and these.
type Named<'c> = (Vec<&'c str>, &'c Arg, String);

/// Adds it to the script of a shell.
pub(super) fn added(shell: Shell, all: &Command, script: &str) -> String {
    let named = named(all, &[]);
    match shell {
        Shell::Bash => format!("{script}{}", bash(&options(&named))),
        Shell::Zsh => script.replacen("_repro() {\n", &format!("_repro() {{\n{}", zsh(&options(&named))), 1),
        Shell::Fish => format!("{script}{}", fish(&named)),
        _ => script.to_owned(),
    }
}

/// The arguments below a command that have named values, each with the values.
fn named<'c>(command: &'c Command, path: &[&'c str]) -> Vec<Named<'c>> {
    let own = command.get_arguments().filter_map(|argument| {
        let values = argument.get_possible_values();
        let names: Vec<String> = values.iter().map(|value| quoted(value.get_name())).collect();
        (!names.is_empty()).then(|| (path.to_vec(), argument, names.join(" ")))
    });
    let mut all: Vec<Named<'c>> = own.collect();
    for below in command.get_subcommands() {
        all.extend(named(below, &[path, &[below.get_name()]].concat()));
    }
    all
}

/// A word for fish, in quotes: names of fixes have spaces.
fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// The options that take a list.
fn options(named: &[Named<'_>]) -> String {
    let lists = named
        .iter()
        .filter(|(_, argument, _)| argument.get_value_delimiter().is_some());
    let mut names: Vec<String> = lists
        .filter_map(|(_, argument, _)| Some(format!("--{}", argument.get_long()?)))
        .collect();
    names.sort();
    names.dedup();
    names.join("|")
}

fn bash(options: &str) -> String {
    format!(
        r#"
# Of a list with commas, the last word is completed.
_repro_list() {{
    local head="" word="$2"
    case "$3" in
        {options})
            if [[ "$word" == *,* ]]; then head="${{word%,*}},"; fi
            ;;
    esac
    COMP_WORDS[COMP_CWORD]="${{word#"$head"}}"
    _repro "$1" "${{word#"$head"}}" "$3"
    COMPREPLY=("${{COMPREPLY[@]/#/$head}}")
}}
if [[ "${{BASH_VERSINFO[0]}}" -eq 4 && "${{BASH_VERSINFO[1]}}" -ge 4 || "${{BASH_VERSINFO[0]}}" -gt 4 ]]; then
    complete -F _repro_list -o nosort -o bashdefault -o default repro
fi
"#
    )
}

fn zsh(options: &str) -> String {
    format!(
        "    # Of a list with commas, the last word is completed.\n    [[ $words[CURRENT-1] == ({options}) ]] && compset -P '*,'\n"
    )
}

fn fish(named: &[Named<'_>]) -> String {
    let mut script = String::from(
        r#"
# Of a list with commas, the last word is completed.
function __fish_repro_list
    set -l head (string match -r '.*,' -- (commandline -ct))
    and printf "$head%s\n" $argv
end
"#,
    );
    for (path, argument, values) in named {
        let [command] = path[..] else { continue };
        let what = match argument.get_long() {
            Some(long) if argument.get_value_delimiter().is_some() => {
                format!("-l {long} -r -f -a '(__fish_repro_list {values})'")
            }
            None => format!("-f -a '{values}'"),
            Some(_) => continue,
        };
        let _ = writeln!(
            script,
            "complete -c repro -n \"__fish_repro_using_subcommand {command}\" {what}"
        );
    }
    script
}
