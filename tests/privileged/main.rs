//! Builds in namespaces, and what must not be left of them.

mod build_cli;
mod build_end;
mod clock;
mod cost;
mod escape;
mod failures;
mod matrix;
mod presets;
mod published;
mod rebuild;
mod record;
mod slurm;
#[path = "../support/mod.rs"]
mod support;
mod tools;
mod variations;
