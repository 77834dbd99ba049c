//! `repro completions SHELL`, `repro man [COMMAND]`: what packages of this program install beside it.

use super::{Error, Global, Status, help, lists, names};
use clap::{Args as _, builder::Resettable};
use repro::bytes::settings::meant;

/// Print the completion script of a shell
///
/// bash: `repro completions bash > /usr/share/bash-completion/completions/repro`; zsh and fish: `_repro` and `repro.fish` where they look.
#[derive(clap::Args, Debug)]
pub(super) struct Completions {
    /// Which shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// Print a manual page, in roff
///
/// `repro man diff | man -l -` reads it.
#[derive(clap::Args, Debug)]
pub(super) struct Man {
    /// Of this subcommand [default: of the program]
    #[arg(value_parser = names::commands(), hide_possible_values = true)]
    command: Option<String>,
}

/// All that a user calls: a completion knows no hidden commands, and a page no words that only this program says to itself.
fn shown() -> clap::Command {
    let all = super::command();
    let shown: Vec<clap::Command> = all.get_subcommands().filter(|c| !c.is_hide_set()).cloned().collect();
    let about = all.get_about().cloned().unwrap_or_default();
    Global::augment_args(clap::Command::new("repro"))
        .version(env!("CARGO_PKG_VERSION"))
        .about(about)
        .subcommand_required(true)
        .subcommands(shown)
}

pub(super) fn completions(args: &Completions, global: &Global) -> Result<Status, Error> {
    let (mut all, mut text) = (shown(), Vec::new());
    clap_complete::generate(args.shell, &mut all, "repro", &mut text);
    let script = lists::added(args.shell, &all, &String::from_utf8_lossy(&text));
    global.write(|out| out.write_all(script.as_bytes()))?;
    Ok(Status::Same)
}

pub(super) fn man(args: &Man, global: &Global) -> Result<Status, Error> {
    let mut all = shown();
    // Options of all subcommands are told of each.
    all.build();
    let page = match &args.command {
        None => all,
        Some(name) => all.find_subcommand(name).cloned().ok_or_else(|| unknown(name, &all))?,
    };
    let path: Vec<&str> = args.command.as_deref().into_iter().collect();
    // Sections of a page have headings of their own.
    let man = clap_mangen::Man::new(page.after_long_help(Resettable::Reset))
        .manual("repro")
        .source(concat!("repro ", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    man.render(&mut text)
        .map_err(|error| Error::at("the manual page", error))?;
    text.extend(help::page(&path).map(help::Page::roff).unwrap_or_default().bytes());
    global.write(|out| out.write_all(&text))?;
    Ok(Status::Same)
}

fn unknown(name: &str, all: &clap::Command) -> Error {
    let meant = meant(name, all.get_subcommands().map(clap::Command::get_name));
    Error::new(format!("{name}: there is no such command{meant}"))
}
