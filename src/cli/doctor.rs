//! `repro doctor`

use super::{Error, Format, Global, Status};
use repro::{rebuild, report};
use std::path::PathBuf;

/// Show what this machine can isolate and vary, and what it can't
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Folder below which the work folder is made [default: $TMPDIR, else /tmp]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let format = global.format(&[Format::Text, Format::Json, Format::Markdown])?;
    let program = rebuild::program(None).map_err(Error::new)?;
    let found = rebuild::doctor(&program, args.work.as_deref()).map_err(Error::new)?;
    global.write(|out| match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &found)?;
            writeln!(out)
        }
        Format::Markdown => report::doctor::write_markdown(&found, out),
        _ => report::doctor::write(&found, out),
    })?;
    Ok(Status::Same)
}
