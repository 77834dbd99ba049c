//! The `repro` command: parses the arguments, runs one subcommand, maps its outcome to the exit status.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::panic))]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
