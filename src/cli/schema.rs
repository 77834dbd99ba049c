//! `repro schema`: the JSON Schemas of this program's outputs.

use repro::schemas;

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
    /// `repro gate --format json`
    Gate,
    /// `repro history --format json`
    History,
    /// `repro lint --format json`
    Lint,
    /// `repro rebuild --format json`
    Rebuild,
    /// `repro build --record FILE`
    Record,
    /// `repro verify --format json`
    Verify,
    /// The statement inside an envelope of `repro attest`
    Statement,
    /// A line of `repro diff --pairs`, `hash --list`, `lint --list`, `rebuild --list`, `build --matrix`
    Lines,
    /// `repro merge --format json`
    Merge,
    /// `repro hash --format json`
    Manifest,
    /// `repro check --format json`
    Check,
    /// `repro remote-check --format json`
    RemoteCheck,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let schema = match args.output_of {
        Output::Diff => schemas::DIFF,
        Output::Build => schemas::BUILD,
        Output::Ddc => schemas::DDC,
        Output::Gate => schemas::GATE,
        Output::History => schemas::HISTORY,
        Output::Lint => schemas::LINT,
        Output::Rebuild => schemas::REBUILD,
        Output::Record => schemas::RECORD,
        Output::Verify => schemas::VERIFY,
        Output::Statement => schemas::STATEMENT,
        Output::Lines => schemas::LINES,
        Output::Merge => schemas::MERGE,
        Output::Manifest => schemas::MANIFEST,
        Output::Check => schemas::CHECK,
        Output::RemoteCheck => schemas::REMOTE_CHECK,
    };
    global.write(|out| out.write_all(schema.as_bytes()))?;
    Ok(Status::Same)
}
