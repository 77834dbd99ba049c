//! `repro init [DIR]`

use super::{Error, Global, Status, names, save};
use repro::settings::preset;
use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
};

/// Find out how a source tree is built, and write it to its repro.toml
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The source tree
    #[arg(value_name = "DIR", default_value = ".")]
    source: PathBuf,
    /// Take the tree for this [default: what is found first]
    #[arg(long, value_name = "NAME", value_parser = names::presets(), hide_possible_values = true)]
    preset: Option<String>,
    /// Print it, and write nothing
    #[arg(short = 'n', long)]
    print: bool,
    /// Write over a repro.toml that is there
    #[arg(long)]
    force: bool,
}

/// Exit status 0 written, 2 the file is there already, or no preset knows the tree.
pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let Some(choice) = preset::choose(&args.source, args.preset.as_deref())? else {
        return Err(unknown(&args.source));
    };
    let text = choice.toml();
    if args.print {
        global.write(|out| out.write_all(text.as_bytes()))?;
        return Ok(Status::Same);
    }
    let path = args.source.join("repro.toml");
    let name = path.strip_prefix(".").unwrap_or(&path).to_owned();
    if args.force {
        save(&path, |out| out.write_all(text.as_bytes()))?;
    } else {
        let there = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => Error::new(format!(
                "{}: it is there already; --print shows the proposal, --force writes it over the file",
                name.display()
            )),
            _ => Error::at(name.display(), error),
        };
        let mut out = File::create_new(&path).map_err(there)?;
        out.write_all(text.as_bytes())
            .map_err(|error| Error::at(name.display(), error))?;
    }
    global.write(|out| writeln!(out, "{}: {}", name.display(), choice.told()))?;
    Ok(Status::Same)
}

/// Nothing is proposed for a tree.
fn unknown(source: &Path) -> Error {
    let marks = preset::every_mark();
    repro::bytes::Error::not_found(format!(
        "how it is built can't be told: there is none of {marks}, or it is not enough"
    ))
    .of(source)
    .into()
}
