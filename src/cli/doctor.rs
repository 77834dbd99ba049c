//! `repro doctor`

use super::{Error, Global, Status};
use repro::{
    rebuild,
    report::{format::Options, subject},
};
use std::path::PathBuf;

/// Show what this machine can isolate and vary, and what it can't
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Folder below which the work folder is made [default: $TMPDIR, else /tmp]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let program = rebuild::program(None)?;
    let found = rebuild::doctor(&program, args.work.as_deref())?;
    global.write(|out| subject::write(&found, global.format(), Options::default(), out))?;
    Ok(Status::Same)
}
