//! The `repro` command: parses the arguments, runs one subcommand, maps its outcome to the exit status.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
