//! `repro schema`: the JSON Schemas of this program's outputs.

use repro::{manifest, rebuild, report};

use super::{Error, Global, Status};

/// Print the JSON Schema of an output
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Whose output
    #[arg(value_enum)]
    output_of: Output,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Output {
    /// `repro diff --format json`
    Diff,
    /// `repro build --format json`
    Build,
    /// `repro ddc --format json`
    Ddc,
    /// `repro lint --format json`
    Lint,
    /// `repro build --record FILE`
    Record,
    /// `repro hash --format json`
    Manifest,
    /// `repro check --format json`
    Check,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let schema = match args.output_of {
        Output::Diff => report::json::SCHEMA,
        Output::Build => report::json::BUILD_SCHEMA,
        Output::Ddc => report::json::DDC_SCHEMA,
        Output::Lint => report::json::LINT_SCHEMA,
        Output::Record => rebuild::record::SCHEMA,
        Output::Manifest => manifest::SCHEMA,
        Output::Check => manifest::CHECK_SCHEMA,
    };
    global.write(|out| out.write_all(schema.as_bytes()))?;
    Ok(Status::Same)
}
